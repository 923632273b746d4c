//! Opening the directory that is to become `/`.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use xns_core::shell::{self, c_string};
use xns_core::{Apply, Call, Errno, Failure, Operation, Outcome, Shell, Slot, Slots};
use xns_sys::mount::{self, MsFlags};
use xns_sys::{Result, fs};

/// Mounts a directory on itself and keeps it in [`Slot::Root`]: pivot_root(2) wants a mount point that is not the mount
/// of `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRoot(pub PathBuf);

impl Operation for OpenRoot {
    fn calls(&self) -> Vec<Call> {
        let dir = c_string(&self.0);
        vec![
            Call::new(format!("open_tree(AT_FDCWD, {dir}, OPEN_TREE_CLONE|AT_RECURSIVE) = ROOT")),
            Call::new(format!("move_mount(ROOT, \"\", {dir}, \"\")")),
        ]
    }

    fn shell(&self) -> Vec<Shell> {
        let dir = shell::path(&self.0);
        let note = "no symlink of the root may be on the way: here it would lead to the host's files";
        let lines = [format!("mount --rbind {dir} {dir}"), format!("cd {dir}")];
        lines.into_iter().map(Shell::Inside).chain([Shell::Comment(note.to_owned())]).collect()
    }

    fn failed(&self, _: u8) -> String {
        format!("cannot open the root directory '{}'", self.0.display())
    }

    fn fills(&self) -> &'static [Slot] {
        &[Slot::Root]
    }
}

impl Apply for OpenRoot {
    fn apply(&self, slots: &mut Slots) -> std::result::Result<Outcome, Failure> {
        let dir = fs::open_directory(&self.0)?;
        let attached = clone_opened(&dir, &self.0).and_then(|tree| {
            mount::attach(&tree, &dir)?;
            Ok(tree)
        });
        let (root, outcome) = match attached {
            Ok(tree) => (tree, Outcome::Done),
            Err(Errno::ENOSYS) => {
                (bind_on_itself(&dir)?, Outcome::Fallback("mount(MS_BIND|MS_REC): no open_tree here"))
            }
            Err(e) => return Err(e.into()),
        };
        slots.fill(Slot::Root, root);
        Ok(outcome)
    }

    fn leaves_something(&self) -> bool {
        true // mount points made in it, which the slots take back
    }
}

/// Below Linux 5.2. By its absolute path, which leads onto the new mount; a "." still means what lies below it.
fn bind_on_itself(dir: &OwnedFd) -> Result<OwnedFd> {
    let path = fs::read_link(rustix::fs::CWD, &fs::proc_path(dir))?;
    let path = Path::new(&path);
    mount::mount(Some(path), path, None, MsFlags::MS_BIND | MsFlags::MS_REC, None)?;
    fs::open_directory(path)
}

/// A detached copy of what was opened, not of what may meanwhile have its path. Without /proc the path has to do.
pub(super) fn clone_opened(dir: &OwnedFd, path: &Path) -> Result<OwnedFd> {
    match mount::clone_tree(&fs::proc_path(dir), true) {
        Err(Errno::ENOENT) => mount::clone_tree(path, true),
        answer => answer,
    }
}

//! Mounts tried for real, in a mount namespace that goes away with the child that has it: nothing is written to any file system but a
//! new tmpfs, which covers a directory there.

use std::path::Path;
use xns_core::{Errno, Facts, NsKind, NsSet, Rights, Tried};
use xns_sys::fs;
use xns_sys::mount::{self, MntFlags, MsFlags};

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// A proc, for a new PID namespace.
    Proc,
    /// A sysfs, for a new network namespace.
    Sysfs,
    /// A tmpfs.
    Tmpfs,
    /// An overlay, whose directories are all on a tmpfs.
    Overlay,
    /// An mqueue, for a new IPC namespace.
    Mqueue,
    /// A directory of the host, shown read-only elsewhere.
    ReadOnlyBind,
    /// Another root, by pivot_root(2).
    Pivot,
}

impl Trial {
    /// All of them.
    pub const ALL: [Trial; 7] = [
        Trial::Tmpfs,
        Trial::ReadOnlyBind,
        Trial::Pivot,
        Trial::Proc,
        Trial::Sysfs,
        Trial::Mqueue,
        Trial::Overlay,
    ];

    /// Its name, in one word.
    pub const fn name(self) -> &'static str {
        match self {
            Trial::Proc => "proc",
            Trial::Sysfs => "sysfs",
            Trial::Tmpfs => "tmpfs",
            Trial::Overlay => "overlay",
            Trial::Mqueue => "mqueue",
            Trial::ReadOnlyBind => "bind-ro",
            Trial::Pivot => "pivot_root",
        }
    }

    /// The type of file system that the kernel has to know, if it is about one.
    pub const fn file_system(self) -> Option<&'static str> {
        match self {
            Trial::ReadOnlyBind | Trial::Pivot => None,
            other => Some(other.name()),
        }
    }

    /// The namespaces that it needs, beside a user namespace.
    pub fn kinds(self) -> NsSet {
        let more = match self {
            Trial::Proc => Some(NsKind::Pid),
            Trial::Sysfs => Some(NsKind::Net),
            Trial::Mqueue => Some(NsKind::Ipc),
            _ => None,
        };
        [Some(NsKind::Mnt), more].into_iter().flatten().collect()
    }

    /// What is bound: a small root need not have `/etc`.
    pub fn bound() -> &'static Path {
        let etc = Path::new("/etc");
        if etc.is_dir() { etc } else { Path::new("/") }
    }

    /// Tries it; `None` when no child could be made.
    pub fn ask(self, rights: Rights, facts: &Facts) -> Option<Tried> {
        facts.tried(self.name(), rights, self.kinds(), || self.carry_out(rights))
    }

    fn carry_out(self, rights: Rights) -> Result<(), Errno> {
        let place = place()?;
        let new =
            |kind: &str, data| mount::mount(Some(Path::new(kind)), place, Some(kind), MsFlags::empty(), data);
        new("tmpfs", Some("mode=755,size=1m"))?;
        match self {
            Trial::Tmpfs => Ok(()),
            Trial::Proc | Trial::Sysfs | Trial::Mqueue => new(self.name(), None),
            Trial::Overlay => overlay(place, rights),
            Trial::ReadOnlyBind => {
                // With all that is below: a user namespace may not uncover what a mount covers (mount_namespaces(7)).
                let tree = mount::clone_tree(Trial::bound(), true)?;
                mount::set_read_only(&tree)?;
                mount::attach(tree, fs::open_directory(place)?)
            }
            Trial::Pivot => {
                fs::change_directory(place)?;
                mount::pivot_root_here()?;
                mount::unmount(Path::new("."), MntFlags::MNT_DETACH)
            }
        }
    }
}

fn overlay(place: &Path, rights: Rights) -> Result<(), Errno> {
    let [lower, upper, work, at] = ["lower", "upper", "work", "at"].map(|name| place.join(name));
    for directory in [&lower, &upper, &work, &at] {
        fs::make_directory(fs::cwd(), directory)?;
    }
    // In a user namespace only attributes of the user's own can be written (Linux 5.11).
    let attributes = if rights == Rights::Inside { ",userxattr" } else { "" };
    let (lower, upper, work) = (lower.display(), upper.display(), work.display());
    let data = format!("lowerdir={lower},upperdir={upper},workdir={work}{attributes}");
    mount::mount(Some(Path::new("overlay")), &at, Some("overlay"), MsFlags::empty(), Some(&data))
}

/// A directory that every system has.
fn place() -> Result<&'static Path, Errno> {
    const PLACES: [&str; 6] = ["/tmp", "/mnt", "/run", "/var", "/usr", "/etc"];
    PLACES.iter().map(Path::new).find(|path| path.is_dir()).ok_or(Errno::ENOENT)
}

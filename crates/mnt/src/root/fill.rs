//! Putting things into the own root: binds, file systems, symlinks.

use super::point::{self, Kind};
use super::read_only;
use crate::KernelFs;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use xns_core::shell::{self, c_string, quote};
use xns_core::{Apply, Call, Errno, Failure, Operation, Outcome, Shell, Slot, Slots};
use xns_sys::mount::{self, Attributes, MsFlags};
use xns_sys::{Result, fs};

/// One thing, at one place of the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Where, as a path of the new root.
    pub at: PathBuf,
    /// What.
    pub content: Content,
}

/// What is put into the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A file or directory of the host, with the mounts below it.
    Bind {
        /// The host's path.
        source: PathBuf,
        /// With everything below it read-only.
        read_only: bool,
    },
    /// An empty file system in memory, with this mode for its root directory (octal).
    Tmpfs {
        /// As tmpfs(5) takes it.
        mode: &'static str,
    },
    /// proc or mqueue.
    Kernel(KernelFs),
    /// Pseudo-terminals of its own (devpts).
    Terminals,
    /// A directory, where there is none.
    Directory,
    /// A symlink with this target.
    Symlink(&'static str),
}

/// The parts that can fail, with words of their own.
const POINT: u8 = 1;
const MAKE: u8 = 2;
const ATTACH: u8 = 3;
const READ_ONLY: u8 = 4;

impl Content {
    /// Type, settings and attributes, for what is a new file system.
    fn file_system(&self) -> Option<FileSystem> {
        let nosuid = Attributes::MOUNT_ATTR_NOSUID;
        let noexec = Attributes::MOUNT_ATTR_NOEXEC;
        let nodev = Attributes::MOUNT_ATTR_NODEV;
        Some(match self {
            Content::Tmpfs { mode } => FileSystem {
                kind: "tmpfs",
                settings: vec![("mode", mode)],
                attributes: nosuid | nodev,
                flags: MsFlags::MS_NOSUID | MsFlags::MS_NODEV,
                names: "nosuid,nodev",
            },
            Content::Kernel(fs) => FileSystem {
                kind: fs.name(),
                settings: Vec::new(),
                attributes: nosuid | nodev | noexec,
                flags: MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC,
                names: "nosuid,nodev,noexec",
            },
            Content::Terminals => FileSystem {
                kind: "devpts",
                settings: vec![("mode", "0620"), ("ptmxmode", "0666")],
                attributes: nosuid | noexec,
                flags: MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC,
                names: "nosuid,noexec",
            },
            Content::Bind { .. } | Content::Directory | Content::Symlink(_) => return None,
        })
    }
}

/// A file system to be made, in the new mount API's words and in mount(2)'s.
struct FileSystem {
    kind: &'static str,
    settings: Vec<(&'static str, &'static str)>,
    attributes: Attributes,
    flags: MsFlags,
    names: &'static str,
}

impl FileSystem {
    /// `MOUNT_ATTR_NOSUID|…`, as in C.
    fn attribute_names(&self) -> String {
        let names = self.names.split(',').map(|name| format!("MOUNT_ATTR_{}", name.to_uppercase()));
        names.collect::<Vec<_>>().join("|")
    }

    fn data(&self) -> String {
        self.settings.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
    }
}

impl Fill {
    /// The part that opens what is bound.
    pub const SOURCE: u8 = 0;
}

impl Operation for Fill {
    fn calls(&self) -> Vec<Call> {
        let at = c_string(&self.at);
        let missing = Call::only("if it is missing", format!("mkdirat(ROOT, {at}, 0755)"));
        let attach = Call::new(format!("move_mount(TREE, \"\", ROOT/{at}, \"\")"));
        if let Some(fs) = self.content.file_system() {
            let source = [("source", fs.kind)];
            let settings = source.iter().chain(&fs.settings);
            let config = settings
                .map(|(k, v)| Call::new(format!("fsconfig(FS, FSCONFIG_SET_STRING, \"{k}\", \"{v}\")")));
            return [missing, Call::new(format!("fsopen(\"{}\") = FS", fs.kind))]
                .into_iter()
                .chain(config)
                .chain([
                    Call::new("fsconfig(FS, FSCONFIG_CMD_CREATE)"),
                    Call::new(format!("fsmount(FS, {}) = TREE", fs.attribute_names())),
                    attach,
                ])
                .collect();
        }
        match &self.content {
            Content::Bind { source, read_only } => {
                let source = c_string(source);
                let open = format!("open_tree(AT_FDCWD, {source}, OPEN_TREE_CLONE|AT_RECURSIVE) = TREE");
                let lock = "mount_setattr(TREE, \"\", AT_EMPTY_PATH|AT_RECURSIVE, {attr_set=MOUNT_ATTR_RDONLY, propagation=MS_PRIVATE})";
                let missing =
                    Call::only("if it is missing", format!("mkdirat|openat(ROOT, {at}, O_CREAT|O_EXCL)"));
                let lock = read_only.then(|| Call::new(lock));
                [Call::new(open)].into_iter().chain(lock).chain([missing, attach]).collect()
            }
            Content::Symlink(target) => vec![Call::new(format!("symlinkat(\"{target}\", ROOT, {at})"))],
            _ => vec![missing],
        }
    }

    fn shell(&self) -> Vec<Shell> {
        // The script stands in the root directory, so that its paths cannot mean the host's.
        let at = shell::path(self.at.strip_prefix("/").unwrap_or(&self.at));
        let mkdir = format!("mkdir -p {at}");
        let lines = if let Some(fs) = self.content.file_system() {
            let data: String = fs.settings.iter().map(|(key, value)| format!(",{key}={value}")).collect();
            vec![mkdir, format!("mount -t {0} -o {1}{data} {0} {at}", fs.kind, fs.names)]
        } else {
            match &self.content {
                Content::Bind { source, read_only } => bind_lines(source, &at, *read_only),
                Content::Symlink(target) => vec![format!("ln -s {target} {at}")],
                _ => vec![mkdir],
            }
        };
        lines.into_iter().map(Shell::Inside).collect()
    }

    fn failed(&self, part: u8) -> String {
        let at = self.at.display();
        match (&self.content, part) {
            (Content::Bind { source, .. }, Fill::SOURCE) => {
                format!("cannot open '{}' to bind it", source.display())
            }
            (Content::Bind { .. }, READ_ONLY) => format!("cannot make {at} read-only"),
            (Content::Symlink(_), _) => format!("cannot make the symlink {at} in the new root"),
            (_, POINT) => format!("cannot use {at} in the new root as mount point"),
            (Content::Bind { source, .. }, _) => format!("bind {} on {at} failed", source.display()),
            (_, _) => format!("mount {at} failed"),
        }
    }

    fn reads(&self) -> &'static [Slot] {
        &[Slot::Root]
    }
}

impl Apply for Fill {
    fn apply(&self, slots: &mut Slots) -> std::result::Result<Outcome, Failure> {
        let root = slots.get(Slot::Root)?.try_clone_to_owned().map_err(|_| Errno::EMFILE)?;
        if let Some(fs) = self.content.file_system() {
            let point =
                point::open_or_make(&root, &self.at, Kind::Directory, slots).map_err(in_part(POINT))?;
            return Ok(point.outcome(mount_new(&fs, &point.fd)?));
        }
        match &self.content {
            Content::Bind { source, read_only } => self.bind(source, *read_only, &root, slots),
            Content::Symlink(target) => {
                let parent = self.at.parent().unwrap_or(Path::new("/"));
                let parent =
                    point::open_or_make(&root, parent, Kind::Directory, slots).map_err(in_part(POINT))?;
                let name = self.at.file_name().ok_or(Errno::EINVAL)?;
                fs::make_symlink(Path::new(target), &parent.fd, Path::new(name))?;
                Ok(parent.outcome(Outcome::Done))
            }
            _ => {
                let made =
                    point::open_or_make(&root, &self.at, Kind::Directory, slots).map_err(in_part(POINT))?;
                Ok(made.outcome(Outcome::Done))
            }
        }
    }
}

impl Fill {
    fn bind(
        &self,
        source: &Path,
        read_only: bool,
        root: &OwnedFd,
        slots: &mut Slots,
    ) -> std::result::Result<Outcome, Failure> {
        let opened = fs::open_path(rustix::fs::CWD, source, rustix::fs::OFlags::empty())
            .map_err(in_part(Fill::SOURCE))?;
        let kind = if fs::is_directory(&opened)? { Kind::Directory } else { Kind::File };
        let tree = match super::open::clone_opened(&opened, source) {
            Ok(tree) => tree,
            Err(Errno::ENOSYS) => {
                let point = point::open_or_make(root, &self.at, kind, slots).map_err(in_part(POINT))?;
                return self.bind_old(&opened, &point.fd, read_only, root);
            }
            Err(e) => return Err(Failure::in_part(Fill::SOURCE, e)),
        };
        let mut outcome = Outcome::Done;
        let lock_later = read_only
            && match mount::set_read_only(&tree) {
                Ok(()) => false,
                Err(Errno::ENOSYS) => true,
                Err(e) => return Err(Failure::in_part(READ_ONLY, e)),
            };
        let point = point::open_or_make(root, &self.at, kind, slots).map_err(in_part(POINT))?;
        match mount::attach(&tree, &point.fd) {
            Err(Errno::ENOSYS) => return self.bind_old(&opened, &point.fd, read_only, root),
            answer => answer.map_err(in_part(ATTACH))?,
        }
        if lock_later {
            read_only::remount_all(tree.as_fd()).map_err(in_part(READ_ONLY))?;
            outcome = Outcome::Fallback("mount(MS_REMOUNT|MS_BIND|MS_RDONLY) on each: no mount_setattr here");
        }
        Ok(point.outcome(outcome))
    }

    /// Below Linux 5.2: mount(2) onto the descriptors' names in /proc.
    fn bind_old(
        &self,
        source: &OwnedFd,
        point: &OwnedFd,
        read_only: bool,
        root: &OwnedFd,
    ) -> std::result::Result<Outcome, Failure> {
        let flags = MsFlags::MS_BIND | MsFlags::MS_REC;
        mount::mount(Some(&fs::proc_path(source)), &fs::proc_path(point), None, flags, None)
            .map_err(in_part(ATTACH))?;
        if read_only {
            // The descriptor shows what lies under the new mount; the path shows the mount.
            let mounted = point::open(root.as_fd(), &self.at).map_err(in_part(READ_ONLY))?;
            read_only::remount_all(mounted.fd.as_fd()).map_err(in_part(READ_ONLY))?;
        }
        Ok(Outcome::Fallback("mount(MS_BIND|MS_REC): no open_tree here"))
    }
}

/// The commands for a bind. The script has gone from the user's directory to the root's.
fn bind_lines(source: &Path, at: &str, read_only: bool) -> Vec<String> {
    let relative = if source.is_absolute() { "" } else { "\"$OLDPWD\"/" };
    let source = format!("{relative}{}", quote(source));
    let private = format!("mount --make-rprivate {at}");
    let lock = format!(
        "findmnt -Rlno TARGET -M \"$(realpath {at})\" | while read -r m; do mount -o remount,bind,ro \"$m\"; done"
    );
    let point =
        format!("if [ -d {source} ]; then mkdir -p {at}; else mkdir -p \"$(dirname {at})\"; touch {at}; fi");
    let bind = format!("mount --rbind {source} {at}");
    let lock = read_only.then_some([private, lock]).into_iter().flatten();
    [point, bind].into_iter().chain(lock).collect()
}

fn in_part(part: u8) -> impl Fn(Errno) -> Failure {
    move |errno| Failure::in_part(part, errno)
}

fn mount_new(fs: &FileSystem, point: &OwnedFd) -> std::result::Result<Outcome, Failure> {
    let made = mount::new_file_system(fs.kind, &fs.settings, fs.attributes).map_err(in_part(MAKE));
    let attached = made.and_then(|tree| mount::attach(&tree, point).map_err(in_part(ATTACH)));
    match attached {
        Err(failure) if failure.errno() == Some(Errno::ENOSYS) => {
            mount_old(fs, point).map_err(in_part(ATTACH))?;
            Ok(Outcome::Fallback("mount(2): no fsopen here"))
        }
        answer => answer.map(|()| Outcome::Done),
    }
}

/// Below Linux 5.2.
fn mount_old(fs: &FileSystem, point: &OwnedFd) -> Result<()> {
    let data = fs.data();
    let data = (!data.is_empty()).then_some(data.as_str());
    mount::mount(Some(Path::new(fs.kind)), &fs::proc_path(point), Some(fs.kind), fs.flags, data)
}

//! Mount points in the own root: found as the root itself would see them, and made when they are missing.

use rustix::fs::OFlags;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path, PathBuf};
use xns_core::{Errno, Made, Outcome, Slots};
use xns_sys::{Result, fs};

/// What is to be mounted there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Directory,
    File,
}

/// Found or made: what is to be mounted goes there.
pub(super) struct Point {
    pub(super) fd: OwnedFd,
    /// Without openat2(2), by a walk in which a symlink is an error.
    pub(super) walked: bool,
}

impl Point {
    /// The outcome of what was mounted here; an older way of mounting says more than the older way of looking.
    pub(super) fn outcome(&self, mounted: Outcome) -> Outcome {
        match mounted {
            Outcome::Done if self.walked => {
                Outcome::Fallback("a walk with O_PATH|O_NOFOLLOW: no openat2 here")
            }
            other => other,
        }
    }
}

/// A descriptor of `path` in `root`; missing directories, and at the end a directory or an empty file, are made.
pub(super) fn open_or_make(root: &OwnedFd, path: &Path, kind: Kind, slots: &mut Slots) -> Result<Point> {
    match open(root.as_fd(), path) {
        Ok(point) => check(point, kind),
        Err(Errno::ENOENT) => make(root, path, kind, slots),
        Err(e) => Err(e),
    }
}

fn check(point: Point, kind: Kind) -> Result<Point> {
    match (fs::is_directory(&point.fd)?, kind) {
        (true, Kind::File) => Err(Errno::EISDIR),
        (false, Kind::Directory) => Err(Errno::ENOTDIR),
        _ => Ok(point),
    }
}

/// Makes what is missing, component by component: each is opened in the root before the next is made in it.
fn make(root: &OwnedFd, path: &Path, kind: Kind, slots: &mut Slots) -> Result<Point> {
    let names: Vec<_> = path.components().filter(|c| matches!(c, Component::Normal(_))).collect();
    let mut so_far = PathBuf::new();
    let root_itself = root.try_clone().map_err(|e| Errno::from_raw(e.raw_os_error().unwrap_or(0)))?;
    let mut at = Point { fd: root_itself, walked: false };
    for (i, name) in names.iter().enumerate() {
        so_far.push(name);
        let last = i + 1 == names.len();
        at = match open(root.as_fd(), &so_far) {
            Ok(point) => point,
            Err(Errno::ENOENT) => {
                let directory = !last || kind == Kind::Directory;
                match make_one(at.fd, name.as_ref(), directory, slots) {
                    // A symlink that leads nowhere in this root.
                    Err(Errno::EEXIST) => return Err(Errno::ENOENT),
                    made => made?,
                }
                open(root.as_fd(), &so_far)?
            }
            Err(e) => return Err(e),
        };
    }
    check(at, kind)
}

fn make_one(parent: OwnedFd, name: &Path, directory: bool, slots: &mut Slots) -> Result<()> {
    if directory {
        fs::make_directory(&parent, name)?;
    } else {
        drop(fs::make_file(&parent, name)?);
    }
    slots.made.push(Made { parent, name: name.to_owned(), directory, mount_point: true });
    Ok(())
}

/// openat2 with RESOLVE_IN_ROOT; below Linux 5.6 a walk in which a symlink is an error (ELOOP).
pub(super) fn open(root: BorrowedFd<'_>, path: &Path) -> Result<Point> {
    match fs::open_in_root(root, path) {
        Err(Errno::ENOSYS) => Ok(Point { fd: walk(root, path)?, walked: true }),
        answer => Ok(Point { fd: answer?, walked: false }),
    }
}

fn walk(root: BorrowedFd<'_>, path: &Path) -> Result<OwnedFd> {
    let mut at = fs::open_path(root, Path::new("."), OFlags::DIRECTORY)?;
    for component in path.components() {
        match component {
            Component::Normal(name) => {
                at = fs::open_path(&at, name.as_ref(), OFlags::NOFOLLOW)?;
                if fs::is_symlink(&at)? {
                    return Err(Errno::ELOOP);
                }
            }
            Component::ParentDir => return Err(Errno::EINVAL),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    Ok(at)
}

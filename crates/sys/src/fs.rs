//! Files, directories and links, where std lacks the call or would allocate.

use crate::{Errno, Result, errno};
use rustix::fs::{AtFlags, CWD, Mode, OFlags, ResolveFlags, StatxAttributes, StatxFlags};
use std::ffi::OsString;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

/// `openat(dir, path, O_PATH | O_CLOEXEC | flags)`.
pub fn open_path(dir: impl AsFd, path: &Path, flags: OFlags) -> Result<OwnedFd> {
    rustix::fs::openat(dir, path, OFlags::PATH | OFlags::CLOEXEC | flags, Mode::empty()).map_err(errno)
}

/// AT_FDCWD: paths start at the working directory.
pub fn cwd() -> std::os::fd::BorrowedFd<'static> {
    CWD
}

/// `openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC)`.
pub fn open_directory(path: &Path) -> Result<OwnedFd> {
    open_path(CWD, path, OFlags::DIRECTORY)
}

/// `openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)`: for calls that take no O_PATH descriptor.
pub fn open_directory_to_read(path: &Path) -> Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::openat(CWD, path, flags, Mode::empty()).map_err(errno)
}

/// `openat(dir, path, O_PATH | O_DIRECTORY | O_CLOEXEC)`.
pub fn open_directory_in(dir: impl AsFd, path: &Path) -> Result<OwnedFd> {
    open_path(dir, path, OFlags::DIRECTORY)
}

/// `openat(dir, path, O_RDONLY | O_CLOEXEC)`.
pub fn open_in(dir: impl AsFd, path: &Path) -> Result<OwnedFd> {
    rustix::fs::openat(dir, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).map_err(errno)
}

/// `openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC [| O_NOFOLLOW])`: a fifo does not hold the caller up, a
/// terminal does not become its own.
pub fn open_namespace_file(path: &Path, follow: bool) -> Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let flags = if follow { flags } else { flags | OFlags::NOFOLLOW };
    rustix::fs::openat(CWD, path, flags, Mode::empty()).map_err(errno)
}

/// `st_ino` of `fstat(2)`.
pub fn inode(fd: impl AsFd) -> Result<u64> {
    rustix::fs::fstat(fd).map(|stat| stat.st_ino).map_err(errno)
}

/// Is this in a procfs? (`f_type` of `fstatfs(2)`)
pub fn is_proc(fd: impl AsFd) -> Result<bool> {
    const PROC_SUPER_MAGIC: rustix::fs::FsWord = 0x9fa0;
    rustix::fs::fstatfs(fd).map(|stat| stat.f_type == PROC_SUPER_MAGIC).map_err(errno)
}

/// Is this a namespace? (`f_type` of `fstatfs(2)` is that of nsfs)
pub fn is_namespace(fd: impl AsFd) -> Result<bool> {
    const NSFS_MAGIC: rustix::fs::FsWord = 0x6e73_6673;
    rustix::fs::fstatfs(fd).map(|stat| stat.f_type == NSFS_MAGIC).map_err(errno)
}

/// `openat2(root, path, {O_PATH | O_CLOEXEC, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS})` (Linux 5.6): the path as a
/// process would see it whose root directory is `root`.
pub fn open_in_root(root: impl AsFd, path: &Path) -> Result<OwnedFd> {
    let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
    // EAGAIN: a rename raced with a "..", and the kernel could not be sure (openat2(2)); a few more tries suffice.
    for _ in 0..16 {
        match rustix::fs::openat2(&root, path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty(), resolve) {
            Err(rustix::io::Errno::AGAIN) => {}
            answer => return answer.map_err(errno),
        }
    }
    Err(Errno::EAGAIN)
}

/// `int mkdirat(int dirfd, const char *name, 0755)`.
pub fn make_directory(dir: impl AsFd, name: &Path) -> Result<()> {
    rustix::fs::mkdirat(dir, name, Mode::from_raw_mode(0o755)).map_err(errno)
}

/// `openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644)`: an empty file that was not there.
pub fn make_file(dir: impl AsFd, name: &Path) -> Result<OwnedFd> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(dir, name, flags, Mode::from_raw_mode(0o644)).map_err(errno)
}

/// `openat(dir, name, O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0)`: an empty file that was not there, to mount on.
pub fn make_mount_point(dir: impl AsFd, name: &Path) -> Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(dir, name, flags, Mode::empty()).map_err(errno)
}

/// `int flock(int fd, LOCK_EX)`, again when a signal interrupts it: until the descriptor is closed nobody else has it.
pub fn lock(fd: impl AsFd) -> Result<()> {
    loop {
        match rustix::fs::flock(&fd, rustix::fs::FlockOperation::LockExclusive) {
            Err(rustix::io::Errno::INTR) => {}
            answer => return answer.map_err(errno),
        }
    }
}

/// `int flock(int fd, LOCK_EX | LOCK_NB)`: EAGAIN while somebody else has it.
pub fn try_lock(fd: impl AsFd) -> Result<()> {
    rustix::fs::flock(fd, rustix::fs::FlockOperation::NonBlockingLockExclusive).map_err(errno)
}

/// `int symlinkat(const char *target, int dirfd, const char *name)`.
pub fn make_symlink(target: &Path, dir: impl AsFd, name: &Path) -> Result<()> {
    rustix::fs::symlinkat(target, dir, name).map_err(errno)
}

/// `int unlinkat(int dirfd, const char *name, 0 | AT_REMOVEDIR)`.
pub fn remove(dir: impl AsFd, name: &Path, directory: bool) -> Result<()> {
    let flags = if directory { AtFlags::REMOVEDIR } else { AtFlags::empty() };
    rustix::fs::unlinkat(dir, name, flags).map_err(errno)
}

/// `ssize_t readlinkat(int dirfd, const char *name, …)`.
pub fn read_link(dir: impl AsFd, name: &Path) -> Result<OsString> {
    use std::os::unix::ffi::OsStringExt;
    let link = rustix::fs::readlinkat(dir, name, Vec::new()).map_err(errno)?;
    Ok(OsString::from_vec(link.into_bytes()))
}

/// The contents of the file `openat(dir, path, O_RDONLY | O_CLOEXEC)`. Files of the kernel do not tell how long they are:
/// most fit into a page, which is one of the stack, so that only as much is allocated as there is.
pub fn read_in(dir: impl AsFd, path: &Path) -> Result<Vec<u8>> {
    const USUAL: usize = 4096;
    let file =
        rustix::fs::openat(dir, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).map_err(errno)?;
    let (mut text, mut buffer) = (Vec::new(), [0; USUAL]);
    loop {
        match rustix::io::read(&file, &mut buffer) {
            Ok(0) => return Ok(text),
            Ok(length) => text.extend_from_slice(&buffer[..length]),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(errno(error)),
        }
    }
}

/// The contents of the file at `path`.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    read_in(CWD, path)
}

/// `openat(dir, path, O_WRONLY | O_CLOEXEC)` and one `write(2)`.
pub fn write_in(dir: impl AsFd, path: &Path, text: &[u8]) -> Result<()> {
    let file =
        rustix::fs::openat(dir, path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty()).map_err(errno)?;
    crate::fd::write_all(file, text)
}

/// `int fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW)`.
pub fn change_owner(path: &Path, uid: u32, gid: u32) -> Result<()> {
    let (uid, gid) = (rustix::fs::Uid::from_raw(uid), rustix::fs::Gid::from_raw(gid));
    rustix::fs::chownat(CWD, path, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW).map_err(errno)
}

/// `int utimensat(AT_FDCWD, path, {{0, UTIME_OMIT}, modified}, 0)`: the time of the last change, with whole seconds.
pub fn set_modified(path: &Path, modified: std::time::SystemTime) -> Result<()> {
    let since = modified.duration_since(std::time::UNIX_EPOCH).map_err(|_| Errno::EINVAL)?;
    let seconds = since.as_secs().try_into().map_err(|_| Errno::EINVAL)?;
    let omitted = rustix::fs::Timespec { tv_sec: 0, tv_nsec: rustix::fs::UTIME_OMIT };
    let times = rustix::fs::Timestamps {
        last_access: omitted,
        last_modification: rustix::fs::Timespec { tv_sec: seconds, tv_nsec: 0 },
    };
    rustix::fs::utimensat(CWD, path, &times, AtFlags::empty()).map_err(errno)
}

/// Is the file behind this descriptor a directory? (`fstat(2)`)
pub fn is_directory(fd: impl AsFd) -> Result<bool> {
    let stat = rustix::fs::fstat(fd).map_err(errno)?;
    Ok(rustix::fs::FileType::from_raw_mode(stat.st_mode) == rustix::fs::FileType::Directory)
}

/// Is the file behind this descriptor a symbolic link (opened with O_PATH | O_NOFOLLOW)?
pub fn is_symlink(fd: impl AsFd) -> Result<bool> {
    let stat = rustix::fs::fstat(fd).map_err(errno)?;
    Ok(rustix::fs::FileType::from_raw_mode(stat.st_mode) == rustix::fs::FileType::Symlink)
}

/// No flag, for [`open_path`]: symbolic links are followed.
pub const FOLLOW: OFlags = OFlags::empty();

/// O_NOFOLLOW, for [`open_path`].
pub const NO_FOLLOW: OFlags = OFlags::NOFOLLOW;

/// `getdents64(2)` of `openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)`: the names in a directory, without `.` and `..`.
pub fn names_in(dir: impl AsFd) -> Result<Vec<OsString>> {
    use std::os::unix::ffi::OsStrExt;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = rustix::fs::openat(dir, c".", flags, Mode::empty()).map_err(errno)?;
    let mut names = Vec::new();
    for entry in rustix::fs::Dir::new(opened).map_err(errno)? {
        let entry = entry.map_err(errno)?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            names.push(std::ffi::OsStr::from_bytes(name).to_owned());
        }
    }
    Ok(names)
}

/// `int fchdir(int fd)`.
pub fn change_directory_to(fd: impl AsFd) -> Result<()> {
    rustix::process::fchdir(fd).map_err(errno)
}

/// `int chdir(const char *path)`.
pub fn change_directory(path: &Path) -> Result<()> {
    nix::unistd::chdir(path)
}

/// `getcwd(2)`: is the working directory below this process's root? The kernel writes "(unreachable)" before the path of one that
/// is not, and answers ENOENT for one that was removed.
pub fn is_inside_root() -> Result<bool> {
    let path = rustix::process::getcwd(Vec::new()).map_err(errno)?;
    Ok(path.as_bytes().starts_with(b"/"))
}

/// `st_mode` of `stat(2)`.
pub fn mode(path: &Path) -> Result<u32> {
    rustix::fs::stat(path).map(|stat| stat.st_mode).map_err(errno)
}

/// `st_rdev` of `stat(2)`: is the node a block device, and its major and minor number; `None` for a file that is no device.
pub fn device(path: &Path) -> Result<Option<(bool, u32, u32)>> {
    let stat = rustix::fs::stat(path).map_err(errno)?;
    let block = match rustix::fs::FileType::from_raw_mode(stat.st_mode) {
        rustix::fs::FileType::BlockDevice => true,
        rustix::fs::FileType::CharacterDevice => false,
        _ => return Ok(None),
    };
    Ok(Some((block, rustix::fs::major(stat.st_rdev), rustix::fs::minor(stat.st_rdev))))
}

/// `getxattr(path, "security.capability", …)`: does the file carry capabilities (capabilities(7))?
pub fn has_file_capabilities(path: &Path) -> bool {
    let mut value = [0u8; 64];
    rustix::fs::getxattr(path, c"security.capability", &mut value[..]).is_ok()
}

/// `getxattr(path, name, …)`: the value of an extended attribute; `None` when there is none, or none that may be read.
pub fn attribute(path: &Path, name: &str) -> Option<Vec<u8>> {
    let mut value = [0u8; 256];
    let length = rustix::fs::getxattr(path, name, &mut value[..]).ok()?;
    value.get(..length).map(<[u8]>::to_vec)
}

/// The name under which proc(5) leads to what a descriptor of this process refers to: `/proc/self/fd/N`.
pub fn proc_path(fd: impl AsFd) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", fd.as_fd().as_raw_fd()))
}

/// `mnt_id` of `/proc/self/fdinfo/N` (Linux 3.15): the mount that a descriptor's file was opened in.
pub fn mount_id(fd: impl AsFd) -> Option<i32> {
    let text = std::fs::read_to_string(format!("/proc/self/fdinfo/{}", fd.as_fd().as_raw_fd())).ok()?;
    text.lines().find_map(|line| line.strip_prefix("mnt_id:"))?.trim().parse().ok()
}

/// `statx(path)` with STATX_ATTR_MOUNT_ROOT (Linux 5.8): is this the root of a mount? `None` where the kernel does not say.
pub fn is_mount_root(path: &Path) -> Option<bool> {
    let stat = rustix::fs::statx(CWD, path, AtFlags::empty(), StatxFlags::BASIC_STATS).ok()?;
    stat.stx_attributes_mask
        .contains(StatxAttributes::MOUNT_ROOT)
        .then(|| stat.stx_attributes.contains(StatxAttributes::MOUNT_ROOT))
}

/// `stx_mnt_id` of `/` (Linux 5.8): the mount that it lies on, which a new mount namespace has as a copy of its own.
pub fn mount_of_root() -> Option<u64> {
    let stat = rustix::fs::statx(CWD, c"/", AtFlags::empty(), StatxFlags::MNT_ID).ok()?;
    (stat.stx_mask & StatxFlags::MNT_ID.bits() != 0).then_some(stat.stx_mnt_id)
}

/// Does `/proc` number processes as this one does? In a PID namespace under another one's /proc it does not, and
/// `/proc/PID` is then some other process. Compares `/proc/self` with getpid(2).
pub fn proc_is_ours() -> Result<()> {
    let own = crate::fork::own_pid().to_string();
    if read_link(CWD, Path::new("/proc/self"))?.to_str() == Some(&own) { Ok(()) } else { Err(Errno::ESRCH) }
}

/// How [`open_seen`] opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// O_PATH: only to look at.
    Path,
    /// O_RDONLY | O_NONBLOCK.
    Read,
}

/// `openat2(root, path, …, RESOLVE_IN_ROOT)` (Linux 5.6): as a process sees it whose root directory is `root`. Without
/// `root` `openat(AT_FDCWD, path, …)`.
pub fn open_seen(root: Option<&OwnedFd>, path: &Path, access: Access) -> Result<OwnedFd> {
    let flags = match access {
        Access::Path => OFlags::PATH,
        Access::Read => OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY,
    } | OFlags::CLOEXEC;
    match root {
        None => rustix::fs::openat(CWD, path, flags, Mode::empty()),
        Some(root) => rustix::fs::openat2(root, path, flags, Mode::empty(), ResolveFlags::IN_ROOT),
    }
    .map_err(errno)
}

/// What `fstat(2)` says that hints need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// The sort of file.
    pub kind: Kind,
    /// Permission bits, set-user-ID, set-group-ID and sticky.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// The length, in bytes.
    pub length: u64,
}

/// The sort of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// S_IFREG.
    Regular,
    /// S_IFDIR.
    Directory,
    /// S_IFLNK, for one that was opened with O_PATH | O_NOFOLLOW.
    Symlink,
    /// Any other.
    Other,
}

/// `fstat(2)`.
pub fn status(fd: impl AsFd) -> Result<Status> {
    let stat = rustix::fs::fstat(fd).map_err(errno)?;
    let kind = match rustix::fs::FileType::from_raw_mode(stat.st_mode) {
        rustix::fs::FileType::RegularFile => Kind::Regular,
        rustix::fs::FileType::Directory => Kind::Directory,
        rustix::fs::FileType::Symlink => Kind::Symlink,
        _ => Kind::Other,
    };
    let length = u64::try_from(stat.st_size).unwrap_or(0);
    Ok(Status { kind, mode: stat.st_mode & 0o7777, uid: stat.st_uid, gid: stat.st_gid, length })
}

/// Flags of a mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MountFlags {
    /// ST_NOEXEC.
    pub noexec: bool,
    /// ST_NOSUID.
    pub nosuid: bool,
    /// ST_RDONLY.
    pub read_only: bool,
}

/// `fstatvfs(3)`: flags of the mount that a descriptor's file is on.
pub fn mount_flags(fd: impl AsFd) -> Result<MountFlags> {
    let flags = rustix::fs::fstatvfs(fd).map_err(errno)?.f_flag.bits();
    // As fstatfs(2) answers them (statfs(2)).
    Ok(MountFlags { noexec: flags & 8 != 0, nosuid: flags & 2 != 0, read_only: flags & 1 != 0 })
}

//! Why something is no disk, in words.

use std::ffi::OsString;
use std::path::PathBuf;
use thiserror::Error;
use xns_core::{Errno, errno};

/// Why no disk was found for a text.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum DiskError {
    #[error("no device or file '{}': {}{}", .path.display(), errno::text(*.errno), did_you_mean(.meant.as_ref()))]
    NoSuch { path: OsString, errno: Errno, meant: Option<PathBuf> },
    #[error("there is no block device {major}:{minor}{}", here(.disks))]
    NoNumber { major: u32, minor: u32, disks: Vec<String> },
    #[error("the kernel has no block device {major}:{minor}, which {} stands for{}", .path.display(), here(.disks))]
    NoDriver { path: PathBuf, major: u32, minor: u32, disks: Vec<String> },
    #[error("{} is a character device ({major}:{minor}): I/O is limited on disks only, which are block devices", .path.display())]
    Character { path: PathBuf, major: u32, minor: u32 },
    #[error("no mount is known for {}: give the disk itself, as /dev/NAME", .path.display())]
    NoMount { path: PathBuf },
    #[error("{} is on {} {fs_type}{} ({major}:{minor}), {}{}", .path.display(), article(.fs_type), mounted_on(.path, .point), which(.fs_type), disks_for(.fs_type, .disks))]
    NoDisk { path: PathBuf, point: PathBuf, fs_type: String, major: u32, minor: u32, disks: Vec<String> },
}

fn did_you_mean(meant: Option<&PathBuf>) -> String {
    meant.map(|path| format!(" (did you mean {}?)", path.display())).unwrap_or_default()
}

/// Which disks there are, as far as a line can hold them.
fn here(disks: &[String]) -> String {
    const MOST: usize = 8;
    match disks {
        [] => String::new(),
        _ => {
            let shown: Vec<_> = disks.iter().take(MOST).map(|name| name.replace('!', "/")).collect();
            let more = if disks.len() > MOST { ", …" } else { "" };
            format!("; disks here: {}{more}", shown.join(", "))
        }
    }
}

fn mounted_on(path: &PathBuf, point: &PathBuf) -> String {
    if path == point { String::new() } else { format!(" mounted on {}", point.display()) }
}

/// "an overlay", "an nfs4", "a tmpfs".
pub(super) fn article(fs_type: &str) -> &'static str {
    let vowel = fs_type.starts_with(['a', 'e', 'i', 'o', 'u']);
    if vowel || fs_type.starts_with("nfs") || fs_type.starts_with("mq") { "an" } else { "a" }
}

/// Where a disk of this machine is no help, none is named.
fn disks_for(fs_type: &str, disks: &[String]) -> String {
    if REMOTE.contains(&fs_type) { String::new() } else { here(disks) }
}

/// File systems that another machine serves.
const REMOTE: [&str; 8] = ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "virtiofs", "afs"];

/// What sort of file system has no disk, and what to give instead.
fn which(fs_type: &str) -> &'static str {
    match fs_type {
        "tmpfs" | "ramfs" | "rootfs" | "devtmpfs" | "hugetlbfs" => {
            "which is in memory: limit that with --memory, or give the path of a disk"
        }
        "overlay" | "fuse-overlayfs" | "aufs" => {
            "whose files are on other file systems: give a path on the one below, or the disk itself"
        }
        _ if REMOTE.contains(&fs_type) => {
            "which another machine serves: its I/O is no disk's of this one, and cannot be limited here"
        }
        "proc" | "sysfs" | "cgroup" | "cgroup2" | "devpts" | "debugfs" | "tracefs" | "securityfs" | "bpf"
        | "mqueue" | "configfs" => "which the kernel makes up: give the path of a disk",
        _ => "which is on no one disk: give the disk itself, as /dev/NAME",
    }
}

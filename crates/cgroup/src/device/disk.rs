//! The disk that is meant by a device, a mount point, any other path, or a number. The kernel limits whole disks, and answers a
//! partition's number with ENODEV.

use super::DiskError;
use super::disk_error::article;
use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use xns_core::mountinfo::Mounted;
use xns_core::{Facts, Node};

/// A whole disk, as the files of the controllers io and blkio name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// The driver's number.
    pub major: u32,
    /// The driver's own number of the disk.
    pub minor: u32,
    /// Its name in `/sys/block`: `vda`.
    pub name: String,
    /// What the user should know when the disk is not just what was typed: "/home is on vda1, part of vda: limits hold for whole
    /// disks".
    pub note: Option<String>,
}

impl fmt::Display for Disk {
    /// `254:0`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.major, self.minor)
    }
}

/// The whole disk that a text means: a device (`/dev/vda1`), a mount point or any other path (the device of its file system), or a
/// number (`254:1`).
///
/// # Errors
/// What has no disk of its own: no such file or number, a character device, a file system that is on no disk or does not tell.
pub fn whole_disk(text: &OsStr, facts: &Facts) -> Result<Disk, DiskError> {
    if let Some((major, minor)) = text.to_str().and_then(number) {
        let Some(device) = Device::find(major, minor, facts) else {
            return Err(DiskError::NoNumber { major, minor, disks: disks(facts) });
        };
        // A number that is a disk's own is said as it is.
        let stands_for = device.partition.is_some().then(|| format!("{major}:{minor} is {}", device.name));
        return Ok(device.whole(stands_for));
    }
    let path = Path::new(text);
    let seen = facts.look(None, path).map_err(|errno| no_such(text, errno, facts))?;
    match facts.node(path) {
        Some(Node { block: false, major, minor }) => {
            Err(DiskError::Character { path: path.to_owned(), major, minor })
        }
        Some(Node { block: true, major, minor }) => {
            let device = Device::find(major, minor, facts);
            let gone = || DiskError::NoDriver { path: path.to_owned(), major, minor, disks: disks(facts) };
            let device = device.ok_or_else(gone)?;
            // Whichever way its own name was written.
            let other_name = !path.ends_with(device.name.replace('!', "/"));
            let told = (device.partition.is_some() || other_name).then(|| device.is(path));
            Ok(device.whole(told))
        }
        None => {
            let mounts = facts.mounts().unwrap_or_default();
            let mounted = mounts.iter().find(|mount| Some(mount.id) == seen.mount);
            let mounted = mounted.ok_or_else(|| DiskError::NoMount { path: path.to_owned() })?;
            of_file_system(path, mounted, facts)
        }
    }
}

/// The disk of the file system that a path is on.
fn of_file_system(path: &Path, mounted: &Mounted, facts: &Facts) -> Result<Disk, DiskError> {
    let (major, minor) = mounted.device;
    if let Some(device) = Device::find(major, minor, facts) {
        let told = format!("{} is on {}", path.display(), device.name);
        return Ok(device.whole(Some(told)));
    }
    // btrfs and its like span devices and number themselves; one of theirs is the mount's source.
    let source = PathBuf::from(OsStr::from_bytes(&mounted.source));
    let named = facts.node(&source).filter(|node| node.block);
    let fs_type = String::from_utf8_lossy(&mounted.fs_type).into_owned();
    if let Some(device) = named.and_then(|node| Device::find(node.major, node.minor, facts)) {
        let told = format!(
            "{} is on {} {fs_type}, which was mounted from {} and may have further devices: {}",
            path.display(),
            article(&fs_type),
            source.display(),
            device.is(&source)
        );
        return Ok(device.whole(Some(told)));
    }
    Err(DiskError::NoDisk {
        path: path.to_owned(),
        point: mounted.point.clone(),
        fs_type,
        major,
        minor,
        disks: disks(facts),
    })
}

/// A block device that the kernel has.
struct Device {
    major: u32,
    minor: u32,
    name: String,
    partition: Option<Parent>,
}

/// The disk that a partition is part of.
struct Parent {
    major: u32,
    minor: u32,
    name: String,
}

impl Device {
    /// By its directory in sysfs: a partition has a file `partition`, and lies in its disk's directory.
    fn find(major: u32, minor: u32, facts: &Facts) -> Option<Self> {
        let directory = format!("/sys/dev/block/{major}:{minor}");
        let target = facts.link(&directory)?;
        let target = Path::new(OsStr::from_bytes(&target));
        let name = target.file_name()?.to_str()?.to_owned();
        let partition = match facts.number(&format!("{directory}/partition")) {
            None => None,
            Some(_) => {
                let (major, minor) = number(&facts.line(&format!("{directory}/../dev"))?)?;
                let name = target.parent()?.file_name()?.to_str()?.to_owned();
                Some(Parent { major, minor, name })
            }
        };
        Some(Device { major, minor, name, partition })
    }

    /// "/dev/disk/by-label/x is vda1", but not "/dev/vda1 is vda1".
    fn is(&self, path: &Path) -> String {
        match path == Path::new("/dev").join(self.name.replace('!', "/")) {
            true => format!("{} is", path.display()),
            false => format!("{} is {}", path.display(), self.name),
        }
    }

    /// The disk that it is, or is part of, with what is told about it: a clause that ends in the device's name, or in "is".
    fn whole(self, told: Option<String>) -> Disk {
        match self.partition {
            None => Disk { major: self.major, minor: self.minor, name: self.name, note: told },
            Some(disk) => {
                let comma = if told.as_ref().is_some_and(|told| told.ends_with(" is")) { "" } else { "," };
                let part = |told| format!("{told}{comma} part of {}: limits hold for whole disks", disk.name);
                let note = told.map(part);
                Disk { major: disk.major, minor: disk.minor, name: disk.name, note }
            }
        }
    }
}

/// `254:0`
fn number(text: &str) -> Option<(u32, u32)> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?;
    let (major, minor) = text.split_once(':')?;
    Some((digits(major)?, digits(minor)?))
}

/// The names of the machine's disks that have something in them.
fn disks(facts: &Facts) -> Vec<String> {
    let mut names = facts.names_in("/sys/block");
    names.retain(|name| facts.number(&format!("/sys/block/{name}/size")).is_some_and(|sectors| sectors > 0));
    names
}

fn no_such(text: &OsStr, errno: xns_core::Errno, facts: &Facts) -> DiskError {
    // "vda" for "/dev/vda".
    let node = Path::new("/dev").join(text);
    let meant = facts.node(&node).is_some_and(|node| node.block).then_some(node);
    DiskError::NoSuch { path: text.to_owned(), errno, meant }
}

#[cfg(test)]
mod tests;

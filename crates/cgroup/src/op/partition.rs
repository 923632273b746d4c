//! A partition of CPUs (cgroup-v2.rst, `cpuset.cpus.partition`): the kernel takes the write, and tells by reading alone whether it has
//! come to be.

use std::path::Path;
use xns_core::{Errno, Failure};
use xns_sys::fs;

/// The file.
const FILE: &str = "cpuset.cpus.partition";

/// The kernel's reasons (kernel/cgroup/cpuset.c, `perr_strings`), of Linux 6.1 and later, as far as they go alike.
static REASONS: [&str; 11] = [
    "Invalid cpu list in cpuset.cpus",
    "Parent is an invalid partition root",
    "Parent is not a partition root",
    "Cpu list in cpuset.cpus not exclusive",
    "Parent unable to distribute cpu downstream",
    "No cpu available due to hotplug",
    "cpuset.cpus and cpuset.cpus.exclusive are empty",
    "partition config conflicts with housekeeping setup",
    "Enable partition not permitted",
    "Have remote partition underneath",
    "cpuset.cpus is empty",
];

/// The part of a failure for the first reason; the others follow. One more stands for a reason that is not known here.
pub(crate) const FIRST: u8 = 16;

/// After a write: is it what was written?
pub(super) fn check(file: &Path) -> Result<(), Failure> {
    if file.file_name().is_none_or(|name| name != FILE) {
        return Ok(());
    }
    let text = fs::read(file).unwrap_or_default();
    refused(&String::from_utf8_lossy(&text)).map_or(Ok(()), |part| Err(Failure::in_part(part, Errno::EINVAL)))
}

/// `root invalid (Parent is not a partition root)`
fn refused(text: &str) -> Option<u8> {
    let (_, reason) = text.split_once(" invalid")?;
    let known = REASONS.iter().position(|known| reason.contains(known)).unwrap_or(REASONS.len());
    u8::try_from(known).ok().map(|at| FIRST + at)
}

/// In the kernel's words.
pub(crate) fn reason(part: u8) -> Option<&'static str> {
    let at = part.checked_sub(FIRST)?;
    Some(REASONS.get(usize::from(at)).copied().unwrap_or("the file says that it is invalid"))
}

/// What a partition is turned back to: the kernel takes the first word only.
pub(super) fn before<'t>(file: &Path, text: &'t str) -> &'t str {
    match text.split_once(" invalid") {
        Some((word, _)) if file.ends_with(FILE) => word,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_partition_has_a_reason() {
        assert_eq!((refused("root\n"), refused("member\n"), refused("isolated\n")), (None, None, None));
        let said = |text| refused(text).and_then(reason);
        assert_eq!(said("root invalid (Parent is not a partition root)\n"), Some(REASONS[2]));
        assert_eq!(said("isolated invalid (Invalid cpu list in cpuset.cpus.exclusive)\n"), Some(REASONS[0]));
        assert_eq!(said("root invalid (of another kernel)"), Some("the file says that it is invalid"));
        assert_eq!(reason(1), None);
        let file = Path::new("/cg/a/cpuset.cpus.partition");
        assert_eq!((before(file, "root invalid (x)"), before(file, "isolated")), ("root", "isolated"));
    }
}

//! Which tests run in which guests.

use crate::machine::Layout;

/// Test targets of the package xns-tests, and words that choose some of their tests: what depends on the cgroup layout, on
/// the kernel, or on a network card that nobody uses. A guest takes less than 90 seconds for them, on a machine that does nothing else.
pub const TESTS: [(&str, &[&str]); 11] = [
    ("cgroup_namespace", &[]),
    ("enter", &["cgroup::"]),
    ("devices", &[]),
    ("disks", &[]),
    ("effects", &[]),
    ("limits_in_files", &[]),
    ("statistics", &[]),
    ("cgroup_refusals", &[]),
    ("same_as_cgexec", &["version_2"]),
    ("physical_devices", &[]),
    ("groups_seen", &["names_and_trees", "limits_and_files", "version_2"]),
];

/// Series of a kernel, and layout. Debian's 6.12 has no version 1 of memory and cpuset.
pub const GUESTS: [(&str, Layout); 4] =
    [("6.1", Layout::V1), ("6.1", Layout::V2), ("6.1", Layout::Hybrid), ("6.12", Layout::V2)];

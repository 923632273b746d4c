//! Which tests run in which guests.

use crate::machine::Layout;

/// Test targets of the package xns-tests: what depends on the cgroup layout or the kernel, and runs on a machine that has
/// busybox instead of Debian.
pub const TESTS: [&str; 2] = ["cgroup_namespace", "isolation"];

/// Series of a kernel, and layout. Debian's 6.12 has no version 1 of memory and cpuset.
pub const GUESTS: [(&str, Layout); 4] =
    [("6.1", Layout::V1), ("6.1", Layout::V2), ("6.1", Layout::Hybrid), ("6.12", Layout::V2)];

//! A stub until the merge: the disk of helper "devices" takes its place.

mod disk;

pub use disk::{Disk, DiskError, whole_disk};

//! Devices: the disk that a limit of I/O is for, and which nodes a group's processes may open and make.

mod disk;
mod disk_error;
mod weight;

pub use disk::{Disk, whole_disk};
pub use disk_error::DiskError;
pub use weight::{Weighed, WeightScheduler, weight_scheduler};

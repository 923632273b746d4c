//! Devices: the disk that a limit of I/O is for, and which nodes a group's processes may open and make.

mod asked;
mod disk;
mod disk_error;
mod hint;
mod op;
mod program;
mod rule;
mod rules;
mod v1;
mod weight;

pub use asked::{Asked, DeviceKey, DevicesError, settings};
pub use disk::{Disk, whole_disk};
pub use disk_error::DiskError;
pub use hint::{line_refused, not_loaded};
pub use op::AttachDevices;
pub use rule::{Access, Half, Nodes, Rule, RuleCause, RuleError, Sort};
pub use rules::{DEFAULT_NAMES, DEFAULT_SET, Rules, RulesError};
pub use v1::{Line, lines};
pub use weight::{Weighed, WeightScheduler, weight_scheduler};

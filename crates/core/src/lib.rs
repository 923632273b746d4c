//! The vocabulary that every crate of the project shares: namespaces, actors, slots, operations, failures, hints, and
//! the facts about the machine.
#![forbid(unsafe_code)]

mod actor;
pub mod errno;
mod facts;
mod failure;
mod hint;
pub mod inside;
mod kernel;
mod look;
pub mod mountinfo;
mod namespace;
mod nearest;
mod node;
mod operation;
mod probe;
pub mod shell;
mod slot;
mod sort;
mod tasks;
mod trial;

pub use actor::Actor;
pub use facts::{Facts, Recorded};
pub use failure::{Cause, Failure};
pub use hint::{Cure, Hint};
pub use look::{Format, Seen, SeenKind};
pub use namespace::{NsId, NsKind, NsSet};
pub use nearest::nearest;
pub use node::Node;
pub use operation::{Apply, Call, Operation, Outcome, Shell};
pub use probe::Probe;
pub use slot::{Kept, Made, Reached, Slot, Slots};
pub use sort::Sort;
pub use tasks::{has_ended, start_time, stat_field, status_field};
pub use trial::{Rights, Tried};
pub use xns_sys::identity::started_with_raised_rights;
pub use xns_sys::{Errno, SingleThreaded};

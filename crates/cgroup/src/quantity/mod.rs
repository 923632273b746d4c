//! Quantities as people type them: memory, rates, parts of CPUs, times, weights, counts, lists of CPUs, class ids.
//!
//! What is read is exact, or it is refused: the kernel takes many texts for another number than the one that was meant (`100`
//! bytes of memory for 0, `1M` in a file of blkio for 1, what is too long for what is left of it), and says nothing.

mod amount;
mod bytes;
mod class;
mod cpu;
mod error;
mod list;
mod number;
mod rate;
mod scan;
mod time;
mod typed;

pub use amount::Amount;
pub use bytes::Bytes;
pub use class::ClassId;
pub use cpu::{Bandwidth, Cpus};
pub(crate) use error::pointed;
pub use error::{QuantityError, Reason};
pub use list::NumberList;
pub use number::{Pids, Shares, Weight};
pub use rate::{Iops, Rate};
pub use time::Time;
pub use typed::Typed;

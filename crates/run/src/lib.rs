//! The engine: walks a plan with as many processes as it has actors, and answers how the program ended.
//!
//! Every process walks the same list and does the steps that are its own. Where the actor changes, a byte passes over a
//! pipe; the end of file on it means that the other side died, and everybody stops.
#![forbid(unsafe_code)]

mod image;
mod report;
mod walk;
mod wires;

pub use walk::{Done, Failed, run};
pub use xns_pid::Ended;

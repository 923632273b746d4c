//! The plan: one ordered list of steps over all the processes involved, as data.
//!
//! It is printed (`explain`) and walked (the crate `run`): the same value, so what is printed is what happens.
#![forbid(unsafe_code)]

mod control;
mod edges;
pub mod exec;
pub mod explain;
mod hints;
mod notes;
mod op;
pub mod process;
mod pty;
mod rules;
mod sharing;
mod step;

pub use control::{Attend, Control};
pub use edges::{Edge, births, edges, executor, hands_over, settlers};
pub use exec::{Exec, Variables, is_shell};
pub use hints::{asked, hint};
pub use notes::notes;
pub use op::Op;
pub use rules::{Violation, violations};
pub use step::{Phase, Plan, Step};

//! The PID namespace's operations and facts: signals around a waiting parent, the init that reaps and passes signals on, and the
//! numbers of a process in each level (pid_namespaces(7)).
#![forbid(unsafe_code)]

mod attend;
mod init;
mod levels;
pub mod pty;
mod signals;

pub use attend::{Attended, Relay, Relayed, Stops, attend, wait};
pub use init::{Ended, Event, supervise};
pub use levels::{Levels, depth, init_of};
pub use signals::Op;
pub use xns_sys::signal::Signal;

//! The PID namespace's operations: signals around a waiting parent, and the init that reaps and passes signals on
//! (pid_namespaces(7)).
#![forbid(unsafe_code)]

mod attend;
mod init;
pub mod pty;
mod signals;

pub use attend::{Attended, Relay, Relayed, Stops, attend, wait};
pub use init::{Ended, Event, supervise};
pub use signals::Op;
pub use xns_sys::signal::Signal;

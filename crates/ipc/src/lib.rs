//! The IPC namespace's facts: System V shared memory, semaphores and message queues, and POSIX message queues
//! (ipc_namespaces(7)).
#![forbid(unsafe_code)]

mod inside;
mod posix;
mod sysv;

pub use inside::{Ids, Ipc};
pub use posix::{PosixQueue, QueueAttributes};
pub use sysv::{MessageQueue, Object, Segment, SemaphoreSet, SysV};

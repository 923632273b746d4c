//! POSIX message queues, by descriptors of files in an mqueue file system (mq_overview(7)).

use crate::{Errno, Result};
use std::os::fd::{AsFd, AsRawFd};

/// What a queue holds, and may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueAttributes {
    /// Messages in it.
    pub messages: u64,
    /// The most messages.
    pub most_messages: u64,
    /// The largest message, in bytes.
    pub largest: u64,
}

/// `int mq_getsetattr(mqd_t mqdes, NULL, struct mq_attr *oldattr)`: EBADF for what is no message queue.
pub fn queue_attributes(queue: impl AsFd) -> Result<QueueAttributes> {
    // SAFETY: all-zero is a valid mq_attr: numbers only.
    let mut attributes: libc::mq_attr = unsafe { std::mem::zeroed() };
    // SAFETY: no new attributes are given; the old ones are written to `attributes`, which is of the kernel's form and lives
    // through the call.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_mq_getsetattr,
            queue.as_fd().as_raw_fd(),
            std::ptr::null::<libc::mq_attr>(),
            &raw mut attributes,
        )
    };
    Errno::result(answer)?;
    let count = |number| u64::try_from(number).unwrap_or(0);
    Ok(QueueAttributes {
        messages: count(attributes.mq_curmsgs),
        most_messages: count(attributes.mq_maxmsg),
        largest: count(attributes.mq_msgsize),
    })
}

//! One `connect` or `disconnect` at a time: what was looked at (names of devices that are free, who uses a bridge) stays so until all is
//! done.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};
use xns_core::Errno;
use xns_net::Place;
use xns_sys::fs;

/// Longer nobody is waited for: any user can hold such a lock.
const LIMIT: Duration = Duration::from_secs(10);

/// The lock of the network namespace that we are in (flock(2) of its file), until it is dropped; `None` where it was not to be had. The
/// directory of names is locked by the plan itself, and by `ip`.
pub(super) fn alone() -> Option<OwnedFd> {
    let own = Place::Here.open().ok()?;
    let until = Instant::now() + LIMIT;
    loop {
        match fs::try_lock(&own) {
            Ok(()) => return Some(own),
            Err(Errno::EAGAIN | Errno::EINTR) if Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(2));
            }
            Err(_) => return None,
        }
    }
}

//! A second processor for work that only reads.

use crate::SingleThreaded;
use std::thread::{Builder, scope};

/// Enough for what a scan keeps on the stack, and less than the C library would map.
const STACK: usize = 256 * 1024;

/// Does both halves of some work, the second one in a thread where there is a processor for it. That thread has ended when this
/// returns, so that the proof of one thread holds again: no work can take it along, since it is not `Sync`.
pub fn halves<T: Send>(_: SingleThreaded, work: impl Fn(Half) -> T + Sync) -> [T; 2] {
    // std::thread::available_parallelism reads a handful of files besides, for a quota that two threads share.
    let has_another = rustix::thread::sched_getaffinity(None).is_ok_and(|processors| processors.count() > 1);
    if !has_another {
        return [work(Half::First), work(Half::Second)];
    }
    scope(|threads| {
        let second = Builder::new().stack_size(STACK).spawn_scoped(threads, || work(Half::Second));
        let first = work(Half::First);
        let second = second.ok().and_then(|thread| thread.join().ok());
        [first, second.unwrap_or_else(|| work(Half::Second))]
    })
}

/// Which part of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// The beginning.
    First,
    /// The rest.
    Second,
}

impl Half {
    /// Its part of a slice.
    pub fn of<T>(self, all: &[T]) -> &[T] {
        let (first, second) = all.split_at(all.len() / 2);
        match self {
            Half::First => first,
            Half::Second => second,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_done_once() {
        // SAFETY: only for the signature; nothing here forks.
        let single = unsafe { SingleThreaded::assume() };
        let all: Vec<u32> = (0..101).collect();
        let sums = halves(single, |half| half.of(&all).iter().sum::<u32>());
        assert_eq!(sums.iter().sum::<u32>(), 5050);
    }
}

//! `--watch`: a line for each namespace that appears or disappears.

mod interval;
mod line;
mod run;
mod time;

pub use interval::{Interval, IntervalError};
pub use line::{heading, human, json, notice};
pub(crate) use run::run;
pub use time::Time;

use thiserror::Error;
use xns_core::Errno;
use xns_lsns::watch::Event;
use xns_sys::fd;

/// Why it has ended.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FollowError<E> {
    /// Nothing can be found out any more.
    #[error(transparent)]
    Look(E),
    /// A line could not be written.
    #[error("write error")]
    Write(Errno),
}

/// Looks again and again, and writes a line for each event at once. `pause` waits, and answers whether to go on.
///
/// Ctrl-C ends the process, as it ends any: nothing is held back that would have to be written then.
///
/// # Errors
/// When a look fails, or a line cannot be written; that nobody reads any more is none.
pub fn follow<E>(
    mut pause: impl FnMut() -> bool,
    mut look: impl FnMut() -> Result<(Time, Vec<Event>), E>,
    line: impl Fn(Time, &Event) -> String,
    mut write: impl FnMut(&str) -> Result<(), Errno>,
) -> Result<(), FollowError<E>> {
    while pause() {
        let (time, events) = look().map_err(FollowError::Look)?;
        for event in events {
            match write(&line(time, &event)) {
                Ok(()) => {}
                Err(Errno::EPIPE) => return Ok(()),
                Err(errno) => return Err(FollowError::Write(errno)),
            }
        }
    }
    Ok(())
}

/// Waits for the interval. Answers no when nobody reads standard output any more: else that would be found out only by the next
/// event, in days perhaps.
pub fn pause(interval: Interval) -> bool {
    std::thread::sleep(interval.duration());
    !fd::is_unread(fd::stdout())
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::NsKind;
    use xns_lsns::watch::Change;

    fn event(ino: u64) -> Event {
        Event {
            change: Change::Appeared,
            kind: NsKind::Net,
            ino,
            pid: None,
            process: None,
            owner_uid: None,
            pins: Vec::new(),
        }
    }

    /// Four rounds with two events each, of which only so many lines can be written.
    fn run(
        lines: usize,
        then: Errno,
        failing: Option<usize>,
    ) -> (Vec<String>, Result<(), FollowError<usize>>) {
        let (mut rounds, mut looks, mut written) = (0, 0, Vec::new());
        let pause = || {
            rounds += 1;
            rounds <= 4
        };
        let look = || {
            looks += 1;
            if Some(looks) == failing {
                Err(looks)
            } else {
                Ok((Time::of(looks as u64), vec![event(1), event(2)]))
            }
        };
        let write = |line: &str| {
            if written.len() == lines {
                return Err(then);
            }
            written.push(line.to_owned());
            Ok(())
        };
        let end = follow(pause, look, |time, event| format!("{} {}", time.clock(), event.ino), write);
        (written, end)
    }

    #[test]
    fn a_line_for_each_event_until_it_is_told_to_end() {
        let (written, end) = run(100, Errno::EIO, None);
        assert_eq!((written.len(), end), (8, Ok(())));
        assert_eq!(written[2..4], ["00:00:02Z 1", "00:00:02Z 2"]);
    }

    #[test]
    fn it_ends_quietly_when_nobody_reads_and_tells_all_else() {
        let (written, end) = run(3, Errno::EPIPE, None);
        assert_eq!((written.len(), end), (3, Ok(())));
        assert_eq!(run(3, Errno::ENOSPC, None).1, Err(FollowError::Write(Errno::ENOSPC)));
        assert_eq!(run(9, Errno::EIO, Some(2)).1, Err(FollowError::Look(2)));
    }
}

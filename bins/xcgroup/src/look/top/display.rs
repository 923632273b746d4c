//! The terminal that the table is drawn on, which is afterwards as it was.

use std::time::{Duration, Instant};
use xns_core::Errno;
use xns_sys::fd::{self, Ready};
use xns_sys::signal::{self, Queue, SignalSet};
use xns_sys::terminal::{self, Settings};

/// Another page, as editors and pagers have it; without the cursor, and without what is too long going on in the next line.
const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const LEAVE: &str = "\x1b[?7h\x1b[?25h\x1b[?1049l";
/// To the first place.
const HOME: &str = "\x1b[H";
/// What was behind it goes.
const REST_OF_LINE: &str = "\x1b[K";
const REST_OF_PAGE: &str = "\x1b[J";

/// The numbers of signal(7), which are the same on all machines but MIPS, Alpha and SPARC.
const HANGUP: i32 = 1;
const INTERRUPT: i32 = 2;
const QUIT: i32 = 3;
const TERMINATE: i32 = 15;
const STOP: i32 = 20;
const RESIZED: i32 = 28;

/// A terminal in use.
pub(super) struct Display {
    signals: Queue,
    before: SignalSet,
    /// How standard input was, where it is a terminal.
    settings: Option<Settings>,
}

/// What ends a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The time.
    Over,
    /// A key.
    Key(u8),
    /// What is shown has to be drawn again.
    Changed,
    /// A signal that ends programs.
    Signal(i32),
    /// Nobody is there any more.
    Gone,
}

impl Display {
    /// Begins: signals are taken one after the other, keys as they are typed.
    pub(super) fn enter() -> Result<Self, Errno> {
        let set = SignalSet::of(&[HANGUP, INTERRUPT, QUIT, TERMINATE, STOP, RESIZED]);
        let signals = Queue::open(&set)?;
        let before = signal::block(&set)?;
        let display = Display { signals, before, settings: Settings::of(fd::stdin()).ok() };
        display.begin()?;
        Ok(display)
    }

    fn begin(&self) -> Result<(), Errno> {
        if let Some(settings) = &self.settings {
            settings.clone().by_key().set(fd::stdin())?;
        }
        fd::write_all(fd::stdout(), ENTER.as_bytes())
    }

    /// Everything as it was, as far as anybody is still there.
    fn end(&self) {
        let _ = fd::write_all(fd::stdout(), LEAVE.as_bytes());
        // Who is in the background must not touch what belongs to another job.
        if let Some(settings) =
            self.settings.as_ref().filter(|_| terminal::is_ours(fd::stdin()).unwrap_or(false))
        {
            let _ = settings.set(fd::stdin());
        }
    }

    /// Ends, and gives signals back their usual effect.
    pub(super) fn leave(self) {
        self.end();
        let _ = signal::set_mask(&self.before);
    }

    /// How many lines and columns there are.
    pub(super) fn size() -> (usize, usize) {
        let or = |number: Result<u16, Errno>, usual| {
            number.ok().filter(|number| *number > 0).map_or(usual, usize::from)
        };
        (or(terminal::rows(fd::stdout()), 24), or(terminal::columns(fd::stdout()), 80))
    }

    /// Draws these lines in place of what was there.
    pub(super) fn draw(&self, text: &str) -> Result<(), Errno> {
        fd::write_all(fd::stdout(), page(text).as_bytes())
    }

    /// Waits until something happens, at the latest until then.
    pub(super) fn pause(&self, until: Instant) -> Result<Event, Errno> {
        const WANTED: Ready = Ready { read: true, write: false };
        loop {
            let left = until.saturating_duration_since(Instant::now());
            // A millisecond is rounded up: not to turn round and round in the last.
            let milliseconds =
                u16::try_from((left + Duration::from_micros(999)).as_millis()).unwrap_or(u16::MAX);
            let keys = if self.settings.is_some() { WANTED } else { Ready::default() };
            let [signals, keys] = fd::poll(
                [(std::os::fd::AsFd::as_fd(&self.signals), WANTED), (fd::stdin(), keys)],
                Some(milliseconds),
            )?;
            if signals.read
                && let Some(arrived) = self.signals.next()?
            {
                match arrived.signal {
                    RESIZED => return Ok(Event::Changed),
                    STOP => {
                        self.stop()?;
                        return Ok(Event::Changed);
                    }
                    number => return Ok(Event::Signal(number)),
                }
            }
            if keys.read {
                let mut key = [0];
                return match fd::read(fd::stdin(), &mut key) {
                    Ok(1..) => Ok(Event::Key(key[0])),
                    Ok(0) | Err(_) => Ok(Event::Gone),
                };
            }
            if left.is_zero() {
                return Ok(Event::Over);
            }
        }
    }

    /// Ctrl-Z: the shell gets the terminal as it was, until it goes on.
    fn stop(&self) -> Result<(), Errno> {
        self.end();
        signal::stop_as_job(false)?;
        self.begin()
    }
}

/// The text, with what was behind each line and below the last wiped. No line end is behind the last, which might move everything up.
fn page(text: &str) -> String {
    let mut page = String::with_capacity(text.len() + 200);
    page.push_str(HOME);
    for (at, line) in text.lines().enumerate() {
        if at > 0 {
            page.push('\n');
        }
        page.push_str(line);
        page.push_str(REST_OF_LINE);
    }
    page.push_str(REST_OF_PAGE);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_is_drawn_over() {
        assert_eq!(page("a\nbc\n"), "\x1b[Ha\x1b[K\nbc\x1b[K\x1b[J");
        assert_eq!(page(""), "\x1b[H\x1b[J");
    }
}

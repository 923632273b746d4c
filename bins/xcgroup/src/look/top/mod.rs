//! `top`: groups at work.

mod display;
mod draw;
mod row;
mod sample;

use super::group::Group;
use super::{LookError, answer, json, screen};
use crate::cli::{Cli, Sort};
use display::{Display, Event};
use row::Row;
use sample::Sample;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use xns_cgroup::stat::{Bounds, Machine, words};
use xns_cli::table::Look;
use xns_cli::{Diagnostic, print, shown};
use xns_core::{Errno, Facts};
use xns_sys::{fd, signal};

/// Unless another interval is given.
const USUAL: Duration = Duration::from_secs(1);

/// A shorter interval would be spent by looking.
const SHORTEST: Duration = Duration::from_millis(10);

/// Draws again and again on a terminal; without one, and with `--once`, prints one table. With `--json` a line for each interval.
pub(crate) fn top(cli: &Cli, facts: &Facts) -> Result<u8, Box<Diagnostic>> {
    let every = cli.options.every.unwrap_or(USUAL);
    let found = if every < SHORTEST { Err(LookError::Interval) } else { Group::top(cli, facts) };
    let top = match found {
        Ok(top) => top,
        Err(error) => return answer(Err(error), facts),
    };
    let bounds = Bounds::of(&top.below_points(), &Machine);
    let limit = bounds.memory_bytes.map(|bound| bound.limit);
    let watched = Watched { top, limit, every, sort: cli.options.sort, look: screen::look(cli, facts) };
    let is_drawn = watched.look.width.is_some() && facts.variable("TERM").is_none_or(|term| term != "dumb");
    match (cli.options.once, cli.options.json) {
        (false, true) => written(watched.lines()),
        (false, false) if is_drawn => watched.live(),
        (_, as_json) => print(&watched.once(as_json)).map(|()| 0),
    }
}

/// Nobody reads any more: that is an end like any other.
fn written(end: Result<(), Errno>) -> Result<u8, Box<Diagnostic>> {
    match end {
        Ok(()) | Err(Errno::EPIPE) => Ok(0),
        Err(errno) => Err(Box::new(Diagnostic::new("write error".to_owned(), 1).errno(errno))),
    }
}

/// What is watched.
struct Watched {
    top: Group,
    /// The limit of memory that binds it.
    limit: Option<u64>,
    every: Duration,
    sort: Sort,
    look: Look,
}

impl Watched {
    fn rows(&self, before: Option<&Sample>, now: &Sample) -> Vec<Row> {
        let mut rows = row::rows(before, now, self.limit);
        row::sort(&mut rows, self.sort);
        rows
    }

    fn json(&self, before: &Sample, now: &Sample) -> draw::Json {
        let passed = now.at.saturating_duration_since(before.at);
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        draw::as_json(&self.top.name, &self.rows(Some(before), now), passed, time)
    }

    /// Measured over one interval.
    fn once(&self, as_json: bool) -> String {
        let before = Sample::take(&self.top, &Machine);
        std::thread::sleep(self.every);
        let now = Sample::take(&self.top, &Machine);
        if as_json {
            json(&self.json(&before, &now))
        } else {
            draw::table(&self.top.name, &self.rows(Some(&before), &now), usize::MAX, &self.look)
        }
    }

    /// A line of JSON for each interval.
    fn lines(&self) -> Result<(), Errno> {
        let mut before = Sample::take(&self.top, &Machine);
        let mut next = Instant::now();
        while !fd::is_unread(fd::stdout()) {
            next = later(next, self.every);
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            let now = Sample::take(&self.top, &Machine);
            fd::write_all(fd::stdout(), (shown::json(&self.json(&before, &now)) + "\n").as_bytes())?;
            before = now;
        }
        Ok(())
    }

    /// Until it is told to end.
    fn live(mut self) -> Result<u8, Box<Diagnostic>> {
        let failed =
            |errno| Box::new(Diagnostic::new("cannot draw on the terminal".to_owned(), 1).errno(errno));
        let display = Display::enter().map_err(failed)?;
        let end = self.drawn(&display);
        display.leave();
        match end.map_err(failed)? {
            // As if it had ended by itself: whoever waits for it is to know.
            Some(signal) => {
                signal::die_by(signal);
                Ok(128u8.wrapping_add(u8::try_from(signal).unwrap_or(0)))
            }
            None => Ok(0),
        }
    }

    /// Answers the signal that has ended it.
    fn drawn(&mut self, display: &Display) -> Result<Option<i32>, Errno> {
        let (mut before, mut now) = (None, Sample::take(&self.top, &Machine));
        let mut next = later(Instant::now(), self.every);
        loop {
            match self.page(before.as_ref(), &now, display) {
                Err(Errno::EIO | Errno::EPIPE) => return Ok(None),
                drawn => drawn?,
            }
            match display.pause(next)? {
                Event::Over => {
                    before = Some(std::mem::replace(&mut now, Sample::take(&self.top, &Machine)));
                    next = later(next, self.every);
                }
                Event::Key(b'q' | b'Q') | Event::Gone => return Ok(None),
                Event::Key(key) => self.sort = sort_of(key).unwrap_or(self.sort),
                Event::Changed => {}
                Event::Signal(signal) => return Ok(Some(signal)),
            }
        }
    }

    fn page(&self, before: Option<&Sample>, now: &Sample, display: &Display) -> Result<(), Errno> {
        let (lines, columns) = Display::size();
        let rows = self.rows(before, now);
        let mut text = title(rows.len(), self.every, self.sort);
        text.truncate(columns);
        text.push('\n');
        // Two lines are the title and the headings.
        let most = lines.saturating_sub(2);
        text += &draw::table(&self.top.name, &rows, most, &Look { width: Some(columns), ..self.look });
        display.draw(&text)
    }
}

/// ASCII only.
fn title(groups: usize, every: Duration, sort: Sort) -> String {
    let every = words::time(u64::try_from(every.as_micros()).unwrap_or(u64::MAX));
    let groups = words::count(groups as u64, "group", "groups");
    let sort = match sort {
        Sort::Cpu => "cpu",
        Sort::Memory => "memory",
        Sort::Io => "io",
        Sort::Pids => "pids",
        Sort::Name => "name",
    };
    format!("{groups} by {sort}, every {every}.  Keys: c cpu, m memory, i io, p pids, n name, q quit")
}

fn sort_of(key: u8) -> Option<Sort> {
    Some(match key {
        b'c' => Sort::Cpu,
        b'm' => Sort::Memory,
        b'i' => Sort::Io,
        b'p' => Sort::Pids,
        b'n' => Sort::Name,
        _ => return None,
    })
}

/// One interval on; where looking has taken longer than that, from now.
fn later(next: Instant, every: Duration) -> Instant {
    let now = Instant::now();
    let from = if next + every < now { now } else { next };
    from.checked_add(every).unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_says_the_keys() {
        let text = title(1, Duration::from_millis(500), Sort::Memory);
        assert_eq!(
            text,
            "1 group by memory, every 500.0 ms.  Keys: c cpu, m memory, i io, p pids, n name, q quit"
        );
        for (key, sort) in [
            (b'c', Sort::Cpu),
            (b'm', Sort::Memory),
            (b'i', Sort::Io),
            (b'p', Sort::Pids),
            (b'n', Sort::Name),
        ] {
            assert_eq!(sort_of(key), Some(sort));
        }
        assert_eq!(sort_of(b'x'), None);
    }
}

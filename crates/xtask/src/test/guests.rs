//! The tests that run in guests. What is told of them reads as what cargo prints, so that it is counted alike.

use std::collections::VecDeque;
use std::path::Path;
use std::time::Instant;

use xns_vm::build::{self, Program};
use xns_vm::tier::{Session, What};
use xns_vm::{Error, Event, Guest, Kernel, Machine, Outcome};

/// What is wanted of the guests, and who hears of it.
pub(super) struct Guests<'a> {
    pub(super) root: &'a Path,
    pub(super) target: &'a Path,
    pub(super) tools: &'a Path,
    /// Lines, as of cargo and libtest.
    pub(super) say: &'a mut dyn FnMut(&str),
    /// Lines of `XNS_SKIPPED`.
    pub(super) skipped: &'a mut Vec<String>,
}

impl Guests<'_> {
    /// Runs each guest for what it is for; answers how many guests panicked at boot.
    pub(super) fn run(mut self, sessions: &[Session]) -> usize {
        let mut programs = None;
        let mut panicked = 0;
        for session in sessions {
            let name = name(session);
            (self.say)(&format!("\nguest {name}"));
            let start = Instant::now();
            let mut left: VecDeque<_> = jobs(&session.what).into();
            let outcome = self.guest(session, sessions, &mut programs, &mut left, &mut panicked);
            match outcome {
                Ok(Outcome::Done) => (self.say)(&format!("guest {name}: {} s", start.elapsed().as_secs())),
                Ok(Outcome::Lost { reason, console }) => {
                    self.lost(&name, &left, &format!("the guest was lost: {reason}\n{console}"));
                }
                Err(error) if error.lacks() => self.pass_over(&name, &left, &error.to_string()),
                Err(error @ Error::Build) => {
                    self.lost(&name, &left, &error.to_string());
                    break;
                }
                Err(error) => self.lost(&name, &left, &error.to_string()),
            }
        }
        panicked
    }

    /// Runs one; what is left of its jobs has not begun.
    fn guest(
        &mut self,
        session: &Session,
        sessions: &[Session],
        programs: &mut Option<Vec<Program>>,
        left: &mut VecDeque<String>,
        panicked: &mut usize,
    ) -> Result<Outcome, Error> {
        Guest::is_possible()?;
        let kernel = Kernel::of(session.series, self.target)?;
        let mut machine = Machine::new(&kernel, session.layout, self.tools)?;
        match &session.what {
            What::Lessons => {
                machine.teaching(self.root)?;
                machine.lessons();
            }
            What::Tests(tests) => {
                let built = match programs {
                    Some(built) => built,
                    None => programs.insert(self.build(sessions)?),
                };
                machine.tests(built, |name| {
                    let found = tests.iter().find(|(test, _)| test == name);
                    found.map(|(_, words)| words.clone())
                });
            }
        }
        let mut guest = Guest::new(&kernel, &machine, self.target)?;
        guest.limit = session.limit;
        let name = name(session);
        let mut current = String::new();
        let outcome = guest.run(&mut |event| match event {
            Event::Begin(test) => {
                left.pop_front();
                current = program(test, &name);
                (self.say)(&running(test, &name));
            }
            Event::Line(line) => (self.say)(line),
            Event::Skipped(line) => {
                let (_, rest) = line.split_once('\t').unwrap_or(("", line));
                self.skipped.push(format!("{current}\t{rest}"));
            }
            Event::End(_) => {}
        });
        *panicked += guest.panicked_at_boot;
        outcome
    }

    /// The test programs of all these.
    fn build(&mut self, sessions: &[Session]) -> Result<Vec<Program>, Error> {
        (self.say)("building the test programs for guests");
        let mut names: Vec<_> = sessions
            .iter()
            .filter(|session| session.what != What::Lessons)
            .flat_map(|session| jobs(&session.what))
            .collect();
        names.sort();
        names.dedup();
        build::tests(self.root, self.target, &names)
    }

    /// The guest itself, and every test that has not begun, are a program without an end: failures.
    fn lost(&mut self, guest: &str, left: &VecDeque<String>, why: &str) {
        (self.say)(why);
        (self.say)(&format!("     Running guest {guest} (guest-{})", guest.replace(' ', "-")));
        for test in left {
            (self.say)(&running(test, guest));
        }
    }

    /// What this machine has not the means for: each test is skipped.
    fn pass_over(&mut self, guest: &str, left: &VecDeque<String>, reason: &str) {
        for test in left {
            (self.say)(&running(test, guest));
            (self.say)(&format!("test all ... ignored, {reason}"));
            (self.say)("test result: ok. 0 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out");
        }
    }
}

fn name(session: &Session) -> String {
    format!("{} {}", session.series, session.layout)
}

/// The names of a guest's jobs.
fn jobs(what: &What) -> Vec<String> {
    match what {
        What::Tests(tests) => tests.iter().map(|(name, _)| name.clone()).collect(),
        What::Lessons => Machine::LESSONS.map(str::to_owned).into(),
    }
}

/// As cargo would say it.
fn running(test: &str, guest: &str) -> String {
    let file = if Machine::LESSONS.contains(&test) { test.to_owned() } else { format!("{test}.rs") };
    format!("     Running tests/{file}, {guest} ({})", program(test, guest))
}

fn program(test: &str, guest: &str) -> String {
    format!("{test}-{}", guest.replace(' ', "-"))
}

#[cfg(test)]
mod tests {
    use super::super::tally::Tally;
    use super::*;

    fn counted(tell: impl FnOnce(&mut Guests<'_>)) -> String {
        let mut tally = Tally::default();
        let mut say = |text: &str| text.lines().for_each(|line| tally.line(line));
        let mut skipped = Vec::new();
        let nowhere = Path::new("");
        let mut guests =
            Guests { root: nowhere, target: nowhere, tools: nowhere, say: &mut say, skipped: &mut skipped };
        tell(&mut guests);
        tally.end(&skipped, true);
        tally.to_string()
    }

    #[test]
    fn a_guest_that_is_lost_has_failed_and_so_has_what_it_did_not_run() {
        let text = counted(|guests| {
            (guests.say)(&running("a", "6.1 v2"));
            (guests.say)("test one ... ok");
            guests.lost(
                "6.1 v2",
                &VecDeque::from(["b".to_owned()]),
                "the guest was lost: its kernel panicked\n[1.0] Kernel panic",
            );
        });
        let end = "\nfailed:\n  tests/a.rs, 6.1 v2 (did not come to its end)\n  guest 6.1 v2 (did not come to its end)\n  \
                   tests/b.rs, 6.1 v2 (did not come to its end)\n\n0 passed, 3 failed, 0 skipped\n";
        assert!(text.ends_with(end), "{text}");
    }

    #[test]
    fn where_there_are_no_guests_each_test_is_skipped() {
        let left = ["a", Machine::LESSONS[1]].map(str::to_owned).into();
        let text = counted(|guests| guests.pass_over("6.1 v1", &left, "no QEMU"));
        let skipped =
            "\nskipped, no QEMU:\n  tests/a.rs, 6.1 v1: all\n  tests/lessons as student, 6.1 v1: all\n";
        assert!(text.ends_with(&format!("{skipped}\n0 passed, 0 failed, 2 skipped\n")), "{text}");
    }
}

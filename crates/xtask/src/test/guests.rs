//! The tests that run in guests. What is told of them reads as what cargo prints, so that it is counted alike.

use std::collections::VecDeque;
use std::path::Path;
use std::time::Instant;

use xns_vm::build::{self, Program};
use xns_vm::tier::{GUESTS, TESTS};
use xns_vm::{Error, Event, Guest, Kernel, Layout, Machine, Outcome};

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
    /// Runs the tier in each guest; answers how many guests panicked at boot.
    pub(super) fn run(mut self) -> usize {
        let mut programs = None;
        let mut panicked = 0;
        for (series, layout) in GUESTS {
            let name = format!("{series} {layout}");
            (self.say)(&format!("\nguest {name}"));
            let start = Instant::now();
            let mut left: VecDeque<_> = TESTS.iter().map(|(test, _)| *test).collect();
            let outcome = self.guest(series, layout, &mut programs, &mut left, &mut panicked);
            match outcome {
                Ok(Outcome::Done) => (self.say)(&format!("guest {name}: {} s", start.elapsed().as_secs())),
                Ok(Outcome::Lost { reason, console }) => {
                    self.lost(&name, &left, &format!("the guest was lost: {reason}\n{console}"));
                }
                Err(error) if error.lacks() => self.pass_over(&name, &error.to_string()),
                Err(error @ Error::Build) => {
                    self.lost(&name, &left, &error.to_string());
                    break;
                }
                Err(error) => self.lost(&name, &left, &error.to_string()),
            }
        }
        panicked
    }

    /// Runs one; what is left of the tests has not begun.
    fn guest(
        &mut self,
        series: &str,
        layout: Layout,
        programs: &mut Option<Vec<Program>>,
        left: &mut VecDeque<&str>,
        panicked: &mut usize,
    ) -> Result<Outcome, Error> {
        Guest::is_possible()?;
        let kernel = Kernel::of(series, self.target)?;
        let mut machine = Machine::new(&kernel, layout, self.tools)?;
        let built = match programs {
            Some(built) => built,
            None => {
                (self.say)("building the test programs for guests");
                let names = TESTS.map(|(test, _)| test.to_owned());
                programs.insert(build::tests(self.root, self.target, &names)?)
            }
        };
        machine.tests(built, |test| {
            let filters =
                TESTS.iter().find(|(name, _)| *name == test).map_or(&[][..], |(_, filters)| filters);
            filters.iter().map(|&word| word.to_owned()).collect()
        });
        let mut guest = Guest::new(&kernel, &machine, self.target)?;
        let name = format!("{series} {layout}");
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

    /// The guest itself, and every test that has not begun, are a program without an end: failures.
    fn lost(&mut self, guest: &str, left: &VecDeque<&str>, why: &str) {
        (self.say)(why);
        (self.say)(&format!("     Running guest {guest} (guest-{})", guest.replace(' ', "-")));
        for test in left {
            (self.say)(&running(test, guest));
        }
    }

    /// What this machine has not the means for: each test is skipped.
    fn pass_over(&mut self, guest: &str, reason: &str) {
        for (test, _) in TESTS {
            (self.say)(&running(test, guest));
            (self.say)(&format!("test all ... ignored, {reason}"));
            (self.say)("test result: ok. 0 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out");
        }
    }
}

/// As cargo would say it.
fn running(test: &str, guest: &str) -> String {
    format!("     Running tests/{test}.rs, {guest} ({})", program(test, guest))
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
                &VecDeque::from(["b"]),
                "the guest was lost: its kernel panicked\n[1.0] Kernel panic",
            );
        });
        let end = "\nfailed:\n  tests/a.rs, 6.1 v2 (did not come to its end)\n  guest 6.1 v2 (did not come to its end)\n  \
                   tests/b.rs, 6.1 v2 (did not come to its end)\n\n0 passed, 3 failed, 0 skipped\n";
        assert!(text.ends_with(end), "{text}");
    }

    #[test]
    fn where_there_are_no_guests_each_test_is_skipped() {
        let text = counted(|guests| guests.pass_over("6.1 v1", "no QEMU"));
        assert!(text.contains("\nskipped, no QEMU:\n  tests/cgroup_namespace.rs, 6.1 v1: all\n"), "{text}");
        assert!(text.ends_with(&format!("\n0 passed, 0 failed, {} skipped\n", TESTS.len())), "{text}");
    }
}

//! The counts: passed, failed and skipped are together what libtest has run.

use super::output::{Failures, Start, ignored, start, summary};
use super::skips::{Skip, parse};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What was counted so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    files: Vec<File>,
}

/// The tests of one file.
#[derive(Debug, Default)]
struct File {
    name: String,
    program: String,
    passed: usize,
    failed: usize,
    failures: Failures,
    skips: Vec<Skip>,
    /// libtest has summed it up.
    complete: bool,
}

impl File {
    /// Whole tests.
    fn skipped(&self) -> usize {
        self.skips.iter().filter(|skip| skip.part.is_none()).count()
    }

    /// What the tests themselves say.
    fn skip(&mut self, skips: Vec<Skip>) {
        let failures = self.failures.names();
        let failed = |test: &str| failures.iter().any(|name| name.rsplit("::").next() == Some(test));
        let new: Vec<_> =
            skips.into_iter().filter(|skip| skip.part.is_some() || !failed(&skip.test)).collect();
        // To libtest a test that returns early has passed.
        self.passed = self.passed.saturating_sub(new.iter().filter(|skip| skip.part.is_none()).count());
        self.skips.extend(new);
    }
}

impl Tally {
    /// Takes in a line of cargo's or libtest's.
    pub(super) fn line(&mut self, line: &str) {
        if let Some(Start { name, program }) = start(line) {
            self.files.push(File { name, program, ..File::default() });
            return;
        }
        let counts = summary(line);
        if counts.is_some() && self.files.last().is_none_or(|file| file.complete) {
            self.files.push(File { name: "?".to_owned(), ..File::default() });
        }
        let Some(file) = self.files.last_mut().filter(|file| !file.complete) else { return };
        if let Some([passed, failed, _]) = counts {
            (file.passed, file.failed, file.complete) = (passed, failed, true);
        } else if let Some((test, reason)) = ignored(line) {
            file.skips.push(Skip { test: test.to_owned(), part: None, reason: reason.to_owned() });
        } else {
            file.failures.line(line);
        }
    }

    /// cargo has ended; `skipped` is what the tests have said.
    pub(super) fn end(&mut self, skipped: &[String], success: bool) {
        for (program, skips) in parse(skipped) {
            match self.files.iter_mut().find(|file| file.program == program) {
                Some(file) => file.skip(skips),
                None => {
                    self.files.push(File {
                        name: program.to_owned(),
                        skips,
                        complete: true,
                        ..File::default()
                    });
                }
            }
        }
        // A file whose process died has no summary: that is a failure, and what it skipped is still said.
        for file in self.files.iter_mut().filter(|file| !file.complete) {
            file.failed = file.failures.names().len() + 1;
            file.name += " (did not come to its end)";
        }
        if !success && self.total(|file| file.failed) == 0 {
            let name = "cargo test (see above)".to_owned();
            self.files.push(File { name, failed: 1, ..File::default() });
        }
    }

    fn total(&self, count: impl Fn(&File) -> usize) -> usize {
        self.files.iter().map(count).sum()
    }

    pub(super) fn passed(&self) -> bool {
        self.total(|file| file.failed) == 0 && self.total(|file| file.passed) > 0
    }

    /// `FILE: TEST` of those that failed; only `FILE` for a failure that belongs to no test.
    fn failures(&self) -> Vec<String> {
        let of = |file: &File| {
            let mut lines: Vec<_> =
                file.failures.names().iter().map(|test| format!("{}: {test}", file.name)).collect();
            if file.failed > lines.len() {
                lines.push(file.name.clone());
            }
            lines
        };
        self.files.iter().filter(|file| file.failed > 0).flat_map(of).collect()
    }

    /// `FILE: TEST` of those that were skipped, by their reasons: whole tests, or parts of tests.
    fn skips(&self, parts: bool) -> BTreeMap<&str, Vec<String>> {
        let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for file in &self.files {
            for Skip { test, part, reason } in file.skips.iter().filter(|skip| skip.part.is_some() == parts) {
                let part = part.as_ref().map_or_else(String::new, |part| format!(" ({part})"));
                reasons.entry(reason).or_default().push(format!("{}: {test}{part}", file.name));
            }
        }
        reasons
    }

    /// How many tests ran only in part.
    fn in_part(&self) -> usize {
        self.total(|file| {
            let parts = file.skips.iter().filter(|skip| skip.part.is_some());
            parts.map(|skip| &skip.test).collect::<BTreeSet<_>>().len()
        })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: Vec<&File> =
            self.files.iter().filter(|file| file.passed + file.failed + file.skipped() > 0).collect();
        let width = shown.iter().map(|file| file.name.len()).max().unwrap_or(0);
        writeln!(f, "{:width$}  passed  failed  skipped", "")?;
        for file in shown {
            let File { name, passed, failed, .. } = file;
            writeln!(f, "{name:width$}  {passed:6}  {failed:6}  {:7}", file.skipped())?;
        }
        let failures = self.failures();
        if !failures.is_empty() {
            writeln!(f, "\nfailed:\n  {}", failures.join("\n  "))?;
        }
        for (reason, tests) in self.skips(false) {
            writeln!(f, "\nskipped, {reason}:\n  {}", tests.join("\n  "))?;
        }
        let in_part = self.in_part();
        if in_part > 0 {
            let tests = if in_part == 1 { "test" } else { "tests" };
            writeln!(f, "\n{in_part} {tests} ran only in part:")?;
        }
        for (reason, tests) in self.skips(true) {
            writeln!(f, "  without, {reason}:\n    {}", tests.join("\n    "))?;
        }
        let [passed, failed, skipped] =
            [self.total(|file| file.passed), self.total(|file| file.failed), self.total(File::skipped)];
        writeln!(f, "\n{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(lines: &[&str], skipped: &[&str], success: bool) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.line(line));
        let skipped: Vec<_> = skipped.iter().map(|&line| line.to_owned()).collect();
        tally.end(&skipped, success);
        tally
    }

    const UNIT: &str = "     Running unittests src/lib.rs (target/debug/deps/xns_core-0a1b)";
    const ROOT: &str = "     Running tests/root.rs (target/debug/deps/root-0a1b)";
    const THREE: &str =
        "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s";

    #[test]
    fn a_skipped_test_is_not_a_passed_one() {
        let skips = ["root-0a1b\ta\tneeds root", "root-0a1b\tb\tno ip", "root-0a1b\tb\tno ip"];
        let tally = tally(&[UNIT, THREE, ROOT, THREE], &skips, true);
        assert!(tally.passed());
        assert_eq!(
            tally.to_string(),
            "                passed  failed  skipped\n\
             xns-core, unit       3       0        0\n\
             tests/root.rs        1       0        2\n\
             \nskipped, needs root:\n  tests/root.rs: a\n\
             \nskipped, no ip:\n  tests/root.rs: b\n\
             \n4 passed, 0 failed, 2 skipped\n"
        );
    }

    #[test]
    fn a_test_of_which_a_part_was_skipped_has_passed() {
        let skips = ["root-0a1b\ta (root)\tneeds root", "root-0a1b\tb\tneeds root"];
        let tally = tally(&[ROOT, THREE], &skips, true).to_string();
        let end = "\nskipped, needs root:\n  tests/root.rs: b\n\
                   \n1 test ran only in part:\n  without, needs root:\n    tests/root.rs: a (root)\n\
                   \n2 passed, 0 failed, 1 skipped\n";
        assert!(tally.ends_with(end), "{tally}");
    }

    #[test]
    fn libtests_own_skips_are_listed_too() {
        let four =
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        let tally = tally(&[UNIT, "test slow ... ignored, takes an hour", four], &[], true).to_string();
        let end = "\nskipped, takes an hour:\n  xns-core, unit: slow\n\n3 passed, 0 failed, 1 skipped\n";
        assert!(tally.ends_with(end), "{tally}");
    }

    #[test]
    fn failed_tests_are_named() {
        let one = "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        let lines =
            [ROOT, "test m::a ... FAILED", "failures:", "", "failures:", "    b", "    m::a", "", one, UNIT];
        // One that fails after all was not skipped.
        let tally = tally(&lines, &["root-0a1b\ta\tneeds root"], false);
        assert!(!tally.passed());
        let end = "\nfailed:\n  tests/root.rs: b\n  tests/root.rs: m::a\n  xns-core, unit (did not come to its end)\n\
                   \n1 passed, 3 failed, 0 skipped\n";
        assert!(tally.to_string().ends_with(end), "{tally}");
    }

    #[test]
    fn what_dies_or_does_not_compile_has_failed() {
        let ends = |lines: &[&str], end: &str| {
            let text = tally(lines, &[], false).to_string();
            assert!(text.ends_with(end), "{text}");
        };
        ends(
            &[UNIT, ROOT, THREE],
            "xns-core, unit (did not come to its end)\n\n3 passed, 1 failed, 0 skipped\n",
        );
        ends(&["error: no"], "\nfailed:\n  cargo test (see above)\n\n0 passed, 1 failed, 0 skipped\n");
        assert!(!tally(&[UNIT], &[], true).passed());
        assert!(!tally(&[], &[], true).passed());
    }
}

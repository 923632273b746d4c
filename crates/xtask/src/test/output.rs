//! What cargo and libtest print.

use std::path::Path;

/// The line with which cargo starts the tests of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// `tests/root.rs`; `xns-core, unit`; `xns-core, examples`.
    pub(super) name: String,
    /// The program's file name; examples have none.
    pub(super) program: String,
}

/// `Running unittests src/lib.rs (target/debug/deps/xns_core-0123)`, `Running tests/root.rs (…)`, `Doc-tests xns_core`.
pub(super) fn start(line: &str) -> Option<Start> {
    let line = line.trim_start();
    if let Some(package) = line.strip_prefix("Doc-tests ") {
        let name = format!("{}, examples", package.replace('_', "-"));
        return Some(Start { name, program: String::new() });
    }
    let (path, program) = line.strip_prefix("Running ")?.strip_suffix(')')?.split_once(" (")?;
    let program = Path::new(program).file_name()?.to_str()?.to_owned();
    let name = if path.starts_with("unittests ") {
        let name = program.rsplit_once('-').map_or(&*program, |(name, _)| name);
        format!("{}, unit", name.replace('_', "-"))
    } else {
        path.to_owned()
    };
    Some(Start { name, program })
}

/// `test NAME ... ignored, REASON`
pub(super) fn ignored(line: &str) -> Option<(&str, &str)> {
    let (test, rest) = line.strip_prefix("test ")?.split_once(" ... ignored")?;
    Some((test, rest.strip_prefix(", ").unwrap_or("ignored")))
}

/// Passed, failed and ignored of `test result: ok. 3 passed; 0 failed; 1 ignored; …`, which what a test prints may stand
/// before.
pub(super) fn summary(line: &str) -> Option<[usize; 3]> {
    let (_, rest) = line.split_once("test result: ")?;
    let (_, counts) = rest.split_once(". ")?;
    let count = |word: &str| {
        let mut parts = counts.split("; ").filter_map(|part| part.trim().split_once(' '));
        parts.find(|(_, what)| *what == word)?.0.parse().ok()
    };
    Some([count("passed")?, count("failed")?, count("ignored")?])
}

/// The names of the tests of a file that failed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Failures {
    /// From `test NAME ... FAILED`: all there is when the program dies, and incomplete when a test printed something between.
    seen: Vec<String>,
    /// The list at the end.
    listed: Vec<String>,
    in_list: bool,
}

impl Failures {
    /// Takes in a line.
    pub(super) fn line(&mut self, line: &str) {
        if line == "failures:" {
            // It comes twice: before what the tests have printed, and before their names.
            self.listed.clear();
            self.in_list = true;
        } else if let Some(name) = line.strip_prefix("    ").filter(|_| self.in_list) {
            self.listed.push(name.to_owned());
        } else {
            self.in_list = false;
            let test = line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... FAILED"));
            self.seen.extend(test.map(|(name, _)| name.trim_end_matches(" - should panic").to_owned()));
        }
    }

    pub(super) fn names(&self) -> &[String] {
        if self.listed.is_empty() { &self.seen } else { &self.listed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failures(text: &str) -> Vec<String> {
        let mut failures = Failures::default();
        text.lines().for_each(|line| failures.line(line));
        failures.names().to_vec()
    }

    #[test]
    fn files_are_known_by_cargos_line() {
        let names = |line| start(line).map(|Start { name, program }| [name, program]);
        let unit = names("     Running unittests src/lib.rs (target/debug/deps/xns_core-0a1b)");
        assert_eq!(unit, Some(["xns-core, unit".to_owned(), "xns_core-0a1b".to_owned()]));
        let root = names("     Running tests/a/main.rs (target/debug/deps/a-0a1b)");
        assert_eq!(root, Some(["tests/a/main.rs".to_owned(), "a-0a1b".to_owned()]));
        assert_eq!(names("   Doc-tests xns_core"), Some(["xns-core, examples".to_owned(), String::new()]));
        assert_eq!(names("running 3 tests"), None);
    }

    #[test]
    fn counts_are_found_behind_what_a_test_has_printed() {
        let line = "no line endtest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out";
        assert_eq!(summary(line), Some([3, 0, 1]));
        assert_eq!(summary("test result: none"), None);
    }

    #[test]
    fn failed_tests_are_those_of_the_last_list() {
        let text = "test a ... FAILED\ntest b ... ok\ntest c ... said something\nFAILED\n\nfailures:\n\n\
                    ---- a stdout ----\ntest x ... FAILED\n    no name\n\n\nfailures:\n    a\n    src/lib.rs - c (line 7)\n\n    x\n";
        assert_eq!(failures(text), ["a", "src/lib.rs - c (line 7)"]);
    }

    #[test]
    fn without_a_list_failed_tests_are_those_seen() {
        let text = "test m::a ... FAILED\ntest b ... ok\ntest c - should panic ... FAILED\nsignal: 9";
        assert_eq!(failures(text), ["m::a", "c"]);
    }
}

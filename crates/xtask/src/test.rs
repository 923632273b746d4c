//! `cargo xtask test`: runs every test, and counts. What is skipped is listed with its reason; the last line has the counts.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;
use std::{env, fmt, fs, thread};

/// Why the tests did not pass, or could not be run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{what}: {source}")]
    Io { what: &'static str, source: io::Error },
    #[error("`make build` failed: no tools to test")]
    Build,
    /// Said by the counts already.
    #[error("")]
    Counted,
}

/// Runs the tests; `arguments` go to `cargo test`.
pub(crate) fn run(root: &Path, arguments: &[OsString]) -> Result<(), Error> {
    let target = target_dir()?;
    let tools = match env::var_os("XNS_BIN_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => build(root, &target)?,
    };
    let skipped = SkipFile::create(&target)?;
    println!("testing the tools in {}", tools.display());
    let (reader, output) = io::pipe().map_err(|source| Error::Io { what: "pipe", source })?;
    let failed = |source| Error::Io { what: "cargo test", source };
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["test", "--workspace", "--exclude", "xns-bench", "--no-fail-fast"]).args(arguments);
    cargo.current_dir(root).env("CARGO_TARGET_DIR", &target);
    cargo.env("XNS_BIN_DIR", &tools).env("XNS_SKIPPED", &skipped.0);
    // Both in one pipe: cargo's line about a file stands before that file's tests.
    cargo.stdin(Stdio::null()).stdout(output.try_clone().map_err(failed)?).stderr(output);
    let mut child = cargo.spawn().map_err(failed)?;
    // It holds the writing ends of the pipe.
    drop(cargo);
    let mut tally = Tally::default();
    for line in lines(reader).stream(&mut child) {
        println!("{line}");
        tally.line(&line, || skipped.lines());
    }
    let status = child.wait().map_err(failed)?;
    tally.end(skipped.lines(), status.success());
    print!("\n{tally}");
    if tally.passed() { Ok(()) } else { Err(Error::Counted) }
}

/// Where this program was built, so that everything else is, too: `cargo run --target-dir` is not in the environment.
fn target_dir() -> Result<PathBuf, Error> {
    let own = env::current_exe().map_err(|source| Error::Io { what: "current_exe", source })?;
    Ok(own.ancestors().nth(2).unwrap_or(Path::new("target")).to_owned())
}

fn build(root: &Path, target: &Path) -> Result<PathBuf, Error> {
    let mut make = Command::new("make");
    make.args(["--no-print-directory", "build"]).current_dir(root).env("CARGO_TARGET_DIR", target);
    let status = make.status().map_err(|source| Error::Io { what: "make", source })?;
    if status.success() { Ok(target.join("bin")) } else { Err(Error::Build) }
}

/// The file in which tests say that they were skipped; gone with the value.
struct SkipFile(PathBuf);

impl SkipFile {
    fn create(target: &Path) -> Result<Self, Error> {
        let path = target.join(format!("skipped-{}", std::process::id()));
        fs::write(&path, "").map_err(|source| Error::Io { what: "the file of skipped tests", source })?;
        Ok(SkipFile(path))
    }

    fn lines(&self) -> Vec<String> {
        let text = fs::read(&self.0).unwrap_or_default();
        String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
    }
}

impl Drop for SkipFile {
    fn drop(&mut self) {
        // Left behind it does no harm.
        let _ = fs::remove_file(&self.0);
    }
}

/// The lines of a pipe, read by a thread.
struct Lines(Receiver<String>);

fn lines(pipe: io::PipeReader) -> Lines {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            let text = String::from_utf8_lossy(&line).trim_end_matches('\n').to_owned();
            line.clear();
            if sender.send(text).is_err() {
                break;
            }
        }
    });
    Lines(receiver)
}

impl Lines {
    /// To the end of file, or until the child has ended: a process that a test has left must not hold us.
    fn stream<'a>(&'a self, child: &'a mut Child) -> impl Iterator<Item = String> + 'a {
        std::iter::from_fn(move || {
            loop {
                match self.0.recv_timeout(Duration::from_secs(1)) {
                    Ok(line) => return Some(line),
                    Err(RecvTimeoutError::Disconnected) => return None,
                    Err(RecvTimeoutError::Timeout) if matches!(child.try_wait(), Ok(None)) => {}
                    Err(RecvTimeoutError::Timeout) => return None,
                }
            }
        })
    }
}

/// What was counted so far.
#[derive(Debug, Default)]
struct Tally {
    files: Vec<File>,
    /// Of the file of skipped tests, the lines that a test file has been charged with.
    charged: usize,
    skipped: Vec<String>,
}

/// The tests of one file.
#[derive(Debug, Default, PartialEq, Eq)]
struct File {
    name: String,
    passed: usize,
    failed: usize,
    skipped: usize,
    /// libtest has summed it up.
    complete: bool,
}

/// How much was skipped.
#[derive(Debug, PartialEq, Eq)]
struct Skips {
    /// Tests of which nothing was run; to libtest they have passed.
    tests: usize,
    /// All that is listed: tests and parts of tests.
    lines: usize,
}

impl Skips {
    /// From lines `TEST: REASON`. A test that is done twice, as root and as an ordinary user, says `TEST (root): REASON` when
    /// only one of the two cannot be done; then it was run, and the other part is a skip of its own.
    fn count(lines: &BTreeSet<String>) -> Self {
        let mut parts: BTreeMap<&str, usize> = BTreeMap::new();
        for line in lines {
            let test = line.split(": ").next().unwrap_or(line);
            let (test, whole) = test.split_once(" (").map_or((test, 2), |(test, _)| (test, 1));
            *parts.entry(test).or_default() += whole;
        }
        Skips { tests: parts.values().filter(|&&parts| parts >= 2).count(), lines: lines.len() }
    }
}

impl Tally {
    /// Takes in a line of cargo's or libtest's; `skipped` reads the file of skipped tests.
    fn line(&mut self, line: &str, skipped: impl FnOnce() -> Vec<String>) {
        if let Some(name) = file_name(line) {
            self.files.push(File { name, ..File::default() });
        } else if let Some((test, reason)) = ignored(line) {
            self.skipped.push(format!("{test}: {reason}"));
        } else if let Some([passed, failed, ignored]) = summary(line) {
            let Skips { tests, lines } = self.charge(skipped());
            if self.files.last().is_none_or(|file| file.complete) {
                self.files.push(File { name: "?".to_owned(), ..File::default() });
            }
            if let Some(file) = self.files.last_mut() {
                // To libtest a test that returns early has passed.
                file.passed = passed.saturating_sub(tests);
                file.failed = failed;
                file.skipped = ignored + lines;
                file.complete = true;
            }
        }
    }

    /// Takes over the lines that are new in the file of skipped tests; the same line counts once.
    fn charge(&mut self, lines: Vec<String>) -> Skips {
        let charged = std::mem::replace(&mut self.charged, lines.len());
        let new: BTreeSet<String> = lines.into_iter().skip(charged).collect();
        let skips = Skips::count(&new);
        self.skipped.extend(new);
        skips
    }

    /// cargo has ended.
    fn end(&mut self, skipped: Vec<String>, success: bool) {
        // A file whose process died has no summary: that is a failure, and what it skipped is still said.
        let mut new = self.charge(skipped).lines;
        for file in self.files.iter_mut().filter(|file| !file.complete) {
            file.failed += 1;
            file.skipped += std::mem::take(&mut new);
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

    fn passed(&self) -> bool {
        self.total(|file| file.failed) == 0 && self.total(|file| file.passed) > 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: Vec<&File> = self.files.iter().filter(|f| f.passed + f.failed + f.skipped > 0).collect();
        let width = shown.iter().map(|file| file.name.len()).max().unwrap_or(0);
        writeln!(f, "{:width$}  passed  failed  skipped", "")?;
        for File { name, passed, failed, skipped, .. } in shown {
            writeln!(f, "{name:width$}  {passed:6}  {failed:6}  {skipped:7}")?;
        }
        if !self.skipped.is_empty() {
            writeln!(f, "\nskipped:")?;
        }
        for line in &self.skipped {
            writeln!(f, "  {line}")?;
        }
        let [passed, failed, skipped] =
            [self.total(|file| file.passed), self.total(|file| file.failed), self.total(|file| file.skipped)];
        writeln!(f, "\n{passed} passed, {failed} failed, {skipped} skipped")
    }
}

/// `Running unittests src/lib.rs (target/debug/deps/xns_core-0123)`, `Running tests/root.rs (…)`, `Doc-tests xns_core`.
fn file_name(line: &str) -> Option<String> {
    let line = line.trim_start();
    if let Some(package) = line.strip_prefix("Doc-tests ") {
        return Some(format!("{}, examples", package.replace('_', "-")));
    }
    let (path, program) = line.strip_prefix("Running ")?.strip_suffix(')')?.split_once(" (")?;
    if !path.starts_with("unittests ") {
        return Some(path.to_owned());
    }
    let name = Path::new(program).file_name()?.to_str()?;
    let name = name.rsplit_once('-').map_or(name, |(name, _)| name);
    Some(format!("{}, unit", name.replace('_', "-")))
}

/// `test NAME ... ignored, REASON`
fn ignored(line: &str) -> Option<(&str, &str)> {
    let (test, rest) = line.strip_prefix("test ")?.split_once(" ... ignored")?;
    Some((test, rest.strip_prefix(", ").unwrap_or("ignored")))
}

/// Passed, failed and ignored of `test result: ok. 3 passed; 0 failed; 1 ignored; …`, which what a test prints may stand
/// before.
fn summary(line: &str) -> Option<[usize; 3]> {
    let (_, rest) = line.split_once("test result: ")?;
    let (_, counts) = rest.split_once(". ")?;
    let count = |word: &str| {
        let mut parts = counts.split("; ").filter_map(|part| part.trim().split_once(' '));
        parts.find(|(_, what)| *what == word)?.0.parse().ok()
    };
    Some([count("passed")?, count("failed")?, count("ignored")?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(lines: &[&str], skipped: &[&[&str]], success: bool) -> Tally {
        let texts = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        let mut tally = Tally::default();
        let mut states = skipped.iter();
        for line in lines {
            tally.line(line, || states.next().map(|state| texts(state)).unwrap_or_default());
        }
        tally.end(skipped.last().map(|state| texts(state)).unwrap_or_default(), success);
        tally
    }

    const UNIT: &str = "     Running unittests src/lib.rs (target/debug/deps/xns_core-0a1b)";
    const ROOT: &str = "     Running tests/root.rs (target/debug/deps/root-0a1b)";
    const THREE: &str =
        "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s";

    #[test]
    fn a_skipped_test_is_not_a_passed_one() {
        let skips: &[&[&str]] =
            &[&[], &["a: needs root", "b: ip is not installed", "b: ip is not installed"]];
        let tally = tally(&[UNIT, THREE, ROOT, THREE], skips, true);
        assert!(tally.passed());
        assert_eq!(
            tally.to_string(),
            "                passed  failed  skipped\n\
             xns-core, unit       3       0        0\n\
             tests/root.rs        1       0        2\n\
             \nskipped:\n  a: needs root\n  b: ip is not installed\n\
             \n4 passed, 0 failed, 2 skipped\n"
        );
    }

    #[test]
    fn a_test_of_which_a_part_was_skipped_has_been_run() {
        let half = &["a (root): needs root", "b: needs root", "c (root): x", "c (ordinary user): y"][..];
        let tally = tally(&[ROOT, THREE], &[half], true);
        assert!(tally.to_string().ends_with("\n1 passed, 0 failed, 4 skipped\n"), "{tally}");
    }

    #[test]
    fn libtests_own_skips_are_listed_too() {
        let four =
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        let tally = tally(&[UNIT, "test slow ... ignored, takes an hour", four], &[], true);
        assert!(
            tally.to_string().ends_with("skipped:\n  slow: takes an hour\n\n3 passed, 0 failed, 1 skipped\n")
        );
    }

    #[test]
    fn what_dies_or_does_not_compile_has_failed() {
        assert!(
            tally(&[UNIT, ROOT, THREE], &[], false).to_string().ends_with("3 passed, 1 failed, 0 skipped\n")
        );
        assert!(tally(&["error: no"], &[], false).to_string().ends_with("0 passed, 1 failed, 0 skipped\n"));
        assert!(!tally(&[UNIT], &[], true).passed());
        assert!(!tally(&[], &[], true).passed());
    }

    #[test]
    fn counts_are_found_behind_what_a_test_has_printed() {
        assert_eq!(summary(&format!("no line end{THREE}")), Some([3, 0, 0]));
        assert_eq!(summary("test result: none"), None);
    }
}

//! Which tests run in which guests.

use crate::machine::Layout;
use std::path::Path;
use std::time::Duration;
use std::{fs, io};

/// Test targets of the package xns-tests, and words that choose some of their tests: what depends on the cgroup layout, on
/// the kernel, or on a network card that nobody uses. A guest takes less than 90 seconds for them, on a machine that does nothing else.
const TESTS: [(&str, &[&str]); 11] = [
    ("cgroup_namespace", &[]),
    ("enter", &["cgroup::"]),
    ("devices", &[]),
    ("disks", &[]),
    ("effects", &[]),
    ("limits_in_files", &[]),
    ("statistics", &[]),
    ("cgroup_refusals", &[]),
    ("same_as_cgexec", &["version_2"]),
    ("physical_devices", &[]),
    ("groups_seen", &["names_and_trees", "limits_and_files", "version_2"]),
];

/// Series of a kernel, and layout. Debian's 6.12 has no version 1 of memory and cpuset.
const GUESTS: [(&str, Layout); 4] =
    [("6.1", Layout::V1), ("6.1", Layout::V2), ("6.1", Layout::Hybrid), ("6.12", Layout::V2)];

/// The guests in which every run of the tests has the lessons: one of each kernel.
const LESSONS: [(&str, Layout); 2] = [("6.1", Layout::Hybrid), ("6.12", Layout::V2)];

/// The guests that run every test target.
const FULL: [(&str, Layout); 2] = [("6.1", Layout::V2), ("6.12", Layout::V2)];

/// Targets that no guest runs, and why.
const LEFT_OUT: [&str; 3] = [
    // It needs apt, and installs in a Debian of its own, the same on each kernel.
    "package", // It reads the working tree.
    "manuals", // Guests run the lessons themselves.
    "lessons",
];

/// Every test takes a quarter of an hour on a machine that does nothing else; what is chosen of them, and the lessons, two minutes.
const MINUTE: Duration = Duration::from_secs(60);

/// What a guest is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Test targets, each with the words that choose some of its tests.
    Tests(Vec<(String, Vec<String>)>),
    /// The lessons of the course, as root and as student, in the machine for learning.
    Lessons,
}

/// A guest, and what it is for.
#[derive(Clone, Debug)]
pub struct Session {
    /// Of the kernel.
    pub series: &'static str,
    /// Of the control groups.
    pub layout: Layout,
    /// What is run.
    pub what: What,
    /// How long it may take after boot.
    pub limit: Duration,
}

fn sessions(guests: &[(&'static str, Layout)], what: &What) -> Vec<Session> {
    let limit =
        MINUTE * if matches!(what, What::Tests(tests) if tests.len() > TESTS.len()) { 90 } else { 15 };
    let session =
        |&(series, layout): &(&'static str, Layout)| Session { series, layout, what: what.clone(), limit };
    guests.iter().map(session).collect()
}

fn some() -> What {
    let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    What::Tests(TESTS.iter().map(|(name, words)| ((*name).to_owned(), owned(words))).collect())
}

/// Those of every run of the tests.
#[must_use]
pub fn every_run() -> Vec<Session> {
    [sessions(&GUESTS, &some()), sessions(&LESSONS, &What::Lessons)].concat()
}

/// Those of `make test-vm`: the lessons on each kernel with each layout, every test target on each kernel, and with the other
/// layouts what depends on them.
///
/// # Errors
/// The directory of the tests cannot be read.
pub fn matrix(root: &Path) -> io::Result<Vec<Session>> {
    let every: Vec<_> = ["6.1", "6.12"]
        .into_iter()
        .flat_map(|series| [Layout::V1, Layout::V2, Layout::Hybrid].map(|layout| (series, layout)))
        .collect();
    let rest: Vec<_> = every.iter().copied().filter(|guest| !FULL.contains(guest)).collect();
    let full = What::Tests(targets(root)?.into_iter().map(|name| (name, Vec::new())).collect());
    Ok([sessions(&every, &What::Lessons), sessions(&rest, &some()), sessions(&FULL, &full)].concat())
}

/// The test targets: each file and each directory of tests/tests.
fn targets(root: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join("tests/tests"))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if !LEFT_OUT.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_has_the_lessons_with_every_layout_and_all_tests_with_one() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let matrix = matrix(&root).unwrap();
        let of = |what: &dyn Fn(&What) -> bool| {
            let names = matrix.iter().filter(|one| what(&one.what));
            names.map(|one| format!("{} {}", one.series, one.layout)).collect::<Vec<_>>()
        };
        let lessons = of(&|what| *what == What::Lessons);
        assert_eq!(lessons, ["6.1 v1", "6.1 v2", "6.1 hybrid", "6.12 v1", "6.12 v2", "6.12 hybrid"]);
        let full = of(&|what| matches!(what, What::Tests(tests) if tests.len() > TESTS.len()));
        assert_eq!(full, ["6.1 v2", "6.12 v2"]);
        // What is named here is there.
        let targets = targets(&root).unwrap();
        for (name, _) in TESTS {
            assert!(targets.iter().any(|target| target == name), "{name}");
        }
        for name in LEFT_OUT {
            let file = root.join("tests/tests").join(name);
            assert!(file.is_dir() || file.with_extension("rs").is_file(), "{name}");
        }
    }
}

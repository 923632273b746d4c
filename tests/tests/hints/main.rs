//! Hints after the first line: each cause provoked, its id, and evidence that is true.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod create;
mod enter;
mod exec;
mod form;
mod maps;
mod mounts;
mod pins;

use xns_tests::{Done, Scene};

/// Fails unless the first line is this one, and a hint with this id follows.
#[track_caller]
fn hinted(done: &Done, first: &str, id: &str) {
    let lines: Vec<_> = done.stderr.lines().collect();
    assert_eq!(lines.first(), Some(&first), "{done:?}");
    assert!(lines.get(1).is_some_and(|line| line.starts_with(&format!("  hint[{id}]: "))), "{done:?}");
}

/// The evidence lines.
fn because(done: &Done) -> Vec<&str> {
    done.stderr.lines().filter_map(|line| line.strip_prefix("  because: ")).collect()
}

/// What is proposed, without the notes.
fn cures(done: &Done) -> Vec<&str> {
    let lines =
        done.stderr.lines().filter_map(|line| line.strip_prefix("  try: ").or(line.strip_prefix("  or:  ")));
    lines.map(|line| line.split("   (").next().unwrap()).collect()
}

/// The words that a cure proposes, without the tool's name; they cure.
#[track_caller]
fn cured_by(done: &Done, words: &str) {
    assert!(cures(done)[0].ends_with(&format!("xunshare {words}")), "{done:?}");
    let again = Scene::new().xunshare().ordinary().words(words).run();
    assert!(again.ok(), "{again:?}");
}

const REFUSED: &str = "xunshare: unshare failed: Operation not permitted";

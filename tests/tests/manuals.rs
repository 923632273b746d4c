//! The manuals name every key of the tools' JSON.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use serde_json::Value;
use std::collections::BTreeSet;
use xns_tests::groups::{OwnGroup, in_roots, xcgexec};
use xns_tests::{Cmd, Need, bin, need};

const XCGEXEC: &str = include_str!("../../man/xcgexec.1");
const XCGROUP: &str = include_str!("../../man/xcgroup.8");
const XNSCHECK: &str = include_str!("../../man/xnscheck.1");

/// The keys of all objects in it.
fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                found.insert(key.clone());
                keys(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

/// Those that no page has as a word of its own.
#[track_caller]
fn missing(text: &str, pages: &[&str]) -> Vec<String> {
    let value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let mut found = BTreeSet::new();
    keys(&value, &mut found);
    assert!(!found.is_empty(), "{text}");
    let is_letter = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let words: BTreeSet<&str> = pages.iter().flat_map(|page| page.split(|c| !is_letter(c))).collect();
    found.into_iter().filter(|key| !words.contains(key.as_str())).collect()
}

/// As man(1) shows them: on a terminal of 80 columns nothing is broken by it.
#[test]
fn manuals_fit_a_terminal() {
    if !need("manuals_fit_a_terminal", &[Need::Program("man")]) {
        return;
    }
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../man")).unwrap() {
        let page = entry.unwrap().path();
        let man = Cmd::new("man").env("LC_ALL", "C.UTF-8").env("MANWIDTH", "80").args(["-l"]).args([&page]);
        let shown = man.run();
        let lines: Vec<&str> = shown.out().lines().collect();
        let wide: Vec<_> = lines.iter().filter(|line| line.chars().count() > 80).collect();
        assert!(lines.len() > 20 && wide.is_empty(), "{}: {wide:#?}", page.display());
    }
}

#[test]
fn every_key_of_a_check_is_in_the_manual() {
    let done = Cmd::new(bin("xnscheck")).args(["--json"]).run();
    assert_eq!(missing(&done.stdout, &[XNSCHECK]), [""; 0]);
}

#[test]
fn every_key_of_the_report_is_in_the_manual() {
    if !need("every_key_of_the_report_is_in_the_manual", &[Need::Root, Need::PidsController]) {
        return;
    }
    let done = xcgexec().words("--pids 20 --report --report-format=json true").run();
    assert_eq!(missing(&done.stderr, &[XCGEXEC]), [""; 0]);
}

#[test]
fn every_key_of_xcgroup_is_in_the_manual() {
    if !need("every_key_of_xcgroup_is_in_the_manual", &[Need::Root, Need::PidsController]) {
        return;
    }
    let group = OwnGroup::new();
    let name = group.name();
    let xcgroup = |words: &str| in_roots(Cmd::new(bin("xcgroup"))).words(words).run();
    xcgroup(&format!("create {name} --pids 20")).out();
    let pid = std::process::id();
    for words in [
        format!("list -J {name}"),
        format!("tree -J {name}"),
        format!("show -J {pid}"),
        format!("stat -J {name}"),
        format!("get -J {name}"),
        format!("get -J {name} pids.max"),
        format!("top --once -J --every 20ms {name}"),
        "layout -J".to_owned(),
    ] {
        assert_eq!(missing(xcgroup(&words).out(), &[XCGROUP, XCGEXEC]), [""; 0], "{words}");
    }
}

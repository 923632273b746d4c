//! What limits do, on whatever hierarchies are here: natively, and in guests with version 1, version 2 and both. Real effects: who
//! takes too much dies, who wants more CPU waits.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod cpu;
mod devices;
mod group;
mod io;
mod memory;
mod namespace;
mod neighbours;
mod processes;

use std::sync::{Mutex, MutexGuard};
use xns_tests::{Cmd, Need, bin, need};

/// These tests measure time: one at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Root, and a controller.
fn can(test: &str, controller: &'static str) -> bool {
    need(test, &[Need::Root, Need::Controller(controller)])
}

fn xcgexec() -> Cmd {
    xns_tests::groups::xcgexec()
}

fn xcgroup() -> Cmd {
    Cmd::new(bin("xcgroup"))
}

/// Runs with a report in JSON on standard error, and answers it beside what came.
#[track_caller]
fn reported(words: &[&str]) -> (xns_tests::Done, serde_json::Value) {
    report_of(&[&["--report", "--report-format=json"], words].concat())
}

/// The report that comes, of whatever run asks for it.
#[track_caller]
fn report_of(words: &[&str]) -> (xns_tests::Done, serde_json::Value) {
    let done = xcgexec().args(words).run();
    let start = done.stderr.find("{\n").unwrap_or_else(|| panic!("no report: {done:?}"));
    let report = serde_json::Deserializer::from_str(&done.stderr[start..]).into_iter().next();
    let report: serde_json::Value = report.unwrap().unwrap_or_else(|error| panic!("{error}: {done:?}"));
    (done, report)
}

/// A number of the report.
#[track_caller]
fn number(report: &serde_json::Value, path: &str) -> f64 {
    let value = report.pointer(path).unwrap_or_else(|| panic!("no {path}: {report}"));
    value.as_f64().unwrap_or_else(|| panic!("{path} is {value}: {report}"))
}

use crate::{can, number, reported, xcgexec, xcgroup};
use std::time::Duration;
use xns_tests::groups::OwnGroup;
use xns_tests::{Need, need};

#[test]
fn a_fork_bomb_stops_at_the_limit() {
    if !can("a_fork_bomb_stops_at_the_limit", "pids") {
        return;
    }
    let bomb = "f() { f | f & }; f 2>/dev/null; sleep 2; echo alive";
    let (done, report) = reported(&["--pids", "20", "--", "sh", "-c", bomb]);
    assert!(number(&report, "/pids/refused_forks") > 0.0, "{done:?} {report}");
    assert_eq!(number(&report, "/pids/limit"), 20.0);
    if let Some(peak) = report["pids"]["peak"].as_f64() {
        assert!(peak <= 20.0, "{report}");
    }
}

#[test]
fn what_the_program_leaves_is_ended_and_told() {
    if !need("what_the_program_leaves_is_ended_and_told", &[Need::Root]) {
        return;
    }
    let mark = format!("97{}", std::process::id());
    let script = format!("sleep {mark} & sleep {mark} & exit 4");
    let done = xcgexec().env("XNS_HINTS", "always").args(["--pids", "50", "--", "sh", "-c", &script]).run();
    assert_eq!(done.status, Some(4), "{done:?}");
    // Other hints, of what another run has left, may come before.
    let last = done.stderr.lines().last();
    assert_eq!(
        last,
        Some("xcgexec: 2 processes that the program had left in its group were ended"),
        "{done:?}"
    );
    let left = xns_tests::Cmd::new("ps").args(["-o", "args"]).run();
    assert!(!left.stdout.contains(&format!("sleep {mark}")), "{left:?}");
}

#[test]
fn what_the_program_leaves_is_waited_for() {
    if !need("what_the_program_leaves_is_waited_for", &[Need::Root]) {
        return;
    }
    let script = "(sleep 1; echo late) & exit 4";
    let done = xcgexec().args(["--pids", "50", "--remaining=wait", "--", "sh", "-c", script]).run();
    assert_eq!((done.status, done.stdout.as_str()), (Some(4), "late\n"), "{done:?}");
}

/// A counter in a file stands still while its process is frozen, and goes on afterwards.
#[test]
fn the_frozen_make_no_progress() {
    if !need("the_frozen_make_no_progress", &[Need::Root]) {
        return;
    }
    let group = OwnGroup::new();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("count");
    xcgroup().args(["create", group.name()]).run().out();
    let script = format!("i=0; while :; do i=$((i+1)); echo $i > {}; done", file.display());
    let counter = xns_tests::Cmd::new("sh").args(["-c", &script]).start();
    xcgroup().args(["add", group.name(), &counter.pid().to_string()]).run().out();
    let count = || std::fs::read_to_string(&file).ok().and_then(|text| text.trim().parse::<u64>().ok());
    xns_tests::wait_for("it counts", || count() > Some(10));
    for _ in 0..2 {
        xcgroup().args(["freeze", group.name()]).run().out();
        let before = count();
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(count(), before, "it is frozen");
        xcgroup().args(["thaw", group.name()]).run().out();
        xns_tests::wait_for("it goes on", || count().is_some() && count() > before);
    }
    xcgroup().args(["freeze", group.name()]).run().out();
    // By version 1 the frozen cannot be killed before they are thawed.
    xcgroup().args(["kill", group.name()]).run().out();
    let waited = xcgroup().args(["wait", group.name(), "--timeout", "10s"]).run();
    assert_eq!(waited.status, Some(0), "{waited:?}");
    xcgroup().args(["thaw", group.name()]).run().out();
    xcgroup().args(["delete", group.name()]).run().out();
    assert_eq!(group.directories(), Vec::<std::path::PathBuf>::new());
}

/// By version 1 a group below that was frozen by itself stays so when the one above is thawed, and its processes do not die.
#[test]
fn who_is_frozen_below_is_ended_too() {
    let test = "who_is_frozen_below_is_ended_too";
    if !need(test, &[Need::Root, Need::Version1(&["freezer"])]) {
        return;
    }
    let group = OwnGroup::new();
    let above = group.by_hand("freezer");
    let below = above.join("in");
    std::fs::create_dir(&below).unwrap();
    let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
    std::fs::write(below.join("cgroup.procs"), child.id().to_string()).unwrap();
    std::fs::write(below.join("freezer.state"), "FROZEN").unwrap();
    let done = xcgroup().args(["kill", group.name()]).run();
    if !done.ok() {
        child.kill().unwrap();
        std::fs::write(below.join("freezer.state"), "THAWED").unwrap();
    }
    let status = child.wait().unwrap();
    assert!(done.ok(), "{done:?}");
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9), "{status:?}");
}

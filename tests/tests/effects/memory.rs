use crate::{alone, can, number, report_of, reported, xcgexec, xcgroup};
use xns_tests::Terminal;

/// `tail` keeps a line until its end, which never comes.
const HOG: [&str; 3] = ["--", "tail", "/dev/zero"];

#[test]
fn who_takes_too_much_dies_and_the_report_says_why() {
    let _alone = alone();
    if !can("who_takes_too_much_dies_and_the_report_says_why", "memory") {
        return;
    }
    let (done, report) = reported(&[&["--memory", "20M"], &HOG[..]].concat());
    assert_eq!(done.signal, Some(9), "{done:?}");
    assert_eq!(report["status"]["oom_killed"], true, "{report}");
    assert_eq!(number(&report, "/memory/oom_kills"), 1.0);
    assert_eq!(number(&report, "/memory/limit_bytes"), 20.0 * 1024.0 * 1024.0);
    let words = report["status"]["words"].as_str().unwrap();
    assert!(words.contains("OOM killer: memory limit 20M reached"), "{words}");
    if let Some(peak) = report["memory"]["peak_bytes"].as_f64() {
        assert!(peak > 19.0 * 1024.0 * 1024.0 && peak <= 20.0 * 1024.0 * 1024.0, "{peak}");
    }
}

/// A child of the program, not the program itself: the kernel counts it on the group.
#[test]
fn a_child_that_is_killed_is_counted() {
    let _alone = alone();
    if !can("a_child_that_is_killed_is_counted", "memory") {
        return;
    }
    let (done, report) = reported(&["--memory", "20M", "--", "sh", "-c", "tail /dev/zero; echo $?; exit 3"]);
    assert_eq!((done.status, done.stdout.trim()), (Some(3), "137"), "{done:?}");
    assert_eq!(number(&report, "/memory/oom_kills"), 1.0);
    assert_eq!(
        (report["status"]["exited"].as_i64(), report["status"]["oom_killed"].as_bool()),
        (Some(3), Some(true))
    );
}

#[test]
fn within_the_limit_nothing_happens() {
    if !can("within_the_limit_nothing_happens", "memory") {
        return;
    }
    let (done, report) = reported(&["--memory", "64M", "--", "sh", "-c", "echo here"]);
    assert_eq!((done.status, done.stdout.as_str()), (Some(0), "here\n"));
    assert_eq!(number(&report, "/memory/oom_kills"), 0.0);
}

/// By either version: nobody dies of a limit that is set too low.
#[test]
fn a_limit_below_what_is_used_is_refused() {
    let _alone = alone();
    if !can("a_limit_below_what_is_used_is_refused", "memory") {
        return;
    }
    let group = xns_tests::groups::OwnGroup::new();
    let name = group.name();
    assert!(xcgroup().args(["create", name, "--memory", "100M"]).run().ok());
    // It keeps what it has read until its input ends.
    let fill = "head -c 30000000 /dev/zero; echo; echo full >&2; read line";
    let script = format!("({fill}) | sort > /dev/null");
    let spec = format!("memory:{name}");
    let mut eater = xcgexec().args(["-g", &spec, "sh", "-c", &format!("{script} 2>&1; :")]);
    let directory = xns_tests::groups::controller("memory").unwrap().0.join(name);
    let used = || {
        let text = std::fs::read_to_string(directory.join("memory.stat")).unwrap();
        let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.parse::<u64>().ok());
        value("anon ").or(value("rss ")).unwrap()
    };
    eater.std().stderr(std::process::Stdio::null());
    let eater = eater.start();
    xns_tests::wait_for("memory is used", || used() > 20_000_000);
    let done = xcgroup().args(["--hints=always", "set", name, "--memory", "5M", "--swap", "0"]).run();
    assert!(done.status == Some(1) && done.stderr.contains("XNS-C6-below-usage"), "{done:?}");
    assert!(used() > 20_000_000);
    drop(eater);
}

/// On a terminal it is said without asking, and only there.
#[test]
fn the_oom_killer_is_told_of_on_a_terminal() {
    let _alone = alone();
    if !can("the_oom_killer_is_told_of_on_a_terminal", "memory") {
        return;
    }
    let quiet = xcgexec().args(["--memory", "20M"]).args(HOG).run();
    assert_eq!((quiet.signal, quiet.stderr.as_str()), (Some(9), ""));
    let mut terminal = Terminal::start(xcgexec().args(["--memory", "20M"]).args(HOG).std());
    terminal.expect("tail was killed by the kernel's OOM killer: memory limit 20M reached");
    terminal.expect("hint[XNS-E52-memory]");
}

/// A run in a run: the limit of the outer one is what the inner one's report names, in the same words by both versions.
#[test]
fn the_limit_of_a_group_above_is_named() {
    let _alone = alone();
    if !can("the_limit_of_a_group_above_is_named", "memory") {
        return;
    }
    let inner = format!("'{}' --memory 60M --report --report-format=json tail /dev/zero; :", tool());
    let (done, report) = report_of(&["--memory", "30M", "--", "sh", "-c", &inner]);
    assert!(done.ok(), "{done:?}");
    let words = report["status"]["words"].as_str().unwrap();
    assert!(words.contains("OOM killer: memory limit 30M of /"), "{words}");
    assert!(words.contains(" reached, not its own 60M ("), "{words}");
    let bound = &report["bounds"]["memory_bytes"];
    assert_eq!((number(bound, "/limit"), number(bound, "/own")), (f64::from(30 << 20), f64::from(60 << 20)));
    assert!(bound["is_own"] == false && bound["group"].as_str().unwrap().contains("/xcgexec-"), "{report}");
    assert_eq!(number(&report, "/memory/limit_bytes"), f64::from(60 << 20));
}

/// By version 1 the group that has counted the kill has gone when the outer run reports: that is no 0.
#[test]
fn what_has_gone_with_a_group_below_is_not_counted_as_nothing() {
    let _alone = alone();
    if !can("what_has_gone_with_a_group_below_is_not_counted_as_nothing", "memory") {
        return;
    }
    let inner = format!("'{}' --memory 60M --pids 20 tail /dev/zero; :", tool());
    let words =
        ["--report", "--report-format=json", "--memory", "30M", "--pids", "30", "--", "sh", "-c", &inner];
    let (done, report) = report_of(&words);
    assert!(done.ok(), "{done:?}");
    let (_, is_v2) = xns_tests::groups::controller("memory").unwrap();
    let (kills, killed) = (&report["memory"]["oom_kills"], &report["status"]["oom_killed"]);
    if is_v2 {
        assert!(*kills == 1 && *killed == true, "{report}");
    } else {
        assert!(kills.is_null() && killed.is_null(), "{report}");
        assert!(report["pids"]["refused_forks"].is_null(), "{report}");
    }
    // Where nobody has made a group below it, nothing is lost.
    let (_, report) = reported(&["--memory", "30M", "--pids", "30", "--", "sh", "-c", "true; true"]);
    assert_eq!((number(&report, "/memory/oom_kills"), number(&report, "/pids/refused_forks")), (0.0, 0.0));
}

fn tool() -> String {
    xns_tests::bin("xcgexec").display().to_string()
}

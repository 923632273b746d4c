//! SIGKILL of xcgexec before every system call of each of its processes: nobody stays, and no group. Where its keeper is killed as
//! well, a group can stay, which the next run, `xcgroup list` and `xcgroup tree` name, and `xcgroup delete` removes.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use nix::sys::signal::Signal;
use std::path::{Path, PathBuf};
use xns_tests::groups::{self, OwnGroup};
use xns_tests::{Cmd, Done, Need, Scene, bin, children, need, send, wait_for};

/// A launch, and how many processes it has: the caller, its keeper, and the child that becomes the program.
struct Launch {
    words: Vec<String>,
    processes: usize,
}

fn launch(words: &[&str], processes: usize) -> Launch {
    Launch { words: words.iter().map(|word| (*word).to_owned()).collect(), processes }
}

/// One run in which somebody was killed.
struct Killed {
    done: Done,
}

impl Killed {
    /// Runs the launch with this process killed at this call; started in the roots.
    fn run(scene: &Scene, launch: &Launch, process: usize, call: usize) -> Self {
        let at = [process.to_string(), call.to_string()];
        let command = scene.cmd(env!("CARGO_BIN_EXE_kill-at")).args(["xcgexec"]).args(at);
        let command = command.args([bin("xcgexec")]).args(&launch.words);
        Killed { done: groups::in_roots(command).start().end() }
    }

    /// What kill-at has said on a line that begins so.
    fn said(&self, word: &str) -> Option<&str> {
        self.done.stdout.lines().find_map(|line| line.strip_prefix(word)?.strip_prefix(' '))
    }

    /// Has this process been seen? The keeper may be dismissed before it has done anything.
    fn had(&self, process: usize) -> bool {
        self.done.stdout.lines().any(|line| line == format!("process {process}"))
    }

    fn pid(&self) -> u32 {
        self.said("pid").unwrap().parse().unwrap()
    }

    fn somebody_was_killed(&self) -> bool {
        self.said("killed").is_some()
    }

    /// A child that is killed ends the caller by the same signal.
    fn is_told(&self) -> bool {
        !self.done.stderr.is_empty() || self.said("signalled") == Some("9")
    }
}

/// What is left of a run goes with the test, also when that fails.
struct LeftOf(u32);

impl Drop for LeftOf {
    fn drop(&mut self) {
        for directory in groups::run_groups(self.0) {
            let _ = std::fs::remove_dir(directory);
        }
    }
}

/// Groups below one: what a launch must leave as it was. Those of runs of others come and go.
fn groups_below(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// Fails the test unless nobody is there any more, nor a group of this run.
#[track_caller]
fn judge(scene: &Scene, killed: &Killed, before: &[String], at: &str) {
    let done = &killed.done;
    wait_for(&format!("the end of every process: {at} {done:?}"), || scene.processes().is_empty());
    assert_eq!(scene.listing(), before, "{at}: {done:?}");
    assert!(scene.mounts().is_empty(), "{at}: {done:?}");
    wait_for(&format!("the removal of the groups: {at} {done:?}"), || {
        groups::run_groups(killed.pid()).is_empty()
    });
    let program_ran = killed.said("exec").is_some();
    assert!(program_ran || killed.is_told(), "{at}: {done:?}");
    assert!(program_ran || killed.said("exited") != Some("0"), "{at}: {done:?}");
}

/// Kills at every call.
fn kill_everywhere(launch: &Launch) {
    let scene = Scene::new();
    let before = scene.listing();
    for process in 0..launch.processes {
        for call in 0.. {
            let killed = Killed::run(&scene, launch, process, call);
            let _guard = LeftOf(killed.pid());
            let at = format!("{:?} {process} {call}", launch.words);
            judge(&scene, &killed, &before, &at);
            if !killed.somebody_was_killed() {
                assert!(killed.had(process), "{at}: there is no such process: {:?}", killed.done);
                assert_eq!(killed.said("exited"), Some("0"), "{at}: {:?}", killed.done);
                break;
            }
        }
    }
}

/// The next run says what is left, `list` and `tree` show it, and the cure that is told removes it.
#[test]
fn what_stays_is_named() {
    if !needs("what_stays_is_named", &["memory", "pids"]) {
        return;
    }
    let launch = launch(&["--memory", "50M", "--pids", "20", "--", "true"], 3);
    let pid = kill_with_keeper();
    let _guard = LeftOf(pid);
    let name = groups::run_groups(pid)[0].file_name().unwrap().to_str().unwrap().to_owned();
    let next = groups::xcgexec().args(["--hints=always"]).args(&launch.words).run();
    assert!(next.ok(), "{next:?}");
    assert!(next.stderr.contains("XNS-G2-leftover") && next.stderr.contains(&name), "{next:?}");
    let cure = next.stderr.lines().find_map(|line| line.split_once("xcgroup delete ")).unwrap().1;
    let cure: Vec<_> = cure.split_whitespace().filter(|word| word.starts_with("/xcgexec-")).collect();
    assert!(cure.contains(&format!("/{name}").as_str()), "{next:?}");
    let silent = groups::xcgexec().words("--hints=never --pids 20 true").run();
    assert_eq!((silent.status, silent.stderr.as_str()), (Some(0), ""));
    for verb in ["list", "tree"] {
        let shown = Cmd::new(bin("xcgroup")).args([verb]).run();
        assert!(shown.out().contains(&name), "{verb}: {shown:?}");
    }
    let gone = Cmd::new(bin("xcgroup")).args(["delete", &format!("/{name}")]).run();
    assert_eq!(gone.out(), "");
    assert_eq!(groups::run_groups(pid), [] as [PathBuf; 0]);
}

/// A run that is killed when its keeper has been: its group stays. Answers its number.
fn kill_with_keeper() -> u32 {
    let run = groups::xcgexec().words("--pids 20 sleep 1000").start();
    let pid = run.pid();
    wait_for("the program", || children(pid).iter().any(|child| comm(*child) == "sleep"));
    for of_run in [children(pid).into_iter().filter(|child| comm(*child) == "xcgexec").collect(), vec![pid]] {
        assert_eq!(of_run.len(), 1);
        send(of_run[0], Signal::SIGKILL);
    }
    drop(run.end());
    let left = groups::run_groups(pid);
    assert!(!left.is_empty());
    for directory in left {
        wait_for("an empty group", || groups::processes(&directory).is_empty());
    }
    pid
}

fn comm(pid: u32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    name.trim_end().to_owned()
}

/// With those that the program has started, and which the kernel does not end with its parent.
#[test]
fn what_the_program_has_started_ends_too() {
    if !needs("what_the_program_has_started_ends_too", &["pids"]) {
        return;
    }
    let scene = Scene::new();
    let script = "setsid sleep 1000 & sleep 1000 & echo ready; wait";
    let command = scene.cmd(bin("xcgexec")).words("--pids 20 sh -c").args([script]);
    let mut run = groups::in_roots(command).start();
    assert_eq!(run.line(), "ready");
    let pid = run.pid();
    send(pid, Signal::SIGKILL);
    wait_for("the end of all", || scene.processes().is_empty());
    wait_for("the removal of the group", || groups::run_groups(pid).is_empty());
}

fn needs(test: &str, controllers: &[&'static str]) -> bool {
    let all: Vec<_> =
        [Need::Root].into_iter().chain(controllers.iter().map(|name| Need::Controller(name))).collect();
    need(test, &all)
}

#[test]
fn a_run_with_limits_can_be_killed_anywhere() {
    if needs("a_run_with_limits_can_be_killed_anywhere", &["memory", "pids"]) {
        kill_everywhere(&launch(&["--memory", "50M", "--pids", "20", "--", "true"], 3));
    }
}

#[test]
fn a_run_with_a_report_can_be_killed_anywhere() {
    if needs("a_run_with_a_report_can_be_killed_anywhere", &["cpuset"]) {
        let words = ["--cpuset", "0", "--report", "--", "sh", "-c", "sleep 0.05"];
        kill_everywhere(&launch(&words, 3));
    }
}

#[test]
fn a_run_that_waits_for_all_can_be_killed_anywhere() {
    if needs("a_run_that_waits_for_all_can_be_killed_anywhere", &["devices"]) {
        let words = ["--device-deny", "c 1:5 r", "--remaining=wait", "--", "true"];
        kill_everywhere(&launch(&words, 3));
    }
}

#[test]
fn joining_can_be_killed_anywhere() {
    if needs("joining_can_be_killed_anywhere", &["pids"]) {
        let group = OwnGroup::new();
        let directory = group.by_hand("pids");
        kill_everywhere(&launch(&["-g", &format!("pids:{}", group.name()), "true"], 1));
        assert_eq!((groups::processes(&directory), groups_below(&directory)), (Vec::new(), Vec::new()));
    }
}

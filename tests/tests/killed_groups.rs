//! SIGKILL of xcgexec before every system call of each of its processes: nobody stays, and no other trace than an empty group, which
//! the next run, `xcgroup list` and `xcgroup tree` name, and `xcgroup delete` removes.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::path::{Path, PathBuf};
use xns_tests::groups::{self, OwnGroup};
use xns_tests::{Cmd, Done, Need, Scene, bin, need, wait_for};

/// A launch, and how many processes it has: the caller, and the child that becomes the program.
struct Launch {
    words: Vec<String>,
    processes: usize,
}

fn launch(words: &[&str], processes: usize) -> Launch {
    Launch { words: words.iter().map(|word| (*word).to_owned()).collect(), processes }
}

/// One run in which somebody was killed.
struct Killed {
    process: usize,
    done: Done,
}

impl Killed {
    /// Runs the launch with this process killed at this call; started in the roots.
    fn run(scene: &Scene, launch: &Launch, process: usize, call: usize) -> Self {
        let at = [process.to_string(), call.to_string()];
        let command = scene.cmd(env!("CARGO_BIN_EXE_kill-at")).args(["xcgexec"]).args(at);
        let command = command.args([bin("xcgexec")]).args(&launch.words);
        Killed { process, done: groups::in_roots(command).start().end() }
    }

    /// What kill-at has said on a line that begins so.
    fn said(&self, word: &str) -> Option<&str> {
        self.done.stdout.lines().find_map(|line| line.strip_prefix(word)?.strip_prefix(' '))
    }

    fn pid(&self) -> u32 {
        self.said("pid").unwrap().parse().unwrap()
    }

    fn somebody_was_killed(&self) -> bool {
        self.said("killed").is_some()
    }

    /// Only who makes the groups can leave them.
    fn may_leave(&self) -> bool {
        self.somebody_was_killed() && self.process == 0
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

/// Fails the test unless nobody is there any more, and what is left is an empty group of this run; answers its directories.
#[track_caller]
fn judge(scene: &Scene, killed: &Killed, before: &[String], at: &str) -> Vec<PathBuf> {
    let done = &killed.done;
    wait_for(&format!("the end of every process: {at} {done:?}"), || scene.processes().is_empty());
    assert_eq!(scene.listing(), before, "{at}: {done:?}");
    assert!(scene.mounts().is_empty(), "{at}: {done:?}");
    let left = groups::run_groups(killed.pid());
    assert!(left.is_empty() || killed.may_leave(), "{at}: {left:?} {done:?}");
    for directory in &left {
        wait_for(&format!("an empty group: {at}"), || groups::processes(directory).is_empty());
        assert_eq!(groups_below(directory), [] as [PathBuf; 0], "{at}");
    }
    let program_ran = killed.said("exec").is_some();
    assert!(program_ran || killed.is_told(), "{at}: {done:?}");
    assert!(program_ran || killed.said("exited") != Some("0"), "{at}: {done:?}");
    left
}

/// Kills at every call; answers how many times something was left.
fn kill_everywhere(launch: &Launch) -> usize {
    let scene = Scene::new();
    let before = scene.listing();
    let mut leftovers = 0;
    for process in 0..launch.processes {
        for call in 0.. {
            let killed = Killed::run(&scene, launch, process, call);
            let _guard = LeftOf(killed.pid());
            let at = format!("{:?} {process} {call}", launch.words);
            let left = judge(&scene, &killed, &before, &at);
            if !left.is_empty() {
                leftovers += 1;
                if leftovers == 1 {
                    is_named(launch, killed.pid(), &left);
                }
            }
            for directory in &left {
                wait_for(&format!("its removal: {at}"), || {
                    let _ = std::fs::remove_dir(directory);
                    !directory.exists()
                });
            }
            if !killed.somebody_was_killed() {
                assert!(call > 3, "{at}: there is no such process: {:?}", killed.done);
                assert_eq!(killed.said("exited"), Some("0"), "{at}: {:?}", killed.done);
                break;
            }
        }
    }
    leftovers
}

/// The next run says what is left, `list` and `tree` show it, and the cure that is told removes it.
#[track_caller]
fn is_named(launch: &Launch, pid: u32, left: &[PathBuf]) {
    let name = format!("xcgexec-{pid}");
    let next = groups::xcgexec().args(["--hints=always"]).args(&launch.words).run();
    assert!(next.ok(), "{next:?}");
    assert!(next.stderr.contains("XNS-G2-leftover") && next.stderr.contains(&name), "{left:?}: {next:?}");
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

fn needs(test: &str, controllers: &[&'static str]) -> bool {
    let all: Vec<_> =
        [Need::Root].into_iter().chain(controllers.iter().map(|name| Need::Controller(name))).collect();
    need(test, &all)
}

#[test]
fn a_run_with_limits_can_be_killed_anywhere() {
    if needs("a_run_with_limits_can_be_killed_anywhere", &["memory", "pids"]) {
        let left = kill_everywhere(&launch(&["--memory", "50M", "--pids", "20", "--", "true"], 2));
        assert!(left > 10, "{left}");
    }
}

#[test]
fn a_run_with_a_report_can_be_killed_anywhere() {
    if needs("a_run_with_a_report_can_be_killed_anywhere", &["cpuset"]) {
        let words = ["--cpuset", "0", "--report", "--", "sh", "-c", "sleep 0.05"];
        let left = kill_everywhere(&launch(&words, 2));
        assert!(left > 10, "{left}");
    }
}

#[test]
fn a_run_that_waits_for_all_can_be_killed_anywhere() {
    if needs("a_run_that_waits_for_all_can_be_killed_anywhere", &["devices"]) {
        let words = ["--device-deny", "c 1:5 r", "--remaining=wait", "--", "true"];
        let left = kill_everywhere(&launch(&words, 2));
        assert!(left > 5, "{left}");
    }
}

#[test]
fn joining_can_be_killed_anywhere() {
    if needs("joining_can_be_killed_anywhere", &["pids"]) {
        let group = OwnGroup::new();
        let directory = group.by_hand("pids");
        let left = kill_everywhere(&launch(&["-g", &format!("pids:{}", group.name()), "true"], 1));
        assert_eq!(left, 0);
        assert_eq!((groups::processes(&directory), groups_below(&directory)), (Vec::new(), Vec::new()));
    }
}

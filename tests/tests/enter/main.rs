//! `xnsenter`: into the namespaces of processes and of files, as root and as an ordinary user.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod cgroup;
mod descriptors;
mod environment;
mod hostile;
mod nested;
mod places;
mod proc;
mod program;
mod races;
mod sources;
mod start_line;
mod targets;
mod ways;

use std::process::Command;
use xns_tests::{Cmd, Running, Scene, Who, bin, children, ns, wait_for};

const KINDS: [&str; 7] = ["mnt", "uts", "ipc", "net", "pid", "user", "cgroup"];

/// Prints the program's namespaces, one a line.
const SHOW: &str = "for kind in mnt uts ipc net pid user cgroup; do readlink /proc/self/ns/$kind; done";

/// A process in namespaces of its own, and `xunshare`, which waits for it.
fn target(scene: &Scene, who: Who, words: &str) -> (Running, u32) {
    let mut running = who.xunshare(scene).words(words).args(["sh", "-c", "echo ready; read line"]).start();
    assert_eq!(running.line(), "ready");
    let pid = children(running.pid()).first().copied().unwrap_or(running.pid());
    (running, pid)
}

fn xnsenter(scene: &Scene, who: Who) -> Cmd {
    let cmd = scene.cmd(bin("xnsenter"));
    if who == Who::Ordinary { cmd.ordinary() } else { cmd }
}

fn all_of(pid: u32) -> Vec<String> {
    KINDS.iter().map(|kind| ns(pid, kind)).collect()
}

/// Another program of this user's, started in the scene.
fn by(scene: &Scene, who: Who, program: &str) -> Cmd {
    let cmd = scene.cmd(program);
    if who == Who::Ordinary { cmd.ordinary() } else { cmd }
}

/// One that has said that it is there, and waits.
fn program(cmd: Cmd) -> Running {
    let mut running = cmd.args(["sh", "-c", "echo there; read line"]).start();
    assert_eq!(running.line(), "there");
    running
}

/// The program that the tool has become or started, seen from outside.
fn of(running: &Running) -> u32 {
    children(running.pid()).first().copied().unwrap_or(running.pid())
}

/// A process that has ended, and of which only the test knows. Dropping it lets it go.
struct Zombie(std::process::Child);

impl Zombie {
    fn new() -> Self {
        let child = Command::new("true").spawn().unwrap();
        wait_for("its end", || {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
            stat.rsplit_once(") ").unwrap().1.starts_with('Z')
        });
        Zombie(child)
    }

    fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Zombie {
    fn drop(&mut self) {
        let _ = self.0.wait();
    }
}

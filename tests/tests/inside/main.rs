//! What the domain crates find inside a namespace, beside what `ip`, `ipcs` and `/proc` say there; as root and as an ordinary user.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod cgroup;
mod entering;
mod ipc;
mod mounts;
mod net;
mod process;

use xns_tests::{Cmd, Running, Scene, Who, bin, children};

/// A process of this user's in namespaces of its own (`xunshare`'s options), after it has carried out this script there.
fn target(scene: &Scene, who: Who, words: &str, script: &str) -> (Running, u32) {
    let script = format!("{script}\necho ready; read line");
    let mut running = who.xunshare(scene).words(words).args(["sh", "-ec", &script]).start();
    assert_eq!(running.line(), "ready");
    let pid = of(&running);
    (running, pid)
}

/// The program that the tool has become or started, seen from outside.
fn of(running: &Running) -> u32 {
    children(running.pid()).first().copied().unwrap_or(running.pid())
}

/// A program of this user's.
fn by(scene: &Scene, who: Who, program: &str) -> Cmd {
    let cmd = scene.cmd(program);
    if who == Who::Ordinary { cmd.ordinary() } else { cmd }
}

/// What is found: `look-inside FACT SUBJECT`.
fn look(scene: &Scene, who: Who, fact: &str, subject: impl ToString) -> String {
    let cmd = by(scene, who, env!("CARGO_BIN_EXE_look-inside")).args([fact, &subject.to_string()]);
    cmd.run().out().to_owned()
}

/// What a program prints in this process's namespaces of these kinds (`xnsenter`'s options).
fn there(scene: &Scene, who: Who, pid: u32, kinds: &str, program: &str) -> String {
    let kinds =
        if who == Who::Ordinary { format!("-U --preserve-credentials {kinds}") } else { kinds.to_owned() };
    let tool = bin("xnsenter").display().to_string();
    by(scene, who, &tool).words(&format!("-t {pid} {kinds} {program}")).run().out().to_owned()
}

//! How the program ends, and what it is.

use super::{target, xnsenter};
use xns_tests::{Need, Scene, Who, bin, children, need, send, wait_for};

#[test]
fn ends_as_the_program_ends() {
    for who in Who::each("ends_as_the_program_ends") {
        let scene = Scene::new();
        let (_running, pid) = target(&scene, who, "-fp --mount-proc");
        let pid = pid.to_string();
        let run = |script: &str| xnsenter(&scene, who).args(["-t", &pid, "-a", "sh", "-c", script]).run();
        assert_eq!(run("exit 7").status, Some(7));
        assert_eq!(run("kill -TERM $$").signal, Some(15));
        let missing = xnsenter(&scene, who).args(["-t", &pid, "-a", "./no-such-program"]).run();
        missing.fails(127, "xnsenter: failed to execute ./no-such-program: No such file or directory");
    }
}

#[test]
fn timeout_leaves_nothing_behind() {
    for who in Who::each("timeout_leaves_nothing_behind") {
        let scene = Scene::new();
        let (running, pid) = target(&scene, who, "-fp --mount-proc");
        let before = scene.processes().len();
        let script = format!(
            "timeout --foreground 0.3 {} -t {pid} -a sleep 1000 || echo $?",
            bin("xnsenter").display()
        );
        let sh = scene.sh(&script);
        let sh = if who == Who::Ordinary { sh.ordinary() } else { sh };
        assert_eq!(sh.run().out(), "124");
        wait_for("the end of what was entered", || scene.processes().len() == before);
        drop(running);
    }
}

#[test]
fn under_the_originals_name() {
    if !need("under_the_originals_name", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    std::os::unix::fs::symlink(bin("xnsenter"), scene.path("nsenter")).unwrap();
    let version = scene.cmd(scene.path("nsenter")).args(["-V"]).run();
    assert!(version.out().starts_with("nsenter from util-linux 2.43 (xns "), "{version:?}");
    let help = scene.cmd(scene.path("nsenter")).args(["--help"]).run();
    assert!(help.out().contains("Usage: nsenter ") && !help.out().contains("xnsenter"), "{help:?}");
    let (_running, pid) = target(&scene, Who::Root, "-fp --mount-proc");
    let mut entered = scene
        .cmd(scene.path("nsenter"))
        .args(["-t", &pid.to_string(), "-p", "sh", "-c", "echo in; exec sleep 1000"])
        .start();
    assert_eq!(entered.line(), "in");
    let program = children(entered.pid())[0];
    send(entered.pid(), nix::sys::signal::Signal::SIGTERM);
    assert_eq!(entered.end().signal, Some(15));
    assert!(std::path::Path::new(&format!("/proc/{program}/exe")).exists());
    send(program, nix::sys::signal::Signal::SIGKILL);
}

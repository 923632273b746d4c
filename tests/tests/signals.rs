//! What becomes of the program when its parent is asked to end, or ends: `--kill-child`, `--forward-signals`.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use nix::sys::signal::Signal;
use xns_tests::{Done, Need, Running, Scene, Who, children, need, send, wait_for};

/// A program that says when it is there, and does not end by itself.
const SLEEPER: &str = "echo ready; exec sleep 1000";

/// It ends by SIGTERM, and says so.
const CATCHER: &str = "trap 'echo caught; exit 3' TERM; echo ready; while :; do sleep 0.05; done";

fn start(scene: &Scene, who: Who, words: &str, script: &str) -> Running {
    let mut running = who.xunshare(scene).words(words).args(["sh", "-c", script]).start();
    assert_eq!(running.line(), "ready", "{words}");
    running
}

/// Nothing runs any more, but for what the test itself has started and not waited for.
#[track_caller]
fn all_end(scene: &Scene, words: &str) {
    wait_for(&format!("the end of every process of {words}"), || scene.processes().is_empty());
}

/// W-4: the original sets the death signal before setuid and setgid, which clear it.
#[test]
fn the_program_ends_with_its_killed_parent() {
    for who in Who::each("the_program_ends_with_its_killed_parent") {
        let own = [
            "--kill-child",
            "-p --kill-child",
            "--kill-child=TERM",
            "--init --kill-child",
            "--init --kill-child=TERM",
        ];
        let root = [
            "--kill-child -S 65534",
            "--kill-child -G 65534",
            "-p --kill-child -S 65534 -G 65534",
            "-U --map-users=0:0:70000 --kill-child -S 1",
            "--init --kill-child -S 1 -G 1",
        ];
        let more = if who == Who::Root { &root[..] } else { &["--kill-child -S 0"][..] };
        for words in own.iter().chain(more) {
            let scene = Scene::new();
            let running = start(&scene, who, words, SLEEPER);
            send(running.pid(), Signal::SIGKILL);
            assert_eq!(running.end().signal, Some(9), "{words}");
            all_end(&scene, words);
        }
    }
}

/// W-5: the original blocks SIGTERM and SIGINT, and does not react at all.
#[test]
fn a_request_to_end_reaches_the_program() {
    for who in Who::each("a_request_to_end_reaches_the_program") {
        for words in [
            "--kill-child",
            "-p --kill-child",
            "--kill-child=HUP",
            "--init --kill-child",
            "-p --kill-child=TERM",
        ] {
            for signal in [Signal::SIGTERM, Signal::SIGINT] {
                let scene = Scene::new();
                let running = start(&scene, who, words, SLEEPER);
                send(running.pid(), signal);
                // Killed for it, as whoever asked expects.
                assert_eq!(running.end().signal, Some(signal as i32), "{words}");
                all_end(&scene, words);
            }
        }
    }
}

#[test]
fn a_program_may_end_in_its_own_way() {
    for who in Who::each("a_program_may_end_in_its_own_way") {
        for words in
            ["--kill-child=TERM", "-p --kill-child=TERM", "--init --kill-child=TERM", "-p --forward-signals"]
        {
            let scene = Scene::new();
            let running = start(&scene, who, words, CATCHER);
            send(running.pid(), Signal::SIGTERM);
            let Done { status, stdout, .. } = running.end();
            assert_eq!((status, stdout.as_str()), (Some(3), "caught\n"), "{words}");
            all_end(&scene, words);
        }
    }
}

/// Asked a second time, it is killed.
#[test]
fn a_deaf_program_is_killed() {
    let scene = Scene::new();
    let mut running = start(
        &scene,
        Who::Root,
        "--kill-child=TERM",
        "trap 'echo no' TERM; echo ready; while :; do sleep 0.05; done",
    );
    send(running.pid(), Signal::SIGTERM);
    assert_eq!(running.line(), "no");
    send(running.pid(), Signal::SIGINT);
    assert_eq!(running.end().signal, Some(2));
    all_end(&scene, "--kill-child=TERM");
}

#[test]
fn signals_are_passed_on() {
    let script = "for s in HUP INT QUIT USR1 USR2 ALRM; do trap \"echo $s\" $s; done; trap 'exit 5' TERM; echo ready; \
                  while :; do sleep 0.05; done";
    for who in Who::each("signals_are_passed_on") {
        for words in ["--forward-signals", "-p --forward-signals", "--init --forward-signals"] {
            let scene = Scene::new();
            let mut running = start(&scene, who, words, script);
            for signal in ["HUP", "INT", "QUIT", "USR1", "USR2", "ALRM"] {
                send(running.pid(), format!("SIG{signal}").parse().unwrap());
                assert_eq!(running.line(), signal, "{words}");
            }
            send(running.pid(), Signal::SIGTERM);
            assert_eq!(running.end().status, Some(5), "{words}");
        }
    }
}

/// A PID 1 without a handler would ignore it, as in the original.
#[test]
fn a_pid_1_without_a_handler_ends_all_the_same() {
    for who in Who::each("a_pid_1_without_a_handler_ends_all_the_same") {
        for words in ["-p --forward-signals", "-p --mount-proc --forward-signals"] {
            let scene = Scene::new();
            let running = start(&scene, who, words, SLEEPER);
            send(running.pid(), Signal::SIGTERM);
            assert_eq!(running.end().signal, Some(15), "{words}");
            all_end(&scene, words);
        }
        let scene = Scene::new();
        let mut running =
            start(&scene, who, "-p --forward-signals", "trap '' TERM; echo ready; read line; exit 4");
        send(running.pid(), Signal::SIGTERM);
        running.say("what it ignores, it ignores");
        assert_eq!(running.end().status, Some(4));
    }
}

#[test]
fn timeout_leaves_nothing_behind() {
    if !need("timeout_leaves_nothing_behind", &[Need::Program("timeout")]) {
        return;
    }
    for who in Who::each("timeout_leaves_nothing_behind") {
        for words in ["-fp --kill-child", "--init --kill-child -S 0", "-fp --forward-signals"] {
            let scene = Scene::new();
            let tool = who
                .xunshare(&scene)
                .std()
                .get_args()
                .map(|word| format!("{} ", word.display()))
                .collect::<String>();
            // --foreground: the signal is sent to the tool alone.
            let script = format!(
                "timeout --foreground 0.5 $X {tool}{words} sh -c 'sleep 1000 & exec sleep 1000' || echo $?"
            );
            let sh = scene.sh(&script);
            let sh = if who == Who::Ordinary { sh.ordinary() } else { sh };
            assert_eq!(sh.run().out(), "124", "{words}");
            all_end(&scene, words);
        }
    }
}

/// What a program does to its own process group does not come back to it.
#[test]
fn a_program_signals_its_own_group() {
    let scene = Scene::new();
    let script = "trap 'echo once' TERM; setsid -w $X --kill-child sh -c 'trap \"echo once\" TERM; kill 0; sleep 0.2; exit 6' || echo $?";
    assert_eq!(scene.sh(script).run().out(), "once\n6");
}

#[test]
fn without_being_asked_the_original_is_followed() {
    let scene = Scene::new();
    let mut running = scene.xunshare().args(["-f", "sh", "-c", "echo ready; read line; exit 8"]).start();
    assert_eq!(running.line(), "ready");
    send(running.pid(), Signal::SIGTERM);
    send(running.pid(), Signal::SIGINT);
    assert_eq!(children(running.pid()).len(), 1);
    running.say("go on");
    assert_eq!(running.end().status, Some(8));
}

/// Who asks twice means it, whatever the program makes of the first time.
#[test]
fn a_second_request_is_meant_also_when_signals_are_passed_on() {
    for who in Who::each("a_second_request_is_meant_also_when_signals_are_passed_on") {
        for words in ["--kill-child --forward-signals", "--init --kill-child --forward-signals"] {
            let scene = Scene::new();
            let script = "trap 'echo caught' TERM; echo ready; while :; do sleep 0.05; done";
            let mut running = start(&scene, who, words, script);
            send(running.pid(), Signal::SIGTERM);
            assert_eq!(running.line(), "caught", "{words}");
            send(running.pid(), Signal::SIGTERM);
            assert_eq!(running.end().signal, Some(15), "{words}");
            all_end(&scene, words);
        }
    }
}

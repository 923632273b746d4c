//! `--pty`: a terminal of the program's own, from which the caller's cannot be reached.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use nix::sys::signal::Signal;
use std::time::Duration;
use xns_tests::{Cmd, Need, Scene, Terminal, Who, children, need, send, wait_for};

const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const CTRL_Z: &str = "\x1a";
const CTRL_BACKSLASH: &str = "\x1c";

/// Ways to start a program that Ctrl-C ends: in the second and third an init is PID 1.
const WAYS: [&str; 4] =
    ["--pty", "--pty --init --mount-proc", "--pty --init --kill-child=TERM", "--pty --forward-signals -u"];

/// And one in which the program is PID 1.
const PID_1: &str = "--pty -fp --mount-proc";

/// `$X` with what the user needs.
fn words(who: Who, way: &str) -> String {
    format!("$X {}{way}", if who == Who::Ordinary { "-r " } else { "" })
}

fn for_user(cmd: Cmd, who: Who) -> Cmd {
    let cmd = cmd.env("TERM", "dumb").env("X", xns_tests::bin("xunshare"));
    if who == Who::Ordinary { cmd.ordinary() } else { cmd }
}

/// An interactive bash on a terminal; its prompt is `> `, and `$B` is how its terminal is set.
fn outside(scene: &Scene, who: Who) -> Terminal {
    scene.hand_over();
    let bash = scene.cmd("bash").args(["--norc", "--noprofile", "-i"]).env("PS1", "> ");
    let mut terminal = Terminal::start(for_user(bash, who).std());
    terminal.expect("> ");
    // Without line editing, for which bash sets the terminal otherwise while it reads.
    terminal.line("set +o emacs; B=$(stty -g)");
    terminal.expect("> ");
    terminal
}

/// The terminal is as it was, also for a program.
#[track_caller]
fn as_before(terminal: &mut Terminal) {
    terminal.line("[ \"$(stty -g)\" = \"$B\" ] && echo sa''me || stty -a");
    let shown = terminal.expect("> ");
    assert!(shown.contains("same"), "{shown}");
}

/// The status of what was run before.
#[track_caller]
fn status(terminal: &mut Terminal) -> i32 {
    terminal.expect("> ");
    terminal.line("echo \"status $?.\"");
    terminal.expect("status ");
    let status = terminal.expect(".");
    terminal.expect("> ");
    status.parse().unwrap()
}

fn run(scene: &Scene, who: Who, script: &str) -> xns_tests::Done {
    scene.hand_over();
    for_user(scene.cmd("sh").args(["-c", script]), who).run()
}

/// Waits until a sleep with this argument, below this process, has its terminal and runs; answers its number.
fn wait_for_sleep(pid: u32, word: &str) -> u32 {
    let mut found = 0;
    wait_for(&format!("sleep {word} in the foreground"), || {
        let mut below = vec![pid];
        while let Some(pid) = below.pop() {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            if line == format!("sleep\0{word}\0").as_bytes() {
                found = pid;
                return has_the_terminal(pid);
            }
            below.extend(children(pid));
        }
        false
    });
    found
}

/// proc_pid_stat(5): state, ppid, pgrp, session, tty_nr, tpgid.
fn stat(pid: u32) -> Vec<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().unwrap_or_default().split(' ').map(str::to_owned).collect()
}

fn has_the_terminal(pid: u32) -> bool {
    let fields = stat(pid);
    fields.len() > 5 && fields[0] != "T" && fields[2] == fields[5]
}

fn each(test: &str) -> Vec<Who> {
    if need(test, &[Need::Program("bash")]) { Who::each(test) } else { Vec::new() }
}

#[test]
fn the_program_has_another_terminal_and_session() {
    for who in each("the_program_has_another_terminal_and_session") {
        for way in WAYS.into_iter().chain([PID_1]) {
            let scene = Scene::new();
            let mut terminal = outside(&scene, who);
            terminal.line("tty");
            let outer = terminal.expect("> ");
            assert!(outer.starts_with("/dev/pts/"), "{outer}");
            terminal.line(&format!(
                "{} sh -c 'tty; tty < /dev/tty; ps -o tty= -p $$; sleep 1100'",
                words(who, way)
            ));
            let sleep = wait_for_sleep(terminal.pid(), "1100");
            let (inside, outside) = (stat(sleep), stat(terminal.pid()));
            assert_ne!(inside[3], outside[3], "{way}: the session");
            assert_ne!(inside[4], outside[4], "{way}: the terminal");
            for descriptor in 0..3 {
                let file = |pid| std::fs::read_link(format!("/proc/{pid}/fd/{descriptor}")).unwrap();
                assert_ne!(file(sleep), file(terminal.pid()), "{way}");
            }
            terminal.press(CTRL_BACKSLASH);
            let shown = terminal.expect("> ");
            assert!(!shown.contains(outer.trim()), "{way}: {shown}");
            terminal.line("exit 0");
            terminal.end();
            wait_for("every process to be gone", || scene.processes().is_empty());
        }
    }
}

/// CVE-2017-5226: what a program has typed into its terminal must not be run by the shell outside.
#[test]
fn nothing_is_typed_into_the_callers_terminal() {
    for who in each("nothing_is_typed_into_the_callers_terminal") {
        let program = env!("CARGO_BIN_EXE_type-into");
        for way in WAYS.into_iter().chain([PID_1]) {
            let scene = Scene::new();
            let mut terminal = outside(&scene, who);
            terminal.line(&format!("{} {program} \"echo in''jected\n\"", words(who, way)));
            terminal.expect("typed into ");
            terminal.expect("> ");
            terminal.line("echo la''st");
            let shown = terminal.expect("last");
            assert!(!shown.contains("injected"), "{way}: {shown}");
        }
        // Without the option it is: the test can see it.
        let allowed = std::fs::read_to_string("/proc/sys/dev/tty/legacy_tiocsti").unwrap_or_default();
        if who == Who::Root || allowed.trim() == "1" {
            let scene = Scene::new();
            let mut terminal = outside(&scene, who);
            terminal.line(&format!("{} {program} \"echo in''jected\n\"", words(who, "-f")));
            terminal.expect("injected");
        }
    }
}

#[test]
fn keys_are_signals_inside() {
    for who in each("keys_are_signals_inside") {
        for (key, expected) in [(CTRL_C, 130), (CTRL_BACKSLASH, 131)] {
            for way in WAYS {
                let scene = Scene::new();
                let mut terminal = outside(&scene, who);
                terminal.line(&format!("(ulimit -c 0; exec {} sleep 1101)", words(who, way)));
                wait_for_sleep(terminal.pid(), "1101");
                terminal.press(key);
                assert_eq!(status(&mut terminal), expected, "{way}");
                as_before(&mut terminal);
                terminal.line("exit 0");
                terminal.end();
                wait_for("every process to be gone", || scene.processes().is_empty());
            }
        }
    }
}

/// Ctrl-Z stops a program that is no shell, and the shell outside has its terminal back.
#[test]
fn a_job_stops_and_goes_on() {
    for who in each("a_job_stops_and_goes_on") {
        for way in WAYS {
            let scene = Scene::new();
            let mut terminal = outside(&scene, who);
            terminal.line(&format!("{} sleep 1102", words(who, way)));
            for _ in 0..2 {
                let sleep = wait_for_sleep(terminal.pid(), "1102");
                terminal.press(CTRL_Z);
                terminal.expect("Stopped");
                terminal.expect("> ");
                assert_eq!(stat(sleep)[0], "T", "{way}");
                as_before(&mut terminal);
                terminal.line("fg");
                terminal.expect("sleep 1102");
            }
            wait_for_sleep(terminal.pid(), "1102");
            terminal.press(CTRL_C);
            assert_eq!(status(&mut terminal), 130, "{way}");
            as_before(&mut terminal);
            terminal.line("exit 0");
            terminal.end();
            wait_for("every process to be gone", || scene.processes().is_empty());
        }
    }
}

/// In a pipeline every process of the job stops, as without the option.
#[test]
fn a_pipeline_stops_as_a_whole() {
    for who in each("a_pipeline_stops_as_a_whole") {
        let scene = Scene::new();
        let mut terminal = outside(&scene, who);
        terminal.line(&format!("{} sleep 1103 | cat", words(who, "--pty")));
        wait_for_sleep(terminal.pid(), "1103");
        std::thread::sleep(Duration::from_millis(100));
        terminal.press(CTRL_Z);
        terminal.expect("Stopped");
        terminal.expect("> ");
        terminal.line("bg");
        terminal.expect("> ");
        wait_for_sleep(terminal.pid(), "1103");
        terminal.line("echo ha''lf");
        terminal.expect("half");
        terminal.line("fg");
        terminal.expect("cat");
        // Shells do not say when a job that runs comes to the foreground.
        std::thread::sleep(Duration::from_millis(600));
        terminal.press(CTRL_C);
        terminal.expect("> ");
        terminal.line("exit 0");
        terminal.end();
        wait_for("every process to be gone", || scene.processes().is_empty());
    }
}

#[test]
fn a_shell_has_job_control() {
    for who in each("a_shell_has_job_control") {
        for way in WAYS.into_iter().chain([PID_1, "--pty --init"]) {
            let scene = Scene::new();
            let mut terminal = outside(&scene, who);
            terminal.line(&format!("PS1='inside ' {} --quiet bash --norc --noprofile -i", words(who, way)));
            let complaints = terminal.expect("inside ");
            assert!(!complaints.contains("job control"), "{way}: {complaints}");
            terminal.line("sleep 1104");
            wait_for_sleep(terminal.pid(), "1104");
            terminal.press(CTRL_Z);
            terminal.expect("Stopped");
            terminal.expect("inside ");
            terminal.line("fg");
            wait_for_sleep(terminal.pid(), "1104");
            terminal.press(CTRL_C);
            terminal.expect("inside ");
            terminal.line("echo status $?");
            terminal.expect("status 130");
            if way != PID_1 {
                terminal.line("suspend -f");
                terminal.expect("Stopped");
                terminal.expect("> ");
                terminal.line("echo out$((40 + 2))");
                terminal.expect("out42");
                terminal.line("fg");
            }
            terminal.line("echo in$((50 + 2))");
            terminal.expect("in52");
            terminal.line("trap '' HUP; exit 7");
            assert_eq!(status(&mut terminal), 7, "{way}");
            as_before(&mut terminal);
            terminal.line("exit 0");
            terminal.end();
            wait_for("every process to be gone", || scene.processes().is_empty());
        }
    }
}

#[test]
fn the_window_has_the_size_of_the_callers() {
    for who in each("the_window_has_the_size_of_the_callers") {
        for way in WAYS.into_iter().chain([PID_1]) {
            let scene = Scene::new();
            let mut terminal = outside(&scene, who);
            terminal.resize(33, 77);
            terminal.line(&format!(
                "{} sh -c 'trap \"stty size\" WINCH; stty size; echo set; while :; do read x; done'",
                words(who, way)
            ));
            terminal.expect("33 77");
            terminal.expect("set");
            terminal.resize(44, 88);
            std::thread::sleep(Duration::from_millis(200));
            terminal.line("");
            terminal.expect("44 88");
        }
    }
}

#[test]
fn the_end_is_the_programs() {
    for who in each("the_end_is_the_programs") {
        let scene = Scene::new();
        for way in WAYS.into_iter().chain([PID_1]) {
            let run = |words: &str| run(&scene, who, &format!("exec {} {words}", self::words(who, way)));
            assert_eq!(run("true").status, Some(0), "{way}");
            assert_eq!(run("sh -c 'exit 3'").status, Some(3), "{way}");
            assert_eq!(run("/nowhere").status, Some(127), "{way}");
            assert_eq!(run("/").status, Some(126), "{way}");
            if way != PID_1 {
                assert_eq!(run("sh -c 'kill -KILL $$'").signal, Some(9), "{way}");
                assert_eq!(run("sh -c 'kill -TERM $$'").signal, Some(15), "{way}");
            }
        }
        wait_for("every process to be gone", || scene.processes().is_empty());
    }
}

/// A failure at a step, an end by a signal: the terminal is as it was.
#[test]
fn the_terminal_is_given_back_after_a_failure() {
    for who in each("the_terminal_is_given_back_after_a_failure") {
        let scene = Scene::new();
        let mut terminal = outside(&scene, who);
        for way in [
            "--pty -m -R /nowhere true",
            "--pty -w /nowhere true",
            "--pty -fp --mount-proc=/nowhere true",
            "--pty /nowhere",
        ] {
            terminal.line(&words(who, way));
            assert!([1, 127].contains(&status(&mut terminal)), "{way}");
            as_before(&mut terminal);
        }
        for signal in [Signal::SIGHUP, Signal::SIGQUIT, Signal::SIGUSR1] {
            for way in ["--pty", "--pty --init"] {
                terminal.line(&format!("(ulimit -c 0; exec {} sleep 1105)", words(who, way)));
                wait_for_sleep(terminal.pid(), "1105");
                send(children(terminal.pid())[0], signal);
                assert_eq!(status(&mut terminal), 128 + signal as i32, "{way}");
                as_before(&mut terminal);
                let left = || scene.processes().into_iter().filter(|pid| *pid != terminal.pid()).count();
                wait_for("the program to be hung up", || left() == 0);
            }
        }
        terminal.line("exit 0");
        terminal.end();
    }
}

#[test]
fn without_a_terminal_it_copies() {
    for who in each("without_a_terminal_it_copies") {
        let scene = Scene::new();
        for way in WAYS.into_iter().chain([PID_1]) {
            let x = words(who, way);
            // What is read is not shown; it ends in a line or after one.
            assert_eq!(run(&scene, who, &format!("printf 'a\\nb\\n' | {x} cat")).out(), "a\r\nb\r", "{way}");
            assert_eq!(run(&scene, who, &format!("printf 'a\\nb' | {x} cat; echo")).out(), "a\r\nb", "{way}");
            assert_eq!(run(&scene, who, &format!("{x} cat < /dev/null; echo end")).out(), "end", "{way}");
            assert_eq!(
                run(&scene, who, &format!("{x} sh -c tty < /dev/null | cut -c 1-9")).out(),
                "/dev/pts/",
                "{way}"
            );
            // All that it says arrives, also the last of it.
            assert_eq!(
                run(&scene, who, &format!("{x} seq 30000 < /dev/null | tail -n 1")).out(),
                "30000\r",
                "{way}"
            );
            assert_eq!(run(&scene, who, &format!("seq 20000 | {x} wc -l")).out(), "20000\r", "{way}");
            // What nobody reads ends it; no signal ends a PID 1.
            let done = run(&scene, who, &format!("{{ {x} yes < /dev/null; echo $? >&2; }} | head -n 1"));
            let status = if way == PID_1 { "1" } else { "141" };
            assert_eq!((done.out(), done.stderr.lines().last()), ("y\r", Some(status)), "{way}");
            // What it leaves behind keeps nobody waiting.
            let done = run(&scene, who, &format!("{x} sh -c 'trap \"\" HUP; sleep 3 & echo up' < /dev/null"));
            assert_eq!(done.out(), "up\r", "{way}");
        }
    }
}

#[test]
fn nothing_of_ours_is_inherited() {
    for who in each("nothing_of_ours_is_inherited") {
        let scene = Scene::new();
        let count = "busybox ls /proc/self/fd | wc -w";
        for way in WAYS.into_iter().chain([PID_1]) {
            // By one shell: what this test's program has open while other tests run varies.
            let done = run(&scene, who, &format!("{count}; {} sh -c '{count}'", words(who, way)));
            let counts: Vec<_> = done.out().lines().map(str::trim).collect();
            assert!(counts.len() == 2 && counts[0] == counts[1], "{way}: {counts:?}");
        }
    }
}

/// timeout(1) runs its command in the background, and asks it to end.
#[test]
fn a_timeout_leaves_nothing() {
    for who in each("a_timeout_leaves_nothing") {
        for (options, expected) in [("", 124), ("-s KILL ", 137)] {
            for way in ["--pty", "--pty --init", PID_1, "--pty -u --kill-child=TERM --init"] {
                let scene = Scene::new();
                let mut terminal = outside(&scene, who);
                let x = words(who, &format!("--kill-child {way}"));
                terminal.line(&format!("timeout {options}0.5 {x} sleep 1106; (exit $?)"));
                assert_eq!(status(&mut terminal), expected, "{way}");
                let left = || scene.processes().into_iter().filter(|pid| *pid != terminal.pid()).count();
                wait_for(&format!("the end of the program: {options}{way}"), || left() == 0);
                as_before(&mut terminal);
            }
        }
    }
}

/// The second request is by SIGKILL, which a program cannot outlive.
#[test]
fn a_second_request_ends_who_ignored_the_first() {
    for who in each("a_second_request_ends_who_ignored_the_first") {
        for way in ["--pty", "--pty --init"] {
            let scene = Scene::new();
            let x = words(who, &format!("--kill-child=TERM {way}"));
            scene.hand_over();
            let cmd = scene
                .cmd("sh")
                .args(["-c", &format!("exec {x} sh -c 'trap \"\" TERM; echo up; sleep 1107'")]);
            let mut running = for_user(cmd, who).start();
            assert_eq!(running.line(), "up");
            for _ in 0..2 {
                std::thread::sleep(Duration::from_millis(100));
                send(running.pid(), Signal::SIGTERM);
            }
            wait_for(&format!("the end of everything: {way}"), || scene.processes().is_empty());
        }
    }
}

/// The terminal is gone: so is what ran on the other one.
#[test]
fn a_lost_terminal_ends_it() {
    for who in each("a_lost_terminal_ends_it") {
        for way in WAYS {
            let scene = Scene::new();
            let mut terminal = outside(&scene, who);
            terminal.line(&format!("{} sleep 1108", words(who, way)));
            wait_for_sleep(terminal.pid(), "1108");
            send(terminal.pid(), Signal::SIGKILL);
            wait_for(&format!("the end of everything: {way}"), || scene.processes().is_empty());
            drop(terminal);
        }
    }
}

/// In the background the terminal is the shell's: it is neither read nor set.
#[test]
fn in_the_background_it_leaves_the_terminal_alone() {
    for who in each("in_the_background_it_leaves_the_terminal_alone") {
        let scene = Scene::new();
        let mut terminal = outside(&scene, who);
        terminal.line(&format!("{} sh -c 'echo ba''ck; read x; echo got $x' &", words(who, "--pty")));
        terminal.expect("back");
        as_before(&mut terminal);
        terminal.line("fg");
        terminal.expect("read x");
        std::thread::sleep(Duration::from_millis(600));
        terminal.press("word\n");
        terminal.expect("got word");
        assert_eq!(status(&mut terminal), 0);
        as_before(&mut terminal);
        terminal.line(&format!("{} cat", words(who, "--pty")));
        std::thread::sleep(Duration::from_millis(200));
        terminal.press(CTRL_D);
        assert_eq!(status(&mut terminal), 0);
    }
}

//! `--pid-file`, `--info-fd`, `--wait-fd`, and the descriptors that the program gets.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use serde_json::Value;
use std::time::Duration;
use xns_tests::{Need, Running, Scene, Who, bin, children, need, ns, wait_for};

const MODES: &[&str] =
    &["", "-f", "-fp", "-fp --mount-proc", "--init", "--init --mount-proc", "-m -u -i -n -C -T", "-fT"];

/// The program's PID, as seen here.
fn program(tool: u32, options: &str) -> u32 {
    if options.contains("--init") {
        children(children(tool)[0])[0]
    } else if options.contains("-f") {
        children(tool)[0]
    } else {
        tool
    }
}

#[test]
fn the_pid_file_holds_the_pid_that_the_caller_sees() {
    for who in Who::each("the_pid_file_holds_the_pid_that_the_caller_sees") {
        for options in MODES {
            for old in [None, Some("a longer text than any number\nof lines\n")] {
                let scene = Scene::new();
                if let Some(text) = old {
                    scene.file("pid", text);
                }
                let mut shell = who.xunshare(&scene).words(options).words("--pid-file pid sh").start();
                assert_eq!(shell.ask("echo on"), "on");
                let expected = format!("{}\n", program(shell.pid(), options));
                assert_eq!(
                    std::fs::read_to_string(scene.path("pid")).unwrap(),
                    expected,
                    "{who:?} {options}"
                );
                assert!(shell.end().ok());
                assert_eq!(std::fs::read_to_string(scene.path("pid")).unwrap(), expected, "it stays");
            }
        }
    }
}

#[test]
fn the_pid_file_is_the_callers_whatever_the_root() {
    if !need("the_pid_file_is_the_callers_whatever_the_root", &[Need::Program("busybox")]) {
        return;
    }
    for who in Who::each("the_pid_file_is_the_callers_whatever_the_root") {
        for options in ["-R root", "--pivot-root root", "-fp --pivot-root root", "--init --pivot-root root"] {
            let scene = Scene::new();
            scene.busybox_root("root");
            let mut shell = who.xunshare(&scene).words(options).words("--pid-file pid /bin/sh").start();
            assert_eq!(shell.ask("echo on"), "on");
            let expected = format!("{}\n", program(shell.pid(), options));
            assert_eq!(std::fs::read_to_string(scene.path("pid")).unwrap(), expected, "{who:?} {options}");
            assert!(shell.end().ok());
        }
    }
}

#[test]
fn an_existing_pid_file_keeps_its_text_when_no_program_runs() {
    for who in Who::each("an_existing_pid_file_keeps_its_text_when_no_program_runs") {
        let scene = Scene::new();
        scene.file("pid", "old\n");
        let text = || std::fs::read_to_string(scene.path("pid")).unwrap();
        let done = who.xunshare(&scene).words("-f -w none --pid-file pid true").run();
        done.fails(1, "xunshare: cannot chdir to 'none': No such file or directory");
        assert_eq!(text(), "old\n");
        for words in ["", "-f", "--init"] {
            let done = who.xunshare(&scene).words(words).words("--pid-file pid ./no-such-program").run();
            done.fails(127, "xunshare: failed to execute ./no-such-program: No such file or directory");
            assert_eq!(text(), "old\n", "{words}");
        }
        let mut running = who.xunshare(&scene).words("--pid-file pid sh -c").args(["cat pid"]).start();
        assert_eq!(running.line(), running.pid().to_string());
        assert!(running.end().ok());
    }
}

/// A number that is closed has been filled by the tool itself.
#[test]
fn closed_standard_descriptors_do_not_serve() {
    let scene = Scene::new();
    for (words, closed) in [("--info-fd 1", ">&-"), ("--wait-fd 0", "<&-"), ("--info-fd 0 -f", "<&-")] {
        let done = scene.sh(&format!("$X {words} touch ran {closed}")).run();
        let number = words.split(' ').nth(1).unwrap();
        done.fails(1, &format!("xunshare: cannot use descriptor {number}: Bad file descriptor"));
    }
    let done = scene.sh("$X --info-fd 2 touch ran 2>&-").run();
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(!scene.path("ran").exists());
}

#[test]
fn a_pid_file_that_cannot_be_written_lets_nothing_run() {
    for who in Who::each("a_pid_file_that_cannot_be_written_lets_nothing_run") {
        for options in ["", "-f", "--init"] {
            let scene = Scene::new();
            scene.subdir("d");
            let fails = |file: &str, message: &str| {
                let done =
                    who.xunshare(&scene).words(options).args(["--pid-file", file, "touch", "ran"]).run();
                done.fails(1, &format!("xunshare: {message}"));
            };
            fails("none/pid", "cannot open none/pid: No such file or directory");
            fails("d", "cannot open d: Is a directory");
            fails("", "cannot open : No such file or directory");
            fails("/dev/full", "cannot write the PID file: No space left on device");
            if who == Who::Ordinary {
                fails("/proc/version", "cannot open /proc/version: Permission denied");
            }
            assert!(!scene.path("ran").exists());
        }
    }
}

/// Starts a program with descriptor 5 as its information line, which goes to our pipe, and 6 to wait for a fifo.
fn informed(who: Who, scene: &Scene, options: &str, program: &str) -> Running {
    scene.hand_over();
    let map = if who == Who::Ordinary { "-r" } else { "" };
    let script = format!("exec 5>&1 6<fifo; exec \"$X\" {map} {options} --info-fd 5 --wait-fd 6 {program}");
    let made = scene.cmd("mkfifo").args(["fifo"]).run();
    made.out();
    scene.hand_over();
    let shell = scene.sh(&script);
    if who == Who::Ordinary { shell.ordinary() } else { shell }.start()
}

#[test]
fn the_information_line_is_true_and_the_program_waits() {
    for who in Who::each("the_information_line_is_true_and_the_program_waits") {
        for options in MODES {
            let scene = Scene::new();
            let mut running = informed(who, &scene, options, "sh -c 'echo started; read line; echo end'");
            let wait = std::fs::File::options().write(true).open(scene.path("fifo")).unwrap();
            let line: Value = serde_json::from_str(&running.line()).unwrap();
            let pid = u32::try_from(line["pid"].as_u64().unwrap()).unwrap();
            assert_eq!(pid, program(running.pid(), options), "{who:?} {options}");
            let kinds = line["namespaces"].as_object().unwrap();
            assert_eq!(
                kinds.len(),
                std::fs::read_dir("/proc/self/ns")
                    .unwrap()
                    .filter(|e| !e.as_ref().unwrap().file_name().to_str().unwrap().contains("_for_"))
                    .count()
            );
            for (kind, number) in kinds {
                let file = if kind == "time" { "time_for_children" } else { kind };
                let expected = ns(pid, file);
                assert_eq!(format!("{kind}:[{number}]"), expected, "{who:?} {options} {kind}");
            }
            assert!(running.silent_for(Duration::from_millis(80)), "the program has not started");
            drop(wait);
            assert_eq!(running.line(), "started");
            // With Linux 6.1 a program stays in the time namespace of who became it.
            let entered = ns(pid, "time") == ns(pid, "time_for_children");
            for (kind, number) in kinds.iter().filter(|(kind, _)| entered || *kind != "time") {
                assert_eq!(format!("{kind}:[{number}]"), ns(pid, kind), "as the program has it");
            }
            running.say("go");
            assert!(running.end().ok());
        }
    }
}

#[test]
fn a_device_is_moved_in_before_the_program_starts() {
    if !need("a_device_is_moved_in_before_the_program_starts", &[Need::Root, Need::Program("ip")]) {
        return;
    }
    let scene = Scene::new();
    scene.cmd("mkfifo").args(["wait", "info"]).run().out();
    // All of it in a network namespace of the test's own: the host's devices are not touched.
    let script = r#"
        "$X" -n --info-fd 5 --wait-fd 6 grep -c xnst1 /proc/self/net/dev 6<wait 5>info &
        exec 7>wait
        pid=$(sed 's/.*"pid":\([0-9]*\).*/\1/' <info)
        ip link add xnst0 type veth peer name xnst1
        ip link set xnst1 netns "$pid"
        ip -o link show | grep -c xnst
        exec 7>&-
        wait"#;
    let done = scene.cmd("unshare").args(["-n", "sh", "-ec", script]).env("X", bin("xunshare")).run();
    let lines: Vec<_> = done.out().lines().collect();
    assert_eq!(lines, ["1", "1"], "one end is inside, one outside: {done:?}");
}

#[test]
fn the_program_gets_exactly_the_callers_descriptors() {
    let more = ["-f --pid-file pid", "--hostname x", "--init --pid-file pid -u --explain", "-c -f"];
    for who in Who::each("the_program_gets_exactly_the_callers_descriptors") {
        let map = if who == Who::Ordinary { "-r" } else { "" };
        for options in MODES.iter().chain(&more) {
            // What serves the tool is not for the program; what else the caller has, is.
            for (ours, serving, words) in [
                ("8</dev/null", "", ""),
                ("8</dev/null", "5>info 6</dev/null", "--info-fd 5 --wait-fd 6"),
                ("3</dev/null 40</", "4>info", "--info-fd 4"),
                ("", "", ""),
            ] {
                let scene = Scene::new();
                scene.hand_over();
                // bash takes descriptors above 9 too, and lists by a builtin; 255 is its own.
                let list = |before: &str, with: &str| {
                    let look = "for f in /proc/$BASHPID/fd/*; do f=${f##*/}; [ $f = 255 ] || [ ! -e /dev/fd/$f ] || echo $f; done";
                    let script = format!("exec {before} bash -c '{look}' {ours} {with}");
                    let shell = scene.cmd("bash").args(["-c", &script]).env("X", bin("xunshare"));
                    let done = if who == Who::Ordinary { shell.ordinary() } else { shell }.run();
                    done.out().to_owned()
                };
                // In a new PID namespace under the old /proc the number is another one.
                let proc =
                    if options.contains("-fp") || options.contains("--init") { "--mount-proc" } else { "" };
                let seen = list(&format!("\"$X\" {map} {options} {proc} {words}"), serving);
                assert_eq!(seen, list("", ""), "{who:?} {options} {words}");
            }
        }
    }
}

#[test]
fn a_descriptor_that_cannot_serve_lets_nothing_run() {
    for who in Who::each("a_descriptor_that_cannot_serve_lets_nothing_run") {
        let map = if who == Who::Ordinary { "-r" } else { "" };
        for mode in ["", "-f", "--init"] {
            for (words, message) in [
                ("--info-fd 5", "cannot use descriptor 5: Bad file descriptor"),
                ("--wait-fd 5", "cannot use descriptor 5: Bad file descriptor"),
                ("--info-fd 2000000000", "cannot use descriptor 2000000000: Bad file descriptor"),
                ("--info-fd 6 6</dev/null", "cannot write the information line: Bad file descriptor"),
                ("--info-fd 6 6>/dev/full", "cannot write the information line: No space left on device"),
                ("--wait-fd 6 6>/dev/null", "cannot wait for the end of file: Bad file descriptor"),
                ("--wait-fd 6 6</", "cannot wait for the end of file: Is a directory"),
            ] {
                let scene = Scene::new();
                scene.hand_over();
                let shell = scene.sh(&format!("exec \"$X\" {map} {mode} {words} touch ran"));
                let done = if who == Who::Ordinary { shell.ordinary() } else { shell }.run();
                done.fails(1, &format!("xunshare: {message}"));
                assert!(!scene.path("ran").exists());
                wait_for("everybody's end", || scene.processes().is_empty());
            }
        }
    }
}

#[test]
fn nobody_waits_for_ever_when_another_process_of_the_tool_is_killed() {
    for who in Who::each("nobody_waits_for_ever_when_another_process_of_the_tool_is_killed") {
        for (options, victim) in
            [("--init", "init"), ("-fp", "program"), ("-f", "program"), ("--init", "tool"), ("-f", "tool")]
        {
            let scene = Scene::new();
            let mut running = informed(who, &scene, options, "true");
            let wait = std::fs::File::options().write(true).open(scene.path("fifo")).unwrap();
            running.line();
            let pid = match victim {
                "tool" => running.pid(),
                "init" => children(running.pid())[0],
                _ => program(running.pid(), options),
            };
            xns_tests::send(pid, nix::sys::signal::Signal::SIGKILL);
            if victim == "tool" {
                // As with the original, the child goes on: it is still waiting for us.
                drop(wait);
            }
            assert_eq!(running.end().signal, Some(9), "{options} {victim}");
            wait_for("everybody's end", || scene.processes().is_empty());
        }
    }
}

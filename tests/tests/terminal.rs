//! On a terminal: job control, Ctrl-C and Ctrl-Z, hints.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::time::Duration;
use xns_tests::{Need, Scene, Terminal, children, need, wait_for};

const CTRL_C: &str = "\x03";
const CTRL_Z: &str = "\x1a";

/// An interactive bash without anybody's start-up files; its prompt is `> `.
const BASH: [&str; 4] = ["bash", "--norc", "--noprofile", "-i"];

fn needs() -> [Need; 2] {
    [Need::UserNamespaces, Need::Program("bash")]
}

/// `xunshare` on a terminal, as the ordinary user.
fn xunshare(scene: &Scene, words: &str) -> Terminal {
    let mut command =
        scene.xunshare().ordinary().words(words).args(BASH).env("PS1", "> ").env("TERM", "dumb");
    Terminal::start(command.std())
}

/// An interactive bash outside, with `$X`.
fn outside(scene: &Scene) -> Terminal {
    let bash = scene.cmd(BASH[0]).args(&BASH[1..]).ordinary();
    let mut bash = bash.env("PS1", "> ").env("TERM", "dumb").env("X", xns_tests::bin("xunshare"));
    Terminal::start(bash.std())
}

/// Waits until a sleep with this argument, below this process, has the terminal and runs.
fn wait_for_sleep(pid: u32, word: &str) {
    wait_for(&format!("sleep {word} in the foreground"), || {
        let mut below = vec![pid];
        while let Some(pid) = below.pop() {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            if line == format!("sleep\0{word}\0").as_bytes() {
                return has_the_terminal(pid);
            }
            below.extend(children(pid));
        }
        false
    });
}

/// proc_pid_stat(5): state, ppid, pgrp, session, tty_nr, tpgid.
fn has_the_terminal(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<_> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    fields.len() > 5 && fields[0] != "T" && fields[2] == fields[5]
}

/// The ways in which a shell can be started.
const WAYS: &[&str] = &[
    "-r -fp --mount-proc",
    "-r --init --mount-proc",
    "-r -m",
    "-r -f",
    "-r -fp --mount-proc --kill-child",
    "-r -f --forward-signals",
    "-r --init --kill-child=TERM",
];

#[test]
fn ctrl_c_is_for_the_program_in_the_shell() {
    if !need("ctrl_c_is_for_the_program_in_the_shell", &needs()) {
        return;
    }
    for way in WAYS {
        let scene = Scene::new();
        let mut terminal = xunshare(&scene, way);
        terminal.expect("> ");
        terminal.line("sleep 1001");
        wait_for_sleep(terminal.pid(), "1001");
        terminal.press(CTRL_C);
        terminal.expect("> ");
        terminal.line("echo status $?");
        terminal.expect("status 130");
        terminal.line("exit 7");
        let (status, signal, _) = terminal.end();
        assert_eq!((status, signal), (Some(7), None), "{way}");
    }
}

#[test]
fn jobs_stop_and_go_on_in_the_shell() {
    if !need("jobs_stop_and_go_on_in_the_shell", &needs()) {
        return;
    }
    for way in WAYS {
        let scene = Scene::new();
        let mut terminal = xunshare(&scene, way);
        let complaints = terminal.expect("> ");
        assert!(!complaints.contains("job control"), "{way}: {complaints}");
        terminal.line("sleep 1002");
        wait_for_sleep(terminal.pid(), "1002");
        terminal.press(CTRL_Z);
        terminal.expect("Stopped");
        terminal.expect("> ");
        terminal.line("bg; jobs -r | wc -l");
        terminal.expect("1\r\n");
        terminal.line("fg");
        terminal.expect("sleep 1002");
        wait_for_sleep(terminal.pid(), "1002");
        terminal.press(CTRL_C);
        terminal.expect("> ");
        terminal.line("jobs | wc -l; exit 3");
        terminal.expect("0\r\n");
        assert_eq!(terminal.end().0, Some(3), "{way}");
    }
}

/// Ctrl-Z stops the whole job, which the shell says once; `fg` continues it, Ctrl-C ends it.
#[test]
fn a_job_of_the_shell_outside() {
    if !need("a_job_of_the_shell_outside", &needs()) {
        return;
    }
    for way in ["-r -f", "-r -u", "-r -f -m", "-r --init", "-r -f --kill-child", "-r -f --forward-signals"] {
        let scene = Scene::new();
        let mut terminal = outside(&scene);
        terminal.expect("> ");
        terminal.line(&format!("$X {way} sleep 1003"));
        wait_for_sleep(terminal.pid(), "1003");
        terminal.press(CTRL_Z);
        terminal.expect("Stopped");
        terminal.expect("> ");
        terminal.line("echo again");
        let between = terminal.expect("again");
        assert!(!between.contains("Stopped"), "{way}: said twice: {between}");
        terminal.line("fg");
        terminal.expect("sleep 1003");
        wait_for_sleep(terminal.pid(), "1003");
        // It is not stopped a second time.
        std::thread::sleep(Duration::from_millis(200));
        terminal.press(CTRL_C);
        terminal.expect("> ");
        terminal.line("echo status $?; jobs");
        let jobs = terminal.expect("status 130");
        assert!(!jobs.contains("Stopped"), "{way}: {jobs}");
        terminal.line("exit 0");
        terminal.end();
        wait_for("every process to be gone", || scene.processes().is_empty());
    }
}

/// A shell that stops itself has the terminal in a group of its own: the job is stopped all the same, and goes on.
#[test]
fn a_shell_can_be_suspended() {
    if !need("a_shell_can_be_suspended", &needs()) {
        return;
    }
    // A PID 1 cannot stop itself: the kernel does not let it. An init's program can.
    for way in
        ["-r -f", "-r -f --kill-child", "-r -fm --forward-signals", "-r --init", "-r --init --kill-child"]
    {
        let scene = Scene::new();
        let mut terminal = outside(&scene);
        terminal.expect("> ");
        // The echo of the line is not to be taken for the prompt.
        terminal.line(&format!("PS1='in''side ' $X {way} bash --norc --noprofile -i"));
        terminal.expect("inside ");
        terminal.line("suspend -f");
        terminal.expect("Stopped");
        terminal.expect("> ");
        terminal.line("echo out$((40 + 2))");
        terminal.expect("out42");
        terminal.line("fg");
        terminal.line("echo in$((50 + 2))");
        terminal.expect("in52");
        terminal.line("sleep 1005");
        wait_for_sleep(terminal.pid(), "1005");
        terminal.press(CTRL_C);
        terminal.expect("inside ");
        terminal.line("exit 6");
        terminal.expect("> ");
        terminal.line("echo status $?");
        terminal.expect("status 6");
        terminal.line("exit");
        terminal.end();
        wait_for("every process to be gone", || scene.processes().is_empty());
    }
}

/// However the program was stopped, the shell outside sees a stopped job.
#[test]
fn a_program_can_stop_itself() {
    if !need("a_program_can_stop_itself", &needs()) {
        return;
    }
    for way in ["-r -f", "-r --init", "-r --init --forward-signals"] {
        for signal in ["TSTP", "STOP", "TTIN"] {
            let scene = Scene::new();
            let mut terminal = outside(&scene);
            terminal.expect("> ");
            terminal.line(&format!("$X {way} sh -c 'kill -{signal} $$; echo went $((40 + 2)); exit 7'"));
            terminal.expect("Stopped");
            terminal.expect("> ");
            terminal.line("fg");
            terminal.expect("went 42");
            terminal.expect("> ");
            terminal.line("echo status $?");
            terminal.expect("status 7");
            terminal.line("exit");
            terminal.end();
            wait_for("every process to be gone", || scene.processes().is_empty());
        }
    }
}

/// A program that reads the size sees it, and one that waits for it is told of a change.
#[test]
fn the_window_has_a_size() {
    if !need("the_window_has_a_size", &needs()) {
        return;
    }
    for way in WAYS {
        let scene = Scene::new();
        let mut terminal = xunshare(&scene, way);
        terminal.expect("> ");
        terminal.resize(33, 77);
        terminal.line("stty size");
        terminal.expect("33 77");
        terminal.line("trap 'stty size' WINCH; echo set");
        terminal.expect("set\r\n> ");
        terminal.resize(44, 88);
        // bash runs the trap when it has read a line.
        terminal.line("");
        terminal.expect("44 88");
        terminal.line("exit 0");
        assert_eq!(terminal.end().0, Some(0), "{way}");
    }
}

/// A bash that hears SIGHUP between its prompt and its first look at the terminal goes on: so it does also when it is started by
/// nobody but another bash.
fn wait_until_it_reads(pid: u32) {
    let reads = |pid: u32| {
        let wchan = std::fs::read_to_string(format!("/proc/{pid}/wchan")).unwrap_or_default();
        ["poll", "select", "wait_woken", "n_tty"].iter().any(|word| wchan.contains(word))
    };
    wait_for("the shell to read", || {
        let mut last = pid;
        while let Some(child) = children(last).first() {
            last = *child;
        }
        last != pid && reads(last)
    });
}

/// The session's leader is killed: the kernel hangs up on the foreground, and reading the terminal fails.
#[test]
fn a_lost_terminal_ends_a_shell() {
    if !need("a_lost_terminal_ends_a_shell", &needs()) {
        return;
    }
    for way in WAYS {
        let scene = Scene::new();
        let mut terminal = outside(&scene);
        terminal.expect("> ");
        // The echo of the line is not to be taken for the prompt.
        terminal.line(&format!("PS1='in''side ' $X {way} bash --norc --noprofile -i"));
        terminal.expect("inside ");
        wait_until_it_reads(terminal.pid());
        xns_tests::send(terminal.pid(), nix::sys::signal::Signal::SIGKILL);
        wait_for(&format!("the end of everything: {way}"), || scene.processes().is_empty());
        drop(terminal);
    }
}

/// A PID 1 without a handler would ignore Ctrl-C; with --init the program is another.
#[test]
fn ctrl_c_ends_what_an_init_runs() {
    if need("ctrl_c_ends_what_an_init_runs", &needs()) {
        let scene = Scene::new();
        let mut terminal = outside(&scene);
        terminal.expect("> ");
        terminal.line("$X -r --init sleep 1004");
        wait_for_sleep(terminal.pid(), "1004");
        terminal.press(CTRL_C);
        terminal.expect("> ");
        terminal.line("echo status $?");
        terminal.expect("status 130");
        terminal.line("exit");
        terminal.end();
        wait_for("every process to be gone", || scene.processes().is_empty());
    }
}

/// Hints come on a terminal without being asked for, and can be switched off.
#[test]
fn hints_come_on_a_terminal() {
    if !need("hints_come_on_a_terminal", &needs()) {
        return;
    }
    for (option, wanted) in
        [("", true), ("--hints=auto", true), ("--hints=never", false), ("--hints=always", true)]
    {
        let scene = Scene::new();
        let mut command = scene.xunshare().ordinary().words(option).words("-u true");
        let (status, _, shown) = Terminal::start(command.std()).end();
        assert_eq!(status, Some(1));
        assert!(shown.starts_with("xunshare: unshare failed: Operation not permitted\r\n"), "{shown}");
        assert_eq!(shown.lines().count() > 1, wanted, "{option}: {shown}");
        let piped = scene.xunshare().ordinary().words(option).words("-u true").run();
        assert_eq!(piped.stderr.lines().count() > 1, option == "--hints=always", "{option}: {piped:?}");
    }
}

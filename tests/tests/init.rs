//! `--init`: a PID 1 that reaps orphans, passes signals on, and ends with the program.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use nix::sys::signal::Signal;
use xns_tests::{Need, Running, Scene, Who, children, need, send, wait_for};

/// A shell under init: init's PID and the shell's, as seen here.
fn start(who: Who, scene: &Scene, options: &str, program: &[&str]) -> (Running, u32, u32) {
    let running = who.xunshare(scene).words("--init").words(options).args(program).start();
    wait_for("init and the program", || {
        children(running.pid()).first().is_some_and(|init| children(*init).len() == 1)
    });
    let init = children(running.pid())[0];
    let program = children(init)[0];
    (running, init, program)
}

fn state(pid: u32) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next()).unwrap_or('-')
}

#[test]
fn the_program_is_pid_2_and_init_reaps_what_it_orphans() {
    for who in Who::each("the_program_is_pid_2_and_init_reaps_what_it_orphans") {
        let scene = Scene::new();
        let (mut shell, init, program) = start(who, &scene, "--mount-proc", &["sh"]);
        assert_eq!(shell.ask("echo $$ $PPID"), "2 1");
        // Each orphan ends after its parent.
        let orphan = "(sleep 0.1 & sleep 0.1 & sleep 0.1 &)";
        assert_eq!(shell.ask(&format!("{orphan}; {orphan}; {orphan}; echo made")), "made");
        wait_for("the orphans' end", || children(init) == [program]);
        assert_eq!(state(init), 'S');
        assert!(shell.end().ok());
    }
}

#[test]
fn it_ends_as_the_program_ends() {
    for who in Who::each("it_ends_as_the_program_ends") {
        let scene = Scene::new();
        for status in [0, 1, 42, 255] {
            let done = who.xunshare(&scene).args(["--init", "sh", "-c", &format!("exit {status}")]).run();
            assert_eq!((done.status, done.stderr.as_str()), (Some(status), ""));
        }
        for signal in [
            Signal::SIGTERM,
            Signal::SIGKILL,
            Signal::SIGHUP,
            Signal::SIGUSR1,
            Signal::SIGINT,
            Signal::SIGPIPE,
        ] {
            let done = who
                .xunshare(&scene)
                .args(["--init", "sh", "-c", &format!("ulimit -c 0; kill -{} $$", signal as i32)])
                .run();
            assert_eq!((done.signal, done.status), (Some(signal as i32), None), "{signal}: {done:?}");
        }
    }
}

#[test]
fn what_the_program_leaves_behind_ends_with_it() {
    for who in Who::each("what_the_program_leaves_behind_ends_with_it") {
        let scene = Scene::new();
        let script = "for i in 1 2 3; do setsid sleep 10000 >/dev/null 2>&1 & done; exit 7";
        let done = who.xunshare(&scene).args(["--init", "sh", "-c", script]).run();
        assert_eq!(done.status, Some(7));
        wait_for("the end of the namespace", || scene.processes().is_empty());
    }
}

/// Those that a process may catch, and that no default would stop the shell before it has said so.
fn catchable() -> Vec<Signal> {
    let never = [Signal::SIGKILL, Signal::SIGSTOP, Signal::SIGCHLD, Signal::SIGSEGV];
    Signal::iterator().filter(|signal| !never.contains(signal)).collect()
}

#[test]
fn every_signal_sent_to_init_reaches_the_program() {
    for who in Who::each("every_signal_sent_to_init_reaches_the_program") {
        let scene = Scene::new();
        let traps: String =
            catchable().iter().map(|signal| format!("trap 'echo {0}' {0};", *signal as i32)).collect();
        // A sleep in the foreground would delay the trap.
        let script = format!("{traps} echo ready; while :; do sleep 1000 & wait; done");
        let (mut shell, init, _) = start(who, &scene, "", &["sh", "-c", &script]);
        assert_eq!(shell.line(), "ready");
        for signal in catchable() {
            send(init, signal);
            assert_eq!(shell.line(), (signal as i32).to_string(), "{who:?} {signal}");
        }
        send(init, Signal::SIGKILL);
        assert_eq!(shell.end().signal, Some(9));
        wait_for("the end of the namespace", || scene.processes().is_empty());
    }
}

#[test]
fn real_time_signals_too() {
    for who in Who::each("real_time_signals_too") {
        let scene = Scene::new();
        for number in [34, 40, 64] {
            let script = format!(
                "trap 'echo {number}; exit' {number}; echo ready; while :; do sleep 1000 & wait; done"
            );
            let (mut shell, init, _) = start(who, &scene, "", &["bash", "-c", &script]);
            assert_eq!(shell.line(), "ready");
            scene.cmd("kill").args([format!("-{number}"), init.to_string()]).run().out();
            assert_eq!(shell.line(), number.to_string());
            assert!(shell.end().ok());
        }
    }
}

#[test]
fn a_signal_without_a_handler_ends_the_program_and_so_all() {
    for who in Who::each("a_signal_without_a_handler_ends_the_program_and_so_all") {
        for signal in [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGUSR1, Signal::SIGUSR2, Signal::SIGALRM] {
            let scene = Scene::new();
            let (running, init, _) = start(who, &scene, "", &["sleep", "1000"]);
            send(init, signal);
            assert_eq!(running.end().signal, Some(signal as i32), "{signal}");
            wait_for("the end of the namespace", || scene.processes().is_empty());
        }
    }
}

#[test]
fn the_program_gets_the_callers_signal_state() {
    for who in Who::each("the_program_gets_the_callers_signal_state") {
        let scene = Scene::new();
        scene.hand_over();
        let map = if who == Who::Ordinary { "-r" } else { "" };
        let look = |before: &str| {
            // 34 is the first real-time signal of glibc; musl keeps it to itself.
            let state = "env --ignore-signal=USR1,PIPE,35 --block-signal=USR2,TERM,34,36";
            let shell = scene.sh(&format!("exec {state} {before} grep -E '^Sig(Blk|Ign)' /proc/self/status"));
            let done = if who == Who::Ordinary { shell.ordinary() } else { shell }.run();
            done.out().to_owned()
        };
        let plain = look("");
        assert!(plain.contains("SigBlk:\t0000000a00004800"), "{plain}");
        for options in ["", "-f", "-fp", "--init"] {
            assert_eq!(look(&format!("\"$X\" {map} {options}")), plain, "{who:?} {options}");
        }
    }
}

/// What init held to take mount points back keeps nothing busy once the program runs.
#[test]
fn init_holds_nothing_of_the_root() {
    for who in Who::each("init_holds_nothing_of_the_root") {
        if !need("init_holds_nothing_of_the_root", &[Need::Program("busybox")]) {
            return;
        }
        let scene = Scene::new();
        scene.busybox_root("root");
        let script = "i=0; until /bin/umount /dev/shm 2>/dev/null; do i=$((i + 1)); [ $i -lt 100 ] || exit 9; sleep 0.05; done";
        let words = "--init --pivot-root root --dev /dev";
        let done = who.xunshare(&scene).words(words).env("PATH", "/bin").args(["sh", "-c", script]).run();
        assert!(done.ok(), "{done:?}");
    }
}

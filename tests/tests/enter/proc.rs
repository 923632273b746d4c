//! `--mount-proc`, the shell that is there, and the script of the plan.

use super::{KINDS, SHOW, all_of, of, program, target, xnsenter};
use xns_tests::{Done, Need, Running, Scene, Who, bin, need, ns};

/// What is entered without its mounts shows the old processes; with one of its own those in there, and for nobody else.
#[test]
fn a_proc_of_the_programs_own() {
    for who in Who::each("a_proc_of_the_programs_own") {
        let scene = Scene::new();
        let (_running, pid) = target(&scene, who, "-fp");
        let own = || std::fs::read_to_string("/proc/self/mountinfo").unwrap();
        let theirs = || std::fs::read_to_string(format!("/proc/{pid}/mountinfo")).unwrap();
        let before = (own(), theirs());
        let run = |words: &str| {
            let cmd = xnsenter(&scene, who).words(&format!("-t {pid} {words}"));
            cmd.args(["sh", "-c", "cat /proc/1/comm; cat /proc/$$/comm; ls -d /proc/[0-9]* | wc -l"]).run()
        };
        for words in [
            "-a --mount-proc",
            "-a --mount-proc=/proc",
            "-a --mount-proc -r -w",
            "-a --mount-proc -r",
            "-a --mount-proc -w",
            "-a --mount-proc --pty",
            "-a --mount-proc -W/",
        ] {
            let done = run(words);
            let lines: Vec<_> = done.out().lines().map(str::trim_end).collect();
            assert_eq!(lines[..2], ["sh", "sh"], "{who:?} {words}: {done:?}");
            assert!(lines[2].trim().parse::<u32>().unwrap() < 8, "{words}: {done:?}");
        }
        let inside = program(xnsenter(&scene, who).words(&format!("-t {pid} -a --mount-proc")));
        let inside = of(&inside);
        for kind in KINDS {
            assert_eq!(ns(inside, kind) == ns(pid, kind), kind != "mnt", "{kind}");
        }
        assert_eq!((own(), theirs()), before, "{who:?}");
        for words in ["-u --mount-proc", "-a -F --mount-proc"] {
            run(words).fails(1, "xnsenter: --mount-proc needs a PID namespace, and a child in it");
        }
    }
}

/// A process with a root of busybox, which has no bash and no zsh.
fn with_busybox(scene: &Scene, who: Who) -> (Running, u32) {
    scene.busybox_root("root");
    scene.hand_over();
    let mut running = who
        .xunshare(scene)
        .words("-fp --pivot-root root --mount-proc /bin/sh -c")
        .args(["echo ready; read line"])
        .start();
    assert_eq!(running.line(), "ready");
    let pid = of(&running);
    (running, pid)
}

#[test]
fn the_shell_that_is_there() {
    let test = "the_shell_that_is_there";
    if !need(test, &[Need::Program("busybox")]) {
        return;
    }
    for who in Who::each(test) {
        let scene = Scene::new();
        let (_running, pid) = with_busybox(&scene, who);
        let run = |tool: &str, words: &str, shell: &str| -> Done {
            let cmd = super::by(&scene, who, tool).words(&format!("-t {pid} {words}")).env("SHELL", shell);
            cmd.input("echo \"$0 $(readlink -f /proc/$$/exe)\"\n").run()
        };
        let tool = bin("xnsenter").display().to_string();
        for shell in ["/no/such/shell", "/usr/bin/zsh", "zsh"] {
            for words in ["-a", "-a -r", "-a -S 0"] {
                assert_eq!(run(&tool, words, shell).out(), "-sh /bin/busybox", "{who:?} {words} {shell}");
            }
        }
        // Under the original's name no other is taken.
        std::os::unix::fs::symlink(&tool, scene.path("nsenter")).unwrap();
        let name = scene.path("nsenter").display().to_string();
        let done = run(&name, "-a", "/no/such/shell");
        done.fails(127, "nsenter: failed to execute /no/such/shell: No such file or directory");
        // Outside of it the caller's own is where it always was.
        let user = if who == Who::Ordinary { "-U -p" } else { "-p" };
        run(&tool, user, "/no/such/shell")
            .fails(127, "xnsenter: failed to execute /no/such/shell: No such file or directory");
    }
}

/// The script that is printed enters the same namespaces, by the tools that are installed.
#[test]
fn the_plans_script_enters_the_same() {
    if !need("the_plans_script_enters_the_same", &[Need::Root, Need::Original("nsenter")]) {
        return;
    }
    for options in ["-muinC -f", "-muin -fp --mount-proc", "-u -f", "-ru -f"] {
        let scene = Scene::new();
        let (_running, pid) = target(&scene, Who::Root, options);
        let files = format!("-u/proc/{pid}/ns/uts -i=/proc/{pid}/ns/ipc");
        for (words, whole) in
            [(format!("-t {pid} -a"), true), (format!("-t {pid} -a -r -w"), true), (files, false)]
        {
            let run = |dry: &str| {
                let cmd = xnsenter(&scene, Who::Root).words(&format!("{dry} {words}"));
                cmd.args(["sh", "-c", SHOW]).run()
            };
            let script = run("--dry-run=sh");
            let by_script = scene.cmd("sh").args(["-ec", script.out()]).run();
            assert_eq!(by_script.out(), run("").out(), "{options} {words}: {}", script.out());
            if whole {
                assert_eq!(by_script.out().lines().collect::<Vec<_>>(), all_of(pid));
            }
        }
    }
}

//! What could not be seen is said, and never is there a table with nothing in it and not a word.

use crate::Here;
use xns_tests::{Done, ORDINARY_UID};

const SCRIPT: &str = "into one unshare -u\ninto own $user unshare -U\ninto other $user unshare -Un\nsettle\nsay ROOTS $(pid 0)\nsay OWN $(pid 1)\n";

/// What is said beside the table, whatever that is.
#[track_caller]
fn told(done: &Done, id: &str, first: &str, because: &str) {
    let lines: Vec<_> = done.stderr.lines().collect();
    assert_eq!(lines[0], format!("xlsns: hint[{id}]: {first}"), "{done:?}");
    assert_eq!(lines[1], format!("  because: {because}"), "{done:?}");
    assert!(done.ok() && done.stdout.lines().count() > 1, "{done:?}");
}

#[test]
fn an_ordinary_user_is_told_how_many_are_missing() {
    let Some(here) = Here::start("an_ordinary_user_is_told_how_many_are_missing", SCRIPT) else { return };
    // The first process and `one` are root's; the user's are two and xlsns.
    let because = format!("process 1 is of uid 0, and you are uid {ORDINARY_UID}");
    let first = "2 of 5 processes could not be read, and are not counted";
    for words in ["", "-J", "-r", "-T", "-t user", "--deep", "-l -o ns"] {
        told(&here.run(true, &format!("exec xlsns {words}")), "XNS-L4-not-all", first, &because);
    }
    for words in ["--quiet", "-J --quiet"] {
        let done = here.run(true, &format!("exec xlsns {words}"));
        assert!(done.ok() && done.stderr.is_empty(), "{done:?}");
    }
    let done = here.run(false, "exec xlsns");
    assert!(done.ok() && done.stderr.is_empty(), "root sees all: {done:?}");
    // Those that are seen are counted right.
    let done = here.run(true, "exec xlsns -n -r -t user -o nprocs,uid");
    let mut lines: Vec<_> = done.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["1 54321"; 3]);
}

/// Root that has given rights away, and would say so of any process that has kept them.
#[test]
fn root_is_told_which_right_is_missing() {
    let Some(here) = Here::start("root_is_told_which_right_is_missing", SCRIPT) else { return };
    let less = "setpriv --bounding-set=-sys_ptrace,-sys_time --inh-caps=-sys_ptrace,-sys_time";
    let done = here.run(false, &format!("exec {less} xlsns"));
    // One's own, and the user's, who have no rights.
    told(
        &done,
        "XNS-L4-not-all",
        "4 of 5 processes could not be read, and are not counted",
        "process 1 has CAP_SYS_PTRACE, CAP_SYS_TIME, which this one has not",
    );
    assert!(!done.stderr.contains("sudo"), "{done:?}");
    let done = here.run(false, &format!("exec {less} xlsns -p 1 --hints=always"));
    done.fails(1, "xlsns: cannot read the namespaces of process 1: Permission denied");
    assert!(done.stderr.contains("which this one has not"), "{done:?}");
}

#[test]
fn processes_that_are_hidden() {
    let Some(here) = Here::start("processes_that_are_hidden", SCRIPT) else { return };
    for (option, shown) in [("hidepid=2", "hidepid=invisible"), ("hidepid=4", "hidepid=ptraceable")] {
        let user = format!("setpriv --reuid={ORDINARY_UID} --regid={ORDINARY_UID} --clear-groups");
        let run = |words: &str| {
            // On the superblock, for all who look; the next remount takes it away.
            let script = format!("mount -o remount,{option} /proc; exec {user} xlsns {words}");
            here.run(false, &script)
        };
        told(
            &run(""),
            "XNS-L6-hidepid",
            "processes of other users are not shown in /proc, and cannot even be counted",
            &format!("/proc is mounted with {shown}"),
        );
        run("-p 1").fails(1, "xlsns: no process 1");
        let done = here.run(false, "mount -o remount,hidepid=0 /proc; exec xlsns");
        assert!(done.stderr.is_empty(), "{done:?}");
    }
}

/// A PID namespace whose `/proc` is still that of the one above.
#[test]
fn numbers_of_another_pid_namespace() {
    let Some(here) = Here::start("numbers_of_another_pid_namespace", SCRIPT) else { return };
    let because = "/proc/self is not this process";
    let first = "/proc shows another PID namespace than the one you are in: these are its PIDs";
    let done = here.run(false, "exec unshare -pf xlsns -o ns,type,pid");
    told(&done, "XNS-L5-foreign-proc", first, because);
    let of_first = |line: &str| line.split_whitespace().skip(1).eq(["pid", "1"]);
    assert!(done.stdout.lines().any(of_first), "{done:?}");
    here.run(false, "exec unshare -pf xlsns -p 99999").fails(1, "xlsns: no process 99999");
    // With one of its own there is nothing to be said.
    let done = here.run(false, "exec unshare -pfm --mount-proc xlsns -l -n -r -o pid -t pid");
    assert!(done.stderr.is_empty() && done.stdout == "1\n", "{done:?}");
}

#[test]
fn without_a_proc() {
    let Some(here) = Here::start("without_a_proc", SCRIPT) else { return };
    let hidden = |words: &str| {
        here.run(false, &format!("exec unshare -m sh -c 'mount -t tmpfs none /proc; exec xlsns {words}'"))
    };
    for words in ["", "-J", "-p 1", "4026531837", "-t net -l", "--deep", "-P"] {
        let done = hidden(words);
        done.fails(1, "xlsns: /proc is no process file system");
        assert_eq!(done.stdout, "", "{words}");
    }
    let done = hidden("--hints=always");
    assert!(done.stderr.contains("hint[XNS-L7-no-proc]"), "{done:?}");
    let root = here.among.scene.busybox_root("bare");
    std::fs::remove_dir(root.join("proc")).unwrap();
    xns_tests::copy_program(xns_tests::bin("xlsns"), root.join("bin/xlsns"));
    // A build that is not static has its libraries there.
    let script =
        "mkdir usr lib lib64; for d in usr lib lib64; do mount --bind /$d $d; done; exec chroot . /bin/xlsns";
    let script = format!("cd {} && {script}", root.display());
    let done = here.run(false, &format!("exec unshare -m sh -c '{script}'"));
    done.fails(1, "xlsns: cannot open /proc: No such file or directory");
}

#[test]
fn a_process_that_is_not_there_or_not_ones_own() {
    let Some(here) = Here::start("a_process_that_is_not_there_or_not_ones_own", SCRIPT) else { return };
    for words in ["-p 99999", "-p 2147483647", "-J -p 99999", "-p 99999 -t net", "-T -p 99999"] {
        let done = here.run(false, &format!("exec xlsns {words}"));
        assert_eq!((done.status, done.stdout.as_str()), (Some(1), ""), "{done:?}");
        assert!(done.stderr.starts_with("xlsns: no process "), "{done:?}");
    }
    let done = here.run(false, "exec xlsns --hints=always -p 99999");
    assert!(done.stderr.contains("hint[XNS-L2-no-process]"), "{done:?}");
    for words in ["-p $ROOTS", "-p 1 -J", "-T -p $ROOTS", "-p 1 -t uts"] {
        let done = here.run(true, &format!("exec xlsns {words}"));
        assert_eq!((done.status, done.stdout.as_str()), (Some(1), ""), "{done:?}");
        assert!(done.stderr.starts_with("xlsns: cannot read the namespaces of process "), "{done:?}");
    }
    let done = here.run(true, "exec xlsns --hints=always -p 1");
    assert!(
        done.stderr.contains("hint[XNS-L3-unreadable]") && done.stderr.contains("is of uid 0"),
        "{done:?}"
    );
    // One's own is, though others are not.
    let done = here.run(true, "exec xlsns -n -p $OWN -t user -o nprocs,pid");
    assert_eq!(done.stdout.split_whitespace().collect::<Vec<_>>(), ["1", &here.said["OWN"]], "{done:?}");
    here.run(false, "exec xlsns 12345").fails(1, "xlsns: not found namespace: 12345");
    here.run(false, "exec xlsns -t net $(stat -Lc %i /proc/1/ns/uts)")
        .status
        .filter(|status| *status == 1)
        .unwrap();
}

/// Every look says so, not only the list.
#[test]
fn each_look_tells_what_it_could_not_read() {
    let script = "into hidden unshare -n\nsettle\nsay HIDDEN $(ino /proc/$(pid 0)/ns/net)\nsay OWN $(ino /proc/self/ns/uts)\n";
    let Some(here) = Here::start("each_look_tells_what_it_could_not_read", script) else { return };
    for (words, status) in
        [("$HIDDEN", 1), ("--detail $HIDDEN", 1), ("--detail $OWN", 0), ("--graph", 0), ("-t net", 0)]
    {
        let done = here.run(true, &format!("exec xlsns {words}"));
        assert_eq!(done.status, Some(status), "{words}: {done:?}");
        assert!(done.stderr.contains("hint[XNS-L4-not-all]: "), "{words}: {done:?}");
        let quiet = here.run(true, &format!("exec xlsns --hints=never {words}"));
        assert!(!quiet.stderr.contains("hint["), "{words}: {quiet:?}");
    }
    let watched = here.run(true, "timeout -s INT 0.3 xlsns --watch=0.1");
    assert!(watched.stderr.contains("hint[XNS-L4-not-all]: "), "{watched:?}");
    // The wrong kind is not the one that was asked for.
    here.run(false, "exec xlsns --detail -t net $OWN")
        .fails(1, &format!("xlsns: not found namespace: {}", here.number("OWN")));
}

#[test]
fn what_a_look_cannot_heed_is_refused() {
    let Some(here) = Here::start("what_a_look_cannot_heed_is_refused", "") else { return };
    for (words, status, pair) in [
        ("--graph -J", 1, "--graph --json"),
        ("--graph -p 1", 1, "--graph --task"),
        ("--watch -r", 1, "--watch --raw"),
        ("--detail -r -p 1", 1, "--detail --raw"),
        ("--compare -o NS 1 1", 2, "--compare --output"),
        ("--compare --deep 1 1", 2, "--compare --deep"),
        ("--compare --graph 1 1", 2, "--compare --graph"),
    ] {
        let done = here.run(false, &format!("exec xlsns {words}"));
        done.fails(status, &format!("xlsns: mutually exclusive arguments: {pair}"));
    }
}

//! xcgexec and xcgroup that cannot go on: what was done is taken back. Full disks, closed descriptors, missing rights.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::path::{Path, PathBuf};
use xns_tests::groups::{self, OwnGroup};
use xns_tests::{Cmd, Done, Need, ORDINARY_UID, Running, Scene, bin, need, wait_for};

const NEEDS: [Need; 2] = [Need::Root, Need::Version1(&["cpu", "memory", "cpuset", "pids"])];

fn xcgroup(words: &[&str]) -> Done {
    groups::in_roots(Cmd::new(bin("xcgroup")).args(words)).run()
}

/// A group of that name in every hierarchy.
fn group(limits: &[&str]) -> OwnGroup {
    let group = OwnGroup::new();
    let words = [&["create", group.name()], limits].concat();
    assert_eq!(xcgroup(&words).out(), "");
    group
}

fn value(group: &OwnGroup, controller: &str, file: &str) -> String {
    let directory = groups::controller(controller).unwrap().0.join(group.name());
    std::fs::read_to_string(directory.join(file)).unwrap().trim_end().to_owned()
}

fn sleeper(scene: &Scene) -> Running {
    groups::in_roots(scene.cmd("sleep").args(["1000"])).start()
}

/// The groups of a process, by hierarchy.
fn groups_of(pid: u32) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap()
}

#[test]
fn values_before_come_back() {
    if !need("values_before_come_back", &NEEDS) {
        return;
    }
    let group = group(&["--memory", "64M", "--pids", "9", "--cpuset", "0"]);
    let all = || {
        ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"]
            .map(|file| value(&group, "memory", file))
            .join(" ")
            + &value(&group, "pids", "pids.max")
            + &value(&group, "cpuset", "cpuset.cpus")
            + &value(&group, "cpu", "cpu.cfs_quota_us")
    };
    let before = all();
    for words in [
        &["--memory", "32M", "--cpu", "50%", "--cpuset", "0-1", "pids.max=x"][..],
        &["--memory", "128M", "--set", "pids.none=1"],
        &["--cpu", "2", "--cpuset", "8000"],
        &["--pids", "5", "cpu.cfs_quota_us=5"],
    ] {
        let done = xcgroup(&[&["set", group.name()], words].concat());
        assert_eq!((done.status, done.stdout.as_str()), (Some(1), ""), "{words:?}: {done:?}");
        assert_eq!(all(), before, "{words:?}: {done:?}");
    }
}

#[test]
fn who_was_moved_goes_back() {
    if !need("who_was_moved_goes_back", &NEEDS) {
        return;
    }
    let (scene, first, second) = (Scene::new(), group(&[]), group(&[]));
    let (one, gone) = (sleeper(&scene), sleeper(&scene).pid());
    wait_for("its end", || !Path::new(&format!("/proc/{gone}")).exists());
    let pid = one.pid().to_string();
    assert_eq!(xcgroup(&["add", first.name(), &pid]).out(), "");
    let before = groups_of(one.pid());
    assert!(before.contains(first.name()));
    let done = xcgroup(&["--hints=always", "add", second.name(), &pid, &gone.to_string()]);
    assert_eq!(done.status, Some(1));
    assert!(done.stderr.starts_with(&format!("xcgroup: cannot move process {gone} to ")), "{done:?}");
    assert!(done.stderr.contains("hint[XNS-E46-no-process]"), "{done:?}");
    assert_eq!(groups_of(one.pid()), before);
}

#[test]
fn of_several_groups_all_are_made_or_none() {
    if !need("of_several_groups_all_are_made_or_none", &NEEDS) {
        return;
    }
    let (one, other) = (OwnGroup::new(), OwnGroup::new());
    let done = xcgroup(&["create", one.name(), &format!("{}/a/b", other.name()), "--set", "pids.max=x"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert_eq!((one.directories(), other.directories()), (Vec::<PathBuf>::new(), Vec::new()));
    // What was there before stays.
    let there = group(&[]);
    let done = xcgroup(&["create", there.name(), &format!("{}/in", there.name()), "--set", "pids.max=x"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(
        !there.directories().is_empty() && there.directories().iter().all(|dir| !dir.join("in").exists())
    );
}

/// Version 1 refuses what it cannot reclaim.
#[test]
fn a_limit_below_what_is_used() {
    let test = "a_limit_below_what_is_used";
    let swap = std::fs::read_to_string("/proc/swaps").unwrap().lines().count() > 1;
    if swap || !need(test, &NEEDS) {
        return;
    }
    let (scene, group) = (Scene::new(), group(&["--memory", "256M"]));
    // tail keeps the last line, which is as long as that.
    let holds = "{ head -c 30000000 /dev/zero; echo held >&2; read -r x; } | tail -n 1 > /dev/null";
    let words = ["-g", &format!("memory:{}", group.name()), "sh", "-c", holds];
    let holder = scene.cmd(bin("xcgexec")).args(words).start();
    wait_for("its memory", || {
        value(&group, "memory", "memory.usage_in_bytes").parse::<u64>().unwrap() > 30_000_000
    });
    let before = value(&group, "memory", "memory.limit_in_bytes");
    let done = xcgroup(&["--hints=always", "set", group.name(), "--pids", "7", "memory.limit_in_bytes=4M"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(
        done.stderr.lines().next().unwrap().ends_with("memory.limit_in_bytes: Device or resource busy"),
        "{done:?}"
    );
    assert!(done.stderr.contains("hint[XNS-C6-"), "{done:?}");
    assert_eq!(value(&group, "memory", "memory.limit_in_bytes"), before);
    assert_eq!(value(&group, "pids", "pids.max"), "max");
    drop(holder);
}

/// Runs xcgexec; answers also which groups of its run are left.
fn run(scene: &Scene, script: &str) -> (Done, Vec<PathBuf>) {
    let shell = scene.cmd("sh").args(["-ec", &format!("exec \"$X\" {script}")]);
    let running = groups::in_roots(shell.env("X", bin("xcgexec"))).start();
    let pid = running.pid();
    (running.end(), groups::run_groups(pid))
}

#[test]
fn reports_that_cannot_be_written() {
    if !need("reports_that_cannot_be_written", &NEEDS) {
        return;
    }
    let scene = Scene::new();
    scene.subdir("dir");
    let before = scene.listing();
    for (file, why) in [("dir", "Is a directory"), ("none/x", "No such file or directory")] {
        let (done, left) = run(&scene, &format!("--pids 5 --report={file} touch ran"));
        done.fails(125, &format!("xcgexec: cannot open {file}: {why}"));
        assert_eq!((left, scene.listing()), (Vec::new(), before.clone()), "{done:?}");
    }
    // Once the program has run, its status stays.
    let (done, left) = run(&scene, "--pids 5 --report=/dev/full sh -c 'exit 7'");
    done.fails(7, "xcgexec: cannot write the report: No space left on device");
    assert_eq!(left, Vec::<PathBuf>::new());
    let (done, left) = run(&scene, "--pids 5 --report sh -c 'exit 7' 2> /dev/full");
    assert_eq!((done.status, left), (Some(7), Vec::new()), "{done:?}");
    // What cannot be set leaves no report file, and a file that was there as it was.
    scene.file("old", "old text");
    let before = scene.listing();
    for file in ["new", "old"] {
        let (done, left) = run(&scene, &format!("--report={file} --set pids.max=x touch ran"));
        assert_eq!((done.status, left, scene.listing()), (Some(125), Vec::new(), before.clone()), "{done:?}");
    }
}

#[test]
fn full_and_closed_streams() {
    if !need("full_and_closed_streams", &NEEDS) {
        return;
    }
    let scene = Scene::new();
    let before = scene.listing();
    for form in ["text", "json", "sh", "v1+v2"] {
        let (done, left) = run(&scene, &format!("--pids 5 --dry-run={form} true > /dev/full"));
        done.fails(125, "xcgexec: write error: No space left on device");
        assert_eq!(left, Vec::<PathBuf>::new());
    }
    for verb in ["list", "layout", "create xns-never --dry-run"] {
        let done = scene
            .cmd("sh")
            .args(["-ec", &format!("exec \"$G\" {verb} > /dev/full")])
            .env("G", bin("xcgroup"));
        done.run().fails(1, "xcgroup: write error: No space left on device");
    }
    // Closed in all combinations: the program finds them closed, failures have their status, nothing is left.
    let look = "for n in 0 1 2 3 4 5 6 7 8 9; do [ -e /proc/self/fd/$n ] && printf %s $n; done > seen 2> /dev/null; exit 5";
    for set in 0..8 {
        let words = [(1, "<&-"), (2, ">&-"), (4, "2>&-")].iter().filter(|(bit, _)| set & bit != 0);
        let closing: Vec<_> = words.map(|(_, word)| *word).collect();
        let closing = closing.join(" ");
        let plain = scene.cmd("sh").args(["-c", &format!("exec sh -c '{look}' {closing}")]).run();
        let expected = std::fs::read_to_string(scene.path("seen")).unwrap();
        for options in [
            "-g pids:/",
            "--pids 20",
            "--pids 20 --report=report",
            "--pids 20 --explain",
            "--cpuset 0 --report",
        ] {
            let (done, left) = run(&scene, &format!("{options} sh -c '{look}' {closing}"));
            let seen = std::fs::read_to_string(scene.path("seen")).unwrap();
            assert_eq!(
                (done.status, &seen, left),
                (plain.status, &expected, Vec::new()),
                "{options} {closing} {done:?}"
            );
        }
        for (words, status) in
            [("--pids 20 ./none", 127), ("--pids x true", 125), ("--set pids.max=x true", 125)]
        {
            let (done, left) = run(&scene, &format!("{words} {closing}"));
            assert_eq!((done.status, left), (Some(status), Vec::new()), "{words} {closing} {done:?}");
        }
        for file in ["seen", "report"] {
            std::fs::remove_file(scene.path(file)).unwrap();
        }
        assert_eq!(scene.listing(), before);
    }
}

/// Who stops reading what is told does not keep the group from being removed; the program dies of it as ever.
#[test]
fn a_broken_pipe_leaves_no_group() {
    if !need("a_broken_pipe_leaves_no_group", &NEEDS) {
        return;
    }
    let scene = Scene::new();
    for (options, program, status) in [
        ("--report", "exit 7", "7"),
        // The last line before the exec is the program's process's own.
        ("--explain", "exit 7", "141"),
        ("--report", "echo told >&2; echo told >&2; exit 7", "141"),
    ] {
        // By $P, so that nothing has to be quoted twice.
        let script = format!(
            "mkfifo none; (exec < none) & exec 3> none; wait; rm none; \
             sh -c 'echo $$; exec \"$X\" --pids 20 {options} sh -c \"$P\"' 2>&3 || echo $?"
        );
        let done = groups::in_roots(
            scene.cmd("sh").args(["-c", &script]).env("X", bin("xcgexec")).env("P", program),
        )
        .run();
        let (pid, ended) = done.stdout.trim_end().split_once('\n').unwrap();
        assert_eq!(ended, status, "{options} {program}: {done:?}");
        assert_eq!(
            groups::run_groups(pid.parse().unwrap()),
            Vec::<PathBuf>::new(),
            "{options} {program}: {done:?}"
        );
    }
}

/// The file, or the ancestor, and whose it is.
#[test]
fn who_may_not_is_told_which_file() {
    if !need("who_may_not_is_told_which_file", &NEEDS) {
        return;
    }
    let (scene, group) = (Scene::new(), group(&[]));
    scene.hand_over();
    let name = group.name();
    let you = format!("belongs to uid 0; you are uid {ORDINARY_UID}");
    let pids = groups::controller("pids").unwrap().0;
    let mine = sleeper(&scene);
    let cases: [(&str, i32, Vec<String>, &str, PathBuf); 6] = [
        (
            "xcgexec",
            125,
            vec!["-g".into(), format!("pids:{name}"), "true".into()],
            "XNS-E43-not-yours",
            pids.join(name).join("tasks"),
        ),
        (
            "xcgexec",
            125,
            vec!["--pids".into(), "5".into(), "true".into()],
            "XNS-C2-not-yours",
            PathBuf::new(),
        ),
        (
            "xcgexec",
            125,
            vec!["-g".into(), format!("pids:{name}"), "--pids".into(), "5".into(), "true".into()],
            "XNS-C2-not-yours",
            PathBuf::new(),
        ),
        ("xcgroup", 1, vec!["create".into(), format!("{name}/in")], "XNS-E43-not-yours", PathBuf::new()),
        (
            "xcgroup",
            1,
            vec!["set".into(), name.into(), "pids.max=5".into()],
            "XNS-C2-not-yours",
            pids.join(name).join("pids.max"),
        ),
        (
            "xcgroup",
            1,
            vec!["add".into(), name.into(), mine.pid().to_string()],
            "XNS-E43-not-yours",
            PathBuf::new(),
        ),
    ];
    for (tool, status, words, hint, file) in cases {
        let script = "for f in /sys/fs/cgroup/*/tasks; do echo 0 > $f; done; exec setpriv --reuid=54321 --regid=54321 --clear-groups \"$@\"";
        let command = scene
            .cmd("sh")
            .args(["-c", script, "sh"])
            .args([bin(tool)])
            .args(["--hints=always"])
            .args(&words);
        let running = command.start();
        let pid = running.pid();
        let done = running.end();
        assert_eq!((done.status, groups::run_groups(pid)), (Some(status), Vec::new()), "{words:?} {done:?}");
        assert!(done.stderr.contains(&format!("hint[{hint}]")), "{words:?} {done:?}");
        assert!(done.stderr.contains(&format!("you are uid {ORDINARY_UID}")), "{words:?} {done:?}");
        if file != Path::new("") {
            assert!(done.stderr.contains(&format!("{} {you}", file.display())), "{words:?} {done:?}");
        }
    }
    assert_eq!(value(&group, "pids", "pids.max"), "max");
}

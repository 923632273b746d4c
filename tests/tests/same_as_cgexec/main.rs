//! The same command lines on the installed `cgexec` and on ours, called by that name: same status, same output, the same first
//! line of complaint, and the program in the same groups. Ours says more in further lines.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod cases;
mod groups;
mod terminal;

use groups::Groups;
use std::path::{Path, PathBuf};
use xns_tests::side_by_side::{Case, Outcome, judge, which};
use xns_tests::{Done, Need, Scene, bin, need};

/// The controllers that the cases use.
const CONTROLLERS: &[&str] = &["cpu", "cpuacct", "cpuset", "memory", "pids", "devices", "freezer", "blkio"];

const VERSION1: &[Need] = &[Need::Root, Need::Cgexec, Need::Version1(CONTROLLERS)];

/// What the scripts use. In a directory with another working directory it is `$JAIL MOUNTS COMMAND` and `$RULES LINE COMMAND`.
const FILES: &[(&str, &str)] = &[
    // The command in a root directory of its own, in which the mounts made are the only ones; the tool is /cgexec.
    (
        "jail",
        r#"exec unshare -m sh -ec '
            mount --make-rprivate /; mkdir -p ../jail; cd ../jail
            mkdir usr proc a b "c d"; ln -s usr/bin usr/lib usr/lib64 .
            mount --bind /usr usr; mount -t proc proc proc; cp -L $T cgexec
            eval "$1"; exec chroot . /bin/sh -c "$2"' sh "$@""#,
    ),
    // The command where this line is the whole of the rules.
    (
        "rules",
        r#"exec unshare -m sh -ec '
            mount --make-rprivate /; mkdir ../etc; cp /etc/passwd /etc/group ../etc
            cp /etc/ld.so.cache ../etc || :; echo "$1" > ../etc/cgrules.conf; mount --bind ../etc /etc; exec sh -c "$2"' sh "$@""#,
    ),
    // PID, parent, process group and session of the shell that reads it.
    ("ids", r#"set -- $(cut -d' ' -f1,4-6 /proc/$$/stat); echo $*"#),
    ("work/bare", "echo from a script without a first line: $0"),
    ("work/orphan", "#!/no/such/interpreter"),
    ("work/plain", "echo"),
    ("work/one/tool", "echo"),
    ("work/two/tool", "#!/bin/sh\necho found $0"),
];

/// A directory with what the scripts use, and the tool under the name `cgexec`.
fn scene(tool: &Path) -> Scene {
    let scene = Scene::new();
    for (name, text) in FILES {
        scene.file(name, &format!("{text}\n"));
    }
    scene.subdir("work/dir");
    scene.cmd("chmod").args(["+x", "work/bare", "work/orphan", "work/two/tool"]).run().out();
    scene.subdir("tool");
    std::os::unix::fs::symlink(tool, scene.path("tool/cgexec")).unwrap();
    scene.hand_over();
    scene
}

/// What the shell of a case finds.
fn environment(scene: &Scene, groups: &Groups) -> Vec<(&'static str, String)> {
    let path = |name: &str| scene.path(name).display().to_string();
    vec![
        ("T", path("tool/cgexec")),
        ("G", groups.name().to_owned()),
        ("R", "/sys/fs/cgroup".to_owned()),
        // What the program shows of itself.
        ("S", format!("grep {} /proc/self/cgroup", groups.name())),
        ("JAIL", format!("sh {}", path("jail"))),
        ("RULES", format!("sh {}", path("rules"))),
        ("IDS", path("ids")),
        ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin".to_owned()),
    ]
}

/// Runs a case with this tool.
fn run(case: &Case, tool: &Path) -> Outcome {
    // Dropped last: when the scene has ended every process.
    let groups = Groups::new();
    let scene = scene(tool);
    scene.file("case", case.script);
    let mut command = scene.cmd("sh").args(["../case"]).dir(scene.path("work"));
    for (name, value) in environment(&scene, &groups) {
        command = command.env(name, value);
    }
    if case.ordinary {
        command = command.ordinary();
    }
    let Done { status, signal, stdout, stderr } = command.run();
    let same = |text: &str| {
        let text = text.replace(scene.path("tool/cgexec").to_str().unwrap(), "TOOL");
        text.replace(scene.dir().to_str().unwrap(), "SCENE").replace(groups.name(), "GROUP")
    };
    let (stdout, first) = (same(&stdout), same(stderr.lines().next().unwrap_or("")));
    drop(scene);
    groups.remove();
    (status, signal, stdout, first)
}

/// Ours.
fn ours() -> PathBuf {
    bin("xcgexec")
}

/// Fails the test unless every case does on both what is known of it.
#[track_caller]
fn compare(test: &str, needs: &[Need], cases: &[Case]) {
    if !need(test, needs) {
        return;
    }
    let (ours, theirs) = (ours(), which("cgexec"));
    let differs = |case: &Case| judge(case, (2, 0), &run(case, &ours), &run(case, &theirs));
    let wrong: Vec<_> = cases.iter().filter_map(differs).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn groups_and_paths() {
    compare("groups_and_paths", VERSION1, cases::JOINED);
}

#[test]
fn wrong_specifications() {
    compare("wrong_specifications", VERSION1, cases::WRONG);
}

#[test]
fn options() {
    compare("options", VERSION1, cases::OPTIONS);
}

#[test]
fn programs() {
    compare("programs", VERSION1, cases::PROGRAMS);
}

#[test]
fn in_place() {
    compare("in_place", VERSION1, cases::IN_PLACE);
}

#[test]
fn what_the_kernel_refuses() {
    compare("what_the_kernel_refuses", VERSION1, cases::REFUSED);
}

#[test]
fn limits_hold() {
    compare("limits_hold", VERSION1, cases::LIMITS);
}

#[test]
fn mounts() {
    compare("mounts", VERSION1, cases::MOUNTS);
}

#[test]
fn hybrid() {
    let needs = [VERSION1, &[Need::File("/sys/fs/cgroup/unified/cgroup.procs")]].concat();
    compare("hybrid", &needs, cases::HYBRID);
}

#[test]
fn rules() {
    compare("rules", VERSION1, cases::RULES);
}

/// A group of version 2 that has controllers: in a guest, or where there is no version 1.
#[test]
fn version_2() {
    compare("version_2", &[Need::Root, Need::Cgexec, Need::Version2(&["memory", "pids"])], cases::VERSION2);
}

/// What we refuse and the original does, or the other way round: nothing is run, and why is said.
#[test]
fn where_the_original_is_unsafe() {
    if !need("where_the_original_is_unsafe", VERSION1) {
        return;
    }
    let ours = ours();
    let mut wrong = Vec::new();
    for (script, expected) in cases::UNSAFE {
        let case = xns_tests::side_by_side::root(script);
        let (status, _, stdout, first) = run(&case, &ours);
        if status != Some(*expected) || !stdout.is_empty() || first.is_empty() {
            wrong.push(format!("{script}\n    {status:?}, not {expected}; {stdout:?} {first:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_enough_cases() {
    use cases::*;
    let all = [JOINED, WRONG, OPTIONS, PROGRAMS, IN_PLACE, REFUSED, LIMITS, MOUNTS, HYBRID, RULES];
    assert!(all.iter().map(|cases| cases.len()).sum::<usize>() >= 140);
}

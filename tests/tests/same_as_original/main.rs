//! The same command lines on the installed `unshare` and on ours: same output, same complaints, same status.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod cases;

use cases::{Case, Known};
use xns_tests::{Done, Need, Scene, bin, need, stay_on_one_cpu};

/// Everything that the command line can see is the same for both: the mounts, the files, the tool's name.
const OUTER: &str = r#"
    mount --make-rshared /
    mount --make-private --bind pins pins
    cd work
    . ../case
"#;

/// As the tool is called, in its own directory: `ours/unshare`, `theirs/unshare`.
fn scene() -> Scene {
    let scene = Scene::new();
    scene.busybox_root("root");
    scene.subdir("pins");
    scene.subdir("work");
    for name in ["pins/a", "pins/b"] {
        scene.file(name, "");
    }
    for (dir, tool) in [("ours", bin("xunshare")), ("theirs", which("unshare"))] {
        let dir = scene.subdir(dir);
        std::os::unix::fs::symlink(tool, dir.join("unshare")).unwrap();
    }
    let script = "printf 'echo from a script without a first line: $0 $1\\n' > work/plain; chmod +x work/plain; \
                  printf '#!/no/such/interpreter\\n' > work/orphan; chmod +x work/orphan; \
                  mkdir work/dir work/path; printf '#!/bin/sh\\necho found $0\\n' > work/path/tool; chmod +x work/path/tool; \
                  printf '#!/bin/sh\\necho here\\n' > work/tool; chmod +x work/tool; \
                  cp -r work/path work/refused; chmod -x work/refused/tool; \
                  printf '#!/bin/sh\\nps -o args= $$\\n' > work/shell; chmod +x work/shell";
    assert!(scene.sh(script).run().ok());
    scene.hand_over();
    scene
}

fn which(program: &str) -> std::path::PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file()).unwrap()
}

/// The installed version: (2, 38).
fn installed() -> (u32, u32) {
    let version = Scene::new().cmd("unshare").args(["--version"]).run();
    let words = version.out().rsplit(' ').next().unwrap().to_owned();
    let mut numbers = words.split(['.', '-']).map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap(), numbers.next().unwrap())
}

/// Runs a case with the tool of this directory. Paths and numbers of processes are made the same.
fn run(case: &Case, which: &str) -> (Option<i32>, Option<i32>, String, String) {
    let scene = scene();
    scene.file("case", case.script);
    let user = if case.ordinary { "setpriv --reuid=54321 --regid=54321 --clear-groups" } else { "" };
    let script = OUTER.replace(". ../case", &format!("exec {user} sh ../case"));
    let tool = scene.path(which).join("unshare");
    let mut command = scene.private_sh(&script).env("T", &tool).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command.std().env_remove("SHELL");
    let Done { status, signal, stdout, stderr } = command.run();
    let same = |text: String| {
        let text =
            text.replace(tool.to_str().unwrap(), "TOOL").replace(scene.dir().to_str().unwrap(), "SCENE");
        without_pids(&text)
    };
    (status, signal, same(stdout), same(stderr))
}

fn without_pids(text: &str) -> String {
    let mut parts = text.split("/proc/").map(str::to_owned).collect::<Vec<_>>();
    for part in &mut parts[1..] {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        *part = if rest.len() < part.len() { format!("N{rest}") } else { part.clone() };
    }
    parts.join("/proc/")
}

/// What is wrong with the case, if anything is.
fn judge(case: &Case, version: (u32, u32)) -> Option<String> {
    let (ours, theirs) = (run(case, "ours"), run(case, "theirs"));
    let same = ours == theirs;
    let both = || format!("{}\n    ours:   {ours:?}\n    theirs: {theirs:?}", case.script);
    match case.known {
        Known::Same if same => None,
        Known::Same => Some(both()),
        Known::Since(minor, _) if version >= (2, minor) => (!same).then(both),
        // An older one differs as said, or the case's version is wrong.
        Known::Since(_, why) | Known::Differs(why) => {
            same.then(|| format!("{}\n    no longer differs: {why}", case.script))
        }
    }
}

fn compare(test: &str, cases: &[Case]) {
    let needs = [Need::Root, Need::Original("unshare"), Need::Program("busybox"), Need::UserNamespaces];
    if !need(test, &needs) {
        return;
    }
    // Linux 6.18 numbers namespaces in a batch for each CPU and takes the number for the age: a mount namespace that seems
    // older than the one it is pinned in is refused (EINVAL), now and then, to both.
    stay_on_one_cpu();
    let version = installed();
    let wrong: Vec<_> = cases.iter().filter_map(|case| judge(case, version)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn wrong_command_lines() {
    compare("wrong_command_lines", cases::WRONG);
}

#[test]
fn numbers_and_maps() {
    compare("numbers_and_maps", cases::MAPS);
}

#[test]
fn mounts_and_directories() {
    compare("mounts_and_directories", cases::MOUNTS);
}

#[test]
fn statuses_and_signals() {
    compare("statuses_and_signals", cases::ENDS);
}

#[test]
fn programs_and_shells() {
    compare("programs_and_shells", cases::PROGRAMS);
}

#[test]
fn there_are_enough_cases() {
    let all = [cases::WRONG, cases::MAPS, cases::MOUNTS, cases::ENDS, cases::PROGRAMS];
    assert!(all.iter().map(|cases| cases.len()).sum::<usize>() >= 60);
}

//! The scripts that `--dry-run=sh` of xcgexec and xcgroup prints, run by a plain shell, lead where the real run leads.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use xns_tests::groups::{self, Hierarchy, OwnGroup};
use xns_tests::{Cmd, Done, Need, Running, Scene, bin, need};

/// Command lines without their program; `G` is a group that is there.
const LAUNCHES: &[&[&str]] = &[
    &["-g", "cpu:G"],
    &["-g", "cpu,memory:G", "-g", "pids:G/in"],
    &["-g", "*:/"],
    &["--memory", "50M", "--pids", "20"],
    &["--memory", "50M", "--swap", "10M", "--cpu", "50%", "--cpu-weight", "200"],
    &["--cpuset", "0", "--report=report"],
    &["--device-deny", "c 1:5 r", "--remaining=wait"],
    &["--device", "c 1:5 r"],
    &["-g", "pids:G", "--pids", "5"],
    &["--set", "pids.max=7"],
];

/// Command lines of xcgroup; `N` is a group that is not there, `FULL` one with a process, `PID` a process.
const VERBS: &[&[&str]] = &[
    &["create", "N"],
    &["create", "N/in", "--memory", "50M", "--pids", "7", "--cpuset", "0"],
    &["create", "N", "--device", "c 1:5 r"],
    &["set", "G", "--pids", "9", "memory.limit_in_bytes=64M"],
    &["set", "G", "--cpu", "1.5", "--device-deny", "c 1:5 r"],
    &["add", "G", "PID"],
    &["freeze", "FULL"],
    &["thaw", "FULL"],
    &["kill", "FULL"],
    &["delete", "G/in"],
    &["delete", "-r", "G"],
    &["delete", "--kill", "FULL"],
    &["delegate", "G", "54321"],
    &["delegate", "--undo", "G"],
];

/// Files that may differ.
const FILES: [&str; 12] = [
    "pids.max",
    "memory.limit_in_bytes",
    "memory.memsw.limit_in_bytes",
    "cpu.cfs_quota_us",
    "cpu.shares",
    "cpuset.cpus",
    "cpuset.mems",
    "devices.list",
    "freezer.state",
    "cgroup.freeze",
    "cgroup.subtree_control",
    "cgroup.procs",
];

/// What a command line names.
struct Ground {
    scene: Scene,
    groups: [OwnGroup; 3],
    process: Running,
    member: Running,
}

impl Ground {
    fn new() -> Self {
        let (scene, groups) = (Scene::new(), [OwnGroup::new(), OwnGroup::new(), OwnGroup::new()]);
        let sleep = || groups::in_roots(scene.cmd("sleep").args(["1000"])).start();
        let (process, member) = (sleep(), sleep());
        let ground = Ground { scene, groups, process, member };
        let [there, _, full] = ground.names();
        ground.xcgroup(&["create".into(), there.into(), format!("{there}/in").into(), full.into()]);
        ground.xcgroup(&["add".into(), full.into(), ground.member.pid().to_string().into()]);
        ground
    }

    fn names(&self) -> [&str; 3] {
        [self.groups[0].name(), self.groups[1].name(), self.groups[2].name()]
    }

    fn xcgroup(&self, words: &[OsString]) -> Done {
        let done = groups::in_roots(self.scene.cmd(bin("xcgroup")).args(words)).run();
        assert!(done.ok() && done.stderr.is_empty(), "{words:?}: {done:?}");
        done
    }

    fn words(&self, line: &[&str]) -> Vec<OsString> {
        let [there, new, full] = self.names();
        let word = |word: &&str| match word.split_once('/').unwrap_or((word, "")) {
            ("G", "in") => format!("{there}/in").into(),
            ("N", "in") => format!("{new}/in").into(),
            ("G", _) => there.into(),
            ("N", _) => new.into(),
            ("FULL", _) => full.into(),
            ("PID", _) => self.process.pid().to_string().into(),
            _ => word.replace(":G", &format!(":{there}")).into(),
        };
        line.iter().map(word).collect()
    }

    /// What can be seen of the groups: their files, owners and how many processes there are.
    fn state(&self) -> Vec<String> {
        let mut seen = Vec::new();
        for (which, group) in self.groups.iter().enumerate() {
            for hierarchy in groups::hierarchies() {
                look(
                    &hierarchy.point.join(group.name()),
                    &format!("{which} {:?}", hierarchy.names),
                    &mut seen,
                );
            }
        }
        seen
    }

    /// A script, by this shell.
    fn by_shell(&self, shell: &[&str], script: &[u8]) -> Done {
        let file = self.scene.path("script");
        std::fs::write(&file, script).unwrap();
        let done = groups::in_roots(self.scene.cmd(shell[0]).args(&shell[1..]).args([&file])).run();
        std::fs::remove_file(&file).unwrap();
        done
    }
}

fn look(directory: &Path, name: &str, seen: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for file in ["", "cgroup.procs", "tasks", "cgroup.subtree_control"] {
        if let Ok(meta) = std::fs::metadata(directory.join(file)) {
            seen.push(format!("{name} {file} is of {}:{}", meta.uid(), meta.gid()));
        }
    }
    for file in FILES {
        let Ok(text) = std::fs::read_to_string(directory.join(file)) else { continue };
        let text = if file == "cgroup.procs" { text.lines().count().to_string() } else { text };
        seen.push(format!("{name} {file} {text}"));
    }
    for entry in entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        look(&entry.path(), &format!("{name}/{}", entry.file_name().display()), seen);
    }
}

/// A program that prints its groups and what is in their files.
fn probe() -> Vec<OsString> {
    let files = FILES.map(|file| if file == "cgroup.procs" { "" } else { file }).join(" ");
    let line = |one: &Hierarchy| {
        let (names, point) = (one.names.join(","), one.point.display());
        format!(
            "p=$(sed -n 's/^[0-9]*:{names}://p' /proc/self/cgroup); echo '{names}' \"$p\"; \
             for f in {files}; do [ ! -f \"{point}$p/$f\" ] || cat \"{point}$p/$f\"; done\n"
        )
    };
    let lines: String = groups::hierarchies().iter().map(line).collect();
    ["sh", "-c"].map(OsString::from).into_iter().chain([format!("{lines}exit 7").into()]).collect()
}

/// The group of a run is named by its process.
fn without_number(text: &str) -> String {
    let mut parts = text.split("xcgexec-");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "xcgexec-N" + part.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// The directories that a script makes for its run.
fn run_groups(script: &str) -> Vec<PathBuf> {
    let numbers = script
        .split("xcgexec-")
        .skip(1)
        .filter_map(|rest| rest.split(['/', '\n', '\'']).next()?.parse().ok());
    numbers.flat_map(groups::run_groups).collect()
}

const NEEDS: [Need; 5] = [
    Need::Root,
    Need::Controller("cpuset"),
    Need::Controller("memory"),
    Need::Controller("pids"),
    Need::Controller("devices"),
];

fn xcgexec(ground: &Ground, before: &[&str], words: &[OsString], program: &[OsString]) -> Cmd {
    let path = format!("{}:/usr/bin:/bin", ground.scene.dir().display());
    let command = groups::in_roots(ground.scene.cmd(bin("xcgexec")).args(before).args(words));
    command.args(["--"]).args(program).env("PATH", path)
}

#[test]
fn a_script_runs_the_program_in_the_same_groups() {
    if !need("a_script_runs_the_program_in_the_same_groups", &NEEDS) {
        return;
    }
    let ground = Ground::new();
    for line in LAUNCHES {
        let words = ground.words(line);
        let real = xcgexec(&ground, &[], &words, &probe()).run();
        let script = xcgexec(&ground, &["--dry-run=sh"], &words, &probe()).run();
        let done = ground.by_shell(&["sh"], script.out().as_bytes());
        assert_eq!((real.status, real.stderr.as_str()), (Some(7), ""), "{line:?}: {real:?}");
        assert_eq!(
            (done.status, done.stderr.as_str()),
            (Some(7), ""),
            "{line:?}: {done:?}\n{}",
            script.stdout
        );
        assert_eq!(without_number(&done.stdout), without_number(&real.stdout), "{line:?}\n{}", script.stdout);
        assert_eq!(run_groups(&script.stdout), [] as [PathBuf; 0], "{line:?}\n{}", script.stdout);
    }
}

#[test]
fn a_script_changes_groups_in_the_same_way() {
    if !need("a_script_changes_groups_in_the_same_way", &NEEDS) {
        return;
    }
    for line in VERBS {
        let (real, by_hand) = (Ground::new(), Ground::new());
        for ground in [&real, &by_hand] {
            if line[0] == "thaw" {
                ground.xcgroup(&ground.words(&["freeze", "FULL"]));
            } else if line.contains(&"--undo") {
                ground.xcgroup(&ground.words(&["delegate", "G", "54321"]));
            }
        }
        let before = real.state();
        assert_eq!(by_hand.state(), before);
        real.xcgroup(&real.words(line));
        let words: Vec<_> = ["--dry-run=sh".into()].into_iter().chain(by_hand.words(line)).collect();
        let script = by_hand.xcgroup(&words).stdout;
        assert_eq!(by_hand.state(), before, "{line:?}");
        let done = by_hand.by_shell(&["sh"], script.as_bytes());
        assert_eq!(
            (done.status, done.stdout.as_str(), done.stderr.as_str()),
            (Some(0), "", ""),
            "{line:?}\n{script}"
        );
        assert_ne!(real.state(), before, "{line:?} does nothing");
        assert_eq!(by_hand.state(), real.state(), "{line:?}\n{script}");
    }
}

/// Names that a shell would read, options, and bytes that are no text.
#[test]
fn every_name_and_word_arrives() {
    if !need("every_name_and_word_arrives", &NEEDS) {
        return;
    }
    let ground = Ground::new();
    let there = ground.names()[0];
    let shells = [&["sh"][..], &["bash"], &["busybox", "sh"]];
    let shells: Vec<_> = shells
        .into_iter()
        .filter(|shell| need("every_name_and_word_arrives (shell)", &[Need::Program(shell[0])]))
        .collect();
    let words = [&b"\xff\xfe"[..], b"it's\n", b"", b"-n", b"$HOME `id` \"\\", b"*"].map(OsStr::from_bytes);
    ground.scene.file("-prog", "#!/bin/sh\nfor word; do printf '<%s>' \"$word\"; done; exit 7\n");
    std::fs::set_permissions(
        ground.scene.path("-prog"),
        <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755),
    )
    .unwrap();
    for name in ["it's \"a\" $HOME", "-n", "a*b;c&d", "\u{e9}\u{4e16}", "~", "#x", "a=b"] {
        let group = format!("{there}/{name}");
        let create = [
            OsString::from("--dry-run=sh"),
            "create".into(),
            group.clone().into(),
            "--pids".into(),
            "9".into(),
        ];
        let script = ground.xcgroup(&create).stdout;
        let done = ground.by_shell(&["sh"], script.as_bytes());
        assert!(done.ok() && done.stderr.is_empty(), "{done:?}\n{script}");
        let directory = groups::controller("pids").unwrap().0.join(&group);
        assert_eq!(std::fs::read_to_string(directory.join("pids.max")).unwrap(), "9\n", "{script}");
        let given = [format!("pids:{group}")];
        for limits in [&[][..], &["--pids", "5"]] {
            let options: Vec<OsString> = ["-g", &given[0]].iter().chain(limits).map(Into::into).collect();
            let program: Vec<OsString> =
                ["-prog".into()].into_iter().chain(words.map(OsStr::to_owned)).collect();
            let mut script = xcgexec(&ground, &["--dry-run=sh"], &options, &program);
            let script = script.std().output().unwrap().stdout;
            for shell in &shells {
                let file = ground.scene.file("script", "");
                std::fs::write(&file, &script).unwrap();
                let mut command =
                    groups::in_roots(ground.scene.cmd(shell[0]).args(&shell[1..]).args([&file]));
                let path = format!("{}:/usr/bin:/bin", ground.scene.dir().display());
                let done = command.std().env("PATH", path).output().unwrap();
                let expected: Vec<u8> =
                    words.iter().flat_map(|word| [b"<", word.as_bytes(), b">"].concat()).collect();
                let text = String::from_utf8_lossy(&script);
                assert_eq!(done.stdout, expected, "{shell:?} {done:?}\n{text}");
                assert_eq!(done.status.code(), Some(7), "{shell:?} {done:?}\n{text}");
                assert_eq!(run_groups(&text), [] as [PathBuf; 0]);
            }
        }
        let delete = [OsString::from("--dry-run=sh"), "delete".into(), group.into()];
        let script = ground.xcgroup(&delete).stdout;
        assert!(ground.by_shell(&["sh"], script.as_bytes()).ok() && !directory.exists(), "{script}");
    }
}

/// Who cannot join is not run without its limits.
#[test]
fn a_script_runs_nobody_outside_of_the_group() {
    if !need("a_script_runs_nobody_outside_of_the_group", &NEEDS) {
        return;
    }
    let ground = Ground::new();
    let program = ["touch", "ran"].map(OsString::from);
    for line in [&["-g", "cpu:G"][..], &["--pids", "20"]] {
        let script =
            xcgexec(&ground, &["--dry-run=sh"], &ground.words(line), &program).run().out().to_owned();
        let done = ground.by_shell(&["sh"], script.replace("/tasks", "/none").as_bytes());
        assert!(!done.ok() && !ground.scene.path("ran").exists(), "{done:?}\n{script}");
        assert_eq!(run_groups(&script), [] as [PathBuf; 0], "{script}");
        assert_eq!(ground.by_shell(&["sh"], script.as_bytes()).status, Some(0), "{script}");
        std::fs::remove_file(ground.scene.path("ran")).unwrap();
    }
}

#[test]
fn scripts_of_groups_are_well_formed() {
    let test = "scripts_of_groups_are_well_formed";
    if !need(test, &NEEDS) {
        return;
    }
    let checker = need(&format!("{test} (shellcheck)"), &[Need::Program("shellcheck")]);
    let ground = Ground::new();
    let program = ["printf", "<%s>", "a b"].map(OsString::from);
    let launched =
        LAUNCHES.iter().map(|line| xcgexec(&ground, &["--dry-run=sh"], &ground.words(line), &program).run());
    let changed = VERBS.iter().map(|line| {
        let words: Vec<_> = ["--dry-run=sh".into()].into_iter().chain(ground.words(line)).collect();
        ground.xcgroup(&words)
    });
    for script in launched.chain(changed) {
        ground.scene.file("script", script.out());
        assert_eq!(ground.scene.cmd("sh").args(["-n", "script"]).run().out(), "");
        if checker {
            // SC2016: the program's shell stands in single quotes, so that only it expands.
            let checked = ground.scene.cmd("shellcheck").args(["-s", "sh", "-e", "SC2016", "script"]).run();
            assert!(checked.ok(), "{}\n{}", checked.stdout, script.stdout);
        }
    }
}

/// Of both versions, on a terminal of a usual width; what one lacks hides nothing else.
#[test]
fn both_versions_limit_by_limit() {
    let shown = |tool: &str, words: &str| {
        let done = Cmd::new(bin(tool)).args(["--dry-run=v1+v2"]).args(words.split(" ")).run();
        assert!(done.ok(), "{words}: {done:?}");
        let text = done.stdout;
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|width| width <= 100), "{text}");
        text
    };
    // The lines of a part, by its title: of version 1, and of version 2.
    let part = |text: &str, title: &str| {
        let part = text.split("\n\n").find(|part| part.lines().next() == Some(title)).map(str::to_owned);
        let part = part.unwrap_or_else(|| panic!("no '{title}' in {text}"));
        let (one, two) = part.split_once("\nv2  ").unwrap_or_else(|| panic!("{part}"));
        (one.to_owned(), two.to_owned())
    };
    let text = shown("xcgexec", "--memory 200M --net-class 1:1 --cpu 50% true");
    let (one, two) = part(&text, "# --net-class");
    assert!(one.ends_with("/net_cls.classid") && one.contains("v1  echo 0x00010001 > "), "{one}");
    assert!(two.starts_with("# not in this version: ") && two.contains("socket cgroupv2"), "{two}");
    assert!(two.lines().all(|line| line.trim_start().starts_with("# ")), "{two}");
    let (one, two) = part(&text, "# --memory");
    assert!(
        one.contains("/memory.limit_in_bytes\n") && one.contains("/memory.memsw.limit_in_bytes"),
        "{one}"
    );
    assert!(two.contains("/memory.max\n") && two.contains("/memory.swap.max"), "{two}");
    let (one, two) = part(&text, "# --cpu");
    assert!(one.contains("echo 50000 > ") && two.contains("echo '50000 100000' > "), "{text}");
    assert!(part(&text, "# the program").1.contains("exec true"), "{text}");
    assert!(part(&text, "# after its end").1.contains("/cgroup.kill"), "{text}");

    // Nothing else is asked for: of version 2 there is the one line.
    let text = shown("xcgexec", "--net-class 1:1 true");
    assert_eq!(text.matches("v2  ").count(), 1, "{text}");
    let text = shown("xcgroup", "create xns-never --set memory.oom.group=1 --pids 5");
    assert!(part(&text, "# --set").0.contains("memory.oom.group is not in this version: "), "{text}");
    assert!(part(&text, "# --pids").0.contains("/pids.max"), "{text}");
}

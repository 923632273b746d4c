//! Device nodes that a group's processes may and may not open or make: the same rules and the same attempts on version 1 (the
//! controller devices) and on version 2 (a program), with what the model of both says.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use nix::sys::stat::{Mode, SFlag, makedev, mknod};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use xns_cgroup::device::{Access, Rule, Rules, Sort};
use xns_core::{Facts, Recorded};
use xns_tests::{Cmd, Need, Scene, cgroup2_root, need};

/// Nothing that opening could disturb: memory's devices, the kernel log, a terminal's, loop devices, numbers without a driver.
const DEVICES: [(&str, u32, u32); 10] = [
    ("c", 1, 3),
    ("c", 1, 5),
    ("c", 1, 7),
    ("c", 1, 11),
    ("c", 5, 2),
    ("c", 136, 4000),
    ("c", 240, 7),
    ("b", 7, 0),
    ("b", 7, 1),
    ("b", 240, 7),
];

const ACCESSES: [&str; 4] = ["r", "w", "rw", "m"];

const HELPER: &str = env!("CARGO_BIN_EXE_limit-devices");

/// What is allowed (+) and denied (-).
const TABLE: [&[&str]; 14] = [
    &["+c 1:3 rw"],
    &["+c 1:11 r"],
    &["+c 1:11"],
    // Both together are not what one of them is.
    &["+c 1:* r", "+c 1:11 w"],
    &["+b *:* r", "+b 7:* w", "+b 240:7"],
    &["+c *:7 rw"],
    &["-c 1:5 w"],
    &["-c 1:5 rw", "-b *:* rwm"],
    &["-c 1:* m", "-c *:11 r"],
    &["-c 240:7 r", "-c 240:7 w"],
    &["+a"],
    &["+a", "-c 1:11 rw"],
    &["-a"],
    &["+b 7:0", "-b 7:0 m", "-b *:* m", "-c 5:2 rw"],
];

/// A group of the test's own, which goes with it.
struct Group(PathBuf);

impl Group {
    fn make(above: &Path, name: &str) -> Group {
        let path = above.join(name);
        std::fs::create_dir(&path).unwrap();
        Group(path)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // A process that has just ended may hold it for a moment.
        for _ in 0..200 {
            if std::fs::remove_dir(&self.0).is_ok() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

fn name(part: &str) -> String {
    format!("xns-devices-{}-{part}", std::process::id())
}

/// Where version 1's controller is mounted.
const V1: &str = "/sys/fs/cgroup/devices";

fn nodes() -> tempfile::TempDir {
    // Not /tmp, which may be mounted without devices.
    let directory = tempfile::tempdir_in("/var/tmp").unwrap();
    for (sort, major, minor) in DEVICES {
        let path = directory.path().join(format!("{sort}:{major}:{minor}"));
        let kind = if sort == "b" { SFlag::S_IFBLK } else { SFlag::S_IFCHR };
        mknod(&path, kind, Mode::S_IRUSR | Mode::S_IWUSR, makedev(major.into(), minor.into())).unwrap();
    }
    directory
}

fn attempts() -> Vec<String> {
    let each = |(sort, major, minor)| ACCESSES.map(|access| format!("{sort}:{major}:{minor}:{access}"));
    DEVICES.into_iter().flat_map(each).collect()
}

/// What a process in the group can do, one attempt a line.
fn measured(version: &str, group: &Path, nodes: &Path, rules: &[&str]) -> String {
    let helper = Cmd::new(HELPER);
    let done = helper.args([version]).args([group, nodes]).args(rules).args(["--"]).args(attempts()).run();
    assert_eq!(done.status, Some(0), "{version} {rules:?}: {}", done.stderr);
    done.stdout
}

fn rules(words: &[&str]) -> Rules {
    let facts = Facts::recorded(Recorded::default());
    let of = |sign| {
        let texts = words.iter().filter_map(move |word| word.strip_prefix(sign));
        texts.map(|text| Rule::parse(OsStr::new(text), &facts).unwrap()).collect::<Vec<_>>()
    };
    Rules::new(&of('+'), &of('-')).unwrap()
}

/// What all of these rules allow.
fn expected(all: &[&[&str]]) -> String {
    let all: Vec<_> = all.iter().map(|words| rules(words)).collect();
    let mut text = String::new();
    for (sort, major, minor) in DEVICES {
        for word in ACCESSES {
            let access = match word {
                "r" => Access::READ,
                "w" => Access::WRITE,
                "rw" => Access::READ | Access::WRITE,
                _ => Access::MKNOD,
            };
            let kind = if sort == "b" { Sort::Block } else { Sort::Char };
            let permitted = all.iter().all(|rules| rules.permits(kind, major, minor, access));
            let answer = if permitted { "allowed" } else { "denied" };
            text += &format!("{sort}:{major}:{minor}:{word} {answer}\n");
        }
    }
    text
}

#[test]
fn without_rules_all_are_allowed_here() {
    let test = "without_rules_all_are_allowed_here";
    if !need(test, &[Need::Root, Need::Cgroup2]) {
        return;
    }
    let (directory, group) = (nodes(), Group::make(cgroup2_root().unwrap(), &name("none")));
    let seen = measured("v2", &group.0, directory.path(), &[]);
    assert!(!seen.contains("denied"), "{seen}");
}

#[test]
fn a_program_of_version_2_decides_as_the_rules_say() {
    let test = "a_program_of_version_2_decides_as_the_rules_say";
    if !need(test, &[Need::Root, Need::Cgroup2]) {
        return;
    }
    let directory = nodes();
    for (number, rules) in TABLE.iter().enumerate() {
        let group = Group::make(cgroup2_root().unwrap(), &name(&format!("v2-{number}")));
        assert_eq!(measured("v2", &group.0, directory.path(), rules), expected(&[rules]), "{rules:?}");
    }
}

#[test]
fn version_1_decides_the_same() {
    let test = "version_1_decides_the_same";
    if !need(test, &[Need::Root, Need::Version1(&["devices"])]) {
        return;
    }
    let point = Path::new(V1);
    let directory = nodes();
    for (number, rules) in TABLE.iter().enumerate() {
        let group = Group::make(point, &name(&format!("v1-{number}")));
        assert_eq!(measured("v1", &group.0, directory.path(), rules), expected(&[rules]), "{rules:?}");
    }
}

/// Both versions, as far as they are here: the helper's words for a new group and for one that is there, and the root.
fn versions(test: &str) -> Vec<(&'static str, &'static str, &'static Path)> {
    let mut found = Vec::new();
    if need(&format!("{test} (v1)"), &[Need::Root, Need::Version1(&["devices"])]) {
        found.push(("v1", "v1-again", Path::new(V1)));
    }
    if need(&format!("{test} (v2)"), &[Need::Root, Need::Cgroup2]) {
        found.push(("v2", "v2", cgroup2_root().unwrap()));
    }
    found
}

#[test]
fn a_group_has_at_most_what_the_one_above_has() {
    let (above, below): (&[_], &[_]) = (&["+c 1:11 rw", "-c 5:2 rw"], &["+c 1:11 r", "+c 1:3 r"]);
    for (version, again, point) in versions("a_group_has_at_most_what_the_one_above_has") {
        let directory = nodes();
        let outer = Group::make(point, &name(&format!("above-{version}")));
        measured(version, &outer.0, directory.path(), above);
        let inner = Group::make(&outer.0, "below");
        let seen = measured(version, &inner.0, directory.path(), below);
        let said: String = seen.lines().filter(|line| line.starts_with("note: ")).collect();
        let attempts: String =
            seen.lines().filter(|line| !line.starts_with("note: ")).map(|l| format!("{l}\n")).collect();
        assert_eq!(attempts, expected(&[above, below]), "{version}");
        if version == "v1" {
            assert!(said.contains("'c 5:2 rwm'"), "{said}");
            let more = measured(version, &inner.0, directory.path(), &["+b 7:0 r"]);
            assert!(more.starts_with("refused: 'b 7:0 r' is more than the group above allows"), "{more}");
            let busy = measured(again, &outer.0, directory.path(), &["+b 7:0 r"]);
            assert!(busy.starts_with("devices.deny: a: Invalid argument"), "{busy}");
        }
    }
}

#[test]
fn what_is_allowed_takes_the_place_of_what_was_and_denials_stand_beside() {
    let test = "what_is_allowed_takes_the_place_of_what_was_and_denials_stand_beside";
    let (first, second, third): (&[_], &[_], &[_]) =
        (&["+b 7:0"], &["+b 7:1", "+c 1:11 rw"], &["-b 7:* w", "-c 5:2 rw"]);
    for (version, again, point) in versions(test) {
        let (directory, group) = (nodes(), Group::make(point, &name(&format!("again-{version}"))));
        measured(version, &group.0, directory.path(), first);
        assert_eq!(measured(again, &group.0, directory.path(), second), expected(&[second]), "{version}");
        let both = expected(&[second, third]);
        assert_eq!(measured(again, &group.0, directory.path(), third), both, "{version}");
        assert_eq!(measured(again, &group.0, directory.path(), &["+a"]), expected(&[]), "{version}");
    }
}

#[test]
fn who_may_not_load_programs_is_told_so() {
    if !need("who_may_not_load_programs_is_told_so", &[Need::Root, Need::Cgroup2]) {
        return;
    }
    let group = Group::make(cgroup2_root().unwrap(), &name("refused"));
    let refused = |directory: &Path, helper: Cmd| {
        let done = helper.args(["v2".as_ref(), directory, "/".as_ref(), "-c 1:3 r".as_ref()]).run();
        assert_eq!(done.status, Some(1), "{}", done.stderr);
        done.stdout
    };
    let scene = Scene::new();
    let helper = scene.path("limit-devices");
    xns_tests::copy_program(HELPER, &helper);
    scene.hand_over();
    assert_eq!(
        refused(&group.0, Cmd::new(&helper).ordinary()),
        "cannot load the program that limits devices: Errno(EPERM), XNS-D4-right\n"
    );
    let gone = group.0.join("gone");
    assert_eq!(
        refused(&gone, Cmd::new(HELPER)),
        format!("cannot open {}: Errno(ENOENT), no hint\n", gone.display())
    );
    let no_group = Path::new("/proc");
    assert_eq!(
        refused(no_group, Cmd::new(HELPER)),
        "cannot limit the devices of /proc: Errno(EBADF), no hint\n"
    );
}

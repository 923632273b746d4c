//! Device nodes that a group's processes may and may not open or make: the same rules and the same attempts on version 1 (the
//! controller devices) and on version 2 (a program), with what the model of both says.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use nix::sys::stat::{Mode, SFlag, makedev, mknod};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use xns_cgroup::device::{Access, Rule, Rules, Sort};
use xns_core::{Facts, Recorded};
use xns_tests::{Cmd, Need, cgroup2_root, need};

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
fn v1() -> Option<&'static Path> {
    Some(Path::new("/sys/fs/cgroup/devices")).filter(|point| point.join("devices.list").is_file())
}

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
    let helper = Cmd::new(env!("CARGO_BIN_EXE_limit-devices"));
    let done = helper.args([version]).args([group, nodes]).args(rules).args(["--"]).args(attempts()).run();
    assert_eq!(done.status, Some(0), "{version} {rules:?}: {}", done.stderr);
    done.stdout
}

fn expected(words: &[&str]) -> String {
    let facts = Facts::recorded(Recorded::default());
    let of = |sign| {
        let texts = words.iter().filter_map(move |word| word.strip_prefix(sign));
        texts.map(|text| Rule::parse(OsStr::new(text), &facts).unwrap()).collect::<Vec<_>>()
    };
    let rules = Rules::new(&of('+'), &of('-')).unwrap();
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
            let answer = if rules.permits(kind, major, minor, access) { "allowed" } else { "denied" };
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
        assert_eq!(measured("v2", &group.0, directory.path(), rules), expected(rules), "{rules:?}");
    }
}

#[test]
fn version_1_decides_the_same() {
    let test = "version_1_decides_the_same";
    if !need(test, &[Need::Root]) {
        return;
    }
    let Some(point) = v1() else { return };
    let directory = nodes();
    for (number, rules) in TABLE.iter().enumerate() {
        let group = Group::make(point, &name(&format!("v1-{number}")));
        assert_eq!(measured("v1", &group.0, directory.path(), rules), expected(rules), "{rules:?}");
    }
}

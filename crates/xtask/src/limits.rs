//! The manual's table of limits: an example of each option, and the files that it sets by each version, as the code that sets them
//! says for a machine that is made up.

use std::ffi::OsStr;
use xns_cgroup::device::{self, DeviceKey};
use xns_cgroup::limits::{IfMissing, LimitKey, Limits, Setting};
use xns_cgroup::{Layout, Tree};
use xns_core::{Facts, Recorded};

/// What is typed, in the order of the options.
const EXAMPLES: &[&[(LimitKey, &str)]] = &[
    &[(LimitKey::Memory, "500M")],
    &[(LimitKey::MemoryRequest, "256M")],
    &[(LimitKey::Memory, "500M"), (LimitKey::Swap, "100M")],
    &[(LimitKey::Cpu, "50%")],
    &[(LimitKey::CpuRequest, "250m")],
    &[(LimitKey::CpuWeight, "200")],
    &[(LimitKey::CpuShares, "512")],
    &[(LimitKey::Cpuset, "0-1")],
    &[(LimitKey::CpusetMems, "0")],
    &[(LimitKey::Pids, "20")],
    &[(LimitKey::IoRead, "8:0=100M")],
    &[(LimitKey::IoWrite, "8:0=50MB/s")],
    &[(LimitKey::IoReadIops, "8:0=200")],
    &[(LimitKey::IoWriteIops, "8:0=100")],
    &[(LimitKey::IoWeight, "200")],
    &[(LimitKey::NetClass, "0x00010001")],
];

const DEVICES: &[(DeviceKey, &str)] = &[(DeviceKey::Allow, "c 1:3 rw"), (DeviceKey::Deny, "c 1:5 rwm")];

/// More files than these are not all shown.
const SHOWN: usize = 3;

/// A table, in roff: a row for each file, since the cells of a table have no line breaks.
pub(crate) fn table() -> String {
    const PROGRAM: &str = "a program (eBPF) for the group";
    let machines = [version1(), version2()];
    let mut text =
        ".ad l\n.TS\ntab(|);\nlb lb lb\nlw(18n) lw(32n) lx.\nfor example|version 1|version 2\n".to_owned();
    for example in EXAMPLES {
        let words = example.iter().map(|(key, value)| option(key.long(), value));
        let files = machines.each_ref().map(|facts| cells(&limited(example, facts)));
        rows(&mut text, words.collect(), files);
    }
    for (key, value) in DEVICES {
        let [version1, version2] = machines.each_ref().map(|facts| cells(&ruled(*key, value, facts)));
        let version2 = if version2.is_empty() { vec![PROGRAM.to_owned()] } else { version2 };
        rows(&mut text, vec![option(key.long(), value)], [version1, version2]);
    }
    text + ".TE\n.ad b\n"
}

fn option(name: &str, value: &str) -> String {
    let quotes = if value.contains(' ') { "\\(aq" } else { "" };
    format!("\\fB\\-\\-{}\\fR {quotes}{}{quotes}", roff(name), roff(value))
}

/// What is typed, and beside it the files of both versions.
fn rows(text: &mut String, words: Vec<String>, [mut v1, mut v2]: [Vec<String>; 2]) {
    for files in [&mut v1, &mut v2] {
        if files.is_empty() {
            files.push("\\(em".to_owned());
        }
    }
    let cell = |column: &[String], at: usize| match column.get(at) {
        Some(cell) => format!("T{{\n{cell}\nT}}"),
        None => String::new(),
    };
    for at in 0..words.len().max(v1.len()).max(v2.len()) {
        *text += &format!("{}|{}|{}\n", cell(&words, at), cell(&v1, at), cell(&v2, at));
    }
}

/// The files and their values; those that are passed over where they are missing have a star.
fn cells(settings: &[Setting]) -> Vec<String> {
    let cell = |setting: &Setting| {
        let star = if setting.if_missing == IfMissing::Fail { "" } else { "*" };
        format!("\\fB{}\\fR{star} {}", roff(&setting.file), roff(&setting.value))
    };
    let mut cells: Vec<String> = settings.iter().take(SHOWN).map(cell).collect();
    if settings.len() > SHOWN {
        cells.push("\\&...".to_owned());
    }
    cells
}

fn roff(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-")
}

fn group(tree: &Tree) -> Option<std::path::PathBuf> {
    Some(tree.point.join("group"))
}

/// None where the version has no such thing.
fn limited(options: &[(LimitKey, &str)], facts: &Facts) -> Vec<Setting> {
    let mut limits = Limits::default();
    let taken = options.iter().try_for_each(|(key, value)| limits.take(*key, OsStr::new(value)));
    let settings = taken.and_then(|()| limits.settings(&Layout::of(facts), &group, facts));
    settings.unwrap_or_default()
}

fn ruled(key: DeviceKey, rule: &str, facts: &Facts) -> Vec<Setting> {
    let mut asked = device::Asked::default();
    let rules = asked.take(key, OsStr::new(rule), facts).and_then(|()| asked.rules());
    let Ok(Some(rules)) = rules else { return Vec::new() };
    device::settings(&rules, &Layout::of(facts), &group, facts).unwrap_or_default()
}

fn version1() -> Facts {
    const CONTROLLERS: [&str; 9] =
        ["cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "net_cls"];
    let lines = |line: fn(usize, &str) -> String| {
        CONTROLLERS.iter().enumerate().map(|(at, name)| line(at + 1, name)).collect::<String>()
    };
    facts(&[
        (
            "/proc/self/mountinfo",
            &lines(|at, name| format!("{at} 1 0:{at} / /{name} rw - cgroup cgroup rw,{name}\n")),
        ),
        ("/proc/self/cgroup", &lines(|at, name| format!("{at}:{name}:/\n"))),
        ("/cpuset/cpuset.cpus", "0-3\n"),
        ("/cpuset/cpuset.mems", "0\n"),
        ("/devices/devices.list", "a *:* rwm\n"),
        ("/blkio/blkio.bfq.io_service_bytes", ""),
    ])
}

fn version2() -> Facts {
    facts(&[
        ("/proc/self/mountinfo", "1 1 0:1 / /unified rw - cgroup2 cgroup2 rw\n"),
        ("/proc/self/cgroup", "0::/\n"),
        ("/unified/cgroup.controllers", "cpuset cpu io memory hugetlb pids\n"),
        ("/unified/io.cost.qos", ""),
        ("/unified/group/io.bfq.weight", "default 100\n"),
    ])
}

fn facts(files: &[(&str, &str)]) -> Facts {
    const DISK: (&str, &str) = ("/sys/dev/block/8:0", "../../devices/pci/host0/block/sda");
    let files = files.iter().chain([&DISK]);
    let files = files.map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    Facts::recorded(Recorded { files: files.collect(), ..Recorded::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_has_an_example_that_is_taken() {
        for key in LimitKey::ALL.into_iter().filter(|key| *key != LimitKey::Set) {
            let shown = EXAMPLES.iter().find(|example| example.iter().any(|(known, _)| *known == key));
            let example = shown.unwrap_or_else(|| panic!("{key} has no example"));
            assert!(!limited(example, &version1()).is_empty(), "{key} by version 1");
            assert_eq!(
                limited(example, &version2()).is_empty(),
                key == LimitKey::NetClass,
                "{key} by version 2"
            );
        }
        for (key, rule) in DEVICES {
            assert!(!ruled(*key, rule, &version1()).is_empty());
        }
    }

    #[test]
    fn files_of_both_versions_stand_side_by_side() {
        let text = table();
        for part in [
            "\\fBmemory.limit_in_bytes\\fR 524288000\n",
            "\\fBmemory.max\\fR 524288000\n",
            "|T{\n\\(em\nT}\n",
        ] {
            assert!(text.contains(part), "{part} is missing in:\n{text}");
        }
    }
}

//! Limits as the kernel takes them: each value that is planned for version 1 is written into a group of this machine, and read
//! back as it was said.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use xns_cgroup::limits::{IfMissing, LimitKey, Limits, Setting};
use xns_cgroup::{Layout, Tree};
use xns_core::{Facts, Recorded};
use xns_tests::{Need, need};

/// A group in each hierarchy of version 1, which go with it.
struct Group {
    name: String,
    made: Vec<PathBuf>,
}

impl Group {
    fn make(test: &str) -> Self {
        let name = format!("xns-limits-{}-{test}", std::process::id());
        let layout = Layout::of(&facts(&[]));
        let named = |tree: &&Tree| tree.controllers.iter().any(|name| name.starts_with("name="));
        let version1 =
            layout.trees.iter().filter(|tree| tree.hierarchy.to_string() != "cgroup2" && !named(tree));
        let made: Vec<_> = version1.map(|tree| tree.point.join(&name)).collect();
        let group = Group { name, made };
        group.made.iter().for_each(|directory| std::fs::create_dir(directory).unwrap());
        group
    }

    /// Plans with the facts of now, and writes.
    fn limit(&self, options: &[(LimitKey, &str)]) -> Vec<Setting> {
        let mut limits = Limits::default();
        options.iter().for_each(|(key, text)| limits.take(*key, OsStr::new(text)).unwrap());
        let facts = facts(&self.made);
        let layout = Layout::of(&facts);
        let settings = limits.settings(&layout, &|tree| Some(tree.point.join(&self.name)), &facts).unwrap();
        for setting in &settings {
            let file = layout.tree(&setting.hierarchy).unwrap().point.join(&self.name).join(&setting.file);
            if setting.if_missing != IfMissing::Fail && !file.exists() {
                continue;
            }
            // One write(2) of all, and no O_CREAT.
            let mut opened = std::fs::File::options().write(true).open(&file).unwrap();
            let written = opened.write(setting.value.as_bytes());
            assert_eq!(written.ok(), Some(setting.value.len()), "{setting:?} of {options:?}");
        }
        settings
    }

    /// What the file holds now, with blanks for line ends.
    fn holds(&self, file: &str) -> String {
        let there = self.made.iter().map(|directory| directory.join(file)).find(|file| file.exists());
        let text = std::fs::read_to_string(there.unwrap()).unwrap();
        text.trim_end().replace('\n', " ")
    }

    fn check(&self, options: &[(LimitKey, &str)], expected: &[(&str, &str)]) {
        self.limit(options);
        for (file, value) in expected {
            assert_eq!(self.holds(file), *value, "{file} after {options:?}");
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for directory in &self.made {
            let _ = std::fs::remove_dir(directory);
        }
    }
}

/// The machine's own, as far as limits look at it: what is in the groups, above them, and about disks.
fn facts(groups: &[PathBuf]) -> Facts {
    let mut files = Vec::new();
    let mut add = |path: &Path| {
        if let Ok(text) = std::fs::read(path) {
            files.push((path.to_str().unwrap().to_owned(), text));
        }
    };
    for path in ["/proc/self/mountinfo", "/proc/self/cgroup", "/proc/cgroups", "/proc/self/auxv"] {
        add(Path::new(path));
    }
    for directory in groups.iter().flat_map(|group| [group.as_path(), group.parent().unwrap()]) {
        let entries = std::fs::read_dir(directory).unwrap().flatten();
        entries.filter(|entry| entry.file_type().unwrap().is_file()).for_each(|entry| add(&entry.path()));
    }
    let disks: Vec<_> = names("/sys/block");
    disks.iter().for_each(|disk| add(&Path::new("/sys/block").join(disk).join("queue/scheduler")));
    files.push(("names:/sys/block".to_owned(), disks.join(" ").into_bytes()));
    for number in names("/sys/dev/block") {
        let path = format!("/sys/dev/block/{number}");
        let target = std::fs::read_link(&path).unwrap();
        files.push((path, target.to_str().unwrap().as_bytes().to_vec()));
    }
    Facts::recorded(Recorded { files, ..Recorded::default() })
}

fn names(directory: &str) -> Vec<String> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

use LimitKey::*;

#[test]
fn memory() {
    if !need("memory", &[Need::Root, Need::Version1(&["memory"])]) {
        return;
    }
    let group = Group::make("memory");
    let (limit, both) = ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes");
    // Up and down again, in a group that has limits already: the order is another one each time.
    group.check(&[(Memory, "500M")], &[(limit, "524288000"), (both, "524288000")]);
    group.check(&[(Memory, "1.5G")], &[(limit, "1610612736"), (both, "1610612736")]);
    group.check(&[(Memory, "100M"), (Swap, "50M")], &[(limit, "104857600"), (both, "157286400")]);
    group.check(&[(Swap, "1G")], &[(limit, "104857600"), (both, "1178599424")]);
    group.check(&[(Memory, "500000")], &[(limit, "499712"), (both, "499712")]);
    const NONE: &str = "9223372036854771712";
    group.check(&[(Memory, "max")], &[(limit, NONE), (both, NONE)]);
    group.check(&[(Memory, "9223372036854767616")], &[(limit, "9223372036854767616")]);
    let soft = "memory.soft_limit_in_bytes";
    group.check(&[(MemoryRequest, "256Mi")], &[(soft, "268435456")]);
    group.check(&[(MemoryRequest, "max")], &[(soft, NONE)]);
    group.check(
        &[(Set, "memory.max=64M"), (Set, "memory.swap.max=16M")],
        &[(limit, "67108864"), (both, "83886080")],
    );
    group.check(&[(Set, "memory.low=32M")], &[(soft, "33554432")]);
}

#[test]
fn cpu_time() {
    if !need("cpu_time", &[Need::Root, Need::Version1(&["cpu"])]) {
        return;
    }
    let group = Group::make("cpu");
    let (quota, period) = ("cpu.cfs_quota_us", "cpu.cfs_period_us");
    for (option, quota_now, period_now) in [
        ("50%", "50000", "100000"),
        ("50%/10ms", "5000", "10000"),
        ("1.5/1s", "1500000", "1000000"),
        ("250m", "25000", "100000"),
        ("0.1%", "1000", "1000000"),
        ("100%/1ms", "1000", "1000"),
        ("175921860", "17592186000000", "100000"),
        ("max", "-1", "100000"),
    ] {
        group.check(&[(Cpu, option)], &[(quota, quota_now), (period, period_now)]);
    }
    for (key, option, shares) in [
        (CpuWeight, "1", "10"),
        (CpuWeight, "50", "512"),
        (CpuWeight, "10000", "102400"),
        (CpuShares, "2", "2"),
        (CpuShares, "262144", "262144"),
        (CpuRequest, "250m", "256"),
        (CpuRequest, "256", "262144"),
    ] {
        group.check(&[(key, option)], &[("cpu.shares", shares)]);
    }
    group.check(&[(Set, "cpu.max=20000 50000")], &[(quota, "20000"), (period, "50000")]);
    group.check(&[(Set, "cpu.weight=200")], &[("cpu.shares", "2048")]);
}

/// With a group above that has a quota, and one below: the kernel refuses what is in between when that is more, or less.
#[test]
fn cpu_time_between_two_groups() {
    if !need("cpu_time_between_two_groups", &[Need::Root, Need::Version1(&["cpu"])]) {
        return;
    }
    let above = Group::make("cpu-above");
    above.limit(&[(Cpu, "50%")]);
    let name = format!("{}/middle", above.name);
    let root = above.made.iter().find(|made| made.join("cpu.shares").exists()).unwrap();
    let middle = Group { made: vec![root.join("middle")], name };
    std::fs::create_dir(&middle.made[0]).unwrap();
    for option in ["50%/10ms", "50%/1s", "50%/100ms", "20%/5ms", "50%/500ms", "max", "50%/50ms"] {
        middle.limit(&[(Cpu, option)]);
    }
    drop(middle);
}

#[test]
fn cpus_and_nodes() {
    if !need("cpus_and_nodes", &[Need::Root, Need::Version1(&["cpuset"])]) {
        return;
    }
    let group = Group::make("cpuset");
    group.check(&[(Cpuset, "0")], &[("cpuset.cpus", "0"), ("cpuset.mems", "0")]);
    let settings = group.limit(&[(CpusetMems, "0")]);
    assert_eq!(settings.len(), 1, "the other half is there: {settings:?}");
    group.check(&[(Set, "cpuset.cpus=")], &[("cpuset.cpus", "")]);
}

#[test]
fn processes() {
    if !need("processes", &[Need::Root, Need::Version1(&["pids"])]) {
        return;
    }
    let group = Group::make("pids");
    for option in ["20", "0", "4194304", "max"] {
        group.check(&[(Pids, option)], &[("pids.max", option)]);
    }
}

#[test]
fn rates_and_weights_of_a_disk() {
    if !need("rates_and_weights_of_a_disk", &[Need::Root, Need::Version1(&["blkio"])]) {
        return;
    }
    let disks = names("/sys/block");
    let disk = disks.iter().find(|name| name.starts_with("vd") || name.starts_with("sd"));
    let disk = disk.or(disks.first()).unwrap();
    let number = std::fs::read_to_string(format!("/sys/block/{disk}/dev")).unwrap();
    let number = number.trim_end();
    let group = Group::make("blkio");
    for (key, rate, file, stored) in [
        (IoRead, "100M", "read_bps", "104857600"),
        (IoRead, "2", "read_bps", "2"),
        (IoWrite, "50MB/s", "write_bps", "50000000"),
        (IoWrite, "9223372036854775807", "write_bps", "9223372036854775807"),
        (IoReadIops, "2k", "read_iops", "2000"),
        (IoWriteIops, "4294967294", "write_iops", "4294967294"),
    ] {
        let (file, line) = (format!("blkio.throttle.{file}_device"), format!("{number} {stored}"));
        group.check(&[(key, &format!("{number}={rate}"))], &[(&file, &line)]);
        group.check(&[(key, &format!("{number}=max"))], &[(&file, "")]);
    }
    let both = format!("io.max={number} rbps=1048576 wiops=100");
    let (read, write) = (format!("{number} 1048576"), format!("{number} 100"));
    group.check(
        &[(Set, &both)],
        &[("blkio.throttle.read_bps_device", &read), ("blkio.throttle.write_iops_device", &write)],
    );
    if group.made.iter().any(|made| made.join("blkio.bfq.weight").exists()) {
        group.check(&[(IoWeight, "200")], &[("blkio.bfq.weight", "200")]);
        group.check(&[(IoWeight, "10000")], &[("blkio.bfq.weight", "1000")]);
    }
}

#[test]
fn the_name_of_the_other_version_freezes() {
    if !need("the_name_of_the_other_version_freezes", &[Need::Root, Need::Version1(&["freezer"])]) {
        return;
    }
    let group = Group::make("freezer");
    group.check(&[(Set, "freezer.state=FROZEN")], &[("freezer.state", "FROZEN")]);
    group.check(&[(Set, "freezer.state=THAWED")], &[("freezer.state", "THAWED")]);
}

/// What is refused is what the kernel would take for something else: here is that it does.
#[test]
fn the_kernel_does_mangle_what_is_refused() {
    if !need(
        "the_kernel_does_mangle_what_is_refused",
        &[Need::Root, Need::Version1(&["memory"]), Need::Version1(&["cpu"])],
    ) {
        return;
    }
    let group = Group::make("mangled");
    for (file, value, stored) in [
        ("memory.limit_in_bytes", "100", "0"),
        ("memory.soft_limit_in_bytes", "18446744073709551616", "0"),
        ("cpu.shares", "1", "2"),
        ("cpu.shares", "262145", "262144"),
    ] {
        let made = group.made.iter().map(|made| made.join(file)).find(|file| file.exists()).unwrap();
        std::fs::write(&made, value).unwrap();
        assert_eq!(group.holds(file), stored, "{file} {value}");
        let mut limits = Limits::default();
        limits.take(Set, OsStr::new(&format!("{file}={value}"))).unwrap();
        let facts = facts(&group.made);
        let group = |tree: &Tree| Some(tree.point.join(&group.name));
        assert!(limits.settings(&Layout::of(&facts), &group, &facts).is_err(), "{file} {value}");
    }
}

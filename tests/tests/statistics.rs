//! What the kernel counts of groups made by hand: the model is the same on both versions, and says what has happened.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use xns_cgroup::stat::{Bounds, Ending, Lost, Machine, Part, Report, Stats, oom_line};
use xns_cgroup::walk::Listing;
use xns_cgroup::{Processes, Version};
use xns_tests::{Cmd, Done, Need, cgroup2_root, need, wait_for};

/// Groups of one name, one in each of some hierarchies, which go with it.
struct Groups {
    parts: Vec<Part>,
    points: Vec<PathBuf>,
}

impl Groups {
    /// In the hierarchies of version 1 with these controllers, which may be mounted together.
    fn version1(name: &str, controllers: &[&str]) -> Groups {
        let mut groups = Groups { parts: Vec::new(), points: Vec::new() };
        for controller in controllers {
            // Debian's is a link to "cpu,cpuacct".
            let point = Path::new("/sys/fs/cgroup").join(controller).canonicalize().unwrap();
            match groups.points.iter().position(|other| *other == point) {
                Some(at) => groups.parts[at].controllers.push((*controller).to_owned()),
                None => groups.add(name, Version::V1, controller, &point),
            }
        }
        groups
    }

    fn version2(name: &str) -> Groups {
        let mut groups = Groups { parts: Vec::new(), points: Vec::new() };
        groups.add(name, Version::V2, "", cgroup2_root().unwrap());
        groups
    }

    fn add(&mut self, name: &str, version: Version, controller: &str, point: &Path) {
        let directory = point.join(format!("xns-test-{}-{name}", std::process::id()));
        std::fs::create_dir(&directory).unwrap();
        let controllers = controller.split_whitespace().map(str::to_owned).collect();
        self.parts.push(Part { version, controllers, directory });
        self.points.push(point.to_owned());
    }

    /// A group below, in each hierarchy.
    fn child(&self, name: &str) -> Vec<Part> {
        let child = |part: &Part| {
            let directory = part.directory.join(name);
            std::fs::create_dir(&directory).unwrap();
            Part { directory, ..part.clone() }
        };
        self.parts.iter().map(child).collect()
    }

    /// Writes to the first of the groups.
    fn set(&self, file: &str, value: &str) {
        std::fs::write(self.parts[0].directory.join(file), value).unwrap();
    }

    fn stats(&self) -> Stats {
        Stats::of(&self.parts, &Machine)
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        for part in &self.parts {
            let groups = Listing::of(&[&part.directory]).groups;
            for group in groups.iter().rev() {
                // A process that has just ended may hold it for a moment.
                let directory = part.directory.join(&group.path);
                (0..200).any(|_| {
                    std::thread::sleep(std::time::Duration::from_millis(5));
                    std::fs::remove_dir(&directory).is_ok()
                });
            }
        }
    }
}

/// The lines with which a shell goes into a group.
fn join(parts: &[Part]) -> String {
    let file = |part: &Part| if part.version == Version::V1 { "tasks" } else { "cgroup.procs" };
    let line = |part: &Part| format!("echo 0 > {}/{} || exit 99\n", part.directory.display(), file(part));
    parts.iter().map(line).collect()
}

fn run_in(parts: &[Part], command: &str) -> Done {
    Cmd::new("sh").args(["-c", &format!("{}{command}", join(parts))]).run()
}

/// A process in a group, which ends with it.
struct Sleeper(Child);

impl Sleeper {
    fn start(parts: &[Part]) -> Sleeper {
        let script = format!("{}echo there; exec sleep 100", join(parts));
        let mut child = Command::new("sh").args(["-c", &script]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.as_mut().unwrap()), &mut line)
            .unwrap();
        assert_eq!(line, "there\n");
        Sleeper(child)
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const MEGA: u64 = 1 << 20;
/// GNU's dd has a buffer of that size.
const TAKE_100M: &str = "exec dd if=/dev/zero of=/dev/null bs=100M count=1";

/// Takes too much in a group with a limit, and then once more below it.
fn is_oom_killed(groups: &Groups, child: &[Part]) {
    let done = run_in(child, "true");
    assert_eq!((done.status, groups.stats().memory.oom_kills), (Some(0), Some(0)), "{done:?}");
    assert_eq!(Stats::if_oom_killed(&groups.parts, &Machine), None);

    let done = run_in(child, TAKE_100M);
    assert_eq!(done.signal, Some(9), "{done:?}");
    let stats = groups.stats();
    let memory = &stats.memory;
    assert_eq!((memory.oom_kills, memory.limit_bytes), (Some(1), Some(32 * MEGA)));
    assert_eq!((memory.is_limit_reached(), memory.swap_limit_bytes), (Some(true), Some(0)));
    assert!(memory.peak_bytes.unwrap() > 31 * MEGA && memory.peak_bytes.unwrap() <= 32 * MEGA);
    let below = Stats::of(child, &Machine).memory;
    assert_eq!((below.oom_kills, below.limit_bytes, below.is_limit_reached()), (Some(1), None, Some(false)));

    let points: Vec<_> = child.iter().cloned().zip(groups.points.iter().cloned()).collect();
    let bound = Bounds::of(&points, &Machine).memory_bytes.unwrap();
    let name = groups.parts[0].directory.file_name().unwrap();
    assert_eq!((bound.limit, bound.group, bound.is_own), (32 * MEGA, Some(Path::new("/").join(name)), false));

    let line = oom_line("dd", Ending::Killed(9), &stats, None).unwrap();
    assert!(
        line.starts_with("dd was killed by the kernel's OOM killer: memory limit 32M reached (peak 3"),
        "{line}"
    );
    assert!(line.ends_with(", 1 process killed)"), "{line}");
    let again = Stats::if_oom_killed(&groups.parts, &Machine).unwrap();
    assert_eq!(oom_line("dd", Ending::Killed(9), &again, None), Some(line));
}

#[test]
fn an_oom_kill_below_a_limit_of_version_1() {
    let test = "an_oom_kill_below_a_limit_of_version_1";
    if !need(test, &[Need::Root, Need::Version1(&["memory"])]) {
        return;
    }
    let groups = Groups::version1("oom", &["memory"]);
    groups.set("memory.limit_in_bytes", "32M");
    groups.set("memory.memsw.limit_in_bytes", "32M");
    let child = groups.child("below");
    is_oom_killed(&groups, &child);
    // And one in the group itself: both are counted, each once.
    assert_eq!(run_in(&groups.parts, TAKE_100M).signal, Some(9));
    assert_eq!(groups.stats().memory.oom_kills, Some(2));
}

#[test]
fn an_oom_kill_below_a_limit_of_version_2() {
    let test = "an_oom_kill_below_a_limit_of_version_2";
    if !need(test, &[Need::Root, Need::Version2(&["memory"])]) {
        return;
    }
    let groups = Groups::version2("oom");
    groups.set("memory.max", "32M");
    groups.set("memory.swap.max", "0");
    groups.set("cgroup.subtree_control", "+memory");
    let child = groups.child("below");
    is_oom_killed(&groups, &child);
}

/// A busy loop with a fifth of a CPU.
fn is_throttled(groups: &Groups) {
    // Whatever else runs on the machine, it has to want more than it may have.
    let (weight, most) = match groups.parts[0].version {
        Version::V1 => ("cpu.shares", "262144"),
        Version::V2 => ("cpu.weight", "10000"),
    };
    groups.set(weight, most);
    let start = Instant::now();
    let done = run_in(&groups.parts, "exec timeout -s KILL 1 sh -c 'while :; do :; done'");
    let wall = u64::try_from(start.elapsed().as_micros()).unwrap();
    assert!(done.signal == Some(9) || done.status == Some(137), "{done:?}");
    let cpu = groups.stats().cpu;
    assert_eq!(
        (cpu.quota_usec, cpu.period_usec, cpu.limit_percent),
        (Some(20_000), Some(100_000), Some(20.0))
    );
    let (throttled, periods) = (cpu.throttled_periods.unwrap(), cpu.periods.unwrap());
    assert!(throttled >= 5 && throttled <= periods, "{cpu:?}");
    assert!(cpu.throttled_percent.unwrap() > 50.0 && cpu.throttled_percent.unwrap() <= 100.0, "{cpu:?}");
    // It waits for four fifths of the time, if nothing else does.
    assert!((wall / 4..=wall * 2).contains(&cpu.throttled_usec.unwrap()), "{cpu:?} in {wall}");
    let usage = cpu.usage_usec.unwrap();
    assert!((wall / 20..wall * 3 / 10).contains(&usage), "{cpu:?} in {wall}");
    // Version 1 tells the two apart by what the clock's ticks meet: with few of them they do not add up to the usage.
    assert!(cpu.user_usec.unwrap() + cpu.system_usec.unwrap() > 0, "{cpu:?}");
}

#[test]
fn a_busy_loop_under_a_quota_of_version_1_is_throttled() {
    let test = "a_busy_loop_under_a_quota_of_version_1_is_throttled";
    if !need(test, &[Need::Root, Need::Version1(&["cpu", "cpuacct"])]) {
        return;
    }
    let groups = Groups::version1("throttle", &["cpu", "cpuacct"]);
    groups.set("cpu.cfs_quota_us", "20000");
    is_throttled(&groups);
    // In hybrid mode a group of version 2 beside them counts the time.
    if let Some(point) = cgroup2_root() {
        let mut groups = Groups::version1("twin", &["cpu", "cpuacct"]);
        groups.add("twin", Version::V2, "", point);
        groups.set("cpu.cfs_quota_us", "20000");
        is_throttled(&groups);
        let twin = Stats::of(&groups.parts[groups.parts.len() - 1..], &Machine);
        assert!(groups.stats().cpu.usage_usec >= twin.cpu.usage_usec, "{twin:?}");
        assert!(twin.cpu.usage_usec.is_some() && twin.cpu.quota_usec.is_none());
    }
}

#[test]
fn a_busy_loop_under_a_quota_of_version_2_is_throttled() {
    let test = "a_busy_loop_under_a_quota_of_version_2_is_throttled";
    if !need(test, &[Need::Root, Need::Version2(&["cpu"])]) {
        return;
    }
    let groups = Groups::version2("throttle");
    groups.set("cpu.max", "20000 100000");
    is_throttled(&groups);
}

/// Three processes may be there; the shell wants more, in a group below.
fn is_refused_forks(groups: &Groups, child: &[Part]) {
    groups.set("pids.max", "3");
    let done = run_in(child, "for i in 1 2 3 4; do sleep 0.2 & done; wait");
    assert!(done.stderr.contains("fork"), "{done:?}");
    // A shell that cannot fork may not wait for those that it has.
    wait_for("all to end", || groups.stats().pids.current == Some(0));
    let pids = groups.stats().pids;
    assert_eq!(pids.limit, Some(3));
    assert!(pids.refused_forks.unwrap() >= 1 && pids.peak.is_none_or(|peak| peak >= 3), "{pids:?}");
}

#[test]
fn refused_forks_are_counted_where_the_limit_is() {
    if need(
        "refused_forks_are_counted_where_the_limit_is (version 1)",
        &[Need::Root, Need::Version1(&["pids"])],
    ) {
        let groups = Groups::version1("pids", &["pids"]);
        is_refused_forks(&groups, &groups.child("below"));
    }
    if need(
        "refused_forks_are_counted_where_the_limit_is (version 2)",
        &[Need::Root, Need::Version2(&["pids"])],
    ) {
        let groups = Groups::version2("pids");
        is_refused_forks(&groups, &groups.child("below"));
    }
}

#[test]
fn who_is_there_and_whether_frozen() {
    if need("who_is_there_and_whether_frozen (version 2)", &[Need::Root, Need::Cgroup2]) {
        let groups = Groups::version2("state");
        let child = groups.child("below");
        let empty = groups.stats();
        assert_eq!((empty.populated, empty.frozen, empty.processes), (Some(false), Some(false), Some(0)));
        let sleeper = Sleeper::start(&child);
        groups.set("cgroup.freeze", "1");
        wait_for("the group to be frozen", || groups.stats().frozen == Some(true));
        let full = groups.stats();
        assert_eq!((full.populated, full.processes), (Some(true), Some(1)));
        let processes = Processes::of(&child[0].directory, &Machine).unwrap();
        assert_eq!((processes.ids, processes.unseen, processes.threaded), (vec![sleeper.0.id()], 0, false));
        groups.set("cgroup.freeze", "0");
    }
    if need(
        "who_is_there_and_whether_frozen (version 1)",
        &[Need::Root, Need::Version1(&["freezer", "pids"])],
    ) {
        let groups = Groups::version1("state", &["freezer", "pids"]);
        let child = groups.child("below");
        let empty = groups.stats();
        assert_eq!((empty.populated, empty.frozen, empty.processes), (Some(false), Some(false), Some(0)));
        // In both hierarchies, and in one of them: two processes.
        let _both = Sleeper::start(&child);
        let _one = Sleeper::start(&groups.parts[1..]);
        groups.set("freezer.state", "FROZEN");
        wait_for("the group to be frozen", || groups.stats().frozen == Some(true));
        assert_eq!((groups.stats().populated, groups.stats().processes), (Some(true), Some(2)));
        groups.set("freezer.state", "THAWED");
    }
}

#[test]
fn a_threaded_group_has_threads() {
    if !need("a_threaded_group_has_threads", &[Need::Root, Need::Cgroup2]) {
        return;
    }
    let groups = Groups::version2("threaded");
    let child = groups.child("below");
    std::fs::write(child[0].directory.join("cgroup.type"), "threaded").unwrap();
    let sleeper = Sleeper::start(&groups.parts);
    std::fs::write(child[0].directory.join("cgroup.threads"), sleeper.0.id().to_string()).unwrap();
    let processes = Processes::of(&child[0].directory, &Machine).unwrap();
    assert_eq!((processes.ids, processes.threaded), (vec![sleeper.0.id()], true));
    assert_eq!((groups.stats().processes, groups.stats().populated), (Some(1), Some(true)));
}

/// The names of all values, with what they are in.
fn keys(value: &serde_json::Value, above: &str, found: &mut Vec<String>) {
    match value.as_object() {
        None => found.push(above.to_owned()),
        Some(object) => object.iter().for_each(|(key, value)| keys(value, &format!("{above}.{key}"), found)),
    }
}

#[test]
fn json_has_the_same_keys_everywhere() {
    if !need("json_has_the_same_keys_everywhere", &[Need::Root]) {
        return;
    }
    let of = |stats: Stats| {
        let report = Report {
            ending: Ending::Exited(0),
            wall_usec: 1,
            groups: vec!["/a".into()],
            stats,
            bounds: Bounds::default(),
            above: None,
            lost: Lost::default(),
        };
        let value = serde_json::to_value(&report).unwrap();
        let mut found = Vec::new();
        keys(&value, "", &mut found);
        (found, value)
    };
    let (want, nothing) = of(Stats::default());
    assert_eq!(nothing["memory"]["peak_bytes"], serde_json::Value::Null);
    assert_eq!(nothing["status"]["words"], "exited with 0");
    let root = cgroup2_root().map(|point| Part {
        version: Version::V2,
        controllers: Vec::new(),
        directory: point.to_owned(),
    });
    let ours = std::fs::read_dir("/sys/fs/cgroup").unwrap().filter_map(Result::ok);
    let ours = ours.map(|entry| Part {
        version: Version::V1,
        controllers: vec![entry.file_name().into_string().unwrap()],
        directory: entry.path(),
    });
    for part in ours.filter(|part| part.directory.join("tasks").is_file()).chain(root) {
        let (found, value) = of(Stats::of(&[part], &Machine));
        assert_eq!(found, want, "{value}");
    }
}

#[test]
fn a_walk_finds_what_find_finds() {
    let needs = [Need::Root, Need::Version1(&["memory", "pids"]), Need::Program("find")];
    if !need("a_walk_finds_what_find_finds", &needs) {
        return;
    }
    let groups = Groups::version1("walk", &["memory", "pids"]);
    for (part, names) in groups.parts.iter().zip([["a/b/c", "a/d", "e", "a-b"], ["a/b/f", "g/h", "e", "a.b"]])
    {
        for name in names {
            std::fs::create_dir_all(part.directory.join(name)).unwrap();
        }
    }
    let directories: Vec<&Path> = groups.parts.iter().map(|part| part.directory.as_path()).collect();
    let listing = Listing::of(&directories);
    let rows: Vec<_> =
        listing.groups.iter().map(|group| (group.path.to_str().unwrap(), group.trees.as_slice())).collect();
    assert_eq!(rows[0], ("", &[0, 1][..]));
    assert_eq!(rows[2..5], [("a/b", &[0, 1][..]), ("a/b/c", &[0]), ("a/b/f", &[1])]);
    for (tree, directory) in directories.iter().enumerate() {
        let mut ours: Vec<String> = listing
            .groups
            .iter()
            .filter(|group| group.trees.contains(&tree))
            .map(|group| directory.join(&group.path).display().to_string().trim_end_matches('/').to_owned())
            .collect();
        ours.sort();
        let found = Cmd::new("find").args([directory.to_str().unwrap(), "-type", "d"]).run();
        let mut found: Vec<&str> = found.stdout.lines().collect();
        found.sort_unstable();
        assert_eq!(ours, found);
    }
}

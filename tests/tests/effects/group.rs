use crate::{can, xcgexec, xcgroup};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use xns_tests::groups::{OwnGroup, controller, hierarchies, run_groups};
use xns_tests::{Cmd, Need, bin, need};

/// In the group from its first instruction, in every hierarchy of a limit; and nothing of it is left.
#[test]
fn the_program_is_in_its_group_and_the_group_goes() {
    if !can("the_program_is_in_its_group_and_the_group_goes", "pids") {
        return;
    }
    // In two hierarchies by version 1, where memory is to be had.
    let limits = if controller("memory").is_some() { "--pids 50 --memory-request 1M" } else { "--pids 50" };
    for (words, status) in [
        (&["--", "sh", "-c", "cat /proc/self/cgroup; exit 3"][..], Some(3)),
        (&["--", "sh", "-c", "cat /proc/self/cgroup; kill -KILL $$"], None),
    ] {
        let running = xcgexec().words(limits).args(words).start();
        let pid = running.pid();
        let done = running.end();
        assert_eq!(done.status, status, "{done:?}");
        let mine = done.stdout.lines().filter(|line| line.ends_with(&format!("/xcgexec-{pid}"))).count();
        assert!(mine >= 1, "{done:?}");
        assert_eq!(run_groups(pid), Vec::<std::path::PathBuf>::new());
    }
    let running = xcgexec().args(["--pids", "50", "--", "/nonexistent"]).start();
    let pid = running.pid();
    let done = running.end();
    assert_eq!(done.status, Some(127), "{done:?}");
    assert_eq!(run_groups(pid), Vec::<std::path::PathBuf>::new());
}

/// The limit of the outer run binds the inner one, also where version 2 wants a leaf for that.
#[test]
fn a_run_in_a_run_is_below_it() {
    if !can("a_run_in_a_run_is_below_it", "pids") {
        return;
    }
    let tool = bin("xcgexec");
    let inner = format!("{} --pids 30 -- cat /proc/self/cgroup; cat /proc/self/cgroup", tool.display());
    let running = xcgexec().args(["--pids", "50", "--", "sh", "-c", &inner]).start();
    let pid = running.pid();
    let done = running.end();
    assert!(done.ok() && done.stderr.is_empty(), "{done:?}");
    let depth = |line: &str| line.matches("xcgexec-").count();
    assert!(done.stdout.lines().any(|line| depth(line) == 2), "{done:?}");
    assert!(!done.stdout.contains("xns.leaf"), "the shell is back where it was: {done:?}");
    assert_eq!(run_groups(pid), Vec::<std::path::PathBuf>::new());
}

#[test]
fn it_composes_with_namespaces() {
    if !can("it_composes_with_namespaces", "memory") {
        return;
    }
    let xunshare = bin("xunshare");
    let xunshare = xunshare.to_str().unwrap();
    let words = [
        "--memory",
        "200M",
        "--",
        xunshare,
        "-fp",
        "--mount-proc",
        "sh",
        "-c",
        "echo $$; ps -o pid= | wc -l",
    ];
    let done = xcgexec().args(words).run();
    assert_eq!(done.out().lines().next(), Some("1"), "{done:?}");
    let done = xcgexec().args(["--memory", "200M", "--", xunshare, "-C", "cat", "/proc/self/cgroup"]).run();
    let memory = |line: &&str| {
        line.split(':').nth(1).is_some_and(|names| names.is_empty() || names.contains("memory"))
    };
    let own: Vec<_> = done.out().lines().filter(memory).collect();
    assert!(own.iter().all(|line| line.ends_with(":/")) && !own.is_empty(), "{done:?}");
}

#[test]
fn in_place_the_process_stays_the_same() {
    if !can("in_place_the_process_stays_the_same", "pids") {
        return;
    }
    let group = OwnGroup::new();
    let directory = group.by_hand("pids");
    let spec = format!("pids:{}", group.name());
    let running = xcgexec().args(["-g", &spec, "sh", "-c", "echo $$; cat /proc/self/cgroup"]).start();
    let pid = running.pid();
    let done = running.end();
    assert_eq!(done.stdout.lines().next(), Some(pid.to_string().as_str()), "{done:?}");
    assert!(done.stdout.contains(&format!("/{}\n", group.name())), "{done:?}");
    assert!(directory.is_dir(), "it is not ours to remove");
    // A group made by hand is seen, set and removed alike.
    xcgroup().args(["set", group.name(), "--pids", "7"]).run().out();
    assert_eq!(std::fs::read_to_string(directory.join("pids.max")).unwrap(), "7\n");
    let listed = xcgroup().args(["list"]).run();
    assert!(listed.out().contains(group.name()), "{listed:?}");
    xcgroup().args(["delete", group.name()]).run().out();
    assert!(!directory.exists());
}

#[test]
fn the_class_of_packets_is_set_by_version_1() {
    if !need("the_class_of_packets_is_set_by_version_1", &[Need::Root]) {
        return;
    }
    match xns_tests::groups::controller("net_cls") {
        Some((point, _)) => {
            let script = format!(
                "cat {}/$(sed -n 's/.*net_cls[^:]*://p' /proc/self/cgroup)/net_cls.classid",
                point.display()
            );
            let done = xcgexec().args(["--net-class", "0x00010001", "--", "sh", "-c", &script]).run();
            assert_eq!(done.out(), "65537", "{done:?}");
        }
        None => {
            let done = xcgexec().args(["--net-class", "0x00010001", "--", "true"]).run();
            assert_eq!(done.status, Some(125), "{done:?}");
            assert!(done.stderr.contains("nft") && done.stderr.contains("net_cls"), "{done:?}");
        }
    }
}

/// Who ends the tool by a signal ends the program, and the group goes.
#[test]
fn signals_end_the_program_and_the_group() {
    if !can("signals_end_the_program_and_the_group", "pids") {
        return;
    }
    for signal in ["INT", "TERM", "HUP"] {
        let mut running =
            xcgexec().args(["--pids", "50", "--", "sh", "-c", "echo up; exec sleep 100"]).start();
        let pid = running.pid();
        assert_eq!(running.line(), "up");
        Cmd::new("kill").args([format!("-{signal}"), pid.to_string()]).run().out();
        let done = running.end();
        assert!(done.signal.is_some(), "{signal}: {done:?}");
        assert_eq!(run_groups(pid), Vec::<std::path::PathBuf>::new(), "{signal}");
    }
}

/// A limit that will not count is said, by the group that has the lower one; and is set all the same.
#[test]
fn a_lower_limit_above_is_told() {
    if !can("a_lower_limit_above_is_told", "pids") {
        return;
    }
    let group = OwnGroup::new();
    let name = group.name();
    assert!(xcgroup().args(["create", name, "--pids", "9"]).run().ok());
    let below = format!("{name}/below");
    for (tool, words) in [
        (xcgroup(), vec!["create", &below, "--pids", "99"]),
        (xcgexec(), vec!["-g", &format!("pids:{name}"), "--pids", "99", "true"]),
    ] {
        let told = tool.env("XNS_HINTS", "always").args(words).run();
        assert!(told.ok() && told.stderr.contains("hint[XNS-E54-lower-above]"), "{told:?}");
        assert!(told.stderr.contains(&format!("/{name}/pids.max says 9\n")), "{told:?}");
    }
    let told = xcgroup().args(["--hints=always", "create", &format!("{name}/b"), "--pids", "9"]).run();
    assert!(told.ok() && told.stderr.is_empty(), "{told:?}");
    assert!(xcgroup().args(["delete", "-r", name]).run().ok());
}

/// By version 2 no process may be in a group that has controllers enabled for its children: a leaf below it takes them, which is
/// said, shown in each form of the plan, and gone when nothing comes of it. `cgexec` answers as the original.
#[test]
fn a_group_with_controllers_for_its_children_has_a_leaf() {
    let test = "a_group_with_controllers_for_its_children_has_a_leaf";
    if !need(test, &[Need::Root, Need::Cgroup2]) {
        return;
    }
    let point = hierarchies().into_iter().find(|one| one.is_v2).unwrap().point;
    let group = OwnGroup::new();
    let (name, directory) = (group.name().to_owned(), point.join(group.name()));
    let name = name.as_str();
    let read = |directory: &Path, file: &str| std::fs::read_to_string(directory.join(file)).unwrap();
    // One that no other test needs.
    let controllers = read(&point, "cgroup.controllers");
    let controllers: Vec<_> = controllers.split_whitespace().collect();
    let controller = *controllers.iter().find(|name| **name == "hugetlb").unwrap_or(&controllers[0]);
    let enabled = Enabled::new(&point, controller);
    // Removed before it is disabled again.
    let group = group;
    std::fs::create_dir(&directory).unwrap();
    let inner = Enabled::new(&directory, controller);
    let leaf = directory.join("xns.leaf");
    let joined = format!("0::/{name}/xns.leaf");
    let told = format!(
        "xcgexec: {0} has controllers enabled for its children, so no process may be in it: in {0}/xns.leaf\n",
        directory.display()
    );
    let into = |spec: &str, more: &[&str]| {
        xcgexec().args(more).args(["-g", &format!("{spec}:{name}"), "cat", "/proc/self/cgroup"]).run()
    };

    // Shown, and not done.
    for form in ["--dry-run", "--dry-run=json", "--dry-run=sh"] {
        let done = into("", &[form, "--hints=always"]);
        assert!(done.ok() && done.stdout.contains("xns.leaf") && done.stderr.is_empty(), "{done:?}");
        assert!(!leaf.exists(), "{form}");
    }
    // What is not started leaves no leaf.
    let words = ["-g", &format!(":{name}"), "/nonexistent"];
    let done = xcgexec().args(words).run();
    assert!(done.status == Some(127) && !leaf.exists(), "{done:?}");
    // The original's name: the kernel's answer.
    let mut original = xcgexec().args(["-g", &format!(":{name}"), "true"]);
    original.std().arg0("cgexec");
    let done = original.run();
    assert!(done.status == Some(96) && !leaf.exists(), "{done:?}");
    // In place: it stays, for the next one, too.
    for spec in ["", controller, ""] {
        let done = into(spec, &["--hints=always"]);
        assert!(done.ok() && done.stdout.lines().any(|line| line == joined), "{done:?}");
        assert_eq!(done.stderr, told);
        let done = into(spec, &[]);
        assert!(done.ok() && done.stderr.is_empty() && leaf.exists(), "{done:?}");
    }
    // A group of its own for the run is beside it, and goes; so does nothing else.
    let done = into("", &["--report=/dev/null"]);
    assert!(done.ok() && done.stdout.contains(&format!("0::/{name}/xcgexec-")), "{done:?}");
    assert!(leaf.exists());
    // xcgroup names it, moves there, and removes it with its group.
    assert!(xcgroup().args(["list"]).run().out().contains(&format!("/{name}/xns.leaf")));
    let sleeper = Cmd::new("sleep").args(["1000"]).start();
    let done = xcgroup().args(["--hints=always", "add", name, &sleeper.pid().to_string()]).run();
    assert!(done.ok() && done.stderr == told.replace("xcgexec", "xcgroup"), "{done:?}");
    assert_eq!(read(&leaf, "cgroup.procs"), format!("{}\n", sleeper.pid()));
    let done = xcgroup().args(["delete", name]).run();
    assert!(done.status == Some(1) && done.stderr.contains("has 1 process"), "{done:?}");
    drop(sleeper);
    let done = xcgroup().args(["wait", name]).run();
    assert!(done.ok(), "{done:?}");
    let done = xcgroup().args(["delete", name]).run();
    assert!(done.ok() && !directory.exists(), "{done:?}");
    drop((inner, group, enabled));
}

/// A controller of version 2 that is enabled for the groups below, and no longer when the test is over.
struct Enabled<'a>(PathBuf, &'a str, bool);

impl<'a> Enabled<'a> {
    fn new(directory: &Path, controller: &'a str) -> Self {
        let file = directory.join("cgroup.subtree_control");
        let before =
            std::fs::read_to_string(&file).unwrap().split_whitespace().any(|name| name == controller);
        if !before {
            std::fs::write(&file, format!("+{controller}")).unwrap();
        }
        Enabled(file, controller, before)
    }
}

impl Drop for Enabled<'_> {
    fn drop(&mut self) {
        if !self.2 {
            let _ = std::fs::write(&self.0, format!("-{}", self.1));
        }
    }
}

//! Groups that were made by hand, as every verb of xcgroup that looks shows them.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use nix::sys::signal::Signal;
use serde_json::Value;
use std::fs::{create_dir, read_to_string, remove_dir, write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use xns_tests::groups::OwnGroup;
use xns_tests::{Cmd, Done, Need, ORDINARY_UID, Terminal, bin, children, need, send, wait_for};

/// Hierarchies of version 1, at their usual places.
const NEEDS: &[Need] = &[Need::Root, Need::Version1(&["memory", "pids", "cpu", "cpuacct"])];

/// Groups in hierarchies of version 1, and who is in them. All goes with it.
struct Groups {
    name: String,
    made: Vec<PathBuf>,
    running: Vec<Child>,
}

impl Groups {
    fn new(test: &str) -> Self {
        Groups {
            name: format!("xns-look-{}-{test}", std::process::id()),
            made: Vec::new(),
            running: Vec::new(),
        }
    }

    /// `below` is empty, or begins with a slash.
    fn make(&mut self, controller: &str, below: &str) -> PathBuf {
        // Some have one hierarchy together, and links to it.
        let point = Path::new("/sys/fs/cgroup").join(controller).canonicalize().unwrap();
        let directory = PathBuf::from(format!("{}/{}{below}", point.display(), self.name));
        if !self.made.contains(&directory) {
            create_dir(&directory).unwrap();
            self.made.push(directory.clone());
        }
        directory
    }

    /// A process that is in these groups before it is anything else.
    fn run(&mut self, groups: &[&Path], script: &str) -> u32 {
        let enter: String =
            groups.iter().map(|group| format!("echo $$ > '{}/cgroup.procs'; ", group.display())).collect();
        let child = Command::new("sh").args(["-c", &format!("{enter}{script}")]).spawn().unwrap();
        let pid = child.id();
        self.running.push(child);
        wait_for("a process in its groups", || {
            let is_in = |group: &&Path| {
                let text = read_to_string(group.join("cgroup.procs")).unwrap();
                text.lines().any(|line| line == pid.to_string())
            };
            groups.iter().all(is_in)
        });
        pid
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        for child in &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
        for directory in self.made.iter().rev() {
            // Who has just ended may be in it for a moment.
            let start = Instant::now();
            while remove_dir(directory).is_err()
                && directory.exists()
                && start.elapsed() < Duration::from_secs(5)
            {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

fn xcgroup(words: &[&str]) -> Cmd {
    Cmd::new(bin("xcgroup")).args(words)
}

#[track_caller]
fn ok(words: &[&str]) -> String {
    let done = xcgroup(words).run();
    assert_eq!((done.status, &*done.stderr), (Some(0), ""), "{words:?}: {done:?}");
    done.stdout
}

#[track_caller]
fn json(words: &[&str]) -> Value {
    let text = ok(&[words, &["--json"]].concat());
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A group with a limit, one below it with a larger one, and a process in that.
fn family(test: &str) -> (Groups, u32) {
    let mut groups = Groups::new(test);
    let top = groups.make("memory", "");
    let below = groups.make("memory", "/b");
    let pids = groups.make("pids", "");
    write(top.join("memory.limit_in_bytes"), "200M").unwrap();
    write(below.join("memory.limit_in_bytes"), "500M").unwrap();
    write(pids.join("pids.max"), "20").unwrap();
    let pid = groups.run(&[&below, &pids], "exec sleep 1000");
    (groups, pid)
}

#[test]
fn names_and_trees() {
    if !need("names_and_trees", NEEDS) {
        return;
    }
    let (groups, pid) = family("tree");
    let name = &*groups.name;
    assert_eq!(ok(&["list", name]), format!("/{name}   memory pids\n/{name}/b memory\n"));
    assert!(ok(&["list"]).lines().any(|line| line.split_whitespace().eq([
        &*format!("/{name}"),
        "memory",
        "pids"
    ])));
    let list = json(&["list", name]);
    assert_eq!(list[1]["name"], format!("/{name}/b"));
    assert_eq!(list[0]["hierarchies"], serde_json::json!(["memory", "pids"]));

    let tree = ok(&["tree", name]);
    for words in [
        "memory 200M\n",
        "pids 20\n",
        "memory 500M\n",
        &format!("memory bound by /{name}: 200M\n"),
        &format!("|-{pid} (only in pids) sleep 1000"),
        &format!("  `-{pid} sleep 1000"),
    ] {
        assert!(tree.contains(words), "{words:?} in {tree}");
    }
    let tree = json(&["tree", name]);
    assert_eq!(tree[1]["processes"][0]["pid"], pid);
    assert_eq!(tree[1]["processes"][0]["command"], "sleep 1000");
    assert_eq!(tree[0]["processes"][0]["only_in"], serde_json::json!(["pids"]));
    assert_eq!(tree[1]["bounds"]["memory_bytes"]["limit"], 200 << 20);
    assert_eq!(tree[1]["bounds"]["memory_bytes"]["group"], format!("/{name}"));
    assert_eq!(tree[0]["pids"], 1);
    // With the root at the top, a process that is in a group is not in the root as well.
    let whole = json(&["tree"]);
    assert_eq!(whole[0]["name"], "/");
    let in_root = whole[0]["processes"].as_array().unwrap();
    assert!(
        in_root.iter().any(|process| process["pid"] == 2)
            && in_root.iter().all(|process| process["pid"] != pid)
    );
}

#[test]
fn limits_and_files() {
    if !need("limits_and_files", NEEDS) {
        return;
    }
    let (groups, pid) = family("get");
    let name = &*groups.name;
    let below = format!("{name}/b");
    let text = ok(&["get", &below]);
    assert!(text.contains("memory         500M (524288000) memory.limit_in_bytes\n"), "{text}");
    assert!(text.ends_with(&format!("memory limited to 200M by /{name}, not by its own 500M\n")), "{text}");
    let limits = json(&["get", name]);
    let find = |limit: &str| {
        limits["limits"].as_array().unwrap().iter().find(|row| row["limit"] == limit).unwrap().clone()
    };
    assert_eq!((&find("memory")["value"], &find("memory")["is_set"]), (&(200u64 << 20).into(), &true.into()));
    assert_eq!((&find("pids")["value"], &find("pids")["file"]), (&20.into(), &"pids.max".into()));

    assert_eq!(ok(&["get", name, "pids.max"]), "20\n");
    assert_eq!(ok(&["get", name, "pids.max", "pids.current"]), "pids.max: 20\npids.current: 1\n");
    assert_eq!(
        ok(&["get", name, "cgroup.procs"]),
        format!("cgroup.procs (memory): \ncgroup.procs (pids): {pid}\n")
    );
    let done = xcgroup(&["get", name, "memory.max"]).run();
    assert_eq!((done.status, &*done.stdout), (Some(0), "209715200\n"));
    assert_eq!(done.stderr, "xcgroup: memory.max is version 2's name of memory.limit_in_bytes\n");
    assert_eq!(json(&["get", "--quiet", name, "memory.max"])[0]["file"], "memory.limit_in_bytes");
    let stat = json(&["stat", name, &below]);
    assert_eq!(
        (&stat[0]["memory"]["limit_bytes"], &stat[0]["pids"]["limit"]),
        (&(200u64 << 20).into(), &20.into())
    );
    assert_eq!((&stat[1]["processes"], &stat[1]["pids"]["current"]), (&1.into(), &Value::Null));
    let text = ok(&["stat", name]);
    assert!(text.starts_with(&format!("/{name} (memory pids)\n  state      1 process\n")), "{text}");
}

#[test]
fn a_process() {
    if !need("a_process", NEEDS) {
        return;
    }
    let (groups, pid) = family("show");
    let text = ok(&["show", &pid.to_string()]);
    assert!(text.starts_with(&format!("{pid} sleep 1000\nHIERARCHY ")), "{text}");
    let directory = groups.made[1].display().to_string();
    let is_memory =
        |line: &str| line.split_whitespace().eq(["memory", "v1", &format!("/{}/b", groups.name), &directory]);
    assert!(text.lines().any(is_memory), "{text}");
    assert!(
        text.contains(&format!("memory limited to 200M by /{}, not by its own 500M\n", groups.name)),
        "{text}"
    );
    assert!(text.ends_with(&format!("processes and threads limited to 20 by /{}\n", groups.name)), "{text}");

    let done = xcgroup(&["show", "--json", &pid.to_string(), "4194304"]).run();
    assert_eq!((done.status, &*done.stderr), (Some(1), "xcgroup: no process has the PID 4194304\n"));
    let shown: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((shown.as_array().unwrap().len(), &shown[0]["pid"]), (1, &pid.into()));
    assert_eq!(shown[0]["bounds"]["pids"]["limit"], 20);

    // As it sees itself in a namespace of its own: all others' groups are outside.
    let script = format!("{} show --json $PPID", bin("xcgroup").display());
    let done = Cmd::new("sh")
        .args(["-c", "echo $$ > $0/cgroup.procs; unshare -C sh -c \"$1\"; true", &directory, &script])
        .run();
    let shown: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"));
    let group = |hierarchy: &str| {
        let groups = shown[0]["groups"].as_array().unwrap();
        groups.iter().find(|group| group["hierarchy"] == hierarchy).unwrap().clone()
    };
    assert_eq!(
        (&group("memory")["path"], &group("memory")["outside_of_namespace"]),
        (&"/".into(), &false.into())
    );
    drop(groups);
}

#[test]
fn a_group_that_was_removed_and_one_outside() {
    if !need("a_group_that_was_removed_and_one_outside", NEEDS) {
        return;
    }
    let mut groups = Groups::new("outside");
    let (group, other) = (groups.make("memory", ""), groups.make("pids", ""));
    let pid = groups.run(&[&other], "exec sleep 1000");
    let script = format!("{} show --json {pid}", bin("xcgroup").display());
    let enter = "echo $$ > $0/cgroup.procs; exec unshare -C sh -c \"$1\"";
    let inner = groups.make("pids", "/inner");
    let done = Cmd::new("sh").args(["-c", enter, &inner.display().to_string(), &script]).run();
    let shown: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"));
    let groups_of = |value: &Value| value[0]["groups"].as_array().unwrap().clone();
    let pids = groups_of(&shown).into_iter().find(|group| group["hierarchy"] == "pids").unwrap();
    assert_eq!((&pids["path"], &pids["outside_of_namespace"]), (&"/..".into(), &true.into()));
    // The mount, which was made outside, shows it all the same.
    assert_eq!(pids["directory"], other.to_str().unwrap());
    drop((groups, group));
}

/// A name may hold anything but a line end and a slash; what a terminal would obey is not printed.
#[test]
fn a_name_to_steer_terminals() {
    if !need("a_name_to_steer_terminals", NEEDS) {
        return;
    }
    let mut groups = Groups::new("odd");
    groups.make("memory", "");
    let odd = "/a b\x1b[2J\x07\\x41é";
    let inner = groups.make("memory", odd);
    groups.run(&[&inner], "exec sleep 1001");
    let name = &*groups.name;
    let whole = format!("/{name}{odd}");
    for words in [&["list", name][..], &["tree", name], &["top", "--once", "--every", "20ms", name]] {
        let text = ok(words);
        assert!(text.contains("a b\\x1b[2J\\x07\\x5cx41"), "{words:?}: {text:?}");
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{words:?}: {text:?}");
    }
    assert_eq!(json(&["list", name])[1]["name"], whole);
    assert_eq!(json(&["tree", name])[1]["name"], whole);
    assert_eq!(json(&["top", "--once", "--every", "20ms", "--sort=name", name])["groups"][1]["name"], whole);
    assert!(!ok(&["list", "--json", name]).contains('\x1b'));
    let pid = groups.running[0].id().to_string();
    let shown = ok(&["show", &pid]);
    assert!(shown.contains("a b\\x1b[2J") && !shown.contains('\x1b'), "{shown:?}");
}

#[test]
fn what_a_group_does_in_an_interval() {
    if !need("what_a_group_does_in_an_interval", NEEDS) {
        return;
    }
    let mut groups = Groups::new("top");
    let (cpu, usage, pids) = (groups.make("cpu", ""), groups.make("cpuacct", ""), groups.make("pids", ""));
    let (idle, memory) = (groups.make("pids", "/idle"), groups.make("memory", "/"));
    write(cpu.join("cpu.cfs_quota_us"), "20000").unwrap();
    groups.run(&[&cpu, &usage, &pids], "while :; do :; done");
    groups.run(&[&idle, &memory], "exec sleep 1000");
    let top = json(&["top", "--once", "--every", "1s", &groups.name]);
    let rows = top["groups"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    let (busy, idle) = (&rows[0], &rows[1]);
    assert_eq!(
        (&busy["name"], &idle["name"]),
        (&format!("/{}", groups.name).into(), &format!("/{}/idle", groups.name).into())
    );
    let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("{top}"));
    assert!((2.0..35.0).contains(&number(&busy["cpu_percent"])), "{top}");
    assert!(number(&busy["throttled_percent"]) > 10.0, "{top}");
    assert_eq!((&busy["pids"], &busy["processes"]), (&2.into(), &2.into()));
    assert_eq!((&idle["pids"], &idle["processes"]), (&1.into(), &1.into()));
    assert!(number(&top["interval_usec"]) >= 1e6);
    let stat = json(&["stat", &groups.name]);
    assert!(
        number(&stat[0]["cpu"]["throttled_usec"]) > 0.0 && stat[0]["cpu"]["limit_percent"] == 20.0,
        "{stat}"
    );

    // Without --once a line for each interval.
    let mut running = xcgroup(&["top", "--json", "--every", "50ms", &groups.name]).start();
    for _ in 0..3 {
        let line: Value = serde_json::from_str(&running.line()).unwrap();
        assert_eq!(line["groups"].as_array().map(Vec::len), Some(2));
    }
}

#[test]
fn an_ordinary_user_sees_groups() {
    if !need("an_ordinary_user_sees_groups", NEEDS) {
        return;
    }
    let (groups, pid) = family("user");
    let run = |words: &[&str]| {
        let done: Done = xcgroup(words).ordinary().run();
        assert_eq!((done.status, &*done.stderr), (Some(0), ""), "{words:?}: {done:?}");
        done.stdout
    };
    let name = &*groups.name;
    assert!(run(&["tree", name]).contains(&format!("{pid} sleep 1000")));
    assert!(run(&["show", &pid.to_string()]).contains("memory limited to 200M by "));
    assert!(run(&["get", name]).contains("memory         200M (209715200) "));
    assert!(run(&["stat", name]).contains("of 200M"));
    assert!(run(&["list"]).contains(name));
    assert!(run(&["layout"]).contains("Nothing is delegated to you: "));
    assert!(run(&["top", "--once", "--every", "10ms", name]).contains(name));
}

#[test]
fn what_is_not_there_is_named() {
    if !need("what_is_not_there_is_named", NEEDS) {
        return;
    }
    let (groups, _) = family("named");
    let name = &*groups.name;
    let fails = |words: &[&str]| {
        let done = xcgroup(words).run();
        assert_eq!((done.status, &*done.stdout), (Some(1), ""), "{words:?}: {done:?}");
        done.stderr
    };
    let wrong = format!("{name}x");
    let text = fails(&["get", &wrong, "--hints=always"]);
    assert!(
        text.starts_with(&format!("xcgroup: no group /{wrong} in any hierarchy\n  hint[XNS-E50-no-group]: ")),
        "{text}"
    );
    assert!(
        text.contains("because: looked below /sys/fs/cgroup/") && text.contains("/sys/fs/cgroup/memory,"),
        "{text}"
    );
    assert!(text.contains(&format!("because: there is /{name}")), "{text}");
    assert!(text.contains(&format!(" get /{name} --hints=always ")), "{text}");
    let error: Value = serde_json::from_str(&fails(&["tree", &wrong, "--error-format=json"])).unwrap();
    assert_eq!(error["hint"]["id"], "XNS-E50-no-group");
    let cpu = Path::new("/sys/fs/cgroup/cpu").canonicalize().unwrap();
    assert_eq!(
        fails(&["get", name, "cpu.shares"]),
        format!(
            "xcgroup: /{name} has no file cpu.shares: it is not in the hierarchy of cpu, at {}\n",
            cpu.display()
        )
    );
    assert!(fails(&["get", name, "memory.force_empty"]).contains(" is only written to: "));
    assert!(fails(&["get", name, "../memory.stat"]).contains("'../memory.stat' is no name of a file"));
    assert!(fails(&["get", "../x"]).contains(".. would lead out of it"));
    assert_eq!(fails(&["top", "--every", "1ms", name]), "xcgroup: an interval has at least 10ms\n");
    assert_eq!(fails(&["show", "x"]), "xcgroup: 'x' is not a PID\n");
}

/// The same of version 2, with the same keys.
#[test]
fn version_2() {
    const CONTROLLERS: &[&str] = &["memory", "pids", "cpu"];
    if !need("version_2", &[Need::Root, Need::Version2(CONTROLLERS)]) {
        return;
    }
    let mut groups = Groups::new("two");
    let top = groups.make("", "");
    write(top.join("cgroup.subtree_control"), "+memory +pids +cpu").unwrap();
    let below = groups.make("", "/b");
    for (group, file, value) in [
        (&top, "memory.max", "200M"),
        (&below, "memory.max", "500M"),
        (&top, "pids.max", "20"),
        (&below, "cpu.max", "20000 100000"),
    ] {
        write(group.join(file), value).unwrap();
    }
    let pid = groups.run(&[&below], "while :; do :; done");
    let name = &*groups.name;
    assert_eq!(ok(&["list", name]), format!("/{name}   cgroup2\n/{name}/b cgroup2\n"));
    let tree = ok(&["tree", name]);
    for words in [
        "pids 20\n",
        "cpu 20% of one CPU\n",
        &format!("memory bound by /{name}: 200M\n"),
        &format!("`-{pid} sh -c "),
    ] {
        assert!(tree.contains(words), "{words:?} in {tree}");
    }
    let tree = json(&["tree", name]);
    assert_eq!(
        (&tree[1]["processes"][0]["pid"], &tree[1]["bounds"]["pids"]["limit"]),
        (&pid.into(), &20.into())
    );
    let shown = json(&["show", &pid.to_string()]);
    assert_eq!(shown[0]["bounds"]["cpu"]["limit"]["limit_percent"], 20.0);
    let done = xcgroup(&["get", &format!("{name}/b"), "memory.limit_in_bytes"]).run();
    assert_eq!((done.status, &*done.stdout), (Some(0), "524288000\n"));
    assert_eq!(done.stderr, "xcgroup: memory.limit_in_bytes is version 1's name of memory.max\n");
    let stat = json(&["stat", name]);
    assert_eq!(
        (&stat[0]["memory"]["limit_bytes"], &stat[0]["processes"]),
        (&(200u64 << 20).into(), &1.into())
    );
    let top = json(&["top", "--once", "--every", "1s", "--sort=name", name]);
    let busy = &top["groups"][1];
    assert!(busy["throttled_percent"].as_f64().is_some_and(|share| share > 10.0), "{top}");
    assert_eq!((&busy["memory_limit_bytes"], &busy["pids"]), (&(200u64 << 20).into(), &1.into()));
}

#[test]
fn where_controllers_are() {
    if !need("where_controllers_are", NEEDS) {
        return;
    }
    let layout = json(&["layout"]);
    let find = |list: &str, key: &str, name: &str| {
        let rows = layout[list].as_array().unwrap();
        rows.iter().find(|row| row[key] == name).unwrap_or_else(|| panic!("{name} in {layout}")).clone()
    };
    let memory = find("controllers", "name", "memory");
    assert_eq!((&memory["where"], &memory["mount_point"]), (&"v1".into(), &"/sys/fs/cgroup/memory".into()));
    let own = read_to_string("/proc/self/cgroup").unwrap();
    let own = own.lines().find_map(|line| line.split_once(":memory:")).unwrap().1.to_owned();
    assert_eq!(find("hierarchies", "hierarchy", "memory")["own_group"], own);
    let known = read_to_string("/proc/cgroups").unwrap();
    for name in known.lines().skip(1).filter_map(|line| line.split_whitespace().next()) {
        find("controllers", "name", name);
    }
    let text = ok(&["layout"]);
    assert!(text.contains("\nmemory     v1 at /sys/fs/cgroup/memory"), "{text}");
}

/// The first child of the terminal's shell.
fn child(terminal: &Terminal) -> u32 {
    let mut found = Vec::new();
    wait_for("the shell's child", || {
        found = children(terminal.pid());
        !found.is_empty()
    });
    found[0]
}

fn on_terminal(words: &str) -> Terminal {
    let script = format!(
        "trap : INT; stty -g; {} top {words}; echo status $?; stty -g; echo end",
        bin("xcgroup").display()
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script]).env("TERM", "xterm").env("LC_ALL", "C.UTF-8").env_remove("COLUMNS");
    Terminal::start(&mut command)
}

const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const LEAVE: &str = "\x1b[?7h\x1b[?25h\x1b[?1049l";

#[test]
fn a_terminal_is_afterwards_as_it_was() {
    if !need(
        "a_terminal_is_afterwards_as_it_was",
        &[Need::Root, Need::Version1(&["memory"]), Need::Program("stty")],
    ) {
        return;
    }
    for (key, signal, status) in [
        ("q", None, 0),
        ("\x03", None, 130),
        ("", Some(Signal::SIGTERM), 143),
        ("", Some(Signal::SIGHUP), 129),
        ("", Some(Signal::SIGINT), 130),
    ] {
        let mut terminal = on_terminal("--every 50ms");
        let before = terminal.expect(ENTER);
        terminal.resize(5, 60);
        // Two tables; after the window has changed they have its height and width.
        let table = |terminal: &mut Terminal| {
            terminal.expect("\x1b[H");
            terminal.expect("\x1b[J")
        };
        terminal.press("n");
        terminal.expect("by name");
        wait_for("a table of the window's size", || table(&mut terminal).split('\n').count() <= 5);
        let page = table(&mut terminal);
        for line in page.split('\n') {
            let line = line.trim_end_matches('\r').replace("\x1b[K", "");
            assert!(line.chars().count() <= 60, "{line:?}");
        }
        match signal {
            None => terminal.press(key),
            Some(signal) => send(child(&terminal), signal),
        }
        terminal.expect(LEAVE);
        let after = terminal.expect("end");
        let settings = before.trim();
        assert!(
            after.contains(&format!("status {status}\r\n{settings}\r\n")),
            "{key:?} {signal:?}: {after:?}, {before:?}"
        );
        terminal.end();
    }
}

/// Ctrl-Z gives the shell the terminal as it was; it goes on where it was.
#[test]
fn a_stop_gives_the_terminal_back() {
    let needs = [Need::Root, Need::Version1(&["memory"]), Need::Program("stty"), Need::Program("bash")];
    if !need("a_stop_gives_the_terminal_back", &needs) {
        return;
    }
    let mut command = Command::new("bash");
    command
        .args(["--norc", "--noediting", "-i"])
        .env("TERM", "xterm")
        .env("PS1", "> ")
        .env_remove("PROMPT_COMMAND");
    let mut terminal = Terminal::start(&mut command);
    terminal.line("stty -g; echo be''gin");
    let before = terminal.expect("begin");
    let settings = before.split_whitespace().last().unwrap().to_owned();
    terminal.line(&format!("{} top --every 50ms", bin("xcgroup").display()));
    terminal.expect(ENTER);
    terminal.press("\x1a");
    terminal.expect(LEAVE);
    terminal.line("stty -g; echo mid''dle");
    assert!(terminal.expect("middle").contains(&settings));
    terminal.line("fg");
    terminal.expect(ENTER);
    terminal.press("q");
    terminal.expect(LEAVE);
    terminal.line("echo status $?; exit");
    terminal.expect("status 0");
    terminal.end();
}

/// Without a terminal nothing is drawn, and it ends.
#[test]
fn no_terminal_is_once() {
    if !need("no_terminal_is_once", NEEDS) {
        return;
    }
    let mut groups = Groups::new("once");
    groups.make("memory", "");
    let text = ok(&["top", "--every", "10ms", &groups.name]);
    assert_eq!(text.lines().count(), 2);
    assert!(!text.contains('\x1b'), "{text:?}");
    let dumb = Cmd::new("script").args([
        "-qec",
        &format!("{} top --every 10ms {}", bin("xcgroup").display(), groups.name),
        "/dev/null",
    ]);
    if need("no_terminal_is_once (dumb terminal)", &[Need::Program("script")]) {
        let done = dumb.env("TERM", "dumb").run();
        assert!(done.ok() && !done.stdout.contains('\x1b') && done.stdout.contains(&groups.name), "{done:?}");
    }
}

/// Resident pages of memory that is no file's (proc_pid_statm(5)).
fn pages(pid: u32) -> i64 {
    let text = read_to_string(format!("/proc/{pid}/statm")).unwrap();
    let fields: Vec<i64> = text.split_whitespace().map(|field| field.parse().unwrap()).collect();
    fields[1] - fields[2]
}

#[test]
fn a_thousand_rounds_take_no_more_memory_than_a_hundred() {
    if !need("a_thousand_rounds_take_no_more_memory_than_a_hundred", NEEDS) {
        return;
    }
    let mut groups = Groups::new("rounds");
    let (memory, pids) = (groups.make("memory", ""), groups.make("pids", ""));
    (0..20).for_each(|number| drop(groups.make("pids", &format!("/{number}"))));
    groups.run(&[&memory, &pids], "exec sleep 1000");
    let mut running = xcgroup(&["top", "--json", "--every", "10ms", &groups.name]).start();
    (0..100).for_each(|_| drop(running.line()));
    let before = pages(running.pid());
    for _ in 0..1000 {
        assert!(running.line().starts_with("{\"unix_time_usec\":"));
    }
    let grown = pages(running.pid()) - before;
    assert!(grown <= 16, "{grown} pages more, from {before}");
}

/// Given back: what the user has made below the group, and nothing that others have there.
#[test]
fn delegate_and_undo() {
    use std::os::unix::fs::{MetadataExt, chown};
    if !need("delegate_and_undo", &[Need::Root, Need::PidsController]) {
        return;
    }
    let group = OwnGroup::new();
    let xcgroup = |words: &[&str]| {
        let done = Cmd::new(bin("xcgroup")).args(words).run();
        assert!(done.ok(), "{words:?}: {done:?}");
        done.stdout
    };
    let top = group.by_hand("pids");
    xcgroup(&["delegate", group.name(), &format!("{ORDINARY_UID}:{ORDINARY_UID}")]);
    let owner = |path: &Path| std::fs::metadata(path).map(|seen| (seen.uid(), seen.gid())).unwrap();
    // By himself, two deep; and root, and another, beside it.
    let (his, deep) = (top.join("his"), top.join("his/deep"));
    let made = Cmd::new("mkdir").args([&his, &deep]).ordinary().run();
    assert!(made.ok(), "{made:?}");
    let (roots, others) = (top.join("his/roots"), top.join("others"));
    for directory in [&roots, &others] {
        std::fs::create_dir(directory).unwrap();
    }
    chown(&others, Some(4711), Some(4711)).unwrap();
    assert_eq!(owner(&deep.join("cgroup.procs")), (ORDINARY_UID, ORDINARY_UID));
    let shown = xcgroup(&["delegate", "--undo", "--dry-run", group.name()]);
    assert!(shown.contains("for each file below it of the one before"), "{shown}");
    xcgroup(&["delegate", "--undo", group.name()]);
    for path in [&top, &top.join("cgroup.procs"), &his, &deep, &deep.join("cgroup.procs"), &roots] {
        assert_eq!(owner(path), (0, 0), "{}", path.display());
    }
    assert_eq!(owner(&others), (4711, 4711));
    let made = Cmd::new("mkdir").args([deep.join("more")]).ordinary().run();
    assert!(!made.ok(), "{made:?}");
}

/// One file of version 2 stands for several of version 1; and files of the core of version 1 are no limits of version 2.
#[test]
fn files_of_either_version() {
    if !need("files_of_either_version", &[Need::Root, Need::Version1(&["cpu", "blkio", "cpuset"])]) {
        return;
    }
    let group = OwnGroup::new();
    let xcgroup = |words: &[&str]| Cmd::new(bin("xcgroup")).args(words).run();
    assert_eq!(xcgroup(&["create", group.name(), "--cpu", "20%"]).status, Some(0));
    let told = xcgroup(&["get", group.name(), "cpu.max"]);
    assert_eq!(told.stdout, "cpu.cfs_quota_us: 20000\ncpu.cfs_period_us: 100000\n");
    assert!(told.stderr.ends_with("name of cpu.cfs_quota_us and cpu.cfs_period_us\n"), "{told:?}");
    assert_eq!(xcgroup(&["get", group.name(), "io.max"]).stdout.lines().count(), 4);
    let set = xcgroup(&["set", group.name(), "notify_on_release=1", "cgroup.clone_children=1"]);
    assert_eq!((set.status, &*set.stderr), (Some(0), ""));
    let line = |controller: &str, file: &str| {
        let point = xns_tests::groups::controller(controller).unwrap().0;
        read_to_string(point.join(group.name()).join(file)).unwrap()
    };
    assert_eq!(line("cpu", "notify_on_release") + &line("cpuset", "notify_on_release"), "1\n1\n");
    assert_eq!(line("cpuset", "cgroup.clone_children"), "1\n");
    // A new group's cpuset is that of the group above, and nobody's limit.
    let tree = xcgroup(&["tree", group.name()]).stdout;
    assert!(tree.contains("cpu 20%") && !tree.contains("cpuset"), "{tree}");
}

//! What is wrong on the command lines of xcgexec and xcgroup, or in what they name: the first line, the status, the hint, and nothing
//! half-made left.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use xns_tests::groups::{self, OwnGroup};
use xns_tests::{Cmd, Done, Need, Running, Scene, bin, need};

/// The words, split at blanks (a `+` stands for a blank in one); the first line without the tool's name; the hint's id.
type Case = (&'static str, &'static str, &'static str);

/// Of xcgexec, with `true` as the program. `$G` is a group that is there.
const LAUNCHES: &[Case] = &[
    ("-g nosuch:/", "the controller nosuch is in no hierarchy that is mounted here", "XNS-E49-unknown"),
    (
        "-g ns:/",
        "the controller ns is in no hierarchy that is mounted here: it has been gone since Linux 3.0",
        "XNS-E49-ns",
    ),
    (
        "-g cpu,ns:/",
        "the controller ns is in no hierarchy that is mounted here: it has been gone since Linux 3.0",
        "XNS-E49-ns",
    ),
    (
        "-g cpu:none",
        "cannot open /sys/fs/cgroup/cpu/none/tasks: No such file or directory",
        "XNS-E50-no-group",
    ),
    ("-g pids:none --pids 5", "there is no group /sys/fs/cgroup/pids/none", "XNS-E50-no-group"),
    (
        "-g cpu:$G -g pids:none",
        "cannot open /sys/fs/cgroup/pids/none/tasks: No such file or directory",
        "XNS-E50-no-group",
    ),
    ("-g cpu", "-g 'cpu': there is no ':' between the controllers and the group's path", ""),
    ("-g cpu:", "-g 'cpu:': there is no path of a group after the ':'", ""),
    (
        "-g cpu:$G:rest",
        "-g 'cpu:$G:rest': a second ':' in it; a path with a ':' is not told from what another tool would drop",
        "",
    ),
    ("-g cpu:../$G", "-g: '../$G' is no name of a group: .. would lead out of it", ""),
    ("", "neither a group (-g) nor a limit for a new one", "XNS-G1-no-rules"),
    (
        "--memory 100",
        "unsupported --memory argument '100': less than a page of memory (4096 bytes), which the kernel would round down to 0",
        "^100|^",
    ),
    (
        "--memory 50m",
        "unsupported --memory argument '50m': m is a thousandth, as in Kubernetes, and of a byte there is none; M is 1024 times 1024",
        "^50m|  ^",
    ),
    (
        "--memory 50Q",
        "unsupported --memory argument '50Q': this is none of the units: K M G T P E, which are powers of 1024",
        "^50Q|  ^",
    ),
    (
        "--memory -1",
        "unsupported --memory argument '-1': nothing is below 0; write max for no limit",
        "^-1|^",
    ),
    ("--memory=", "unsupported --memory argument '': nothing is given", ""),
    ("--memory 1e3", "", "^1e3| ^"),
    (
        "--memory 123456789012345678901",
        "unsupported --memory argument '123456789012345678901': a number has at most 20 digits here",
        "^123456789012345678901|",
    ),
    ("--swap 10M", "", ""),
    ("--cpu 0", "unsupported --cpu argument '0': a CPU gives no less than 1 ms in a second (0.1%)", "^0|^"),
    (
        "--cpu 50%%",
        "unsupported --cpu argument '50%%': this is none of the units: % (of one CPU), m (thousandths of a CPU), none (CPUs)",
        "^50%%|   ^",
    ),
    ("--cpu 1,5", "unsupported --cpu argument '1,5': the sign of a fraction is a dot", "^1,5| ^"),
    ("--cpu-weight 0", "unsupported --cpu-weight argument '0': from 1 to 10000", "^0|^"),
    ("--cpu-shares 1", "unsupported --cpu-shares argument '1': from 2 to 262144", "^1|^"),
    (
        "--cpu-weight 100 --cpu-shares 1024",
        "--cpu-weight and --cpu-shares set the same weight: only one of them can be given",
        "",
    ),
    ("--pids x", "unsupported --pids argument 'x': a number is expected here", "^x|^"),
    ("--cpuset a", "unsupported --cpuset argument 'a': a number is expected here", "^a|^"),
    (
        "--cpuset 0-99999",
        "unsupported --cpuset argument '0-99999': the kernel knows no number above 8191 here",
        "^0-99999|  ^",
    ),
    ("--cpuset 8000", "", "XNS-C6-no-such-cpu"),
    ("--io-read 1M", "unsupported --io-read argument '1M': DEVICE=RATE is expected, as /home=10M", "^1M|  ^"),
    ("--io-read /=x", "unsupported --io-read argument '/=x': a number is expected here", "^/=x|  ^"),
    ("--io-read /none=1M", "--io-read: no device or file '/none': No such file or directory", ""),
    (
        "--io-write /dev/null=1M",
        "--io-write: /dev/null is a character device (1:3): I/O is limited on disks only, which are block devices",
        "",
    ),
    ("--io-weight 0", "unsupported --io-weight argument '0': from 1 to 10000", "^0|^"),
    (
        "--device x+1:3",
        "unsupported --device argument 'x 1:3': a rule starts with c, b, a, or the path of a device: 'c 1:3 rw', '/dev/null rw'",
        "^x 1:3|^",
    ),
    (
        "--set foo",
        "unsupported --set argument 'foo': FILE=VALUE is expected, as memory.max=500M",
        "^foo|   ^",
    ),
    (
        "--set no.such=1",
        "--set needs the controller no: this kernel knows no such controller",
        "XNS-E49-unknown",
    ),
    (
        "--set ../x=1",
        "unsupported --set argument '../x=1': a file of a group is expected, by its name alone, as memory.max",
        "^../x=1|",
    ),
    ("--set pids.none=1", "", "XNS-"),
    ("--set pids.max=x", "", "XNS-C6-value"),
    ("--memory 50M --set pids.max=x", "", "XNS-C6-value"),
    ("--report-format=xml --report", "unsupported --report-format argument 'xml'", ""),
    ("--remaining=x --pids 5", "unsupported --remaining argument 'x'", ""),
    ("--dry-run=xml --pids 5", "unsupported --dry-run argument 'xml'", ""),
    ("--report=/", "cannot open /: Is a directory", ""),
    ("--report=/none/x", "cannot open /none/x: No such file or directory", ""),
    ("--pids 5 --report=report --set pids.none=1", "", "XNS-"),
];

/// Of xcgroup; `$N` is a group that is not there.
const VERBS: &[Case] = &[
    ("create ../$N", "'../$N' is no name of a group: .. would lead out of it", ""),
    (
        "create $N --memory 5",
        "unsupported --memory argument '5': less than a page of memory (4096 bytes), which the kernel would round down to 0",
        "^5|^",
    ),
    ("create $N --cpuset 8000", "", "XNS-C6-no-such-cpu"),
    ("create $N --pids 5 --set pids.none=1", "", "XNS-"),
    ("create $N/in --pids 5 --set pids.max=x", "", "XNS-C6-value"),
    ("create $N --timeout 3s", "--timeout is not for create", ""),
    ("delete $N", "no group /$N in any hierarchy", "XNS-E50-no-group"),
    ("delete /", "the root of a hierarchy cannot be removed", ""),
    ("delete $G $N", "no group /$N in any hierarchy", "XNS-E50-no-group"),
    ("delete $FULL", "/$FULL has 1 process: $PID", "XNS-E48-processes"),
    ("delete $ABOVE", "/$ABOVE has groups below it: in", "XNS-E48-groups"),
    ("set $G", "nothing to set", ""),
    ("set $G pids.max", "'pids.max' has no '=' between file and value", ""),
    ("set $G pids.max=x", "", "XNS-C6-value"),
    ("set $G memory.limit_in_bytes=100", "", "^memory.limit_in_bytes=100|"),
    (
        "set $G memory.limit_in_bytes=18446744073709551615",
        "unsupported --set argument 'memory.limit_in_bytes=18446744073709551615': as much as this the kernel takes for no limit; write -1 for that",
        "^memory.limit_in_bytes=18446744073709551615|",
    ),
    (
        "set $G memory.kmem.limit_in_bytes=100M",
        "--set: memory.kmem.limit_in_bytes is not to be set: the kernel has given it up: a limit of memory counts its memory too",
        "",
    ),
    ("set $G notify_on_release=7", "", "^notify_on_release=7|                  ^"),
    ("set $G cpu.cfs_quota_us=-7", "", "^cpu.cfs_quota_us=-7|                 ^"),
    ("set $G io.weight=20000", "", "^io.weight=20000|          ^"),
    ("set $G io.max=1M", "", "XNS-C6-value"),
    ("create $N --cpuset 77", "", "XNS-C6-no-such-cpu"),
    ("set $N pids.max=3", "no group /$N in any hierarchy", "XNS-E50-no-group"),
    ("add $G x", "'x' is not a PID", ""),
    ("add $G 0", "'0' is not a PID", ""),
    ("add $G 999999999", "", "XNS-E46-no-process"),
    ("freeze $N", "no group /$N in any hierarchy", "XNS-E50-no-group"),
    ("freeze /", "", "XNS-C4-root"),
    ("kill $N", "no group /$N in any hierarchy", "XNS-E50-no-group"),
    ("kill /", "the root of a hierarchy has all processes of the machine: they are not ended together", ""),
    ("kill //.", "the root of a hierarchy has all processes of the machine: they are not ended together", ""),
    ("delegate $G nosuchuser", "no user 'nosuchuser'", ""),
    ("delegate $G 1 2", "delegate: '2' is too many", ""),
    ("list $G $N", "list: '$N' is too many", ""),
    ("list --pids 3", "--pids is not for list", ""),
    ("tree $N", "no group /$N in any hierarchy", "XNS-E50-no-group"),
    ("stat $N", "no group /$N in any hierarchy", "XNS-E50-no-group"),
    ("get $G nosuch", "/$G has no file nosuch", ""),
    ("show x", "'x' is not a PID", ""),
    ("show 99999999", "no process has the PID 99999999", "XNS-E46-no-process"),
    ("top --every x", "unsupported --every argument 'x': a number is expected here", "^x|^"),
    ("wait $G --timeout x", "unsupported --timeout argument 'x': a number is expected here", "^x|^"),
    ("layout $G", "layout: '$G' is too many", ""),
];

/// What a command line names.
struct Ground {
    scene: Scene,
    /// There; not there; with a process in it; with a group below it.
    groups: [OwnGroup; 4],
    member: Running,
}

const NAMES: [&str; 4] = ["$G", "$N", "$FULL", "$ABOVE"];

impl Ground {
    fn new() -> Self {
        let (scene, groups) = (Scene::new(), [(); 4].map(|()| OwnGroup::new()));
        let member = groups::in_roots(scene.cmd("sleep").args(["1000"])).start();
        let [there, _, full, above] = [0, 1, 2, 3].map(|n: usize| groups[n].name());
        let xcgroup = |words: &[&str]| assert_eq!(Cmd::new(bin("xcgroup")).args(words).run().out(), "");
        xcgroup(&["create", there, full, &format!("{above}/in"), "--pids", "9"]);
        xcgroup(&["add", full, &member.pid().to_string()]);
        Ground { scene, groups, member }
    }

    fn filled(&self, text: &str) -> String {
        let names = NAMES.iter().zip(&self.groups);
        let filled = names.fold(text.to_owned(), |text, (name, group)| text.replace(name, group.name()));
        filled.replace("$PID", &self.member.pid().to_string())
    }

    fn words(&self, line: &str) -> Vec<OsString> {
        self.filled(line).split_whitespace().map(|word| word.replace('+', " ").into()).collect()
    }

    /// Runs it; answers also which groups of its run are left.
    fn run(&self, tool: &str, words: &[OsString]) -> (Done, Vec<PathBuf>) {
        let running = groups::in_roots(self.scene.cmd(bin(tool)).args(words)).start();
        let pid = running.pid();
        (running.end(), groups::run_groups(pid))
    }

    fn value(&self, controller: &str, file: &str) -> String {
        let directory = groups::controller(controller).unwrap().0.join(self.groups[0].name());
        std::fs::read_to_string(directory.join(file)).unwrap()
    }

    /// What a case says is so, in words and as JSON.
    fn check(&self, tool: &str, (line, message, hint): Case, status: i32) -> Result<(), String> {
        let program = (tool == "xcgexec").then(|| OsString::from("true"));
        let mut words: Vec<OsString> = self.words(line).into_iter().chain(program).collect();
        words.insert(0, "--hints=always".into());
        let before = self.scene.listing();
        let (done, left) = self.run(tool, &words);
        let wrong = |what: &str| Err(format!("{what}: {done:?}"));
        let first = done.stderr.lines().next().unwrap_or_default();
        if done.status != Some(status) || !done.stdout.is_empty() {
            return wrong("status or output");
        }
        let expected = self.filled(message);
        let is_it = first
            .strip_prefix(&format!("{tool}: "))
            .is_some_and(|said| said == expected || message.is_empty());
        if !is_it {
            return wrong(&format!("the first line is not {expected}"));
        }
        match hint.strip_prefix('^').and_then(|pointed| pointed.split_once('|')) {
            Some((text, caret)) => {
                let lines: Vec<_> = done.stderr.lines().collect();
                let shown = lines.get(1) == Some(&format!("  {text}").as_str());
                if !shown
                    || !lines
                        .get(2)
                        .is_some_and(|line| line.starts_with(&format!("  {caret}")) && line.ends_with('^'))
                {
                    return wrong("the caret");
                }
            }
            None if !hint.is_empty() && !done.stderr.contains(&format!("hint[{hint}")) => {
                return wrong("the hint");
            }
            None => {}
        }
        if !left.is_empty() || self.scene.listing() != before || !self.groups[1].directories().is_empty() {
            return wrong(&format!("something is left, {left:?}"));
        }
        if self.value("pids", "pids.max") != "9\n" {
            return wrong("a value has changed");
        }
        words[0] = "--error-format=json".into();
        let (json, _) = self.run(tool, &words);
        let parsed: Result<serde_json::Value, _> = serde_json::from_str(&json.stderr);
        match parsed {
            Ok(told) if told["message"].as_str().is_some_and(|said| said.starts_with(&expected)) => Ok(()),
            _ => Err(format!("no JSON: {json:?}")),
        }
    }

    fn all(&self, tool: &str, cases: &[Case], status: i32) {
        let wrong = cases.iter().filter_map(|case| {
            Some(format!("{tool} {}\n    {}\n", case.0, self.check(tool, *case, status).err()?))
        });
        let wrong: Vec<String> = wrong.collect();
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.concat());
    }
}

const NEEDS: [Need; 2] =
    [Need::Root, Need::Version1(&["cpu", "memory", "cpuset", "pids", "blkio", "devices"])];

#[test]
fn command_lines_of_xcgexec() {
    if need("command_lines_of_xcgexec", &NEEDS) {
        Ground::new().all("xcgexec", LAUNCHES, 125);
    }
}

#[test]
fn command_lines_of_xcgroup() {
    if need("command_lines_of_xcgroup", &NEEDS) {
        Ground::new().all("xcgroup", VERBS, 1);
    }
}

/// Words that a table cannot hold, and misuse, which begins with the name as typed.
#[test]
fn odd_words_and_misuse() {
    if !need("odd_words_and_misuse", &NEEDS) {
        return;
    }
    let (ground, long) = (Ground::new(), "x".repeat(256));
    let long_spec = format!("cpu:{long}");
    let not = |name: &str, why: &str| format!("{name} is no name of a group{why}");
    let control = not("'a\\x0ab'", ": it has a line end in it");
    let too_long = not(&format!("'{long}'"), ": a part of it is longer than 255 bytes");
    let xcgexec = bin("xcgexec").display().to_string();
    let xcgroup = bin("xcgroup").display().to_string();
    let cases: [(&str, i32, &[&[u8]], String); 13] = [
        ("xcgexec", 125, &[b"-g", b"cpu:a\nb", b"true"], format!("xcgexec: -g: {control}")),
        ("xcgexec", 125, &[b"-g", long_spec.as_bytes(), b"true"], format!("xcgexec: -g: {too_long}")),
        (
            "xcgexec",
            125,
            &[b"-g", b"c\xff:a", b"true"],
            "xcgexec: -g 'c\u{fffd}:a': the controllers are not text".into(),
        ),
        ("xcgexec", 125, &[b"--pids", b"5"], format!("{xcgexec}: no program to run")),
        ("xcgexec", 125, &[], format!("{xcgexec}: no program to run")),
        ("xcgexec", 125, &[b"--nope", b"true"], format!("{xcgexec}: unrecognized option '--nope'")),
        (
            "xcgexec",
            127,
            &[b"--pids", b"5", b"./none"],
            "xcgexec: failed to execute ./none: No such file or directory".into(),
        ),
        (
            "xcgexec",
            126,
            &[b"--pids", b"5", b"/etc/passwd"],
            "xcgexec: failed to execute /etc/passwd: Permission denied".into(),
        ),
        ("xcgroup", 1, &[b"create", b"a\nb"], format!("xcgroup: {control}")),
        ("xcgroup", 1, &[b"create", long.as_bytes()], format!("xcgroup: {too_long}")),
        ("xcgroup", 1, &[b"kill", b""], "xcgroup: '' is no name of a group; / is the root".into()),
        ("xcgroup", 1, &[], format!("{xcgroup}: no verb: what is to be done?")),
        ("xcgroup", 1, &[b"nosuch"], format!("{xcgroup}: unknown verb 'nosuch'")),
    ];
    for (tool, status, words, first) in cases {
        let words: Vec<_> = words.iter().map(|word| OsStr::from_bytes(word).to_owned()).collect();
        let (done, left) = ground.run(tool, &words);
        done.fails(status, &first);
        assert_eq!((done.stdout.as_str(), left), ("", Vec::new()), "{words:?}");
    }
}

/// A controller that is in no hierarchy here; one that the group above does not pass on; a cpuset without CPUs.
#[test]
fn controllers_that_are_not_there() {
    if !need("controllers_that_are_not_there", &NEEDS) {
        return;
    }
    let ground = Ground::new();
    let refused = |spec: &str, first: &str, hint: &str| {
        let (done, _) = ground.run("xcgexec", &["--hints=always", "-g", spec, "true"].map(OsString::from));
        done.fails(125, &format!("xcgexec: {first}"));
        assert!(done.stderr.contains(&format!("hint[{hint}]")), "{done:?}");
    };
    if groups::controller("net_cls").is_none() {
        refused(
            "net_cls:/",
            "the controller net_cls is in no hierarchy that is mounted here",
            "XNS-E41-unmounted",
        );
    }
    let cpuset = OwnGroup::new();
    let directory = cpuset.by_hand("cpuset");
    let first = format!("cannot join the group {}: No space left on device", directory.display());
    refused(&format!("cpuset:{}", cpuset.name()), &first, "XNS-C3-empty-cpuset");
    if let Some((point, true)) = groups::controller("hugetlb") {
        // Its subtree_control is empty, whatever the root's is.
        let inner = point.join(ground.groups[0].name()).join("in");
        std::fs::create_dir(&inner).unwrap();
        let first = format!("the controller hugetlb is not enabled for {}", inner.display());
        refused(&format!("hugetlb:{}/in", ground.groups[0].name()), &first, "XNS-E42-not-enabled");
    }
}

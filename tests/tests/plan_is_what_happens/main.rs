//! The plan that is printed is what happens: `--dry-run` against strace, and against `--explain`.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod groups;
mod matching;

use std::path::{Path, PathBuf};
use xns_tests::{Need, ORDINARY_UID, Scene, bin, need, traced};

/// Command lines for root, and for the ordinary user (with a block of ids in /etc/subuid).
const ROOT: &[&str] = &[
    "true",
    "-u --hostname box --domainname example true",
    "-f true",
    "-muinpCT true",
    "-fp --mount-proc sh -c :",
    "-fp --mount-proc --propagation slave true",
    "-m --propagation unchanged true",
    "-rm --propagation shared true",
    "--init true",
    "--init -r --mount-proc --hostname box -S 0 true",
    "-T --boottime 1000 --monotonic -5 true",
    "--map-users=0:100000:1000 --map-groups=0:100000:1000 true",
    "-r --map-users=1:100000:1000 -fp true",
    "--uts=FILE1 true",
    "-m --uts=FILE1 --net=FILE2 true",
    "-fp --pid=FILE1 --user=FILE2 -r true",
    "-R ROOT true",
    "-R ROOT -w /tmp -fp --mount-proc true",
    "-w / true",
    "--pivot-root ROOT -fp -u --hostname box /bin/true",
    "--pivot-root ROOT --bind /usr:/srv/deep/usr --bind-ro /etc/passwd:/etc/passwd --tmpfs /tmp --dev /dev /bin/true",
    "--pivot-root ROOT --init --mount-mqueue --propagation shared -S 1 -G 1 /bin/true",
    "--mount-mqueue=root/tmp -i true",
    "-S 1 -G 1 true",
    "--pid-file PIDFILE -fp true",
    "--pid-file PIDFILE --info-fd 1 --wait-fd 0 -u true",
    "--info-fd 1 --wait-fd 0 --init true",
    "--kill-child -S 1 -G 1 true",
    "--kill-child=TERM -fp --mount-proc true",
    "--kill-child=HUP --init true",
    "--forward-signals -p true",
    "--pty -u true",
    "--pty -fp --mount-proc --kill-child true",
    "--pty --init -S 1 true",
    "--owner 5:6 -r true",
    "--owner 5:6 -T --boottime 10 --setgroups deny --map-users 0:5:1 --map-groups 0:6:1 -f true",
    "-r --map-groups 0:100000:10 --setgroups deny true",
    "-rp -f --mount-binfmt true",
    "-rp -f --load-interp :xns:E::xns::/bin/cat: -R ROOT true",
    "-rp -f --load-interp :xns:E::xns::/bin/cat:F --pivot-root ROOT /bin/true",
];

const ORDINARY: &[&str] = &[
    "true",
    "-r true",
    "-c -fp --mount-proc true",
    "-U --map-user 5 --setgroups deny true",
    "-r --hostname box -muinpC -f true",
    "--map-auto true",
    "-r --map-auto --init --mount-proc -S 1 -G 1 true",
    "-r --pivot-root ROOT -fp --bind-ro /usr:/usr --tmpfs /tmp --dev /dev --info-fd 1 /bin/true",
    "-r --pid-file PIDFILE --wait-fd 0 true",
    "-r --pty --kill-child true",
];

/// A scene with what the command lines name, and the words of one.
fn set_up(line: &str) -> (Scene, Vec<String>) {
    let scene = Scene::new();
    scene.busybox_root("root");
    for name in ["file1", "file2"] {
        scene.file(name, "");
    }
    scene.file(
        "passwd",
        &format!("root:x:0:0::/:/bin/sh\nordinary:x:{ORDINARY_UID}:{ORDINARY_UID}::/:/bin/sh\n"),
    );
    scene.file("subid", &format!("{ORDINARY_UID}:300000:65536\n"));
    let names = [("ROOT", "root"), ("FILE1", "file1"), ("FILE2", "file2"), ("PIDFILE", "pid")];
    let word = |word: &str| names.iter().fold(word.to_owned(), |word, (from, to)| word.replace(from, to));
    (scene, line.split(' ').map(word).collect())
}

/// Root's words that run something as the ordinary user, to whom a block of ids is granted, in a mount namespace of its
/// own. The tracer stays root, so that set-user-ID programs work.
fn prefix(ordinary: bool) -> Vec<String> {
    let accounts =
        "mount --bind passwd /etc/passwd; mount --bind subid /etc/subuid; mount --bind subid /etc/subgid; ";
    let user = format!("exec setpriv --reuid={ORDINARY_UID} --regid={ORDINARY_UID} --clear-groups \"$@\"");
    let script = if ordinary { format!("{accounts}{user}") } else { "exec \"$@\"".to_owned() };
    ["unshare", "-m", "sh", "-ec", &script, "sh"].map(str::to_owned).to_vec()
}

fn as_strs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

fn tool() -> PathBuf {
    bin("xunshare")
}

/// Runs the tool without strace.
fn run(scene: &Scene, ordinary: bool, words: &[String]) -> xns_tests::Done {
    let prefix = prefix(ordinary);
    let (first, rest) = prefix.split_first().unwrap();
    scene.cmd(first).args(rest).args([tool()]).args(words).env("PATH", "/usr/bin:/bin").run()
}

fn with(option: &str, words: &[String]) -> Vec<String> {
    [option.to_owned()].into_iter().chain(words.iter().cloned()).collect()
}

/// Does it for every line; fails the test with all that is wrong.
fn each(lines: &[&str], check: impl Fn(&str) -> Result<(), String>) {
    let wrong: Vec<_> =
        lines.iter().filter_map(|line| Some(format!("{line}\n    {}", check(line).err()?))).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
}

fn plan_against_strace(line: &str, ordinary: bool) -> Result<(), String> {
    let (scene, words) = set_up(line);
    if ordinary {
        scene.hand_over();
    }
    let json = run(&scene, ordinary, &with("--dry-run=json", &words));
    let (done, trace) = traced(&scene, &as_strs(&prefix(ordinary)), tool(), &as_strs(&words));
    if !done.ok() {
        return Err(format!("{done:?}"));
    }
    matching::check(json.out(), &trace, scene.dir())
}

#[test]
fn what_root_does_is_the_plan() {
    if need("what_root_does_is_the_plan", &[Need::Root, Need::Program("strace")]) {
        each(ROOT, |line| plan_against_strace(line, false));
    }
}

#[test]
fn what_an_ordinary_user_does_is_the_plan() {
    let needs = [Need::Root, Need::Program("strace"), Need::Program("newuidmap"), Need::UserNamespaces];
    if need("what_an_ordinary_user_does_is_the_plan", &needs) {
        each(ORDINARY, |line| plan_against_strace(line, true));
    }
}

/// Command lines of xnsenter, for root: `PID` is a process in namespaces of its own.
const ENTERING: &[&str] = &[
    "-t PID -a true",
    "-t PID -a -r -w true",
    "-t PID -u -n true",
    "-t PID -m -W/tmp true",
    "-t PID -a -F true",
    "-t PID -p --mount-proc true",
    "-t PID -u -S 1 -G 1 true",
    "-t PID -u -rroot /bin/true",
    "--net=/proc/PID/ns/net true",
    "--uts=/proc/PID/ns/uts -t PID -i true",
    "-t PID -a --pty true",
    "-t PID -a --close-fds true",
];

/// A process in namespaces of its own, for `PID`.
fn entering_against_strace(line: &str) -> Result<(), String> {
    let scene = Scene::new();
    scene.busybox_root("root");
    let words = "-muinpC -f --mount-proc sh -c";
    let mut target = scene.xunshare().words(words).args(["echo ready; read line"]).start();
    assert_eq!(target.line(), "ready");
    let pid = xns_tests::children(target.pid())[0].to_string();
    let words: Vec<String> = line.split(' ').map(|word| word.replace("PID", &pid)).collect();
    let tool = bin("xnsenter");
    let json = scene.cmd(&tool).args(with("--dry-run=json", &words)).env("PATH", "/usr/bin:/bin").run();
    let (done, trace) = traced(&scene, &["sh", "-c", "exec \"$@\"", "sh"], tool, &as_strs(&words));
    if !done.ok() {
        return Err(format!("{done:?}"));
    }
    matching::check(json.out(), &trace, scene.dir())
}

#[test]
fn what_entering_does_is_the_plan() {
    if need(
        "what_entering_does_is_the_plan",
        &[Need::Root, Need::Program("strace"), Need::Program("busybox")],
    ) {
        each(ENTERING, entering_against_strace);
    }
}

/// `... = ok, by FALLBACK  # why` without the result, and without the caller's number.
fn without_result(line: &str) -> String {
    let (step, why) = line.rsplit_once("  # ").unwrap();
    let results = [" = ok", " = ..."];
    let end = results.iter().filter_map(|result| step.rfind(result)).max();
    format!("{}  # {why}", &step[..end.unwrap_or_else(|| panic!("no result: {line}"))])
}

fn without_number(line: &str) -> String {
    let mut parts = line.split("/proc/").map(str::to_owned).collect::<Vec<_>>();
    for part in &mut parts[1..] {
        *part = part.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned();
    }
    parts.join("/proc/").replace("self", "")
}

/// Two runs of the tool have different numbers; newuidmap gets one as a word.
fn comparable(line: &str) -> String {
    let line = without_number(line);
    match line.split_once("idmap\", [") {
        Some((head, tail)) => format!("{head} {}", tail.splitn(3, ", ").nth(2).unwrap_or_default()),
        None => line,
    }
}

fn explain_says_the_plan(line: &str, ordinary: bool) -> Result<(), String> {
    let (scene, words) = set_up(line);
    if ordinary {
        scene.hand_over();
    }
    let text = run(&scene, ordinary, &with("--dry-run", &words));
    let done = run(&scene, ordinary, &with("--explain", &words));
    if !done.ok() {
        return Err(format!("{done:?}"));
    }
    let planned: Vec<_> = text.out().lines().map(comparable).collect();
    let mut lines: Vec<_> = done.stderr.lines().collect();
    if line.contains("--pty") {
        // From where it has another terminal, a process says its lines there.
        lines.extend(done.stdout.lines());
        lines.sort_by_key(|line| line.trim_start().split(' ').next().unwrap().parse::<usize>().unwrap());
    }
    let explained: Vec<_> = lines.into_iter().map(|l| comparable(&without_result(l))).collect();
    if explained == planned { Ok(()) } else { Err(format!("planned {planned:#?}\nexplained {explained:#?}")) }
}

#[test]
fn explain_says_the_same_lines_with_results() {
    if need("explain_says_the_same_lines_with_results (root)", &[Need::Root]) {
        each(ROOT, |line| explain_says_the_plan(line, false));
    }
    if need("explain_says_the_same_lines_with_results (ordinary user)", &[Need::Root, Need::UserNamespaces]) {
        each(ORDINARY, |line| explain_says_the_plan(line, true));
    }
}

#[test]
fn explain_names_what_failed() {
    if need("explain_names_what_failed", &[Need::UserNamespaces]) {
        let done = Scene::new().xunshare().ordinary().args(["--explain", "-r", "-G", "7", "true"]).run();
        assert_eq!(done.status, Some(1));
        let last = done.stderr.lines().rfind(|line| line.contains("  # ")).unwrap();
        assert!(last.contains("setgroups(0, NULL) = EPERM (Operation not permitted)  # "), "{done:?}");
        assert!(
            done.stderr.lines().last().unwrap().ends_with("setgroups failed: Operation not permitted"),
            "{done:?}"
        );
    }
}

/// Nothing is asked for that an ordinary user lacks, and nothing is changed: not even by root's command lines.
#[test]
fn a_dry_run_changes_nothing() {
    let needs = [Need::Root, Need::Program("strace")];
    if !need("a_dry_run_changes_nothing", &needs) {
        return;
    }
    each(ROOT, |line| {
        for form in ["--dry-run", "--dry-run=json", "--dry-run=sh"] {
            let (scene, words) = set_up(line);
            scene.hand_over();
            let before = scene.listing();
            let (done, trace) =
                traced(&scene, &as_strs(&prefix(true)), tool(), &as_strs(&with(form, &words)));
            assert!(done.ok() && done.stderr.is_empty() && !done.stdout.is_empty(), "{line}: {done:?}");
            matching::check("{\"steps\": []}", &trace, Path::new("/"))?;
            scene.clean(&before);
        }
        Ok(())
    });
}

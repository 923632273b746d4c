//! The same of xcgexec and of the verbs of xcgroup that change something.

use super::{as_strs, comparable, matching, without_result};
use std::path::Path;
use xns_tests::groups::{self, OwnGroup};
use xns_tests::{Cmd, Done, Need, ORDINARY_UID, Running, Scene, Seen, bin, need, traced};

/// Command lines; `G` is a group that is there in every hierarchy, `PID` a process. A `+` stands for a blank in a word.
const LAUNCHES: &[&str] = &[
    "-g cpu:G true",
    "-g cpu,memory:G -g pids:G/in sh -c exit",
    "-g *:/ true",
    "--memory 50M --pids 20 true",
    "--memory 50M --swap 10M --cpu 50% --cpu-weight 200 true",
    "--cpuset 0 --report=report sh -c :",
    "--report=report --report-format=json true",
    "--report true",
    "--device-deny c+1:5+r --remaining=wait true",
    "--device c+1:5+r true",
    "--set pids.max=7 --set memory.max=64M true",
    "-g pids:G --pids 5 true",
    "--cpu-request 250m --cpuset 0 --cpuset-mems 0 true",
];

/// The same for xcgroup. `N` is a group that is not there.
const VERBS: &[&str] = &[
    "create N",
    "create N/in --memory 50M --pids 7 --cpuset 0",
    "create N --device c+1:5+r",
    "set G --pids 9 memory.limit_in_bytes=64M",
    "set G --cpu 1.5 --device-deny c+1:5+r",
    "add G PID",
    "freeze FULL",
    "thaw FULL",
    "kill FULL",
    "delete G/in",
    "delete -r G",
    "delete --kill FULL",
    "delegate G 54321",
    "delegate --undo G",
];

/// What a command line names.
struct Ground {
    scene: Scene,
    there: OwnGroup,
    new: OwnGroup,
    /// With a process in it.
    full: OwnGroup,
    process: Running,
    _member: Running,
}

impl Ground {
    fn new() -> Self {
        let (scene, there, new, full) = (Scene::new(), OwnGroup::new(), OwnGroup::new(), OwnGroup::new());
        let sleep = || groups::in_roots(scene.cmd("sleep").args(["1000"])).start();
        let (process, member) = (sleep(), sleep());
        let xcgroup = |words: &[&str]| assert_eq!(Cmd::new(bin("xcgroup")).args(words).run().out(), "");
        xcgroup(&["create", there.name(), &format!("{}/in", there.name()), full.name()]);
        xcgroup(&["add", full.name(), &member.pid().to_string()]);
        Ground { scene, there, new, full, process, _member: member }
    }

    fn words(&self, line: &str) -> Vec<String> {
        let pid = self.process.pid().to_string();
        let names =
            [("FULL", self.full.name()), ("PID", &pid), ("G", self.there.name()), ("N", self.new.name())];
        let word = |word: &str| {
            let known = names.iter().find_map(|(name, value)| {
                // In `pids:G/in` the name stands between these.
                let parts: Vec<&str> = word.split_inclusive([':', '/']).collect();
                let is_it = |part: &&str| part.trim_end_matches([':', '/']) == *name;
                let at = parts.iter().position(is_it)?;
                Some([&parts[..at], &[&parts[at].replace(name, value)], &parts[at + 1..]].concat().concat())
            });
            known.unwrap_or_else(|| word.to_owned()).replace('+', " ")
        };
        line.split(' ').map(word).collect()
    }

    fn run(&self, tool: &str, words: &[String]) -> Done {
        groups::in_roots(self.scene.cmd(bin(tool)).args(words)).env("PATH", "/usr/bin:/bin").run()
    }

    /// Under strace, started in the roots; by an ordinary user if wanted.
    fn traced(&self, tool: &str, words: &[String], ordinary: bool) -> (Done, Vec<Seen>) {
        let files = groups::hierarchies().into_iter().filter(|one| !one.is_v2);
        let enter: String =
            files.map(|one| format!("echo 0 > {}; ", one.point.join("tasks").display())).collect();
        let user = format!("setpriv --reuid={ORDINARY_UID} --regid={ORDINARY_UID} --clear-groups ");
        let script = format!("{enter}exec {}\"$@\"", if ordinary { &user } else { "" });
        let (done, trace) = traced(&self.scene, &["sh", "-ec", &script, "sh"], bin(tool), &as_strs(words));
        (done, trace.into_iter().map(without_own_number).collect())
    }
}

/// The group of a run is named by its process.
fn without_number(text: &str) -> String {
    let mut parts = text.split("xcgexec-");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "xcgexec-N" + part.trim_start_matches(|c: char| c.is_ascii_digit()))
}

fn without_own_number(mut seen: Seen) -> Seen {
    seen.args = seen.args.iter().map(|arg| without_number(arg)).collect();
    seen.result = without_number(&seen.result);
    seen
}

fn with(option: &str, mut words: Vec<String>) -> Vec<String> {
    words.insert(0, option.to_owned());
    words
}

/// Fails the test with all that is wrong.
fn each(tool: &str, lines: &[&str], check: impl Fn(&Ground, Vec<String>) -> Result<(), String>) {
    let mut wrong = String::new();
    for line in lines {
        let ground = Ground::new();
        if let Err(why) = check(&ground, ground.words(line)) {
            wrong += &format!("{tool} {line}\n    {why}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

const NEEDS: [Need; 6] = [
    Need::Root,
    Need::Program("strace"),
    Need::Controller("cpuset"),
    Need::Controller("memory"),
    Need::Controller("pids"),
    Need::Controller("devices"),
];

fn plan_against_strace(tool: &str, lines: &[&str]) {
    each(tool, lines, |ground, words| {
        let json = without_number(ground.run(tool, &with("--dry-run=json", words.clone())).out());
        let (done, trace) = ground.traced(tool, &words, false);
        if !done.ok() {
            return Err(format!("{done:?}"));
        }
        matching::check(&json, &trace, ground.scene.dir())
    });
}

#[test]
fn what_xcgexec_does_is_the_plan() {
    if need("what_xcgexec_does_is_the_plan", &NEEDS) {
        plan_against_strace("xcgexec", LAUNCHES);
    }
}

#[test]
fn what_xcgroup_does_is_the_plan() {
    if need("what_xcgroup_does_is_the_plan", &NEEDS) {
        plan_against_strace("xcgroup", VERBS);
    }
}

#[test]
fn explain_says_the_lines_of_the_groups_with_results() {
    if !need("explain_says_the_lines_of_the_groups_with_results", &NEEDS) {
        return;
    }
    let said = |tool: &'static str| {
        move |ground: &Ground, words: Vec<String>| {
            // Its own report would be among the lines.
            if words.iter().any(|word| word == "--report") {
                return Ok(());
            }
            let planned = ground.run(tool, &with("--dry-run", words.clone()));
            let done = ground.run(tool, &with("--explain", words));
            if !done.ok() {
                return Err(format!("{done:?}"));
            }
            let planned: Vec<_> =
                planned.out().lines().map(|line| comparable(&without_number(line))).collect();
            let lines = done.stderr.lines().map(|line| comparable(&without_number(&without_result(line))));
            let explained: Vec<_> = lines.collect();
            if explained == planned {
                return Ok(());
            }
            Err(format!("planned {planned:#?}\nexplained {explained:#?}"))
        }
    };
    each("xcgexec", LAUNCHES, said("xcgexec"));
    each("xcgroup", VERBS, said("xcgroup"));
}

/// Neither by root nor by a user who may not do it.
#[test]
fn a_dry_run_about_groups_changes_nothing() {
    if !need("a_dry_run_about_groups_changes_nothing", &NEEDS) {
        return;
    }
    for ordinary in [false, true] {
        let silent = |tool: &'static str| {
            move |ground: &Ground, words: Vec<String>| {
                ground.scene.hand_over();
                let before = ground.scene.listing();
                for form in ["--dry-run", "--dry-run=json", "--dry-run=sh", "--dry-run=v1+v2"] {
                    let (done, trace) = ground.traced(tool, &with(form, words.clone()), ordinary);
                    let refused = ordinary && tool == "xcgroup" && done.status == Some(1);
                    if !refused && (!done.ok() || done.stdout.is_empty()) {
                        return Err(format!("{form}: {done:?}"));
                    }
                    matching::check("{\"steps\": []}", &trace, Path::new("/"))?;
                    assert_eq!(ground.scene.listing(), before);
                }
                Ok(())
            }
        };
        each("xcgexec", LAUNCHES, silent("xcgexec"));
        each("xcgroup", VERBS, silent("xcgroup"));
    }
}

//! The plans, on machines that are made up.

use super::delete::Around;
use super::holders::Holder;
use super::{NamesError, Work};
use crate::cli::{Cli, Command};
use std::ffi::OsString;
use xns_core::{Actor, Facts, Format, Recorded, Seen};
use xns_net::store::State;
use xns_net::{DeviceName, NetnsName};
use xns_plan::{Plan, explain, violations};

fn facts(line: &str, files: &[(&str, &str)]) -> Facts {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let command = line.split(' ').map(OsString::from).collect();
    let variables = vec![("XNS_HINTS".to_owned(), "never".into())];
    let seen = vec![("/etc/hosts".into(), Seen::file(0o644, Format::Plain))];
    Facts::recorded(Recorded { command, files, variables, seen, ..Recorded::default() })
}

fn with<T>(line: &str, files: &[(&str, &str)], work: impl FnOnce(&Work<'_>) -> T) -> T {
    let facts = facts(line, files);
    let cli = Cli::parse(&facts).unwrap();
    let Command::Names(_, words) = &cli.command else { panic!("{line}") };
    work(&Work { words, cli: &cli, facts: &facts })
}

/// The calls of the plan, and what a shell would do.
fn told(plan: &Plan, line: &str) -> (Vec<String>, String) {
    assert_eq!(violations(plan), [], "{line}");
    let steps = plan.steps.iter().flat_map(|step| step.op.describe().calls());
    let command: Vec<_> = line.split(' ').map(OsString::from).collect();
    let script = explain::script(plan, &command, 0);
    let by_hand = script.split_once("set -eu\n").unwrap().1.to_owned();
    (steps.map(|call| call.name().to_owned()).collect(), by_hand)
}

fn red() -> NetnsName {
    NetnsName::existing("RED".as_ref()).unwrap()
}

#[test]
fn adding() {
    let line = "xnetns add RED";
    let plan = with(line, &[], |work| work.add()).unwrap();
    let (calls, script) = told(&plan, line);
    assert_eq!(calls, ["mkdir", "flock", "mount", "mount", "close", "unshare", "mount"]);
    assert_eq!(script, "ip netns add RED\n");
}

#[test]
fn adding_where_the_directory_is_anothers() {
    let line = "xnetns add RED";
    let files = [
        ("/proc/self/ns/user", "user:[4026532000]"),
        ("/proc/self/status", "CapEff:\t000001ffffffffff\n"),
        ("above:/proc/self/ns/mnt", "0"),
        ("sort:/run/netns", "a directory"),
        ("owner:/run/netns", "65534"),
    ];
    let plan = with(line, &files, |work| work.add()).unwrap();
    let (_, script) = told(&plan, line);
    assert_eq!(script, "mount -t tmpfs -o mode=755 tmpfs /run/netns\nip netns add RED\n");
}

#[test]
fn numbering() {
    let line = "xnetns -n BLUE set RED auto";
    let files = [("sort:/run/netns/RED", "net:[7]")];
    let plan = with(line, &files, |work| work.set()).unwrap();
    let (calls, script) = told(&plan, line);
    assert_eq!(calls, ["openat", "setns", "socket", "openat", "setns", "socket", "sendto"]);
    assert_eq!(script, "ip -n BLUE netns set RED auto\n");
    let stale = with(line, &[("sort:/run/netns/RED", "an empty file")], |work| work.set());
    assert!(matches!(stale, Err(NamesError::NoPeer(_))));
    assert!(matches!(with(line, &[], |work| work.set()), Err(NamesError::NotOpened { .. })));
}

#[test]
fn removing_waits_only_for_what_will_go() {
    let line = "xnetns del RED";
    let veth = (7, DeviceName::new("veth1".as_ref()).unwrap());
    let around = Around { state: Some(State::Live(5)), ends: vec![veth], ..Around::default() };
    let plan = with(line, &[], |work| work.plan_of_delete(&red(), &around));
    let (calls, script) = told(&plan, line);
    assert_eq!(calls, ["openat", "socket", "umount2", "unlinkat", "ioctl"]);
    assert!(
        script.starts_with("ip netns del RED\nfor _ in $(seq 200); do ip link show dev veth1"),
        "{script}"
    );
    let kept = Around { holders: vec![Holder::Process(7, "sleep".into())], ..around };
    let plan = with(line, &[], |work| work.plan_of_delete(&red(), &kept));
    assert_eq!(told(&plan, line).0, ["umount2", "unlinkat"]);
    let stale = Around { state: Some(State::Stale), ..Around::default() };
    let plan = with(line, &[], |work| work.plan_of_delete(&red(), &stale));
    assert_eq!(told(&plan, line).0, ["unlinkat"]);
}

#[test]
fn running_a_program() {
    let line = "xnetns --quiet exec RED ls -l";
    let files = [("names:/etc/netns/RED", "hosts no-such-file")];
    for (actor, fork) in [(Actor::Caller, false), (Actor::Child, true)] {
        let mut plan = with(line, &files, |work| work.plan_of_exec(&red(), &work.words[1..], actor));
        if fork {
            let wait = xns_plan::Control::Wait(Actor::Child);
            plan.push(Actor::Caller, xns_plan::Phase::After, wait, "");
        }
        let (calls, script) = told(&plan, line);
        let own: Vec<_> =
            calls.iter().filter(|call| !call.starts_with("clone") && !call.starts_with("wait")).collect();
        assert_eq!(
            own,
            [
                "openat",
                "setns",
                "unshare",
                "mount",
                "open_tree",
                "umount2",
                "mount",
                "move_mount",
                "mount",
                "execvp"
            ],
            "{calls:?}"
        );
        assert_eq!(script, "exec ip netns exec RED ls -l\n");
    }
}

#[test]
fn what_is_refused_before_anything_is_done() {
    let error = |line: &str, check: fn(&Work<'_>) -> Result<Plan, NamesError>| {
        with(line, &[], check).unwrap_err().to_string()
    };
    assert_eq!(error("xnetns add", |work| work.add()), "No netns name specified");
    assert_eq!(error("xnetns add a/b", |work| work.add()), "Invalid netns name \"a/b\"");
    assert_eq!(error("xnetns attach RED", |work| work.attach()), "No netns name and PID specified");
    assert_eq!(error("xnetns attach RED 0", |work| work.attach()), "Invalid PID: 0");
    assert_eq!(error("xnetns set RED", |work| work.set()), "No nsid specified");
}

//! Mistakes that make no error: which command lines get a note, and which do not; the start line's plan.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::cell::Cell;
use xns_core::{Facts, Hint, Recorded};
use xns_plan::{Op, notes, process};
use xunshare::{Cli, plan};

const SHARED: &str = "22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/vda rw\n";
const PRIVATE: &str =
    "22 1 0:21 / / rw,relatime - ext4 /dev/vda rw\n23 22 0:2 / /x rw master:1 - tmpfs t rw\n";

fn recorded(uid: u32, line: &str, mountinfo: &str) -> Recorded {
    Recorded {
        command: format!("xunshare {line}").split(' ').map(Into::into).collect(),
        uid,
        gid: uid,
        files: vec![("/proc/self/mountinfo".into(), mountinfo.as_bytes().to_vec())],
        variables: vec![("SHELL".into(), "/bin/bash".into())],
        ..Recorded::default()
    }
}

fn told(uid: u32, line: &str, mountinfo: &str) -> Vec<Hint> {
    let facts = Facts::recorded(recorded(uid, line, mountinfo));
    let plan = plan(&Cli::parse(&facts).unwrap(), &facts).unwrap();
    let (asked, found) = (Cell::new(0), notes(&plan, &facts, || false));
    assert_eq!(found, []);
    let found = notes(&plan, &facts, || {
        asked.set(asked.get() + 1);
        true
    });
    // Nobody asks for a terminal unless there may be something to say.
    assert!(asked.get() <= 1 && (asked.get() == 1 || found.is_empty()));
    found
}

fn ids(uid: u32, line: &str) -> Vec<&'static str> {
    told(uid, line, SHARED).into_iter().map(|hint| hint.id).collect()
}

const NONE: [&str; 0] = [];

#[test]
fn a_good_command_line_gets_none() {
    for line in [
        "true",
        "-r true",
        "-rm bash",
        "-rn ip link add x type dummy",
        "-rfp --mount-proc ps",
        "-r ip link",
        "-r mount",
        "-r hostname",
        "-ri bash",
        "-r bash script",
        "-r bash -c x",
        "-ru hostname x",
        "-fp --pivot-root /r sh",
        "-c true",
        "-c -fp --mount-proc true",
        "-cn --keep-caps bash",
        "-c --hostname x bash",
        "-U --wait-fd 4 true",
        "-rm --propagation shared bash",
        "--init --mount-proc true",
        "-n --map-users=0:7:1 --owner 7:7 true",
    ] {
        assert_eq!(ids(1000, line), NONE, "{line}");
    }
    for line in [
        "-m bash",
        "-u hostname x",
        "hostname",
        "hostname -f",
        "-m --propagation slave true",
        "hostnamectl",
        "-rm mount -t tmpfs t /x",
    ] {
        assert_eq!(ids(0, line), NONE, "{line}");
    }
}

#[test]
fn each_mistake_gets_its_own() {
    for (uid, line, id) in [
        (0, "-p", "XNS-E06-no-fork"),
        (1000, "-rmp bash", "XNS-E06-no-fork"),
        (0, "-fp bash", "XNS-E27-old-proc"),
        (0, "--init bash", "XNS-E27-old-proc"),
        (1000, "-U bash", "XNS-E11-nobody"),
        (1000, "-U --map-group 0 id", "XNS-E11-nobody"),
        (1000, "-cn bash", "XNS-E13-capabilities"),
        (1000, "-cm bash", "XNS-E13-capabilities"),
        (1000, "-u --map-user=7 hostname x", "XNS-E13-capabilities"),
        (1000, "-rn -S 7 --map-users=1:100000:10 bash", "XNS-E13-capabilities"),
        (1000, "-r", "XNS-E12-owner"),
        (1000, "-r zsh", "XNS-E12-owner"),
        (0, "-r bash", "XNS-E12-owner"),
        (1000, "-rn mount -t tmpfs t /x", "XNS-E12-owner"),
        (1000, "-rm /sbin/ip link add x type dummy", "XNS-E12-owner"),
        (1000, "-rm hostname x", "XNS-E12-owner"),
        (0, "-r hostname x", "XNS-E12-owner"),
        (0, "-n --map-users=5:7:1 --owner 7:7 true", "XNS-E13-capabilities"),
        (0, "-m hostname x", "XNS-S1-hostname"),
        (0, "-m domainname -F file", "XNS-S1-hostname"),
        (0, "-u hostnamectl hostname x", "XNS-S1-hostname"),
        (0, "-m --propagation shared bash", "XNS-S4-propagation"),
        (0, "-m --propagation unchanged true", "XNS-S4-propagation"),
    ] {
        assert_eq!(ids(uid, line), [id], "{line}");
    }
}

/// An exec enters a time namespace since Linux 6.2.
#[test]
fn a_program_that_stays_in_the_old_time_namespace() {
    let ids = |release: &str, line: &str| {
        let mut recorded = recorded(0, line, SHARED);
        recorded.files.push(("/proc/sys/kernel/osrelease".into(), release.into()));
        let facts = Facts::recorded(recorded);
        let plan = plan(&Cli::parse(&facts).unwrap(), &facts).unwrap();
        notes(&plan, &facts, || true).into_iter().map(|hint| hint.id).collect::<Vec<_>>()
    };
    assert_eq!(ids("6.1.0-56-cloud-amd64\n", "-T true"), ["XNS-E06-time"]);
    assert_eq!(ids("6.1.0-56-cloud-amd64\n", "-fT true"), NONE);
    assert_eq!(ids("6.12.117\n", "-T true"), NONE);
}

#[test]
fn mounts_reach_the_host_only_through_shared_mounts() {
    let line = "-m --propagation unchanged true";
    let hint = &told(0, line, SHARED)[0];
    assert_eq!(hint.because, ["/ is a shared mount (/proc/self/mountinfo), and the plan leaves it so"]);
    assert_eq!(told(0, line, PRIVATE), []);
    assert_eq!(told(0, line, ""), []);
}

#[test]
fn cures_are_what_was_typed_with_the_option_added() {
    for (uid, line, cure) in [
        (0, "-p bash", "xunshare -f --mount-proc -p bash"),
        (0, "-p --mount-proc bash", "xunshare -f -p --mount-proc bash"),
        (0, "-fp bash", "xunshare --mount-proc -fp bash"),
        (1000, "-U id", "xunshare -r -U id"),
        (1000, "-cn bash", "xunshare --keep-caps -cn bash"),
        (1000, "-r bash", "xunshare -m -r bash"),
        (1000, "-r ip link set lo up", "xunshare -n -r ip link set lo up"),
        (0, "-m hostname x", "xunshare -u -m hostname x"),
    ] {
        assert_eq!(told(uid, line, SHARED)[0].cures[0].action, cure);
        // The cure has no mistake.
        assert_eq!(ids(uid, cure.strip_prefix("xunshare ").unwrap()), NONE, "{cure}");
    }
}

/// Does the plan for these words say what is isolated?
fn announces(line: &str, change: impl FnOnce(&mut Recorded)) -> bool {
    let mut recorded = recorded(1000, line, "");
    recorded.interactive = true;
    change(&mut recorded);
    let facts = Facts::recorded(recorded);
    let plan = plan(&Cli::parse(&facts).unwrap(), &facts).unwrap();
    plan.steps.iter().any(|step| matches!(step.op, Op::Process(process::Op::Announce(_))))
}

#[test]
fn a_person_at_a_shell_is_told_what_is_isolated() {
    for line in ["-r", "-r /bin/sh", "-rfp --mount-proc zsh", "--init --pivot-root /r sh"] {
        assert!(announces(line, |_| {}), "{line}");
        assert!(!announces(line, |r| r.interactive = false), "{line}");
        assert!(!announces(line, |r| r.command[0] = "/usr/bin/unshare".into()), "{line}");
        assert!(!announces(line, |r| r.variables.push(("XNS_QUIET".into(), "1".into()))), "{line}");
        assert!(announces(line, |r| r.variables.push(("XNS_QUIET".into(), "".into()))), "{line}");
        assert!(!announces(&format!("--quiet {line}"), |_| {}), "{line}");
        assert!(!announces(&format!("--dry-run {line}"), |_| {}), "{line}");
    }
    for line in ["bash", "", "-r bash -c x", "-r vi", "-r true"] {
        assert!(
            !announces(line.trim(), |r| if line.is_empty() {
                r.command.truncate(1)
            }),
            "{line}"
        );
    }
}

/// What the kernel sends to a PID 1 without a handler is lost.
#[test]
fn a_death_signal_may_be_lost() {
    for line in ["-fp --mount-proc --kill-child=TERM true", "-p --mount-proc --kill-child=HUP true"] {
        assert_eq!(ids(0, line), ["XNS-S2-deaf"], "{line}");
    }
    for line in [
        "-fp --mount-proc --kill-child true",
        "-f --kill-child=TERM true",
        "--init --mount-proc --kill-child=TERM true",
    ] {
        assert_eq!(ids(0, line), NONE, "{line}");
    }
}

#[test]
fn a_map_without_the_caller_makes_nobody() {
    let line = "--map-users=0:100000:1000 --map-groups=0:100000:1000 true";
    assert_eq!(ids(0, line), ["XNS-E11-nobody"]);
    assert_eq!(told(0, line, SHARED)[0].because, ["the uid_map that the plan writes does not have your uid"]);
    assert_eq!(ids(0, &format!("-r {line}")), NONE);
    assert_eq!(ids(0, &format!("-S 5 {line}")), NONE);
}

/// A name of `ip netns` that is there, and one that is not.
#[test]
fn a_network_namespace_is_covered() {
    let covered = |file: &str, sort: &str| {
        let mut recorded = recorded(0, &format!("--net={file} true"), PRIVATE);
        recorded.files.push((format!("sort:{file}"), sort.as_bytes().to_vec()));
        let facts = Facts::recorded(recorded);
        let plan = plan(&Cli::parse(&facts).unwrap(), &facts).unwrap();
        notes(&plan, &facts, || true).iter().any(|hint| hint.id == "XNS-S7-name-covered")
    };
    assert!(covered("/run/netns/A", "net:[7]"));
    assert!(!covered("/run/netns/A", "an empty file") && !covered("/tmp/A", "net:[7]"));
}

//! What recorded machines come to.

use super::all;
use crate::check::{Found, Outcome, Report, Walk};
use std::collections::BTreeSet;
use xns_core::{Errno, Facts, NsKind, NsSet, Probe, Recorded};

const CAPS: &str = "CapEff:\t000001ffffffffff\nSeccomp:\t0\nNoNewPrivs:\t0\n";
const NO_CAPS: &str = "CapEff:\t0000000000000000\nSeccomp:\t0\nNoNewPrivs:\t0\n";
const EPERM: u8 = Errno::EPERM as u8;
const USER: NsSet = NsSet::EMPTY.with(NsKind::User);

/// A machine on which everything works: for root directly, for a user with `-r`.
fn machine(uid: u32) -> Recorded {
    let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
    let direct = |done: &str| if uid == 0 { done.to_owned() } else { "255".to_owned() };
    let mut files = vec![
        file("/proc/self/status", if uid == 0 { CAPS } else { NO_CAPS }),
        file("/proc/1/ns/mnt", "mnt:[4026531841]"),
        file("/proc/self/timens_offsets", "monotonic 0 0\nboottime 0 0\n"),
        file("/proc/sys/user/max_user_namespaces", "15000\n"),
        file("/proc/sys/dev/tty/legacy_tiocsti", "0\n"),
        file("/proc/self/cgroup", "0::/me\n"),
        file("/proc/self/mountinfo", "30 2 0:2 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n"),
        file("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n"),
        file("/sys/fs/cgroup/me/cgroup.controllers", "cpuset cpu io memory pids\n"),
        file("/sys/fs/cgroup/me/cgroup.subtree_control", "memory pids\n"),
        file("tried:own:device-program", "0"),
        file("tried:own:pty", "0"),
    ];
    for name in [
        "tmpfs",
        "bind-ro",
        "pivot_root",
        "proc",
        "sysfs",
        "mqueue",
        "overlay",
        "veth",
        "bridge",
        "vxlan",
        "names",
    ] {
        files.push(file(&format!("tried:own:{name}"), &direct("0")));
        files.push(file(&format!("tried:inside:{name}"), "0"));
    }
    for deed in ["make", "join", "memory.max", "pids.max", "cgroup.freeze"] {
        files.push(file(&format!("tried:own:{deed}:/sys/fs/cgroup/me"), "0"));
    }
    let mut probes = vec![
        (Probe::Unshare(NsSet::EMPTY), 0),
        (Probe::MapRoot, 0),
        (Probe::Setns, Errno::EBADF as u8),
        (Probe::Clone3, Errno::EINVAL as u8),
        (Probe::Chrooted, 0),
    ];
    for kind in NsKind::ALL {
        let alone = NsSet::EMPTY.with(kind);
        let own = if uid == 0 || kind == NsKind::User { 0 } else { EPERM };
        probes.extend([(Probe::Unshare(alone), own), (Probe::Unshare(alone.with(NsKind::User)), 0)]);
    }
    let command = vec!["xnscheck".into()];
    Recorded { command, uid, gid: uid, files, probes, ..Recorded::default() }
}

impl Machine {
    fn file(mut self, path: &str, text: &str) -> Self {
        self.0.files.retain(|(known, _)| known != path);
        self.0.files.push((path.to_owned(), text.as_bytes().to_vec()));
        self
    }

    fn without(mut self, path: &str) -> Self {
        self.0.files.retain(|(known, _)| known != path);
        self
    }

    fn probe(mut self, probe: Probe, answer: u8) -> Self {
        self.0.probes.retain(|(known, _)| *known != probe);
        self.0.probes.push((probe, answer));
        self
    }

    fn ask(&self, id: &str) -> Found {
        let check = all().find(|check| check.id == id).unwrap();
        (check.ask)(&Facts::recorded(self.0.clone()))
    }

    /// The id of the cause.
    fn cause(&self, id: &str) -> &'static str {
        match self.ask(id).outcome {
            Outcome::Missing(hint) => hint.id,
            other => other.word(),
        }
    }

    fn hindered(&self) -> Vec<&'static str> {
        let report = Report::of(&[], &Facts::recorded(self.0.clone()));
        report.hindered().into_iter().map(Walk::name).collect()
    }
}

struct Machine(Recorded);

fn user() -> Machine {
    Machine(machine(1000))
}

fn root() -> Machine {
    Machine(machine(0))
}

#[test]
fn every_question_has_an_id_and_every_walkthrough_its_needs() {
    let ids: BTreeSet<_> = all().map(|check| check.id).collect();
    assert_eq!(ids.len(), all().count());
    for check in all() {
        assert!(check.question.ends_with('?') && check.what.len() < 16, "{}", check.id);
    }
    for walk in Walk::ALL {
        assert!(all().any(|check| check.needed_by.contains(&walk)), "{walk:?}");
    }
}

#[test]
fn a_machine_with_everything() {
    assert_eq!((root().hindered(), user().hindered()), (vec![], vec![]));
    assert_eq!(user().ask("mount-proc").evidence, ["mount -t proc, with -r: ok"]);
    assert_eq!(root().ask("mount-proc").evidence, ["mount -t proc: ok; with -r: ok"]);
    assert_eq!(user().ask("namespace-net").evidence, ["unshare(CLONE_NEWNET): EPERM; with -r: ok"]);
    assert!(user().ask("cgroup-cpu").evidence[0].contains("not tried"));
    assert_eq!(
        user().ask("cgroup-pids").evidence[0],
        "v2: pids.max = 20 in a new group in /sys/fs/cgroup/me: ok"
    );
    assert_eq!(user().cause("cgroup-net_cls"), "not-asked");
}

#[test]
fn only_what_was_asked_for_counts() {
    let facts = Facts::recorded(user().without("/proc/1/ns/mnt").0);
    assert!(!Report::of(&[], &facts).works() && !Report::of(&[Walk::W1], &facts).works());
    assert!(Report::of(&[Walk::W6], &facts).works());
}

#[test]
fn what_limits_user_namespaces_is_named() {
    let none = NsSet::EMPTY;
    let limited = user()
        .file("/proc/sys/user/max_user_namespaces", "0\n")
        .probe(Probe::Unshare(USER), Errno::ENOSPC as u8);
    assert_eq!(limited.cause("user-limit"), "XNS-E04-limit");
    assert_eq!(limited.cause("namespace-user"), "XNS-E04-limit");
    let off = user().file("/proc/sys/kernel/unprivileged_userns_clone", "0\n");
    assert_eq!(off.cause("user-sysctl"), "XNS-E02-sysctl");
    let filtered = user().probe(Probe::Unshare(none), EPERM);
    assert_eq!(filtered.cause("user-seccomp"), "XNS-E01-seccomp");
    assert_eq!(user().probe(Probe::Setns, EPERM).cause("user-seccomp"), "XNS-E30-seccomp");
    assert_eq!(user().probe(Probe::Chrooted, 1).cause("user-chroot"), "XNS-E02-chroot");
    assert_eq!(root().probe(Probe::MapRoot, EPERM).cause("user-root"), "XNS-K1-refused");
}

/// Without a user namespace all that needs one is missing by its cause, and not by its own.
#[test]
fn one_cause_is_told_for_all_that_follows_from_it() {
    let off = |kinds: NsSet, machine: Machine| machine.probe(Probe::Unshare(kinds), EPERM);
    let mut machine = user().file("/proc/sys/kernel/unprivileged_userns_clone", "0\n");
    for kind in NsKind::ALL {
        machine = off(USER.with(kind), machine);
    }
    machine = off(USER, machine).file("tried:inside:overlay", "255").file("tried:inside:veth", "255");
    for id in ["namespace-user", "namespace-net", "mount-overlay", "net-veth"] {
        assert_eq!(machine.cause(id), "XNS-E02-sysctl", "{id}");
    }
}

#[test]
fn ubuntus_restriction_is_told_where_it_strikes() {
    const SYSCTL: &str = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
    let machine = user()
        .file(SYSCTL, "1\n")
        .probe(Probe::UserNamespaceConfined, 1)
        .probe(Probe::MapRoot, EPERM)
        .file("tried:inside:tmpfs", "255")
        .file("tried:inside:bridge", "1");
    for id in ["user-apparmor", "user-root", "mount-tmpfs", "net-bridge"] {
        assert_eq!(machine.cause(id), "XNS-E03-apparmor", "{id}");
    }
    assert_eq!(machine.probe(Probe::UserNamespaceConfined, 0).cause("user-apparmor"), "ok");
}

#[test]
fn kernels_without_it() {
    let kinds = user().file("tried:inside:vxlan", "95");
    assert_eq!(kinds.cause("net-vxlan"), "XNS-K3-device-kind");
    let types = user().file("tried:inside:overlay", "19").file("/proc/filesystems", "nodev\tproc\n");
    assert_eq!(types.cause("mount-overlay"), "XNS-M4-no-file-system");
    let old = user().file("tried:inside:overlay", "1").file("/proc/sys/kernel/osrelease", "5.10.0-9-amd64\n");
    assert_eq!(old.cause("mount-overlay"), "XNS-E21-old-kernel");
    assert_eq!(user().file("tried:inside:bind-ro", "38").cause("mount-bind-ro"), "XNS-K2-old-kernel");
    assert_eq!(
        user().without("/proc/sys/dev/tty/legacy_tiocsti").cause("terminal-injection"),
        "XNS-K4-injection"
    );
    assert_eq!(user().file("tried:own:pty", "2").cause("terminal-pty"), "XNS-K5-no-pty");
}

#[test]
fn groups() {
    let none = user().file("/proc/self/mountinfo", "22 1 0:21 / /proc rw - proc proc rw\n");
    for id in ["cgroup-layout", "cgroup-make", "cgroup-memory"] {
        assert_eq!(none.cause(id), "XNS-E49-not-mounted", "{id}");
    }
    let poor = user().file("/sys/fs/cgroup/me/cgroup.controllers", "memory\n");
    assert_eq!(poor.cause("cgroup-pids"), "XNS-E42-not-enabled");
    let foreign = user().file("tried:own:make:/sys/fs/cgroup/me", "13").file("owner:/sys/fs/cgroup/me", "0");
    assert_eq!(foreign.cause("cgroup-make"), "XNS-C2-not-yours");
    assert_eq!(foreign.cause("cgroup-pids"), "XNS-C2-not-yours");
    assert_eq!(foreign.hindered(), ["W8", "W10"]);
    assert_eq!(user().file("tried:own:device-program", "1").cause("cgroup-devices"), "XNS-D4-right");
}

#[test]
fn what_cannot_be_asked_is_not_said_to_work() {
    let mute = Machine(Recorded { probes: Vec::new(), ..machine(1000) });
    for id in ["namespace-mnt", "namespace-user", "user-root", "user-seccomp", "user-chroot"] {
        assert_eq!(mute.ask(id).outcome.word(), "unknown", "{id}");
    }
    assert!(mute.hindered().contains(&"W2"));
}

#[test]
fn map_tools_are_for_those_who_need_them() {
    assert_eq!(root().cause("user-map-tools"), "not-asked");
    assert_eq!(user().cause("user-map-tools"), "XNS-E08-no-tool");
    let mut installed = user().file("rights:/bin/newuidmap", "yes").file("rights:/bin/newgidmap", "yes");
    installed.0.variables.push(("PATH".to_owned(), "/bin".into()));
    assert_eq!(installed.cause("user-map-tools"), "ok");
    let granted = installed.file("/etc/passwd", "me:x:1000:1000::/:/bin/sh\n");
    assert_eq!(granted.cause("user-subids"), "XNS-E08-not-granted");
    let granted = granted.file("/etc/subuid", "me:100000:65536\n").file("/etc/subgid", "me:100000:65536\n");
    assert_eq!(granted.ask("user-subids").evidence[0], "/etc/subuid: 65536 ids from 100000");
}

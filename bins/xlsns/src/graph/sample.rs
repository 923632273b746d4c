//! Pictures to draw in tests.

use xns_core::NsKind;
use xns_lsns::graph::{Bundle, Graph, Group, Named, Owner, Space, VethLink};

pub(super) fn space(kind: NsKind, ino: u64, processes: u32) -> Space {
    Space { kind, ino, processes, parent: None, mounts: Vec::new(), pins: Vec::new() }
}

fn named(pid: u32, command: &[u8]) -> Named {
    Named { pid, command: command.to_vec() }
}

fn one(pid: u32, command: &[u8]) -> Group {
    Group { pids: vec![pid], command: command.to_vec() }
}

fn link(from_ns: u64, name: &str, to_ns: u64, peer_name: &str) -> VethLink {
    VethLink { from_ns, name: name.into(), to_ns, peer_name: peer_name.into() }
}

/// What no language may take for its own.
pub(super) const ODD: &[u8] = b"\"a\"<b>&\n#\\x\xff";

/// A host, a container in it, another user's PID namespace, and a network namespace that has only a name.
pub(super) fn small() -> Graph {
    with(ODD, b"veth0")
}

/// The same with these names.
pub(super) fn with(command: &[u8], device: &[u8]) -> Graph {
    let owner =
        |ino, first, processes| Owner { ino: Some(ino), first: Some(first), processes, ..Owner::default() };
    let host = Bundle {
        first: Some(named(1, b"init")),
        spaces: vec![space(NsKind::Net, 4_026_531_840, 4), space(NsKind::Pid, 4_026_531_836, 4)],
        inner: vec![1, 2],
        groups: vec![one(1, b"init"), Group { pids: vec![2, 3], command: b"worker".to_vec() }],
        more: 1,
        ..Bundle::default()
    };
    let pid_in = |ino| Space { parent: Some(4_026_531_836), ..space(NsKind::Pid, ino, 1) };
    let net = space(NsKind::Net, 4_026_532_001, 1);
    let container = Bundle {
        first: Some(named(11, b"nginx")),
        spaces: vec![space(NsKind::Mnt, 4_026_532_002, 1), net, pid_in(4_026_532_003)],
        around: Some(0),
        groups: vec![one(11, b"nginx")],
        ..Bundle::default()
    };
    let rootless = Bundle {
        first: Some(named(20, command)),
        owner: 1,
        like: Some(1),
        spaces: vec![pid_in(4_026_532_203)],
        around: Some(0),
        groups: vec![one(20, command)],
        ..Bundle::default()
    };
    let red = Space { mounts: vec!["/run/netns/RED".into()], ..space(NsKind::Net, 4_026_532_101, 0) };
    let top =
        Owner { children: vec![1], bundles: vec![0, 1, 3], ..owner(4_026_531_837, named(1, b"init"), 5) };
    let inner = Owner { parent: Some(0), bundles: vec![2], ..owner(4_026_532_200, named(20, command), 1) };
    let mut veth = link(4_026_531_840, "", 4_026_532_001, "eth0");
    veth.name = device.to_vec();
    Graph {
        owners: vec![top, inner],
        roots: vec![0],
        bundles: vec![host, container, rootless, Bundle { spaces: vec![red], ..Bundle::default() }],
        links: vec![veth, link(4_026_531_840, "veth1", 4_026_532_101, "eth0")],
    }
}

//! Pictures of hand-made findings.

use super::*;
use crate::model::{Found, Member, Namespace, Relation};
use crate::process::Process;
use proptest::prelude::*;

fn namespace(kind: NsKind, ino: u64, pid: Option<u32>, owner: u64) -> Namespace {
    Namespace {
        pid,
        processes: u32::from(pid.is_some()),
        owner: Relation::Of(owner),
        ..Namespace::new(kind, ino)
    }
}

fn link(from_ns: u64, name: &str, to_ns: u64, peer_name: &str) -> VethLink {
    VethLink { from_ns, name: name.into(), to_ns, peer_name: peer_name.into() }
}

/// A host with a container, a user namespace with a PID namespace in it, and a named network namespace.
fn sample() -> Found {
    let pid_in = |parent, namespace| Namespace { parent: Relation::Of(parent), ..namespace };
    let user = Namespace { owner: Relation::Hidden, ..namespace(NsKind::User, 10, Some(1), 0) };
    let child = Namespace { parent: Relation::Of(10), ..namespace(NsKind::User, 30, Some(7), 10) };
    let namespaces = vec![
        user,
        namespace(NsKind::Net, 11, Some(1), 10),
        namespace(NsKind::Pid, 12, Some(1), 10),
        namespace(NsKind::Net, 21, Some(5), 10),
        pid_in(12, namespace(NsKind::Pid, 22, Some(5), 10)),
        child,
        pid_in(12, namespace(NsKind::Pid, 31, Some(7), 30)),
        Namespace { mounts: vec!["/run/netns/RED".into()], ..namespace(NsKind::Net, 41, None, 10) },
    ];
    let member = |pid, net, pid_ns, user| {
        let mut namespaces = [0; 8];
        namespaces[NsKind::Net as usize] = net;
        namespaces[NsKind::Pid as usize] = pid_ns;
        namespaces[NsKind::User as usize] = user;
        Member { pid, namespaces }
    };
    let hosts = (1..=4).map(|pid| member(pid, 11, 12, 10));
    let members =
        hosts.chain([member(5, 21, 22, 10), member(6, 21, 22, 10), member(7, 11, 31, 30)]).collect();
    Found { namespaces, members, ..Found::default() }
}

fn command(pid: u32) -> Option<Process> {
    let command = match pid {
        4 => return None,
        5 | 6 => b"nginx".to_vec(),
        _ => format!("c{pid}").into_bytes(),
    };
    Some(Process { pid, ppid: 1, uid: 0, command })
}

#[test]
fn the_whole_picture() {
    let links = [link(21, "eth0", 11, "veth0"), link(11, "veth0", 21, "eth0"), link(11, "veth1", 99, "x")];
    let graph = build(&sample(), &links, 2, command);
    assert_eq!(graph.roots, [0]);
    assert_eq!((graph.owners[0].ino, &graph.owners[0].children[..]), (Some(10), &[1][..]));
    assert_eq!(graph.owners[1].parent, Some(0));
    let seen = |bundle: &Bundle| {
        let spaces: Vec<_> = bundle.spaces.iter().map(|space| space.ino).collect();
        (bundle.first.as_ref().map(|first| first.pid), bundle.owner, spaces, bundle.around)
    };
    assert_eq!(
        graph.bundles.iter().map(seen).collect::<Vec<_>>(),
        [
            (Some(1), 0, vec![11, 12], None),
            (Some(5), 0, vec![21, 22], Some(0)),
            (Some(7), 1, vec![31], Some(0)),
            (None, 0, vec![41], None),
        ]
    );
    assert_eq!(graph.bundles[0].inner, [1, 2]);
    // 7 has a PID namespace of its own only; 5 shares nothing that is drawn but its user.
    let likes: Vec<_> = graph.bundles.iter().map(|bundle| bundle.like).collect();
    assert_eq!(likes, [None, None, Some(0), None]);
    assert_eq!(graph.links, [link(11, "veth0", 21, "eth0")]);
}

#[test]
fn processes_are_grouped_and_limited() {
    let graph = build(&sample(), &[], 2, command);
    let group = |pids: &[u32], command: &str| Group { pids: pids.to_vec(), command: command.into() };
    // 4 has gone, 3 is one too many.
    assert_eq!(graph.bundles[0].groups, [group(&[1], "c1"), group(&[2], "c2")]);
    assert_eq!(graph.bundles[0].more, 1);
    assert_eq!((&graph.bundles[1].groups[..], graph.bundles[1].more), (&[group(&[5, 6], "nginx")][..], 0));
}

#[test]
fn kernel_threads_are_one_group() {
    let with_kthreadd = |ppid| {
        move |pid| {
            let command = if pid == 2 { b"kthreadd".to_vec() } else { format!("c{pid}").into_bytes() };
            Some(Process {
                pid,
                ppid: if pid == 2 { ppid } else { u32::from(pid == 4) * 2 },
                uid: 0,
                command,
            })
        }
    };
    let groups = |ppid| {
        let graph = build(&sample(), &[], 9, with_kthreadd(ppid));
        graph.bundles[0].groups.iter().map(|group| group.pids.clone()).collect::<Vec<_>>()
    };
    assert_eq!(groups(0), [vec![1], vec![2, 4], vec![3]]);
    // In a container 2 is anybody.
    assert_eq!(groups(1), [[1], [2], [3], [4]]);
}

#[test]
fn owners_that_are_not_in_sight() {
    let hidden = Namespace { owner: Relation::Hidden, ..namespace(NsKind::Net, 5, Some(1), 0) };
    let known = namespace(NsKind::Uts, 6, Some(1), 77);
    let graph = build(&Found { namespaces: vec![hidden, known], ..Found::default() }, &[], 3, command);
    assert_eq!(graph.owners.iter().map(|owner| owner.ino).collect::<Vec<_>>(), [Some(77), None]);
    assert_eq!(graph.bundles.iter().map(|bundle| bundle.owner).collect::<Vec<_>>(), [1, 0]);
    assert_eq!(build(&Found::default(), &[], 3, command), Graph::default());
}

fn any_relation() -> impl Strategy<Value = Relation> {
    prop_oneof![Just(Relation::None), Just(Relation::Hidden), (0u64..12).prop_map(Relation::Of)]
}

proptest! {
    /// Whatever the kernel says: everything is drawn exactly once, and nothing is in itself.
    #[test]
    fn any_relations(
        rows in prop::collection::vec((0usize..8, any_relation(), any_relation(), prop::option::of(1u32..5)), 0..12)
    ) {
        let namespaces: Vec<_> = rows.iter().enumerate().map(|(ino, (kind, parent, owner, pid))| Namespace {
            parent: *parent,
            owner: *owner,
            ..namespace(NsKind::ALL[*kind], ino as u64, *pid, 0)
        }).collect();
        let found = Found { namespaces, ..Found::default() };
        let graph = build(&found, &[], 3, command);
        let mut inos: Vec<_> = graph.bundles.iter().flat_map(|bundle| bundle.spaces.iter().map(|space| space.ino)).collect();
        inos.sort_unstable();
        let others = found.namespaces.iter().filter(|namespace| namespace.kind != NsKind::User);
        prop_assert_eq!(inos, others.map(|namespace| namespace.ino).collect::<Vec<_>>());
        let mut reached = graph.roots.clone();
        let mut next = 0;
        while next < reached.len() {
            reached.extend(&graph.owners[reached[next]].children);
            next += 1;
        }
        reached.sort_unstable();
        prop_assert_eq!(reached, (0..graph.owners.len()).collect::<Vec<_>>());
        for (start, bundle) in graph.bundles.iter().enumerate() {
            let (mut at, mut steps) = (bundle.around, 0);
            while let Some(place) = at {
                prop_assert!(place != start && steps < graph.bundles.len());
                at = graph.bundles[place].around;
                steps += 1;
            }
        }
    }
}

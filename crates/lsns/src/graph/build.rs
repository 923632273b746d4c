//! Makes the picture of what was found.

use super::{Bundle, Graph, Group, Named, Owner, Space, VethLink};
use crate::model::{Found, Namespace, Relation};
use crate::process::Process;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use xns_core::NsKind;

/// As many processes are read for one bundle, to find those that are alike.
const MOST_READ: usize = 4096;

/// The parent of all kernel threads (kthreads are numbered like processes, in the initial PID namespace only).
const KTHREADD: u32 = 2;

/// The picture. `Found` has to have its relations, and all members if processes are to be shown; at most `most` groups of
/// processes are shown in each bundle. `read` answers a process ([`crate::process::read`]), nothing if it has gone.
pub fn build(
    found: &Found,
    links: &[VethLink],
    most: usize,
    mut read: impl FnMut(u32) -> Option<Process>,
) -> Graph {
    let mut named = |pid: Option<u32>| {
        let pid = pid?;
        Some(Named { pid, command: read(pid).map(|process| process.command).unwrap_or_default() })
    };
    let mut graph = Graph { owners: owners(found, &mut named), ..Graph::default() };
    bundles(&mut graph, found, &mut named);
    families(&mut graph, found);
    nest(&mut graph);
    share(&mut graph, found);
    processes(&mut graph, found, most, &mut read);
    graph.links = in_sight(found, links);
    graph
}

/// The user namespaces; also those that are known only as owners, and one for what belongs to nobody in sight.
fn owners(found: &Found, named: &mut impl FnMut(Option<u32>) -> Option<Named>) -> Vec<Owner> {
    let mut owners: BTreeMap<u64, Owner> = BTreeMap::new();
    let mut orphans = false;
    for namespace in &found.namespaces {
        if namespace.kind == NsKind::User {
            let owner = owners.entry(namespace.ino).or_default();
            owner.processes = namespace.processes;
            owner.first = named(namespace.pid);
            owner.uid = namespace.owner_uid;
            owner.pins.clone_from(&namespace.pins);
        }
        match above(namespace) {
            Some(ino) => {
                owners.entry(ino).or_default();
            }
            None => orphans |= namespace.kind != NsKind::User,
        }
    }
    let with_number = |(ino, owner)| Owner { ino: Some(ino), ..owner };
    let nobody = orphans.then(Owner::default);
    owners.into_iter().map(with_number).chain(nobody).collect()
}

/// The owner; of a user namespace its parent.
fn above(namespace: &Namespace) -> Option<u64> {
    let parent = if namespace.kind == NsKind::User { namespace.parent } else { Relation::None };
    parent.ino().or(namespace.owner.ino())
}

/// What each owns, by its lowest process.
fn bundles(graph: &mut Graph, found: &Found, named: &mut impl FnMut(Option<u32>) -> Option<Named>) {
    let mut places: HashMap<(usize, u32), usize> = HashMap::new();
    for namespace in found.namespaces.iter().filter(|namespace| namespace.kind != NsKind::User) {
        let owner = owner_of(&graph.owners, above(namespace));
        let bundles = &mut graph.bundles;
        let mut add = || {
            bundles.push(Bundle { owner, first: named(namespace.pid), ..Bundle::default() });
            bundles.len() - 1
        };
        let place = match namespace.pid {
            Some(pid) => *places.entry((owner, pid)).or_insert_with(add),
            None => add(),
        };
        graph.bundles[place].spaces.push(Space {
            kind: namespace.kind,
            ino: namespace.ino,
            processes: namespace.processes,
            parent: namespace.parent.ino(),
            mounts: namespace.mounts.clone(),
            pins: namespace.pins.clone(),
        });
    }
    for bundle in &mut graph.bundles {
        bundle.spaces.sort_by_key(|space| (space.kind == NsKind::Pid, space.kind, space.ino));
    }
    // Those with processes first, by these; then by number.
    let first = |bundle: &Bundle| bundle.first.as_ref().map_or(u32::MAX, |first| first.pid);
    let ino = |bundle: &Bundle| bundle.spaces.first().map(|space| space.ino);
    graph.bundles.sort_by_key(|bundle| (first(bundle), ino(bundle)));
    for (place, bundle) in graph.bundles.iter().enumerate() {
        graph.owners[bundle.owner].bundles.push(place);
    }
}

/// The user namespaces in each other.
fn families(graph: &mut Graph, found: &Found) {
    let parents: HashMap<u64, u64> = found
        .namespaces
        .iter()
        .filter(|namespace| namespace.kind == NsKind::User)
        .filter_map(|namespace| Some((namespace.ino, above(namespace)?)))
        .collect();
    let parent = |owner: &Owner| parents.get(&owner.ino?).map(|ino| owner_of(&graph.owners, Some(*ino)));
    let parents = without_rings(graph.owners.iter().map(parent).collect());
    for (place, parent) in parents.into_iter().enumerate() {
        graph.owners[place].parent = parent;
        match parent {
            Some(parent) => graph.owners[parent].children.push(place),
            None => graph.roots.push(place),
        }
    }
}

/// Where the owner with this number is. The one without a number stands last, and is there when it is needed.
fn owner_of(owners: &[Owner], ino: Option<u64>) -> usize {
    let place = ino.and_then(|ino| owners.binary_search_by_key(&(false, ino), key).ok());
    place.unwrap_or(owners.len().saturating_sub(1))
}

/// By number; the one without last.
fn key(owner: &Owner) -> (bool, u64) {
    (owner.ino.is_none(), owner.ino.unwrap_or_default())
}

/// PID namespaces in each other.
fn nest(graph: &mut Graph) {
    let pid = |bundle: &Bundle| bundle.space(NsKind::Pid).map(|space| (space.ino, space.parent));
    let numbers = graph.bundles.iter().map(pid).enumerate();
    let places: HashMap<u64, usize> = numbers.filter_map(|(place, pid)| Some((pid?.0, place))).collect();
    let around = |bundle: &Bundle| places.get(&pid(bundle)?.1?).copied();
    let arounds = without_rings(graph.bundles.iter().map(around).collect());
    for (place, around) in arounds.into_iter().enumerate() {
        graph.bundles[place].around = around;
        if let Some(around) = around {
            graph.bundles[around].inner.push(place);
        }
    }
}

/// Where the first process of each bundle is with its other namespaces.
fn share(graph: &mut Graph, found: &Found) {
    let spaces = |(place, bundle): (usize, &Bundle)| {
        bundle.spaces.iter().map(|space| (space.ino, place)).collect::<Vec<_>>()
    };
    let places: HashMap<u64, usize> = graph.bundles.iter().enumerate().flat_map(spaces).collect();
    let first = |bundle: &Bundle| bundle.first.as_ref().map(|first| first.pid);
    let members: HashMap<u32, &[u64; 8]> =
        found.members.iter().map(|member| (member.pid, &member.namespaces)).collect();
    let like = |(place, bundle): (usize, &Bundle)| {
        let namespaces = members.get(&first(bundle)?)?;
        let others = namespaces.iter().filter_map(|ino| places.get(ino).copied());
        // Bundles are in the order of their first processes: one before this has no later one.
        others.filter(|other| *other < place).max()
    };
    let likes: Vec<_> = graph.bundles.iter().enumerate().map(like).collect();
    graph.bundles.iter_mut().zip(likes).for_each(|(bundle, like)| bundle.like = like);
}

/// The kernel has no namespaces that are in themselves; but it was asked about one after the other, and numbers are given again.
fn without_rings(mut above: Vec<Option<usize>>) -> Vec<Option<usize>> {
    // 0: not looked at; else the walk that has come by.
    let mut walk_of = vec![0; above.len()];
    for start in 0..above.len() {
        let mut at = start;
        while walk_of[at] == 0 {
            walk_of[at] = start + 1;
            let Some(next) = above[at] else { break };
            if walk_of[next] == start + 1 {
                above[at] = None;
                break;
            }
            at = next;
        }
    }
    above
}

/// The processes of each bundle, those with the same command line together, and so all kernel threads.
fn processes(graph: &mut Graph, found: &Found, most: usize, read: &mut impl FnMut(u32) -> Option<Process>) {
    let is_kthreadd = |process: Process| process.ppid == 0 && process.command == b"kthreadd";
    let pids = members(graph, found);
    let of_kernel =
        pids.iter().any(|pids| pids.contains(&KTHREADD)) && read(KTHREADD).is_some_and(is_kthreadd);
    for (bundle, pids) in graph.bundles.iter_mut().zip(pids) {
        for pid in pids.iter().take(MOST_READ) {
            // One that has gone meanwhile is not missed.
            let Some(mut process) = read(*pid) else { continue };
            if of_kernel && (*pid == KTHREADD || process.ppid == KTHREADD) {
                process.command = b"kernel threads".to_vec();
            }
            let groups = &mut bundle.groups;
            match groups.iter().position(|group| group.command == process.command) {
                Some(place) => groups[place].pids.push(*pid),
                None if groups.len() < most => {
                    groups.push(Group { pids: vec![*pid], command: process.command })
                }
                None => bundle.more += 1,
            }
        }
        bundle.more += pids.len().saturating_sub(MOST_READ);
    }
}

/// The processes in each bundle's PID namespace; without one, in any of its namespaces.
fn members(graph: &Graph, found: &Found) -> Vec<BTreeSet<u32>> {
    let mut of: HashMap<u64, usize> = HashMap::new();
    for (place, bundle) in graph.bundles.iter().enumerate() {
        let pid = bundle.space(NsKind::Pid);
        let spaces = pid.map_or(bundle.spaces.as_slice(), std::slice::from_ref);
        of.extend(spaces.iter().map(|space| (space.ino, place)));
    }
    let mut pids: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); graph.bundles.len()];
    for member in &found.members {
        for place in member.namespaces.iter().filter_map(|ino| of.get(ino)) {
            pids[*place].insert(member.pid);
        }
    }
    pids
}

/// Each pair once, from the end with the lower number, and only what has both ends in the picture.
fn in_sight(found: &Found, links: &[VethLink]) -> Vec<VethLink> {
    let is_here = |ino| found.by_inode(ino).is_some_and(|namespace| namespace.kind == NsKind::Net);
    let forwards = |link: &VethLink| {
        if (link.from_ns, &link.name) <= (link.to_ns, &link.peer_name) {
            return link.clone();
        }
        VethLink {
            from_ns: link.to_ns,
            name: link.peer_name.clone(),
            to_ns: link.from_ns,
            peer_name: link.name.clone(),
        }
    };
    let here = links.iter().filter(|link| is_here(link.from_ns) && is_here(link.to_ns));
    here.map(forwards).collect::<BTreeSet<_>>().into_iter().collect()
}

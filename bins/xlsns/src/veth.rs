//! The other ends of veth pairs, in other network namespaces. An interface tells the index of the other end, and the number that its own
//! namespace has for the other one: which that is, is found by asking for the numbers of all that are known.

use std::ffi::OsString;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use xns_core::{NsKind, NsSet, SingleThreaded};
use xns_lsns::graph::VethLink;
use xns_lsns::{Found, Namespace, Want, reach, scan};
use xns_net::{Interface, Link, Network};

/// A network namespace that was found.
struct Candidate {
    ino: u64,
    namespace: OwnedFd,
}

fn candidates(proc: &OwnedFd, found: &Found) -> Vec<Candidate> {
    let nets = found.namespaces.iter().filter(|namespace| namespace.kind == NsKind::Net);
    let opened = |of: &Namespace| {
        let namespace = reach::open_in(proc, &found.namespaces, of).ok()?;
        Some(Candidate { ino: of.ino, namespace })
    };
    nets.filter_map(opened).collect()
}

/// Has `network` this number for it?
fn is_numbered(network: &Network, id: i32, candidate: &Candidate) -> bool {
    network.id_of(candidate.namespace.as_fd()) == Ok(Some(id))
}

fn interfaces(single: SingleThreaded, of: &Candidate) -> Option<(Network, Vec<Interface>)> {
    let network = Network::inside(single, of.namespace.as_fd()).ok()?;
    let interfaces = network.interfaces().ok()?;
    Some((network, interfaces))
}

/// One that could be entered.
struct Net {
    place: Candidate,
    network: Network,
    interfaces: Vec<Interface>,
}

/// All pairs with both ends in namespaces that were found and may be entered; of the others nothing is known. Each end tells of the
/// other.
pub(crate) fn links(proc: &OwnedFd, found: &Found, single: SingleThreaded) -> Vec<VethLink> {
    let entered = |place: Candidate| {
        let (network, interfaces) = interfaces(single, &place)?;
        Some(Net { place, network, interfaces })
    };
    let nets: Vec<Net> = candidates(proc, found).into_iter().filter_map(entered).collect();
    nets.iter().flat_map(|net| of_one(net, &nets)).collect()
}

fn of_one(net: &Net, all: &[Net]) -> Vec<VethLink> {
    let ends = net.interfaces.iter().filter(|interface| is_veth(interface));
    let pair = |end: &Interface| {
        let Link { index, namespace } = end.link?;
        let other = match namespace {
            None => net,
            Some(id) => all.iter().find(|other| is_numbered(&net.network, id, &other.place))?,
        };
        let peer = other.interfaces.iter().find(|peer| peer.index == index)?;
        Some(VethLink {
            from_ns: net.place.ino,
            name: end.name.as_bytes().to_vec(),
            to_ns: other.place.ino,
            peer_name: peer.name.as_bytes().to_vec(),
        })
    };
    ends.filter_map(pair).collect()
}

/// Is it an end of a pair?
pub(crate) fn is_veth(interface: &Interface) -> bool {
    interface.kind.as_deref() == Some("veth")
}

/// Where the other ends of one namespace's interfaces may be.
pub(crate) struct Sight {
    proc: OwnedFd,
    deep: bool,
    single: SingleThreaded,
}

/// A network namespace in which another end is.
pub(crate) struct Other {
    id: i32,
    /// Its inode number.
    pub(crate) ino: u64,
    /// Empty, if it may not be entered.
    interfaces: Vec<Interface>,
}

impl Other {
    /// The name of an interface in it.
    pub(crate) fn name(&self, index: u32) -> Option<&OsString> {
        self.interfaces.iter().find(|interface| interface.index == index).map(|interface| &interface.name)
    }
}

impl Sight {
    /// All that a scan of `proc` finds.
    pub(crate) const fn new(proc: OwnedFd, deep: bool, single: SingleThreaded) -> Self {
        Sight { proc, deep, single }
    }

    /// Those of the namespaces in which veths of `network` have their other end that can be found. Nothing is looked for if there
    /// are none.
    pub(crate) fn others(&self, network: &Network, ends: &[Interface]) -> Others {
        let mut ids: Vec<i32> =
            ends.iter().filter(|end| is_veth(end)).filter_map(|end| end.link?.namespace).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Others(Vec::new());
        }
        let want = Want { kinds: NsSet::default().with(NsKind::Net), deep: self.deep, ..Want::default() };
        let found = scan(&want, self.single).map(|found| candidates(&self.proc, &found)).unwrap_or_default();
        let numbered = |place: Candidate| {
            let id = network.id_of(place.namespace.as_fd()).ok()?.filter(|id| ids.contains(id))?;
            let interfaces = interfaces(self.single, &place).map(|(_, interfaces)| interfaces);
            Some(Other { id, ino: place.ino, interfaces: interfaces.unwrap_or_default() })
        };
        Others(found.into_iter().filter_map(numbered).collect())
    }
}

/// See [`Sight::others`].
pub(crate) struct Others(Vec<Other>);

impl Others {
    /// The one for which the namespace has this number.
    pub(crate) fn by_id(&self, id: i32) -> Option<&Other> {
        self.0.iter().find(|other| other.id == id)
    }
}

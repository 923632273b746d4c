//! The veth pairs that join network namespaces.

use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use xns_core::{NsKind, SingleThreaded};
use xns_lsns::graph::VethLink;
use xns_lsns::{Found, reach};
use xns_net::{Interface, Link, Network};

/// A network namespace that could be entered.
struct Net {
    ino: u64,
    namespace: OwnedFd,
    network: Network,
    interfaces: Vec<Interface>,
}

/// All pairs with both ends in namespaces that were found and may be entered; of the others nothing is known. Each end tells of the
/// other.
pub(super) fn links(proc: &OwnedFd, found: &Found, single: SingleThreaded) -> Vec<VethLink> {
    let nets = found.namespaces.iter().filter(|namespace| namespace.kind == NsKind::Net);
    let nets: Vec<Net> = nets
        .filter_map(|of| {
            let namespace = reach::open_in(proc, &found.namespaces, of).ok()?;
            let network = Network::inside(single, namespace.as_fd()).ok()?;
            let interfaces = network.interfaces().ok()?;
            Some(Net { ino: of.ino, namespace, network, interfaces })
        })
        .collect();
    nets.iter().flat_map(|net| of_one(net, &nets)).collect()
}

fn of_one(net: &Net, all: &[Net]) -> Vec<VethLink> {
    let ends = net.interfaces.iter().filter(|interface| interface.kind.as_deref() == Some("veth"));
    let pair = |end: &Interface| {
        let Link { index, namespace } = end.link?;
        let other = match namespace {
            None => net,
            Some(id) => {
                all.iter().find(|other| net.network.id_of(other.namespace.as_fd()) == Ok(Some(id)))?
            }
        };
        let peer = other.interfaces.iter().find(|peer| peer.index == index)?;
        Some(VethLink {
            from_ns: net.ino,
            name: end.name.as_bytes().to_vec(),
            to_ns: other.ino,
            peer_name: peer.name.as_bytes().to_vec(),
        })
    };
    ends.filter_map(pair).collect()
}

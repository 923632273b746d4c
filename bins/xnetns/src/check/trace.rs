//! The way of a packet, from namespace to namespace. Pure but for what is asked.

use super::ask::Ask;
use super::reach::{Node, Reach, devices};
use crate::show::world::Space;
use std::net::IpAddr;
use xns_core::Errno;
use xns_net::{Address, Interface, Way};

/// From one namespace to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leg {
    /// The devices that it passes, the sender's first, the receiver's last.
    pub(super) path: Vec<Node>,
    /// The address whose owner is asked for.
    pub(super) next: IpAddr,
}

/// Where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It is there.
    Arrived,
    /// This namespace has no way.
    NoWay { space: usize, errno: Errno },
    /// It leaves by this device, and who has the next address is not behind it.
    NotJoined { device: Node, next: IpAddr, owner: usize },
    /// It leaves by this device, and nobody has the next address.
    Nobody { device: Node, next: IpAddr },
    /// It leaves what can be seen here.
    Outside { device: Node },
    /// It goes round.
    Round,
}

/// The way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trace {
    pub(super) legs: Vec<Leg>,
    pub(super) stop: Stop,
    /// The address that it is sent from.
    pub(super) source: Option<IpAddr>,
}

/// The longest way that is followed.
const HOPS: usize = 16;
const LOCAL: u8 = 2;

/// Follows a packet that `from` sends to an address; `source` when it is an answer.
pub(super) fn trace(
    spaces: &[Space],
    ask: &dyn Ask,
    from: usize,
    to: IpAddr,
    source: Option<IpAddr>,
) -> Trace {
    let mut trace = Trace { legs: Vec::new(), stop: Stop::Round, source };
    let mut space = from;
    for hop in 0..HOPS {
        // One that is tentative still is not local to the kernel.
        if hop > 0 && holds(&spaces[space], to) {
            return Trace { stop: Stop::Arrived, ..trace };
        }
        // Farther on the sender's address is no one's own.
        let from = source.filter(|_| hop == 0);
        let route = match ask.way(space, &Way { from, ..Way::to(to) }) {
            Ok(Some(route)) => route,
            Ok(None) => return Trace { stop: Stop::NoWay { space, errno: Errno::ENETUNREACH }, ..trace },
            Err(errno) => return Trace { stop: Stop::NoWay { space, errno }, ..trace },
        };
        trace.source = trace.source.or(route.source);
        let Some(device) = route.hop.device.filter(|_| route.kind != LOCAL) else {
            return Trace { stop: Stop::Arrived, ..trace };
        };
        let (next, device) = (route.hop.via.unwrap_or(to), (space, device));
        let reach = Reach::of(spaces, device);
        match owner(spaces, &reach, space, next) {
            Some(node) => {
                trace.legs.push(Leg { path: reach.path(node), next });
                space = node.0;
            }
            None => return Trace { stop: nobody(spaces, &reach, device, next), ..trace },
        }
    }
    trace
}

/// The device on this link that has the address, or whose namespace has it on another one.
fn owner(spaces: &[Space], reach: &Reach, from: usize, ip: IpAddr) -> Option<Node> {
    let others = || reach.met.iter().copied().filter(|node| node.0 != from);
    let has_it = |node: &Node| super::reach::interface(spaces, *node).is_some_and(|one| has(one, ip));
    let in_it = |node: &Node| holds(&spaces[node.0], ip);
    let is_port =
        |node: &Node| super::reach::interface(spaces, *node).is_some_and(|one| one.master.is_some());
    others().find(has_it).or_else(|| others().filter(in_it).find(|node| !is_port(node)))
}

fn nobody(spaces: &[Space], reach: &Reach, device: Node, next: IpAddr) -> Stop {
    let elsewhere = |at: &usize| *at != device.0 && holds(&spaces[*at], next);
    match (0..spaces.len()).find(elsewhere) {
        _ if reach.goes_on => Stop::Outside { device },
        Some(owner) => Stop::NotJoined { device, next, owner },
        None => Stop::Nobody { device, next },
    }
}

/// Has the interface this address? Not one that the kernel has found to be another's, too: it does not use it.
pub(super) fn has(interface: &Interface, ip: IpAddr) -> bool {
    let is_it = |address: &Address| address.ip == ip && address.flags & Address::DUPLICATE == 0;
    interface.addresses.iter().any(is_it)
}

/// Has the namespace this address?
pub(super) fn holds(space: &Space, ip: IpAddr) -> bool {
    space.known().is_some_and(|known| known.interfaces.iter().any(|one| has(one, ip)))
}

/// The addresses by which a namespace is reached by others, each with its device.
pub(super) fn addresses(
    spaces: &[Space],
    space: usize,
) -> impl Iterator<Item = (&Interface, &xns_net::Address)> {
    const EVERYWHERE: u8 = 0;
    let all = devices(spaces, space).flat_map(|one| one.addresses.iter().map(move |address| (one, address)));
    all.filter(|(_, address)| address.scope == EVERYWHERE)
}

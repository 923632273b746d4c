//! Who is on the same link: what a frame meets that leaves a device. Pure.

use crate::show::words::is_loopback;
use crate::show::world::{Space, is_pair};
use std::collections::BTreeMap;
use xns_net::Interface;

/// A device: its namespace's place, its index.
pub(super) type Node = (usize, u32);

/// The interface at a node.
pub(super) fn interface(spaces: &[Space], (space, index): Node) -> Option<&Interface> {
    spaces.get(space)?.known()?.interface(index)
}

/// Its name, for terminals.
pub(super) fn name(spaces: &[Space], node: Node) -> String {
    let found = interface(spaces, node).map(|found| found.name.as_encoded_bytes());
    found.map_or_else(
        || format!("if{}", node.1),
        |name| xns_cli::shown::shown(name, xns_cli::table::Charset::Utf8),
    )
}

/// Is it a bridge?
pub(super) fn is_bridge(interface: &Interface) -> bool {
    interface.kind.as_deref() == Some("bridge")
}

/// All that a frame can meet that leaves a device, with the device before each: whether they are up or not.
pub(super) struct Reach {
    start: Node,
    before: BTreeMap<Node, Node>,
    /// In the order in which they are met.
    pub(super) met: Vec<Node>,
    /// Does it leave what is known: by hardware, or to where nothing can be read?
    pub(super) goes_on: bool,
}

impl Reach {
    pub(super) fn of(spaces: &[Space], start: Node) -> Self {
        let mut reach = Reach { start, before: BTreeMap::new(), met: vec![start], goes_on: false };
        let mut next = 0;
        while let Some(node) = reach.met.get(next).copied() {
            next += 1;
            let (beside, goes_on) = beside(spaces, node);
            reach.goes_on |= goes_on;
            for other in beside {
                if other != start && !reach.before.contains_key(&other) {
                    reach.before.insert(other, node);
                    reach.met.push(other);
                }
            }
        }
        reach
    }

    /// From the start to this one, both included.
    pub(super) fn path(&self, to: Node) -> Vec<Node> {
        let mut path = vec![to];
        while let Some(before) = path.last().and_then(|last| self.before.get(last)) {
            path.push(*before);
        }
        path.reverse();
        path
    }

    /// The first device of this namespace that is met, the start left out.
    pub(super) fn first_in(&self, space: usize) -> Option<Node> {
        self.met.iter().copied().find(|node| node.0 == space && *node != self.start)
    }
}

/// Where a frame goes next.
fn beside(spaces: &[Space], node: Node) -> (Vec<Node>, bool) {
    let (space, index) = node;
    let Some(contents) = spaces.get(space).and_then(Space::known) else { return (Vec::new(), true) };
    let Some(this) = contents.interface(index) else { return (Vec::new(), true) };
    let mut beside: Vec<Node> = this.master.map(|master| (space, master)).into_iter().collect();
    if is_bridge(this) {
        let ports = contents.interfaces.iter().filter(|port| port.master == Some(index));
        beside.extend(ports.map(|port| (space, port.index)));
    }
    let mut goes_on = false;
    match contents.end_of(index) {
        Some(end) => match end.space.filter(|other| spaces[*other].known().is_some()) {
            Some(other) => beside.push((other, end.index)),
            None => goes_on = true,
        },
        None => goes_on = is_open(this),
    }
    (beside, goes_on)
}

/// Does it lead out of this machine, as hardware, tunnels and the like?
fn is_open(interface: &Interface) -> bool {
    !is_loopback(interface)
        && !is_pair(interface)
        && !matches!(interface.kind.as_deref(), Some("bridge" | "dummy"))
}

/// The devices of a namespace that packets may leave by: not `lo`, no port of a bridge, no tunnel that is tied to nothing.
pub(super) fn devices(spaces: &[Space], space: usize) -> impl Iterator<Item = &Interface> {
    let all = spaces.get(space).and_then(Space::known).map(|known| known.interfaces.as_slice());
    let usable = |one: &&Interface| !is_loopback(one) && one.master.is_none() && !one.is_untied;
    all.unwrap_or_default().iter().filter(usable)
}

/// The shortest way over devices from one namespace to another.
pub(super) fn joined(spaces: &[Space], from: usize, to: usize) -> Option<Vec<Node>> {
    let ways = devices(spaces, from).filter_map(|device| {
        let reach = Reach::of(spaces, (from, device.index));
        reach.first_in(to).map(|end| reach.path(end)).map(|path| up_to_bridge(spaces, path))
    });
    ways.min_by_key(Vec::len)
}

/// A packet that comes in by a port is the bridge's.
fn up_to_bridge(spaces: &[Space], mut path: Vec<Node>) -> Vec<Node> {
    if let Some(last) = path.last().copied()
        && let Some(master) = interface(spaces, last).and_then(|port| port.master)
    {
        path.push((last.0, master));
    }
    path
}

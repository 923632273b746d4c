//! What is asked for: from where, to whom. And how it is spoken of.

use super::ask::Ask;
use super::reach::{self, Node};
use super::trace;
use crate::show::world::Space;
use std::net::IpAddr;
use xns_net::{Address, Interface};

/// The question.
pub(super) struct Case<'c> {
    pub(super) spaces: &'c [Space],
    pub(super) ask: &'c dyn Ask,
    /// Who gets no reply.
    pub(super) from: usize,
    /// Who does not answer.
    pub(super) to: Option<Goal>,
    /// Only addresses of one version?
    pub(super) is_six: Option<bool>,
}

/// Who does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Goal {
    /// Where, if that is known.
    pub(super) space: Option<usize>,
    /// The address, if it has one.
    pub(super) address: Option<IpAddr>,
    /// Was the namespace asked for, rather than found by the address?
    pub(super) is_asked: bool,
}

impl Case<'_> {
    /// Is the version of this address asked for?
    pub(super) fn is_wanted(&self, ip: IpAddr) -> bool {
        self.is_six.is_none_or(|six| six == ip.is_ipv6())
    }

    /// The namespace as the goal: the address on the device that is joined with ours, one that shares a network with one of ours, else one
    /// of version 4, else any.
    pub(super) fn goal_in(&self, space: usize) -> Goal {
        let joined = reach::joined(self.spaces, self.from, space).and_then(|path| path.last().copied());
        let ours: Vec<&Address> =
            trace::addresses(self.spaces, self.from).map(|(_, address)| address).collect();
        let shares = |their: &Address| ours.iter().any(|our| our.ip != their.ip && covers(our, their.ip));
        // One that the kernel has found to be another's, too, is the last.
        let is_refused = |their: &Address| their.flags & Address::DUPLICATE != 0;
        let best = trace::addresses(self.spaces, space)
            .filter(|(_, address)| self.is_wanted(address.ip))
            .min_by_key(|(device, their)| {
                let is_joined = joined == Some((space, device.index));
                (is_refused(their), !shares(their), !is_joined, !their.ip.is_ipv4())
            });
        Goal { space: Some(space), address: best.map(|(_, address)| address.ip), is_asked: true }
    }

    /// The address as the goal: whose it is, when one has it, or one of several that is joined.
    pub(super) fn goal_at(&self, ip: IpAddr) -> Goal {
        let has_it = |space: &usize| trace::holds(&self.spaces[*space], ip);
        let owners: Vec<usize> = (0..self.spaces.len()).filter(has_it).collect();
        let joined = |space: &&usize| reach::joined(self.spaces, self.from, **space).is_some();
        let space = match owners.as_slice() {
            _ if owners.contains(&self.from) => Some(self.from),
            [one] => Some(*one),
            _ => owners.iter().find(joined).copied(),
        };
        let space = if ip.is_loopback() { Some(self.from) } else { space };
        Goal { space, address: Some(ip), is_asked: false }
    }

    /// May it be proposed to join this one? Not one that merely happens to have the address.
    pub(super) fn is_spoken_of(&self, space: usize) -> bool {
        let of = &self.spaces[space];
        let asked = self.to.is_some_and(|goal| goal.is_asked && goal.space == Some(space));
        asked || of.is_here || !of.names.is_empty()
    }

    /// A namespace in a sentence.
    pub(super) fn label(&self, space: usize) -> String {
        self.spaces[space].label()
    }

    /// `veth0 in RED`
    pub(super) fn place(&self, node: Node) -> String {
        format!("{} in {}", self.name(node), self.label(node.0))
    }

    /// The name of a device.
    pub(super) fn name(&self, node: Node) -> String {
        reach::name(self.spaces, node)
    }

    /// The device.
    pub(super) fn interface(&self, node: Node) -> Option<&Interface> {
        reach::interface(self.spaces, node)
    }

    /// `xnetns -n RED WORDS`, to be typed.
    pub(super) fn line(&self, space: usize, words: &str) -> String {
        self.before(space, "xnetns") + " " + words
    }

    /// `ip -n RED WORDS: SAYS`, as evidence.
    pub(super) fn says(&self, space: usize, words: &str, says: &str) -> String {
        format!("{} {words}: {says}", self.before(space, "ip"))
    }

    /// `ip -n RED WORDS`, to be typed, for what only `ip` has.
    pub(super) fn ip(&self, space: usize, words: &str) -> String {
        self.before(space, "ip") + " " + words
    }

    fn before(&self, space: usize, tool: &str) -> String {
        let of = &self.spaces[space];
        match of.names.first() {
            _ if of.is_here => tool.to_owned(),
            Some(name) => format!("{tool} -n {}", xns_core::shell::quote(name.as_os_str())),
            None => format!("xnsenter --net={} {tool}", xns_core::shell::quote(&of.path)),
        }
    }

    /// A command in the namespace, to be typed.
    pub(super) fn run(&self, space: usize, command: &str) -> String {
        let of = &self.spaces[space];
        match of.names.first() {
            _ if of.is_here => command.to_owned(),
            Some(name) => format!("xnetns exec {} {command}", xns_core::shell::quote(name.as_os_str())),
            None => format!("xnsenter --net={} {command}", xns_core::shell::quote(&of.path)),
        }
    }

    /// Writes a value into a file of `/proc/sys/net`, to be typed.
    pub(super) fn set(&self, space: usize, name: &str, value: &str) -> String {
        self.run(space, &format!("sh -c 'echo {value} > /proc/sys/net/{name}'"))
    }

    /// `connect`'s word for it.
    pub(super) fn word(&self, space: usize) -> String {
        let of = &self.spaces[space];
        match of.names.first() {
            _ if of.is_here => crate::show::subject::HOST.to_owned(),
            Some(name) => xns_core::shell::quote(name.as_os_str()),
            None => of.crowd.first.to_string(),
        }
    }
}

/// Is the other address in the network of this one?
pub(super) fn covers(address: &Address, ip: IpAddr) -> bool {
    covered(ip, (address.ip, address.prefix))
}

/// Is the address in this network?
pub(super) fn covered(ip: IpAddr, (of, bits): (IpAddr, u8)) -> bool {
    ip.is_ipv4() == of.is_ipv4() && network(ip, bits) == network(of, bits)
}

/// The first address of the network.
pub(super) fn network(ip: IpAddr, prefix: u8) -> IpAddr {
    match ip {
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(prefix.into())).unwrap_or(0);
            IpAddr::V4((u32::from(ip) & mask).into())
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(prefix.into())).unwrap_or(0);
            IpAddr::V6((u128::from(ip) & mask).into())
        }
    }
}

/// The bits of a whole address.
pub(super) const fn bits(ip: IpAddr) -> u8 {
    if ip.is_ipv4() { 32 } else { 128 }
}

/// An address of the same network that none of these has.
pub(super) fn free(near: &Address, taken: &dyn Fn(IpAddr) -> bool) -> Option<IpAddr> {
    const MOST: u32 = 4096;
    let first = network(near.ip, near.prefix);
    let hosts = (1..MOST).map(|offset| match first {
        IpAddr::V4(ip) => IpAddr::V4((u32::from(ip).wrapping_add(offset)).into()),
        IpAddr::V6(ip) => IpAddr::V6((u128::from(ip).wrapping_add(offset.into())).into()),
    });
    // The last one of version 4 is that of all.
    let is_host = |ip: &IpAddr| covers(near, *ip) && Some(*ip) != near.broadcast;
    let last = |ip: &IpAddr| ip.is_ipv4() && !covers(near, next(*ip)) && near.prefix < 31;
    hosts.take_while(|ip| covers(near, *ip)).find(|ip| is_host(ip) && !last(ip) && !taken(*ip))
}

fn next(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) => IpAddr::V4((u32::from(ip).wrapping_add(1)).into()),
        IpAddr::V6(ip) => IpAddr::V6((u128::from(ip).wrapping_add(1)).into()),
    }
}

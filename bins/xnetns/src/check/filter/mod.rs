//! What a firewall does to a ping: the chains of a namespace, as `nft` and `iptables` list them, followed rule by rule.

mod nft;
mod read;
mod save;
#[cfg(test)]
mod tests;
mod walk;

pub(super) use read::read;
pub(super) use walk::{Fate, Packet, fates, renames};

/// What is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    /// The chains; none where nothing filters.
    Known(Vec<Chain>),
    /// It cannot be known, and why.
    Unknown(String),
}

/// A chain of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    /// What lists it: `nft list ruleset`.
    list: &'static str,
    /// `ip`, `ip6`, `inet`, `bridge`, `arp`, `netdev`.
    family: String,
    /// The table.
    table: String,
    /// The chain.
    name: String,
    /// Where packets come to it, if not only from other chains.
    base: Option<Base>,
    /// In their order.
    rules: Vec<Rule>,
}

/// Where packets come to a chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Base {
    /// `filter`, `nat`, `route`.
    kind: String,
    /// `prerouting`, `input`, `forward`, `output`, `postrouting`, `ingress`, `egress`.
    hook: String,
    /// The device, for those of one.
    device: Option<String>,
    /// Is dropped what no rule has decided on?
    is_dropping: bool,
    /// The line that changes that.
    undo: String,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    /// As it is listed.
    text: String,
    /// What a packet has to be.
    matches: Vec<Match>,
    /// What happens then.
    verdict: Verdict,
    /// The line that removes it.
    undo: String,
}

/// What a packet has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Match {
    /// From this network, or not.
    From(Network, bool),
    /// To it, or not.
    To(Network, bool),
    /// By this device, or not; with `*` at the end any that begins so.
    Entered(String, bool),
    /// The same.
    Leaves(String, bool),
    /// Of version 6, or not.
    Six(bool),
    /// An answer, or a request.
    Answer(bool),
    /// Of ICMPv6, or not; and an answer, or a request.
    Echo(bool, bool),
    /// Something that no ping is.
    Never,
    /// It is not known here whether a ping is that.
    Unknown,
}

/// An address, and how many bits of it count.
type Network = (std::net::IpAddr, u8);

/// What happens to a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Accept,
    /// With an answer or without one.
    Drop,
    /// On to this chain, and back.
    Jump(String),
    /// On to this chain.
    Goto(String),
    /// Back to where it came from.
    Return,
    /// It gets another address.
    Rename,
    /// It is counted, marked, and goes on.
    Nothing,
    /// Nothing that is known here.
    Unknown,
}

#[cfg(test)]
pub(super) fn as_nft_lists(text: &str) -> Filter {
    Filter::Known(nft::chains(text))
}

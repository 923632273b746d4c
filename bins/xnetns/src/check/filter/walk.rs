//! A packet's way through the chains. What is not known of it, or of a rule, makes no certainty.

use super::super::case::network;
use super::{Base, Chain, Match, Rule, Verdict};
use std::net::IpAddr;

/// A ping, or the answer to one.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Packet {
    pub(in super::super) is_six: bool,
    pub(in super::super) is_answer: bool,
    pub(in super::super) source: Option<IpAddr>,
    pub(in super::super) target: Option<IpAddr>,
    /// By this device it has come in.
    pub(in super::super) entered: Option<String>,
    /// By this one it leaves.
    pub(in super::super) leaves: Option<String>,
}

/// Who drops it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Fate {
    /// Surely, or perhaps?
    pub(in super::super) is_certain: bool,
    /// What lists it: `nft list ruleset`.
    pub(in super::super) list: &'static str,
    /// `table ip filter, chain FORWARD: policy drop`
    pub(in super::super) evidence: String,
    /// The line that changes it.
    pub(in super::super) cure: String,
}

/// What the chains of these families do to the packet at one of these hooks.
pub(in super::super) fn fates(
    chains: &[Chain],
    families: &[&str],
    hooks: &[&str],
    packet: &Packet,
) -> Vec<Fate> {
    at(chains, families, hooks)
        .filter(|(_, base)| base.kind != "nat" && is_on(base, packet))
        .filter_map(|(chain, base)| fate(chains, chain, base, packet))
        .collect()
}

/// Does it get another address there: surely, or perhaps; and by which rule?
pub(in super::super) fn renames(chains: &[Chain], hooks: &[&str], packet: &Packet) -> Option<(bool, String)> {
    let families: &[&str] = if packet.is_six { &["ip6", "inet"] } else { &["ip", "inet"] };
    at(chains, families, hooks).filter(|(_, base)| base.kind == "nat").find_map(|(chain, _)| {
        let mut walk = Walk { chains, of: chain, packet, perhaps: None, is_sure: true, is_nat: true };
        let end = walk.through(&chain.rules, DEEPEST);
        let told = |rule: &Rule| format!("{}: {}: {}", chain.list, chain.place(), rule.text);
        match (end, walk.perhaps) {
            (End::At(rule), None) if rule.verdict == Verdict::Rename => Some((walk.is_sure, told(rule))),
            (End::At(rule), _) if rule.verdict == Verdict::Rename => Some((false, told(rule))),
            (_, Some(rule)) => Some((false, told(rule))),
            _ => None,
        }
    })
}

fn at<'c>(
    chains: &'c [Chain],
    families: &'c [&str],
    hooks: &'c [&str],
) -> impl Iterator<Item = (&'c Chain, &'c Base)> {
    let of_family = |chain: &&Chain| families.contains(&chain.family.as_str());
    let based = chains.iter().filter(of_family).filter_map(|chain| Some((chain, chain.base.as_ref()?)));
    based.filter(|(_, base)| hooks.contains(&base.hook.as_str()))
}

/// A chain of one device has only its packets.
fn is_on(base: &Base, packet: &Packet) -> bool {
    let device = if base.hook == "egress" { &packet.leaves } else { &packet.entered };
    base.device.is_none() || base.device == *device
}

fn fate(chains: &[Chain], chain: &Chain, base: &Base, packet: &Packet) -> Option<Fate> {
    let mut walk = Walk { chains, of: chain, packet, perhaps: None, is_sure: true, is_nat: false };
    let end = walk.through(&chain.rules, DEEPEST);
    let told = |is_certain, what: &str, cure: &str| {
        let evidence = format!("{}: {what}", chain.place());
        Some(Fate { is_certain, list: chain.list, evidence, cure: cure.to_owned() })
    };
    match (end, walk.perhaps) {
        (End::At(rule), _) if rule.verdict == Verdict::Drop && walk.is_sure => {
            told(true, &rule.text, &rule.undo)
        }
        (End::Through, _) if base.is_dropping && walk.is_sure => told(true, "policy drop", &base.undo),
        (_, Some(rule)) => told(false, &rule.text, &rule.undo),
        (End::At(rule), None) if rule.verdict == Verdict::Drop => told(false, &rule.text, &rule.undo),
        (End::Through, None) if base.is_dropping => told(false, "policy drop", &base.undo),
        _ => None,
    }
}

impl Chain {
    fn place(&self) -> String {
        format!("table {} {}, chain {}", self.family, self.table, self.name)
    }
}

/// So many chains may call each other.
const DEEPEST: usize = 16;

struct Walk<'w> {
    chains: &'w [Chain],
    of: &'w Chain,
    packet: &'w Packet,
    /// The first rule that drops it if it is what it may be.
    perhaps: Option<&'w Rule>,
    /// Has no rule perhaps let it off before?
    is_sure: bool,
    is_nat: bool,
}

/// Where a packet stops in a chain.
enum End<'w> {
    /// At this rule.
    At(&'w Rule),
    /// At none.
    Through,
}

impl<'w> Walk<'w> {
    fn through(&mut self, rules: &'w [Rule], depth: usize) -> End<'w> {
        for rule in rules {
            let is_met = match matches(rule, self.packet) {
                Some(false) => continue,
                met => met.is_some(),
            };
            match &rule.verdict {
                Verdict::Nothing => {}
                Verdict::Accept | Verdict::Drop | Verdict::Rename if is_met => return End::At(rule),
                Verdict::Return if is_met => return End::Through,
                Verdict::Accept | Verdict::Return => self.is_sure = false,
                Verdict::Drop | Verdict::Unknown => self.may(rule),
                Verdict::Rename => {
                    if self.is_nat {
                        self.may(rule);
                    }
                }
                Verdict::Jump(name) | Verdict::Goto(name) => {
                    let end = self.called(name, depth);
                    let goes = matches!(rule.verdict, Verdict::Goto(_));
                    match end {
                        End::At(_) if is_met => return end,
                        End::Through if is_met && goes => return end,
                        End::At(rule) if rule.verdict != Verdict::Accept => self.may(rule),
                        End::At(_) => self.is_sure = false,
                        End::Through if goes => self.is_sure = false,
                        End::Through => {}
                    }
                }
            }
        }
        End::Through
    }

    fn may(&mut self, rule: &'w Rule) {
        self.perhaps = self.perhaps.or(Some(rule));
    }

    fn called(&mut self, name: &str, depth: usize) -> End<'w> {
        let of = self.of;
        let same =
            |chain: &&Chain| chain.name == name && chain.table == of.table && chain.family == of.family;
        let Some(chain) = self.chains.iter().find(same).filter(|_| depth > 0) else { return End::Through };
        self.through(&chain.rules, depth - 1)
    }
}

/// Is the packet what the rule is for? `None`: perhaps.
fn matches(rule: &Rule, packet: &Packet) -> Option<bool> {
    let all: Vec<Option<bool>> = rule.matches.iter().map(|one| is(one, packet)).collect();
    if all.contains(&Some(false)) {
        return Some(false);
    }
    if all.contains(&None) { None } else { Some(true) }
}

fn is(one: &Match, packet: &Packet) -> Option<bool> {
    let within = |ip: Option<IpAddr>, (of, bits): (IpAddr, u8), is_in: bool| {
        let ip = ip?;
        Some(ip.is_ipv4() == of.is_ipv4() && (network(ip, bits) == network(of, bits)) == is_in)
    };
    // Where there is no device, neither of both is true.
    let named = |device: &Option<String>, name: &str, is_it: bool| {
        let Some(device) = device else { return false };
        let same = match name.strip_suffix('*') {
            Some(start) => device.starts_with(start),
            None => device == name,
        };
        same == is_it
    };
    match one {
        Match::From(net, is_in) => within(packet.source, *net, *is_in),
        Match::To(net, is_in) => within(packet.target, *net, *is_in),
        Match::Entered(name, is_it) => Some(named(&packet.entered, name, *is_it)),
        Match::Leaves(name, is_it) => Some(named(&packet.leaves, name, *is_it)),
        Match::Six(six) => Some(packet.is_six == *six),
        Match::Answer(answer) => Some(packet.is_answer == *answer),
        Match::Echo(six, answer) => Some(packet.is_six == *six && packet.is_answer == *answer),
        Match::Never => Some(false),
        Match::Unknown => None,
    }
}

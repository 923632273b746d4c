//! The text of `nft -a list ruleset`.

use super::{Base, Chain, Match, Network, Rule, Verdict};
use std::net::IpAddr;

/// All chains that it lists.
pub(super) fn chains(text: &str) -> Vec<Chain> {
    let mut found: Vec<Chain> = Vec::new();
    let (mut family, mut table) = (String::new(), String::new());
    let mut is_open = false;
    for line in text.lines().map(str::trim) {
        let (line, handle) = line.split_once(" # handle ").unwrap_or((line, ""));
        let words = words(line);
        match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["table", of, name, "{"] => (family, table) = ((*of).to_owned(), (*name).to_owned()),
            ["chain", name, "{"] => {
                is_open = true;
                found.push(Chain {
                    list: "nft list ruleset",
                    family: family.clone(),
                    table: table.clone(),
                    name: (*name).to_owned(),
                    base: None,
                    rules: Vec::new(),
                });
            }
            ["}"] => is_open = false,
            [] => {}
            words => {
                if let Some(chain) = found.last_mut().filter(|_| is_open) {
                    take(chain, line, handle, words);
                }
            }
        }
    }
    found
}

fn take(chain: &mut Chain, line: &str, handle: &str, words: &[&str]) {
    let place = format!("{} {} {}", chain.family, chain.table, chain.name);
    if let ["type", kind, "hook", hook, rest @ ..] = words {
        let after = |word: &str| rest.iter().position(|one| *one == word).and_then(|at| rest.get(at + 1));
        chain.base = Some(Base {
            kind: (*kind).to_owned(),
            hook: (*hook).to_owned(),
            device: after("device").map(|name| (*name).to_owned()),
            is_dropping: after("policy").is_some_and(|policy| *policy == "drop;"),
            undo: format!("nft chain {place} '{{ policy accept; }}'"),
        });
        return;
    }
    let (matches, verdict) = rule(words);
    let undo = format!("nft delete rule {place} handle {handle}");
    chain.rules.push(Rule { text: counted(line), matches, verdict, undo });
}

/// Without how often it was met.
fn counted(line: &str) -> String {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    if let Some(at) = words.iter().position(|word| *word == "counter") {
        let is_number = words.get(at + 1) == Some(&"packets");
        words.drain(at..(at + if is_number { 5 } else { 1 }).min(words.len()));
    }
    words.join(" ")
}

/// What stands in quotes is one word, without them; what is said for people is none.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

fn rule(words: &[&str]) -> (Vec<Match>, Verdict) {
    let (mut matches, mut verdict) = (Vec::new(), Verdict::Nothing);
    let mut rest = words;
    while let [word, after @ ..] = rest {
        let (taken, one) = one(word, after);
        match one {
            One::Match(found) => matches.push(found),
            One::Verdict(found) => verdict = found,
            One::Nothing => {}
        }
        // After these stands only how it is done.
        if matches!(verdict, Verdict::Drop | Verdict::Rename | Verdict::Unknown) {
            break;
        }
        rest = after.get(taken..).unwrap_or_default();
    }
    (matches, verdict)
}

enum One {
    Match(Match),
    Verdict(Verdict),
    Nothing,
}

/// One expression, and how many words after the first it has.
fn one(word: &str, after: &[&str]) -> (usize, One) {
    let to = |at: usize| after.get(at).copied().unwrap_or_default();
    let verdict = |verdict| (0, One::Verdict(verdict));
    match (word, to(0)) {
        ("accept", _) => verdict(Verdict::Accept),
        ("drop" | "reject", _) => verdict(Verdict::Drop),
        ("return", _) => verdict(Verdict::Return),
        ("jump", name) => (1, One::Verdict(Verdict::Jump(name.to_owned()))),
        ("goto", name) => (1, One::Verdict(Verdict::Goto(name.to_owned()))),
        ("masquerade" | "snat" | "dnat" | "redirect", _) => verdict(Verdict::Rename),
        ("queue" | "fwd" | "dup" | "synproxy", _) => verdict(Verdict::Unknown),
        ("counter", "packets") => (4, One::Nothing),
        ("counter" | "notrack", _) => (0, One::Nothing),
        ("comment", _) => (1, One::Nothing),
        ("log", "prefix") => (2, One::Nothing),
        ("log", _) => (0, One::Nothing),
        ("ip" | "ip6", side @ ("saddr" | "daddr")) => {
            compared(after, 1, |value, is_it| address(side, value, is_it))
        }
        ("iifname" | "iif", _) => compared(after, 0, |name, is_it| Match::Entered(name.to_owned(), is_it)),
        ("oifname" | "oif", _) => compared(after, 0, |name, is_it| Match::Leaves(name.to_owned(), is_it)),
        ("ip", "protocol") | ("ip6", "nexthdr") | ("meta", "l4proto" | "protocol" | "nfproto") => {
            compared(after, 1, protocol)
        }
        ("ether", "type") => compared(after, 1, protocol),
        ("icmp" | "icmpv6", "type") => {
            let six = word == "icmpv6";
            compared(after, 1, |value, is_it| echo(value, six, is_it))
        }
        ("ct", "state") => compared(after, 1, state),
        ("tcp" | "udp" | "sctp" | "dccp" | "udplite" | "esp" | "ah", _) => {
            compared(after, 1, |_, _| Match::Never)
        }
        ("vmap", _) => verdict(Verdict::Unknown),
        ("{", _) => (set(after), One::Match(Match::Unknown)),
        _ => (0, One::Match(Match::Unknown)),
    }
}

/// `!= VALUE`, `VALUE`; of a set or a map nothing is known.
fn compared(after: &[&str], skipped: usize, made: impl Fn(&str, bool) -> Match) -> (usize, One) {
    let rest = after.get(skipped..).unwrap_or_default();
    let (is_it, rest, taken) = match rest {
        ["!=", rest @ ..] => (false, rest, skipped + 1),
        ["==", rest @ ..] => (true, rest, skipped + 1),
        rest => (true, rest, skipped),
    };
    match rest {
        ["{", more @ ..] => (taken + 1 + set(more), One::Match(Match::Unknown)),
        ["vmap", ..] => (taken, One::Match(Match::Unknown)),
        [value, ..] => (taken + 1, One::Match(made(value, is_it))),
        [] => (taken, One::Match(Match::Unknown)),
    }
}

/// How many words until the set ends.
fn set(rest: &[&str]) -> usize {
    rest.iter().position(|word| *word == "}").map_or(rest.len(), |at| at + 1)
}

fn address(side: &str, value: &str, is_it: bool) -> Match {
    match net(value) {
        Some(net) if side == "saddr" => Match::From(net, is_it),
        Some(net) => Match::To(net, is_it),
        None => Match::Unknown,
    }
}

/// `10.0.0.0/24`, `10.0.0.1`
pub(super) fn net(text: &str) -> Option<Network> {
    let (ip, bits) = text.split_once('/').map_or((text, None), |(ip, bits)| (ip, Some(bits)));
    let ip: IpAddr = ip.parse().ok()?;
    let most = super::super::case::bits(ip);
    let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
    (bits <= most).then_some((ip, bits))
}

pub(super) fn protocol(value: &str, is_it: bool) -> Match {
    match value {
        "icmp" | "1" | "ip" | "ipv4" => Match::Six(!is_it),
        "ipv6-icmp" | "icmpv6" | "58" | "ip6" | "ipv6" => Match::Six(is_it),
        "tcp" | "udp" | "udplite" | "sctp" | "esp" | "ah" | "6" | "17" if is_it => Match::Never,
        _ => Match::Unknown,
    }
}

fn echo(value: &str, six: bool, is_it: bool) -> Match {
    match value {
        "echo-request" if is_it => Match::Echo(six, false),
        "echo-reply" if is_it => Match::Echo(six, true),
        // Without it nobody's hardware address is found.
        "nd-neighbor-solicit" | "nd-neighbor-advert" if is_it => Match::Unknown,
        _ if is_it && !six && !value.starts_with('@') => Match::Never,
        _ => Match::Unknown,
    }
}

/// The first packet of a ping is new, its answer is not.
pub(super) fn state(value: &str, is_it: bool) -> Match {
    let lower = value.to_ascii_lowercase();
    let mut all = lower.split(',');
    let (new, established) =
        (all.clone().any(|one| one == "new"), all.clone().any(|one| one == "established"));
    let known = ["new", "established", "related", "invalid", "untracked"];
    match (new, established) {
        _ if !is_it || !all.all(|one| known.contains(&one)) => Match::Unknown,
        (true, false) => Match::Answer(false),
        (false, true) => Match::Answer(true),
        (false, false) => Match::Never,
        (true, true) => Match::Unknown,
    }
}

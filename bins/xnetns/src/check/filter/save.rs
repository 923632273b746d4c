//! The text of `iptables-save`.

use super::nft::{net, protocol, state};
use super::{Base, Chain, Match, Rule, Verdict};

/// All chains that it lists.
pub(super) fn chains(program: Program, text: &str) -> Vec<Chain> {
    let mut found: Vec<Chain> = Vec::new();
    let mut table = "";
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('*') {
            table = name;
        } else if let Some(head) = line.strip_prefix(':') {
            let mut words = head.split_whitespace();
            let (name, policy) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            found.push(Chain {
                list: program.list,
                family: program.family.to_owned(),
                table: table.to_owned(),
                name: name.to_owned(),
                base: base(program, table, name, policy),
                rules: Vec::new(),
            });
        } else if let Some(said) = line.strip_prefix("-A ") {
            let (name, rule) = said.split_once(' ').unwrap_or((said, ""));
            let same = |chain: &&mut Chain| chain.table == table && chain.name == name;
            if let Some(chain) = found.iter_mut().find(same) {
                let undo = format!("{} -t {table} -D {said}", program.change);
                let (matches, verdict) = parts(rule);
                chain.rules.push(Rule { text: rule.to_owned(), matches, verdict, undo });
            }
        }
    }
    found
}

/// Which of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Program {
    /// What lists all: `iptables-legacy-save`.
    pub(super) list: &'static str,
    /// What changes it: `iptables-legacy`.
    pub(super) change: &'static str,
    /// `ip`, `ip6`
    pub(super) family: &'static str,
}

fn base(program: Program, table: &str, name: &str, policy: &str) -> Option<Base> {
    let hooks = ["prerouting", "input", "forward", "output", "postrouting"];
    let hook = hooks.into_iter().find(|hook| hook.to_ascii_uppercase() == name)?;
    Some(Base {
        kind: if table == "nat" { "nat" } else { "filter" }.to_owned(),
        hook: hook.to_owned(),
        device: None,
        is_dropping: policy == "DROP",
        undo: format!("{} -t {table} -P {name} ACCEPT", program.change),
    })
}

fn parts(rule: &str) -> (Vec<Match>, Verdict) {
    let (mut matches, mut verdict) = (Vec::new(), Verdict::Nothing);
    let mut words = rule.split_whitespace();
    let mut is_it = true;
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_default();
        let device = |name: &str| match name.strip_suffix('+') {
            Some(start) => format!("{start}*"),
            None => name.to_owned(),
        };
        match word {
            "!" => {
                is_it = false;
                continue;
            }
            "-s" => matches.push(net(value()).map_or(Match::Unknown, |net| Match::From(net, is_it))),
            "-d" => matches.push(net(value()).map_or(Match::Unknown, |net| Match::To(net, is_it))),
            "-i" => matches.push(Match::Entered(device(value()), is_it)),
            "-o" => matches.push(Match::Leaves(device(value()), is_it)),
            "-p" => matches.push(protocol(value(), is_it)),
            "--ctstate" | "--state" => matches.push(state(value(), is_it)),
            "--icmp-type" if is_it => matches.push(match value() {
                "8" | "8/0" | "echo-request" => Match::Answer(false),
                "0" | "0/0" | "echo-reply" => Match::Answer(true),
                _ => Match::Never,
            }),
            "-m" => {
                // What it says comes with its own words.
                let _ = value();
            }
            "-j" | "-g" => {
                let name = value();
                verdict = target(name, word == "-g");
                break;
            }
            _ => matches.push(Match::Unknown),
        }
        is_it = true;
    }
    (matches, verdict)
}

fn target(name: &str, goes: bool) -> Verdict {
    match name {
        "ACCEPT" => Verdict::Accept,
        "DROP" | "REJECT" => Verdict::Drop,
        "RETURN" => Verdict::Return,
        "MASQUERADE" | "SNAT" | "DNAT" | "REDIRECT" | "NETMAP" => Verdict::Rename,
        "LOG" | "NFLOG" | "MARK" | "CONNMARK" | "TRACE" | "CT" | "TCPMSS" | "CHECKSUM" => Verdict::Nothing,
        "QUEUE" | "NFQUEUE" => Verdict::Unknown,
        name if goes => Verdict::Goto(name.to_owned()),
        name => Verdict::Jump(name.to_owned()),
    }
}

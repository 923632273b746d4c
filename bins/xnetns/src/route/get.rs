//! `route get`: by which way a packet would go.

use super::filter::Filter;
use super::print::{json, text};
use crate::TOOL;
use crate::cli::{Cli, Version};
use crate::ip::{
    Keywords, Names, Surroundings, Words, WordsError, device, keyword, number, prefix, print_json, reach,
};
use crate::link::unread;
use std::ffi::OsStr;
use std::net::IpAddr;
use xns_cli::{Diagnostic, print, tell};
use xns_core::{Facts, SingleThreaded, errno};
use xns_net::{DeviceName, Network, Way};

const KEYWORDS: &Keywords =
    &[("from", 1), ("iif", 1), ("oif", 1), ("mark", 1), ("dev", 0), ("fibmatch", 1), ("to", 2), ("help", 1)];

const FOREIGN: &Keywords = &[
    ("tos", 0),
    ("dsfield", 1),
    ("notify", 1),
    ("connected", 1),
    ("vrf", 1),
    ("uid", 1),
    ("ipproto", 2),
    ("sport", 1),
    ("dport", 2),
];

/// What is asked.
#[derive(Default)]
struct Said {
    version: Option<Version>,
    to: Option<IpAddr>,
    from: Option<IpAddr>,
    out: Option<DeviceName>,
    entered: Option<DeviceName>,
    mark: Option<u32>,
    matching: bool,
}

/// Asks, and shows the answer.
pub(super) fn run(
    words: &mut Words<'_>,
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let said = match parse(words, cli.options.version) {
        Ok(said) => said,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let network = reach(cli, facts, single)?;
    let way = match said.way(&network) {
        Ok(way) => way,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let route = match network.way(&way) {
        Ok(Some(route)) => route,
        Ok(None) => return print("").map(|()| 0),
        Err(errno) => {
            const REFUSED: u8 = 2;
            let line = format!("RTNETLINK answers: {}", errno::text(errno));
            return Err(Box::new(Diagnostic::new(String::new(), REFUSED).retold(line, REFUSED).errno(errno)));
        }
    };
    let all = network.links().map_err(unread)?;
    let names = Names::of(&[], &network, facts);
    let around = Surroundings { all: &all, names: &names };
    if cli.options.json {
        return print_json(vec![json(&route, &around, &Filter::default())], cli);
    }
    print(&text(&route, &around, &Filter::default())).map(|()| 0)
}

fn parse(words: &mut Words<'_>, version: Option<Version>) -> Result<Said, WordsError> {
    let mut said = Said { version, ..Said::default() };
    while let Some(word) = words.next() {
        match keyword(KEYWORDS, word) {
            Some("help") => return Err(WordsError::Help),
            Some("fibmatch") => said.matching = true,
            Some("from") => said.from = said.address(words.value()?)?,
            Some("iif") => said.entered = Some(device(words.value()?, 1)?),
            Some("oif" | "dev") => said.out = Some(device(words.value()?, 1)?),
            Some("mark") => {
                let value = words.value()?;
                let mark = number(value).and_then(|mark| u32::try_from(mark).ok());
                let wrong = || WordsError::Argument {
                    word: value.into(),
                    what: "invalid mark value".into(),
                    gap: true,
                };
                said.mark = Some(mark.ok_or_else(wrong)?);
            }
            Some(_) => said.to = said.address(words.value()?)?,
            None if keyword(FOREIGN, word).is_some() => {
                return Err(WordsError::Foreign { at: "route get", word: word.into() });
            }
            None => said.to = said.address(word)?,
        }
    }
    if said.to.is_none() {
        return Err(WordsError::Said("need at least a destination address", 1));
    }
    Ok(said)
}

impl Said {
    fn address(&mut self, word: &OsStr) -> Result<Option<IpAddr>, WordsError> {
        let Some((ip, bits)) = prefix(word, self.version)? else { return Ok(None) };
        let whole = if ip.is_ipv4() { 32 } else { 128 };
        self.version = Some(if ip.is_ipv4() { Version::V4 } else { Version::V6 });
        if let Some(bits) = bits.filter(|bits| *bits != whole) {
            tell(&format!("Warning: /{bits} as prefix is invalid, only /{whole} (or none) is supported.\n"));
        }
        Ok(Some(ip))
    }

    fn way(&self, network: &Network) -> Result<Way, WordsError> {
        let index = |name: &Option<DeviceName>| match name {
            None => Ok(None),
            Some(name) => match network.link_named(name) {
                Ok(Some(found)) => Ok(Some(found.index)),
                _ => Err(WordsError::NoDevice { word: name.as_os_str().into(), status: 1 }),
            },
        };
        let to = self.to.ok_or(WordsError::Incomplete)?;
        Ok(Way {
            from: self.from,
            device: index(&self.out)?,
            entered: index(&self.entered)?,
            mark: self.mark,
            matching: self.matching,
            ..Way::to(to)
        })
    }
}

//! `route add`, `append`, `prepend`, `change`, `replace` and `del`.

use crate::cli::Version;
use crate::ip::{Keywords, Words, WordsError, address, device, keyword, named, number, prefix};
use std::ffi::OsStr;
use std::net::IpAddr;
use xns_net::request::{ChangeRoute, NextHop, RouteVerb};
use xns_net::tables::{PROTOCOLS, ROUTE_KINDS, SCOPES, TABLES};

/// In `ip`'s order, with the letters that suffice.
const KEYWORDS: &Keywords = &[
    ("src", 0),
    ("via", 0),
    ("tos", 0),
    ("dsfield", 1),
    ("metric", 1),
    ("priority", 1),
    ("preference", 0),
    ("scope", 0),
    ("mtu", 0),
    ("advmss", 0),
    ("table", 1),
    ("dev", 0),
    ("oif", 0),
    ("onlink", 0),
    ("nexthop", 0),
    ("protocol", 3),
    ("pref", 3),
    ("to", 0),
    ("help", 1),
];

/// Those that are left to `ip`.
const FOREIGN: &Keywords = &[
    ("as", 0),
    ("from", 0),
    ("expires", 0),
    ("hoplimit", 0),
    ("vrf", 1),
    ("nhid", 0),
    ("encap", 0),
    ("features", 1),
    ("quickack", 1),
    ("congctl", 2),
    ("cwnd", 1),
    ("rttvar", 2),
    ("rtt", 0),
    ("rto_min", 2),
    ("window", 1),
    ("initcwnd", 1),
    ("initrwnd", 1),
    ("realms", 3),
    ("reordering", 1),
    ("ssthresh", 1),
    ("ttl-propagate", 0),
    ("fastopen_no_cookie", 0),
];

/// What was said.
struct Said {
    version: Option<Version>,
    wish: ChangeRoute,
    has_destination: bool,
}

/// The change.
pub(super) fn parse(
    verb: RouteVerb,
    words: &mut Words<'_>,
    version: Option<Version>,
) -> Result<ChangeRoute, WordsError> {
    if words.peek().is_none() {
        return Err(WordsError::Incomplete);
    }
    let mut said = Said { version, wish: ChangeRoute::to(verb, None), has_destination: false };
    while let Some(word) = words.next() {
        match keyword(KEYWORDS, word) {
            Some("help") => return Err(WordsError::Help),
            Some("onlink") => said.wish.hop.onlink = true,
            Some("nexthop") => {
                said.hops(words)?;
                break;
            }
            Some(keyword) => said.take(keyword, words)?,
            None => said.take_destination(word, words)?,
        }
    }
    said.wish.is_six = said.version == Some(Version::V6);
    Ok(said.wish)
}

fn version_of(ip: IpAddr) -> Version {
    if ip.is_ipv4() { Version::V4 } else { Version::V6 }
}

/// `"metric" value is invalid`
fn invalid(of: &str, word: &OsStr) -> WordsError {
    WordsError::Argument { word: word.into(), what: format!("\"{of}\" value is invalid"), gap: true }
}

fn figure(word: &OsStr, of: &str) -> Result<u32, WordsError> {
    number(word).and_then(|number| u32::try_from(number).ok()).ok_or_else(|| invalid(of, word))
}

fn byte(found: Option<u32>) -> Option<u8> {
    found.and_then(|found| u8::try_from(found).ok())
}

impl Said {
    /// A kind of route may stand before where it leads.
    fn take_destination(&mut self, word: &OsStr, words: &mut Words<'_>) -> Result<(), WordsError> {
        if self.has_destination {
            let foreign = keyword(FOREIGN, word).is_some();
            return Err(match foreign {
                true => WordsError::Foreign { at: "route", word: word.into() },
                false => WordsError::Garbage { of: "to", word: word.into() },
            });
        }
        let kind = ROUTE_KINDS.iter().find(|(number, name)| *number != 0 && word == *name);
        let word = match kind {
            None => word,
            Some((number, _)) => {
                self.wish.kind = byte(Some(*number)).unwrap_or(1);
                words.value()?
            }
        };
        self.destination(word)
    }

    fn destination(&mut self, word: &OsStr) -> Result<(), WordsError> {
        self.has_destination = true;
        if let Some((ip, bits)) = prefix(word, self.version)? {
            self.version = Some(version_of(ip));
            let bits = bits.unwrap_or(if ip.is_ipv4() { 32 } else { 128 });
            // Of no bits it is everywhere.
            self.wish.destination = (bits > 0).then_some((ip, bits));
        }
        Ok(())
    }

    fn take(&mut self, keyword: &str, words: &mut Words<'_>) -> Result<(), WordsError> {
        let value = words.value()?;
        let wish = &mut self.wish;
        match keyword {
            "to" => return self.destination_once(value),
            "src" => {
                let source = address(value, self.version)?;
                self.version = self.version.or(Some(version_of(source)));
                wish.source = Some(source);
            }
            "via" => wish.hop.via = Some(via(value, words, &mut self.version)?),
            "dev" | "oif" => wish.hop.device = Some(device(value, 1)?),
            "tos" | "dsfield" => {
                let tos = number(value).and_then(|tos| u8::try_from(tos).ok());
                wish.tos = tos.ok_or_else(|| invalid("tos", value))?;
            }
            "metric" | "priority" | "preference" => wish.metric = Some(figure(value, "metric")?),
            "mtu" => wish.mtu = Some(figure(value, "mtu")?),
            "advmss" => wish.advmss = Some(figure(value, "mss")?),
            "scope" => {
                let wrong = || WordsError::invalid_value("scope", value);
                wish.scope = Some(byte(named(value, SCOPES, 255)).ok_or_else(wrong)?);
            }
            "table" => {
                let table = named(value, TABLES, u32::MAX).ok_or_else(|| invalid("table", value))?;
                wish.table = Some(table);
            }
            "protocol" => {
                let found = byte(named(value, PROTOCOLS, 255));
                wish.protocol = Some(found.ok_or_else(|| invalid("protocol", value))?);
            }
            _ => {
                const PREFERENCES: &[(u32, &str)] = &[(0, "medium"), (1, "high"), (3, "low")];
                wish.preference =
                    Some(byte(named(value, PREFERENCES, 3)).ok_or_else(|| invalid("pref", value))?);
            }
        }
        Ok(())
    }

    fn destination_once(&mut self, word: &OsStr) -> Result<(), WordsError> {
        match self.has_destination {
            true => Err(WordsError::Garbage { of: "to", word: word.into() }),
            false => self.destination(word),
        }
    }

    /// What follows the first `nexthop`.
    fn hops(&mut self, words: &mut Words<'_>) -> Result<(), WordsError> {
        let mut hops = vec![NextHop::default()];
        while let Some(word) = words.next() {
            let Some(hop) = hops.last_mut() else { break };
            match word.to_str() {
                Some("nexthop") => hops.push(NextHop::default()),
                Some("onlink") => hop.onlink = true,
                Some("via") => hop.via = Some(via(words.value()?, words, &mut self.version)?),
                Some("dev" | "oif") => hop.device = Some(device(words.value()?, 1)?),
                Some("weight") => {
                    let value = words.value()?;
                    let weight = figure(value, "weight").ok().filter(|weight| (1..=256).contains(weight));
                    hop.weight = Some(weight.ok_or_else(|| invalid("weight", value))?);
                }
                _ => return Err(WordsError::NoHop(word.into())),
            }
        }
        self.wish.more = hops.split_off(1);
        self.wish.hop = hops.pop().unwrap_or_default();
        Ok(())
    }
}

/// `via 10.0.0.1`, `via inet6 fe80::1`
fn via(value: &OsStr, words: &mut Words<'_>, version: &mut Option<Version>) -> Result<IpAddr, WordsError> {
    let other = match value.to_str() {
        Some("inet") => Some(Version::V4),
        Some("inet6") => Some(Version::V6),
        _ => None,
    };
    match other {
        Some(other) => address(words.value()?, Some(other)),
        None => {
            let found = address(value, *version)?;
            *version = version.or(Some(version_of(found)));
            Ok(found)
        }
    }
}

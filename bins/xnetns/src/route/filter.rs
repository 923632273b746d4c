//! Which routes are meant by `show` and `flush`.

use crate::address::is_in;
use crate::cli::{Cli, Version};
use crate::ip::{Keywords, Words, WordsError, address, keyword, named, number, prefix};
use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use xns_net::tables::{PROTOCOLS, ROUTE_KINDS, SCOPES, TABLES};
use xns_net::{Interface, Route};

const KEYWORDS: &Keywords = &[
    ("table", 1),
    ("tos", 0),
    ("dsfield", 1),
    ("protocol", 1),
    ("scope", 1),
    ("type", 2),
    ("dev", 0),
    ("oif", 0),
    ("via", 0),
    ("src", 0),
    ("metric", 1),
    ("root", 2),
    ("match", 2),
    ("exact", 1),
    ("to", 0),
    ("help", 1),
];

const FOREIGN: &Keywords =
    &[("vrf", 1), ("cached", 1), ("cloned", 2), ("iif", 0), ("from", 1), ("realms", 1)];

/// The main table (RT_TABLE_MAIN).
const MAIN: u32 = 254;

/// How a route's destination is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compare {
    /// It lies in the network.
    Inside,
    /// It is, or has in it, the network.
    Around,
    /// It is the network.
    Same,
}

/// What lets routes through.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) version: Option<Version>,
    /// `None`: all tables.
    pub(super) table: Option<u32>,
    pub(super) device: Option<OsString>,
    /// The device's index, once it is known.
    pub(super) index: Option<u32>,
    pub(super) protocol: Option<u8>,
    pub(super) scope: Option<u8>,
    pub(super) via: Option<IpAddr>,
    pub(super) source: Option<IpAddr>,
    pub(super) tos: Option<u8>,
    kind: Option<u8>,
    pub(super) metric: Option<u32>,
    /// `None` as a network is everywhere.
    networks: Vec<(Compare, Option<(IpAddr, u8)>)>,
}

/// Reads the words.
pub(super) fn parse(words: &mut Words<'_>, cli: &Cli, at: &'static str) -> Result<Filter, WordsError> {
    let mut filter = Filter { version: cli.options.version, table: Some(MAIN), ..Filter::default() };
    while let Some(word) = words.next() {
        match keyword(KEYWORDS, word) {
            Some("help") => return Err(WordsError::Help),
            Some(keyword) => filter.take(keyword, words.value()?, words)?,
            None if keyword(FOREIGN, word).is_some() => {
                return Err(WordsError::Foreign { at, word: word.into() });
            }
            None => filter.network(Compare::Same, word)?,
        }
    }
    // All tables are of all versions.
    if filter.version.is_none() && filter.table.is_some() {
        filter.version = Some(Version::V4);
    }
    Ok(filter)
}

fn wrong(value: &OsStr, what: &str, gap: bool) -> WordsError {
    WordsError::Argument { word: value.into(), what: what.to_owned(), gap }
}

fn byte(found: Option<u32>) -> Option<u8> {
    found.and_then(|found| u8::try_from(found).ok())
}

impl Filter {
    fn take(&mut self, keyword: &str, value: &OsStr, words: &mut Words<'_>) -> Result<(), WordsError> {
        match keyword {
            "table" if value == "all" => self.table = None,
            "table" => {
                let table = named(value, TABLES, u32::MAX);
                self.table = Some(table.ok_or_else(|| wrong(value, "table id value is invalid", true))?);
            }
            "tos" | "dsfield" => {
                let tos = number(value).and_then(|tos| u8::try_from(tos).ok());
                self.tos = Some(tos.ok_or_else(|| wrong(value, "TOS value is invalid", true))?);
            }
            "protocol" if value == "all" => self.protocol = None,
            "protocol" => {
                let found = byte(named(value, PROTOCOLS, 255));
                self.protocol = Some(found.ok_or_else(|| wrong(value, "invalid \"protocol\"", true))?);
            }
            "scope" if value == "all" => self.scope = None,
            "scope" => {
                let found = byte(named(value, SCOPES, 255));
                self.scope = Some(found.ok_or_else(|| wrong(value, "invalid \"scope\"", true))?);
            }
            "type" => {
                let found = byte(named(value, ROUTE_KINDS, 255));
                self.kind = Some(found.ok_or_else(|| wrong(value, "node type value is invalid", true))?);
            }
            "dev" | "oif" => self.device = Some(value.into()),
            "via" => self.via = Some(self.address(value)?),
            "src" => self.source = Some(self.address(value)?),
            "metric" => {
                let metric = number(value).and_then(|metric| u32::try_from(metric).ok());
                self.metric = Some(metric.ok_or_else(|| wrong(value, "\"metric\" value is invalid", true))?);
            }
            "root" => self.network(Compare::Inside, value)?,
            "match" => self.network(Compare::Around, value)?,
            "exact" => self.network(Compare::Same, value)?,
            // `to root PREFIX` is as good.
            _ => match value.to_str() {
                Some("root") => self.network(Compare::Inside, words.value()?)?,
                Some("match") => self.network(Compare::Around, words.value()?)?,
                Some("exact") => self.network(Compare::Same, words.value()?)?,
                _ => self.network(Compare::Same, value)?,
            },
        }
        Ok(())
    }

    /// `ip` takes a prefix here, and says so.
    fn address(&mut self, value: &OsStr) -> Result<IpAddr, WordsError> {
        let version = self.version;
        let found = address(value, version).map_err(|_| match prefix(value, version) {
            Err(error) => error,
            Ok(_) => WordsError::Foreign { at: "route show", word: value.into() },
        })?;
        self.version = Some(if found.is_ipv4() { Version::V4 } else { Version::V6 });
        Ok(found)
    }

    fn network(&mut self, compare: Compare, word: &OsStr) -> Result<(), WordsError> {
        let found = prefix(word, self.version)?;
        if let Some((ip, _)) = found {
            self.version = Some(if ip.is_ipv4() { Version::V4 } else { Version::V6 });
        }
        let whole = |ip: IpAddr| if ip.is_ipv4() { 32 } else { 128 };
        self.networks.push((
            compare,
            found.map(|(ip, bits)| (ip, bits.unwrap_or(whole(ip)))).filter(|(_, bits)| *bits > 0),
        ));
        Ok(())
    }

    /// Finds the device.
    pub(super) fn resolve(&mut self, all: &[Interface]) -> Result<(), WordsError> {
        if let Some(word) = &self.device {
            let found =
                all.iter().find(|one| one.name == *word || one.other_names.iter().any(|name| name == word));
            let missing = || WordsError::NoDevice { word: word.clone(), status: 1 };
            self.index = Some(found.ok_or_else(missing)?.index);
        }
        Ok(())
    }

    pub(super) fn lets(&self, route: &Route) -> bool {
        let version = if route.is_six { Version::V6 } else { Version::V4 };
        self.version.is_none_or(|wanted| wanted == version)
            && self.table.is_none_or(|table| route.table == table)
            && self.index.is_none_or(|index| route.hop.device == Some(index))
            && self.protocol.is_none_or(|protocol| route.protocol == protocol)
            && self.scope.is_none_or(|scope| route.scope == scope)
            && self.kind.is_none_or(|kind| route.kind == kind)
            && self.tos.is_none_or(|tos| route.tos == tos)
            && self.metric.is_none_or(|metric| route.metric.unwrap_or(0) == metric)
            && self.via.is_none_or(|via| route.hop.via == Some(via))
            && self.source.is_none_or(|source| route.source == Some(source))
            && self.networks.iter().all(|(compare, network)| compare.holds(route.destination, *network))
    }
}

impl Compare {
    fn holds(self, of: Option<(IpAddr, u8)>, network: Option<(IpAddr, u8)>) -> bool {
        let inside = |inner: Option<(IpAddr, u8)>, outer: Option<(IpAddr, u8)>| match (inner, outer) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some((ip, bits)), Some((network, most))) => bits >= most && is_in(ip, network, most),
        };
        match self {
            Compare::Inside => inside(of, network),
            Compare::Around => inside(network, of),
            Compare::Same => inside(of, network) && inside(network, of),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_compared() {
        let net = |ip: [u8; 4], bits| Some((IpAddr::from(ip), bits));
        let (wide, narrow) = (net([10, 0, 0, 0], 8), net([10, 1, 0, 0], 16));
        assert!(Compare::Inside.holds(narrow, wide) && !Compare::Inside.holds(wide, narrow));
        assert!(Compare::Around.holds(wide, narrow) && Compare::Around.holds(None, narrow));
        assert!(Compare::Same.holds(wide, wide) && !Compare::Same.holds(wide, narrow));
        assert!(Compare::Same.holds(None, None) && !Compare::Same.holds(wide, None));
    }
}

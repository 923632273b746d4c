//! Which addresses are meant by `show` and `flush`.

use crate::cli::{Cli, Version};
use crate::ip::{Words, WordsError, named, prefix};
use crate::link::Filter as Links;
use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use xns_net::tables::SCOPES;
use xns_net::{Address, Interface};

/// The words of flags, their bits, and whether they mean the contrary.
pub(super) const FLAGS: [(&str, u32, bool); 14] = [
    ("secondary", 0x01, false),
    ("temporary", 0x01, false),
    ("primary", 0x01, true),
    ("nodad", 0x02, false),
    ("optimistic", 0x04, false),
    ("dadfailed", 0x08, false),
    ("home", 0x10, false),
    ("deprecated", 0x20, false),
    ("tentative", 0x40, false),
    ("permanent", 0x80, false),
    ("dynamic", 0x80, true),
    ("mngtmpaddr", 0x100, false),
    ("noprefixroute", 0x200, false),
    ("autojoin", 0x400, false),
];

/// What lets devices and addresses through.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) links: Links,
    pub(super) version: Option<Version>,
    pub(super) label: Option<OsString>,
    scope: Option<u8>,
    to: Option<(IpAddr, u8)>,
    /// Of these bits those, and no others.
    flags: (u32, u32),
}

/// Reads the words; `None` where none is given.
pub(super) fn parse(words: &mut Words<'_>, cli: &Cli, at: &'static str) -> Result<Filter, WordsError> {
    let mut filter = Filter { version: cli.options.version, ..Filter::default() };
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("help") => return Err(WordsError::Help),
            Some("to") => {
                let found = prefix(words.value()?, filter.version)?;
                if let Some((ip, bits)) = found {
                    filter.version = Some(if ip.is_ipv4() { Version::V4 } else { Version::V6 });
                    filter.to = Some((ip, bits.unwrap_or(if ip.is_ipv4() { 32 } else { 128 })));
                }
            }
            Some("scope") => {
                let value = words.value()?;
                if value != "all" {
                    let scope = named(value, SCOPES, 255).and_then(|scope| u8::try_from(scope).ok());
                    let wrong = || WordsError::Argument {
                        word: value.into(),
                        what: "invalid \"scope\"\n".into(),
                        gap: false,
                    };
                    filter.scope = Some(scope.ok_or_else(wrong)?);
                }
            }
            Some("label") => filter.label = Some(words.value()?.into()),
            Some("vrf" | "proto") => return Err(WordsError::Foreign { at, word: word.into() }),
            _ if filter.take_flag(word) || filter.links.take(word, words)? => {}
            _ => filter.links.take_device(word)?,
        }
    }
    Ok(filter)
}

impl Filter {
    /// `tentative`, `-tentative`
    fn take_flag(&mut self, word: &OsStr) -> bool {
        let Some(word) = word.to_str() else { return false };
        let (word, contrary) = word.strip_prefix('-').map_or((word, false), |word| (word, true));
        let Some((_, bit, other)) = FLAGS.into_iter().find(|(of, ..)| *of == word) else { return false };
        self.flags.0 |= bit;
        self.flags.1 = if contrary == other { self.flags.1 | bit } else { self.flags.1 & !bit };
        true
    }

    /// Is nothing asked of addresses?
    fn is_open(&self) -> bool {
        self.version.is_none()
            && self.scope.is_none()
            && self.to.is_none()
            && self.label.is_none()
            && self.flags.0 == 0
    }

    pub(super) fn lets(&self, address: &Address) -> bool {
        let version = if address.ip.is_ipv4() { Version::V4 } else { Version::V6 };
        self.version.is_none_or(|wanted| wanted == version)
            && self.scope.is_none_or(|scope| address.scope == scope)
            && self.to.is_none_or(|(network, bits)| is_in(address.ip, network, bits))
            && address.flags & self.flags.0 == self.flags.1
            && self.label.as_ref().is_none_or(|pattern| {
                address
                    .label
                    .as_ref()
                    .is_some_and(|label| matches(pattern.as_encoded_bytes(), label.as_encoded_bytes()))
            })
    }

    /// The devices with their addresses. One that has some, and none of these, is left out; where a version is asked for, also one
    /// that has none.
    pub(super) fn select<'a>(
        &self,
        all: &'a [Interface],
    ) -> Result<Vec<(&'a Interface, Vec<&'a Address>)>, WordsError> {
        let mut found = Vec::new();
        for one in self.links.select(all)? {
            let addresses: Vec<_> = one.addresses.iter().filter(|address| self.lets(address)).collect();
            let bare = one.addresses.is_empty() && self.version.is_none() && self.label.is_none();
            if self.is_open() || bare || !addresses.is_empty() {
                found.push((one, addresses));
            }
        }
        Ok(found)
    }
}

/// Is the address in the network?
pub(crate) fn is_in(ip: IpAddr, network: IpAddr, bits: u8) -> bool {
    match (ip, network) {
        (IpAddr::V4(ip), IpAddr::V4(network)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0);
            (ip.to_bits() ^ network.to_bits()) & mask == 0
        }
        (IpAddr::V6(ip), IpAddr::V6(network)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or(0);
            (ip.to_bits() ^ network.to_bits()) & mask == 0
        }
        _ => false,
    }
}

/// As fnmatch(3) has `*` and `?`.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|at| matches(rest, &text[at..])),
        Some((b'?', rest)) => !text.is_empty() && matches(rest, &text[1..]),
        Some((byte, rest)) => text.first() == Some(byte) && matches(rest, &text[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_and_patterns() {
        assert!(is_in([10, 0, 0, 7].into(), [10, 0, 0, 0].into(), 24));
        assert!(!is_in([10, 0, 1, 7].into(), [10, 0, 0, 0].into(), 24));
        assert!(is_in([1, 2, 3, 4].into(), [9, 9, 9, 9].into(), 0));
        assert!(!is_in([1, 2, 3, 4].into(), IpAddr::from([0_u16; 8]), 0));
        assert!(is_in(IpAddr::from([1_u16; 8]), IpAddr::from([1_u16; 8]), 128));
        for (pattern, text, fits) in
            [("v0:*", "v0:x", true), ("v0", "v0:x", false), ("?0*", "v0", true), ("*", "", true)]
        {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), fits, "{pattern} {text}");
        }
    }
}

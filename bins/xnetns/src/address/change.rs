//! `address add`, `change`, `replace` and `del`.

use crate::cli::Version;
use crate::ip::{
    Keywords, Once, Words, WordsError, address, device, keyword, named, number, prefix, seconds,
};
use std::ffi::OsStr;
use std::net::IpAddr;
use xns_cli::tell;
use xns_net::DeviceName;
use xns_net::request::{AddressVerb, Broadcast, ChangeAddress, Lifetimes};
use xns_net::tables::SCOPES;

/// In `ip`'s order, with the letters that suffice.
const KEYWORDS: &Keywords = &[
    ("peer", 0),
    ("remote", 0),
    ("broadcast", 1),
    ("brd", 1),
    ("anycast", 0),
    ("scope", 0),
    ("dev", 0),
    ("label", 0),
    ("metric", 1),
    ("priority", 1),
    ("preference", 1),
    ("valid_lft", 1),
    ("preferred_lft", 7),
    ("home", 0),
    ("nodad", 0),
    ("mngtmpaddr", 0),
    ("noprefixroute", 0),
    ("autojoin", 0),
    ("local", 0),
    ("help", 1),
];

/// What was said.
struct Said {
    version: Option<Version>,
    of_no_version: bool,
    local: Option<(IpAddr, Option<u8>)>,
    peer: Once<(IpAddr, Option<u8>)>,
    broadcast: Once<Broadcast>,
    anycast: Once<IpAddr>,
    device: Option<DeviceName>,
    /// What needs nothing else to be known.
    wish: ChangeAddress,
    valid: Once<u32>,
    preferred: Once<u32>,
}

/// The change.
pub(super) fn parse(
    verb: AddressVerb,
    words: &mut Words<'_>,
    version: Option<Version>,
) -> Result<ChangeAddress, WordsError> {
    // Stands for what is not known yet.
    let nobody = DeviceName::new("-".as_ref()).map_err(|_| WordsError::Incomplete)?;
    let mut wish = ChangeAddress::add(nobody, IpAddr::from([0; 4]), 0);
    wish.verb = verb;
    let mut said = Said {
        version,
        of_no_version: false,
        local: None,
        peer: Once::new("peer"),
        broadcast: Once::new("broadcast"),
        anycast: Once::new("anycast"),
        device: None,
        wish,
        valid: Once::new("valid_lft"),
        preferred: Once::new("preferred_lft"),
    };
    while let Some(word) = words.next() {
        match keyword(KEYWORDS, word) {
            Some("help") => return Err(WordsError::Help),
            Some(keyword) => said.take(keyword, words)?,
            None => said.take_local(word)?,
        }
    }
    said.finish()
}

impl Said {
    fn take_local(&mut self, word: &OsStr) -> Result<(), WordsError> {
        if self.local.is_some() {
            return Err(WordsError::Garbage { of: "local", word: word.into() });
        }
        self.local = Some(self.prefix(word)?);
        Ok(())
    }

    /// What follows is of the same version.
    fn prefix(&mut self, word: &OsStr) -> Result<(IpAddr, Option<u8>), WordsError> {
        let any =
            if self.version == Some(Version::V6) { IpAddr::from([0_u8; 16]) } else { IpAddr::from([0; 4]) };
        let found = prefix(word, self.version)?;
        // Without a version, and so of none: the kernel has no such addresses.
        self.of_no_version |= found.is_none() && self.version.is_none();
        let found = found.unwrap_or((any, Some(0)));
        self.version = Some(if found.0.is_ipv4() { Version::V4 } else { Version::V6 });
        Ok(found)
    }

    fn take(&mut self, keyword: &str, words: &mut Words<'_>) -> Result<(), WordsError> {
        const FLAGS: [(&str, u32, bool); 5] = [
            ("home", 0x10, true),
            ("nodad", 0x02, true),
            ("mngtmpaddr", 0x100, true),
            ("noprefixroute", 0x200, false),
            ("autojoin", 0x400, false),
        ];
        if let Some((word, bit, only_six)) = FLAGS.into_iter().find(|(word, ..)| *word == keyword) {
            if only_six && self.version == Some(Version::V4) {
                tell(&format!("Warning: {word} option can be set only for IPv6 addresses\n"));
            } else {
                self.wish.flags |= bit;
            }
            return Ok(());
        }
        let value = words.value()?;
        match keyword {
            "local" => self.take_local(value)?,
            "peer" | "remote" => {
                let peer = self.prefix(value)?;
                self.peer.set(peer, value)?;
            }
            "broadcast" | "brd" => {
                let broadcast = match value.to_str() {
                    Some("+") => Broadcast::Ones,
                    Some("-") => Broadcast::Zeros,
                    _ => Broadcast::Is(address(value, self.version)?),
                };
                self.broadcast.set(broadcast, value)?;
            }
            "anycast" => self.anycast.set(address(value, self.version)?, value)?,
            "dev" => self.device = Some(device(value, 1)?),
            "label" => self.wish.label = Some(value.into()),
            "scope" => {
                let scope = named(value, SCOPES, 255).and_then(|scope| u8::try_from(scope).ok());
                let wrong = || WordsError::Argument {
                    word: value.into(),
                    what: "invalid scope value.".into(),
                    gap: false,
                };
                self.wish.scope = Some(scope.ok_or_else(wrong)?);
            }
            "valid_lft" => self.valid.set(seconds(value, "valid_lft")?, value)?,
            "preferred_lft" => self.preferred.set(seconds(value, "preferred_lft")?, value)?,
            _ => {
                let metric = number(value).and_then(|metric| u32::try_from(metric).ok());
                let what = "\"metric\" value is invalid".to_owned();
                let wrong = || WordsError::Argument { word: value.into(), what, gap: true };
                self.wish.metric = Some(metric.ok_or_else(wrong)?);
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<ChangeAddress, WordsError> {
        let Said {
            of_no_version, local, peer, broadcast, anycast, device, mut wish, valid, preferred, ..
        } = self;
        wish.device = device.ok_or(WordsError::Missing { word: "dev", status: 1 })?;
        let (ip, bits) = local.ok_or(WordsError::Missing { word: "local", status: 255 })?;
        if of_no_version {
            return Err(WordsError::Said("RTNETLINK answers: Operation not supported", 2));
        }
        let peer = peer.get();
        let whole = if ip.is_ipv4() { 32 } else { 128 };
        wish.ip = ip;
        wish.peer = peer.map(|(peer, _)| peer);
        wish.prefix = peer.map_or(bits, |(_, bits)| bits).unwrap_or(whole);
        wish.broadcast = broadcast.get();
        wish.anycast = anycast.get();
        let (valid, preferred) = (valid.get(), preferred.get());
        if valid.is_some() || preferred.is_some() {
            let (valid, preferred) = (valid.unwrap_or(u32::MAX), preferred.unwrap_or(u32::MAX));
            if preferred > valid {
                return Err(WordsError::Said("preferred_lft is greater than valid_lft", 1));
            }
            wish.lifetimes = Some(Lifetimes { valid, preferred });
        }
        if wish.verb == AddressVerb::Delete && ip.is_ipv4() && bits.is_none() && peer.is_none() {
            wish.any_prefix = true;
            tell(&format!(
                "Warning: Executing wildcard deletion to stay compatible with old scripts.\n         \
                 Explicitly specify the prefix length ({ip}/32) to avoid this warning.\n         \
                 This special behaviour is likely to disappear in further releases,\n         fix your scripts!\n"
            ));
        }
        Ok(wish)
    }
}

//! Values of keywords.

use super::WordsError;
use crate::cli::Version;
use std::ffi::{OsStr, OsString};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use xns_net::DeviceName;
use xns_net::request::Flag;

/// A number as strtoul(3) reads it: decimal, `0x` hexadecimal, `0` octal.
pub(crate) fn number(word: &OsStr) -> Option<u64> {
    let word = word.to_str()?;
    let (digits, base) = match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if word.len() > 1 && word.starts_with('0') => (&word[1..], 8),
        None => (word, 10),
    };
    // from_str_radix takes a sign.
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then(|| u64::from_str_radix(digits, base).ok()).flatten()
}

/// A number of 32 bits, or the message for this word.
pub(crate) fn unsigned(word: &OsStr, of: &str) -> Result<u32, WordsError> {
    number(word).and_then(|number| u32::try_from(number).ok()).ok_or_else(|| WordsError::invalid(of, word))
}

/// A number, or one of the names of a table.
pub(crate) fn named(word: &OsStr, table: &[(u32, &str)], most: u32) -> Option<u32> {
    let by_name = table.iter().find(|(_, name)| word == *name).map(|(number, _)| *number);
    by_name.or_else(|| {
        number(word).and_then(|number| u32::try_from(number).ok()).filter(|number| *number <= most)
    })
}

/// `on` or `off`.
pub(crate) fn on_off(word: &OsStr, of: &'static str) -> Result<bool, WordsError> {
    match word.to_str() {
        Some("on") => Ok(true),
        Some("off") => Ok(false),
        _ => Err(WordsError::Choice { of, choices: "\"on\" or \"off\"".into(), word: word.into() }),
    }
}

/// A flag by its keyword.
pub(crate) fn flag(keyword: &str) -> Option<Flag> {
    Flag::ALL.into_iter().find(|flag| flag.word() == keyword)
}

/// `forever`, or a number of seconds.
pub(crate) fn seconds(word: &OsStr, of: &'static str) -> Result<u32, WordsError> {
    if word == "forever" {
        return Ok(u32::MAX);
    }
    let wrong = || WordsError::Argument { word: word.into(), what: format!("{of} value"), gap: true };
    number(word).and_then(|number| u32::try_from(number).ok()).ok_or_else(wrong)
}

/// A hardware address of Ethernet.
pub(crate) fn hardware(word: &OsStr) -> Result<Vec<u8>, WordsError> {
    const ETHERNET: usize = 6;
    let text = word.to_str().ok_or_else(|| WordsError::Hardware(word.into()))?;
    let mut bytes = Vec::new();
    for part in text.split(':') {
        let byte = u32::from_str_radix(part, 16).ok().filter(|_| !part.starts_with('+'));
        let byte = byte.and_then(|byte| u8::try_from(byte).ok());
        bytes.push(byte.ok_or_else(|| WordsError::Hardware(part.into()))?);
    }
    if bytes.len() == ETHERNET { Ok(bytes) } else { Err(WordsError::HardwareLength(bytes.len())) }
}

/// What is said of a version of addresses.
fn family(version: Option<Version>) -> &'static str {
    match version {
        None => "any valid",
        Some(Version::V4) => "inet",
        Some(Version::V6) => "inet6",
    }
}

fn suits(ip: IpAddr, version: Option<Version>) -> bool {
    version.is_none_or(|version| (version == Version::V4) == ip.is_ipv4())
}

/// An address; one of version 4 may lack its last numbers (`10.2`).
pub(crate) fn address(word: &OsStr, version: Option<Version>) -> Result<IpAddr, WordsError> {
    let found = word.to_str().and_then(parse).filter(|ip| suits(*ip, version));
    found.ok_or_else(|| WordsError::Expected {
        wanted: format!("{} address", family(version)),
        word: word.into(),
    })
}

fn parse(text: &str) -> Option<IpAddr> {
    if text.contains(':') {
        return text.parse::<Ipv6Addr>().ok().map(Into::into);
    }
    let mut bytes = [0; 4];
    let mut parts = text.split('.');
    for byte in &mut bytes {
        match parts.next() {
            Some(part) => *byte = u8::try_from(number(part.as_ref())?).ok()?,
            None => break,
        }
    }
    // The empty word is no number, so at least one is there.
    parts.next().is_none().then(|| Ipv4Addr::from(bytes).into())
}

/// An address with how many of its bits are the network's; `None` for them where they are not said, and for the address where the word
/// means everywhere (`default`, `any`, `all`).
pub(crate) fn prefix(
    word: &OsStr,
    version: Option<Version>,
) -> Result<Option<(IpAddr, Option<u8>)>, WordsError> {
    let wrong = || WordsError::Expected { wanted: format!("{} prefix", family(version)), word: word.into() };
    let text = word.to_str().ok_or_else(wrong)?;
    if matches!(text, "default" | "any" | "all") {
        return Ok(None);
    }
    let (ip, bits) = match text.split_once('/') {
        Some((ip, bits)) => (ip, Some(bits)),
        None => (text, None),
    };
    let ip = parse(ip).filter(|ip| suits(*ip, version)).ok_or_else(wrong)?;
    let most = if ip.is_ipv4() { 32 } else { 128 };
    let bits = match bits {
        None => None,
        Some(bits) => Some(mask(bits, ip).filter(|bits| *bits <= most).ok_or_else(wrong)?),
    };
    Ok(Some((ip, bits)))
}

/// `24`, or as a mask `255.255.255.0`.
fn mask(text: &str, ip: IpAddr) -> Option<u8> {
    if let Some(bits) = number(text.as_ref()) {
        return u8::try_from(bits).ok();
    }
    let IpAddr::V4(mask) = text.parse().ok().filter(|_| ip.is_ipv4())? else { return None };
    let bits = mask.to_bits();
    (bits.leading_ones() + bits.trailing_zeros() == 32)
        .then(|| u8::try_from(bits.leading_ones()).ok())
        .flatten()
}

/// The name of a device that is to be there.
pub(crate) fn device(word: &OsStr, status: u8) -> Result<DeviceName, WordsError> {
    DeviceName::new(word).map_err(|_| WordsError::NoDevice { word: word.into(), status })
}

/// The name of a kind of device: what the kernel looks for a module by.
pub(crate) fn kind_name(word: &OsStr) -> Result<String, WordsError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    match word.to_str() {
        Some(kind) if !kind.is_empty() && kind.bytes().all(plain) => Ok(kind.to_owned()),
        _ => Err(WordsError::invalid("type", OsString::from(word))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn numbers_as_strtoul_reads_them() {
        let read = |word: &str| number(word.as_ref());
        assert_eq!(
            (read("10"), read("0x10"), read("010"), read("0")),
            (Some(10), Some(16), Some(8), Some(0))
        );
        assert_eq!(
            (read(""), read("-1"), read("+1"), read("0x"), read("09")),
            (None, None, None, None, None)
        );
    }

    #[test]
    fn addresses_and_prefixes() {
        let read = |word: &str| prefix(word.as_ref(), None).ok().flatten();
        assert_eq!(read("10.0.0.1/24"), Some(([10, 0, 0, 1].into(), Some(24))));
        assert_eq!(read("10.2/16"), Some(([10, 2, 0, 0].into(), Some(16))));
        assert_eq!(read("10.0.0.0/255.255.0.0"), Some(([10, 0, 0, 0].into(), Some(16))));
        assert_eq!(read("::1"), Some((Ipv6Addr::LOCALHOST.into(), None)));
        for word in
            ["", "x", "10.0.0.1/33", "::1/129", "1.2.3.4.5", "10.0.0.0/255.0.255.0", "1..2", "/8", "default"]
        {
            assert_eq!(read(word), None, "{word}");
        }
        let error = prefix("1.2.3.4/24".as_ref(), Some(Version::V6)).unwrap_err();
        assert_eq!(error.to_string(), "Error: inet6 prefix is expected rather than \"1.2.3.4/24\".");
    }

    #[test]
    fn hardware_addresses() {
        assert_eq!(hardware("2:0:0:0:0:ff".as_ref()).unwrap(), [2, 0, 0, 0, 0, 255]);
        let wrong = |word: &str| hardware(word.as_ref()).unwrap_err().to_string();
        assert_eq!(wrong("zz"), "\"zz\" is invalid lladdr.");
        assert_eq!(wrong("2:0:0:0:0:100"), "\"100\" is invalid lladdr.");
        assert_eq!(wrong("02:00:00:00:00"), "Invalid address length 5 - must be 6 bytes");
    }

    proptest! {
        #[test]
        fn any_words(bytes: Vec<u8>) {
            let word = OsStr::from_bytes(&bytes);
            let _ = (number(word), hardware(word), address(word, None), prefix(word, None), kind_name(word));
        }
    }
}

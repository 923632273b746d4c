//! What is joined: `RED:11.11.11.2/24`, `host:11.11.11.1/24`, `4711`.

use super::ConnectError;
use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use std::os::unix::ffi::OsStrExt;
use xns_net::{NetnsName, Place};

/// The word for the network namespace in which the tool was started.
const HOST: &str = "host";

/// One end, as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// Where.
    pub(crate) place: Place,
    /// The addresses that its device gets.
    pub(crate) addresses: Vec<Address>,
}

/// An address with the length of its network's prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) ip: IpAddr,
    pub(crate) prefix: u8,
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.ip, self.prefix)
    }
}

impl Address {
    /// `11.11.11.2/24`; without a prefix the whole address is the network's, as for ip(8).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (ip, prefix) = text.split_once('/').map_or((text, None), |(ip, prefix)| (ip, Some(prefix)));
        let ip: IpAddr = ip.parse().ok()?;
        let longest = if ip.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(number) if number.bytes().all(|byte| byte.is_ascii_digit()) => number.parse().ok()?,
            Some(_) => return None,
            None => longest,
        };
        (prefix <= longest).then_some(Address { ip, prefix })
    }
}

impl End {
    /// `WHO[:ADDRESS[,ADDRESS]...]`; `named`: is there a network namespace of this name? A number that is none is a PID.
    pub(crate) fn parse(word: &OsStr, named: impl Fn(&NetnsName) -> bool) -> Result<Self, ConnectError> {
        let bytes = word.as_bytes();
        let (who, addresses) = match bytes.iter().position(|byte| *byte == b':') {
            Some(at) => (OsStr::from_bytes(&bytes[..at]), Some(OsStr::from_bytes(&bytes[at + 1..]))),
            None => (word, None),
        };
        let place = place(who, named)?;
        let each = |text: &str| {
            Address::parse(text).ok_or_else(|| ConnectError::Address(OsString::from(text), word.to_owned()))
        };
        let addresses = match addresses {
            None => Vec::new(),
            Some(list) => match list.to_str() {
                Some(list) => list.split(',').map(each).collect::<Result<_, _>>()?,
                None => return Err(ConnectError::Address(list.to_owned(), word.to_owned())),
            },
        };
        Ok(End { place, addresses })
    }
}

/// `host`, a name, or a PID.
pub(crate) fn place(who: &OsStr, named: impl Fn(&NetnsName) -> bool) -> Result<Place, ConnectError> {
    if who == HOST {
        return Ok(Place::Here);
    }
    let existing = NetnsName::existing(who)?;
    if named(&existing) {
        return Ok(Place::Name(existing));
    }
    let number = who.to_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match number.map(str::parse::<u32>) {
        Some(Ok(pid @ 1..)) => Ok(Place::Process(pid)),
        Some(_) => Err(ConnectError::Pid(who.to_owned())),
        None => Ok(Place::Name(NetnsName::of_new(who)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(word: &str) -> Result<End, ConnectError> {
        End::parse(OsStr::new(word), |name| name.as_os_str() == "7")
    }

    #[test]
    fn each_form() {
        let end = parse("RED:11.11.11.2/24").unwrap();
        assert_eq!(end.place, Place::Name(NetnsName::of_new("RED".as_ref()).unwrap()));
        assert_eq!(end.addresses.iter().map(Address::to_string).collect::<Vec<_>>(), ["11.11.11.2/24"]);
        let both = parse("host:10.0.0.1,fd00::1/64").unwrap();
        assert_eq!(both.place, Place::Here);
        assert_eq!(
            both.addresses.iter().map(Address::to_string).collect::<Vec<_>>(),
            ["10.0.0.1/32", "fd00::1/64"]
        );
        assert_eq!(parse("4711").unwrap(), End { place: Place::Process(4711), addresses: Vec::new() });
        // A name that there is comes before a PID.
        assert!(matches!(parse("7").unwrap().place, Place::Name(_)));
    }

    #[test]
    fn what_is_none() {
        for (word, told) in [
            ("RED:", "'' in 'RED:' is no address: 11.11.11.2/24, fd00::2/64"),
            ("RED:1.2.3.4/33", "'1.2.3.4/33' in 'RED:1.2.3.4/33' is no address: 11.11.11.2/24, fd00::2/64"),
            ("RED:1.2.3.4/+8", "'1.2.3.4/+8' in 'RED:1.2.3.4/+8' is no address: 11.11.11.2/24, fd00::2/64"),
            ("RED:1.2.3,4", "'1.2.3' in 'RED:1.2.3,4' is no address: 11.11.11.2/24, fd00::2/64"),
            ("../x:1.2.3.4", "Invalid netns name \"../x\""),
            (
                "a b",
                "Invalid netns name \"a b\": only letters, digits, '_', '.', '-', '+' and '@' can be in it",
            ),
            ("0", "'0' is no PID"),
            ("99999999999", "'99999999999' is no PID"),
            (":1.2.3.4", "Invalid netns name \"\""),
        ] {
            assert_eq!(parse(word).unwrap_err().to_string(), told, "{word}");
        }
    }
}

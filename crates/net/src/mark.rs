//! How it is known afterwards what `xnetns connect` has made: by marks on the devices themselves. There is no file about it, which could
//! be lost, or be there when the devices are not.

use crate::interface::Interface;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// The group of devices that are made: "xns". The kernel takes it with the device, so that there is none without it.
pub const GROUP: u32 = 0x0078_6e73;

/// How an alias of ours begins. (That of `lo` tells about its namespace, since that one cannot be marked itself.)
const PREFIX: &str = "xnetns:";

/// What the alias of a device tells that was there before, or came with its namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Of `lo`: the namespace was made.
    pub made: bool,
    /// The device was switched on.
    pub up: bool,
    /// The addresses that it was given, as they were typed.
    pub addresses: Vec<String>,
}

impl Mark {
    /// The alias that says this.
    pub fn alias(&self) -> OsString {
        let words = [(self.made, "made"), (self.up, "up")];
        let words = words.into_iter().filter(|(is, _)| *is).map(|(_, word)| word.to_owned());
        let all: Vec<String> = words.chain(self.addresses.iter().map(|ip| format!("address={ip}"))).collect();
        format!("{PREFIX}{}", all.join(",")).into()
    }

    /// What an alias says; `None` for one that somebody else has given.
    pub fn parse(alias: &OsStr) -> Option<Mark> {
        let text = std::str::from_utf8(alias.as_bytes()).ok()?.strip_prefix(PREFIX)?;
        let mut mark = Mark::default();
        for word in text.split(',').filter(|word| !word.is_empty()) {
            match word.split_once('=') {
                None if word == "made" => mark.made = true,
                None if word == "up" => mark.up = true,
                Some(("address", ip)) => mark.addresses.push(ip.to_owned()),
                _ => return None,
            }
        }
        Some(mark)
    }

    /// That of a device.
    pub fn of(device: &Interface) -> Option<Mark> {
        device.alias.as_deref().and_then(Mark::parse)
    }
}

/// Was the device made by `connect`?
pub fn is_made(device: &Interface) -> bool {
    device.group == GROUP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_marked_is_read() {
        for mark in [
            Mark::default(),
            Mark { made: true, up: true, addresses: Vec::new() },
            Mark { addresses: vec!["10.0.0.1/24".to_owned(), "fd00::1/64".to_owned()], ..Mark::default() },
        ] {
            assert_eq!(Mark::parse(&mark.alias()), Some(mark));
        }
    }

    #[test]
    fn others_aliases_are_none_of_ours() {
        for alias in ["", "uplink", "xnetns", "xnetns:made,really", "xnetns: made"] {
            assert_eq!(Mark::parse(OsStr::new(alias)), None, "{alias}");
        }
        assert_eq!(Mark::parse(OsStr::from_bytes(b"xnetns:\xff")), None);
    }
}

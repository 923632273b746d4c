//! What `/proc/PID/net` shows of a network namespace that may not be entered. Anybody may read it.

use std::ffi::{OsStr, OsString};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use xns_core::Errno;
use xns_sys::fs;

/// An interface, as far as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlimpsedInterface {
    /// Its name; any bytes.
    pub name: OsString,
    /// Its addresses of version 6, with the bits that are the network's.
    pub addresses: Vec<(Ipv6Addr, u8)>,
}

/// What is shown of a network namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glimpse {
    /// The interfaces.
    pub interfaces: Vec<GlimpsedInterface>,
    /// The addresses of version 4 of all of them: nothing says which has which. Only of interfaces that are up; `None` where the
    /// kernel does not show them.
    pub addresses: Option<Vec<Ipv4Addr>>,
}

impl Glimpse {
    /// Of the network namespace of a process, by its directory in `/proc`.
    ///
    /// # Errors
    /// What reading `net/dev` answered.
    pub fn of(process: BorrowedFd<'_>) -> Result<Self, Errno> {
        let read = |file: &str| fs::read_in(process, Path::new(file));
        let devices = read("net/dev")?;
        // Absent where IPv6 is off, or IPv4's tables are not shown.
        let (six, four) = (read("net/if_inet6").unwrap_or_default(), read("net/fib_trie").ok());
        Ok(Self::parse(&devices, &six, four.as_deref()))
    }

    fn parse(devices: &[u8], six: &[u8], four: Option<&[u8]>) -> Self {
        let six: Vec<_> = lines(six).filter_map(six_line).collect();
        let interface = |name: &[u8]| GlimpsedInterface {
            name: OsStr::from_bytes(name).to_owned(),
            addresses: six
                .iter()
                .filter(|(of, ..)| *of == name)
                .map(|(_, ip, prefix)| (*ip, *prefix))
                .collect(),
        };
        // Two lines of heading; no name holds a colon.
        let names = lines(devices).skip(2).filter_map(|line| line.split(|byte| *byte == b':').next());
        Glimpse {
            interfaces: names.map(|name| interface(name.trim_ascii_start())).collect(),
            addresses: four.map(local_addresses),
        }
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

/// `ADDRESS INDEX PREFIX SCOPE FLAGS NAME`, numbers in hexadecimal.
fn six_line(line: &[u8]) -> Option<(&[u8], Ipv6Addr, u8)> {
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let mut next = || words.next().and_then(|word| std::str::from_utf8(word).ok());
    let address = u128::from_str_radix(next()?, 16).ok()?;
    let prefix = next().and_then(|_| u8::from_str_radix(next()?, 16).ok())?;
    let name = words.nth(2)?;
    Some((name, Ipv6Addr::from(address), prefix))
}

/// The leaves of the routing tables that are `/32 host LOCAL`, each once.
fn local_addresses(tables: &[u8]) -> Vec<Ipv4Addr> {
    let (mut leaf, mut found) = (None, Vec::new());
    for line in lines(tables).filter_map(|line| std::str::from_utf8(line).ok()).map(str::trim) {
        if let Some(address) = line.strip_prefix("|-- ") {
            leaf = address.parse::<Ipv4Addr>().ok();
        } else if line == "/32 host LOCAL" {
            found.extend(leaf);
        }
    }
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DEVICES: &[u8] =
        b"Inter-|   Receive |  Transmit\n face |bytes    packets |bytes\n    lo:   16129     174\n\
        v\xff-long-name: 1 2\n";
    const SIX: &[u8] = b"00000000000000000000000000000001 01 80 10 80       lo\n\
        fe80000000000000004242fffe000001 07 40 20 80 v\xff-long-name\n";
    const FOUR: &[u8] = b"Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 127.0.0.0\n        /8 host LOCAL\n     |-- 127.0.0.1\n        /32 host LOCAL\n\
        \x20    |-- 10.0.0.255\n        /32 link BROADCAST\nLocal:\n     |-- 127.0.0.1\n        /32 host LOCAL\n     |-- 10.0.0.7\n        /32 host LOCAL\n";

    #[test]
    fn the_texts_of_the_kernel() {
        let found = Glimpse::parse(DEVICES, SIX, Some(FOUR));
        assert_eq!(found.interfaces.len(), 2);
        assert_eq!(found.interfaces[0].addresses, [(Ipv6Addr::LOCALHOST, 128)]);
        assert_eq!(found.interfaces[1].name, OsStr::from_bytes(b"v\xff-long-name"));
        assert_eq!(found.interfaces[1].addresses[0].1, 64);
        assert_eq!(found.addresses, Some(vec![Ipv4Addr::new(10, 0, 0, 7), Ipv4Addr::LOCALHOST]));
        assert_eq!(Glimpse::parse(b"", b"", None), Glimpse::default());
    }

    proptest! {
        #[test]
        fn any_bytes(devices: Vec<u8>, six: Vec<u8>, four: Vec<u8>) {
            let _ = Glimpse::parse(&devices, &six, Some(&four));
        }
    }
}

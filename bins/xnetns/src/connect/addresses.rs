//! Which addresses go together, and which cannot be meant.

use super::ConnectError;
use super::end::{Address, End};
use std::net::IpAddr;

impl Address {
    /// Is it that of one device, which others can send to?
    fn is_of_one(&self) -> bool {
        let broadcast = matches!(self.ip, IpAddr::V4(ip) if ip.is_broadcast());
        !(self.ip.is_unspecified() || self.ip.is_multicast() || self.ip.is_loopback() || broadcast)
    }

    /// Is the other one in its network, as far as its prefix tells?
    fn reaches(&self, other: &Address) -> bool {
        match (self.ip, other.ip) {
            (IpAddr::V4(one), IpAddr::V4(two)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                one.to_bits() & mask == two.to_bits() & mask
            }
            (IpAddr::V6(one), IpAddr::V6(two)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                one.to_bits() & mask == two.to_bits() & mask
            }
            _ => false,
        }
    }
}

/// Refuses what is never meant: an address that is given twice, or that no device answers at.
pub(super) fn check(ends: &[End]) -> Result<(), ConnectError> {
    let mut given: Vec<(&Address, &End)> = Vec::new();
    for end in ends {
        for address in &end.addresses {
            if !address.is_of_one() {
                return Err(ConnectError::OfNobody { place: end.place.clone(), address: *address });
            }
            if let Some((_, before)) = given.iter().find(|(other, _)| other.ip == address.ip) {
                let (one, other) = (before.place.clone(), end.place.clone());
                return Err(ConnectError::Duplicate { address: *address, one, other });
            }
            given.push((address, end));
        }
    }
    Ok(())
}

/// Those that no other end is in one network with: nothing comes through without a route.
pub(super) fn notes(ends: &[End]) -> Vec<String> {
    let mut told = Vec::new();
    for (at, end) in ends.iter().enumerate() {
        let others = || ends.iter().enumerate().filter(|(other, _)| *other != at);
        let mut theirs = others().flat_map(|(_, other)| &other.addresses).peekable();
        if theirs.peek().is_none() {
            continue;
        }
        let theirs: Vec<_> = theirs.collect();
        let joined = |own: &&Address| theirs.iter().any(|other| own.reaches(other) && other.reaches(own));
        told.extend(end.addresses.iter().filter(|own| !joined(own)).map(|own| {
            format!(
                "{own} of {}: no other end is in its network, and nothing comes through without a route",
                end.place
            )
        }));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    fn ends(words: &[&str]) -> Vec<End> {
        words.iter().map(|word| End::parse(OsStr::new(word), |_| false).unwrap()).collect()
    }

    #[test]
    fn what_is_never_meant() {
        let told = |words: &[&str]| check(&ends(words)).map_err(|error| error.to_string());
        assert_eq!(told(&["A:10.0.0.1/24", "B:10.0.0.2/24,fd00::1/64"]), Ok(()));
        assert_eq!(
            told(&["A:10.0.0.1/24", "B:10.0.0.1/8"]).unwrap_err(),
            "10.0.0.1/8 is given to A and to B"
        );
        assert_eq!(told(&["A:fd00::1,fd00::1/64", "B"]).unwrap_err(), "fd00::1/64 is given twice to A");
        for word in ["0.0.0.0/0", "224.0.0.1", "255.255.255.255", "127.0.0.1/8", "::", "ff02::1", "::1"] {
            assert!(
                told(&[&format!("A:{word}"), "B"]).unwrap_err().ends_with("no device can have"),
                "{word}"
            );
        }
    }

    #[test]
    fn who_reaches_nobody_is_told() {
        let told = |words: &[&str]| notes(&ends(words)).len();
        assert_eq!(told(&["A:10.0.0.1/24", "B:10.0.0.2/24"]), 0);
        assert_eq!(told(&["A:10.0.0.1/24", "B"]), 0);
        assert_eq!(told(&["A:10.0.0.1/24", "B:10.0.1.2/24"]), 2);
        assert_eq!(told(&["A:10.0.0.1/24", "B:10.0.0.2"]), 2);
        assert_eq!(told(&["A:10.0.0.1/0", "B:11.0.0.2/0", "C:fd00::1/64"]), 1);
        assert_eq!(told(&["A:10.0.0.1/24,fd00::1/64", "B:10.0.0.2/24,fd00::2/64", "host"]), 0);
    }
}

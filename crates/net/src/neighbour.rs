//! Neighbours as rtnetlink(7) tells them: which hardware address has an address of the same link.

use crate::address::ip;
use crate::request::hardware;
use crate::wire::{attributes, number};
use std::net::IpAddr;

/// An address of the same link, and who has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// The address.
    pub ip: IpAddr,
    /// The index of the device behind which it is.
    pub device: u32,
    /// NUD_… of linux/neighbour.h.
    pub state: u16,
    /// Its hardware address; empty as long as nobody has answered.
    pub hardware: Vec<u8>,
}

impl Neighbour {
    /// Asked for, and not answered yet.
    pub const INCOMPLETE: u16 = 0x01;
    /// Asked for, and nobody has answered.
    pub const FAILED: u16 = 0x20;
    /// Said by an administrator: nobody is asked.
    pub const PERMANENT: u16 = 0x80;

    /// `02:42:ac:11:00:02`
    pub fn mac(&self) -> String {
        hardware(&self.hardware)
    }

    /// Has nobody answered?
    pub const fn is_silent(&self) -> bool {
        self.state & (Self::INCOMPLETE | Self::FAILED) != 0
    }

    /// From the body of an RTM_NEWNEIGH; `None` for what is no address of a version of the internet protocol.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let (head, rest) = body.split_first_chunk::<HEAD>()?;
        if head[0] != 2 && head[0] != 10 {
            return None;
        }
        let mut found = None;
        let mut mac = Vec::new();
        for (kind, value) in attributes(rest) {
            match kind {
                NDA_DST => found = ip(value),
                NDA_LLADDR => mac = value.to_vec(),
                _ => {}
            }
        }
        let state = u16::from_ne_bytes([head[8], head[9]]);
        Some(Neighbour { ip: found?, device: number(&head[4..])?, state, hardware: mac })
    }
}

/// The length of `struct ndmsg` (linux/neighbour.h).
const HEAD: usize = 12;

const NDA_DST: u16 = 1;
const NDA_LLADDR: u16 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Body;
    use proptest::prelude::*;

    #[test]
    fn a_neighbour_and_what_is_none() {
        let head = |family| [family, 0, 0, 0, 7, 0, 0, 0, 0x20, 0, 0, 0];
        let mut body = Body::new(&head(2));
        body.put(NDA_DST, &[10, 0, 0, 9]);
        body.put(NDA_LLADDR, &[2, 0, 0, 0, 0, 1]);
        let found = Neighbour::parse(&body.finish().0).unwrap();
        assert_eq!((found.ip, found.device), (IpAddr::from([10, 0, 0, 9]), 7));
        assert_eq!((found.mac().as_str(), found.is_silent()), ("02:00:00:00:00:01", true));
        let mut bridge = Body::new(&head(7));
        bridge.put(NDA_LLADDR, &[2, 0, 0, 0, 0, 1]);
        assert_eq!(Neighbour::parse(&bridge.finish().0), None);
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>) {
            let _ = Neighbour::parse(&bytes);
        }
    }
}

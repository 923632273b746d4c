//! What is there: devices, addresses, routes, and the numbers by which namespaces know each other.

use super::{NetError, Network};
use crate::address::{Address, parse_address};
use crate::interface::Interface;
use crate::name::DeviceName;
use crate::neighbour::Neighbour;
use crate::request::Body;
use crate::route::Route;
use crate::rule::Rule;
use crate::wire;
use netlink_packet_core::NLM_F_DUMP;
use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd};
use xns_core::Errno;
use xns_sys::fd;
use xns_sys::netlink::{self, Answers};

// linux/rtnetlink.h
const RTM_NEWLINK: u16 = 16;
const RTM_GETLINK: u16 = 18;
const RTM_NEWADDR: u16 = 20;
const RTM_GETADDR: u16 = 22;
const RTM_NEWROUTE: u16 = 24;
const RTM_GETROUTE: u16 = 26;
const RTM_NEWNEIGH: u16 = 28;
const RTM_GETNEIGH: u16 = 30;
const RTM_NEWRULE: u16 = 32;
const RTM_GETRULE: u16 = 34;
const RTM_NEWNSID: u16 = 88;
const RTM_GETNSID: u16 = 90;
// linux/net_namespace.h
const NETNSA_NSID: u16 = 1;
const NETNSA_PID: u16 = 2;
const NETNSA_FD: u16 = 3;
const NETNSA_TARGET_NSID: u16 = 4;
const NETNSA_CURRENT_NSID: u16 = 5;
// linux/if_link.h
const IFLA_IFNAME: u16 = 3;
const IFLA_EXT_MASK: u16 = 29;
const IFLA_TARGET_NETNSID: u16 = 46;
const RTEXT_FILTER_SKIP_STATS: u32 = 8;

/// The kernel fills datagrams of up to 32 KiB.
const DATAGRAM: usize = 32 * 1024;
/// One part of an answer.
const ONE: usize = 8 * 1024;
/// How often a table is read again that changed meanwhile.
const TRIES: usize = 8;

/// The number of a network namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// The number.
    pub number: i32,
    /// The one that it has here, where it was asked how another namespace numbers it.
    pub here: Option<i32>,
}

impl Number {
    /// From the body of an RTM_NEWNSID.
    fn parse(body: &[u8]) -> Option<Self> {
        let find = |kind: u16| {
            let mut all = wire::attributes(body.get(4..)?);
            all.find(|(of, _)| *of == kind).and_then(|(_, value)| wire::number(value)).map(u32::cast_signed)
        };
        Some(Number { number: find(NETNSA_NSID)?, here: find(NETNSA_CURRENT_NSID).filter(|here| *here >= 0) })
    }
}

/// What the kernel is asked for a way to an address: `ip route get`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Where to.
    pub to: IpAddr,
    /// From which address.
    pub from: Option<IpAddr>,
    /// By which device.
    pub device: Option<u32>,
    /// As if it had come in by this one.
    pub entered: Option<u32>,
    /// The mark of a firewall.
    pub mark: Option<u32>,
    /// Is the route asked for that matches, instead of the way?
    pub matching: bool,
}

impl<S: AsFd> Network<S> {
    /// The number that this network namespace has for another one (`ip netns list-id`, `lsns`'s NETNSID); `None` when it has none,
    /// as nothing of the one has referred to the other. Asking gives it none.
    ///
    /// # Errors
    /// What RTM_GETNSID answered: EINVAL for a descriptor that is no network namespace, EOPNOTSUPP below Linux 4.0.
    pub fn id_of(&self, of: BorrowedFd<'_>) -> Result<Option<i32>, Errno> {
        self.id_by(NETNSA_FD, fd::number(of))
    }

    /// The same for the network namespace of a process, which may be anybody's; `pid` is a number of our PID namespace.
    ///
    /// # Errors
    /// ESRCH when there is no such process.
    pub fn id_of_process(&self, pid: u32) -> Result<Option<i32>, Errno> {
        self.id_by(NETNSA_PID, pid)
    }

    fn id_by(&self, attribute: u16, number: u32) -> Result<Option<i32>, Errno> {
        const FAMILY_UNSPECIFIED: [u8; 4] = [0; 4];
        let mut body = Body::new(&FAMILY_UNSPECIFIED);
        body.number(attribute, number);
        let (body, _) = body.finish();
        let mut id = None;
        // The answer is short; a refusal holds the request.
        self.ask(
            |sequence| wire::request(RTM_GETNSID, 0, sequence, &body),
            false,
            &mut [0; 512],
            |kind, body| {
                let told = body.get(FAMILY_UNSPECIFIED.len()..).filter(|_| kind == RTM_NEWNSID);
                let found =
                    told.and_then(|told| wire::attributes(told).find(|(kind, _)| *kind == NETNSA_NSID));
                id = found.and_then(|(_, value)| wire::number(value)).map(u32::cast_signed);
            },
        )?;
        // NETNSA_NSID_NOT_ASSIGNED is -1.
        Ok(id.filter(|id| *id >= 0))
    }

    /// All numbers that this network namespace has for others; with `seen_from` those that the one with this number has, each with
    /// the number here.
    ///
    /// # Errors
    /// EINVAL when none has that number.
    pub fn numbers(&self, seen_from: Option<i32>) -> Result<Vec<Number>, NetError> {
        let mut body = Body::new(&[0; 4]);
        if let Some(target) = seen_from {
            // Without it a dump does not heed what it is asked for.
            let _ = netlink::set(&self.socket, Answers::Strict);
            body.number(NETNSA_TARGET_NSID, target.cast_unsigned());
        }
        self.table(RTM_GETNSID, &body.finish().0, RTM_NEWNSID, Number::parse)
    }

    /// The interfaces in the order of their indexes, with their addresses. Asking needs no rights. A namespace in which the other end
    /// of one is gets its number by this, as by any such question.
    ///
    /// # Errors
    /// When the kernel refuses; EINTR when the tables changed at each of several readings.
    pub fn interfaces(&self) -> Result<Vec<Interface>, NetError> {
        let mut found = self.links()?;
        for (index, address) in self.addresses()? {
            // One that came between the two readings has no place.
            if let Some(interface) = found.iter_mut().find(|interface| interface.index == index) {
                interface.addresses.push(address);
            }
        }
        Ok(found)
    }

    /// The interfaces in the order of their indexes, without their addresses.
    ///
    /// # Errors
    /// As for [`Network::interfaces`].
    pub fn links(&self) -> Result<Vec<Interface>, NetError> {
        let mut body = Body::new(&[0; 16]);
        body.number(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
        let mut found = self.table(RTM_GETLINK, &body.finish().0, RTM_NEWLINK, Interface::parse)?;
        found.sort_by_key(|interface| interface.index);
        Ok(found)
    }

    /// The addresses, those of version 4 first, each with the index of its interface.
    ///
    /// # Errors
    /// As for [`Network::interfaces`].
    pub fn addresses(&self) -> Result<Vec<(u32, Address)>, NetError> {
        self.table(RTM_GETADDR, &[0; 8], RTM_NEWADDR, parse_address)
    }

    /// The rules of policy routing of one version, in the order in which they are asked.
    ///
    /// # Errors
    /// As for [`Network::interfaces`]; EOPNOTSUPP where the kernel has none.
    pub fn rules(&self, is_six: bool) -> Result<Vec<Rule>, NetError> {
        let mut head = [0; 12];
        head[0] = if is_six { 10 } else { 2 };
        let mut found = self.table(RTM_GETRULE, &head, RTM_NEWRULE, Rule::parse)?;
        found.sort_by_key(|rule| rule.priority);
        Ok(found)
    }

    /// The routes of all tables, those of version 4 first, without those that are only remembered (cloned).
    ///
    /// # Errors
    /// As for [`Network::interfaces`].
    pub fn routes(&self) -> Result<Vec<Route>, NetError> {
        let mut found = self.table(RTM_GETROUTE, &[0; 12], RTM_NEWROUTE, Route::parse)?;
        found.retain(|route| !route.is_cloned());
        Ok(found)
    }

    /// Who is known to have which address of the same link.
    ///
    /// # Errors
    /// As for [`Network::interfaces`].
    pub fn neighbours(&self) -> Result<Vec<Neighbour>, NetError> {
        self.table(RTM_GETNEIGH, &[0; 12], RTM_NEWNEIGH, Neighbour::parse)
    }

    /// The way by which a packet would go.
    ///
    /// # Errors
    /// ENETUNREACH when there is none, EINVAL for a source address that is not ours.
    pub fn way(&self, way: &Way) -> Result<Option<Route>, Errno> {
        let (body, _) = way.body().finish();
        let mut found = None;
        let request = |sequence| wire::request(RTM_GETROUTE, 0, sequence, &body);
        self.ask(request, false, &mut [0; ONE], |kind, body| {
            found = (kind == RTM_NEWROUTE).then(|| Route::parse(body)).flatten();
        })?;
        Ok(found)
    }

    /// The interface with this name, without its addresses; `None` when there is none.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn link_named(&self, name: &DeviceName) -> Result<Option<Interface>, Errno> {
        let mut body = Body::new(&[0; 16]);
        body.text(IFLA_IFNAME, name.as_bytes());
        self.link(body)
    }

    /// The interface with this index, without its addresses, in this namespace or in the one that it has this number for
    /// ([`crate::Link`]); `None` when there is none.
    ///
    /// # Errors
    /// EACCES for one in another namespace over which we have no rights (CAP_NET_ADMIN); EINVAL for a number that is none; below
    /// Linux 4.20 ENODEV or another device, because the number is not heeded.
    pub fn link_at(&self, index: u32, namespace: Option<i32>) -> Result<Option<Interface>, Errno> {
        let mut head = [0; 16];
        head[4..8].copy_from_slice(&index.to_ne_bytes());
        let mut body = Body::new(&head);
        if let Some(namespace) = namespace {
            body.number(IFLA_TARGET_NETNSID, namespace.cast_unsigned());
        }
        self.link(body)
    }

    fn link(&self, mut body: Body) -> Result<Option<Interface>, Errno> {
        body.number(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
        let (body, _) = body.finish();
        let mut found = None;
        let request = |sequence| wire::request(RTM_GETLINK, 0, sequence, &body);
        let asked = self.ask(request, false, &mut [0; ONE], |kind, body| {
            found = (kind == RTM_NEWLINK).then(|| Interface::parse(body)).flatten();
        });
        match asked {
            Err(Errno::ENODEV) => Ok(None),
            asked => asked.map(|()| found),
        }
    }

    /// A whole table, read again when it changed meanwhile: what `parse` makes of its parts of the type `part`.
    fn table<T>(
        &self,
        kind: u16,
        body: &[u8],
        part: u16,
        parse: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, NetError> {
        // On the stack: for each of a thousand namespaces the heap would map it anew.
        let mut buffer = [0; DATAGRAM];
        for _ in 0..TRIES {
            let mut found = Vec::new();
            let request = |sequence| wire::request(kind, NLM_F_DUMP, sequence, body);
            let whole = self.ask(request, true, &mut buffer, |kind, body| {
                found.extend((kind == part).then(|| parse(body)).flatten());
            });
            match whole {
                Err(Errno::EINTR) => {}
                answer => return answer.map(|()| found).map_err(NetError::Answer),
            }
        }
        Err(NetError::Answer(Errno::EINTR))
    }
}

impl Way {
    /// Nothing said yet but where to.
    pub const fn to(to: IpAddr) -> Self {
        Way { to, from: None, device: None, entered: None, mark: None, matching: false }
    }

    fn body(&self) -> Body {
        // linux/rtnetlink.h; linux/fib_rules.h has the mark as for rules.
        const RTA_DST: u16 = 1;
        const RTA_SRC: u16 = 2;
        const RTA_IIF: u16 = 3;
        const RTA_OIF: u16 = 4;
        const RTA_MARK: u16 = 16;
        const RTM_F_LOOKUP_TABLE: u32 = 0x1000;
        const RTM_F_FIB_MATCH: u32 = 0x2000;
        let octets = |ip: IpAddr| match ip {
            IpAddr::V4(ip) => ip.octets().to_vec(),
            IpAddr::V6(ip) => ip.octets().to_vec(),
        };
        let (family, bits) = if self.to.is_ipv4() { (2, 32) } else { (10, 128) };
        let from_bits = if self.from.is_some() { bits } else { 0 };
        let mut body = Body::new(&[family, bits, from_bits, 0, 0, 0, 0, 0]);
        let matching = if self.matching { RTM_F_FIB_MATCH } else { 0 };
        body.raw(&(RTM_F_LOOKUP_TABLE | matching).to_ne_bytes());
        body.put(RTA_DST, &octets(self.to));
        if let Some(from) = self.from {
            body.put(RTA_SRC, &octets(from));
        }
        for (kind, number) in [(RTA_IIF, self.entered), (RTA_OIF, self.device), (RTA_MARK, self.mark)] {
            if let Some(number) = number {
                body.number(kind, number);
            }
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ones_own_interfaces_are_those_of_proc() {
        let names = |text: String| -> Vec<_> {
            let names =
                text.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name.trim().to_owned());
            names.collect()
        };
        let mut listed = names(std::fs::read_to_string("/proc/net/dev").unwrap());
        let mut found: Vec<_> = Network::own().unwrap().interfaces().unwrap();
        found.sort_by(|one, other| one.name.cmp(&other.name));
        listed.sort();
        assert_eq!(found.iter().map(|one| one.name.to_str().unwrap()).collect::<Vec<_>>(), listed);
    }

    #[test]
    fn one_interface_by_name_or_index() {
        let network = Network::own().unwrap();
        let lo = network.link_named(&DeviceName::new("lo".as_ref()).unwrap()).unwrap().unwrap();
        assert_eq!((lo.name.to_str(), lo.index), (Some("lo"), 1));
        assert_eq!(network.link_at(1, None), Ok(Some(lo)));
        assert_eq!(network.link_at(0x7fff_ffff, None), Ok(None));
        assert_eq!(network.link_named(&DeviceName::new("no-such-one".as_ref()).unwrap()), Ok(None));
    }

    #[test]
    fn one_socket_answers_many_questions() {
        let network = Network::own().unwrap();
        let own = std::fs::File::open("/proc/self/ns/net").unwrap();
        let other = std::fs::File::open("/proc/self/ns/uts").unwrap();
        let first = network.id_of(own.as_fd());
        assert!(first.is_ok(), "{first:?}");
        assert_eq!(network.id_of_process(std::process::id()), first);
        assert_eq!(network.id_of(other.as_fd()), Err(Errno::EINVAL));
        assert!(network.id_of_process(u32::MAX >> 1).is_err());
        assert_eq!(network.id_of(own.as_fd()), first);
    }
}

//! Network namespaces that a test has made up, and what they answer.

use super::ask::Ask;
use super::case::{Case, Goal, covered, network};
use super::causes::{self, Found};
use super::filter::Filter;
use crate::show::world::{Contents, End, Space};
use std::net::IpAddr;
use xns_core::Errno;
use xns_net::{Address, Hop, Interface, Link, Neighbour, NetnsName, Route, Rule, State, Way};

/// All of it.
#[derive(Default)]
pub(super) struct Recorded {
    pub(super) spaces: Vec<Space>,
    pub(super) settings: Vec<(usize, &'static str, &'static str)>,
    pub(super) neighbours: Vec<Neighbour>,
    pub(super) rules: Vec<Rule>,
    /// Of a namespace; others have none.
    pub(super) filter: Option<(usize, Filter)>,
    pub(super) files: Vec<(&'static str, &'static str)>,
}

const UP: u32 = 1;
const LOWER_UP: u32 = 0x1_0000;

pub(super) fn address(text: &str) -> Address {
    let (ip, prefix) = text.split_once('/').unwrap();
    Address {
        ip: ip.parse().unwrap(),
        prefix: prefix.parse().unwrap(),
        peer: None,
        broadcast: None,
        anycast: None,
        scope: 0,
        flags: Address::PERMANENT,
        label: None,
        valid: u32::MAX,
        preferred: u32::MAX,
        metric: None,
        protocol: None,
    }
}

impl Recorded {
    /// A namespace with an `lo` that is up.
    pub(super) fn space(&mut self, name: &str) -> usize {
        let lo = Interface {
            index: 1,
            name: "lo".into(),
            flags: UP | LOWER_UP,
            hardware_type: 772,
            ..Interface::default()
        };
        let contents = Contents { interfaces: vec![lo], ..Contents::default() };
        let names = vec![NetnsName::existing(name.as_ref()).unwrap()];
        self.spaces.push(Space { names, contents: Some(Ok(contents)), ..Space::default() });
        self.spaces.len() - 1
    }

    pub(super) fn contents(&mut self, space: usize) -> &mut Contents {
        self.spaces[space].contents.as_mut().unwrap().as_mut().unwrap()
    }

    /// A device that is up, with these addresses and the routes that come with them.
    pub(super) fn device(&mut self, space: usize, name: &str, kind: &str, addresses: &[&str]) -> u32 {
        let contents = self.contents(space);
        let index = u32::try_from(contents.interfaces.len()).unwrap() + 1;
        contents.interfaces.push(Interface {
            index,
            name: name.into(),
            flags: UP | LOWER_UP,
            state: State::Up,
            hardware_type: 1,
            hardware: vec![2, 0, 0, 0, u8::try_from(space).unwrap(), u8::try_from(index).unwrap()],
            kind: Some(kind.to_owned()),
            addresses: addresses.iter().map(|text| address(text)).collect(),
            ..Interface::default()
        });
        for own in addresses.iter().map(|text| address(text)).filter(|own| own.prefix < 32) {
            let to = Some((network(own.ip, own.prefix), own.prefix));
            contents.routes.push(route(to, None, index, Some(own.ip)));
        }
        index
    }

    /// A pair of them.
    pub(super) fn pair(&mut self, one: (usize, &str, &[&str]), two: (usize, &str, &[&str])) -> [u32; 2] {
        let ends = [one, two].map(|(space, name, addresses)| self.device(space, name, "veth", addresses));
        for (here, there, space, other) in
            [(ends[0], ends[1], one.0, two.0), (ends[1], ends[0], two.0, one.0)]
        {
            let id = Some(0);
            let contents = self.contents(space);
            contents.ends.push(End { of: here, index: there, id, seen: None, space: Some(other) });
            self.interface(space, here).link = Some(Link { index: there, namespace: id });
        }
        ends
    }

    pub(super) fn interface(&mut self, space: usize, index: u32) -> &mut Interface {
        self.contents(space).interfaces.iter_mut().find(|one| one.index == index).unwrap()
    }

    pub(super) fn down(&mut self, space: usize, index: u32) {
        self.interface(space, index).flags = 0;
        self.contents(space).routes.retain(|route| route.hop.device != Some(index));
    }

    pub(super) fn default_route(&mut self, space: usize, via: &str, device: u32) {
        self.contents(space).routes.push(route(None, Some(via.parse().unwrap()), device, None));
    }

    /// What is found, when `from` gets no reply from a namespace or an address.
    pub(super) fn find(&self, from: usize, to: Option<&str>) -> Found {
        let mut case = Case { spaces: &self.spaces, ask: self, from, to: None, is_six: None };
        case.to = to.map(|word| match word.parse() {
            Ok(ip) => case.goal_at(ip),
            Err(_) => {
                let named = |space: &Space| space.names[0].to_string() == word;
                case.goal_in(self.spaces.iter().position(named).unwrap())
            }
        });
        if let Some(Goal { address: Some(ip), .. }) = case.to {
            case.is_six = Some(ip.is_ipv6());
        }
        causes::find(&case)
    }

    /// The ids of the causes.
    pub(super) fn ids(&self, from: usize, to: Option<&str>) -> Vec<&'static str> {
        self.find(from, to).causes.iter().map(|hint| hint.id).collect()
    }
}

pub(super) fn route(
    destination: Option<(IpAddr, u8)>,
    via: Option<IpAddr>,
    device: u32,
    source: Option<IpAddr>,
) -> Route {
    let hop = Hop { via, device: Some(device), ..Hop::default() };
    let is_six = destination.is_some_and(|(ip, _)| ip.is_ipv6());
    Route { destination, hop, source, kind: 1, table: 254, is_six, ..Route::default() }
}

impl Ask for Recorded {
    /// By the longest prefix, as the kernel does.
    fn way(&self, space: usize, way: &Way) -> Result<Option<Route>, Errno> {
        const LOCAL: u8 = 2;
        let contents = self.spaces[space].known().unwrap();
        let mut addresses = contents.interfaces.iter().flat_map(|one| &one.addresses);
        if addresses.any(|own| own.ip == way.to) || way.to.is_loopback() {
            return Ok(Some(Route { kind: LOCAL, ..route(None, None, 1, Some(way.to)) }));
        }
        let fits = |route: &&Route| match route.destination {
            None => way.to.is_ipv4(),
            Some((ip, prefix)) => {
                ip.is_ipv4() == way.to.is_ipv4() && network(way.to, prefix) == network(ip, prefix)
            }
        };
        let length = |route: &&Route| route.destination.map_or(0, |(_, prefix)| prefix);
        if let Some(rule) = self.rules.iter().find(|rule| rule.to.is_some_and(|net| covered(way.to, net))) {
            return Err([Errno::EINVAL, Errno::ENETUNREACH, Errno::EACCES][usize::from(rule.action - 6)]);
        }
        let best = contents.routes.iter().filter(fits).max_by_key(length).ok_or(Errno::ENETUNREACH)?;
        if best.kind != 1 {
            return match best.kind {
                6 => Err(Errno::EINVAL),
                8 => Err(Errno::EACCES),
                3 => Ok(Some(best.clone())),
                _ => Err(Errno::EHOSTUNREACH),
            };
        }
        let device = best.hop.device.and_then(|index| contents.interface(index));
        let own = device.and_then(|device| device.addresses.first()).map(|own| own.ip);
        Ok(Some(Route { source: best.source.or(own), ..best.clone() }))
    }

    fn setting(&self, space: usize, name: &str) -> Option<String> {
        let found = self.settings.iter().find(|(at, known, _)| *at == space && *known == name);
        found.map(|(.., value)| (*value).to_owned())
    }

    fn rules(&self, _: usize, _: bool) -> Vec<Rule> {
        self.rules.clone()
    }

    fn neighbours(&self, _: usize) -> Vec<Neighbour> {
        self.neighbours.clone()
    }

    fn filter(&self, space: usize) -> Filter {
        let found = self.filter.iter().find(|(of, _)| *of == space);
        found.map_or_else(|| Filter::Known(Vec::new()), |(_, filter)| filter.clone())
    }

    fn file(&self, path: &str) -> Option<String> {
        self.files.iter().find(|(known, _)| *known == path).map(|(_, text)| (*text).to_owned())
    }
}

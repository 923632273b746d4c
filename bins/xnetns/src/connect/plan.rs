//! The steps that join: namespaces where they are missing, devices made where they belong, addresses, all switched on.

use super::ConnectError;
use super::end::{Address, End};
use super::ground::Ground;
use crate::names::use_store;
use std::ffi::OsStr;
use xns_core::{Actor, Facts};
use xns_net::mark::{GROUP, Mark};
use xns_net::request::{ChangeAddress, ChangeLink, DeleteLink, Flag, LinkKind, LinkOptions, NewLink, Peer};
use xns_net::{Carry, DeviceName, Interface, MakeName, Op, Place, Reach, Request};
use xns_plan::{Phase, Plan};

/// An end, and what is there.
pub(super) struct Site {
    pub(super) end: End,
    /// `None`: the namespace is to be made.
    pub(super) ground: Option<Ground>,
}

/// A plan, and what a person is told of it.
#[derive(Debug, Default)]
pub(super) struct Joined {
    pub(super) plan: Plan,
    pub(super) told: Vec<String>,
}

/// Joins two by a pair of devices.
pub(super) fn pair(one: &Site, other: &Site, facts: &Facts) -> Result<Joined, ConnectError> {
    let mut builder = Builder { joined: Joined::default(), facts };
    builder.reach([one, other]);
    let (first, second) = (one.free(&[]), other.free(&[]));
    // The two ends are easier to tell apart by two names.
    let second = if first == second { other.free(&[&first]) } else { second };
    // From our own namespace, if it is one of them: there is no name by which another one could call it.
    if other.end.place == Place::Here {
        builder.veth(&other.end.place, &second, &one.end.place, &first);
    } else {
        builder.veth(&one.end.place, &first, &other.end.place, &second);
    }
    for (site, device, peer) in [(one, &first, (&second, other)), (other, &second, (&first, one))] {
        let mut requests = addresses(site, device);
        requests.push(up(device.clone(), Some(format!("to {} in {}", peer.0, peer.1.end.place))));
        builder.settle(site, requests);
    }
    builder.tell(&one.end, &first, &second, &other.end.place, &other.end.addresses);
    Ok(builder.joined)
}

/// Joins any number by ports of a bridge in our own namespace.
pub(super) fn bridge(
    name: &DeviceName,
    sites: &[Site],
    here: &Ground,
    facts: &Facts,
) -> Result<Joined, ConnectError> {
    let mut builder = Builder { joined: Joined::default(), facts };
    let own = Site { end: End { place: Place::Here, addresses: Vec::new() }, ground: None };
    builder.reach(std::iter::once(&own).chain(sites));
    let there = here.devices.iter().find(|device| device.name == name.as_os_str());
    builder.bridge(name, there)?;
    let mut taken: Vec<DeviceName> = Vec::new();
    for site in sites.iter().filter(|site| site.end.place != Place::Here) {
        let port = free(&here.devices, &taken.iter().collect::<Vec<_>>());
        let device = site.free(&[]);
        builder.veth(&Place::Here, &port, &site.end.place, &device);
        let mut requests = addresses(site, &device);
        requests.push(up(device.clone(), Some(format!("to {port}, a port of {name}"))));
        builder.settle(site, requests);
        let mut enslave = ChangeLink::of(port.clone());
        enslave.options.master = Some(Some(name.clone()));
        enslave.options.flags.push((Flag::Up, true));
        enslave.options.alias = Some(format!("to {device} in {}", site.end.place).into());
        builder.carry(Place::Here, vec![enslave.into()], "a port of the bridge");
        builder.tell(&site.end, &device, &port, &Place::Here, &[]);
        taken.push(port);
    }
    for site in sites.iter().filter(|site| site.end.place == Place::Here && !site.end.addresses.is_empty()) {
        let mut requests = addresses(site, name);
        if let Some(bridge) = there.filter(|bridge| bridge.alias.is_none()) {
            let mut change = ChangeLink::of(name.clone());
            let addresses = site.end.addresses.iter().map(Address::to_string).collect();
            change.options.alias = Some(Mark { up: !bridge.is_up(), addresses, ..Mark::default() }.alias());
            requests.push(change.into());
        }
        if there.is_some_and(|bridge| bridge.alias.is_some()) {
            let told =
                format!("{name} has an alias of its own: disconnect leaves it the addresses that it gets");
            builder.joined.told.push(told);
        }
        builder.carry(Place::Here, requests, "so that this machine is one of those that are joined");
    }
    Ok(builder.joined)
}

impl Site {
    /// The name of a device that is not there yet.
    fn free(&self, taken: &[&DeviceName]) -> DeviceName {
        free(self.ground.as_ref().map_or(&[], |ground| ground.devices.as_slice()), taken)
    }

    /// Is its namespace made?
    fn is_made(&self) -> bool {
        matches!(self.end.place, Place::Name(_)) && self.ground.is_none()
    }

    fn lo(&self) -> Option<&Interface> {
        self.ground.as_ref()?.devices.iter().find(|device| device.name == "lo")
    }
}

/// `veth0`, or the next that neither a device nor anybody here has.
fn free(devices: &[Interface], taken: &[&DeviceName]) -> DeviceName {
    let named = |name: &str| {
        devices
            .iter()
            .any(|device| device.name == name || device.other_names.iter().any(|other| other == name))
    };
    let mut names = (0..).map(|number| format!("veth{number}")).filter(|name| !named(name));
    let mut names =
        std::iter::from_fn(|| names.next().and_then(|name| DeviceName::new(OsStr::new(&name)).ok()));
    names
        .find(|name| !taken.contains(&name))
        .unwrap_or_else(|| unreachable!("there are more names than devices"))
}

fn addresses(site: &Site, device: &DeviceName) -> Vec<Request> {
    let add = |address: &Address| ChangeAddress::add(device.clone(), address.ip, address.prefix).into();
    site.end.addresses.iter().map(add).collect()
}

/// Switched on, with a word for people.
fn up(device: DeviceName, alias: Option<String>) -> Request {
    let mut change = ChangeLink::up(device);
    change.options.alias = alias.map(Into::into);
    change.into()
}

struct Builder<'f> {
    joined: Joined,
    facts: &'f Facts,
}

impl Builder<'_> {
    fn push(&mut self, op: impl Into<Op>, why: &'static str) {
        self.joined.plan.push(Actor::Caller, Phase::Create, op.into(), why);
    }

    fn carry(&mut self, place: Place, requests: Vec<Request>, why: &'static str) {
        self.push(Carry::all(place, requests), why);
    }

    /// Our own first: what comes after it leads away.
    fn reach<'s>(&mut self, sites: impl IntoIterator<Item = &'s Site>) {
        let mut sites: Vec<&Site> = sites.into_iter().collect();
        sites.sort_by_key(|site| site.end.place != Place::Here);
        if sites.iter().any(|site| site.is_made()) {
            let told = use_store(&mut self.joined.plan, self.facts);
            self.joined.told.extend(told);
        }
        let mut reached: Vec<&Place> = Vec::new();
        for site in sites {
            let place = &site.end.place;
            if reached.contains(&place) {
                continue;
            }
            reached.push(place);
            match (place, &site.ground) {
                (Place::Name(name), None) => {
                    let mark = Mark { made: true, up: true, ..Mark::default() };
                    let make = MakeName { name: name.clone(), mark: Some(mark) };
                    self.push(Op::MakeName(make), "there is none of this name; lo tells that it was made");
                }
                _ => self.push(Op::Reach(Reach(place.clone())), "the requests go to a socket in it"),
            }
        }
    }

    /// A pair, each end where it belongs: none is moved afterwards.
    fn veth(&mut self, place: &Place, device: &DeviceName, other: &Place, peer: &DeviceName) {
        let marked = || LinkOptions { group: Some(GROUP), ..LinkOptions::default() };
        let options = LinkOptions { namespace: Some(other.clone()), ..marked() };
        let peer = Peer { name: Some(peer.clone()), index: None, options };
        let mut new = NewLink::new(device.clone(), LinkKind::Veth(peer));
        new.options = marked();
        let op = Carry::new(place.clone(), new).or_back(DeleteLink::of(device.clone()));
        self.push(op, "a pair of devices, marked as ours");
    }

    fn bridge(&mut self, name: &DeviceName, there: Option<&Interface>) -> Result<(), ConnectError> {
        match there {
            None => {
                let mut new = NewLink::new(name.clone(), LinkKind::plain("bridge"));
                new.options.group = Some(GROUP);
                self.push(
                    Carry::new(Place::Here, new).or_back(DeleteLink::of(name.clone())),
                    "a bridge, marked as ours",
                );
            }
            Some(device) if device.kind.as_deref() == Some("bridge") => {}
            Some(device) => {
                let kind = device.kind.clone().unwrap_or_else(|| "a device without a kind".to_owned());
                return Err(ConnectError::NotBridge(name.clone(), kind));
            }
        }
        if there.is_none_or(|bridge| !bridge.is_up()) {
            self.carry(
                Place::Here,
                vec![up(name.clone(), None)],
                "a bridge passes nothing on unless it is up",
            );
        }
        Ok(())
    }

    /// The device's addresses, and what is most often forgotten.
    fn settle(&mut self, site: &Site, mut requests: Vec<Request>) {
        let place = &site.end.place;
        let lo = site.lo();
        let is_down = lo.map_or(site.is_made(), |lo| !lo.is_up());
        if *place != Place::Here && is_down {
            let mut change = ChangeLink::up(DeviceName::lo());
            // In a new one it tells what it has to already.
            change.options.alias = lo.and_then(|lo| self.mark(lo, place)).map(|mark| mark.alias());
            requests.push(change.into());
        }
        self.carry(place.clone(), requests, "addresses, and everything switched on: lo too");
    }

    /// What `lo` tells of being switched on; nothing where somebody else has given it an alias.
    fn mark(&mut self, lo: &Interface, place: &Place) -> Option<Mark> {
        let mark = if lo.alias.is_none() { Some(Mark::default()) } else { Mark::of(lo) };
        if mark.is_none() {
            let told =
                format!("{place}: lo is switched on, and has an alias of its own: disconnect leaves it on");
            self.joined.told.push(told);
        }
        mark.map(|mark| Mark { up: true, ..mark })
    }

    fn tell(&mut self, end: &End, device: &DeviceName, peer: &DeviceName, place: &Place, theirs: &[Address]) {
        let list =
            |addresses: &[Address]| addresses.iter().map(|address| format!(" {address}")).collect::<String>();
        self.joined.told.push(format!(
            "{} {device}{} -- {peer}{} {place}",
            end.place,
            list(&end.addresses),
            list(theirs)
        ));
    }
}

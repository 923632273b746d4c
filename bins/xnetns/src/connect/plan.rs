//! The steps that join: namespaces where they are missing, devices made where they belong, addresses, all switched on.

use super::ConnectError;
use super::end::{Address, End};
use super::ground::Ground;
use crate::names::use_store;
use std::ffi::OsStr;
use xns_core::{Actor, Facts};
use xns_net::mark::{GROUP, Mark};
use xns_net::request::{ChangeAddress, ChangeLink, DeleteLink, LinkKind, LinkOptions, NewLink, Peer};
use xns_net::{AwaitUp, Awaited, Carry, DeviceName, Interface, MakeName, Op, Place, Reach, Request};
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
    let mut builder = Builder { joined: Joined::default(), facts, is_ours: true, awaited: Vec::new() };
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
        builder.settle(site, device, format!("to {} in {}", peer.0, peer.1.end.place));
    }
    builder.tell(&one.end, &first, &second, &other.end.place, &other.end.addresses);
    builder.wait();
    Ok(builder.joined)
}

/// Joins any number by ports of a bridge in our own namespace.
pub(super) fn bridge(
    name: &DeviceName,
    sites: &[Site],
    here: &Ground,
    facts: &Facts,
) -> Result<Joined, ConnectError> {
    let there = here.devices.iter().find(|device| device.name == name.as_os_str());
    let mut builder =
        Builder { joined: Joined::default(), facts, is_ours: there.is_none(), awaited: Vec::new() };
    let own = Site { end: End { place: Place::Here, addresses: Vec::new() }, ground: None };
    builder.reach(std::iter::once(&own).chain(sites));
    builder.bridge(name, there)?;
    let mut taken: Vec<DeviceName> = Vec::new();
    for site in sites.iter().filter(|site| site.end.place != Place::Here) {
        let port = free(&here.devices, &taken.iter().collect::<Vec<_>>());
        let device = site.free(&[]);
        builder.veth(&Place::Here, &port, &site.end.place, &device);
        builder.settle(site, &device, format!("to {port}, a port of {name}"));
        let mut enslave = up(port.clone(), format!("to {device} in {}", site.end.place));
        enslave.options.master = Some(Some(name.clone()));
        builder.carry(Place::Here, vec![enslave.into()], "a port of the bridge");
        builder.awaited.push(Awaited { place: Place::Here, device: port.clone(), is_six: false });
        builder.tell(&site.end, &device, &port, &Place::Here, &[]);
        taken.push(port);
    }
    for site in sites.iter().filter(|site| site.end.place == Place::Here) {
        let mut requests = builder.addresses(site, name);
        let is_given = !requests.is_empty();
        if let Some(bridge) = there.filter(|bridge| bridge.alias.is_none() && is_given) {
            let mut change = ChangeLink::of(name.clone());
            let addresses = site.end.addresses.iter().map(Address::to_string).collect();
            change.options.alias = Some(Mark { up: !bridge.is_up(), addresses, ..Mark::default() }.alias());
            requests.push(change.into());
        }
        if there.is_some_and(|bridge| bridge.alias.is_some() && is_given) {
            let told =
                format!("{name} has an alias of its own: disconnect leaves it the addresses that it gets");
            builder.joined.told.push(told);
        }
        builder.switch_on(site, requests);
        // A bridge without ports passes nothing.
        if !taken.is_empty() {
            builder.await_six(site, name);
        }
    }
    builder.wait();
    let mut given = sites.iter().flat_map(|site| &site.end.addresses);
    if !builder.is_ours && given.any(|address| address.ip.is_ipv6()) {
        let told = format!(
            "the kernel asks on {name} whether others have these addresses of version 6: they are used in a second or two"
        );
        builder.joined.told.push(told);
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

/// Switched on, with a word for people.
fn up(device: DeviceName, alias: String) -> ChangeLink {
    let mut change = ChangeLink::up(device);
    change.options.alias = Some(alias.into());
    change
}

struct Builder<'f> {
    joined: Joined,
    facts: &'f Facts,
    /// Is everybody on the link named here? Then no address is another's.
    is_ours: bool,
    /// Devices that are to pass packets in the end.
    awaited: Vec<Awaited>,
}

impl Builder<'_> {
    /// Of version 6 the kernel would first ask for a second or two whether anybody has the address, and lose what comes for it.
    fn addresses(&self, site: &Site, device: &DeviceName) -> Vec<Request> {
        let add = |address: &Address| {
            let is_known = self.is_ours && address.ip.is_ipv6();
            let flags = if is_known { xns_net::Address::NODAD } else { 0 };
            ChangeAddress { flags, ..ChangeAddress::add(device.clone(), address.ip, address.prefix) }.into()
        };
        site.end.addresses.iter().map(add).collect()
    }

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
                vec![ChangeLink::up(name.clone()).into()],
                "a bridge passes nothing on unless it is up",
            );
        }
        Ok(())
    }

    /// A new device's addresses, and it is switched on, with a word for people.
    fn settle(&mut self, site: &Site, device: &DeviceName, alias: String) {
        let mut requests = self.addresses(site, device);
        requests.push(up(device.clone(), alias).into());
        self.switch_on(site, requests);
        self.await_six(site, device);
    }

    /// Its addresses of version 6 are to be used at once.
    fn await_six(&mut self, site: &Site, device: &DeviceName) {
        if self.is_ours && site.end.addresses.iter().any(|address| address.ip.is_ipv6()) {
            let place = site.end.place.clone();
            self.awaited.push(Awaited { place, device: device.clone(), is_six: true });
        }
    }

    fn wait(&mut self) {
        let devices = std::mem::take(&mut self.awaited);
        if !devices.is_empty() {
            self.push(
                Op::AwaitUp(AwaitUp { devices }),
                "the kernel may take a second to see it, in which packets are lost",
            );
        }
    }

    /// These, and what is most often forgotten.
    fn switch_on(&mut self, site: &Site, mut requests: Vec<Request>) {
        let place = &site.end.place;
        let lo = site.lo();
        let is_down = lo.map_or(site.is_made(), |lo| !lo.is_up());
        if is_down {
            let mut change = ChangeLink::up(DeviceName::lo());
            // In a new one it tells what it has to already.
            change.options.alias = lo.and_then(|lo| self.mark(lo, place)).map(|mark| mark.alias());
            requests.push(change.into());
        }
        if !requests.is_empty() {
            self.carry(place.clone(), requests, "addresses, and everything switched on: lo too");
        }
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

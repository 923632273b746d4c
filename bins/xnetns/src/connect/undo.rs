//! The steps that take apart what `connect` has made, and nothing else: devices by their group, the rest by what `lo` and bridges tell.

use super::ConnectError;
use super::end::Address;
use super::ground::Held;
use crate::processes::Processes;
use std::cell::LazyCell;
use std::os::unix::ffi::OsStrExt;
use xns_cli::shown::shown;
use xns_cli::table::Charset;
use xns_core::Actor;
use xns_net::mark::{Mark, is_made};
use xns_net::request::{AddressVerb, ChangeAddress, ChangeLink, DeleteLink, Flag};
use xns_net::store::State;
use xns_net::{Carry, DeviceName, Interface, Op, Place, Reach, RemoveName, Request};
use xns_plan::{Phase, Plan};

/// What is to be taken apart.
pub(super) struct Wish<'a> {
    /// The namespaces that were named; all that have a name where none was.
    pub(super) held: &'a [Held],
    /// Were they named?
    pub(super) named: bool,
    /// Only ports of this bridge.
    pub(super) bridge: Option<&'a DeviceName>,
    /// Our own namespace.
    pub(super) here: &'a Held,
    /// The processes.
    pub(super) processes: &'a LazyCell<Processes>,
}

/// A plan, and what a person is told.
#[derive(Debug, Default)]
pub(super) struct Parted {
    pub(super) plan: Plan,
    pub(super) told: Vec<String>,
}

/// A device that goes. With one end of a pair the other goes as well.
struct Going<'a> {
    place: &'a Place,
    device: &'a Interface,
    /// The other end.
    peer: Option<(&'a Place, u32)>,
}

pub(super) fn plan(wish: &Wish<'_>) -> Result<Parted, ConnectError> {
    let going = going(wish)?;
    let mut parted = Parted::default();
    let mut steps = Steps { reached: Vec::new(), plan: &mut parted.plan };
    for one in &going {
        let request = DeleteLink::of(DeviceName::new(&one.device.name)?).into();
        steps.carry(one.place, vec![request], "made by connect, as its group tells");
    }
    let mut rest = Rest { wish, going: &going, gone: Vec::new() };
    let mut told = rest.bridges(&mut steps)?;
    let others = || wish.held.iter().filter(|held| held.ground.place != Place::Here);
    // Ours may have a name, too.
    let here = Some(wish.here).filter(|here| others().all(|held| held.inode() != here.inode()));
    for held in others().chain(here) {
        told.extend(rest.namespace(held, &mut steps)?);
    }
    parted.told = told;
    if parted.plan.steps.is_empty() {
        return Err(ConnectError::Nothing { place: wish.words(), stale: Vec::new() });
    }
    Ok(parted)
}

impl Wish<'_> {
    fn words(&self) -> String {
        let places: Vec<String> = self.held.iter().map(|held| held.ground.place.to_string()).collect();
        match (self.bridge, self.named) {
            (Some(bridge), _) => format!("that is joined by {bridge}"),
            (None, true) => format!("in {}", places.join(" ")),
            (None, false) => "anywhere".to_owned(),
        }
    }

    /// Where the other end is, of those that are held.
    fn other(&self, from: &Held, device: &Interface) -> Option<(&Held, u32)> {
        let index = device.link?.index;
        let all = self.held.iter().chain([self.here]);
        let mut there = all.filter(|to| from.leads(device, to));
        there.next().map(|held| (held, index))
    }
}

fn is_veth(device: &Interface) -> bool {
    device.kind.as_deref() == Some("veth")
}

/// The devices that go, each pair once.
fn going<'a>(wish: &'a Wish<'_>) -> Result<Vec<Going<'a>>, ConnectError> {
    let bridge = match wish.bridge {
        Some(name) => {
            Some(index_of(wish.here, name).ok_or_else(|| ConnectError::MissingBridge(name.clone()))?)
        }
        None => None,
    };
    // Two that are named: what joins these two. One: all that it is joined by.
    let both = wish.named && wish.held.len() > 1 && bridge.is_none();
    let shared = if both { shared_bridges(wish) } else { Vec::new() };
    let mut going: Vec<Going<'a>> = Vec::new();
    for held in wish.held {
        for device in held.ground.devices.iter().filter(|device| is_made(device) && is_veth(device)) {
            let other = wish.other(held, device);
            let port = other.filter(|(to, _)| to.ground.place == Place::Here);
            let of_bridge = |index| port.and_then(|port| master(wish, port)) == Some(index);
            let within = other
                .is_some_and(|(to, _)| wish.held.iter().any(|held| held.ground.place == to.ground.place));
            let shares =
                port.and_then(|port| master(wish, port)).is_some_and(|bridge| shared.contains(&bridge));
            let wanted = bridge.map_or(!both || within || shares, of_bridge);
            let is_known = going.iter().any(|known| known.peer == Some((&held.ground.place, device.index)));
            if wanted && !is_known {
                let peer = other.map(|(to, index)| (&to.ground.place, index));
                going.push(Going { place: &held.ground.place, device, peer });
            }
        }
    }
    Ok(going)
}

/// The bridge here that an end here is a port of.
fn master(wish: &Wish<'_>, (_, index): (&Held, u32)) -> Option<u32> {
    wish.here.ground.devices.iter().find(|port| port.index == index)?.master
}

/// The bridges here that join two or more of those that were named.
fn shared_bridges(wish: &Wish<'_>) -> Vec<u32> {
    let mut found: Vec<u32> = Vec::new();
    for held in wish.held {
        let made = held.ground.devices.iter().filter(|device| is_made(device) && is_veth(device));
        let port = |device| wish.other(held, device).filter(|(to, _)| to.ground.place == Place::Here);
        let mut bridges: Vec<u32> = made.filter_map(|device| master(wish, port(device)?)).collect();
        bridges.sort_unstable();
        bridges.dedup();
        found.extend(bridges);
    }
    found.sort_unstable();
    found.chunk_by(|one, other| one == other).filter(|same| same.len() > 1).map(|same| same[0]).collect()
}

fn index_of(held: &Held, name: &DeviceName) -> Option<u32> {
    held.ground.devices.iter().find(|device| device.name == name.as_os_str()).map(|device| device.index)
}

/// What is left to be done when the devices have gone.
struct Rest<'a> {
    wish: &'a Wish<'a>,
    going: &'a [Going<'a>],
    /// Bridges of our own namespace that go.
    gone: Vec<u32>,
}

impl Rest<'_> {
    fn goes(&self, place: &Place, index: u32) -> bool {
        self.going.iter().any(|going| {
            (going.place == place && going.device.index == index) || going.peer == Some((place, index))
        }) || (*place == Place::Here && self.gone.contains(&index))
    }

    /// Does a device of it go?
    fn touches(&self, place: &Place) -> bool {
        self.going.iter().any(|going| going.place == place || going.peer.is_some_and(|(of, _)| of == place))
    }

    /// Is it to be as it was before, whether or not a device of it goes?
    fn is_asked(&self, place: &Place) -> bool {
        let is_named = || self.wish.held.iter().any(|held| held.ground.place == *place);
        self.wish.bridge.is_none() && (!self.wish.named || is_named())
    }

    /// Bridges that have no ports any more: one of ours goes, another one loses the addresses that we gave it.
    fn bridges(&mut self, steps: &mut Steps<'_>) -> Result<Vec<String>, ConnectError> {
        let (mut told, mut gone) = (Vec::new(), Vec::new());
        let here = &self.wish.here.ground;
        let wanted = |device: &&Interface| {
            let named = self.wish.bridge.is_none_or(|name| device.name == name.as_os_str());
            let lost = here
                .devices
                .iter()
                .any(|port| port.master == Some(device.index) && self.goes(&here.place, port.index));
            // One whose making was cut short has no ports yet.
            let asked = self.wish.bridge.is_some() || (!self.wish.named && is_made(device));
            device.kind.as_deref() == Some("bridge") && named && (lost || asked)
        };
        for bridge in here.devices.iter().filter(wanted) {
            let name = DeviceName::new(&bridge.name)?;
            let ports = here.devices.iter().filter(|port| port.master == Some(bridge.index));
            let stay: Vec<&Interface> = ports.filter(|port| !self.goes(&here.place, port.index)).collect();
            if stay.iter().any(|port| is_made(port)) {
                continue;
            }
            if let (true, Some(port)) = (is_made(bridge), stay.first()) {
                let port = shown(port.name.as_bytes(), Charset::Utf8);
                told.push(format!("{name} is kept: {port} is a port of it, which connect has not made"));
                continue;
            }
            if is_made(bridge) {
                gone.push(bridge.index);
                steps.carry(
                    &Place::Here,
                    vec![DeleteLink::of(name).into()],
                    "made by connect, and without ports now",
                );
            } else if let Some(mark) = Mark::of(bridge) {
                steps.carry(
                    &Place::Here,
                    given_back(&name, &mark),
                    "what connect gave to a bridge that was there",
                );
            }
        }
        self.gone = gone;
        Ok(told)
    }

    /// A namespace that we made goes when nobody else uses it; in another one `lo` is as it was.
    fn namespace(&self, held: &Held, steps: &mut Steps<'_>) -> Result<Option<String>, ConnectError> {
        let devices = &held.ground.devices;
        let place = &held.ground.place;
        let stays = |device: &&Interface| !self.goes(place, device.index);
        let Some(lo) = devices.iter().find(|device| device.name == "lo") else { return Ok(None) };
        if devices.iter().filter(stays).any(is_made) || !(self.touches(place) || self.is_asked(place)) {
            return Ok(None);
        }
        let Some(mark) = Mark::of(lo) else { return Ok(self.unmarked(place, lo)) };
        if mark.made {
            let Place::Name(name) = place else {
                let why = "connect has made it, and it goes by its name (xnetns list)";
                return Ok(Some(format!("the network namespace of {place} is kept: {why}")));
            };
            return Ok(match self.user(held) {
                Some(why) => Some(format!("{place} is kept: {why} (xnetns del {place})")),
                None => {
                    let remove = RemoveName { name: name.clone(), state: Some(State::Live(held.inode())) };
                    steps.push(Op::RemoveName(remove), "made by connect, and nobody else uses it");
                    None
                }
            });
        }
        if mark.up {
            let mut change = ChangeLink::of(DeviceName::lo());
            change.options.flags.push((Flag::Up, false));
            change.options.alias = Some("".into());
            steps.carry(place, vec![change.into()], "as it was before");
        }
        Ok(None)
    }

    /// Who else uses a namespace.
    fn user(&self, held: &Held) -> Option<String> {
        let stays = |device: &&Interface| !self.goes(&held.ground.place, device.index);
        // What the kernel makes in each namespace is tied to nothing (`sit0`, `tunl0`).
        let is_others = |device: &&Interface| device.name != "lo" && !device.is_untied;
        match held.ground.devices.iter().filter(stays).find(is_others) {
            Some(device) => {
                let name = shown(device.name.as_bytes(), Charset::Utf8);
                Some(format!("{name} is in it, which connect has not made"))
            }
            None => {
                let pid = self.wish.processes.others(held.inode()).next()?;
                Some(format!("process {pid} is in it"))
            }
        }
    }

    /// The alias of `lo` is another's, so that nothing tells any more whether the namespace was made, or `lo` switched on.
    fn unmarked(&self, place: &Place, lo: &Interface) -> Option<String> {
        let alias = lo.alias.as_ref().filter(|_| lo.is_up() && self.touches(place))?;
        let why =
            format!("lo has the alias {}, which is not connect's", shown(alias.as_bytes(), Charset::Utf8));
        Some(match place {
            Place::Name(name) => format!("{name} is left, and lo on in it: {why} (xnetns del {name})"),
            _ => format!("lo of {place} is left on: {why}"),
        })
    }
}

/// The addresses, the switch and the alias of a device that was there before.
fn given_back(name: &DeviceName, mark: &Mark) -> Vec<Request> {
    let addresses = mark.addresses.iter().filter_map(|text| Address::parse(text));
    let remove = |address: Address| {
        let add = ChangeAddress::add(name.clone(), address.ip, address.prefix);
        ChangeAddress { verb: AddressVerb::Delete, ..add }.into()
    };
    let mut change = ChangeLink::of(name.clone());
    change.options.alias = Some("".into());
    if mark.up {
        change.options.flags.push((Flag::Up, false));
    }
    addresses.map(remove).chain([change.into()]).collect()
}

/// The plan as it grows.
struct Steps<'p> {
    reached: Vec<Place>,
    plan: &'p mut Plan,
}

impl Steps<'_> {
    fn push(&mut self, op: impl Into<Op>, why: &'static str) {
        self.plan.push(Actor::Caller, Phase::Create, op.into(), why);
    }

    fn carry(&mut self, place: &Place, requests: Vec<Request>, why: &'static str) {
        // Our own before any other: those lead away.
        for place in [&Place::Here, place] {
            if !self.reached.contains(place) {
                self.reached.push(place.clone());
                self.push(Op::Reach(Reach(place.clone())), "the requests go to a socket in it");
            }
        }
        self.push(Carry::all(place.clone(), requests), why);
    }
}

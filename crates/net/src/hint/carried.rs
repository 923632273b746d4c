//! Why a request about devices, addresses and routes was refused (E59 and E61, rights, devices that do not move).

use crate::interface::Interface;
use crate::name::{DeviceName, Place};
use crate::op::Refused;
use crate::request::{
    AddressVerb, ChangeAddress, ChangeLink, ChangeRoute, LinkKind, NewLink, Request, RouteVerb,
};
use xns_core::shell::{is_unsafe_to_print, path, quote};
use xns_core::{Errno, Facts, Hint};

/// The cause, if it is known.
pub(crate) fn refused(place: &Place, request: &Request, refused: &Refused, facts: &Facts) -> Option<Hint> {
    let site = Site { place, refused };
    let refusal = &refused.refusal;
    if let Some(device) = &refusal.device {
        return Some(site.no_device(device));
    }
    match (refusal.errno, request) {
        (Errno::EACCES, Request::Address(change)) if change.ip.is_ipv6() => Some(site.no_six(change)),
        (Errno::EPERM | Errno::EACCES, _) => Some(site.no_right(facts)),
        (Errno::EEXIST, Request::NewLink(new)) => {
            site.name_taken(&names_of(new)).or_else(|| Some(site.name_taken_elsewhere(&places_of(new), None)))
        }
        (Errno::EEXIST, Request::ChangeLink(change)) => match (&change.name, &change.options.namespace) {
            (name, Some(place)) => Some(site.name_taken_elsewhere(&[place], name.as_ref())),
            (Some(name), None) => site.name_taken(std::slice::from_ref(name)),
            (None, None) => None,
        },
        (Errno::EEXIST, Request::Address(change)) => Some(site.address_given(change)),
        (Errno::EEXIST, Request::Route(change)) => Some(site.route_there(change)),
        (Errno::EOPNOTSUPP, Request::NewLink(new)) => Some(no_such_kind(new.kind.name())),
        (Errno::EINVAL | Errno::EOPNOTSUPP, Request::ChangeLink(change))
            if change.options.namespace.is_some() =>
        {
            Some(site.does_not_move(change))
        }
        (Errno::EADDRNOTAVAIL, Request::Address(change)) => Some(site.no_such_address(change)),
        (
            Errno::ENETUNREACH | Errno::EHOSTUNREACH | Errno::ENETDOWN | Errno::EINVAL,
            Request::Route(change),
        ) if change.verb != RouteVerb::Delete => site.no_way(change),
        (Errno::ESRCH, Request::Route(change)) if change.verb == RouteVerb::Delete => Some(
            Hint::new("XNS-NET-no-route", format!("no route {} is just so", site.in_words()))
                .because("a route is removed by what it was made with: prefix, table, metric")
                .cure(site.tool("route show table all"), "shows them"),
        ),
        _ => None,
    }
}

/// Where it happened.
struct Site<'a> {
    place: &'a Place,
    refused: &'a Refused,
}

impl Site<'_> {
    /// `in RED`
    fn in_words(&self) -> String {
        match self.place {
            Place::Here => "here".to_owned(),
            place => format!("in {}", place.label()),
        }
    }

    /// A line of ours that speaks to the same namespace.
    fn tool(&self, words: &str) -> String {
        match self.place {
            Place::Here => format!("xnetns {words}"),
            Place::Name(name) => format!("xnetns -n {} {words}", quote(name.as_os_str())),
            Place::Process(pid) => format!("nsenter --net -t {pid} xnetns {words}"),
            Place::File(file) => format!("nsenter --net={} xnetns {words}", path(file)),
        }
    }

    /// A line of another program that works in the same namespace.
    fn program(&self, words: &str) -> String {
        match self.place {
            Place::Here => words.to_owned(),
            Place::Name(name) => format!("xnetns exec {} {words}", quote(name.as_os_str())),
            Place::Process(pid) => format!("nsenter --net -t {pid} {words}"),
            Place::File(file) => format!("nsenter --net={} {words}", path(file)),
        }
    }

    /// Rights are refused by EPERM.
    fn no_six(&self, change: &ChangeAddress) -> Hint {
        let setting = "net.ipv6.conf.all.disable_ipv6";
        Hint::new(
            "XNS-NET-no-ipv6",
            format!("IPv6 is switched off for {} {}", change.device, self.in_words()),
        )
        .because(format!(
            "the kernel answers EACCES: {setting}, or that of the device or of new ones (default), is 1"
        ))
        .cure(self.program(&format!("sysctl -w {setting}=0")), "switches it on for all devices")
    }

    fn device(&self, name: &DeviceName) -> Option<&Interface> {
        self.refused.there.iter().find(|interface| interface.name == name.as_os_str())
    }

    fn no_device(&self, device: &DeviceName) -> Hint {
        const SHOWN: usize = 8;
        let there = &self.refused.there;
        let mut names: Vec<_> = there.iter().take(SHOWN).map(name_of).collect();
        if there.len() > SHOWN {
            names.push("…".to_owned());
        }
        let hint =
            Hint::new("XNS-NET-no-device", format!("no device {} is called {device}", self.in_words()));
        hint.because(format!("those there are: {}", names.join(" ")))
            .cure(self.tool("link"), "shows them; one that was moved is in another namespace")
            .cure("xnetns show", "shows the devices of all namespaces")
    }

    fn no_right(&self, facts: &Facts) -> Hint {
        const NET_ADMIN: u32 = 12;
        let cause = "changing a network namespace takes CAP_NET_ADMIN in the user namespace that owns it";
        let mut hint = Hint::new("XNS-NET-rights", cause);
        hint = match facts.has_capability("CapEff", NET_ADMIN) {
            Some(false) => hint.because(format!(
                "/proc/self/status: CapEff is without bit 12; you are uid {} here",
                facts.euid()
            )),
            _ if self.refused.foreign_owner => hint.because(format!(
                "the network namespace {} is not owned by the user namespace that you are in, in which you have it",
                self.in_words()
            )),
            _ => hint.because("the namespace that the device would come to may be another's"),
        };
        const NO_WORDS: &[&str] = &[];
        if facts.euid() == 0 {
            return hint.cure("xunshare -n", "makes one that is owned by this user namespace");
        }
        hint.cure(facts.command_with(&["sudo"], NO_WORDS), "")
            .cure("xunshare -rmn", "makes one of your own, in which you may")
    }

    fn name_taken(&self, names: &[DeviceName]) -> Option<Hint> {
        let (name, owner) = names.iter().find_map(|name| Some((name, self.device(name)?)))?;
        let kind = owner.kind.as_deref().unwrap_or("no virtual device");
        let hint =
            Hint::new("XNS-E59-name-taken", format!("a device {} is called {name} already", self.in_words()))
                .because(format!("device {} there: {}, {}", owner.index, printable(kind), owner.state));
        let delete = self.tool(&format!("link del {}", quote(name.as_os_str())));
        Some(match owner.kind.as_deref() {
            Some("veth") => hint
                .because("the end of a veth whose other end's namespace was just removed stays for a moment: the kernel clears up later")
                .cure(delete, "removes it, and its other end")
                .cure("xnetns del NAME", "removes a namespace, and waits until its devices are gone"),
            Some(_) => hint.cure(delete, "removes it"),
            None => hint.cure(self.tool("link"), "shows the names that are taken"),
        })
    }

    /// In the namespace that the device would come to. The kernel moves it first, and gives it a new name then.
    fn name_taken_elsewhere(&self, places: &[&Place], renamed: Option<&DeviceName>) -> Hint {
        let labels: Vec<_> = places.iter().map(|place| place.label()).collect();
        let there =
            if labels.is_empty() { "there".to_owned() } else { format!("in {}", labels.join(" or ")) };
        let hint = Hint::new("XNS-E59-name-taken", format!("a device {there} has that name already"))
            .because("a name is given once in a network namespace");
        let hint = match (renamed, places.first()) {
            (Some(name), Some(Place::Name(to))) => {
                hint.because("a device is moved first, and renamed then").cure(
                    format!("xnetns -n {} link show {}", quote(to.as_os_str()), quote(name.as_os_str())),
                    "shows who has the name; the device may be there under its old one",
                )
            }
            (Some(_), _) => {
                hint.because("a device is moved first, and renamed then: it may be there under its old name")
            }
            (None, _) => hint,
        };
        match places.first() {
            Some(Place::Name(to)) => {
                hint.cure(format!("xnetns -n {} link", quote(to.as_os_str())), "shows the devices there")
            }
            _ => hint,
        }
    }

    fn address_given(&self, change: &ChangeAddress) -> Hint {
        let ChangeAddress { ip, prefix, device, .. } = change;
        let words = format!("addr replace {ip}/{prefix} dev {}", quote(device.as_os_str()));
        Hint::new("XNS-E59-address", format!("{device} has {ip}/{prefix} already"))
            .because(self.addresses_of(device))
            .cure(self.tool(&words), "takes what is there, or makes it")
    }

    fn route_there(&self, change: &ChangeRoute) -> Hint {
        let mut replace = change.clone();
        replace.verb = RouteVerb::Replace;
        let words = xns_core::shell::line(Request::from(replace).words());
        Hint::new("XNS-E59-route", "a route to there, with the same metric, is in the table already")
            .because("an address that is given with its prefix brings one (proto kernel)")
            .cure(self.tool(&words), "takes its place")
            .cure(self.tool("route"), "shows the routes")
    }

    fn no_such_address(&self, change: &ChangeAddress) -> Hint {
        Hint::new("XNS-NET-no-address", format!("{} has no {}/{}", change.device, change.ip, change.prefix))
            .because(self.addresses_of(&change.device))
            .because(match change.verb {
                AddressVerb::Delete => "an address is removed with the prefix that it was given with",
                _ => "an address is changed with the prefix that it was given with",
            })
    }

    fn addresses_of(&self, device: &DeviceName) -> String {
        let Some(interface) = self.device(device) else { return format!("{device} is not there any more") };
        let addresses: Vec<_> = interface.addresses.iter().map(ToString::to_string).collect();
        match addresses.as_slice() {
            [] => format!("{device} has no address"),
            addresses => format!("{device} has {}", addresses.join(", ")),
        }
    }

    /// E61: the steps were not done in order.
    fn no_way(&self, change: &ChangeRoute) -> Option<Hint> {
        let hop = std::iter::once(&change.hop)
            .chain(&change.more)
            .find(|hop| hop.via.is_some() || hop.device.is_some())?;
        let device = hop.device.as_ref().and_then(|name| self.device(name));
        let down: Vec<_> = self
            .refused
            .there
            .iter()
            .filter(|one| device.is_none_or(|device| device.index == one.index))
            .filter(|one| !one.is_up() && (device.is_some() || !one.addresses.is_empty()))
            .collect();
        let mut hint = match hop.via {
            Some(via) => Hint::new(
                "XNS-E61-order",
                format!("no device {} that is up has an address in the network of {via}", self.in_words()),
            ),
            None => Hint::new("XNS-E61-order", "the device of a route must be up before it"),
        };
        for one in self.refused.there.iter().filter(|one| one.index != 1).take(4) {
            let addresses: Vec<_> = one.addresses.iter().map(ToString::to_string).collect();
            let addresses = if addresses.is_empty() { "no address".to_owned() } else { addresses.join(", ") };
            let state = if one.is_up() { "up" } else { "down" };
            hint = hint.because(format!("{} is {state}, {addresses}", name_of(one)));
        }
        for one in &down {
            hint = hint.cure(
                self.tool(&format!("link set {} up", quote(&one.name))),
                "first, then the address, then the route",
            );
        }
        if down.is_empty() {
            let mut others = self.refused.there.iter().filter(|one| one.index != 1);
            let only = others.next().filter(|_| others.next().is_none());
            let device = device.or(only).map_or_else(|| "DEVICE".to_owned(), |device| quote(&device.name));
            hint = hint.cure(
                self.tool(&format!("addr add ADDRESS/PREFIX dev {device}")),
                "an address in that network first",
            );
        }
        Some(hint)
    }

    fn does_not_move(&self, change: &ChangeLink) -> Hint {
        let crate::request::Which::Device(name) = &change.which else {
            return Hint::new(
                "XNS-NET-immovable",
                "one of the devices belongs to its namespace, and does not move",
            );
        };
        let kind = self.device(name).and_then(|device| device.kind.as_deref());
        let hint = Hint::new(
            "XNS-NET-immovable",
            format!("{name} belongs to its network namespace, and does not move"),
        );
        let hint = match kind {
            None if name.as_bytes() == b"lo" => {
                hint.because("each network namespace has a loopback of its own")
            }
            Some(kind) => hint.because(format!(
                "it is a {}: kernels keep bridges, tunnels of a namespace and the like where they were made",
                printable(kind)
            )),
            None => hint.because("its driver says so (netns-local of ethtool -k)"),
        };
        match (kind, &change.options.namespace) {
            (Some(kind), Some(Place::Name(to))) => hint.cure(
                format!(
                    "xnetns -n {} link add {} type {}",
                    quote(to.as_os_str()),
                    quote(name.as_os_str()),
                    printable(kind)
                ),
                "makes it where it is to be",
            ),
            _ => hint,
        }
    }
}

fn no_such_kind(kind: &str) -> Hint {
    Hint::new("XNS-NET-kind", format!("this kernel cannot make devices of the type {}", printable(kind)))
        .because("neither built in nor a module that it could load has it, or a setting is not for it")
        .cure(
            format!("modprobe {}", quote(module_of(kind))),
            "as root of the machine, if the kernel has the module",
        )
}

/// What is called otherwise than its kind of device.
fn module_of(kind: &str) -> &str {
    match kind {
        "vlan" => "8021q",
        "bond" => "bonding",
        "gre" | "gretap" | "erspan" => "ip_gre",
        "ip6gre" | "ip6gretap" | "ip6erspan" => "ip6_gre",
        "ip6tnl" => "ip6_tunnel",
        "vti" => "ip_vti",
        "vti6" => "ip6_vti",
        "xfrm" => "xfrm_interface",
        kind => kind,
    }
}

/// The namespaces in which its ends are to be.
fn places_of(new: &NewLink) -> Vec<&Place> {
    let peer = match &new.kind {
        LinkKind::Veth(peer) => peer.options.namespace.as_ref(),
        LinkKind::Of { .. } => None,
    };
    new.options.namespace.iter().chain(peer).collect()
}

fn names_of(new: &NewLink) -> Vec<DeviceName> {
    let peer = match &new.kind {
        LinkKind::Veth(peer) => peer.name.clone(),
        LinkKind::Of { .. } => None,
    };
    new.name.iter().cloned().chain(peer).collect()
}

fn name_of(interface: &Interface) -> String {
    printable(&interface.name.to_string_lossy())
}

fn printable(text: &str) -> String {
    let shown = |c: char| if is_unsafe_to_print(c) { c.escape_unicode().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_may_be_called_otherwise() {
        let cure = |kind| no_such_kind(kind).cures[0].action.clone();
        assert_eq!(
            [cure("vlan"), cure("bond"), cure("dummy")],
            ["modprobe 8021q", "modprobe bonding", "modprobe dummy"]
        );
    }
}

//! The same as JSON: an array with an object for each network namespace and for each name without one.

use super::words;
use super::world::{Contents, Space, is_pair};
use serde_json::{Value, json};
use std::os::unix::ffi::OsStrExt;
use xns_cli::shown::text;
use xns_net::store::State;
use xns_net::{Address, Interface, NetnsName, Route};

/// A network namespace.
pub(super) fn space(at: usize, spaces: &[Space], is_wanted: &dyn Fn(bool) -> bool) -> Value {
    let space = &spaces[at];
    let known = space.known();
    let interfaces = known.map(|contents| {
        let each = contents.interfaces.iter();
        each.map(|one| interface(one, at, contents, spaces, is_wanted)).collect::<Vec<_>>()
    });
    let routes = known.map(|contents| {
        let each = contents.routes.iter().filter(|route| is_wanted(route.is_six));
        each.map(|one| route(one, contents)).collect::<Vec<_>>()
    });
    let why = space.contents.as_ref().and_then(|contents| contents.as_ref().err());
    let mut value = identity(space);
    value["state"] = json!(if known.is_some() { "live" } else { "closed" });
    value["why"] = json!(why.map(ToString::to_string));
    value["processes"] = json!(space.crowd.count);
    value["interfaces"] = json!(interfaces);
    value["routes"] = json!(routes);
    value
}

/// Which network namespace it is.
pub(crate) fn identity(space: &Space) -> Value {
    let names: Vec<String> = space.names.iter().map(|name| text(name.as_os_str().as_bytes())).collect();
    let process =
        (space.crowd.count > 0).then(|| json!({"pid": space.crowd.first, "command": text(&space.command)}));
    json!({"name": names.first(), "names": names, "host": space.is_here, "inode": space.inode, "process": process})
}

/// A name that leads to none.
pub(super) fn dead(name: &NetnsName, state: State) -> Value {
    let word = if state == State::Stale { "stale" } else { "foreign" };
    let name = text(name.as_os_str().as_bytes());
    json!({"name": name, "names": [name], "host": false, "inode": null, "process": null, "state": word,
        "why": state.to_string(), "processes": 0, "interfaces": null, "routes": null})
}

fn interface(
    interface: &Interface,
    at: usize,
    contents: &Contents,
    spaces: &[Space],
    is_wanted: &dyn Fn(bool) -> bool,
) -> Value {
    let tied = contents.end_of(interface.index).map(|end| {
        let other = end.space.map(|other| identity(&spaces[other]));
        let found = words::end_interface(end, spaces);
        json!({"index": end.index, "name": found.map(|found| text(found.name.as_bytes())),
            "state": found.map(words::state), "same": end.space == Some(at), "namespace": other})
    });
    let (peer, link) = if is_pair(interface) { (tied, None) } else { (None, tied) };
    let wanted = |address: &&Address| is_wanted(address.ip.is_ipv6());
    let addresses = interface.addresses.iter().filter(wanted).map(|one| address(one, interface));
    json!({
        "index": interface.index,
        "name": text(interface.name.as_bytes()),
        "state": words::state(interface),
        "operstate": interface.state.word(),
        "flags": interface.flag_words(),
        "kind": interface.kind,
        "mac": (!interface.hardware.is_empty()).then(|| interface.mac()),
        "mtu": interface.mtu,
        "master": interface.master.map(|master| text(&words::device(master, contents))),
        "alias": interface.alias.as_ref().map(|alias| text(alias.as_bytes())),
        "peer": peer,
        "link": link,
        "addresses": addresses.collect::<Vec<_>>(),
    })
}

fn address(address: &Address, of: &Interface) -> Value {
    json!({
        "address": address.ip.to_string(),
        "prefix": address.prefix,
        "peer": address.peer.map(|peer| peer.to_string()),
        "scope": words::scope(address.scope),
        "label": address.label.as_ref().filter(|label| **label != of.name).map(|label| text(label.as_bytes())),
        "flags": words::flags(address),
    })
}

fn route(route: &Route, contents: &Contents) -> Value {
    let name = |index: u32| text(&words::device(index, contents));
    let hops = route
        .hops
        .iter()
        .map(|hop| json!({"via": hop.via.map(|via| via.to_string()), "device": hop.device.map(name)}));
    json!({
        "words": text(&words::route(route, contents)),
        "destination": route.destination.map(|(ip, prefix)| format!("{ip}/{prefix}")),
        "via": route.hop.via.map(|via| via.to_string()),
        "device": route.hop.device.map(name),
        "hops": hops.collect::<Vec<_>>(),
        "source": route.source.map(|source| source.to_string()),
        "metric": route.metric,
        "table": route.table,
    })
}

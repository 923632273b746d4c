//! Every message is decoded by another decoder, and says there what was wished for; the words of ip(8) say it, too.

mod address;
mod link;
mod route;

use super::{Message, Request};
use crate::name::{DeviceName, NetnsName, Place};
use crate::wire;
use netlink_packet_core::{NetlinkMessage, NetlinkPayload};
use netlink_packet_route::RouteNetlinkMessage;
use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What fills the holes: the index of any device, the descriptor of any namespace.
const FILLED: u32 = 77;

/// As the other decoder understands it, and its type and flags.
fn decoded(request: &Request) -> (u16, RouteNetlinkMessage) {
    let Message { kind, flags, mut body, holes } = request.message();
    for (at, _) in holes {
        body[at..at + 4].copy_from_slice(&FILLED.to_ne_bytes());
    }
    let bytes = wire::request(kind, flags, 1, &body);
    let message = NetlinkMessage::<RouteNetlinkMessage>::deserialize(&bytes).unwrap();
    assert_eq!(message.header.message_type, kind);
    let NetlinkPayload::InnerMessage(inner) = message.payload.clone() else { panic!("{message:?}") };
    // Encoded again, nothing is lost or added.
    let mut again = NetlinkMessage::new(message.header, NetlinkPayload::InnerMessage(inner.clone()));
    again.finalize();
    assert_eq!(again.buffer_len(), bytes.len(), "{inner:?}");
    (message.header.flags, inner)
}

fn words(request: &Request) -> String {
    request.line(&Place::Here)
}

fn device() -> impl Strategy<Value = DeviceName> {
    "[a-z][a-z0-9._@-]{0,14}".prop_map(|name| DeviceName::new(name.as_ref()).unwrap())
}

fn place() -> impl Strategy<Value = Place> {
    let name = "[A-Za-z0-9_]{1,20}".prop_map(|name| Place::Name(NetnsName::existing(name.as_ref()).unwrap()));
    prop_oneof![Just(Place::Here), name, (1..100_000_u32).prop_map(Place::Process)]
}

fn v4() -> impl Strategy<Value = IpAddr> {
    any::<u32>().prop_map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits)))
}

fn v6() -> impl Strategy<Value = IpAddr> {
    any::<u128>().prop_map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits)))
}

#[test]
fn lines_for_each_place() {
    let up = Request::from(super::ChangeLink::up(DeviceName::new("lo".as_ref()).unwrap()));
    let name = NetnsName::existing("R E".as_ref()).unwrap();
    assert_eq!(up.line(&Place::Here), "ip link set lo up");
    assert_eq!(up.line(&Place::Name(name)), "ip -n 'R E' link set lo up");
    assert_eq!(up.line(&Place::Process(7)), "nsenter --net -t 7 ip link set lo up");
    assert_eq!(up.line(&Place::File("/x".into())), "nsenter --net=/x ip link set lo up");
}

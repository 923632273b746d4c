use super::*;
use crate::request::{ChangeRoute, NextHop, RouteVerb};
use netlink_packet_route::AddressFamily;
use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteMessage, RouteMetric, RouteNextHopFlags, RouteProtocol, RouteScope,
    RouteType, RouteVia,
};

fn route(request: &Request) -> (u16, bool, RouteMessage) {
    match decoded(request) {
        (flags, RouteNetlinkMessage::NewRoute(route)) => (flags, true, route),
        (flags, RouteNetlinkMessage::DelRoute(route)) => (flags, false, route),
        other => panic!("{other:?}"),
    }
}

fn said(ip: IpAddr) -> RouteAddress {
    match ip {
        IpAddr::V4(ip) => RouteAddress::Inet(ip),
        IpAddr::V6(ip) => RouteAddress::Inet6(ip),
    }
}

proptest! {
    #[test]
    fn one_way(
        to in proptest::option::of((v4(), 1..=32_u8)), via in proptest::option::of(prop_oneof![v4(), v6()]),
        device in proptest::option::of(device()), source in proptest::option::of(v4()), metric in any::<Option<u32>>(),
        table in any::<Option<u32>>(), mtu in any::<Option<u32>>(), onlink in any::<bool>(), delete in any::<bool>(),
    ) {
        let verb = if delete { RouteVerb::Delete } else { RouteVerb::Add };
        let mut wish = ChangeRoute::to(verb, to);
        wish.hop = NextHop { via, device: device.clone(), onlink, weight: None };
        (wish.source, wish.metric, wish.table, wish.mtu) = (source, metric, table, mtu);
        let (flags, is_new, message) = route(&wish.into());
        prop_assert_eq!((flags, is_new), if delete { (1, false) } else { (0x601, true) });
        let head = &message.header;
        prop_assert_eq!(head.address_family, AddressFamily::Inet);
        prop_assert_eq!(head.destination_prefix_length, to.map_or(0, |(_, bits)| bits));
        prop_assert_eq!(head.kind, if delete { RouteType::Unspec } else { RouteType::Unicast });
        prop_assert_eq!(head.protocol, if delete { RouteProtocol::Unspec } else { RouteProtocol::Boot });
        let scope = match (delete, via) {
            (true, _) => RouteScope::NoWhere,
            (_, None) => RouteScope::Link,
            _ => RouteScope::Universe,
        };
        prop_assert_eq!(head.scope, scope);
        prop_assert_eq!(u8::from(onlink) << 2, u8::try_from(head.flags.bits()).unwrap());
        let table = table.unwrap_or(254);
        prop_assert_eq!(u32::from(head.table), if table > 255 { 0 } else { table });
        let mut all: Vec<_> = to.map(|(to, _)| RouteAttribute::Destination(said(to))).into_iter().collect();
        all.extend((table > 255).then_some(RouteAttribute::Table(table)));
        all.extend(source.map(|source| RouteAttribute::PrefSource(said(source))));
        all.extend(metric.map(RouteAttribute::Priority));
        all.extend(mtu.map(|mtu| RouteAttribute::Metrics(vec![RouteMetric::Mtu(mtu)])));
        all.extend(via.map(|via| match via {
            IpAddr::V4(_) => RouteAttribute::Gateway(said(via)),
            IpAddr::V6(ip) => RouteAttribute::Via(RouteVia::Inet6(ip)),
        }));
        all.extend(device.map(|_| RouteAttribute::Oif(FILLED)));
        prop_assert_eq!(message.attributes, all);
    }

    #[test]
    fn several_ways(hops in proptest::collection::vec((v6(), 1..=256_u32, any::<bool>()), 2..5), device in device()) {
        let mut wish = ChangeRoute::to(RouteVerb::Append, Some((Ipv6Addr::LOCALHOST.into(), 128)));
        let mut all = hops.iter().map(|(via, weight, onlink)| NextHop {
            via: Some(*via),
            device: Some(device.clone()),
            onlink: *onlink,
            weight: Some(*weight),
        });
        wish.hop = all.next().unwrap();
        wish.more = all.collect();
        let (flags, _, message) = route(&wish.into());
        prop_assert_eq!((flags, message.header.address_family), (0xc01, AddressFamily::Inet6));
        let Some(RouteAttribute::MultiPath(found)) = message.attributes.last() else { panic!("{message:?}") };
        prop_assert_eq!(found.len(), hops.len());
        for (found, (via, weight, onlink)) in found.iter().zip(&hops) {
            prop_assert_eq!(u32::from(found.hops) + 1, *weight);
            prop_assert_eq!(found.flags.contains(RouteNextHopFlags::Onlink), *onlink);
            prop_assert_eq!(found.interface_index, FILLED);
            prop_assert_eq!(&found.attributes, &[RouteAttribute::Gateway(said(*via))]);
        }
    }
}

#[test]
fn the_words_of_ip() {
    let mut wish = ChangeRoute::to(RouteVerb::Replace, None);
    wish.is_six = true;
    wish.hop.device = Some(DeviceName::new("eth0".as_ref()).unwrap());
    wish.metric = Some(5);
    assert_eq!(words(&wish.into()), "ip -6 route replace default dev eth0 metric 5");
    let mut wish = ChangeRoute::to(RouteVerb::Add, Some(([10, 8, 0, 0].into(), 16)));
    wish.kind = 6;
    wish.table = Some(1000);
    assert_eq!(words(&wish.into()), "ip route add blackhole 10.8.0.0/16 table 1000");
    let mut wish = ChangeRoute::to(RouteVerb::Add, Some(([10, 8, 0, 1].into(), 32)));
    wish.hop = NextHop { via: Some(Ipv6Addr::LOCALHOST.into()), weight: Some(2), ..NextHop::default() };
    wish.more = vec![NextHop { via: Some([10, 0, 0, 1].into()), onlink: true, ..NextHop::default() }];
    assert_eq!(
        words(&wish.into()),
        "ip route add 10.8.0.1 nexthop via inet6 ::1 weight 2 nexthop via 10.0.0.1 onlink"
    );
}

use super::*;
use crate::request::{AddressVerb, Broadcast, ChangeAddress, Lifetimes};
use netlink_packet_route::AddressFamily;
use netlink_packet_route::address::{AddressAttribute, AddressMessage, AddressScope};

fn address(request: &Request) -> (u16, bool, AddressMessage) {
    match decoded(request) {
        (flags, RouteNetlinkMessage::NewAddress(address)) => (flags, true, address),
        (flags, RouteNetlinkMessage::DelAddress(address)) => (flags, false, address),
        other => panic!("{other:?}"),
    }
}

fn verb() -> impl Strategy<Value = AddressVerb> {
    proptest::sample::select(vec![
        AddressVerb::Add,
        AddressVerb::Change,
        AddressVerb::Replace,
        AddressVerb::Delete,
    ])
}

proptest! {
    #[test]
    fn of_version_4(
        verb in verb(), device in device(), ip in v4(), prefix in 0..=32_u8, peer in proptest::option::of(v4()),
        ones in any::<Option<bool>>(), label in proptest::option::of("[a-z]{1,8}:[0-9]"), metric in any::<Option<u32>>(),
        times in any::<Option<(u32, u32)>>(),
    ) {
        let mut wish = ChangeAddress::add(device, ip, prefix);
        wish.verb = verb;
        wish.peer = peer;
        wish.broadcast = ones.map(|ones| if ones { Broadcast::Ones } else { Broadcast::Zeros });
        wish.label = label.clone().map(Into::into);
        wish.metric = metric;
        wish.lifetimes = times.map(|(valid, preferred)| Lifetimes { valid, preferred });
        let (flags, is_new, message) = address(&wish.into());
        let expected = match verb {
            AddressVerb::Add => (0x601, true),
            AddressVerb::Change => (0x101, true),
            AddressVerb::Replace => (0x501, true),
            AddressVerb::Delete => (1, false),
        };
        prop_assert_eq!((flags, is_new), expected);
        let head = &message.header;
        prop_assert_eq!((head.family, head.prefix_len, head.index), (AddressFamily::Inet, prefix, FILLED));
        let IpAddr::V4(bits) = ip else { unreachable!() };
        let host = bits.octets()[0] == 127;
        prop_assert_eq!(head.scope, if host { AddressScope::Host } else { AddressScope::Universe });
        let IpAddr::V4(network) = peer.unwrap_or(ip) else { unreachable!() };
        let mut all = vec![AddressAttribute::Local(ip), AddressAttribute::Address(network.into())];
        if let Some(ones) = ones.filter(|_| prefix <= 30) {
            let mask = if prefix == 0 { 0 } else { u32::MAX << (32 - prefix) };
            let broadcast = if ones { network.to_bits() | !mask } else { network.to_bits() & mask };
            all.push(AddressAttribute::Broadcast(Ipv4Addr::from_bits(broadcast)));
        }
        all.extend(label.map(AddressAttribute::Label));
        all.extend(metric.map(AddressAttribute::RoutePriority));
        let mut found = message.attributes.clone();
        if let Some((valid, preferred)) = times {
            let Some(AddressAttribute::CacheInfo(info)) = found.pop() else { panic!("{found:?}") };
            prop_assert_eq!((info.ifa_valid, info.ifa_preferred), (valid, preferred));
        }
        prop_assert_eq!(found, all);
    }

    #[test]
    fn of_version_6(device in device(), ip in v6(), prefix in 0..=128_u8, flags in any::<bool>()) {
        let mut wish = ChangeAddress::add(device, ip, prefix);
        wish.flags = if flags { 2 } else { 0 };
        let (_, _, message) = address(&wish.into());
        prop_assert_eq!((message.header.family, message.header.prefix_len), (AddressFamily::Inet6, prefix));
        let local = [AddressAttribute::Local(ip), AddressAttribute::Address(ip)];
        prop_assert_eq!(&message.attributes[..2], &local);
        prop_assert_eq!(message.attributes.len(), 2 + usize::from(flags));
    }
}

#[test]
fn the_words_of_ip() {
    let eth = DeviceName::new("eth0".as_ref()).unwrap();
    let mut wish = ChangeAddress::add(eth, [10, 0, 0, 1].into(), 24);
    assert_eq!(words(&wish.clone().into()), "ip addr add 10.0.0.1/24 dev eth0");
    wish.peer = Some([10, 0, 0, 2].into());
    wish.broadcast = Some(Broadcast::Ones);
    wish.scope = Some(253);
    wish.verb = AddressVerb::Delete;
    assert_eq!(words(&wish.into()), "ip addr del 10.0.0.1 peer 10.0.0.2/24 broadcast + scope link dev eth0");
}

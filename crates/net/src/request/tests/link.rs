use super::*;
use crate::request::{
    ChangeLink, DeleteLink, Flag, Form, KINDS, Kind, Knob, LinkKind, LinkOptions, NewLink, Peer, Setting,
    Value, Which,
};
use netlink_packet_core::Nla;
use netlink_packet_route::link::{
    InfoBridge, InfoData, InfoIpVlan, InfoKind, InfoMacVlan, InfoMacVtap, InfoVeth, InfoVlan, InfoVrf,
    InfoVxlan, LinkAttribute, LinkInfo, LinkMessage,
};

fn options() -> impl Strategy<Value = LinkOptions> {
    let flags = proptest::sample::subsequence(Flag::ALL.to_vec(), 0..=Flag::ALL.len());
    let flags = flags.prop_flat_map(|flags| {
        let many = flags.len();
        (Just(flags), proptest::collection::vec(any::<bool>(), many))
    });
    let numbers = (any::<Option<u32>>(), any::<Option<u32>>(), any::<Option<u32>>());
    let addresses = proptest::option::of(proptest::collection::vec(any::<u8>(), 6));
    // As ip(8), we send it without a NUL, which the other decoder adds: it finds room in the padding.
    let alias = proptest::option::of("([a-z ]{4}){0,6}[a-z ]{1,3}");
    let master = proptest::option::of(proptest::option::of(device()));
    (addresses.clone(), addresses, numbers, alias, flags, master, proptest::option::of(place())).prop_map(
        |(address, broadcast, (mtu, txqueuelen, group), alias, (flags, on), master, namespace)| LinkOptions {
            address,
            broadcast,
            mtu,
            txqueuelen,
            group,
            alias: alias.map(Into::into),
            flags: flags.into_iter().zip(on).collect(),
            master,
            namespace,
        },
    )
}

/// What the other decoder is to find for these, in this order.
fn expected(options: &LinkOptions) -> Vec<LinkAttribute> {
    let mut all = Vec::new();
    all.extend(options.address.clone().map(LinkAttribute::Address));
    all.extend(options.broadcast.clone().map(LinkAttribute::Broadcast));
    all.extend(options.mtu.map(LinkAttribute::Mtu));
    all.extend(options.txqueuelen.map(LinkAttribute::TxQueueLen));
    all.extend(options.group.map(LinkAttribute::Group));
    all.extend(options.alias.clone().map(|alias| LinkAttribute::IfAlias(alias.into_string().unwrap())));
    all.extend(options.master.clone().map(|master| LinkAttribute::Controller(master.map_or(0, |_| FILLED))));
    all.extend(options.namespace.as_ref().map(|_| LinkAttribute::NetNsFd(FILLED as i32)));
    all
}

fn name_of(name: &Option<DeviceName>) -> Option<LinkAttribute> {
    name.as_ref().map(|name| LinkAttribute::IfName(name.to_string()))
}

/// Flags as netdevice(7) has them: `arp` and `trailers` are the contrary of theirs.
fn check_head(message: &LinkMessage, options: &LinkOptions, index: u32) {
    let bits = |flag: &Flag| match flag {
        Flag::Up => (libc_iff(0), false),
        Flag::Arp => (libc_iff(7), true),
        Flag::Promiscuous => (libc_iff(8), false),
        Flag::AllMulticast => (libc_iff(9), false),
        Flag::Multicast => (libc_iff(12), false),
        Flag::Dynamic => (libc_iff(15), false),
        Flag::Trailers => (libc_iff(5), true),
    };
    let (mut flags, mut mask) = (0, 0);
    for (flag, on) in &options.flags {
        let (bit, contrary) = bits(flag);
        mask |= bit;
        flags |= if *on == contrary { 0 } else { bit };
    }
    assert_eq!(message.header.index, index);
    assert_eq!((message.header.flags.bits(), message.header.change_mask.bits()), (flags, mask));
}

fn libc_iff(bit: u32) -> u32 {
    1 << bit
}

fn link(request: &Request) -> (u16, LinkMessage) {
    match decoded(request) {
        (flags, RouteNetlinkMessage::NewLink(link) | RouteNetlinkMessage::DelLink(link)) => (flags, link),
        other => panic!("{other:?}"),
    }
}

/// REQUEST | EXCL | CREATE
const NEW: u16 = 0x601;

proptest! {
    #[test]
    fn a_veth_with_both_ends_placed(
        name in proptest::option::of(device()), options in options(), peer in options(),
        peer_name in proptest::option::of(device()), index in any::<Option<u16>>(),
    ) {
        let kind = LinkKind::Veth(Peer { name: peer_name.clone(), index: index.map(u32::from), options: peer.clone() });
        let new = NewLink { name: name.clone(), index: None, link: None, kind, options: options.clone(), queues: (None, Some(2)) };
        let (flags, message) = link(&Request::from(new));
        prop_assert_eq!(flags, NEW);
        check_head(&message, &options, 0);
        let mut all: Vec<_> = name_of(&name).into_iter().collect();
        all.push(LinkAttribute::NumRxQueues(2));
        all.extend(expected(&options));
        let Some((LinkAttribute::LinkInfo(info), others)) = message.attributes.split_last() else { panic!("{message:?}") };
        prop_assert_eq!(others, all.as_slice());
        let [LinkInfo::Kind(InfoKind::Veth), LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(other)))] = info.as_slice() else {
            panic!("{info:?}")
        };
        check_head(other, &peer, index.map_or(0, u32::from));
        let all: Vec<_> = name_of(&peer_name).into_iter().chain(expected(&peer)).collect();
        prop_assert_eq!(&other.attributes, &all);
    }

    #[test]
    fn changes(name in device(), options in options(), new_name in proptest::option::of(device()), group in any::<Option<u32>>()) {
        let which = group.map_or(Which::Device(name), Which::Group);
        let change = ChangeLink { which: which.clone(), name: new_name.clone(), options: options.clone(), kind: None };
        let (flags, message) = link(&Request::from(change));
        prop_assert_eq!(flags, 1);
        check_head(&message, &options, if group.is_some() { 0 } else { FILLED });
        let all: Vec<_> =
            group.map(LinkAttribute::Group).into_iter().chain(name_of(&new_name)).chain(expected(&options)).collect();
        prop_assert_eq!(message.attributes, all);
    }

    #[test]
    fn settings_of_each_kind(kind in 0..KINDS.len(), which in any::<proptest::sample::Index>(), number: u64, ip in prop_oneof![v4(), v6()]) {
        let kind = &KINDS[kind];
        prop_assume!(!kind.knobs.is_empty());
        let knob = &kind.knobs[which.index(kind.knobs.len())];
        let value = value_for(knob, number, ip);
        let new = NewLink::new(
            DeviceName::new("d0".as_ref()).unwrap(),
            LinkKind::Of { kind: kind.name.into(), settings: vec![Setting { knob, value: value.clone() }] },
        );
        let (_, message) = link(&Request::from(new.clone()));
        let Some(LinkAttribute::LinkInfo(info)) = message.attributes.last() else { panic!("{message:?}") };
        let [LinkInfo::Kind(of), LinkInfo::Data(data)] = info.as_slice() else { panic!("{info:?}") };
        prop_assert_eq!(of.to_string(), kind.name);
        let (attribute, bytes, known) = only(data);
        let expected = match (&value, knob.form) {
            (Value::Ip(IpAddr::V6(_)), Form::Ip(six)) => six,
            _ => knob.attribute,
        };
        prop_assert!(known, "{}", knob.word);
        prop_assert_eq!(attribute, expected);
        prop_assert_eq!(bytes, bytes_of(knob, &value));
        // And back.
        let said = words(&Request::from(new));
        let tail = said.split_once(kind.name).unwrap().1.trim_start();
        prop_assert!(tail.trim_start_matches("no").starts_with(knob.word), "{}", said);
    }
}

/// A value that the setting takes.
fn value_for(knob: &Knob, number: u64, ip: IpAddr) -> Value {
    match knob.form {
        // These the other decoder knows as on and off, or of few values.
        Form::Number(1) => Value::Number(number % 2),
        Form::Number(4) if knob.word == "stp_state" => Value::Number(number % 2),
        Form::Number(bytes) if bytes < 8 => Value::Number(number % (1 << (8 * bytes))),
        Form::Number(_) => Value::Number(number),
        Form::BigEndian(bytes) => Value::Number(number % (1 << (8 * bytes))),
        Form::Switch => Value::Number(number % 2),
        Form::Present => Value::Number(1),
        Form::OneOf(words, _) | Form::OneOfBig(words) => {
            Value::Number(words[usize::try_from(number % 64).unwrap() % words.len()].1.into())
        }
        Form::Ip(_) => Value::Ip(ip),
        Form::Device => Value::Device(DeviceName::new("eth9".as_ref()).unwrap()),
    }
}

fn bytes_of(knob: &Knob, value: &Value) -> Vec<u8> {
    match (value, knob.form) {
        (Value::Number(_), Form::Present) => Vec::new(),
        (Value::Number(number), Form::Number(bytes) | Form::OneOf(_, bytes)) => {
            number.to_le_bytes()[..bytes].to_vec()
        }
        (Value::Number(number), Form::BigEndian(bytes)) => number.to_be_bytes()[8 - bytes..].to_vec(),
        (Value::Number(number), Form::OneOfBig(_)) => number.to_be_bytes()[6..].to_vec(),
        (Value::Number(number), _) => vec![u8::try_from(*number).unwrap()],
        (Value::Ip(IpAddr::V4(ip)), _) => ip.octets().to_vec(),
        (Value::Ip(IpAddr::V6(ip)), _) => ip.octets().to_vec(),
        (Value::Device(_), _) => FILLED.to_ne_bytes().to_vec(),
    }
}

/// The type and value of the only attribute, and whether the other decoder knows it.
fn only(data: &InfoData) -> (u16, Vec<u8>, bool) {
    fn value(nla: &impl Nla) -> (u16, Vec<u8>) {
        let mut bytes = vec![0; nla.value_len()];
        nla.emit_value(&mut bytes);
        (nla.kind(), bytes)
    }
    macro_rules! one {
        ($all:expr, $other:path) => {{
            let [one] = $all.as_slice() else { panic!("{:?}", $all) };
            let (kind, bytes) = value(one);
            (kind, bytes, !matches!(one, $other(_)))
        }};
    }
    match data {
        InfoData::Bridge(all) => one!(all, InfoBridge::Other),
        InfoData::Vxlan(all) => one!(all, InfoVxlan::Other),
        InfoData::Vlan(all) => one!(all, InfoVlan::Other),
        InfoData::MacVlan(all) => one!(all, InfoMacVlan::Other),
        InfoData::MacVtap(all) => one!(all, InfoMacVtap::Other),
        InfoData::IpVlan(all) => one!(all, InfoIpVlan::Other),
        InfoData::Vrf(all) => one!(all, InfoVrf::Other),
        other => panic!("{other:?}"),
    }
}

#[test]
fn kinds_are_found_by_name_and_settings_by_word() {
    assert_eq!(
        Kind::find("vxlan").and_then(|kind| kind.knob("dstport")).map(|knob| knob.attribute),
        Some(15)
    );
    assert_eq!(Kind::find("veth"), None);
}

#[test]
fn the_words_of_ip() {
    let name = |word: &str| DeviceName::new(word.as_ref()).unwrap();
    let blue = Place::Name(NetnsName::existing("BLUE".as_ref()).unwrap());
    let peer = Peer {
        name: Some(name("veth1")),
        options: LinkOptions { namespace: Some(blue), ..LinkOptions::default() },
        ..Peer::default()
    };
    let new = Request::from(NewLink::new(name("veth0"), LinkKind::Veth(peer)));
    assert_eq!(words(&new), "ip link add veth0 type veth peer name veth1 netns BLUE");
    let mut change = ChangeLink::up(name("a"));
    change.options.mtu = Some(1400);
    // A name that is the beginning of a keyword.
    assert_eq!(words(&change.into()), "ip link set dev a mtu 1400 up");
    assert_eq!(words(&DeleteLink::of(name("br0")).into()), "ip link del br0");
    let vxlan = Kind::find("vxlan").unwrap();
    let setting = |word: &str, value| Setting { knob: vxlan.knob(word).unwrap(), value };
    let settings = vec![
        setting("id", Value::Number(42)),
        setting("learning", Value::Number(0)),
        setting("dstport", Value::Number(4789)),
        setting("remote", Value::Ip([10, 0, 0, 1].into())),
    ];
    let new = NewLink::new(name("vx0"), LinkKind::Of { kind: "vxlan".into(), settings });
    assert_eq!(
        words(&new.into()),
        "ip link add vx0 type vxlan id 42 nolearning dstport 4789 remote 10.0.0.1"
    );
}

proptest! {
    #[test]
    fn deletions(name in device(), kind in proptest::option::of("[a-z]{1,10}")) {
        let (flags, message) = link(&DeleteLink { which: Which::Device(name), kind: kind.clone() }.into());
        prop_assert_eq!((flags, message.header.index), (1, FILLED));
        prop_assert_eq!(message.attributes.len(), usize::from(kind.is_some()));
    }
}

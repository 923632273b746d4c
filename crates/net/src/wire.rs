//! Netlink messages: how they are framed (netlink(7)), what the kernel answers, and attributes as they are read. Any bytes may come.

use netlink_packet_core::{NLMSG_DONE, NLMSG_ERROR, NetlinkBuffer, NlaBuffer, NlasIterator};
use xns_core::Errno;

/// The length of the header of a message.
pub(crate) const HEADER: usize = 16;

/// A request: its type, its flags beside NLM_F_REQUEST, and what follows the header.
pub(crate) fn request(kind: u16, flags: u16, sequence: u32, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; HEADER + body.len().next_multiple_of(4)];
    let length = u32::try_from(HEADER + body.len()).unwrap_or(u32::MAX);
    let mut header = NetlinkBuffer::new(&mut bytes);
    header.set_length(length);
    header.set_message_type(kind);
    header.set_flags(flags | netlink_packet_core::NLM_F_REQUEST);
    header.set_sequence_number(sequence);
    bytes[HEADER..HEADER + body.len()].copy_from_slice(body);
    bytes
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message<'a> {
    /// One of the answer's parts: its type, what follows the header, and whether the kernel says that the table changed meanwhile.
    Part { kind: u16, body: &'a [u8], interrupted: bool },
    /// The end of several parts.
    Done,
    /// The request was carried out.
    Acknowledged,
    /// The request was refused.
    Refused(Refused<'a>),
}

/// A refusal, with its extended acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused<'a> {
    /// Why.
    pub(crate) errno: Errno,
    /// The kernel's own sentence.
    pub(crate) sentence: Option<&'a [u8]>,
    /// Where in the request the attribute is that it does not take.
    pub(crate) offset: Option<u32>,
}

/// The messages in a datagram, each with the number of the request that it answers. What is cut off is an error (EBADMSG).
pub(crate) fn messages(datagram: &[u8]) -> impl Iterator<Item = (u32, Result<Message<'_>, Errno>)> {
    let mut rest = datagram;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Ok(buffer) = NetlinkBuffer::new_checked(rest) else {
            let sequence = rest.get(8..).and_then(number).unwrap_or_default();
            rest = &[];
            return Some((sequence, Err(Errno::EBADMSG)));
        };
        let length = buffer.length() as usize;
        let message = message(&buffer, &rest[HEADER..length]);
        let sequence = buffer.sequence_number();
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((sequence, message))
    })
}

fn message<'a>(header: &NetlinkBuffer<&[u8]>, body: &'a [u8]) -> Result<Message<'a>, Errno> {
    let code = || body.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes)).ok_or(Errno::EBADMSG);
    Ok(match header.message_type() {
        // A dump that failed half-way says so here.
        NLMSG_DONE => match code() {
            Ok(code) if code < 0 => {
                let extended = body.get(4..).unwrap_or_default();
                Message::Refused(refused(code, header.flags(), extended))
            }
            _ => Message::Done,
        },
        NLMSG_ERROR => match code()? {
            0 => Message::Acknowledged,
            code => {
                Message::Refused(refused(code, header.flags(), behind_request(header.flags(), &body[4..])))
            }
        },
        kind => {
            let interrupted = header.flags() & netlink_packet_core::NLM_F_DUMP_INTR != 0;
            Message::Part { kind, body, interrupted }
        }
    })
}

// linux/netlink.h
const NLM_F_CAPPED: u16 = 0x100;
const NLM_F_ACK_TLVS: u16 = 0x200;
const NLMSGERR_ATTR_MSG: u16 = 1;
const NLMSGERR_ATTR_OFFS: u16 = 2;

/// What follows the request that a refusal holds: all of it, or its header alone.
fn behind_request(flags: u16, body: &[u8]) -> &[u8] {
    let length = match number(body) {
        Some(length) if flags & NLM_F_CAPPED == 0 => (length as usize).max(HEADER),
        _ => HEADER,
    };
    body.get(length.next_multiple_of(4)..).unwrap_or_default()
}

fn refused(code: i32, flags: u16, extended: &[u8]) -> Refused<'_> {
    let mut refused = Refused { errno: Errno::from_raw(code.saturating_neg()), sentence: None, offset: None };
    let extended = if flags & NLM_F_ACK_TLVS == 0 { &[] } else { extended };
    for (kind, value) in attributes(extended) {
        match kind {
            NLMSGERR_ATTR_MSG => refused.sentence = Some(text(value)),
            NLMSGERR_ATTR_OFFS => refused.offset = number(value),
            _ => {}
        }
    }
    refused
}

/// The attributes of a message or of an attribute that holds others; a broken one ends them.
pub(crate) fn attributes(bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    NlasIterator::new(bytes).map_while(Result::ok).filter_map(|attribute: NlaBuffer<&[u8]>| {
        let (kind, length) = (attribute.kind(), usize::from(attribute.length()));
        // It begins with its header, and holds all that follows it, too.
        Some((kind, attribute.into_inner().get(4..length)?))
    })
}

/// A number of 32 bits.
pub(crate) fn number(value: &[u8]) -> Option<u32> {
    value.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes))
}

/// A string up to its NUL; any bytes.
pub(crate) fn text(value: &[u8]) -> &[u8] {
    value.split(|byte| *byte == 0).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Body;
    use proptest::prelude::*;

    #[test]
    fn what_is_written_is_read() {
        let mut body = Body::new(&[9]);
        body.put(3, &[1, 2, 3, 4, 5]);
        body.put(4, &[]);
        let bytes = request(90, 0x300, 7, &body.finish().0);
        assert_eq!(bytes.len(), HEADER + 4 + 12 + 4);
        let all: Vec<_> = messages(&bytes).collect();
        let [(7, Ok(Message::Part { kind: 90, body, interrupted: false }))] = all.as_slice() else {
            panic!("{all:?}")
        };
        let found: Vec<_> = attributes(&body[4..]).collect();
        assert_eq!(found, [(3, &[1, 2, 3, 4, 5][..]), (4, &[][..])]);
    }

    fn plain(errno: Errno) -> Message<'static> {
        Message::Refused(Refused { errno, sentence: None, offset: None })
    }

    #[test]
    fn refusals_and_the_end() {
        let refused = request(NLMSG_ERROR, 0, 1, &(-1_i32).to_ne_bytes());
        let taken = request(NLMSG_ERROR, 0, 1, &0_i32.to_ne_bytes());
        let done = request(NLMSG_DONE, 0, 1, &0_i32.to_ne_bytes());
        let all: Vec<_> = [refused, taken, done].concat();
        let all: Vec<_> = messages(&all).map(|(_, message)| message).collect();
        assert_eq!(all, [Ok(plain(Errno::EPERM)), Ok(Message::Acknowledged), Ok(Message::Done)]);
        let failed = request(NLMSG_DONE, 0, 1, &(-12_i32).to_ne_bytes());
        assert_eq!(messages(&failed).collect::<Vec<_>>(), [(1, Ok(plain(Errno::ENOMEM)))]);
        assert_eq!(messages(&failed[..HEADER + 2]).collect::<Vec<_>>(), [(1, Err(Errno::EBADMSG))]);
    }

    #[test]
    fn the_kernels_own_sentence_behind_the_request_or_its_header() {
        let asked = request(20, 0, 1, &[7; 12]);
        let mut extended = Body::new(&[]);
        extended.put(NLMSGERR_ATTR_MSG, b"Nexthop has invalid gateway\0");
        extended.put(NLMSGERR_ATTR_OFFS, &36_u32.to_ne_bytes());
        let (extended, _) = extended.finish();
        for (flags, held) in [(0, &asked[..]), (NLM_F_CAPPED, &asked[..HEADER])] {
            let body = [&(-113_i32).to_ne_bytes()[..], held, &extended].concat();
            let bytes = request(NLMSG_ERROR, flags | NLM_F_ACK_TLVS, 1, &body);
            let expected = Refused {
                errno: Errno::EHOSTUNREACH,
                sentence: Some(b"Nexthop has invalid gateway"),
                offset: Some(36),
            };
            assert_eq!(messages(&bytes).collect::<Vec<_>>(), [(1, Ok(Message::Refused(expected)))]);
            let without = request(NLMSG_ERROR, flags, 1, &body);
            assert_eq!(messages(&without).collect::<Vec<_>>(), [(1, Ok(plain(Errno::EHOSTUNREACH)))]);
        }
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>, kind in 0..20_u16, flags: u16) {
            let length = u32::try_from(bytes.len()).unwrap() + 8;
            let mut whole = length.to_ne_bytes().to_vec();
            whole.extend(kind.to_ne_bytes());
            whole.extend(flags.to_ne_bytes());
            whole.extend(&bytes);
            for datagram in [&whole, &bytes] {
                for (_, message) in messages(datagram) {
                    if let Ok(Message::Part { body, .. }) = message {
                        attributes(body).for_each(drop);
                    }
                }
            }
            attributes(&bytes).for_each(drop);
        }
    }
}

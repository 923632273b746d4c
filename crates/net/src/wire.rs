//! Netlink messages: how they are framed (netlink(7)), and their attributes. Any bytes may come.

use netlink_packet_core::{
    DefaultNla, Emitable, NLMSG_DONE, NLMSG_ERROR, NetlinkBuffer, NlaBuffer, NlasIterator,
};
use xns_core::Errno;

/// The length of the header of a message.
const HEADER: usize = 16;

/// A request: its type, its flags beside NLM_F_REQUEST, the fixed part, and attributes.
pub(crate) fn request(
    kind: u16,
    flags: u16,
    sequence: u32,
    fixed: &[u8],
    attributes: &[DefaultNla],
) -> Vec<u8> {
    let start = HEADER + fixed.len().next_multiple_of(4);
    let mut bytes = vec![0; start + attributes.buffer_len()];
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut header = NetlinkBuffer::new(&mut bytes);
    header.set_length(length);
    header.set_message_type(kind);
    header.set_flags(flags | netlink_packet_core::NLM_F_REQUEST);
    header.set_sequence_number(sequence);
    bytes[HEADER..HEADER + fixed.len()].copy_from_slice(fixed);
    attributes.emit(&mut bytes[start..]);
    bytes
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Message<'a> {
    /// One of the answer's parts: its type, what follows the header, and whether the kernel says that the table changed meanwhile.
    Part { kind: u16, body: &'a [u8], interrupted: bool },
    /// The end of several parts.
    Done,
    /// The request was refused; `None`: it was carried out.
    Refused(Option<Errno>),
}

/// The messages in a datagram that answer the request with this number. What is cut off is an error (EBADMSG).
pub(crate) fn messages(datagram: &[u8], sequence: u32) -> impl Iterator<Item = Result<Message<'_>, Errno>> {
    let mut rest = datagram;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let Ok(buffer) = NetlinkBuffer::new_checked(rest) else {
                rest = &[];
                return Some(Err(Errno::EBADMSG));
            };
            let (length, ours) = (buffer.length() as usize, buffer.sequence_number() == sequence);
            let message = message(&buffer, &rest[HEADER..length]);
            rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
            if ours {
                return Some(message);
            }
        }
        None
    })
}

fn message<'a>(header: &NetlinkBuffer<&[u8]>, body: &'a [u8]) -> Result<Message<'a>, Errno> {
    let number = || body.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes)).ok_or(Errno::EBADMSG);
    Ok(match header.message_type() {
        NLMSG_DONE => match number() {
            // A dump that failed half-way says so here.
            Ok(errno) if errno < 0 => Message::Refused(Some(Errno::from_raw(errno.saturating_neg()))),
            _ => Message::Done,
        },
        NLMSG_ERROR => match number()? {
            0 => Message::Refused(None),
            errno => Message::Refused(Some(Errno::from_raw(errno.saturating_neg()))),
        },
        kind => {
            let interrupted = header.flags() & netlink_packet_core::NLM_F_DUMP_INTR != 0;
            Message::Part { kind, body, interrupted }
        }
    })
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
    use proptest::prelude::*;

    #[test]
    fn what_is_written_is_read() {
        let attribute = DefaultNla::new(3, vec![1, 2, 3, 4, 5]);
        let bytes = request(90, 0x300, 7, &[9], &[attribute, DefaultNla::new(4, Vec::new())]);
        assert_eq!(bytes.len(), HEADER + 4 + 12 + 4);
        let all: Vec<_> = messages(&bytes, 7).collect();
        let [Ok(Message::Part { kind: 90, body, interrupted: false })] = all.as_slice() else {
            panic!("{all:?}")
        };
        let found: Vec<_> = attributes(&body[4..]).collect();
        assert_eq!(found, [(3, &[1, 2, 3, 4, 5][..]), (4, &[][..])]);
        assert_eq!(messages(&bytes, 8).count(), 0);
    }

    #[test]
    fn refusals_and_the_end() {
        let refused = request(NLMSG_ERROR, 0, 1, &(-1_i32).to_ne_bytes(), &[]);
        let done = request(NLMSG_DONE, 0, 1, &0_i32.to_ne_bytes(), &[]);
        let all: Vec<_> = [refused, done].concat();
        let all: Vec<_> = messages(&all, 1).collect();
        assert_eq!(all, [Ok(Message::Refused(Some(Errno::EPERM))), Ok(Message::Done)]);
        let failed = request(NLMSG_DONE, 0, 1, &(-12_i32).to_ne_bytes(), &[]);
        let last: Vec<_> = messages(&failed, 1).collect();
        assert_eq!(last, [Ok(Message::Refused(Some(Errno::ENOMEM)))]);
        assert_eq!(messages(&failed[..HEADER + 2], 1).collect::<Vec<_>>(), [Err(Errno::EBADMSG)]);
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>, length in 0..40_u32) {
            let mut whole = length.to_ne_bytes().to_vec();
            whole.extend(&bytes);
            for message in messages(&whole, 0).flatten() {
                if let Message::Part { body, .. } = message {
                    attributes(body).for_each(drop);
                }
            }
            attributes(&bytes).for_each(drop);
        }
    }
}

//! What follows a message's header, as it is written.

use crate::name::{DeviceName, Place};

/// A number that only the machine knows, and that is put in its place before the message is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hole {
    /// The index of a device, in the namespace that is spoken to.
    Device(DeviceName),
    /// A descriptor of a network namespace.
    Namespace(Place),
}

/// The fixed part and the attributes of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Body {
    bytes: Vec<u8>,
    holes: Vec<(usize, Hole)>,
}

/// The attribute holds others (linux/netlink.h).
const NLA_F_NESTED: u16 = 0x8000;

impl Body {
    /// With this fixed part.
    pub(crate) fn new(fixed: &[u8]) -> Self {
        let mut body = Body::default();
        body.raw(fixed);
        body
    }

    /// Bytes, and as many as lack to the next multiple of four.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }

    /// An attribute.
    pub(crate) fn put(&mut self, kind: u16, value: &[u8]) {
        self.head(kind, value.len());
        self.raw(value);
    }

    /// A number of 32 bits.
    pub(crate) fn number(&mut self, kind: u16, value: u32) {
        self.put(kind, &value.to_ne_bytes());
    }

    /// A string, with its NUL.
    pub(crate) fn text(&mut self, kind: u16, value: &[u8]) {
        self.put(kind, &[value, b"\0"].concat());
    }

    /// A number of 32 bits that is put in its place later.
    pub(crate) fn later(&mut self, kind: u16, hole: Hole) {
        self.head(kind, 4);
        self.holes.push((self.bytes.len(), hole));
        self.raw(&[0; 4]);
    }

    /// The same, in the fixed part.
    pub(crate) fn later_at(&mut self, at: usize, hole: Hole) {
        self.holes.push((at, hole));
    }

    /// An attribute that holds others.
    pub(crate) fn nest(&mut self, kind: u16, fill: impl FnOnce(&mut Self)) {
        let start = self.bytes.len();
        self.head(kind | NLA_F_NESTED, 0);
        fill(self);
        let length = u16::try_from(self.bytes.len() - start).unwrap_or(u16::MAX);
        self.bytes[start..start + 2].copy_from_slice(&length.to_ne_bytes());
    }

    /// The same, in the next bytes.
    pub(crate) fn later_here(&mut self, hole: Hole) {
        self.holes.push((self.bytes.len(), hole));
    }

    /// A record: its length, two bytes, and what it holds.
    pub(crate) fn record(&mut self, bytes: [u8; 2], fill: impl FnOnce(&mut Self)) {
        let start = self.bytes.len();
        self.raw(&[0, 0, bytes[0], bytes[1]]);
        fill(self);
        let length = u16::try_from(self.bytes.len() - start).unwrap_or(u16::MAX);
        self.bytes[start..start + 2].copy_from_slice(&length.to_ne_bytes());
    }

    fn head(&mut self, kind: u16, length: usize) {
        let length = u16::try_from(length + 4).unwrap_or(u16::MAX);
        self.bytes.extend_from_slice(&length.to_ne_bytes());
        self.bytes.extend_from_slice(&kind.to_ne_bytes());
    }

    /// All bytes, and where in them are numbers to be put.
    pub(crate) fn finish(self) -> (Vec<u8>, Vec<(usize, Hole)>) {
        (self.bytes, self.holes)
    }
}

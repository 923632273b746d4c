//! What a device node stands for.

use crate::Facts;
use std::fmt;
use std::path::Path;
use xns_sys::fs;

/// A device node: its sort, and the numbers of the device behind it (mknod(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Is it a block device? Else it is a character device.
    pub block: bool,
    /// The driver's number.
    pub major: u32,
    /// The driver's own number of the device.
    pub minor: u32,
}

impl Facts {
    /// The device behind a node; `None` for a file that is none, and where there is no file. Recorded as the file `node:PATH` with
    /// `c 1:3`.
    pub fn node(&self, path: &Path) -> Option<Node> {
        let text = self.once(&format!("node:{}", path.display()), |_| {
            let (block, major, minor) = fs::device(path).ok()??;
            Some(Node { block, major, minor }.to_string().into_bytes())
        })?;
        Node::parse(std::str::from_utf8(&text).ok()?)
    }
}

impl Node {
    fn parse(text: &str) -> Option<Self> {
        let (sort, numbers) = text.split_once(' ')?;
        let (major, minor) = numbers.split_once(':')?;
        Some(Node { block: sort == "b", major: major.parse().ok()?, minor: minor.parse().ok()? })
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}:{}", if self.block { 'b' } else { 'c' }, self.major, self.minor)
    }
}

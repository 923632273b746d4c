//! A network namespace, and what was read of it.

use crate::show::subject::HOST;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use xns_net::{Interface, NetError, NetnsName, Route};

/// The processes in it, without this one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Crowd {
    /// How many.
    pub(crate) count: usize,
    /// The lowest number.
    pub(crate) first: u32,
}

/// A network namespace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Space {
    /// Its names.
    pub(crate) names: Vec<NetnsName>,
    /// Is it the one that this process was started in?
    pub(crate) is_here: bool,
    /// Its inode number.
    pub(crate) inode: u64,
    /// The file that leads to it.
    pub(crate) path: PathBuf,
    /// The processes in it.
    pub(crate) crowd: Crowd,
    /// The name of the first of them.
    pub(crate) command: Vec<u8>,
    /// What is in it; `None` as long as nobody has asked.
    pub(crate) contents: Option<Result<Contents, NetError>>,
}

/// What is in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contents {
    /// In the order of their indexes.
    pub(crate) interfaces: Vec<Interface>,
    /// Without those of the local table.
    pub(crate) routes: Vec<Route>,
    /// What interfaces are tied to.
    pub(crate) ends: Vec<End>,
}

/// What an interface is tied to: the other end of a pair, or what it lies on.
#[derive(Clone, Debug, Default)]
pub(crate) struct End {
    /// The interface's own index.
    pub(crate) of: u32,
    /// The other one's index in its namespace.
    pub(crate) index: u32,
    /// The number that this namespace has for that one; `None` for this one itself.
    pub(crate) id: Option<i32>,
    /// The other one, as far as the kernel tells it from here.
    pub(crate) seen: Option<Interface>,
    /// The namespace in which it is, if it was found.
    pub(crate) space: Option<usize>,
}

impl Space {
    /// How it is called among others: `RED`, `host`, else `net:[4026532001] (PID 4711 sh)`. Any bytes, as a table takes them.
    pub(crate) fn called(&self) -> Vec<u8> {
        match self.names.first() {
            Some(name) => name.as_os_str().as_bytes().to_vec(),
            None if self.is_here => HOST.into(),
            None if self.crowd.count > 0 => {
                let begin = format!("net:[{}] (PID {} ", self.inode, self.crowd.first);
                [begin.as_bytes(), &self.command, b")"].concat()
            }
            None => format!("net:[{}]", self.inode).into(),
        }
    }

    /// The same for terminals.
    pub(crate) fn label(&self) -> String {
        xns_cli::shown::shown(&self.called(), xns_cli::table::Charset::Utf8)
    }

    /// What is in it, if that could be read.
    pub(crate) fn known(&self) -> Option<&Contents> {
        self.contents.as_ref()?.as_ref().ok()
    }

    /// Is it known by a file that may be a link to follow?
    pub(crate) fn follow(&self) -> bool {
        self.names.is_empty()
    }
}

impl Contents {
    /// By its index.
    pub(crate) fn interface(&self, index: u32) -> Option<&Interface> {
        let at = self.interfaces.binary_search_by_key(&index, |interface| interface.index).ok()?;
        self.interfaces.get(at)
    }

    /// What this interface is tied to.
    pub(crate) fn end_of(&self, index: u32) -> Option<&End> {
        self.ends.iter().find(|end| end.of == index)
    }
}

/// Is it one of two ends that pass each other what they get?
pub(crate) fn is_pair(interface: &Interface) -> bool {
    matches!(interface.kind.as_deref(), Some("veth" | "vxcan" | "netkit"))
}

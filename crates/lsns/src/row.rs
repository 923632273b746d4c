//! Rows of a table of namespaces or of processes, with what their columns show.

use crate::column::Column;
use crate::model::{Member, Namespace, Pin};
use crate::numbers::NumberMap;
use crate::process::{self, Parts, Process, Reader};
use std::borrow::Cow;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::rc::Rc;
use xns_core::NsKind;
use xns_sys::proc;

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row<'f> {
    /// What it is about; of a process, the namespace that was asked for.
    pub namespace: Option<&'f Namespace>,
    /// The process: the lowest in the namespace, or the one that the row is about.
    pub process: Option<Rc<Process>>,
    /// The number of a network namespace as ours calls it; `unassigned` when it calls it nothing.
    pub netns_id: Option<NetnsId>,
    /// The names of what pins it.
    pub pins: Vec<Vec<u8>>,
}

/// The number by which our network namespace knows another (RTM_GETNSID in rtnetlink(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetnsId {
    /// This one.
    Number(u32),
    /// It has none.
    Unassigned,
}

/// What stands in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'r> {
    /// Nothing.
    Empty,
    /// A number.
    Number(u64),
    /// Text, whatever its bytes are.
    Text(Cow<'r, [u8]>),
    /// Several of them.
    Lines(Vec<Cow<'r, [u8]>>),
}

impl Row<'_> {
    /// What a column shows. User names are found by `user`.
    pub fn cell(&self, column: Column, user: impl FnOnce(u32) -> Option<Vec<u8>>) -> Cell<'_> {
        let namespace = self.namespace;
        let process = self.process.as_deref();
        let number = |number: Option<u64>| number.map_or(Cell::Empty, Cell::Number);
        match column {
            Column::Ns => number(namespace.map(|namespace| namespace.ino)),
            Column::Type => text(namespace.map(|namespace| namespace.kind.name().as_bytes())),
            Column::Path => text(
                self.pid().zip(namespace).map(|(pid, of)| format!("/proc/{pid}/ns/{}", of.kind).into_bytes()),
            ),
            Column::Nprocs => number(namespace.map(|namespace| namespace.processes.into())),
            Column::Pid => number(self.pid().map(u64::from)),
            Column::Ppid => number(process.map(|process| process.ppid.into())),
            Column::Command => text(process.map(|process| process.command.as_slice())),
            Column::Uid => number(self.uid().map(u64::from)),
            Column::User => {
                text(self.uid().map(|uid| user(uid).unwrap_or_else(|| uid.to_string().into_bytes())))
            }
            Column::NetnsId => match self.netns_id {
                None => Cell::Empty,
                Some(NetnsId::Number(id)) => text(Some(id.to_string().into_bytes())),
                Some(NetnsId::Unassigned) => text(Some(&b"unassigned"[..])),
            },
            Column::Nsfs => lines(
                namespace
                    .iter()
                    .flat_map(|namespace| &namespace.mounts)
                    .map(|point| point.as_os_str().as_bytes()),
            ),
            Column::Pns => number(namespace.map(|namespace| namespace.parent.ino().unwrap_or_default())),
            Column::Ons => number(namespace.map(|namespace| namespace.owner.ino().unwrap_or_default())),
            Column::Pins => lines(self.pins.iter().map(Vec::as_slice)),
        }
    }

    /// The process that the row names, also when nothing more can be read of it.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(|process| process.pid).or_else(|| self.namespace?.pid)
    }

    /// Is it about a namespace that no process is in?
    pub fn is_kept(&self) -> bool {
        self.namespace.as_ref().is_some_and(|namespace| namespace.processes == 0)
    }

    fn uid(&self) -> Option<u32> {
        match &self.process {
            Some(process) => Some(process.uid),
            None => self.namespace?.owner_uid,
        }
    }
}

fn text<'r>(text: Option<impl Into<Cow<'r, [u8]>>>) -> Cell<'r> {
    text.map(Into::into).filter(|text| !text.is_empty()).map_or(Cell::Empty, Cell::Text)
}

fn lines<'r>(lines: impl Iterator<Item = &'r [u8]>) -> Cell<'r> {
    let lines: Vec<_> = lines.map(Cow::Borrowed).collect();
    if lines.is_empty() { Cell::Empty } else { Cell::Lines(lines) }
}

/// Makes rows. A process is read once, for however many rows.
pub struct Rows<'p> {
    proc: &'p OwnedFd,
    processes: NumberMap<Option<Rc<Process>>>,
    reader: Reader,
    /// Are processes looked at?
    reads: bool,
    /// Are pins named?
    pins: bool,
}

impl<'p> Rows<'p> {
    /// For these columns, and for a tree of processes if that is wanted.
    pub fn new(proc: &'p OwnedFd, columns: impl Iterator<Item = Column>, of_processes: bool) -> Self {
        let mut parts = Parts { ppid: of_processes, ..Parts::NONE };
        let mut pins = false;
        for column in columns {
            match column {
                Column::Ppid => parts.ppid = true,
                Column::Command => parts.command = true,
                Column::Uid | Column::User => parts.uid = true,
                Column::Pins => pins = true,
                _ => {}
            }
        }
        Rows {
            proc,
            processes: NumberMap::default(),
            reader: Reader::new(parts),
            reads: parts != Parts::NONE,
            pins,
        }
    }

    /// One for each namespace.
    pub fn of_namespaces<'f>(&mut self, namespaces: &'f [Namespace]) -> Vec<Row<'f>> {
        namespaces.iter().map(|namespace| self.of_namespace(namespace)).collect()
    }

    fn of_namespace<'f>(&mut self, namespace: &'f Namespace) -> Row<'f> {
        let inside = Some((namespace.kind, namespace.ino));
        let process = namespace.pid.filter(|_| self.reads).and_then(|pid| self.process(pid, inside));
        let pins =
            if self.pins { namespace.pins.iter().map(|pin| self.pin(pin)).collect() } else { Vec::new() };
        Row { namespace: Some(namespace), process, netns_id: None, pins }
    }

    /// One for each of these processes; those that have ended meanwhile are left out.
    pub fn of_processes<'f>(&mut self, members: &[Member], namespace: &'f Namespace) -> Vec<Row<'f>> {
        let inside = Some((namespace.kind, namespace.ino));
        let row = |member: &Member| {
            let process = Some(self.process(member.pid, inside)?);
            Some(Row { namespace: Some(namespace), process, ..Row::default() })
        };
        members.iter().filter_map(row).collect()
    }

    fn process(&mut self, pid: u32, inside: Option<(NsKind, u64)>) -> Option<Rc<Process>> {
        let read = || self.reader.read(self.proc, pid, inside).map(Rc::new);
        self.processes.entry(pid, read).clone()
    }

    /// `descriptor 5 of 4711 (sleep)`.
    pub fn pin(&self, pin: &Pin) -> Vec<u8> {
        let proc = self.proc;
        pin.words(|pid| {
            let directory = proc::open_directory(proc, proc::Name::of(pid, "").path()).ok()?;
            process::name(&process::head(&directory, c"stat", 1024).ok()?).map(<[u8]>::to_vec)
        })
    }
}

//! The network namespaces that can be seen, each read once, and how they are tied together.

mod ends;
mod names;
mod space;

pub(crate) use space::{Contents, End, Space, is_pair};

use super::subject::{Subject, SubjectError};
use crate::processes::{self, Processes};
use crate::visitor::Visitor;
use space::Crowd;
use std::os::fd::{AsFd, BorrowedFd};
use xns_core::{Errno, SingleThreaded, errno};
use xns_net::store::State;
use xns_net::{Interface, NetError, NetnsName, Network, OpenError, tables};

/// What can be seen.
pub(crate) struct World {
    /// Ours first, then those with names in their order, then those of processes.
    pub(crate) spaces: Vec<Space>,
    /// Names that lead to none, and what they are.
    pub(crate) dead: Vec<(NetnsName, State)>,
    /// How many processes did not show where they are.
    pub(crate) hidden: usize,
    pub(crate) visitor: Visitor,
}

/// So many other ends are looked for by asking for the number of each network namespace; for more, all are read.
const FEW: usize = 8;

impl World {
    /// Which there are; nothing is read of them yet.
    pub(crate) fn look(single: SingleThreaded) -> Self {
        let visitor = Visitor::new(single);
        let here = xns_sys::namespace::number_of("/proc/self/ns/net").unwrap_or_default();
        let path = "/proc/self/ns/net".into();
        let mut spaces = vec![Space { is_here: true, inode: here, path, ..Space::default() }];
        // By inode number, for a thousand names.
        let mut places = std::collections::BTreeMap::from([(here, 0)]);
        let mut dead = Vec::new();
        for named in names::all() {
            match named.state.inode() {
                Some(inode) => {
                    let at = *places.entry(inode).or_insert(spaces.len());
                    if at == spaces.len() {
                        spaces.push(Space { inode, path: named.name.path(), ..Space::default() });
                    }
                    spaces[at].names.push(named.name);
                }
                None => dead.push((named.name, named.state)),
            }
        }
        let all = Processes::look();
        for inode in all.inodes() {
            let mut others = all.others(inode);
            let Some(first) = others.next() else { continue };
            let at = *places.entry(inode).or_insert(spaces.len());
            if at == spaces.len() {
                let path = format!("/proc/{first}/ns/net").into();
                spaces.push(Space { inode, path, ..Space::default() });
            }
            spaces[at].command = processes::command(first);
            spaces[at].crowd = Crowd { count: 1 + others.count(), first };
        }
        World { spaces, dead, hidden: all.hidden, visitor }
    }

    /// The place of what was asked for.
    ///
    /// # Errors
    /// When there is no such, with the reason.
    pub(crate) fn find(&mut self, subject: &Subject) -> Result<usize, SubjectError> {
        let closed = |why: &str| SubjectError::Closed { subject: subject.clone(), why: why.to_owned() };
        match subject {
            Subject::Here => return Ok(0),
            Subject::Name(name) => {
                if let Some(at) = self.spaces.iter().position(|space| space.names.contains(name)) {
                    return Ok(at);
                }
                let dead = self.dead.iter().find(|(dead, _)| dead == name);
                return Err(dead.map_or_else(
                    || SubjectError::Nothing(name.clone()),
                    |(_, state)| closed(&state.to_string()),
                ));
            }
            Subject::Process(_) | Subject::File(_) => {}
        }
        let path = subject.path();
        let file = xns_net::open(&path, true).map_err(|error| match (subject, error) {
            (Subject::Process(pid), OpenError::NotOpened(Errno::ENOENT)) => SubjectError::NoProcess(*pid),
            (_, error) => closed(&error.to_string()),
        })?;
        let inode = xns_sys::fs::inode(&file).map_err(|errno| closed(&errno::text(errno)))?;
        if let Some(at) = self.spaces.iter().position(|space| space.inode == inode) {
            return Ok(at);
        }
        self.spaces.push(Space { inode, path, ..Space::default() });
        Ok(self.spaces.len() - 1)
    }

    /// Reads these, and of others as much as says where the other ends of these are.
    pub(crate) fn read(&mut self, wanted: &[usize]) {
        for at in wanted {
            self.read_one(*at, true);
        }
        let missing = ends::resolve(&mut self.spaces, &self.visitor, false);
        if missing == 0 || missing <= FEW && ends::resolve(&mut self.spaces, &self.visitor, true) == 0 {
            return;
        }
        for at in 0..self.spaces.len() {
            self.read_one(at, false);
        }
        ends::resolve(&mut self.spaces, &self.visitor, true);
    }

    /// Reads all.
    pub(crate) fn read_all(&mut self) {
        let all: Vec<usize> = (0..self.spaces.len()).collect();
        self.read(&all);
    }

    fn read_one(&mut self, at: usize, whole: bool) {
        let Some(space) = self.spaces.get(at).filter(|space| space.contents.is_none()) else { return };
        let contents = self.network(space).and_then(|network| contents(&network, whole));
        self.spaces[at].contents = Some(contents);
    }

    /// Who may fork.
    pub(crate) const fn single(&self) -> SingleThreaded {
        self.visitor.single()
    }

    /// Its routing socket.
    pub(crate) fn network(&self, space: &Space) -> Result<Network, NetError> {
        if space.is_here {
            return Network::own();
        }
        self.inside(space, |visitor, file| visitor.network(file))
    }

    /// What is done with its file.
    pub(crate) fn inside<T>(
        &self,
        space: &Space,
        ask: impl FnOnce(&Visitor, BorrowedFd<'_>) -> Result<T, NetError>,
    ) -> Result<T, NetError> {
        let kind = xns_core::NsKind::Net;
        let refused = |error: OpenError| xns_core::inside::InsideError::Enter { kind, errno: error.errno() };
        let file = xns_net::open(&space.path, space.follow()).map_err(refused)?;
        ask(&self.visitor, file.as_fd())
    }
}

/// Whole, or only what is needed to find the other ends.
fn contents(network: &Network, whole: bool) -> Result<Contents, NetError> {
    let local = tables::TABLES.iter().find(|(_, name)| *name == "local").map_or(0, |(table, _)| *table);
    let interfaces = if whole { network.interfaces()? } else { network.links()? };
    let mut routes = if whole { network.routes()? } else { Vec::new() };
    routes.retain(|route| route.table != local);
    let ends = interfaces.iter().filter_map(|interface| end(network, interface)).collect();
    Ok(Contents { interfaces, routes, ends })
}

fn end(network: &Network, interface: &Interface) -> Option<End> {
    let link = interface.link?;
    let seen = link.namespace.and_then(|id| network.link_at(link.index, Some(id)).ok().flatten());
    Some(End { of: interface.index, index: link.index, id: link.namespace, seen, space: None })
}

//! What is asked on the way: answers of the kernel that depend on the question.

use super::filter::Filter;
use std::cell::RefCell;
use std::os::fd::AsFd;
use xns_core::{Errno, Facts};
use xns_net::{Neighbour, Network, Route, Rule, Way};

use crate::show::world::World;

/// Who answers. A test has answers recorded.
pub(super) trait Ask {
    /// The way of a packet that the namespace itself sends.
    fn way(&self, space: usize, way: &Way) -> Result<Option<Route>, Errno>;
    /// The value of a file of `/proc/sys/net`, read in the namespace.
    fn setting(&self, space: usize, name: &str) -> Option<String>;
    /// Its rules of policy routing of one version.
    fn rules(&self, space: usize, is_six: bool) -> Vec<Rule>;
    /// Who is known behind its devices.
    fn neighbours(&self, space: usize) -> Vec<Neighbour>;
    /// What its firewall does.
    fn filter(&self, space: usize) -> Filter;
    /// A file of the machine.
    fn file(&self, path: &str) -> Option<String>;
}

/// This machine.
pub(super) struct Live<'l> {
    pub(super) world: &'l World,
    pub(super) facts: &'l Facts,
    sockets: RefCell<Vec<(usize, Network)>>,
    filters: RefCell<Vec<(usize, Filter)>>,
}

impl<'l> Live<'l> {
    pub(super) const fn new(world: &'l World, facts: &'l Facts) -> Self {
        Live { world, facts, sockets: RefCell::new(Vec::new()), filters: RefCell::new(Vec::new()) }
    }

    /// One socket for each namespace that is asked.
    fn with<T>(&self, space: usize, ask: impl FnOnce(&Network) -> Result<T, Errno>) -> Result<T, Errno> {
        let mut sockets = self.sockets.borrow_mut();
        let at = match sockets.iter().position(|(of, _)| *of == space) {
            Some(at) => at,
            None => {
                let network = self.world.network(&self.world.spaces[space]);
                sockets.push((space, network.map_err(|error| error.errno().unwrap_or(Errno::EIO))?));
                sockets.len() - 1
            }
        };
        ask(&sockets[at].1)
    }
}

impl Ask for Live<'_> {
    fn way(&self, space: usize, way: &Way) -> Result<Option<Route>, Errno> {
        self.with(space, |network| network.way(way))
    }

    fn setting(&self, space: usize, name: &str) -> Option<String> {
        let names = [name.to_owned()];
        let settings =
            self.world.inside(&self.world.spaces[space], |visitor, file| visitor.settings(file, &names));
        settings.ok()?.into_iter().next().flatten()
    }

    fn rules(&self, space: usize, is_six: bool) -> Vec<Rule> {
        let asked = self.with(space, |network| network.rules(is_six).map_err(|_| Errno::EIO));
        asked.unwrap_or_default()
    }

    fn neighbours(&self, space: usize) -> Vec<Neighbour> {
        let asked = self.with(space, |network| network.neighbours().map_err(|_| Errno::EIO));
        asked.unwrap_or_default()
    }

    fn filter(&self, space: usize) -> Filter {
        if let Some((_, known)) = self.filters.borrow().iter().find(|(of, _)| *of == space) {
            return known.clone();
        }
        let place = &self.world.spaces[space];
        let read =
            self.world.inside(place, |_, file| Ok(super::filter::read(self.world.single(), file.as_fd())));
        let filter = read.unwrap_or_else(|error| Filter::Unknown(error.to_string()));
        self.filters.borrow_mut().push((space, filter.clone()));
        filter
    }

    fn file(&self, path: &str) -> Option<String> {
        self.facts.line(path)
    }
}

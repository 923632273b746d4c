//! The namespaces that a scan has seen so far. A process is usually where the one before it was: then nothing is looked up.

use crate::model::{Namespace, Pin};
use crate::numbers::{Place, Places};
use xns_core::NsKind;

/// Namespaces by their inode numbers, which are the same for no two of them, of whatever kind.
#[derive(Default)]
pub(super) struct Table {
    entries: Vec<Entry>,
    places: Places,
    /// The last one of each kind.
    last: [Option<Place>; 8],
    /// What else than a process was seen to keep one.
    pins: Vec<(Place, Pin)>,
}

struct Entry {
    kind: NsKind,
    ino: u64,
    processes: u32,
    /// 0: none.
    lowest: u32,
}

impl Table {
    /// The namespace's place; it gets one if it has none.
    pub(super) fn entry(&mut self, kind: NsKind, ino: u64) -> Place {
        let last = &mut self.last[kind as usize];
        if let Some(place) = *last
            && self.entries[place as usize].ino == ino
        {
            return place;
        }
        let entries = &mut self.entries;
        let place = self.places.find(ino, |place| entries[place as usize].ino).unwrap_or_else(|| {
            entries.push(Entry { kind, ino, processes: 0, lowest: 0 });
            self.places.add(ino, |place| entries[place as usize].ino);
            (entries.len() - 1) as Place
        });
        *last = Some(place);
        place
    }

    /// The kind of one that was seen already.
    pub(super) fn kind(&self, ino: u64) -> Option<NsKind> {
        let entry = |place: Place| &self.entries[place as usize];
        self.places.find(ino, |place| entry(place).ino).map(|place| entry(place).kind)
    }

    /// One more process is in it.
    pub(super) fn count(&mut self, place: Place, pid: u32) {
        self.add(place, 1, pid);
    }

    /// What keeps it, of which only the first of a process is of interest, and none when it has processes.
    pub(super) fn pin(&mut self, place: Place, pin: Pin) {
        if self.entries[place as usize].processes == 0 {
            self.pins.push((place, pin));
        }
    }

    fn add(&mut self, place: Place, processes: u32, pid: u32) {
        let entry = &mut self.entries[place as usize];
        entry.processes += processes;
        if entry.lowest == 0 || (pid != 0 && pid < entry.lowest) {
            entry.lowest = pid;
        }
    }

    /// What another has seen is seen.
    pub(super) fn merge(&mut self, other: Table) {
        let places: Vec<Place> =
            other.entries.iter().map(|entry| self.entry(entry.kind, entry.ino)).collect();
        for (place, entry) in places.iter().zip(&other.entries) {
            self.add(*place, entry.processes, entry.lowest);
        }
        self.pins.extend(other.pins.into_iter().map(|(place, pin)| (places[place as usize], pin)));
    }

    /// All processes have been counted.
    pub(super) fn into_collected(self) -> Collected {
        let namespace = |entry: &Entry| Namespace {
            processes: entry.processes,
            pid: (entry.lowest != 0).then_some(entry.lowest),
            ..Namespace::new(entry.kind, entry.ino)
        };
        // Those that are not seen in a process, and come now, are few.
        let mut namespaces = Vec::with_capacity(self.entries.len() + self.entries.len() / 16 + 16);
        namespaces.extend(self.entries.iter().map(namespace));
        let mut collected = Collected { namespaces, places: self.places };
        for (place, pin) in self.pins {
            collected.pin(place as usize, pin);
        }
        collected
    }
}

/// The namespaces with all that is known of each.
pub(super) struct Collected {
    pub(super) namespaces: Vec<Namespace>,
    places: Places,
}

impl Collected {
    /// Its place if it is here.
    pub(super) fn find(&self, ino: u64) -> Option<usize> {
        self.places.find(ino, |place| self.namespaces[place as usize].ino).map(|place| place as usize)
    }

    /// Its place, which it gets at the end if it has none.
    pub(super) fn place(&mut self, kind: NsKind, ino: u64) -> usize {
        self.find(ino).unwrap_or_else(|| {
            self.namespaces.push(Namespace::new(kind, ino));
            self.places.add(ino, |place| self.namespaces[place as usize].ino);
            self.namespaces.len() - 1
        })
    }

    /// What keeps it, if no process does.
    pub(super) fn pin(&mut self, place: usize, pin: Pin) {
        let namespace = &mut self.namespaces[place];
        if namespace.processes == 0 {
            namespace.pins.push(pin);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_added_and_the_lowest_process_is_kept() {
        let mut first = Table::default();
        let uts = first.entry(NsKind::Uts, 5);
        first.count(uts, 40);
        first.count(uts, 30);
        let held = first.entry(NsKind::Net, 6);
        first.pin(held, Pin::Descriptor { pid: 30, fd: 3 });
        let mut second = Table::default();
        let other = second.entry(NsKind::Net, 7);
        second.pin(other, Pin::Socket { pid: 50, fd: 4 });
        let net = second.entry(NsKind::Net, 6);
        second.pin(net, Pin::Socket { pid: 50, fd: 4 });
        second.count(net, 60);
        let uts = second.entry(NsKind::Uts, 5);
        second.count(uts, 20);
        first.merge(second);
        let found = first.into_collected().namespaces;
        let seen: Vec<_> = found.iter().map(|n| (n.ino, n.processes, n.pid, n.pins.len())).collect();
        assert_eq!(seen, [(5, 3, Some(20), 0), (6, 1, Some(60), 0), (7, 0, None, 1)]);
        assert_eq!(found[2].pins, [Pin::Socket { pid: 50, fd: 4 }]);
    }
}

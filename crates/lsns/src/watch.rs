//! Differences between one look and the next: which namespaces have appeared, and which have disappeared.

use crate::model::{Found, Namespace, Pin, Relation};
use crate::process::Process;
use xns_core::NsKind;

/// What has happened to a namespace between two looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Has it come or gone?
    pub change: Change,
    /// Its kind.
    pub kind: NsKind,
    /// Its inode number.
    pub ino: u64,
    /// The lowest process in it; of one that has gone: the last that was.
    pub pid: Option<u32>,
    /// What was read of that process, if it was there long enough.
    pub process: Option<Process>,
    /// Of one without processes: the uid of its owner ([`Namespace::owner_uid`]).
    pub owner_uid: Option<u32>,
    /// What keeps it, or kept it last, if no process does.
    pub pins: Vec<Pin>,
}

impl Event {
    /// Whose it is: the process's user, else the owner.
    pub fn uid(&self) -> Option<u32> {
        self.process.as_ref().map(|process| process.uid).or(self.owner_uid)
    }
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was not there at the last look.
    Appeared,
    /// It was there at the last look.
    Disappeared,
}

impl Change {
    /// In one word.
    pub const fn word(self) -> &'static str {
        match self {
            Change::Appeared => "appeared",
            Change::Disappeared => "disappeared",
        }
    }
}

/// What is remembered of the last look.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// By number.
    known: Vec<Known>,
}

#[derive(Clone, Debug)]
struct Known {
    kind: NsKind,
    ino: u64,
    owner: Relation,
    pid: Option<u32>,
    process: Option<Process>,
    owner_uid: Option<u32>,
    pins: Vec<Pin>,
    /// Seen for the first time: who makes a namespace mostly becomes another program soon (`unshare -n sleep`), so that it is read
    /// again at the next look.
    fresh: bool,
}

impl Watch {
    /// From the first look. `describe` reads the lowest process of a namespace.
    pub fn new(found: &Found, mut describe: impl FnMut(&Namespace) -> Option<Process>) -> Self {
        let known = found.namespaces.iter().map(|namespace| Known::of(namespace, &mut describe));
        Watch { known: known.collect() }
    }

    /// What is different at the next look, by number; of a number that is another namespace's now first what has gone.
    pub fn next(
        &mut self,
        found: &Found,
        mut describe: impl FnMut(&Namespace) -> Option<Process>,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        let mut before = std::mem::take(&mut self.known).into_iter().peekable();
        self.known.reserve_exact(found.namespaces.len());
        for namespace in &found.namespaces {
            while let Some(gone) = before.next_if(|known| known.ino < namespace.ino) {
                events.push(gone.event(Change::Disappeared));
            }
            let known = match before.next_if(|known| known.ino == namespace.ino) {
                Some(known) if known.is(namespace) => known.again(namespace, &mut describe),
                other => {
                    events.extend(other.map(|gone| gone.event(Change::Disappeared)));
                    let known = Known::of(namespace, &mut describe);
                    events.push(known.clone().event(Change::Appeared));
                    known
                }
            };
            self.known.push(known);
        }
        events.extend(before.map(|gone| gone.event(Change::Disappeared)));
        events
    }
}

impl Known {
    fn of(namespace: &Namespace, describe: &mut impl FnMut(&Namespace) -> Option<Process>) -> Self {
        Known {
            kind: namespace.kind,
            ino: namespace.ino,
            owner: namespace.owner,
            pid: namespace.pid,
            process: namespace.pid.and_then(|_| describe(namespace)),
            owner_uid: namespace.owner_uid,
            pins: namespace.pins.clone(),
            fresh: true,
        }
    }

    /// Is it the same? Numbers are given again; a namespace keeps its kind and its owner.
    fn is(&self, namespace: &Namespace) -> bool {
        let same_owner = match (self.owner.ino(), namespace.owner.ino()) {
            (Some(before), Some(now)) => before == now,
            // One that could not be asked this time.
            _ => true,
        };
        self.kind == namespace.kind && same_owner
    }

    /// It is still there. What was known of its last process stays known when there is none any more.
    fn again(
        mut self,
        namespace: &Namespace,
        describe: &mut impl FnMut(&Namespace) -> Option<Process>,
    ) -> Self {
        if namespace.pid.is_some() && (self.fresh || namespace.pid != self.pid) {
            if let Some(process) = describe(namespace) {
                self.process = Some(process);
            }
            self.pid = namespace.pid;
        }
        self.fresh = false;
        if namespace.owner.ino().is_some() {
            self.owner = namespace.owner;
        }
        self.owner_uid = namespace.owner_uid.or(self.owner_uid);
        if self.pins != namespace.pins {
            self.pins.clone_from(&namespace.pins);
        }
        self
    }

    fn event(self, change: Change) -> Event {
        let Known { kind, ino, pid, process, owner_uid, pins, .. } = self;
        Event { change, kind, ino, pid, process, owner_uid, pins }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn namespace(kind: NsKind, ino: u64, pid: u32) -> Namespace {
        Namespace { pid: (pid != 0).then_some(pid), ..Namespace::new(kind, ino) }
    }

    fn found(namespaces: &[Namespace]) -> Found {
        Found { namespaces: namespaces.to_vec(), ..Found::default() }
    }

    fn called(name: &'static str) -> impl FnMut(&Namespace) -> Option<Process> {
        move |namespace| {
            Some(Process { pid: namespace.pid?, uid: 7, command: name.into(), ..Process::default() })
        }
    }

    fn short(events: &[Event]) -> Vec<(&'static str, NsKind, u64, Option<u32>, String)> {
        let command = |event: &Event| {
            event
                .process
                .as_ref()
                .map_or(String::new(), |process| String::from_utf8_lossy(&process.command).into())
        };
        events
            .iter()
            .map(|event| (event.change.word(), event.kind, event.ino, event.pid, command(event)))
            .collect()
    }

    #[test]
    fn what_comes_and_goes() {
        let (net, uts) = (namespace(NsKind::Net, 5, 10), namespace(NsKind::Uts, 7, 11));
        let mut watch = Watch::new(&found(std::slice::from_ref(&net)), called("a"));
        assert!(watch.next(&found(std::slice::from_ref(&net)), called("a")).is_empty());
        let events = watch.next(&found(&[net.clone(), uts.clone()]), called("unshare -u b"));
        assert_eq!(short(&events), [("appeared", NsKind::Uts, 7, Some(11), "unshare -u b".into())]);
        assert_eq!(events[0].uid(), Some(7));
        // The program is another one by now.
        assert!(watch.next(&found(&[net.clone(), uts.clone()]), called("b")).is_empty());
        assert!(watch.next(&found(&[net, uts]), called("never read")).is_empty());
        let events = watch.next(&found(&[]), called("never read"));
        let gone = |kind, ino, pid, command: &str| ("disappeared", kind, ino, Some(pid), command.to_owned());
        assert_eq!(short(&events), [gone(NsKind::Net, 5, 10, "a"), gone(NsKind::Uts, 7, 11, "b")]);
    }

    #[test]
    fn a_number_that_is_given_again() {
        let of = |owner, namespace| Namespace { owner: Relation::Of(owner), ..namespace };
        let first = of(1, namespace(NsKind::Net, 5, 10));
        let mut watch = Watch::new(&found(std::slice::from_ref(&first)), called("a"));
        let hidden = Namespace { owner: Relation::None, ..first };
        assert!(watch.next(&found(&[hidden]), called("a")).is_empty());
        for (next, kind) in [
            (of(2, namespace(NsKind::Net, 5, 12)), NsKind::Net),
            (namespace(NsKind::Uts, 5, 13), NsKind::Uts),
        ] {
            let events = watch.next(&found(&[next]), called("b"));
            assert_eq!(
                events.iter().map(|event| event.change).collect::<Vec<_>>(),
                [Change::Disappeared, Change::Appeared]
            );
            assert_eq!(events[1].kind, kind);
        }
    }

    #[test]
    fn the_last_process_is_remembered() {
        let mut watch = Watch::new(&found(&[namespace(NsKind::Net, 5, 10)]), called("a"));
        let pins = vec![Pin::Mount("/run/netns/RED".into())];
        let kept = Namespace { pins: pins.clone(), owner_uid: Some(0), ..namespace(NsKind::Net, 5, 0) };
        assert!(watch.next(&found(&[kept]), called("never read")).is_empty());
        let events = watch.next(&found(&[]), called("never read"));
        assert_eq!(short(&events), [("disappeared", NsKind::Net, 5, Some(10), "a".into())]);
        assert_eq!((&events[0].pins, events[0].owner_uid), (&pins, Some(0)));
    }

    #[test]
    fn one_that_cannot_be_read_any_more() {
        let mut watch = Watch::default();
        let events = watch.next(&found(&[namespace(NsKind::Net, 5, 10)]), |_| None);
        assert_eq!(short(&events), [("appeared", NsKind::Net, 5, Some(10), String::new())]);
        assert_eq!(events[0].uid(), None);
    }

    proptest! {
        /// What has come less what has gone is what is there.
        #[test]
        fn events_add_up(looks in prop::collection::vec(prop::collection::btree_map(0u64..20, (0usize..8, 0u32..5), 0..15), 1..8)) {
            let mut watch = Watch::default();
            let mut there = std::collections::BTreeMap::new();
            for look in looks {
                let namespaces: Vec<_> =
                    look.iter().map(|(ino, (kind, pid))| namespace(NsKind::ALL[*kind], *ino, *pid)).collect();
                for event in watch.next(&found(&namespaces), called("x")) {
                    let before = match event.change {
                        Change::Appeared => there.insert(event.ino, event.kind),
                        Change::Disappeared => there.remove(&event.ino).filter(|kind| *kind != event.kind),
                    };
                    prop_assert_eq!(before, None);
                }
                let now: std::collections::BTreeMap<_, _> =
                    namespaces.iter().map(|namespace| (namespace.ino, namespace.kind)).collect();
                prop_assert_eq!(&there, &now);
            }
        }
    }
}

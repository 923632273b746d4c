//! What the groups have used by now.

use super::super::group::Group;
use super::super::quick::Quick;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Instant;
use xns_cgroup::Processes;
use xns_cgroup::stat::{Part, Source, Stats};
use xns_cgroup::walk::{Listed, Listing};

/// All groups at one time.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) at: Instant,
    /// Each after the one above it.
    pub(super) groups: Vec<Sampled>,
}

/// A group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sampled {
    /// Below the one that was asked for.
    pub(super) path: PathBuf,
    pub(super) stats: Stats,
    /// How many are in it and below it.
    pub(super) processes: Option<u64>,
}

/// What is shown of the statistics.
const FILES: &[&str] = &[
    "memory.current",
    "memory.usage_in_bytes",
    "memory.max",
    "memory.limit_in_bytes",
    "cpu.stat",
    "cpuacct.usage",
    "pids.current",
    "pids.max",
    "io.stat",
    "blkio.throttle.io_service_bytes_recursive",
    "blkio.bfq.io_service_bytes_recursive",
    "cpu.pressure",
    "memory.pressure",
    "io.pressure",
    "cgroup.events",
    "freezer.state",
];

impl Sample {
    /// Now.
    pub(super) fn take(top: &Group, source: &dyn Source) -> Sample {
        Sample::of(top, &top.listing(), source)
    }

    pub(super) fn of(top: &Group, listing: &Listing, source: &dyn Source) -> Sample {
        let whole = top.parts();
        let quick = Quick { files: FILES, source };
        let part = |listed: &Listed, tree: usize| {
            let part: &Part = whole.get(tree)?;
            let directory = if listed.path.as_os_str().is_empty() {
                part.directory.clone()
            } else {
                part.directory.join(&listed.path)
            };
            Some(Part { version: part.version, controllers: part.controllers.clone(), directory })
        };
        let mut crowds = Vec::with_capacity(listing.groups.len());
        let mut sampled = |listed: &Listed| {
            let parts: Vec<Part> = listed.trees.iter().filter_map(|tree| part(listed, *tree)).collect();
            crowds.push(Crowd::of(&parts, source));
            Sampled { path: listed.path.clone(), stats: Stats::of(&parts, &quick), processes: None }
        };
        let mut groups: Vec<Sampled> = listing.groups.iter().map(&mut sampled).collect();
        add_up(&mut groups, crowds);
        Sample { at: Instant::now(), groups }
    }
}

/// Who is in a group, each once: it may have a directory in several hierarchies.
#[derive(Clone, Debug, Default)]
struct Crowd {
    ids: BTreeSet<u32>,
    /// How many have no PID here.
    unseen: usize,
}

impl Crowd {
    fn of(parts: &[Part], source: &dyn Source) -> Self {
        let mut crowd = Crowd::default();
        for own in parts.iter().filter_map(|part| Processes::of(&part.directory, source).ok()) {
            // Those of a threaded group are threads.
            if !own.threaded {
                crowd.unseen = crowd.unseen.max(own.unseen);
                crowd.ids.extend(own.ids);
            }
        }
        crowd
    }

    fn join(&mut self, mut other: Crowd) {
        if other.ids.len() > self.ids.len() {
            std::mem::swap(&mut self.ids, &mut other.ids);
        }
        self.ids.extend(other.ids);
        self.unseen += other.unseen;
    }
}

/// Those of each group belong to the one above it, too. The last comes first: so all below a group are added up before itself.
fn add_up(groups: &mut [Sampled], mut crowds: Vec<Crowd>) {
    let places: BTreeMap<PathBuf, usize> =
        groups.iter().enumerate().map(|(at, group)| (group.path.clone(), at)).collect();
    for at in (0..groups.len()).rev() {
        let crowd = std::mem::take(&mut crowds[at]);
        groups[at].processes = u64::try_from(crowd.ids.len() + crowd.unseen).ok();
        let above = groups[at].path.parent().and_then(|above| places.get(above));
        if let Some(above) = above.and_then(|above| crowds.get_mut(*above)) {
            above.join(crowd);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::record::Files as Record;
    use super::*;
    use xns_cgroup::{Hierarchy, Placed, Tree};

    #[test]
    fn processes_are_counted_once_and_with_those_below() {
        const RECORD: Record = Record(&[
            ("/m/a/cgroup.procs", "1\n2\n"),
            ("/p/a/cgroup.procs", "2\n3\n"),
            ("/m/a/b/cgroup.procs", "3\n0\n"),
            ("/p/a/b/cgroup.procs", ""),
            ("/m/a/b/c/cgroup.procs", "9\n"),
            ("/m/a/memory.usage_in_bytes", "7\n"),
        ]);
        let tree = |name: &str, point: &str| Tree {
            hierarchy: Hierarchy::Version1(vec![name.to_owned()]),
            point: point.into(),
            root: "/".into(),
            names: "".into(),
            controllers: vec![name.to_owned()],
            read_only: false,
        };
        let placed = |tree: Tree| Placed { directory: tree.point.join("a"), tree };
        let top = Group {
            name: "/a".into(),
            placed: vec![placed(tree("memory", "/m")), placed(tree("pids", "/p"))],
        };
        let listed = |(path, trees): (&str, &[usize])| Listed { path: path.into(), trees: trees.to_vec() };
        let groups: [(&str, &[usize]); 3] = [("", &[0, 1]), ("b", &[0, 1]), ("b/c", &[0])];
        let listing = Listing { groups: groups.map(listed).to_vec(), refused: Vec::new() };
        let sample = Sample::of(&top, &listing, &RECORD);
        let counts: Vec<_> = sample.groups.iter().map(|group| group.processes).collect();
        assert_eq!(counts, [Some(5), Some(3), Some(1)]);
        assert_eq!(sample.groups[0].stats.memory.current_bytes, Some(7));
    }
}

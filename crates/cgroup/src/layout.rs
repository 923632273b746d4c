//! Which hierarchies this process sees, and where each controller is: by the mount table and `cgroup.controllers`, never by the
//! names of directories (cgroups(7)).

use crate::membership::{is_visible, shows};
use crate::namespace::{Below, below, is_removed, names};
use crate::{ArrangeError, GroupPath, Hierarchy, Membership, memberships};
use std::fmt;
use std::path::{Path, PathBuf};
use xns_core::Facts;
use xns_core::mountinfo::Mounted;

/// One hierarchy, where it is mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// Which one.
    pub hierarchy: Hierarchy,
    /// The mount point.
    pub point: PathBuf,
    /// The group that the mount point shows, from the root of our cgroup namespace: `/`, but `/a` for a bind mount of a part, and
    /// `/..` where the mount was made outside of the namespace.
    pub root: PathBuf,
    /// The names that lead from the mount point to the root of our cgroup namespace, where the mount was made outside of it; empty
    /// when they are not known.
    pub names: PathBuf,
    /// The controllers that it has: version 1's are the mount's, version 2's stand in its `cgroup.controllers`.
    pub controllers: Vec<String>,
    /// Is it mounted read-only?
    pub read_only: bool,
}

/// Version 1 or 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// A hierarchy of its own for each controller, or a few.
    V1,
    /// The unified hierarchy.
    V2,
}

/// What the machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// No hierarchy is mounted.
    None,
    /// Only version 1.
    V1,
    /// Only version 2.
    V2,
    /// Both.
    Hybrid,
}

/// All hierarchies that are mounted where this process sees them, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// In the order of the mount table.
    pub trees: Vec<Tree>,
    /// This process's groups.
    pub own: Vec<Membership>,
}

/// Where a controller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'l> {
    /// In this hierarchy.
    In(&'l Tree),
    /// In a hierarchy of version 1 that is mounted nowhere here, with this number in `/proc/cgroups`.
    Unmounted(u32),
    /// The kernel has it, but it was disabled at boot (`cgroup_disable=`).
    Disabled,
    /// The kernel has it in version 2, where it was not passed on to the root that is seen here; or in none.
    NotHere,
    /// This kernel knows no such controller.
    Unknown,
}

impl Tree {
    /// Its version.
    pub fn version(&self) -> Version {
        match self.hierarchy {
            Hierarchy::Unified => Version::V2,
            Hierarchy::Version1(_) => Version::V1,
        }
    }

    /// The directory of a group, by its path below the mount point.
    pub fn directory(&self, group: &GroupPath) -> PathBuf {
        if group.is_root() { self.point.clone() } else { self.point.join(group.as_path()) }
    }

    /// The directory of a group that a process is in; `None` when the mount does not show it.
    pub fn directory_of(&self, membership: &Membership) -> Option<PathBuf> {
        if membership.hierarchy != self.hierarchy || is_removed(&membership.path) {
            return None;
        }
        let Below { unnamed, named } = below(&self.root, &membership.path)?;
        let known: PathBuf = self.names.components().take(unnamed).collect();
        (known.components().count() == unnamed).then(|| {
            known.components().chain(named.components()).fold(self.point.clone(), |at, name| at.join(name))
        })
    }

    /// The directory of the root of our cgroup namespace; `None` when the mount does not show it.
    pub fn namespace_root(&self) -> Option<PathBuf> {
        self.directory_of(&Membership { hierarchy: self.hierarchy.clone(), path: "/".into() })
    }

    /// Was it mounted outside of our cgroup namespace, so that it shows more than that?
    pub fn is_of_outside(&self) -> bool {
        self.root.starts_with("/..")
    }

    /// The file through which a process, by version 1 a thread, comes into a group by writing 0: the one that waits for nobody else.
    pub fn own_file(&self) -> &'static str {
        match self.version() {
            Version::V1 => "tasks",
            Version::V2 => "cgroup.procs",
        }
    }
}

/// What is mounted, and which groups we are in.
const SOURCES: [&str; 2] = ["/proc/self/mountinfo", "/proc/self/cgroup"];

impl Layout {
    /// Of the machine with these facts, for who can do nothing where there is no hierarchy.
    ///
    /// # Errors
    /// There is none, or nobody can tell.
    pub fn needed(facts: &Facts) -> Result<Self, ArrangeError> {
        let layout = Layout::of(facts);
        if !layout.trees.is_empty() {
            return Ok(layout);
        }
        let unread = |file| facts.why_unread(file).map(|errno| ArrangeError::Unread { file, errno });
        Err(SOURCES.into_iter().find_map(unread).unwrap_or(ArrangeError::NoHierarchy))
    }

    /// Of the machine with these facts.
    pub fn of(facts: &Facts) -> Self {
        let mounts = facts.mounts().unwrap_or_default();
        let own = memberships(&facts.file(SOURCES[1]).unwrap_or_default());
        let mut layout = Layout { trees: Vec::new(), own };
        for mount in mounts.iter().filter(|mount| is_visible(mount, &mounts)) {
            let Some(hierarchy) = layout.hierarchy_of(mount) else { continue };
            let own = layout.own.iter().find(|own| own.hierarchy == hierarchy).map(|own| own.path.as_path());
            let rank = |root: &Path, read_only: bool| {
                let is_shown = own.is_some_and(|own| below(root, own).is_some());
                // The whole is better than a part, one that we are in than another, and what can be written than what cannot.
                (root == Path::new("/"), is_shown, !read_only)
            };
            match layout.trees.iter_mut().find(|tree| tree.hierarchy == hierarchy) {
                None => layout.trees.push(tree(mount, hierarchy, facts)),
                Some(known) if rank(&mount.root, mount.has("ro")) > rank(&known.root, known.read_only) => {
                    *known = tree(mount, hierarchy, facts);
                }
                Some(_) => {}
            }
        }
        for tree in layout.trees.iter_mut().filter(|tree| tree.is_of_outside()) {
            if let Some(own) = layout.own.iter().find(|own| own.hierarchy == tree.hierarchy) {
                tree.names = names(&tree.point, &tree.root, own, facts);
            }
        }
        layout
    }

    /// Of version 1 the mount's options name the controllers, among words that are none: `/proc/self/cgroup` has the list. One
    /// that is not in it has no processes' groups, and is of no use.
    fn hierarchy_of(&self, mount: &Mounted) -> Option<Hierarchy> {
        self.own.iter().map(|own| &own.hierarchy).find(|hierarchy| shows(mount, hierarchy)).cloned()
    }

    /// The hierarchy that a controller is in; named ones (`name=systemd`) count as controllers.
    pub fn find(&self, controller: &str) -> Option<&Tree> {
        self.trees.iter().find(|tree| tree.controllers.iter().any(|name| name == controller))
    }

    /// Where a controller is, or why it is nowhere.
    pub fn place<'l>(&'l self, controller: &str, facts: &Facts) -> Place<'l> {
        if let Some(tree) = self.find(controller) {
            return Place::In(tree);
        }
        let known = facts.line("/proc/cgroups").unwrap_or_default();
        let Some(row) = known.lines().find(|line| line.split_whitespace().next() == Some(controller)) else {
            return Place::Unknown;
        };
        let mut fields = row.split_whitespace().skip(1);
        let hierarchy = fields.next().and_then(|text| text.parse().ok()).unwrap_or(0);
        match (fields.nth(1), hierarchy) {
            (Some("0"), _) => Place::Disabled,
            (_, 0) => Place::NotHere,
            (_, number) => Place::Unmounted(number),
        }
    }

    /// The hierarchy of version 2.
    pub fn unified(&self) -> Option<&Tree> {
        self.trees.iter().find(|tree| tree.hierarchy == Hierarchy::Unified)
    }

    /// The tree of a hierarchy.
    pub fn tree(&self, hierarchy: &Hierarchy) -> Option<&Tree> {
        self.trees.iter().find(|tree| tree.hierarchy == *hierarchy)
    }

    /// Which versions there are.
    pub fn mode(&self) -> Mode {
        let has = |version| self.trees.iter().any(|tree| tree.version() == version);
        match (has(Version::V1), has(Version::V2)) {
            (false, false) => Mode::None,
            (true, false) => Mode::V1,
            (false, true) => Mode::V2,
            (true, true) => Mode::Hybrid,
        }
    }

    /// The directory of this process's own group in a hierarchy; `None` when that is outside of what is seen here.
    pub fn own_directory(&self, tree: &Tree) -> Option<PathBuf> {
        self.own.iter().find_map(|own| tree.directory_of(own))
    }
}

fn tree(mount: &Mounted, hierarchy: Hierarchy, facts: &Facts) -> Tree {
    let controllers = match &hierarchy {
        Hierarchy::Version1(names) => names.clone(),
        Hierarchy::Unified => {
            let path = mount.point.join("cgroup.controllers");
            let text = path.to_str().and_then(|path| facts.line(path)).unwrap_or_default();
            text.split_whitespace().map(str::to_owned).collect()
        }
    };
    let read_only = mount.has("ro") || mount.fs_has("ro");
    let (point, root) = (mount.point.clone(), mount.root.clone());
    Tree { hierarchy, point, root, names: PathBuf::new(), controllers, read_only }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Version::V1 => "v1",
            Version::V2 => "v2",
        })
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Mode::None => "none",
            Mode::V1 => "v1",
            Mode::V2 => "v2",
            Mode::Hybrid => "hybrid",
        })
    }
}

//! What a group's processes may do with device nodes: the devices controller's model, a default and a list of exceptions to it
//! (cgroup-v1/devices.rst), for both versions.

use super::{Access, Nodes, Rule, Sort};
use thiserror::Error;

/// A default and its exceptions, as one group of version 1 has them, and as the program of version 2 is made from them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    allows: bool,
    exceptions: Vec<Nodes>,
    asked: Vec<Nodes>,
}

/// Why rules cannot be kept together.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum RulesError {
    #[error(
        "'{denied}' would deny a part of what '{allowed}' allows{}: the devices controller has no exceptions from exceptions",
        if *.default { " (of the devices that every program gets)" } else { "" }
    )]
    Part { denied: Nodes, allowed: Nodes, default: bool },
    #[error("'{wanted}' is more than the group above allows, of which a group gets a part at most")]
    Above { wanted: Rule },
}

/// The devices that programs have beside those that are allowed by name: null, zero, full, random, urandom, tty, console, ptmx, the
/// slaves of pseudo-terminals; and nodes may be made of any device, which opens none. As the OCI runtimes have them.
pub const DEFAULT_SET: [Nodes; 11] = [
    Nodes { sort: Sort::Char, major: None, minor: None, access: Access::MKNOD },
    Nodes { sort: Sort::Block, major: None, minor: None, access: Access::MKNOD },
    character(1, 3),
    character(1, 5),
    character(1, 7),
    character(1, 8),
    character(1, 9),
    character(5, 0),
    character(5, 1),
    character(5, 2),
    Nodes { sort: Sort::Char, major: Some(136), minor: None, access: Access::ALL },
];

/// The names of the default set, for messages and manuals.
pub const DEFAULT_NAMES: &str = "null zero full random urandom tty console ptmx pts/*";

const fn character(major: u32, minor: u32) -> Nodes {
    Nodes { sort: Sort::Char, major: Some(major), minor: Some(minor), access: Access::ALL }
}

impl Rules {
    /// With `allow` nothing is allowed but these and the default set; without it, everything but `deny`. What is both allowed and
    /// denied is denied.
    ///
    /// # Errors
    /// What is denied must not be a mere part of what is allowed by a rule: a list of exceptions cannot say that.
    pub fn new(allow: &[Rule], deny: &[Rule]) -> Result<Self, RulesError> {
        let nodes = |rules: &[Rule]| -> Vec<Nodes> {
            let one = |rule: &Rule| if let Rule::Nodes(nodes) = rule { Some(*nodes) } else { None };
            rules.iter().filter_map(one).collect()
        };
        if deny.contains(&Rule::All) {
            return Ok(Rules { allows: false, exceptions: Vec::new(), asked: Vec::new() });
        }
        if allow.is_empty() || allow.contains(&Rule::All) {
            let mut rules = Rules { allows: true, exceptions: Vec::new(), asked: nodes(deny) };
            rules.asked.clone().into_iter().for_each(|nodes| rules.add(nodes));
            return Ok(rules);
        }
        let mut rules = Rules { allows: false, exceptions: Vec::new(), asked: nodes(allow) };
        DEFAULT_SET.into_iter().chain(nodes(allow)).for_each(|nodes| rules.add(nodes));
        for denied in nodes(deny) {
            rules.exceptions = remove(&rules.exceptions, denied, &rules.asked)?;
        }
        Ok(rules)
    }

    /// Is what no exception is made for allowed?
    pub fn allow_by_default(&self) -> bool {
        self.allows
    }

    /// The exceptions from that, each with other devices.
    pub fn exceptions(&self) -> &[Nodes] {
        &self.exceptions
    }

    /// Was this asked for, other than what is only in the default set?
    pub(super) fn is_asked(&self, nodes: &Nodes) -> bool {
        self.asked.iter().any(|asked| asked.same_devices(nodes))
    }

    /// May a device be used so? As the kernel decides it: one exception must allow all that is wanted, and one that denies a part of
    /// it denies it.
    pub fn permits(&self, sort: Sort, major: u32, minor: u32, access: Access) -> bool {
        let wanted = Nodes { sort, major: Some(major), minor: Some(minor), access };
        let mut found = self.exceptions.iter().filter(|exception| exception.covers(&wanted));
        match self.allows {
            true => !found.any(|exception| exception.access.meets(access)),
            false => found.any(|exception| exception.access.contains(access)),
        }
    }

    /// As the kernel adds an exception: the same devices have one entry.
    fn add(&mut self, nodes: Nodes) {
        match self.exceptions.iter_mut().find(|known| known.same_devices(&nodes)) {
            Some(known) => known.access = known.access | nodes.access,
            None => self.exceptions.push(nodes),
        }
    }
}

/// The exceptions without what is denied. The kernel itself would pass over in silence all but the very same devices.
pub(super) fn remove(from: &[Nodes], denied: Nodes, asked: &[Nodes]) -> Result<Vec<Nodes>, RulesError> {
    let mut left = Vec::with_capacity(from.len());
    for allowed in from {
        if !denied.overlaps(allowed) || !denied.access.meets(allowed.access) {
            left.push(*allowed);
        } else if denied.covers(allowed) {
            left.push(Nodes { access: allowed.access & !denied.access, ..*allowed });
        } else {
            let default = !asked.iter().any(|asked| asked.same_devices(allowed));
            return Err(RulesError::Part { denied, allowed: *allowed, default });
        }
    }
    left.retain(|nodes| !nodes.access.is_none());
    Ok(left)
}

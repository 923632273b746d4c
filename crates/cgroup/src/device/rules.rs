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
    resets: bool,
}

/// Why rules cannot be kept together.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum RulesError {
    #[error(
        "'{denied}' would deny a part of what '{allowed}' allows: there are no exceptions from exceptions{}",
        if *.default { " (that one is of the default set: nodes may be made of all devices, which opens none)" } else { "" }
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
        let all = |rules: &[Rule]| -> Vec<Nodes> { rules.iter().filter_map(nodes).collect() };
        if deny.contains(&Rule::All) {
            return Ok(Rules { allows: false, exceptions: Vec::new(), asked: Vec::new(), resets: true });
        }
        if allow.is_empty() || allow.contains(&Rule::All) {
            let mut rules =
                Rules { allows: true, exceptions: Vec::new(), asked: all(deny), resets: !allow.is_empty() };
            rules.asked.clone().into_iter().for_each(|nodes| rules.add(nodes));
            return Ok(rules);
        }
        let mut rules = Rules { allows: false, exceptions: Vec::new(), asked: all(allow), resets: true };
        DEFAULT_SET.into_iter().chain(all(allow)).for_each(|nodes| rules.add(nodes));
        rules.exceptions = remove(&rules.exceptions, &all(deny), &rules.asked)?;
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

    /// Do they take the place of what a group has? Denials alone are beside that.
    pub fn resets(&self) -> bool {
        self.resets
    }

    /// Has a group with these rules the right to all of this, as version 1 asks of the group above?
    pub(super) fn has_all_of(&self, nodes: &Nodes) -> bool {
        match self.allows {
            true => !self.exceptions.iter().any(|own| own.overlaps(nodes) && own.access.meets(nodes.access)),
            false => self.exceptions.iter().any(|own| own.covers(nodes) && own.access.contains(nodes.access)),
        }
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

    /// What a group's `devices.list` shows. What is denied to a group that is allowed all else is not shown there.
    pub(super) fn of_list(list: &str) -> Self {
        let found: Vec<_> =
            list.lines().filter_map(|line| Rule::parse_numbers(line.as_bytes()).ok()).collect();
        let allows = found.contains(&Rule::All);
        let mut rules = Rules { allows, exceptions: Vec::new(), asked: Vec::new(), resets: false };
        if !rules.allows {
            found.iter().filter_map(nodes).for_each(|nodes| rules.add(nodes));
        }
        rules
    }

    /// As the kernel adds an exception: the same devices have one entry.
    fn add(&mut self, nodes: Nodes) {
        match self.exceptions.iter_mut().find(|known| known.same_devices(&nodes)) {
            Some(known) => known.access = known.access | nodes.access,
            None => self.exceptions.push(nodes),
        }
    }
}

fn nodes(rule: &Rule) -> Option<Nodes> {
    match rule {
        Rule::All => None,
        Rule::Nodes(nodes) => Some(*nodes),
    }
}

/// The exceptions without what is denied. The kernel itself would pass over in silence all but the very same devices.
pub(super) fn remove(from: &[Nodes], denied: &[Nodes], asked: &[Nodes]) -> Result<Vec<Nodes>, RulesError> {
    let mut left = Vec::with_capacity(from.len());
    for allowed in from {
        let covering = denied.iter().filter(|denied| denied.covers(allowed));
        let access = covering.fold(allowed.access, |access, denied| access & !denied.access);
        if let Some(part) = denied.iter().find(|part| part.overlaps(allowed) && part.access.meets(access)) {
            let default = !asked.iter().any(|asked| asked.same_devices(allowed));
            return Err(RulesError::Part { denied: *part, allowed: *allowed, default });
        }
        if !access.is_none() {
            left.push(Nodes { access, ..*allowed });
        }
    }
    Ok(left)
}

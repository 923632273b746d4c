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
        "'{denied}' would deny a part of what '{allowed}' allows, and there are no exceptions from exceptions{}",
        default_words(.denied, .allowed, *.default)
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

fn default_words(denied: &Nodes, allowed: &Nodes, default: bool) -> String {
    let without = Nodes { access: denied.access & !Access::MKNOD, ..*denied };
    match (default, allowed.access == Access::MKNOD) {
        (false, _) => String::new(),
        (true, false) => ": that one is of the default set".to_owned(),
        (true, true) if without.access.is_none() => {
            ": that one is of the default set, and opens no device".to_owned()
        }
        (true, true) => format!(": that one is of the default set, and opens no device; give '{without}'"),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(texts: &[&str]) -> Vec<Rule> {
        texts.iter().map(|text| Rule::parse_numbers(text.as_bytes()).unwrap()).collect()
    }

    fn permits(allow: &[&str], deny: &[&str], wanted: &str) -> bool {
        let Ok(Rule::Nodes(wanted)) = Rule::parse_numbers(wanted.as_bytes()) else { panic!("{wanted}") };
        let rules = Rules::new(&rules(allow), &rules(deny)).unwrap();
        rules.permits(wanted.sort, wanted.major.unwrap(), wanted.minor.unwrap(), wanted.access)
    }

    #[test]
    fn what_is_not_allowed_is_denied_but_for_the_default_set() {
        let allow = ["b 7:* rw", "c 10:* r", "c 10:200 w"];
        for (wanted, answer) in [
            ("b 7:3 rw", true),
            ("b 8:0 r", false),
            ("c 10:200 r", true),
            ("c 10:200 w", true),
            // No one of them allows both.
            ("c 10:200 rw", false),
            ("c 1:3 rw", true),
            ("c 5:1 rw", true),
            ("c 136:99 rw", true),
            ("c 1:11 r", false),
            // mknod of what cannot be opened.
            ("c 1:11 m", true),
            ("b 8:0 m", true),
            ("b 8:0 rm", false),
        ] {
            assert_eq!(permits(&allow, &[], wanted), answer, "{wanted}");
        }
    }

    #[test]
    fn what_is_only_denied_leaves_the_rest() {
        let deny = ["c 1:11 w", "b *:* rw", "c *:7 m"];
        for (wanted, answer) in [
            ("c 1:11 r", true),
            ("c 1:11 w", false),
            ("c 1:11 rw", false),
            ("b 8:0 r", false),
            ("b 8:0 m", true),
            ("c 4:7 rw", true),
            ("c 4:7 m", false),
        ] {
            assert_eq!(permits(&[], &deny, wanted), answer, "{wanted}");
        }
        assert!(permits(&["a"], &[], "b 8:0 rwm") && !permits(&["a"], &["b 8:0 w"], "b 8:0 rw"));
        assert!(!permits(&["c 1:11"], &["a"], "c 1:3 r"));
    }

    #[test]
    fn what_is_both_is_denied_in_whichever_order() {
        let allow = ["b 7:0", "b 7:1 rw"];
        for deny in [["b 7:0 w", "b 7:* r"], ["b 7:* r", "b 7:0 w"]] {
            assert!(!permits(&allow, &deny, "b 7:0 r") && permits(&allow, &deny, "b 7:1 w"));
            assert!(!permits(&allow, &deny, "b 7:0 w") && permits(&allow, &deny, "b 7:0 m"));
        }
    }

    #[test]
    fn no_part_is_taken_out_of_an_exception() {
        let told =
            |allow: &[&str], deny: &[&str]| Rules::new(&rules(allow), &rules(deny)).unwrap_err().to_string();
        let no_exceptions = "and there are no exceptions from exceptions";
        assert_eq!(
            told(&["b *:* rw"], &["b 8:0 w"]),
            format!("'b 8:0 w' would deny a part of what 'b *:* rwm' allows, {no_exceptions}")
        );
        assert_eq!(
            told(&["b 7:0"], &["c 5:2"]),
            format!(
                "'c 5:2 rwm' would deny a part of what 'c *:* m' allows, {no_exceptions}: that one is of the default set, and opens no \
                 device; give 'c 5:2 rw'"
            )
        );
        assert!(told(&["b 7:0"], &["c 136:3 r"]).ends_with("'c 136:* rwm' allows, and there are no exceptions from exceptions: that one is of the default set"));
        // In other order one that covers all of it helps.
        assert!(Rules::new(&rules(&["b 7:*"]), &rules(&["b 7:0 w", "b *:* w"])).is_ok());
    }
}

//! The rules as lines for the files of version 1's controller devices (cgroup-v1/devices.rst).

use super::rules::remove;
use super::{Access, Nodes, Rule, Rules, RulesError};

/// What is written into a file of a group, in one write(2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `devices.allow` or `devices.deny`.
    pub file: &'static str,
    /// `c 1:3 rw`
    pub value: String,
    /// What should be said: a device of the default set that cannot be had here.
    pub note: Option<String>,
}

const ALLOW: &str = "devices.allow";
const DENY: &str = "devices.deny";

/// What is written, in order, so that a group has these rules. `above` is the text of `devices.list` of the group above, whose
/// rules a new group gets, and of which it can have a part at most (EPERM). `own` is that of the group itself, if it is there: what is
/// only denied is denied beside what was; what is allowed takes the place of what was.
///
/// The rule for all devices is written first: into a group that has groups below it, it cannot be (EINVAL).
///
/// # Errors
/// A rule that asks for more than the group above has; one that denies a part of what an exception allows.
pub fn lines(rules: &Rules, above: &str, own: Option<&str>) -> Result<Vec<Line>, RulesError> {
    let above = Rules::of_list(above);
    let line = |file, value: String| Line { file, value, note: None };
    if rules.allow_by_default() {
        let before = own.map_or_else(|| above.clone(), Rules::of_list);
        let mut lines = Vec::new();
        if rules.resets() {
            if !above.allow_by_default() {
                return Err(RulesError::Above { wanted: Rule::All });
            }
            // Of a group that allows all its list does not show what it denies.
            lines.extend(own.map(|_| line(ALLOW, "a".to_owned())));
        } else if !before.allow_by_default() {
            return denied(rules, &before);
        }
        lines.extend(rules.exceptions().iter().map(|nodes| line(DENY, nodes.to_string())));
        return Ok(lines);
    }
    let mut lines = vec![line(DENY, "a".to_owned())];
    for nodes in rules.exceptions() {
        if above.has_all_of(nodes) {
            lines.push(line(ALLOW, nodes.to_string()));
        } else if rules.is_asked(nodes) {
            return Err(RulesError::Above { wanted: Rule::Nodes(*nodes) });
        } else {
            let note = format!("the group above does not allow '{nodes}', so the default set is without it");
            lines[0].note.get_or_insert(note);
        }
    }
    Ok(lines)
}

/// In a group to which all is denied but exceptions, the kernel takes away only what is written just as an exception is.
fn denied(rules: &Rules, before: &Rules) -> Result<Vec<Line>, RulesError> {
    let left = remove(before.exceptions(), rules.exceptions(), before.exceptions())?;
    let taken = before.exceptions().iter().filter_map(|had| {
        let has = left.iter().find(|has| has.same_devices(had)).map_or(Access::NONE, |has| has.access);
        let access = had.access & !has;
        (!access.is_none()).then_some(Nodes { access, ..*had })
    });
    Ok(taken.map(|nodes| Line { file: DENY, value: nodes.to_string(), note: None }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::Sort;
    use proptest::prelude::*;

    fn rule(text: &str) -> Rule {
        Rule::parse_numbers(text.as_bytes()).unwrap()
    }

    fn rules(allow: &[&str], deny: &[&str]) -> Rules {
        let read = |texts: &[&str]| texts.iter().map(|text| rule(text)).collect::<Vec<_>>();
        Rules::new(&read(allow), &read(deny)).unwrap()
    }

    fn shown(lines: &[Line]) -> Vec<String> {
        lines
            .iter()
            .map(|line| format!("{} {}", line.file.trim_start_matches("devices."), line.value))
            .collect()
    }

    const FREE: &str = "a *:* rwm\n";

    #[test]
    fn all_is_denied_before_some_is_allowed() {
        let written = shown(&lines(&rules(&["b 7:0 r", "c 1:3 r"], &[]), FREE, None).unwrap());
        assert_eq!(written[..4], ["deny a", "allow c *:* m", "allow b *:* m", "allow c 1:3 rwm"]);
        assert_eq!((written.len(), written[12..].to_vec()), (13, vec!["allow b 7:0 r".to_owned()]));
        assert_eq!(shown(&lines(&rules(&[], &["c 1:3 w"]), FREE, None).unwrap()), ["deny c 1:3 w"]);
        assert_eq!(shown(&lines(&rules(&[], &["a"]), FREE, None).unwrap()), ["deny a"]);
        assert_eq!(lines(&rules(&["a"], &[]), FREE, None), Ok(Vec::new()));
        // What it has denied so far does not show.
        assert_eq!(
            shown(&lines(&rules(&["a"], &["b 7:0 w"]), FREE, Some(FREE)).unwrap()),
            ["allow a", "deny b 7:0 w"]
        );
    }

    #[test]
    fn no_more_than_the_group_above_has() {
        let above = "c *:* m\nc 1:* rwm\nb 7:0 rw\n";
        let some = lines(&rules(&["b 7:0 r", "c 1:11 rw"], &[]), above, None).unwrap();
        assert_eq!(shown(&some)[..3], ["deny a", "allow c *:* m", "allow c 1:3 rwm"]);
        assert_eq!(shown(&some)[7..], ["allow b 7:0 r", "allow c 1:11 rw"]);
        let note = "the group above does not allow 'b *:* m', so the default set is without it";
        assert_eq!(some[0].note.as_deref(), Some(note));
        let wanted = rule("b 7:0 rwm");
        assert_eq!(lines(&rules(&["b 7:0"], &[]), above, None), Err(RulesError::Above { wanted }));
        assert_eq!(lines(&rules(&["a"], &[]), above, None), Err(RulesError::Above { wanted: Rule::All }));
    }

    #[test]
    fn a_denial_in_a_group_of_exceptions_is_written_as_each_is() {
        let own = "c *:* m\nc 1:3 rwm\nc 1:5 r\nb 7:0 rw\n";
        let written = lines(&rules(&[], &["c 1:* rw", "b 8:0 r"]), FREE, Some(own)).unwrap();
        assert_eq!(shown(&written), ["deny c 1:3 rw", "deny c 1:5 r"]);
        let part = lines(&rules(&[], &["c 9:9 m"]), own, None);
        assert!(matches!(part, Err(RulesError::Part { default: false, .. })), "{part:?}");
    }

    /// The kernel's controller: a default, and exceptions of which each is changed only by the very same devices.
    #[derive(Clone)]
    struct Kernel {
        allows: bool,
        exceptions: Vec<Nodes>,
    }

    impl Kernel {
        fn write(&mut self, line: &Line, above: &Kernel) -> Result<(), &'static str> {
            let allow = line.file == ALLOW;
            let Rule::Nodes(nodes) = rule(&line.value) else {
                if allow && !above.allows {
                    return Err("EPERM");
                }
                self.exceptions = if allow { above.exceptions.clone() } else { Vec::new() };
                self.allows = allow;
                return Ok(());
            };
            if allow && !above.permits(&nodes) {
                return Err("EPERM");
            }
            let known = self.exceptions.iter().position(|known| known.same_devices(&nodes));
            match (allow == self.allows, known) {
                (true, Some(at)) => self.exceptions[at].access = self.exceptions[at].access & !nodes.access,
                (true, None) => {}
                (false, Some(at)) => self.exceptions[at].access = self.exceptions[at].access | nodes.access,
                (false, None) => self.exceptions.push(nodes),
            }
            self.exceptions.retain(|nodes| !nodes.access.is_none());
            Ok(())
        }

        fn permits(&self, wanted: &Nodes) -> bool {
            match self.allows {
                true => !self.exceptions.iter().any(|e| e.overlaps(wanted) && e.access.meets(wanted.access)),
                false => self.exceptions.iter().any(|e| e.covers(wanted) && e.access.contains(wanted.access)),
            }
        }

        fn list(&self) -> String {
            let lines = self.exceptions.iter().map(|nodes| format!("{nodes}\n"));
            if self.allows { FREE.to_owned() } else { lines.collect() }
        }
    }

    fn any_rule() -> impl Strategy<Value = Rule> {
        let number = || prop_oneof![Just("*"), Just("1"), Just("5"), Just("7")];
        let access = prop::sample::subsequence(vec!["r", "w", "m"], 1..=3);
        let sort = prop_oneof![Just("b"), Just("c")];
        let one = (sort, number(), number(), access).prop_map(|(sort, major, minor, access)| {
            rule(&format!("{sort} {major}:{minor} {}", access.concat()))
        });
        prop_oneof![20 => one, 1 => Just(Rule::All)]
    }

    fn any_rules() -> impl Strategy<Value = Rules> {
        let list = |most| prop::collection::vec(any_rule(), 0..most);
        (list(4), list(3)).prop_filter_map("a part", |(allow, deny)| Rules::new(&allow, &deny).ok())
    }

    const ROOT: Kernel = Kernel { allows: true, exceptions: Vec::new() };

    /// Every device and access that the rules above tell apart.
    fn all() -> impl Iterator<Item = Nodes> {
        let numbers = || [1, 5, 7, 9].into_iter();
        let accesses = (1..8u8).map(|bits| {
            let each = [Access::MKNOD, Access::READ, Access::WRITE];
            each.into_iter().filter(|one| one.bits() & bits != 0).fold(Access::NONE, |a, one| a | one)
        });
        let devices = [Sort::Block, Sort::Char].into_iter().flat_map(move |sort| {
            numbers().flat_map(move |major| numbers().map(move |minor| (sort, Some(major), Some(minor))))
        });
        let accesses: Vec<_> = accesses.collect();
        devices.flat_map(move |(sort, major, minor)| {
            accesses.clone().into_iter().map(move |access| Nodes { sort, major, minor, access })
        })
    }

    fn permits(rules: &Rules, wanted: &Nodes) -> bool {
        rules.permits(wanted.sort, wanted.major.unwrap(), wanted.minor.unwrap(), wanted.access)
    }

    proptest! {
        #[test]
        fn the_kernel_takes_the_lines_and_decides_as_the_rules_do(first in any_rules(), second in any_rules()) {
            let mut group = ROOT;
            for line in lines(&first, &ROOT.list(), None).unwrap() {
                prop_assert_eq!(group.write(&line, &ROOT), Ok(()), "{:?}", line);
            }
            for wanted in all() {
                prop_assert_eq!(group.permits(&wanted), permits(&first, &wanted), "{}", wanted);
            }
            // Into the same group again: allowing takes the place, denying stands beside.
            let Ok(again) = lines(&second, &ROOT.list(), Some(&group.list())) else { return Ok(()) };
            for line in again {
                prop_assert_eq!(group.write(&line, &ROOT), Ok(()), "{:?}", line);
            }
            for wanted in all() {
                let before = second.resets() || permits(&first, &wanted);
                prop_assert_eq!(group.permits(&wanted), before && permits(&second, &wanted), "{}", wanted);
            }
        }

        #[test]
        fn in_a_group_below_the_kernel_refuses_nothing(outer in any_rules(), inner in any_rules()) {
            let mut above = ROOT;
            for line in lines(&outer, &ROOT.list(), None).unwrap() {
                prop_assert_eq!(above.write(&line, &ROOT), Ok(()));
            }
            // What a group denies that allows all else does not show.
            prop_assume!(!above.allows || above.exceptions.is_empty());
            let Ok(written) = lines(&inner, &above.list(), None) else { return Ok(()) };
            let mut group = above.clone();
            for line in written {
                prop_assert_eq!(group.write(&line, &above), Ok(()), "{:?}", line);
            }
            for wanted in all() {
                let most = permits(&inner, &wanted) && above.permits(&wanted);
                prop_assert!(!group.permits(&wanted) || most, "{}", wanted);
            }
        }
    }
}

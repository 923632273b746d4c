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
        (!access.is_none()).then(|| Nodes { access, ..*had })
    });
    Ok(taken.map(|nodes| Line { file: DENY, value: nodes.to_string(), note: None }).collect())
}

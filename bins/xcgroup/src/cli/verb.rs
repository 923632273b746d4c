//! What can be done with groups: the first operand.

use std::ffi::OsStr;

/// A verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is explained by its row in VERBS")]
pub enum Verb {
    Create,
    Delete,
    Set,
    Get,
    Add,
    List,
    Tree,
    Show,
    Stat,
    Top,
    Freeze,
    Thaw,
    Kill,
    Wait,
    Layout,
    Delegate,
}

/// A verb's words.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which one.
    pub verb: Verb,
    /// Its name.
    pub name: &'static str,
    /// What follows it, as the usage shows it.
    pub operands: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
}

const fn row(verb: Verb, name: &'static str, operands: &'static str, about: &'static str) -> Row {
    Row { verb, name, operands, about }
}

/// All of them, in the order of the help.
pub const VERBS: [Row; 16] = [
    row(Verb::Create, "create", "NAME...", "make groups, with limits"),
    row(Verb::Delete, "delete", "NAME...", "remove groups that have no processes"),
    row(Verb::Set, "set", "NAME [FILE=VALUE]...", "change the limits of a group"),
    row(Verb::Get, "get", "NAME [FILE]...", "print a group's files: its limits unless some are named"),
    row(Verb::Add, "add", "NAME PID...", "move processes into a group"),
    row(Verb::List, "list", "[NAME]", "list groups, by their names and hierarchies"),
    row(Verb::Tree, "tree", "[NAME]", "draw groups with their processes, limits and usage"),
    row(Verb::Show, "show", "PID...", "show the groups of a process in every hierarchy"),
    row(Verb::Stat, "stat", "NAME...", "print what a group has used"),
    row(Verb::Top, "top", "[NAME]", "watch groups at work"),
    row(Verb::Freeze, "freeze", "NAME...", "stop the processes of a group"),
    row(Verb::Thaw, "thaw", "NAME...", "let them go on"),
    row(Verb::Kill, "kill", "NAME...", "end the processes of a group"),
    row(Verb::Wait, "wait", "NAME...", "wait until a group has no processes"),
    row(Verb::Layout, "layout", "", "show where each controller is on this machine"),
    row(Verb::Delegate, "delegate", "NAME USER[:GROUP]", "let a user make groups below a group"),
];

impl Verb {
    /// The verb of this name, or the one verb that begins so.
    pub fn parse(word: &OsStr) -> Option<Self> {
        let word = word.to_str()?;
        let mut begun = VERBS.iter().filter(|row| row.name.starts_with(word) && !word.is_empty());
        match VERBS.iter().find(|row| row.name == word) {
            Some(row) => Some(row.verb),
            None => begun.next().filter(|_| begun.next().is_none()).map(|row| row.verb),
        }
    }

    /// Its row.
    pub fn row(self) -> &'static Row {
        VERBS.iter().find(|row| row.verb == self).unwrap_or(&VERBS[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_may_be_shortened() {
        let parse = |word: &str| Verb::parse(OsStr::new(word));
        assert_eq!(
            (parse("create"), parse("cr"), parse("lis")),
            (Some(Verb::Create), Some(Verb::Create), Some(Verb::List))
        );
        assert_eq!((parse("set"), parse("t"), parse(""), parse("x")), (Some(Verb::Set), None, None, None));
        for row in VERBS {
            assert_eq!(parse(row.name), Some(row.verb));
            assert_eq!(row.verb.row().name, row.name);
        }
    }
}

//! What can be done with groups: the first operand.

use super::CliError;
use std::ffi::OsStr;
use xns_cli::options::{Noun, VerbRow};

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

/// Their rows, in the order of [`Verb::ALL`] and of the help.
pub static VERBS: [VerbRow; 16] = [
    VerbRow::new("create", "NAME...", (Noun::Cgroup, Noun::Cgroup), "make groups, with limits"),
    VerbRow::new("delete", "NAME...", (Noun::Cgroup, Noun::Cgroup), "remove groups that have no processes"),
    VerbRow::new(
        "set",
        "NAME [FILE=VALUE]...",
        (Noun::Cgroup, Noun::CgroupSetting),
        "change the limits of a group",
    ),
    VerbRow::new(
        "get",
        "NAME [FILE]...",
        (Noun::Cgroup, Noun::CgroupFile),
        "print a group's files: its limits unless some are named",
    ),
    VerbRow::new("add", "NAME PID...", (Noun::Cgroup, Noun::Pid), "move processes into a group"),
    VerbRow::new("list", "[NAME]", (Noun::Cgroup, Noun::None), "list groups, by their names and hierarchies"),
    VerbRow::new(
        "tree",
        "[NAME]",
        (Noun::Cgroup, Noun::None),
        "draw groups with their processes, limits and usage",
    ),
    VerbRow::new("show", "PID...", (Noun::Pid, Noun::Pid), "show the groups of a process in every hierarchy"),
    VerbRow::new("stat", "NAME...", (Noun::Cgroup, Noun::Cgroup), "print what a group has used"),
    VerbRow::new("top", "[NAME]", (Noun::Cgroup, Noun::None), "watch groups at work"),
    VerbRow::new("freeze", "NAME...", (Noun::Cgroup, Noun::Cgroup), "stop the processes of a group"),
    VerbRow::new("thaw", "NAME...", (Noun::Cgroup, Noun::Cgroup), "let them go on"),
    VerbRow::new("kill", "NAME...", (Noun::Cgroup, Noun::Cgroup), "end the processes of a group"),
    VerbRow::new("wait", "NAME...", (Noun::Cgroup, Noun::Cgroup), "wait until a group has no processes"),
    VerbRow::new("layout", "", (Noun::None, Noun::None), "show where each controller is on this machine"),
    VerbRow::new(
        "delegate",
        "NAME USER[:GROUP]",
        (Noun::Cgroup, Noun::Owner),
        "let a user make groups below a group",
    ),
];

impl Verb {
    /// All of them.
    pub const ALL: [Verb; 16] = [
        Verb::Create,
        Verb::Delete,
        Verb::Set,
        Verb::Get,
        Verb::Add,
        Verb::List,
        Verb::Tree,
        Verb::Show,
        Verb::Stat,
        Verb::Top,
        Verb::Freeze,
        Verb::Thaw,
        Verb::Kill,
        Verb::Wait,
        Verb::Layout,
        Verb::Delegate,
    ];

    /// The verb of this name, or the one verb that begins so.
    ///
    /// # Errors
    /// None, or several.
    pub fn parse(word: &OsStr) -> Result<Self, CliError> {
        let unknown = || CliError::Verb(word.to_owned());
        let text = word.to_str().filter(|text| !text.is_empty()).ok_or_else(unknown)?;
        if let Some(verb) = Verb::ALL.into_iter().find(|verb| verb.row().name == text) {
            return Ok(verb);
        }
        let begun: Vec<Verb> =
            Verb::ALL.into_iter().filter(|verb| verb.row().name.starts_with(text)).collect();
        match begun.as_slice() {
            [] => Err(unknown()),
            [verb] => Ok(*verb),
            several => Err(CliError::Ambiguous {
                word: text.to_owned(),
                verbs: several.iter().map(|verb| verb.row().name).collect(),
            }),
        }
    }

    /// Its row.
    pub fn row(self) -> &'static VerbRow {
        &VERBS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_may_be_shortened() {
        let parse = |word: &str| Verb::parse(OsStr::new(word)).ok();
        assert_eq!(
            (parse("create"), parse("cr"), parse("lis")),
            (Some(Verb::Create), Some(Verb::Create), Some(Verb::List))
        );
        assert_eq!((parse("set"), parse("t"), parse(""), parse("x")), (Some(Verb::Set), None, None, None));
        let error = Verb::parse(OsStr::new("t")).unwrap_err();
        assert_eq!(error.to_string(), "verb 't' is ambiguous; possibilities: 'tree' 'top' 'thaw'");
        for verb in Verb::ALL {
            assert_eq!(parse(verb.row().name), Some(verb));
            assert_eq!(format!("{verb:?}").to_lowercase(), verb.row().name);
        }
    }
}

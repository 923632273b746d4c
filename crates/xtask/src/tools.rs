//! The tools whose files are generated.

use xns_cli::options::{Table, complete};

use crate::{help, limits, man, zsh};

/// All that is generated for one tool.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    /// Of the manual.
    pub(crate) section: u8,
    pub(crate) about: &'static str,
    pub(crate) usage: &'static [&'static str],
    /// What is generated in the manual, in roff, each with its name.
    pub(crate) parts: Vec<(&'static str, String)>,
    /// What `--help` prints.
    pub(crate) help: String,
    /// File below `completions/`, and its text.
    pub(crate) completions: [(String, String); 3],
}

impl Tool {
    /// With one more generated part of its manual.
    fn with(mut self, name: &'static str, text: String) -> Self {
        self.parts.push((name, text));
        self
    }
}

/// Every tool: one line each.
pub(crate) fn all() -> Vec<Tool> {
    vec![
        tool(&xunshare::options::TABLE, 1),
        tool(&xnsenter::options::TABLE, 1),
        tool(&xlsns::options::TABLE, 8),
        tool(&xcgexec::options::TABLE, 1).with("LIMITS", limits::table()),
        tool(&xcgroup::options::TABLE, 8),
        tool(&xnetns::options::TABLE, 8),
        tool(&xnscheck::options::TABLE, 1),
    ]
}

fn tool<K>(table: &Table<K>, section: u8) -> Tool {
    let name = table.name;
    let mut parts = vec![("OPTIONS", man::options(table))];
    if !table.operands.verbs().is_empty() {
        parts.push(("VERBS", man::verbs(table)));
    }
    Tool {
        name,
        section,
        about: table.about,
        usage: table.usage,
        parts,
        help: help::help_text(table),
        completions: [
            (format!("bash/{name}"), complete::bash(table)),
            (format!("zsh/_{name}"), zsh::script(table)),
            (format!("fish/{name}.fish"), complete::fish(table)),
        ],
    }
}

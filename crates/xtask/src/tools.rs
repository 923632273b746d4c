//! The tools whose files are generated.

use xns_cli::options::{Table, complete};

use crate::{help, man, zsh};

/// All that is generated for one tool.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    /// Of the manual.
    pub(crate) section: u8,
    pub(crate) about: &'static str,
    pub(crate) usage: &'static [&'static str],
    /// The body of OPTIONS, in roff.
    pub(crate) options: String,
    /// What `--help` prints.
    pub(crate) help: String,
    /// File below `completions/`, and its text.
    pub(crate) completions: [(String, String); 3],
}

/// Every tool: one line each.
pub(crate) fn all() -> Vec<Tool> {
    vec![
        tool(&xunshare::options::TABLE, 1),
        tool(&xnsenter::options::TABLE, 1),
        tool(&xlsns::options::TABLE, 8),
        tool(&xcgexec::options::TABLE, 1),
        tool(&xcgroup::options::TABLE, 8),
    ]
}

fn tool<K>(table: &Table<K>, section: u8) -> Tool {
    let name = table.name;
    Tool {
        name,
        section,
        about: table.about,
        usage: table.usage,
        options: man::options(table),
        help: help::help_text(table),
        completions: [
            (format!("bash/{name}"), complete::bash(table)),
            (format!("zsh/_{name}"), zsh::script(table)),
            (format!("fish/{name}.fish"), complete::fish(table)),
        ],
    }
}

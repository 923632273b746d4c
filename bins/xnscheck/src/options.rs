//! xnscheck's options: the source of its argv, `--help`, manual page section and shell completions.

use crate::check::WALKS;
use xns_cli::options::{Domain, Operands, Opt, Table};
use xns_tool::{HEADING, ReportKey, rows};

/// One name for each option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// `--help`.
    Help,
    /// `--version`.
    Version,
    /// `--for`.
    For,
    /// `--json`.
    Json,
    /// What is told.
    Report(ReportKey),
}

const CHOICE: &str = "What is checked";
const FORM: &str = "Form of the output";
const ABOUT: &str = "Help";

/// The options.
pub static TABLE: Table<Key> = Table {
    name: "xnscheck",
    original: None,
    suite: "",
    about: "find out what this machine and this user can do with namespaces and control groups",
    usage: &["xnscheck [OPTIONS]"],
    operands: Operands::None,
    headings: &[CHOICE, FORM, HEADING, ABOUT],
    options: &ROWS,
    after_help: "The status is 0 when all of the course works here, 1 when something is missing for it, 2 when that could not be found out. \
Everything is tried in processes that end at once, and leaves nothing.",
};

static ROWS: [Opt<Key>; 6] = [
    Opt::new(
        Key::For,
        "for",
        CHOICE,
        "Only what this walkthrough of the course needs (W1 namespaces seen, W2 mnt, W3 uts, W4 ipc, W5 pid, W6 net, W7 user, W8 control \
groups, W9 cgroup and time, W10 a container by hand); may be given several times.",
    )
    .short('f')
    .required("WALKTHROUGH", Domain::OneOf(&WALKS)),
    Opt::new(Key::Json, "json", FORM, "Write JSON.").short('J'),
    Opt::new(Key::Report(ReportKey::Quiet), "quiet", HEADING, "Print nothing: the status tells.").short('q'),
    rows::error_format(Key::Report(ReportKey::ErrorFormat)),
    Opt::new(Key::Help, "help", ABOUT, "Print this help and exit.").short('h'),
    Opt::new(Key::Version, "version", ABOUT, "Print the version and exit.").short('V'),
];

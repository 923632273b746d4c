//! xlsns's options: the source of its argv, `--help`, manual page section and shell completions.

use xns_cli::options::{Domain, Operands, Opt, Since, Table};
use xns_lsns::column::NAMES;
use xns_tool::{ReportKey, rows};

/// One name for each option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// `--help`.
    Help,
    /// `--version`.
    Version,
    /// The form of the output.
    Form(FormKey),
    /// Which namespaces are listed.
    Choice(ChoiceKey),
    /// What else than a list is wanted.
    Look(LookKey),
    /// What is told, and how.
    Report(ReportKey),
}

/// The options of the output's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named and explained by its row in TABLE")]
pub enum FormKey {
    Json,
    Raw,
    List,
    Tree,
    NoHeadings,
    Output,
    OutputAll,
    NoTruncate,
    NoWrap,
    Color,
}

/// The options of what is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named and explained by its row in TABLE")]
pub enum ChoiceKey {
    Task,
    Type,
    Persistent,
    Filter,
    Deep,
}

/// The options of what else is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named and explained by its row in TABLE")]
pub enum LookKey {
    ListColumns,
    Compare,
    Detail,
    Graph,
    Watch,
}

const CHOICE: &str = "What is listed";
const FORM: &str = "Form of the output";
const LOOK: &str = "Other looks";
const REPORT: &str = xns_tool::HEADING;
const ABOUT: &str = "Help";

/// In Debian 12's lsns.
const U2_38: Since = Since::Original { tool: "lsns", version: "2.38" };
const U2_39: Since = Since::Original { tool: "lsns", version: "2.39" };
const U2_41: Since = Since::Original { tool: "lsns", version: "2.41" };

/// The kinds, as `--type` takes them.
const KINDS: &[&str] = &["mnt", "net", "ipc", "user", "pid", "uts", "cgroup", "time"];

/// The options: lsns's first, in the order in which lsns lists the candidates of an ambiguous abbreviation.
pub static TABLE: Table<Key> = Table {
    name: "xlsns",
    original: Some("lsns"),
    suite: "util-linux 2.43",
    about: "list namespaces, and what is in them, compare processes, draw how namespaces belong together",
    usage: &[
        "xlsns [OPTIONS] [NAMESPACE]",
        "xlsns --compare [OPTIONS] PID PID...",
        "xlsns --detail [OPTIONS] NAMESPACE",
        "xlsns --detail [OPTIONS] -p PID",
    ],
    operands: Operands::Namespaces,
    headings: &[CHOICE, FORM, LOOK, REPORT, ABOUT],
    options: &ROWS,
    after_help: "NAMESPACE is an inode number, as the column NS shows it: the processes in that namespace are listed. \
                 --list-columns explains the columns.",
};

const fn form(key: FormKey, long: &'static str, help: &'static str) -> Opt<Key> {
    Opt::new(Key::Form(key), long, FORM, help)
}

const fn choice(key: ChoiceKey, long: &'static str, help: &'static str) -> Opt<Key> {
    Opt::new(Key::Choice(key), long, CHOICE, help)
}

const fn look(key: LookKey, long: &'static str, help: &'static str) -> Opt<Key> {
    Opt::new(Key::Look(key), long, LOOK, help)
}

/// A static of its own, which the linker puts beside the code that reads it (`.cargo/launch.ld`).
static ROWS: [Opt<Key>; 25] = [
    form(FormKey::Json, "json", "Write JSON.").short('J').since(U2_38),
    choice(ChoiceKey::Task, "task", "Only the namespaces that the process PID is in.")
        .short('p')
        .required("PID", Domain::Pid)
        .since(U2_38),
    Opt::new(Key::Help, "help", ABOUT, "Print this help and exit.").short('h').since(U2_38),
    form(
        FormKey::Output,
        "output",
        "The columns, with commas between; with a + before them in addition to those that are shown by default.",
    )
    .short('o')
    .required("LIST", Domain::ListOf(&NAMES))
    .since(U2_38),
    form(FormKey::OutputAll, "output-all", "All columns.").since(U2_38),
    choice(ChoiceKey::Persistent, "persistent", "Only namespaces that no process is in.").short('P').since(U2_39),
    form(FormKey::NoTruncate, "notruncate", "Do not cut commands at the edge of the terminal.")
        .short('u')
        .since(U2_38),
    Opt::new(Key::Version, "version", ABOUT, "Print the version and exit.").short('V').since(U2_38),
    form(FormKey::NoHeadings, "noheadings", "Write no headings.").short('n').since(U2_38),
    form(FormKey::NoWrap, "nowrap", "Several values of a cell on one line, with commas between.")
        .short('W')
        .since(U2_38),
    form(FormKey::List, "list", "Write a list; so without being asked, but not under the name lsns.")
        .short('l')
        .since(U2_38),
    form(FormKey::Raw, "raw", "Cells with one blank between, for scripts; odd bytes as \\xHH.").short('r').since(U2_38),
    choice(ChoiceKey::Type, "type", "Only namespaces of this kind; may be given several times.")
        .short('t')
        .required("KIND", Domain::OneOf(KINDS))
        .since(U2_38),
    form(
        FormKey::Tree,
        "tree",
        "Write a tree: each namespace below the user namespace that owns it, below its parent, or below the parent process.",
    )
    .short('T')
    .optional_or("RELATION", Domain::OneOf(&["owner", "parent", "process"]), "owner")
    .short_takes_value()
    .since(U2_38),
    choice(
        ChoiceKey::Filter,
        "filter",
        "Only rows for which the expression is true, such as 'TYPE == \"net\" and NPROCS > 1'.",
    )
    .short('Q')
    .required("EXPRESSION", Domain::Text)
    .since(U2_41),
    look(LookKey::ListColumns, "list-columns", "Print what columns there are.").short('H').since(U2_41),
    choice(
        ChoiceKey::Deep,
        "deep",
        "Also look at threads, at namespaces that only future children will be in, and at what is mounted in other mount namespaces.",
    ),
    look(
        LookKey::Compare,
        "compare",
        "Compare the namespaces of processes, kind by kind. The status is 0 when they are the same, 1 when one differs, 2 when that \
         cannot be told.",
    ),
    look(LookKey::Detail, "detail", "Show what is inside a namespace, or all that isolates a process (-p PID)."),
    look(LookKey::Graph, "graph", "Draw how namespaces belong together, as text or for Graphviz or Mermaid.")
        .optional_or("FORM", Domain::OneOf(&["text", "dot", "mermaid"]), "text"),
    look(
        LookKey::Watch,
        "watch",
        "Print a line for each namespace that appears or disappears, until interrupted. Looks every SECONDS; what lives shorter may be \
         missed.",
    )
    .optional_or("SECONDS", Domain::Number, "1"),
    form(FormKey::Color, "color", "Whether there are colours; auto means on a terminal, unless NO_COLOR is set.")
        .optional_or("WHEN", Domain::OneOf(&["auto", "always", "never"]), "always"),
    rows::hints(Key::Report(ReportKey::Hints)),
    rows::error_format(Key::Report(ReportKey::ErrorFormat)),
    Opt::new(Key::Report(ReportKey::Quiet), "quiet", REPORT, "Do not say what could not be read."),
];

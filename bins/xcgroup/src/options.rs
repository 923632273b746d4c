//! xcgroup's options: the source of its argv, `--help`, manual page section and shell completions.

use crate::cli::VERBS;
use xns_cgroup::device::DeviceKey;
use xns_cgroup::limits::LimitKey;
use xns_cli::options::{Domain, Operands, Opt, Table};
use xns_tool::{HEADING, ReportKey, limits, rows};

/// One name for each option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// `--help`.
    Help,
    /// `--version`.
    Version,
    /// A limit.
    Limit(LimitKey),
    /// Which devices.
    Device(DeviceKey),
    /// What a verb does, and to what.
    Change(ChangeKey),
    /// How is shown what there is.
    Look(LookKey),
    /// What is told, and how.
    Report(ReportKey),
}

/// The options of verbs that change something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named and explained by its row in TABLE")]
pub enum ChangeKey {
    Recursive,
    Kill,
    Undo,
    Timeout,
}

/// The options of verbs that show something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named and explained by its row in TABLE")]
pub enum LookKey {
    Json,
    Once,
    Every,
    Sort,
    Color,
}

const CHANGE: &str = "Changing";
const LOOK: &str = "Looking";
const ABOUT: &str = "Help";

/// The options.
pub static TABLE: Table<Key> = Table {
    name: "xcgroup",
    original: None,
    suite: "",
    about: "make, limit, show, freeze, end and remove control groups",
    usage: &["xcgroup VERB [OPTIONS] [NAME|PID|FILE=VALUE]..."],
    operands: Operands::Verbs(&VERBS),
    headings: &[limits::HEADING, CHANGE, LOOK, HEADING, ABOUT],
    options: &ROWS,
    after_help: "Of a verb its beginning suffices. NAME is a group's path below where its hierarchies are mounted.",
};

/// A row that xcgexec has, too.
const fn limit(key: LimitKey) -> Opt<Key> {
    limits::row(key, Key::Limit(key))
}

static ROWS: [Opt<Key>; 35] = [
    limit(LimitKey::Memory),
    limit(LimitKey::MemoryRequest),
    limit(LimitKey::Swap),
    limit(LimitKey::Cpu),
    limit(LimitKey::CpuRequest),
    limit(LimitKey::CpuWeight),
    limit(LimitKey::CpuShares),
    limit(LimitKey::Cpuset),
    limit(LimitKey::CpusetMems),
    limit(LimitKey::Pids),
    limit(LimitKey::IoRead),
    limit(LimitKey::IoWrite),
    limit(LimitKey::IoReadIops),
    limit(LimitKey::IoWriteIops),
    limit(LimitKey::IoWeight),
    limits::device(DeviceKey::Allow, Key::Device(DeviceKey::Allow)),
    limits::device(DeviceKey::Deny, Key::Device(DeviceKey::Deny)),
    limit(LimitKey::NetClass),
    limit(LimitKey::Set),
    Opt::new(Key::Change(ChangeKey::Recursive), "recursive", CHANGE, "delete: also the groups below.").short('r'),
    Opt::new(Key::Change(ChangeKey::Kill), "kill", CHANGE, "delete: end the processes first, which otherwise are a reason to refuse."),
    Opt::new(Key::Change(ChangeKey::Undo), "undo", CHANGE, "delegate: root owns the group again, and what the user has made below it."),
    Opt::new(Key::Change(ChangeKey::Timeout), "timeout", CHANGE, "wait: give up after so long, with status 1.")
        .required("TIME", Domain::Text),
    Opt::new(Key::Look(LookKey::Json), "json", LOOK, "Print JSON.").short('J'),
    Opt::new(Key::Look(LookKey::Once), "once", LOOK, "top: print one table, measured over the interval, and end."),
    Opt::new(Key::Look(LookKey::Every), "every", LOOK, "top: the interval, one second unless given.").required("TIME", Domain::Text),
    Opt::new(Key::Look(LookKey::Sort), "sort", LOOK, "top: what the groups are sorted by, cpu unless given.")
        .required("COLUMN", Domain::OneOf(&["cpu", "memory", "io", "pids", "name"])),
    Opt::new(Key::Look(LookKey::Color), "color", LOOK, "Whether what is shown is coloured; auto means on a terminal.")
        .optional_or("WHEN", Domain::OneOf(&["auto", "always", "never"]), "auto"),
    Opt::new(
        Key::Report(ReportKey::DryRun),
        "dry-run",
        HEADING,
        "Print the steps that would be taken, and take none. sh: as mkdir and echo lines; v1+v2: those of both versions, limit by limit.",
    )
    .optional_or("FORMAT", Domain::OneOf(&["text", "json", "sh", "v1+v2"]), "text"),
    rows::explain(Key::Report(ReportKey::Explain)),
    rows::hints(Key::Report(ReportKey::Hints)),
    rows::error_format(Key::Report(ReportKey::ErrorFormat)),
    rows::quiet(Key::Report(ReportKey::Quiet)),
    Opt::new(Key::Help, "help", ABOUT, "Print this help and exit.").short('h'),
    Opt::new(Key::Version, "version", ABOUT, "Print the version and exit.").short('V'),
];

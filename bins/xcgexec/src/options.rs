//! xcgexec's options: the source of its argv, `--help`, manual page section and shell completions.

use xns_cgroup::device::DeviceKey;
use xns_cgroup::limits::LimitKey;
use xns_cli::options::{Domain, Operands, Opt, Since, Table};
use xns_tool::{HEADING, ReportKey, limits, rows};

/// One name for each option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// `-g`.
    Group,
    /// `--sticky`.
    Sticky,
    /// `-b`.
    IgnoreScope,
    /// `-r`.
    ReplaceIdle,
    /// `--help`.
    Help,
    /// `--version`.
    Version,
    /// A limit.
    Limit(LimitKey),
    /// Which devices.
    Device(DeviceKey),
    /// `--remaining`.
    Remaining,
    /// `--report`.
    ReportTo,
    /// `--report-format`.
    ReportFormat,
    /// What is told, and how.
    Report(ReportKey),
}

const GROUPS: &str = "Groups that are there";
const RUN: &str = "The run";
const ABOUT: &str = "Help";

/// In Debian 12's cgroup-tools.
const L2_0: Since = Since::Original { tool: "cgexec", version: "2.0" };
const L3_0: Since = Since::Original { tool: "cgexec", version: "3.0" };

/// The options: cgexec's first.
pub static TABLE: Table<Key> = Table {
    name: "xcgexec",
    original: Some("cgexec"),
    suite: "libcgroup 3.1",
    about: "run a program in control groups, or with limits in a new one",
    usage: &[
        "xcgexec -g CONTROLLERS:PATH [-g ...] PROGRAM [ARGUMENT]...",
        "xcgexec LIMIT... [OPTIONS] PROGRAM [ARGUMENT]...",
    ],
    operands: Operands::Command,
    headings: &[GROUPS, limits::HEADING, RUN, HEADING, ABOUT],
    options: &ROWS,
    after_help: "Run the task in given control group(s): with -g alone this process joins them and becomes PROGRAM. With a limit or \
                 --report PROGRAM runs in a new group, which is removed at its end. Everything after PROGRAM is its own.",
};

/// A row that xcgroup has, too.
const fn limit(key: LimitKey) -> Opt<Key> {
    limits::row(key, Key::Limit(key))
}

static ROWS: [Opt<Key>; 33] = [
    Opt::new(
        Key::Group,
        "group",
        GROUPS,
        "Join the group PATH in the hierarchies of these controllers. Names with commas between; * for all that are mounted; none for cgroup v2. May be given several times.",
    )
    .short('g')
    .required("CONTROLLERS:PATH", Domain::CgroupSpec)
    .since(L2_0),
    Opt::new(Key::Sticky, "sticky", GROUPS, "Accepted: there is no daemon here that would move the program.").short('s').since(L2_0),
    Opt::new(Key::Help, "help", ABOUT, "Print this help and exit.").short('h').since(L2_0),
    Opt::new(Key::IgnoreScope, "ignore-default", GROUPS, "Accepted: PATH never counts from a default scope here.").short('b').since(L3_0),
    Opt::new(Key::ReplaceIdle, "replace-idle", GROUPS, "Accepted: there is no idle thread of a scope here.").short('r').since(L3_0),
    Opt::new(Key::Version, "version", ABOUT, "Print the version and exit.").short('V'),
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
    Opt::new(
        Key::Remaining,
        "remaining",
        RUN,
        "What becomes of processes that PROGRAM leaves in its new group: they are ended, which is said, or waited for.",
    )
    .required("WHAT", Domain::OneOf(&["kill", "wait"])),
    Opt::new(
        Key::ReportTo,
        "report",
        RUN,
        "Tell at the end what happened: status, time, throttling, peak memory, OOM kills, refused forks, I/O, pressure. On standard error, or in FILE; - is standard output.",
    )
    .optional("FILE", Domain::File),
    Opt::new(Key::ReportFormat, "report-format", RUN, "The form of the report, text unless given; asks for the report as well.")
        .required("FORMAT", Domain::OneOf(&["text", "json"])),
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
];

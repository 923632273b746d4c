//! xnetns's options: the source of its `--help`, manual page section and shell completions. In `ip`'s spelling, with one dash, they are
//! read by `cli`.

use crate::cli::VERBS;
use xns_cli::options::{Domain, Operands, Opt, Since, Table};
use xns_tool::{HEADING, ReportKey, rows};

/// One name for each option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// `--help`.
    Help,
    /// `--version`.
    Version,
    /// What `ip` has before its object.
    Ip(IpKey),
    /// `--bridge`.
    Bridge,
    /// What is to be told.
    Report(ReportKey),
}

/// The options that `ip` has, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named and explained by its row in TABLE")]
pub enum IpKey {
    Netns,
    All,
    Json,
    Pretty,
    Brief,
    Version4,
    Version6,
}

const IP: &str = "As ip has them";
const JOINING: &str = "Joining";
const ABOUT: &str = "Help";

/// The options.
pub static TABLE: Table<Key> = Table {
    name: "xnetns",
    original: None,
    suite: "",
    about: "name network namespaces, join them by devices, show and check them",
    usage: &["xnetns [OPTIONS] VERB [WORD]...", "xnetns [OPTIONS] netns|link|address|route VERB [WORD]..."],
    operands: Operands::Verbs(&VERBS),
    headings: &[IP, JOINING, HEADING, ABOUT],
    options: &ROWS,
    after_help: "The words are those of ip(8), which may be shortened as there. Options stand before the program of exec; with two dashes \
anywhere before it, with one as ip has them: -n, -all, -j, -p, -br, -4, -6, which with connect, disconnect, show and check may stand anywhere.",
};

/// Of iproute2, the version that it was compared with.
const IPROUTE2: Since = Since::Original { tool: "ip", version: "6.1" };

const fn ip(key: IpKey, long: &'static str, help: &'static str) -> Opt<Key> {
    Opt::new(Key::Ip(key), long, IP, help).since(IPROUTE2)
}

static ROWS: [Opt<Key>; 15] = [
    ip(IpKey::Netns, "netns", "In this network namespace: link, address, route, set, list, list-id, identify; exec and pids only see that it is there.")
        .short('n')
        .required("NAME", Domain::Netns),
    ip(IpKey::All, "all", "del, exec, disconnect: all that have a name.").short('a'),
    ip(IpKey::Json, "json", "Print JSON, with ip's keys.").short('j'),
    ip(IpKey::Pretty, "pretty", "JSON on several lines.").short('p'),
    ip(IpKey::Brief, "brief", "link, address: one line for each."),
    ip(IpKey::Version4, "ipv4", "Only addresses and routes of version 4.").short('4'),
    ip(IpKey::Version6, "ipv6", "Only addresses and routes of version 6.").short('6'),
    Opt::new(
        Key::Bridge,
        "bridge",
        JOINING,
        "connect: by ports of this bridge of the current network namespace, which is made if it is not there. disconnect: only its ports.",
    )
    .required("NAME", Domain::Text),
    Opt::new(
        Key::Report(ReportKey::DryRun),
        "dry-run",
        HEADING,
        "Print the steps that would be taken, and take none. sh: as the ip commands that they stand for.",
    )
    .optional_or("FORMAT", Domain::OneOf(&["sh", "text", "json"]), "sh"),
    rows::explain(Key::Report(ReportKey::Explain)),
    rows::hints(Key::Report(ReportKey::Hints)),
    rows::error_format(Key::Report(ReportKey::ErrorFormat)),
    rows::quiet(Key::Report(ReportKey::Quiet)),
    Opt::new(Key::Help, "help", ABOUT, "Print this help and exit.").short('h'),
    Opt::new(Key::Version, "version", ABOUT, "Print the version and exit.").short('V'),
];

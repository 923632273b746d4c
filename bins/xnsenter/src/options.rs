//! xnsenter's options: the source of its argv, `--help`, manual page section and shell completions.

use xns_cli::options::{Domain, Operands, Opt, Since, Table};
use xns_core::NsKind;
use xns_tool::{HEADING, ReportKey, rows};

/// One name for each option, in groups, so that the `match` over each group is exhaustive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// `--help`.
    Help,
    /// `--version`.
    Version,
    /// `--all`.
    All,
    /// `--target`.
    Target,
    /// A namespace of this kind.
    Namespace(NsKind),
    /// Where the program starts.
    Place(PlaceKey),
    /// The program and how it is run.
    Program(ProgramKey),
    /// What else of a process is entered.
    Other(OtherKey),
    /// What is told, and how.
    Report(ReportKey),
}

/// The options of root and working directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named and explained by its row in TABLE")]
pub enum PlaceKey {
    Root,
    Wd,
    WdNs,
    MountProc,
}

/// The options of what else is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named and explained by its row in TABLE")]
pub enum OtherKey {
    JoinCgroup,
    UserParent,
    NetSocket,
    FollowContext,
}

/// The options of the program itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named and explained by its row in TABLE")]
pub enum ProgramKey {
    Setuid,
    Setgid,
    NoFork,
    PreserveCredentials,
    KeepCaps,
    ForwardSignals,
    Env,
    TrustEnv,
    CloseFds,
    Pty,
}

const U2_41: Since = Since::Original { tool: "nsenter", version: "2.41" };

const SPACES: &str = "Namespaces";
const PLACE: &str = "Root and working directory";
const RUN: &str = "Running the program";
const ABOUT: &str = "Help";

/// In Debian 12's nsenter.
const U2_38: Since = Since::Original { tool: "nsenter", version: "2.38" };
const U2_39: Since = Since::Original { tool: "nsenter", version: "2.39" };
const U2_40: Since = Since::Original { tool: "nsenter", version: "2.40" };

/// The options: nsenter's first, in the order in which nsenter lists the candidates of an ambiguous abbreviation.
pub static TABLE: Table<Key> = Table {
    name: "xnsenter",
    original: Some("nsenter"),
    suite: "util-linux 2.43",
    about: "run a program in the namespaces of another process, container or file",
    usage: &["xnsenter [OPTIONS] [PROGRAM [ARGUMENT]...]"],
    operands: Operands::Command,
    headings: &[SPACES, PLACE, RUN, HEADING, ABOUT],
    options: &ROWS,
    after_help: "A FILE is attached: -mFILE or --mount=FILE; :ID in its place is a namespace's 64-bit id. Without PROGRAM, the \
                 shell is run. Everything after PROGRAM is its own.",
};

const fn namespace(kind: NsKind, long: &'static str, short: char, help: &'static str) -> Opt<Key> {
    Opt::new(Key::Namespace(kind), long, SPACES, help)
        .short(short)
        .optional("FILE", Domain::File)
        .short_takes_value()
        .since(U2_38)
}

/// A static of its own, which the linker puts beside the code that reads it (`.cargo/launch.ld`).
static ROWS: [Opt<Key>; 35] = [
    Opt::new(Key::All, "all", SPACES, "Enter every namespace of the target in which the caller is not already.").short('a').since(U2_38),
    Opt::new(Key::Help, "help", ABOUT, "Print this help and exit.").short('h').since(U2_38),
    Opt::new(Key::Version, "version", ABOUT, "Print the version and exit.").short('V').since(U2_38),
    Opt::new(
        Key::Target,
        "target",
        SPACES,
        "What is entered: a PID; PID:INODE, refused unless its pidfd has that inode number; container:ID; netns:NAME or a \
         namespace's file, which are one namespace.",
    )
    .short('t')
    .required("TARGET", Domain::Process)
    .since(U2_38),
    namespace(NsKind::Mnt, "mount", 'm', "Enter the mount namespace, the target's or FILE's."),
    namespace(NsKind::Uts, "uts", 'u', "Enter the UTS namespace: host and domain name."),
    namespace(NsKind::Ipc, "ipc", 'i', "Enter the IPC namespace: System V IPC, POSIX message queues."),
    namespace(NsKind::Net, "net", 'n', "Enter the network namespace."),
    Opt::new(
        Key::Other(OtherKey::NetSocket),
        "net-socket",
        SPACES,
        "Enter the network namespace of the socket that is the target's descriptor FD.",
    )
    .short('N')
    .required("FD", Domain::Number)
    .since(U2_41),
    namespace(NsKind::Pid, "pid", 'p', "Enter the PID namespace: for a child, see --no-fork."),
    namespace(NsKind::Cgroup, "cgroup", 'C', "Enter the cgroup namespace."),
    namespace(NsKind::User, "user", 'U', "Enter the user namespace."),
    Opt::new(
        Key::Other(OtherKey::UserParent),
        "user-parent",
        SPACES,
        "Enter the user namespace that owns what is entered, instead of its own.",
    )
    .since(U2_40),
    namespace(NsKind::Time, "time", 'T', "Enter the time namespace."),
    Opt::new(Key::Program(ProgramKey::Setuid), "setuid", RUN, "Set the user id, as numbered in the user namespace entered; follow: the target's.")
        .short('S')
        .required("UID", Domain::OneOfOr(&["follow"]))
        .since(U2_38),
    Opt::new(Key::Program(ProgramKey::Setgid), "setgid", RUN, "Set the group id and drop the supplementary groups; follow: the target's.")
    .short('G')
    .required("GID", Domain::OneOfOr(&["follow"]))
        .since(U2_38),
    Opt::new(
        Key::Program(ProgramKey::PreserveCredentials),
        "preserve-credentials",
        RUN,
        "Do not become root in the user namespace entered.",
    )
    .since(U2_38),
    Opt::new(
        Key::Program(ProgramKey::KeepCaps),
        "keep-caps",
        RUN,
        "Let the program keep the capabilities in the user namespace entered also when it is not root there.",
    )
    .since(U2_40),
    Opt::new(Key::Place(PlaceKey::Root), "root", PLACE, "Make DIR the root, or the target's root.")
        .short('r')
        .optional("DIR", Domain::Dir)
        .short_takes_value()
        .since(U2_38),
    Opt::new(Key::Place(PlaceKey::Wd), "wd", PLACE, "Start in DIR, as it is now, or in the target's working directory.")
        .short('w')
        .optional("DIR", Domain::Dir)
        .short_takes_value()
        .since(U2_38),
    Opt::new(Key::Place(PlaceKey::WdNs), "wdns", PLACE, "Start in DIR as it is in the namespaces entered.")
        .short('W')
        .optional("DIR", Domain::Dir)
        .short_takes_value()
        .since(U2_38),
    Opt::new(
        Key::Program(ProgramKey::Env),
        "env",
        RUN,
        "Start the program with the target's environment; without what rules the loader and the shell, if that is another user's.",
    )
    .short('e')
    .since(U2_39),
    Opt::new(
        Key::Program(ProgramKey::NoFork),
        "no-fork",
        RUN,
        "Do not fork when a PID namespace is entered: the program's children are in it, it is not.",
    )
    .short('F')
    .since(U2_38),
    Opt::new(
        Key::Other(OtherKey::JoinCgroup),
        "join-cgroup",
        SPACES,
        "Join the cgroups of the target, in every hierarchy of either version.",
    )
    .short('c')
    .since(U2_40),
    Opt::new(
        Key::Other(OtherKey::FollowContext),
        "follow-context",
        RUN,
        "Run the program in the target's SELinux context, where there is SELinux.",
    )
    .short('Z')
    .since(U2_38),
    Opt::new(
        Key::Place(PlaceKey::MountProc),
        "mount-proc",
        PLACE,
        "Mount a proc of the PID namespace entered, in a mount namespace of the program's own.",
    )
    .optional_or("DIR", Domain::Dir, "/proc"),
    Opt::new(
        Key::Program(ProgramKey::TrustEnv),
        "trust-env",
        RUN,
        "With --env, also take what rules the loader and the shell from another user's process.",
    ),
    Opt::new(
        Key::Program(ProgramKey::CloseFds),
        "close-fds",
        RUN,
        "Pass on standard input, output and error, and no other descriptor of the caller's.",
    ),
    Opt::new(
        Key::Program(ProgramKey::Pty),
        "pty",
        RUN,
        "Give the program a new pseudo-terminal, in a session of its own, and copy between it and the standard streams: it can \
         neither write to the caller's terminal nor type into it. Forks.",
    ),
    Opt::new(
        Key::Program(ProgramKey::ForwardSignals),
        "forward-signals",
        RUN,
        "Pass on to the program the signals that processes send to this one; so without being asked, but not under the name nsenter.",
    ),
    rows::dry_run(Key::Report(ReportKey::DryRun)),
    rows::explain(Key::Report(ReportKey::Explain)),
    rows::hints(Key::Report(ReportKey::Hints)),
    rows::error_format(Key::Report(ReportKey::ErrorFormat)),
    rows::quiet(Key::Report(ReportKey::Quiet)),
];

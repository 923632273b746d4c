//! xunshare's options: the source of its argv, `--help`, manual page section and shell completions.

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
    /// A new namespace of this kind.
    Namespace(NsKind),
    /// Id maps.
    Map(MapKey),
    /// A root of one's own.
    Root(RootKey),
    /// The program and how it is run.
    Program(ProgramKey),
    /// What surrounds it: mounts, names, clocks.
    Around(AroundKey),
    /// The program's environment.
    Variables(VariablesKey),
    /// What is told, and how.
    Report(ReportKey),
}

/// The options of id maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named and explained by its row in TABLE")]
pub enum MapKey {
    User,
    Users,
    Group,
    Groups,
    RootUser,
    CurrentUser,
    Auto,
    Subids,
    Owner,
}

/// The options of an own root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named and explained by its row in TABLE")]
pub enum RootKey {
    Pivot,
    Bind,
    BindRo,
    Tmpfs,
    Dev,
}

/// The options of the program itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named and explained by its row in TABLE")]
pub enum ProgramKey {
    Fork,
    KillChild,
    ForwardSignals,
    Init,
    Pty,
    KeepCaps,
    Setuid,
    Setgid,
    Wd,
    PidFile,
    InfoFd,
    WaitFd,
}

/// The options of the program's surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named and explained by its row in TABLE")]
pub enum AroundKey {
    MountProc,
    MountBinfmt,
    LoadInterp,
    MountMqueue,
    Hostname,
    Domainname,
    Propagation,
    Setgroups,
    Chroot,
    Monotonic,
    Boottime,
}

/// The options of the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named and explained by its row in TABLE")]
pub enum VariablesKey {
    Clear,
    Whitelist,
}

const SPACES: &str = "Namespaces";
const MAPS: &str = "User and group ids";
const FILES: &str = "File systems";
const STATE: &str = "Names and clocks";
const RUN: &str = "Running the program";
const ABOUT: &str = "Help";

/// In Debian 12's unshare.
const U2_38: Since = Since::Original { tool: "unshare", version: "2.38" };
const U2_43: Since = Since::Original { tool: "unshare", version: "2.43" };
const U2_41: Since = Since::Original { tool: "unshare", version: "2.41" };

const RANGES: Domain = Domain::OneOfOr(&["auto", "subids", "all"]);

/// The options: unshare's first, in the order in which unshare lists the candidates of an ambiguous abbreviation.
pub static TABLE: Table<Key> = Table {
    name: "xunshare",
    original: Some("unshare"),
    suite: "util-linux 2.43",
    about: "run a program in new namespaces",
    usage: &["xunshare [OPTIONS] [PROGRAM [ARGUMENT]...]"],
    operands: Operands::Command,
    headings: &[SPACES, MAPS, FILES, STATE, RUN, HEADING, ABOUT],
    options: &ROWS,
    after_help: "A FILE belongs to the long form only: -m takes none. Without PROGRAM, the shell is run. \
                 Everything after PROGRAM is its own.",
};

/// A static of its own, which the linker puts beside the code that reads it (`.cargo/launch.ld`).
static ROWS: [Opt<Key>; 54] = [
        Opt::new(Key::Help, "help", ABOUT, "Print this help and exit.").short('h').since(U2_38),
        Opt::new(Key::Version, "version", ABOUT, "Print the version and exit.").short('V').since(U2_38),
        Opt::new(Key::Namespace(NsKind::Mnt), "mount", SPACES, "New mount namespace. With FILE, pin it there.")
            .short('m')
            .optional("FILE", Domain::File)
            .since(U2_38),
        Opt::new(Key::Namespace(NsKind::Uts), "uts", SPACES, "New UTS namespace: host and domain name.")
            .short('u')
            .optional("FILE", Domain::File)
            .since(U2_38),
        Opt::new(Key::Namespace(NsKind::Ipc), "ipc", SPACES, "New IPC namespace: System V IPC, POSIX message queues.")
            .short('i')
            .optional("FILE", Domain::File)
            .since(U2_38),
        Opt::new(Key::Namespace(NsKind::Net), "net", SPACES, "New network namespace.")
            .short('n')
            .optional("FILE", Domain::File)
            .since(U2_38),
        Opt::new(Key::Namespace(NsKind::Pid), "pid", SPACES, "New PID namespace, for child processes: see --fork.")
            .short('p')
            .optional("FILE", Domain::File)
            .since(U2_38),
        Opt::new(Key::Namespace(NsKind::User), "user", SPACES, "New user namespace; the --map options give it ids.")
            .short('U')
            .optional("FILE", Domain::File)
            .since(U2_38),
        Opt::new(Key::Namespace(NsKind::Cgroup), "cgroup", SPACES, "New cgroup namespace: the present cgroup becomes its root.")
            .short('C')
            .optional("FILE", Domain::File)
            .since(U2_38),
        Opt::new(Key::Namespace(NsKind::Time), "time", SPACES, "New time namespace; see --monotonic and --boottime.")
            .short('T')
            .optional("FILE", Domain::File)
            .since(U2_38),
        Opt::new(Key::Program(ProgramKey::Fork), "fork", RUN, "Run the program in a child process and wait for it.")
            .short('f')
            .since(U2_38),
        Opt::new(
            Key::Program(ProgramKey::KillChild),
            "kill-child",
            RUN,
            "End the program by SIGNAL when this process ends, and when it is asked to end (SIGTERM, SIGINT): then a second \
             time by SIGKILL. Implies --fork.",
        )
        .optional_or("SIGNAL", Domain::Signal, "KILL")
        .since(U2_38),
        Opt::new(
            Key::Program(ProgramKey::ForwardSignals),
            "forward-signals",
            RUN,
            "Pass on to the program the signals that processes send to this one. Implies --fork.",
        )
        .since(U2_43),
        Opt::new(Key::Around(AroundKey::MountProc), "mount-proc", FILES, "Mount a fresh proc file system on DIR. Implies --mount.")
            .optional_or("DIR", Domain::Dir, "/proc")
            .since(U2_38),
        Opt::new(
            Key::Around(AroundKey::MountBinfmt),
            "mount-binfmt",
            FILES,
            "Mount the binfmt_misc file system on DIR; without DIR also proc on /proc. Implies --mount --user.",
        )
        .optional_or("DIR", Domain::Dir, "/proc/sys/fs/binfmt_misc")
        .since(U2_41),
        Opt::new(Key::Map(MapKey::User), "map-user", MAPS, "Map the caller to this user, name or uid. Implies --user.")
            .required("USER", Domain::User)
            .since(U2_38),
        Opt::new(
            Key::Map(MapKey::Users),
            "map-users",
            MAPS,
            "Map user ids. RANGE is INNER:OUTER:COUNT, the older OUTER,INNER,COUNT, auto (the caller's ids in \
             /etc/subuid, from 0 up), subids (the same ids unchanged) or all (every id the caller has). Repeatable. \
             Implies --user.",
        )
        .required("RANGE", RANGES)
        .since(U2_38),
        Opt::new(
            Key::Map(MapKey::Group),
            "map-group",
            MAPS,
            "Map the caller's group to this group, name or gid. Implies --user.",
        )
        .required("GROUP", Domain::Group)
        .since(U2_38),
        Opt::new(
            Key::Map(MapKey::Groups),
            "map-groups",
            MAPS,
            "Map group ids. RANGE is as for --map-users, with /etc/subgid. Repeatable. Implies --user.",
        )
        .required("RANGE", RANGES)
        .since(U2_38),
        Opt::new(
            Key::Map(MapKey::RootUser),
            "map-root-user",
            MAPS,
            "Map the caller's user and group to root. Implies --user --setgroups=deny.",
        )
        .short('r')
        .since(U2_38),
        Opt::new(
            Key::Map(MapKey::CurrentUser),
            "map-current-user",
            MAPS,
            "Map the caller's user and group to themselves. Implies --user --setgroups=deny.",
        )
        .short('c')
        .since(U2_38),
        Opt::new(Key::Map(MapKey::Auto), "map-auto", MAPS, "Same as --map-users=auto --map-groups=auto.").since(U2_38),
        Opt::new(Key::Map(MapKey::Subids), "map-subids", MAPS, "Same as --map-users=subids --map-groups=subids.")
            .since(U2_41),
        Opt::new(
            Key::Map(MapKey::Owner),
            "owner",
            MAPS,
            "Let this user and group own the new namespaces: become them before making these. Implies --user. Needs root.",
        )
        .required("UID:GID", Domain::Text)
        .since(U2_43),
        Opt::new(
            Key::Around(AroundKey::Propagation),
            "propagation",
            FILES,
            "How mounts spread into and out of the new mount namespace; private unless given.",
        )
        .required("KIND", Domain::OneOf(&["slave", "shared", "private", "unchanged"]))
        .since(U2_38),
        Opt::new(
            Key::Around(AroundKey::Setgroups),
            "setgroups",
            MAPS,
            "Whether setgroups(2) may be called in the new user namespace.",
        )
        .required("WORD", Domain::OneOf(&["allow", "deny"]))
        .since(U2_38),
        Opt::new(
            Key::Program(ProgramKey::KeepCaps),
            "keep-caps",
            MAPS,
            "Let the program keep the capabilities in its new user namespace also when it is not root there.",
        )
        .since(U2_38),
        Opt::new(Key::Program(ProgramKey::Setuid), "setuid", MAPS, "Set the user id, as numbered in the new user namespace.")
            .short('S')
            .required("UID", Domain::Number)
            .since(U2_38),
        Opt::new(Key::Program(ProgramKey::Setgid), "setgid", MAPS, "Set the group id and drop the supplementary groups.")
            .short('G')
            .required("GID", Domain::Number)
            .since(U2_38),
        Opt::new(Key::Around(AroundKey::Chroot), "root", FILES, "Change the root directory with chroot(2).")
            .short('R')
            .required("DIR", Domain::Dir)
            .since(U2_38),
        Opt::new(Key::Program(ProgramKey::Wd), "wd", RUN, "Change the working directory, after the root.")
            .short('w')
            .required("DIR", Domain::Dir)
            .since(U2_38),
        Opt::new(Key::Around(AroundKey::Monotonic), "monotonic", STATE, "Offset of the monotonic clock. Needs --time.")
            .required("SECONDS", Domain::Number)
            .since(U2_38),
        Opt::new(Key::Around(AroundKey::Boottime), "boottime", STATE, "Offset of the boot-time clock. Needs --time.")
            .required("SECONDS", Domain::Number)
            .since(U2_38),
        Opt::new(
            Key::Around(AroundKey::LoadInterp),
            "load-interp",
            FILES,
            "Register an interpreter for a kind of file, as the line for binfmt_misc/register says. Implies --mount --user, and \
             --mount-binfmt if it was not given before.",
        )
        .short('l')
        .required("LINE", Domain::Text)
        .since(U2_41),
        Opt::new(Key::Variables(VariablesKey::Clear), "clear-env", RUN, "Start the program with an empty environment.").since(U2_43),
        Opt::new(
            Key::Variables(VariablesKey::Whitelist),
            "whitelist-env",
            RUN,
            "Start the program with only these variables of the environment, names with commas between. Repeatable.",
        )
        .required("NAMES", Domain::Text)
        .since(U2_43),
        Opt::new(
            Key::Root(RootKey::Pivot),
            "pivot-root",
            FILES,
            "Make DIR the root with pivot_root(2) and leave no way back to the old one. Implies --mount.",
        )
        .required("DIR", Domain::Dir),
        Opt::new(
            Key::Root(RootKey::Bind),
            "bind",
            FILES,
            "Show SRC, with what is mounted below it, at DST in the new root. Repeatable. Needs --pivot-root.",
        )
        .required("SRC:DST", Domain::FilePair),
        Opt::new(Key::Root(RootKey::BindRo), "bind-ro", FILES, "As --bind, but read-only throughout. Needs --pivot-root.")
            .required("SRC:DST", Domain::FilePair),
        Opt::new(Key::Root(RootKey::Tmpfs), "tmpfs", FILES, "Mount an empty tmpfs at DST in the new root. Needs --pivot-root.")
            .required("DST", Domain::Dir),
        Opt::new(
            Key::Root(RootKey::Dev),
            "dev",
            FILES,
            "Mount a minimal /dev at DST in the new root. Needs --pivot-root.",
        )
        .required("DST", Domain::Dir),
        Opt::new(
            Key::Around(AroundKey::MountMqueue),
            "mount-mqueue",
            FILES,
            "Mount the POSIX message queue file system on DIR. Implies --mount.",
        )
        .optional_or("DIR", Domain::Dir, "/dev/mqueue"),
        Opt::new(Key::Around(AroundKey::Hostname), "hostname", STATE, "Set the host name. Implies --uts.")
            .required("NAME", Domain::Text),
        Opt::new(Key::Around(AroundKey::Domainname), "domainname", STATE, "Set the NIS domain name. Implies --uts.")
            .required("NAME", Domain::Text),
        Opt::new(
            Key::Program(ProgramKey::Init),
            "init",
            RUN,
            "Run an init as PID 1 that reaps orphans and passes on signals, and the program as its child. Implies \
             --fork --pid.",
        ),
        Opt::new(
            Key::Program(ProgramKey::Pty),
            "pty",
            RUN,
            "Give the program a new pseudo-terminal in a session of its own, so that nothing in it can write or type into this \
             one, and copy between the two. Implies --fork.",
        ),
        Opt::new(Key::Program(ProgramKey::PidFile), "pid-file", RUN, "Write the program's PID, as the caller sees it, to FILE.")
            .required("FILE", Domain::File),
        Opt::new(
            Key::Program(ProgramKey::InfoFd),
            "info-fd",
            RUN,
            "Write a line of JSON with the PID and the namespace ids to descriptor N when all is set up.",
        )
        .required("N", Domain::Number),
        Opt::new(
            Key::Program(ProgramKey::WaitFd),
            "wait-fd",
            RUN,
            "When all is set up, read descriptor N to its end of file before the program starts.",
        )
        .required("N", Domain::Number),
        rows::dry_run(Key::Report(ReportKey::DryRun)),
        rows::explain(Key::Report(ReportKey::Explain)),
        rows::hints(Key::Report(ReportKey::Hints)),
        rows::error_format(Key::Report(ReportKey::ErrorFormat)),
        rows::quiet(Key::Report(ReportKey::Quiet)),
];

#[cfg(test)]
mod tests {
    use super::*;
    use xns_cli::options::Parser;

    fn first(arg: &str) -> Result<Option<Key>, String> {
        let mut parser = Parser::new(&TABLE, [arg]);
        parser.next().map(|item| item.map(|item| item.key)).map_err(|error| error.to_string())
    }

    #[test]
    fn rows_are_distinct_and_under_a_known_heading() {
        for (at, row) in TABLE.options.iter().enumerate() {
            assert!(TABLE.headings.contains(&row.heading), "{}", row.long);
            for other in &TABLE.options[at + 1..] {
                assert!(row.key != other.key && row.long != other.long, "{}", row.long);
                assert!(row.short.is_none() || row.short != other.short, "{}", row.long);
            }
        }
    }

    /// What unshare 2.38 prints, with the options that came later in their places.
    #[test]
    fn abbreviations_are_the_originals() {
        assert_eq!(
            first("--m"),
            Err("option '--m' is ambiguous; possibilities: '--mount' '--mount-proc' '--mount-binfmt' '--map-user' '--map-users' \
                 '--map-group' '--map-groups' '--map-root-user' '--map-current-user' '--map-auto' '--map-subids' \
                 '--monotonic'"
                .to_owned())
        );
        assert_eq!(
            first("--p"),
            Err("option '--p' is ambiguous; possibilities: '--pid' '--propagation'".to_owned())
        );
        assert_eq!(first("--b=1"), Ok(Some(Key::Around(AroundKey::Boottime))));
        assert_eq!(first("--h"), Ok(Some(Key::Help)));
        assert_eq!(first("--mount-p"), Ok(Some(Key::Around(AroundKey::MountProc))));
        assert_eq!(first("--ex"), Ok(Some(Key::Report(ReportKey::Explain))));
    }
}

//! A table for the tests of this module, with one row of each shape.

use super::table::{Domain, Operands, Opt, Since, Table};
use super::verbs::{Noun, VerbRow};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Uts,
    Target,
    Fork,
    Root,
    Setuid,
    MapUser,
    MapUsers,
    Alias,
    MountProc,
    Propagation,
    Forget,
    Until,
    Bind,
    Into,
}

const ORIGINAL: Since = Since::Original { tool: "unshare", version: "2.38" };
const SPACES: &str = "Namespaces";
const RUN: &str = "Running";

pub(super) static TABLE: Table<Key> = Table {
    name: "sample",
    original: Some("unshare"),
    suite: "util-linux 2.43",
    about: "try the options table",
    usage: &["sample [OPTIONS] [COMMAND [ARGUMENT]...]"],
    operands: Operands::Command,
    headings: &[SPACES, RUN],
    options: &[
        Opt::new(Key::Uts, "uts", SPACES, "New UTS namespace.")
            .short('u')
            .optional("FILE", Domain::File)
            .since(ORIGINAL),
        Opt::new(Key::Target, "target", SPACES, "Enter one.")
            .short('t')
            .optional("FILE", Domain::File)
            .short_takes_value()
            .since(ORIGINAL),
        Opt::new(Key::Fork, "fork", RUN, "Run in a child.").short('f').since(ORIGINAL),
        Opt::new(Key::Root, "root", RUN, "Change the root.")
            .short('R')
            .required("DIR", Domain::Dir)
            .since(ORIGINAL),
        Opt::new(Key::Setuid, "setuid", RUN, "Set the uid.")
            .short('S')
            .required("UID", Domain::User)
            .since(ORIGINAL),
        Opt::new(Key::MapUser, "map-user", SPACES, "Map one.").required("USER", Domain::User).since(ORIGINAL),
        Opt::new(Key::MapUsers, "map-users", SPACES, "Map a range.")
            .required("RANGE", Domain::OneOfOr(&["auto", "all"]))
            .since(ORIGINAL),
        Opt::new(Key::Alias, "alias", RUN, "One name.").since(ORIGINAL),
        Opt::new(Key::Alias, "alternative", RUN, "The same by another name.").since(ORIGINAL),
        Opt::new(Key::MountProc, "mount-proc", RUN, "Mount a fresh proc.")
            .optional_or("DIR", Domain::Dir, "/proc")
            .since(ORIGINAL),
        Opt::new(Key::Propagation, "propagation", RUN, "Set the propagation.")
            .required("KIND", Domain::OneOf(&["slave", "private"]))
            .since(ORIGINAL),
        Opt::new(Key::Forget, "forget", RUN, "Ours."),
        Opt::new(Key::Until, "until", RUN, "Ours.").required("TIME", Domain::Text),
        Opt::new(Key::Bind, "bind", RUN, "Ours.").required("SRC:DST", Domain::FilePair),
        Opt::new(Key::Into, "into", RUN, "Ours.").required("TARGET", Domain::Process),
    ],
    after_help: "See sample(1).",
};

/// One with verbs.
pub(super) static VERBS: Table<Key> = Table {
    name: "verbs",
    operands: Operands::Verbs(&[
        VerbRow::new("make", "NAME...", (Noun::Cgroup, Noun::Cgroup), "make a teacher's groups"),
        VerbRow::new("give", "NAME USER", (Noun::Cgroup, Noun::Owner), "give one away"),
        VerbRow::new("count", "", (Noun::None, Noun::None), "say how many: all"),
    ]),
    options: &[Opt::new(Key::Into, "into", RUN, "Ours.").short('g').required("TARGET", Domain::CgroupSpec)],
    ..TABLE
};

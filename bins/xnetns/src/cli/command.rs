//! Objects and verbs: the first words.

use super::CliError;
use std::ffi::{OsStr, OsString};
use xns_cli::options::{Noun, VerbRow};

/// What is done, with the words that follow.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A verb of `ip netns`.
    Names(NamesVerb, Vec<OsString>),
    /// `link`.
    Link(Vec<OsString>),
    /// `address`.
    Address(Vec<OsString>),
    /// `route`.
    Route(Vec<OsString>),
    /// `connect`.
    Connect(Vec<OsString>),
    /// `disconnect`.
    Disconnect(Vec<OsString>),
    /// `show`.
    Show(Vec<OsString>),
    /// `check`.
    Check(Vec<OsString>),
}

/// A verb of `ip netns`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is explained by its row in VERBS")]
pub enum NamesVerb {
    Add,
    Delete,
    List,
    Exec,
    Attach,
    Set,
    ListId,
    Identify,
    Pids,
    Monitor,
}

impl NamesVerb {
    /// Their words.
    pub(super) fn words() -> impl Iterator<Item = &'static str> {
        NETNS.into_iter().map(|(name, _)| name)
    }

    /// The word in full.
    pub(crate) fn word(self) -> &'static str {
        VERBS[self as usize].name
    }
}

// What follows the objects, for completion.
const NETNS_WORDS: Noun = Noun::OneOf(&[
    "add", "delete", "list", "exec", "attach", "set", "list-id", "identify", "pids", "monitor",
]);
const LINK_WORDS: Noun = Noun::OneOf(&["add", "delete", "set", "show"]);
const ADDRESS_WORDS: Noun = Noun::OneOf(&["add", "change", "replace", "delete", "show", "flush"]);
const ROUTE_WORDS: Noun =
    Noun::OneOf(&["add", "append", "prepend", "change", "replace", "delete", "get", "show", "flush"]);

/// The verbs and objects, in the order of the help; those of `ip netns` first, in the order of [`NamesVerb`].
pub static VERBS: [VerbRow; 18] = [
    VerbRow::new("add", "NAME", (Noun::None, Noun::None), "make a network namespace with a name"),
    VerbRow::new("delete", "NAME", (Noun::Netns, Noun::None), "remove a name; wait for what goes with it"),
    VerbRow::new("list", "", (Noun::None, Noun::None), "list the names"),
    VerbRow::new(
        "exec",
        "NAME PROGRAM [ARG]...",
        (Noun::Netns, Noun::Program),
        "run a program in a network namespace",
    ),
    VerbRow::new("attach", "NAME PID", (Noun::None, Noun::Pid), "name the network namespace of a process"),
    VerbRow::new("set", "NAME NUMBER", (Noun::Netns, Noun::None), "give a network namespace a number here"),
    VerbRow::new("list-id", "[nsid NUMBER]...", (Noun::None, Noun::None), "list the numbers"),
    VerbRow::new("identify", "[PID]", (Noun::Pid, Noun::None), "print the names of where a process is"),
    VerbRow::new("pids", "NAME", (Noun::Netns, Noun::None), "list the processes in a network namespace"),
    VerbRow::new("monitor", "", (Noun::None, Noun::None), "tell when names come and go"),
    VerbRow::new("netns", "VERB [WORD]...", (NETNS_WORDS, Noun::OfVerb), "the same verbs, as ip has them"),
    VerbRow::new("link", "VERB [WORD]...", (LINK_WORDS, Noun::AfterNetns), "add, del, set and show devices"),
    VerbRow::new("address", "VERB [WORD]...", (ADDRESS_WORDS, Noun::None), "add, del and show addresses"),
    VerbRow::new("route", "VERB [WORD]...", (ROUTE_WORDS, Noun::None), "add, del and show routes"),
    VerbRow::new(
        "connect",
        "NAME:ADDRESS...",
        (Noun::Netns, Noun::Netns),
        "join network namespaces by devices",
    ),
    VerbRow::new("disconnect", "NAME...", (Noun::Netns, Noun::Netns), "remove what connect has made"),
    VerbRow::new(
        "show",
        "[NAME]...",
        (Noun::Netns, Noun::Netns),
        "show devices, addresses, routes and peers",
    ),
    VerbRow::new("check", "NAME [WHERE]", (Noun::Netns, Noun::Netns), "find out why there is no reply"),
];

/// Of `ip netns`, in the order in which `ip` compares abbreviations.
const NETNS: [(&str, NamesVerb); 13] = [
    ("list", NamesVerb::List),
    ("show", NamesVerb::List),
    ("lst", NamesVerb::List),
    ("list-id", NamesVerb::ListId),
    ("add", NamesVerb::Add),
    ("set", NamesVerb::Set),
    ("delete", NamesVerb::Delete),
    ("del", NamesVerb::Delete),
    ("identify", NamesVerb::Identify),
    ("pids", NamesVerb::Pids),
    ("exec", NamesVerb::Exec),
    ("monitor", NamesVerb::Monitor),
    ("attach", NamesVerb::Attach),
];

/// The objects of `ip` that are ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Object {
    Address,
    Route,
    Link,
    Netns,
    Connect,
    Disconnect,
    Show,
    Check,
}

/// `ip`'s objects in the order in which it compares abbreviations; those without one of ours are `ip`'s alone.
const OBJECTS: [(&str, Option<Object>); 27] = [
    ("address", Some(Object::Address)),
    ("addrlabel", None),
    ("maddress", None),
    ("route", Some(Object::Route)),
    ("rule", None),
    ("neighbor", None),
    ("neighbour", None),
    ("ntable", None),
    ("ntbl", None),
    ("link", Some(Object::Link)),
    ("l2tp", None),
    ("fou", None),
    ("ila", None),
    ("macsec", None),
    ("tunnel", None),
    ("tuntap", None),
    ("token", None),
    ("tcpmetrics", None),
    ("xfrm", None),
    ("mroute", None),
    ("mrule", None),
    ("netns", Some(Object::Netns)),
    ("netconf", None),
    ("vrf", None),
    ("sr", None),
    ("nexthop", None),
    ("mptcp", None),
];

/// Ours alone.
const OURS: [(&str, Object); 4] = [
    ("connect", Object::Connect),
    ("disconnect", Object::Disconnect),
    ("show", Object::Show),
    ("check", Object::Check),
];

/// What the first word stands for.
enum First {
    Object(Object),
    Verb(NamesVerb),
    Foreign(&'static str),
}

impl First {
    /// Whole words first: ours, the verbs of `ip netns`, `ip`'s objects; then beginnings, of `ip`'s objects before the others.
    fn parse(word: &OsStr) -> Option<Self> {
        let word = word.to_str().filter(|word| !word.is_empty())?;
        let object = |row: (&'static str, Option<Object>)| match row {
            (_, Some(object)) => First::Object(object),
            (name, None) => First::Foreign(name),
        };
        let ours = OURS.into_iter().find(|(name, _)| *name == word).map(|(_, object)| First::Object(object));
        let verb = || NETNS.into_iter().find(|(name, _)| *name == word).map(|(_, verb)| First::Verb(verb));
        let begun = || OBJECTS.into_iter().find(|(name, _)| name.starts_with(word)).map(object);
        let verb_begun = || names_verb(word).map(First::Verb);
        let ours_begun = || {
            let found = OURS.into_iter().find(|(name, _)| name.starts_with(word));
            found.map(|(_, object)| First::Object(object))
        };
        ours.or_else(verb).or_else(begun).or_else(verb_begun).or_else(ours_begun)
    }
}

/// The first verb that begins so.
fn names_verb(word: &str) -> Option<NamesVerb> {
    NETNS.into_iter().find(|(name, _)| name.starts_with(word)).map(|(_, verb)| verb)
}

/// The status for a wrong command line that begins with this word: 1 for a verb of ours, but 2 for `check`, whose 1 is an answer. `None` for
/// what is `ip`'s.
pub(super) fn misuse_of(word: &OsStr) -> Option<u8> {
    match First::parse(word)? {
        First::Object(Object::Connect | Object::Disconnect | Object::Show) => Some(1),
        First::Object(Object::Check) => Some(2),
        _ => None,
    }
}

/// Where the words of `exec` begin, when these are a command of that verb.
pub(super) fn is_exec(words: &[OsString]) -> Option<usize> {
    match First::parse(words.first()?)? {
        First::Verb(NamesVerb::Exec) => Some(1),
        First::Object(Object::Netns) => {
            let verb = names_verb(words.get(1)?.to_str()?);
            (verb == Some(NamesVerb::Exec)).then_some(2)
        }
        _ => None,
    }
}

impl Command {
    /// From the words that are no options.
    pub(super) fn parse(mut words: Vec<OsString>) -> Result<Self, CliError> {
        if words.is_empty() {
            return Err(CliError::NoVerb);
        }
        let first = words.remove(0);
        let object = match First::parse(&first) {
            None if first == "help" => return Err(CliError::Help),
            None => return Err(CliError::Object(first)),
            Some(First::Verb(verb)) => return Ok(Command::Names(verb, words)),
            Some(First::Foreign(object)) => return Err(CliError::Foreign { typed: first, object }),
            Some(First::Object(object)) => object,
        };
        Ok(match object {
            Object::Netns => return Command::netns(words),
            Object::Address => Command::Address(words),
            Object::Route => Command::Route(words),
            Object::Link => Command::Link(words),
            Object::Connect => Command::Connect(words),
            Object::Disconnect => Command::Disconnect(words),
            Object::Show => Command::Show(words),
            Object::Check => Command::Check(words),
        })
    }

    /// `ip netns` alone lists.
    fn netns(mut words: Vec<OsString>) -> Result<Self, CliError> {
        if words.is_empty() {
            return Ok(Command::Names(NamesVerb::List, words));
        }
        let word = words.remove(0);
        match word.to_str().filter(|word| !word.is_empty()).and_then(names_verb) {
            Some(verb) => Ok(Command::Names(verb, words)),
            None if word == "help" => Err(CliError::Help),
            None => Err(CliError::Verb(word)),
        }
    }
}

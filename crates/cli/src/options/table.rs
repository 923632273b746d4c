//! The vocabulary of an options table. Everything is const-constructible: a table costs nothing at run time.

use super::verbs::VerbRow;

/// All that one binary accepts on its command line, and the words that explain it.
#[derive(Debug)]
pub struct Table<K: 'static> {
    /// Our name of the tool, as in `xunshare`.
    pub name: &'static str,
    /// Name of the tool whose command line this one also understands.
    pub original: Option<&'static str>,
    /// Whose that is, and in which version: what `--version` says under the original's name.
    pub suite: &'static str,
    /// What the tool does, in one line without a full stop (the manual's NAME line).
    pub about: &'static str,
    /// The forms of the command line, one each, starting with the tool's name.
    pub usage: &'static [&'static str],
    /// What the words after the options are.
    pub operands: Operands,
    /// The headings in the order in which they are shown; rows name one of them.
    pub headings: &'static [&'static str],
    /// The rows: the original's in the original's order, then ours. getopt's "ambiguous" message lists
    /// candidates in this order.
    pub options: &'static [Opt<K>],
    /// What `--help` says after the options.
    pub after_help: &'static str,
}

impl<K: 'static> Table<K> {
    /// The rows below one heading, in table order.
    pub fn under(&self, heading: &str) -> impl Iterator<Item = &'static Opt<K>> {
        self.options.iter().filter(move |row| row.heading == heading)
    }
}

/// What the words after the options are; decides how they are completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operands {
    /// There are none.
    None,
    /// A program to run and its arguments.
    Command,
    /// Files.
    Files,
    /// Namespaces by their inode numbers, or processes. Options may follow them.
    Namespaces,
    /// One of these verbs, then what belongs to it. Options may stand among them.
    Verbs(&'static [VerbRow]),
}

impl Operands {
    /// Does the first one end the options, because what follows is not ours (getopt's leading `+`)?
    pub const fn end_options(self) -> bool {
        matches!(self, Operands::None | Operands::Command)
    }

    /// The verbs, where the first one is a verb.
    pub const fn verbs(self) -> &'static [VerbRow] {
        match self {
            Operands::Verbs(rows) => rows,
            _ => &[],
        }
    }
}

/// One option: a row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Opt<K: 'static> {
    /// What the tool's `match` sees.
    pub key: K,
    /// Long name, without the dashes.
    pub long: &'static str,
    /// Short name.
    pub short: Option<char>,
    /// Whether there is a value, and what the help calls it.
    pub value: Value,
    /// Whether the short form takes an *optional* value, attached (`-mFILE`); unshare's `-m` does not, nsenter's
    /// does. A required value belongs to both forms always.
    pub short_takes_value: bool,
    /// What the value can be: for completion and help, not checked here.
    pub domain: Domain,
    /// The heading it is shown under.
    pub heading: &'static str,
    /// Whose option it is.
    pub since: Since,
    /// One or two sentences for `--help` and the manual.
    pub help: &'static str,
}

impl<K: Copy> Opt<K> {
    /// An option of ours with neither a short form nor a value; the other methods add to it.
    pub const fn new(key: K, long: &'static str, heading: &'static str, help: &'static str) -> Self {
        Self {
            key,
            long,
            short: None,
            value: Value::None,
            short_takes_value: false,
            domain: Domain::None,
            heading,
            since: Since::Ours,
            help,
        }
    }

    /// Adds the short form.
    pub const fn short(mut self, letter: char) -> Self {
        self.short = Some(letter);
        self
    }

    /// Gives it a value that must be there: `--root=DIR`, `--root DIR`, `-RDIR`, `-R DIR`.
    pub const fn required(mut self, name: &'static str, domain: Domain) -> Self {
        self.value = Value::Required(name);
        self.domain = domain;
        self
    }

    /// Gives it a value that may be there: `--mount`, `--mount=FILE`.
    pub const fn optional(mut self, name: &'static str, domain: Domain) -> Self {
        self.value = Value::Optional { name, default: None };
        self.domain = domain;
        self
    }

    /// Gives it a value that may be there, and says what is meant when it is not.
    pub const fn optional_or(mut self, name: &'static str, domain: Domain, default: &'static str) -> Self {
        self.value = Value::Optional { name, default: Some(default) };
        self.domain = domain;
        self
    }

    /// Lets the short form take the optional value too.
    pub const fn short_takes_value(mut self) -> Self {
        self.short_takes_value = true;
        self
    }

    /// Says that it is the original's.
    pub const fn since(mut self, since: Since) -> Self {
        self.since = since;
        self
    }
}

impl<K> Opt<K> {
    /// The start of the help, without its full stop: what completions show beside the option.
    pub fn first_sentence(&self) -> &'static str {
        let end = self.help.find(". ").unwrap_or(self.help.len());
        self.help[..end].trim_end_matches('.')
    }

    /// Whether the short form can be followed by a value.
    pub const fn short_has_value(&self) -> bool {
        match self.value {
            Value::None => false,
            Value::Required(_) => true,
            Value::Optional { .. } => self.short_takes_value,
        }
    }
}

/// Whether an option has a value: getopt_long(3)'s `has_arg`, with the name used in help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// `no_argument`.
    None,
    /// `required_argument`: attached with `=`, or the next word.
    Required(&'static str),
    /// `optional_argument`: attached only.
    Optional {
        /// What the help calls it.
        name: &'static str,
        /// What its absence means, when that is a value.
        default: Option<&'static str>,
    },
}

impl Value {
    /// What the help calls the value.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Required(name) | Self::Optional { name, .. } => Some(name),
        }
    }

    /// What a missing value stands for.
    pub const fn default(self) -> Option<&'static str> {
        match self {
            Self::Optional { default, .. } => default,
            Self::None | Self::Required(_) => None,
        }
    }

    /// Whether two rows have the same `has_arg`, which getopt compares before it calls them ambiguous.
    pub(super) fn same_kind(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

/// What a value can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// There is no value.
    None,
    /// Anything; nothing to complete.
    Text,
    /// A number.
    Number,
    /// A path.
    File,
    /// A directory.
    Dir,
    /// What can be entered: a process of other namespaces, a container or a namespace by name, a namespace's file.
    Process,
    /// A user, by name or number.
    User,
    /// A group, by name or number.
    Group,
    /// A signal's name.
    Signal,
    /// `SRC:DST`, two paths.
    FilePair,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One of these words, or free text.
    OneOfOr(&'static [&'static str]),
    /// Some of these words, with commas between; a `+` before them adds to the default.
    ListOf(&'static [&'static str]),
    /// A process, by its PID.
    Pid,
    /// A network namespace, by its name in `/run/netns`.
    Netns,
    /// `CONTROLLERS:PATH`, a control group in the hierarchies of these controllers.
    CgroupSpec,
}

/// Where an option comes from. Abbreviations are looked up among the original's options first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// The original tool has it.
    Original {
        /// The tool.
        tool: &'static str,
        /// The oldest of its versions that we know to have it.
        version: &'static str,
    },
    /// It is ours.
    Ours,
}

impl Since {
    /// Whether the original has the option.
    pub const fn is_original(self) -> bool {
        matches!(self, Self::Original { .. })
    }
}

//! Operands that begin with a verb, as `xcgroup freeze NAME`: the verbs as data.

use std::borrow::Cow;

/// One thing that a tool does, by the word that asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerbRow {
    /// The word.
    pub name: &'static str,
    /// What follows it, as the usage shows it.
    pub operands: &'static str,
    /// What the word after it is.
    pub first: Noun,
    /// What all further words are.
    pub others: Noun,
    /// What it does, in one line without a full stop.
    pub about: &'static str,
}

impl VerbRow {
    /// A verb, and what follows it.
    pub const fn new(
        name: &'static str,
        operands: &'static str,
        (first, others): (Noun, Noun),
        about: &'static str,
    ) -> Self {
        Self { name, operands, first, others, about }
    }
}

/// What a word after a verb is: for completion, not checked here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// There is none.
    None,
    /// A control group, by its name.
    Cgroup,
    /// A file of the control group that was named first.
    CgroupFile,
    /// `FILE=VALUE`, for a file of the control group that was named first.
    CgroupSetting,
    /// A process, by its PID.
    Pid,
    /// `USER` or `USER:GROUP`.
    Owner,
    /// A network namespace, by its name in `/run/netns`.
    Netns,
    /// A program, and its words.
    Program,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A verb was named first: this is what that one takes.
    OfVerb,
    /// Behind the word `netns` a network namespace, by its name.
    AfterNetns,
}

impl Noun {
    /// The word that the scripts know it by.
    pub(super) fn word(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Noun::None => "none",
            Noun::Cgroup => "cgroup",
            Noun::CgroupFile => "file",
            Noun::CgroupSetting => "setting",
            Noun::Pid => "pid",
            Noun::Owner => "owner",
            Noun::Netns => "netns",
            Noun::Program => "program",
            Noun::OneOf(words) => return Cow::Owned(format!("={}", words.join(","))),
            Noun::OfVerb => "of-verb",
            Noun::AfterNetns => "after-netns",
        })
    }
}

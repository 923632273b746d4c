//! What every operation of every crate can do.

use crate::{Facts, Failure, Hint, Slot, Slots};
use std::borrow::Cow;
use std::fmt;

/// One step's deed, described: as system calls, as shell commands, and in words when it fails.
///
/// An operation's knowledge lives in one place: whoever adds one writes all of this beside it.
pub trait Operation {
    /// The state-changing system calls, in order, as a reader would write them in C.
    fn calls(&self) -> Vec<Call>;

    /// The same as a person would type it.
    fn shell(&self) -> Vec<Shell>;

    /// The first error line without the tool's name and the error's text, in the original's words.
    fn failed(&self, part: u8) -> String;

    /// The whole first line in the words of an original that does not say its name, and the status with which it ends. Without it
    /// the line is the tool's name, [`Operation::failed`] and the error's text.
    fn original(&self, _failure: &Failure) -> Option<(String, u8)> {
        None
    }

    /// Which of the known causes a failure was.
    fn hint(&self, _failure: &Failure, _facts: &Facts) -> Option<Hint> {
        None
    }

    /// The slots that it fills.
    fn fills(&self) -> &'static [Slot] {
        &[]
    }

    /// The slots that it reads.
    fn reads(&self) -> &'static [Slot] {
        &[]
    }
}

/// An operation that is done by calling it. (Those that the engine itself does, as a fork, are only described.)
pub trait Apply: Operation {
    /// Does it, in the process that calls.
    ///
    /// # Errors
    /// The part that failed, and the error number.
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure>;

    /// Takes back what it did, when a later step fails: for what would stay behind.
    fn undo(&self) {}

    /// Does it leave something behind, which [`Apply::undo`] or [`Slots::take_back`] removes?
    fn leaves_something(&self) -> bool {
        false
    }
}

/// How an operation succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As its calls say.
    Done,
    /// There was nothing to do, for this reason: something that the step tolerates.
    Tolerated(&'static str),
    /// By the older way that is named.
    Fallback(&'static str),
}

/// A system call as text: `mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The call as in C.
    pub text: Cow<'static, str>,
    /// When it is made only under a condition: the condition, as an adverb ("if missing").
    pub only: Option<&'static str>,
}

impl Call {
    /// A call that is always made.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Call { text: text.into(), only: None }
    }

    /// A call that is made only `when`.
    pub fn only(when: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Call { text: text.into(), only: Some(when) }
    }

    /// The system call's name.
    pub fn name(&self) -> &str {
        self.text.split('(').next().unwrap_or(&self.text)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match self.only {
            Some(when) => write!(f, " {when}"),
            None => Ok(()),
        }
    }
}

/// A piece of the shell script that does the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shell {
    /// An option of the `unshare` command.
    Flag(String),
    /// A command outside the new namespaces, once they are there: `$$` is the process in them. The inside waits for it.
    Outside(String),
    /// A command inside.
    Inside(String),
    /// A command that runs the rest of its line: `chroot DIR`, `setpriv --reuid=1`.
    Wrap(String),
    /// What runs at the end.
    Run(String),
    /// A command outside, when the program has ended.
    After(String),
    /// What a shell cannot do.
    Comment(String),
}

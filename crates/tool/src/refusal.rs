//! A command line that is no run: help, the version, or what is wrong with it.

use crate::Tool;
use xns_cli::{Diagnostic, print};
use xns_core::{Facts, Hint};

/// What is asked for instead of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// `--help`.
    Help,
    /// `--version`.
    Version,
}

/// Why a binary does not run as it was called.
pub trait Refusal {
    /// Is it because something else is asked for?
    fn asks(&self) -> Option<Asks>;

    /// The cause and the cure, where the message leaves them open.
    fn hint(&self, facts: &Facts) -> Option<Hint>;

    /// As it is told.
    fn into_diagnostic(self) -> Diagnostic;
}

impl<K: Copy + PartialEq> Tool<K> {
    /// Answers what was asked for, or what is wrong; the hint only where one is wanted.
    ///
    /// # Errors
    /// What is wrong with the command line.
    pub fn refuse(&self, refusal: impl Refusal, facts: &Facts) -> Result<u8, Box<Diagnostic>> {
        match refusal.asks() {
            Some(Asks::Help) => print(&self.help(facts)).map(|()| 0),
            Some(Asks::Version) => print(&self.version(facts)).map(|()| 0),
            None => Err(self.refused(refusal, facts)),
        }
    }

    /// What is wrong, where nothing else can be asked for; the hint only where one is wanted.
    pub fn refused(&self, refusal: impl Refusal, facts: &Facts) -> Box<Diagnostic> {
        let hint = self.wants_hints(facts).then(|| refusal.hint(facts)).flatten();
        Box::new(refusal.into_diagnostic().hint(hint))
    }
}

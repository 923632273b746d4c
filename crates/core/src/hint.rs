//! What is printed after the original's error line: the real cause, how it is known, and the cure.

/// A known cause, recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Stable, for scripts and for looking it up: `XNS-E01-unprivileged`.
    pub id: &'static str,
    /// The cause, in a sentence.
    pub cause: String,
    /// The evidence: what was read or tried, and what it said.
    pub because: Vec<String>,
    /// What to do about it, best first.
    pub cures: Vec<Cure>,
}

/// Something to type, or to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cure {
    /// The command as it would be typed, or an instruction.
    pub action: String,
    /// What it does, if that needs a word.
    pub note: &'static str,
}

impl Hint {
    /// A hint without evidence and cure yet.
    pub fn new(id: &'static str, cause: impl Into<String>) -> Self {
        Hint { id, cause: cause.into(), because: Vec::new(), cures: Vec::new() }
    }

    /// Adds evidence.
    #[must_use]
    pub fn because(mut self, evidence: impl Into<String>) -> Self {
        self.because.push(evidence.into());
        self
    }

    /// Adds a cure.
    #[must_use]
    pub fn cure(mut self, action: impl Into<String>, note: &'static str) -> Self {
        self.cures.push(Cure { action: action.into(), note });
        self
    }
}

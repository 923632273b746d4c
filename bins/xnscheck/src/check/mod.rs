//! A check as data: what it is about, who needs it, how it is asked; and what came of all of them.

mod ways;

pub(crate) use ways::{Said, Ways, refused};

use crate::checks;
use xns_core::{Facts, Hint};

/// A walkthrough of the course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Walk {
    W1,
    W2,
    W3,
    W4,
    W5,
    W6,
    W7,
    W8,
    W9,
    W10,
}

/// Their names.
pub(crate) const WALKS: [&str; 10] = ["W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9", "W10"];

impl Walk {
    pub(crate) const ALL: [Walk; 10] =
        [Walk::W1, Walk::W2, Walk::W3, Walk::W4, Walk::W5, Walk::W6, Walk::W7, Walk::W8, Walk::W9, Walk::W10];

    /// `W6`, whatever the case.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Walk::ALL.into_iter().find(|walk| walk.name().eq_ignore_ascii_case(word))
    }

    pub(crate) fn name(self) -> &'static str {
        WALKS[self as usize]
    }
}

/// The parts of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    Namespaces,
    UserNamespaces,
    Mounts,
    ControlGroups,
    Network,
    Terminal,
}

impl Group {
    pub(crate) const fn heading(self) -> &'static str {
        match self {
            Group::Namespaces => "namespaces",
            Group::UserNamespaces => "user namespaces",
            Group::Mounts => "mounts",
            Group::ControlGroups => "control groups",
            Group::Network => "network",
            Group::Terminal => "terminal",
        }
    }
}

/// One of the questions.
pub(crate) struct Check {
    /// Stable, for scripts: `namespace-net`.
    pub(crate) id: &'static str,
    pub(crate) group: Group,
    /// What it is about, in the table.
    pub(crate) what: &'static str,
    /// What is asked, in a sentence.
    pub(crate) question: &'static str,
    /// The walkthroughs that do not work without it; of a check that none needs, nothing depends on the answer.
    pub(crate) needed_by: &'static [Walk],
    pub(crate) ask: fn(&Facts) -> Found,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) outcome: Outcome,
    /// What was read or tried, and what it said.
    pub(crate) evidence: Vec<String>,
}

/// What the answer comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Works,
    /// With the cause and the cure, as they are told after a failure.
    Missing(Box<Hint>),
    /// It could not be asked.
    Unknown {
        why: String,
    },
    /// Nobody needs it here.
    NotAsked {
        why: String,
    },
}

impl Found {
    pub(crate) fn works(evidence: impl Into<String>) -> Self {
        Found { outcome: Outcome::Works, evidence: vec![evidence.into()] }
    }

    /// What the cause says to prove itself is evidence, too.
    pub(crate) fn missing(hint: Hint, evidence: Vec<String>) -> Self {
        Found { outcome: Outcome::Missing(Box::new(hint)), evidence }
    }

    pub(crate) fn unknown(why: impl Into<String>) -> Self {
        Found { outcome: Outcome::Unknown { why: why.into() }, evidence: Vec::new() }
    }

    pub(crate) fn not_asked(why: impl Into<String>) -> Self {
        Found { outcome: Outcome::NotAsked { why: why.into() }, evidence: Vec::new() }
    }

    /// Everything that shows it, each once.
    pub(crate) fn all_evidence(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.evidence.iter().map(String::as_str).collect();
        if let Outcome::Missing(hint) = &self.outcome {
            all.extend(
                hint.because
                    .iter()
                    .map(String::as_str)
                    .filter(|text| !self.evidence.iter().any(|e| e == text)),
            );
        }
        all
    }
}

impl Outcome {
    /// In one word, for scripts.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Outcome::Works => "ok",
            Outcome::Missing(_) => "missing",
            Outcome::Unknown { .. } => "unknown",
            Outcome::NotAsked { .. } => "not-asked",
        }
    }

    /// Does it stand in the way of a walkthrough that needs it?
    const fn hinders(&self) -> bool {
        matches!(self, Outcome::Missing(_) | Outcome::Unknown { .. })
    }
}

/// All answers.
pub(crate) struct Report {
    pub(crate) uid: u32,
    /// Those that were asked for.
    pub(crate) walks: Vec<Walk>,
    pub(crate) rows: Vec<(&'static Check, Found)>,
}

impl Report {
    /// Asks for these walkthroughs; all questions when none is named.
    pub(crate) fn of(walks: &[Walk], facts: &Facts) -> Self {
        let chosen =
            |check: &&Check| walks.is_empty() || check.needed_by.iter().any(|walk| walks.contains(walk));
        let rows = checks::all().filter(chosen).map(|check| (check, (check.ask)(facts))).collect();
        let walks = Walk::ALL.into_iter().filter(|walk| walks.is_empty() || walks.contains(walk)).collect();
        Report { uid: facts.euid(), walks, rows }
    }

    /// Of those that were asked for, the ones for which something is missing.
    pub(crate) fn hindered(&self) -> Vec<Walk> {
        let hinders = |walk: &Walk| {
            self.rows.iter().any(|(check, found)| found.outcome.hinders() && check.needed_by.contains(walk))
        };
        self.walks.iter().copied().filter(hinders).collect()
    }

    /// Does all work that was asked for?
    pub(crate) fn works(&self) -> bool {
        self.hindered().is_empty()
    }
}

//! What is written where.

use super::LimitKey;
use crate::{Hierarchy, Version};

/// One value of one file of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The option that asks for it; `None` for the devices.
    pub asked: Option<LimitKey>,
    /// Whose group's directory the file is in.
    pub hierarchy: Hierarchy,
    /// The controller, which on version 2 has to be enabled down the path; [`Setting::CORE`] for a file that every group has.
    pub controller: String,
    /// The file's name.
    pub file: String,
    /// The exact bytes of the one write(2).
    pub value: String,
    /// What it means when there is no such file.
    pub if_missing: IfMissing,
    /// What is said of it in a plan: a translation, the exact number, what does not hold here.
    pub note: Option<String>,
    /// The part of that which a person is told even without asking for the plan: that it is something else than was asked for.
    pub told: Option<String>,
}

/// What it means when a group has no such file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfMissing {
    /// It cannot be set.
    Fail,
    /// It is passed over, and why that is right.
    Pass(&'static str),
}

impl Setting {
    /// What stands for the controller of `cgroup.freeze` and its like: nothing has to be enabled for them.
    pub const CORE: &'static str = "cgroup";

    /// Has the controller to be enabled down the path?
    pub fn needs_enabling(&self) -> bool {
        self.version() == Version::V2 && self.controller != Self::CORE
    }

    /// Of the hierarchy.
    pub fn version(&self) -> Version {
        match self.hierarchy {
            Hierarchy::Unified => Version::V2,
            Hierarchy::Version1(_) => Version::V1,
        }
    }

    pub(super) fn noted(mut self, note: impl Into<Option<String>>) -> Self {
        if let Some(more) = note.into() {
            self.note = Some(match self.note {
                Some(note) => format!("{note}; {more}"),
                None => more,
            });
        }
        self
    }

    /// Noted, and told.
    pub(super) fn telling(self, told: impl Into<Option<String>>) -> Self {
        let told = told.into();
        let before = self.told.clone();
        let both = match (before, told.clone()) {
            (Some(one), Some(other)) => Some(format!("{one}; {other}")),
            (one, other) => one.or(other),
        };
        Setting { told: both, ..self.noted(told) }
    }

    pub(super) fn or_pass(mut self, why: &'static str) -> Self {
        self.if_missing = IfMissing::Pass(why);
        self
    }
}

//! Rules as they were asked for, and what becomes of them where the group is.

use super::{Line, Rule, RuleError, Rules, RulesError, lines};
use crate::limits::{IfMissing, Setting};
use crate::quantity::pointed;
use crate::{Layout, Tree};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use thiserror::Error;
use xns_core::Facts;

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// `--device`.
    pub allow: Vec<Rule>,
    /// `--device-deny`.
    pub deny: Vec<Rule>,
}

/// Which of the two options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceKey {
    /// `--device`.
    Allow,
    /// `--device-deny`.
    Deny,
}

/// Why devices cannot be limited as asked.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DevicesError {
    /// A rule that is none.
    #[error("unsupported --{} argument '{}': {error}", key.long(), text.display())]
    Rule {
        /// The option.
        key: DeviceKey,
        /// As typed.
        text: OsString,
        /// Where it is wrong, and why.
        error: RuleError,
    },
    /// Rules that do not go together.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// Neither the controller of version 1, nor version 2.
    #[error(
        "devices cannot be limited here: there is neither version 1's controller nor a hierarchy of version 2"
    )]
    Nowhere,
}

impl DeviceKey {
    /// The long name, without the dashes.
    pub const fn long(self) -> &'static str {
        match self {
            DeviceKey::Allow => "device",
            DeviceKey::Deny => "device-deny",
        }
    }
}

impl DevicesError {
    /// The text that is wrong, with a caret under the place: two lines.
    pub fn pointed(&self) -> Option<String> {
        let DevicesError::Rule { text, error, .. } = self else { return None };
        Some(pointed(text, error.offset))
    }
}

impl Asked {
    /// Takes one of the options.
    ///
    /// # Errors
    /// A rule that is none, or of a path that is no device.
    pub fn take(&mut self, key: DeviceKey, text: &OsStr, facts: &Facts) -> Result<(), DevicesError> {
        let wrong = |error| DevicesError::Rule { key, text: text.to_owned(), error };
        let rule = Rule::parse(text, facts).map_err(wrong)?;
        match key {
            DeviceKey::Allow => self.allow.push(rule),
            DeviceKey::Deny => self.deny.push(rule),
        }
        Ok(())
    }

    /// Is nothing asked for?
    pub fn is_empty(&self) -> bool {
        self.allow.is_empty() && self.deny.is_empty()
    }

    /// The rules; `None` when none were given.
    ///
    /// # Errors
    /// Rules that do not go together.
    pub fn rules(&self) -> Result<Option<Rules>, DevicesError> {
        if self.is_empty() {
            return Ok(None);
        }
        Ok(Some(Rules::new(&self.allow, &self.deny)?))
    }
}

/// The values for version 1's files; none where the group of version 2 gets a program.
///
/// # Errors
/// More than the group above allows; no controller at all.
pub fn settings(
    rules: &Rules,
    layout: &Layout,
    group: &dyn Fn(&Tree) -> Option<PathBuf>,
    facts: &Facts,
) -> Result<Vec<Setting>, DevicesError> {
    let Some(tree) = layout.find("devices") else {
        return layout.unified().map(|_| Vec::new()).ok_or(DevicesError::Nowhere);
    };
    let Some(directory) = group(tree) else { return Ok(Vec::new()) };
    let list = |directory: PathBuf| facts.line(directory.join("devices.list").to_str()?);
    let above = directory.ancestors().skip(1).find_map(|above| list(above.to_owned()));
    let own = list(directory.clone());
    let setting = |line: Line| Setting {
        asked: None,
        hierarchy: tree.hierarchy.clone(),
        controller: "devices".to_owned(),
        file: line.file.to_owned(),
        value: line.value,
        if_missing: IfMissing::Fail,
        told: line.note.clone(),
        note: line.note,
    };
    // The root has no list of exceptions, and allows all.
    let lines = lines(rules, above.as_deref().unwrap_or("a *:* rwm"), own.as_deref())?;
    Ok(lines.into_iter().map(setting).collect())
}

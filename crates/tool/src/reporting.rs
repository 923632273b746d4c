//! The options of what is told, and how.

use std::ffi::{OsStr, OsString};
use thiserror::Error;
use xns_cli::{ErrorFormat, HintMode};
use xns_core::Facts;

/// The heading of these options.
pub const HEADING: &str = "Reporting";

/// The options of what is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named and explained by its row")]
pub enum ReportKey {
    DryRun,
    Explain,
    Hints,
    ErrorFormat,
    Quiet,
}

/// Their rows, the same for each tool.
pub mod rows {
    use super::HEADING;
    use xns_cli::options::{Domain, Opt};

    /// `--dry-run`.
    pub const fn dry_run<K: Copy>(key: K) -> Opt<K> {
        Opt::new(key, "dry-run", HEADING, "Print the steps that would be taken, and take none.").optional_or(
            "FORMAT",
            Domain::OneOf(&["text", "json", "sh"]),
            "text",
        )
    }

    /// `--explain`.
    pub const fn explain<K: Copy>(key: K) -> Opt<K> {
        Opt::new(key, "explain", HEADING, "Print each step on standard error as it is done.")
    }

    /// `--hints`.
    pub const fn hints<K: Copy>(key: K) -> Opt<K> {
        Opt::new(
            key,
            "hints",
            HEADING,
            "Whether the likely cause of a failure and its remedy are told, and mistakes that make no error; auto means on a terminal.",
        )
        .required("WHEN", Domain::OneOf(&["auto", "always", "never"]))
    }

    /// `--error-format`.
    pub const fn error_format<K: Copy>(key: K) -> Opt<K> {
        Opt::new(key, "error-format", HEADING, "Form of the message of a failure; text unless given.")
            .required("FORMAT", Domain::OneOf(&["text", "json"]))
    }

    /// `--quiet`.
    pub const fn quiet<K: Copy>(key: K) -> Opt<K> {
        Opt::new(
            key,
            "quiet",
            HEADING,
            "Say nothing before the program starts: neither what is isolated or entered, nor hints.",
        )
    }
}

/// The form of a dry run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DryRun {
    /// Lines for people.
    Text,
    /// JSON.
    Json,
    /// A shell script.
    Sh,
}

/// A word that is none of an option's.
#[derive(Debug, Error)]
#[error("unsupported --{option} argument '{}'", value.display())]
pub struct BadWord {
    /// The option's long name.
    pub option: &'static str,
    /// What was given.
    pub value: OsString,
}

/// What is to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reporting {
    /// `--dry-run`.
    pub dry_run: Option<DryRun>,
    /// `--explain`.
    pub explain: bool,
    /// `--hints`.
    pub hints: Option<HintMode>,
    /// `--error-format`.
    pub error_format: ErrorFormat,
    /// `--quiet`.
    pub quiet: bool,
}

impl Reporting {
    /// Takes one of these options.
    ///
    /// # Errors
    /// A word that is none of its.
    pub fn take(&mut self, key: ReportKey, option: &'static str, value: &OsStr) -> Result<(), BadWord> {
        let wrong = || BadWord { option, value: value.to_owned() };
        match key {
            ReportKey::Explain => self.explain = true,
            ReportKey::Quiet => self.quiet = true,
            ReportKey::Hints => self.hints = Some(HintMode::parse(value).ok_or_else(wrong)?),
            ReportKey::ErrorFormat => self.error_format = ErrorFormat::parse(value).ok_or_else(wrong)?,
            ReportKey::DryRun => {
                self.dry_run = Some(match value.to_str() {
                    Some("text") => DryRun::Text,
                    Some("json") => DryRun::Json,
                    Some("sh") => DryRun::Sh,
                    _ => return Err(wrong()),
                });
            }
        }
        Ok(())
    }

    /// `--hints`, else `XNS_HINTS`, else on a terminal.
    pub fn hint_mode(&self, facts: &Facts) -> HintMode {
        let variable = || facts.variable("XNS_HINTS").and_then(|word| HintMode::parse(&word));
        self.hints.or_else(variable).unwrap_or_default()
    }

    /// Is a hint to be told, and so worth finding out?
    pub fn wants_hints(&self, facts: &Facts) -> bool {
        self.error_format == ErrorFormat::Json || self.hint_mode(facts).wanted()
    }

    /// `--quiet`, or `XNS_QUIET`.
    pub fn is_quiet(&self, facts: &Facts) -> bool {
        self.quiet || facts.variable("XNS_QUIET").is_some_and(|word| !word.is_empty())
    }
}

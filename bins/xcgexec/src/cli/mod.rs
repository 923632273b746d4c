//! What was typed: argv read into types.

mod error;
mod spec;

pub use error::CliError;
pub(crate) use spec::{Controllers, Spec, SpecError};

use crate::options::{Key, TABLE};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use xns_cgroup::device::Asked;
use xns_cgroup::limits::Limits;
use xns_cli::options::{Item, Parser};
use xns_core::Facts;
use xns_tool::{BadWord, ReportKey, Reporting};

/// The command line, checked option by option.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cli {
    /// `-g`, in their order.
    pub groups: Vec<Spec>,
    /// What the new group is limited to.
    pub limits: Limits,
    /// Which devices its processes may have.
    pub devices: Asked,
    /// `--report`.
    pub report: Option<ReportTo>,
    /// `--report-format`.
    pub report_format: ReportFormat,
    /// `--remaining`.
    pub remaining: Remaining,
    /// `--dry-run=v1+v2`.
    pub both: bool,
    /// What is to be told.
    pub reporting: Reporting,
    /// The program and its arguments.
    pub program: Vec<OsString>,
}

/// Where the report of a run goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportTo {
    /// Standard error.
    Stderr,
    /// Standard output: `-`.
    Stdout,
    /// A file, which is made or written over.
    File(PathBuf),
}

/// The form of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReportFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

/// What becomes of processes that the program leaves in its group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Remaining {
    /// They are ended.
    #[default]
    Kill,
    /// They are waited for.
    Wait,
}

impl Cli {
    /// Reads the command line, from left to right; the first thing that is wrong ends it.
    ///
    /// # Errors
    /// What is wrong; or that help or the version is asked for.
    pub fn parse(facts: &Facts) -> Result<Self, CliError> {
        let mut cli = Cli::default();
        let mut parser = Parser::new(&TABLE, facts.command().iter().skip(1));
        while let Some(item) = parser.next()? {
            cli.take(&item, facts)?;
        }
        cli.program = parser.operands();
        cli.check()?;
        Ok(cli)
    }

    /// Is a new group made for the program?
    pub fn makes_group(&self) -> bool {
        !self.limits.is_empty() || !self.devices.is_empty() || self.report.is_some()
    }

    fn take(&mut self, item: &Item<Key>, facts: &Facts) -> Result<(), CliError> {
        let value = item.value_or_default().unwrap_or_default();
        match item.key {
            Key::Help => return Err(CliError::Help),
            Key::Version => return Err(CliError::Version),
            Key::Group => self.groups.push(Spec::parse(value)?),
            // For daemons that are not there.
            Key::Sticky | Key::IgnoreScope | Key::ReplaceIdle => {}
            Key::Limit(key) => self.limits.take(key, value)?,
            Key::Device(key) => self.devices.take(key, value, facts)?,
            Key::ReportTo => {
                let file = item.value.as_deref();
                self.report = Some(match file {
                    None => ReportTo::Stderr,
                    Some(file) if file == "-" => ReportTo::Stdout,
                    Some(file) => ReportTo::File(file.into()),
                });
            }
            Key::ReportFormat => {
                self.report_format =
                    word(item, &[("text", ReportFormat::Text), ("json", ReportFormat::Json)])?;
                // Who wants its form wants the report.
                self.report.get_or_insert(ReportTo::Stderr);
            }
            Key::Remaining => {
                self.remaining = word(item, &[("kill", Remaining::Kill), ("wait", Remaining::Wait)])?;
            }
            Key::Report(ReportKey::DryRun) if value == "v1+v2" => self.both = true,
            Key::Report(key) => self.reporting.take(key, item.option.long, value)?,
        }
        Ok(())
    }

    fn check(&self) -> Result<(), CliError> {
        if self.program.is_empty() {
            return Err(CliError::NoProgram);
        }
        if self.groups.is_empty() && !self.makes_group() {
            return Err(CliError::NoGroup);
        }
        self.limits.check()?;
        Ok(())
    }
}

/// One of an option's words.
fn word<T: Copy>(item: &Item<Key>, words: &[(&str, T)]) -> Result<T, BadWord> {
    let value = item.value_or_default().unwrap_or_default();
    let found = words.iter().find(|(word, _)| OsStr::new(word) == value);
    found
        .map(|(_, meaning)| *meaning)
        .ok_or_else(|| BadWord { option: item.option.long, value: value.to_owned() })
}

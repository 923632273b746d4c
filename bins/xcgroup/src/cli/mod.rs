//! What was typed: argv read into types.

mod error;
mod verb;

pub use error::CliError;
pub use verb::{VERBS, Verb};

use crate::options::{ChangeKey, Key, LookKey, TABLE};
use std::ffi::{OsStr, OsString};
use std::time::Duration;
use xns_cgroup::GroupPath;
use xns_cgroup::device::Asked;
use xns_cgroup::limits::Limits;
use xns_cgroup::quantity::Time;
use xns_cli::options::{Item, Parser};
use xns_core::Facts;
use xns_tool::{BadWord, ReportKey, Reporting};

/// The command line, checked option by option.
#[derive(Clone, Debug, PartialEq)]
pub struct Cli {
    /// What is done.
    pub verb: Verb,
    /// What follows the verb, as typed.
    pub operands: Vec<OsString>,
    /// The options.
    pub options: Options,
}

/// The options of all verbs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Limits.
    pub limits: Limits,
    /// Which devices.
    pub devices: Asked,
    /// `--recursive`.
    pub recursive: bool,
    /// `--kill`.
    pub kill: bool,
    /// `--undo`.
    pub undo: bool,
    /// `--timeout`.
    pub timeout: Option<Duration>,
    /// `--json`.
    pub json: bool,
    /// `--once`.
    pub once: bool,
    /// `--every`.
    pub every: Option<Duration>,
    /// `--sort`.
    pub sort: Sort,
    /// `--color`.
    pub color: Color,
    /// `--dry-run=v1+v2`.
    pub both: bool,
    /// What is to be told.
    pub reporting: Reporting,
}

/// What `top` sorts by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Cpu,
    Memory,
    Io,
    Pids,
    Name,
}

/// When what is shown is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

impl Cli {
    /// Reads the command line, from left to right; the first thing that is wrong ends it.
    ///
    /// # Errors
    /// What is wrong; or that help or the version is asked for.
    pub fn parse(facts: &Facts) -> Result<Self, CliError> {
        let mut options = Options::default();
        let mut given = Vec::new();
        let mut parser = Parser::new(&TABLE, facts.command().iter().skip(1));
        while let Some(item) = parser.next()? {
            options.take(&item, facts)?;
            given.push((item.key, item.option.long));
        }
        options.limits.check()?;
        let mut operands = parser.operands();
        if operands.is_empty() {
            return Err(CliError::NoVerb);
        }
        let word = operands.remove(0);
        let verb = Verb::parse(&word)?;
        if let Some((_, option)) = given.iter().find(|(key, _)| !suits(verb, *key)) {
            return Err(CliError::NotFor { option, verb: verb.row().name });
        }
        let cli = Cli { verb, operands, options };
        cli.check()?;
        Ok(cli)
    }

    /// The operands as names of groups.
    ///
    /// # Errors
    /// One that is none.
    pub fn names(&self) -> Result<Vec<GroupPath>, CliError> {
        self.operands.iter().map(|word| Ok(GroupPath::parse(word)?)).collect()
    }

    /// How many operands a verb takes.
    fn check(&self) -> Result<(), CliError> {
        let (least, most) = match self.verb {
            Verb::Layout => (0, 0),
            Verb::List | Verb::Tree | Verb::Top => (0, 1),
            Verb::Add => (2, usize::MAX),
            Verb::Delegate if self.options.undo => (1, 1),
            Verb::Delegate => (2, 2),
            _ => (1, usize::MAX),
        };
        let row = self.verb.row();
        if self.operands.len() < least {
            return Err(CliError::Missing { verb: row.name, operands: row.operands });
        }
        match self.operands.get(most) {
            Some(word) => Err(CliError::TooMany { verb: row.name, word: word.clone() }),
            None => Ok(()),
        }
    }
}

/// Has the verb a use for the option?
fn suits(verb: Verb, key: Key) -> bool {
    use Verb::{
        Add, Create, Delegate, Delete, Freeze, Get, Kill, Layout, List, Set, Show, Stat, Thaw, Top, Tree,
        Wait,
    };
    let changes = matches!(verb, Create | Delete | Set | Add | Freeze | Thaw | Kill | Delegate);
    match key {
        Key::Limit(_) | Key::Device(_) => matches!(verb, Create | Set),
        Key::Change(ChangeKey::Recursive | ChangeKey::Kill) => verb == Delete,
        Key::Change(ChangeKey::Undo) => verb == Delegate,
        Key::Change(ChangeKey::Timeout) => verb == Wait,
        Key::Look(LookKey::Once | LookKey::Every | LookKey::Sort) => verb == Top,
        Key::Look(LookKey::Json | LookKey::Color) => {
            matches!(verb, Get | List | Tree | Show | Stat | Top | Layout)
        }
        Key::Report(ReportKey::DryRun | ReportKey::Explain) => changes,
        Key::Report(_) | Key::Help | Key::Version => true,
    }
}

impl Options {
    fn take(&mut self, item: &Item<Key>, facts: &Facts) -> Result<(), CliError> {
        let value = item.value_or_default().unwrap_or_default();
        match item.key {
            Key::Help => return Err(CliError::Help),
            Key::Version => return Err(CliError::Version),
            Key::Limit(key) => self.limits.take(key, value)?,
            Key::Device(key) => self.devices.take(key, value, facts)?,
            Key::Change(ChangeKey::Recursive) => self.recursive = true,
            Key::Change(ChangeKey::Kill) => self.kill = true,
            Key::Change(ChangeKey::Undo) => self.undo = true,
            Key::Change(ChangeKey::Timeout) => self.timeout = Some(time(item, value)?),
            Key::Look(key) => self.look(key, item, value)?,
            Key::Report(ReportKey::DryRun) if value == "v1+v2" => self.both = true,
            Key::Report(key) => self.reporting.take(key, item.option.long, value)?,
        }
        Ok(())
    }

    fn look(&mut self, key: LookKey, item: &Item<Key>, value: &OsStr) -> Result<(), CliError> {
        let wrong = || BadWord { option: item.option.long, value: value.to_owned() };
        match key {
            LookKey::Json => self.json = true,
            LookKey::Once => self.once = true,
            LookKey::Every => self.every = Some(time(item, value)?),
            LookKey::Sort => {
                self.sort = match value.to_str() {
                    Some("cpu") => Sort::Cpu,
                    Some("memory") => Sort::Memory,
                    Some("io") => Sort::Io,
                    Some("pids") => Sort::Pids,
                    Some("name") => Sort::Name,
                    _ => return Err(wrong().into()),
                }
            }
            LookKey::Color => {
                self.color = match value.to_str() {
                    Some("auto") => Color::Auto,
                    Some("always") => Color::Always,
                    Some("never") => Color::Never,
                    _ => return Err(wrong().into()),
                }
            }
        }
        Ok(())
    }
}

fn time(item: &Item<Key>, value: &OsStr) -> Result<Duration, CliError> {
    let time = Time::parse(value).map_err(|error| CliError::Time { option: item.option.long, error });
    Ok(Duration::from_micros(time?.0))
}

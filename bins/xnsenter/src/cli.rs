//! What was typed: argv read into types.

use crate::options::{Key, PlaceKey, ProgramKey, TABLE};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use thiserror::Error;
use xns_cli::Diagnostic;
use xns_cli::options::{Item, Parser, UsageError};
use xns_core::{Errno, Facts, NsKind, NsSet};
use xns_tool::{BadWord, Reporting};
use xns_user::idmap::{IdError, IdKind, InsideId};

/// The command line, checked option by option.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cli {
    /// `--target`.
    pub target: Option<Target>,
    /// `--all`.
    pub all: bool,
    /// Kinds that are entered where the target is.
    pub of_target: NsSet,
    /// Kinds that are entered where a file says.
    pub files: Vec<(NsKind, PathBuf)>,
    /// `--root`.
    pub root: Option<Place>,
    /// `--wd`.
    pub wd: Option<Place>,
    /// `--wdns`.
    pub wdns: Option<PathBuf>,
    /// `--setuid`.
    pub setuid: Option<InsideId>,
    /// `--setgid`.
    pub setgid: Option<InsideId>,
    /// `--no-fork`.
    pub no_fork: bool,
    /// `--preserve-credentials`.
    pub preserve_credentials: bool,
    /// `--keep-caps`.
    pub keep_caps: bool,
    /// `--forward-signals`.
    pub forward_signals: bool,
    /// What is to be told.
    pub reporting: Reporting,
    /// The program and its arguments; none for a shell.
    pub program: Vec<OsString>,
}

/// `--target PID[:INODE]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its number.
    pub pid: u32,
    /// Its pidfd's inode number.
    pub inode: Option<u64>,
}

/// A directory: the target's, or one by path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// That of the target.
    OfTarget,
    /// This one.
    Path(PathBuf),
}

/// Why the command line is not taken, or what it asks for instead of a run.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum CliError {
    #[error("help asked for")]
    Help,
    #[error("version asked for")]
    Version,
    #[error(transparent)]
    Usage(#[from] UsageError),
    #[error(transparent)]
    Id(#[from] IdError),
    #[error(transparent)]
    BadWord(#[from] BadWord),
    #[error("failed to parse pid: '{}'", .0.display())]
    Pid(OsString),
    #[error("failed to parse pid: '{}'", .0.display())]
    PidRange(OsString),
    #[error("the --target option may be given only once")]
    TargetTwice,
    #[error("options --wd and --wdns cannot be combined")]
    TwoDirectories,
    #[error("no target PID specified for --all")]
    AllWithoutTarget,
    #[error("neither filename nor target pid supplied for {0}")]
    NoTarget(String),
    #[error("no namespace specified")]
    Nothing,
}

impl CliError {
    /// As it is told.
    pub fn into_diagnostic(self) -> Diagnostic {
        let text = self.to_string();
        match self {
            CliError::Usage(_) => Diagnostic::usage(text),
            CliError::PidRange(_) => Diagnostic::new(text, 1).errno(Errno::ERANGE),
            CliError::Pid(_) => Diagnostic::new(text, 1).errno(Errno::EINVAL),
            _ => Diagnostic::new(text, 1),
        }
    }
}

impl Cli {
    /// Reads the command line, from left to right; the first thing that is wrong ends it.
    ///
    /// # Errors
    /// What is wrong, in the original's words where it has some; or that help or the version is asked for.
    pub fn parse(facts: &Facts) -> Result<Self, CliError> {
        let mut cli = Cli::default();
        let mut parser = Parser::new(&TABLE, facts.command().iter().skip(1));
        while let Some(item) = parser.next()? {
            cli.take(&item)?;
        }
        cli.program = parser.operands();
        cli.check()?;
        Ok(cli)
    }

    fn take(&mut self, item: &Item<Key>) -> Result<(), CliError> {
        let value = item.value.as_deref();
        match item.key {
            Key::Help => return Err(CliError::Help),
            Key::Version => return Err(CliError::Version),
            Key::All => self.all = true,
            Key::Target if self.target.is_some() => return Err(CliError::TargetTwice),
            Key::Target => self.target = Some(target(value.unwrap_or_default())?),
            Key::Namespace(kind) => self.namespace(kind, value),
            Key::Place(key) => self.place(key, value),
            Key::Program(key) => self.program(key, value.unwrap_or_default())?,
            Key::Report(key) => {
                let value = item.value_or_default().unwrap_or_default();
                self.reporting.take(key, item.option.long, value)?;
            }
        }
        Ok(())
    }

    /// The last one of a kind counts.
    fn namespace(&mut self, kind: NsKind, value: Option<&OsStr>) {
        self.files.retain(|(other, _)| *other != kind);
        self.of_target = self.of_target.without(kind);
        match value {
            None => self.of_target = self.of_target.with(kind),
            Some(file) => self.files.push((kind, PathBuf::from(without_equals(file)))),
        }
    }

    fn place(&mut self, key: PlaceKey, value: Option<&OsStr>) {
        let place = |path: Option<&OsStr>| path.map_or(Place::OfTarget, |path| Place::Path(path.into()));
        match key {
            PlaceKey::Root => self.root = Some(place(value)),
            PlaceKey::Wd => self.wd = Some(place(value.map(without_equals))),
            PlaceKey::WdNs => self.wdns = Some(value.map(without_equals).unwrap_or_default().into()),
        }
    }

    fn program(&mut self, key: ProgramKey, value: &OsStr) -> Result<(), CliError> {
        match key {
            ProgramKey::Setuid => self.setuid = Some(InsideId::parse(IdKind::User, value.as_bytes())?),
            ProgramKey::Setgid => self.setgid = Some(InsideId::parse(IdKind::Group, value.as_bytes())?),
            ProgramKey::NoFork => self.no_fork = true,
            ProgramKey::PreserveCredentials => self.preserve_credentials = true,
            ProgramKey::KeepCaps => self.keep_caps = true,
            ProgramKey::ForwardSignals => self.forward_signals = true,
        }
        Ok(())
    }

    /// What no single option can know.
    fn check(&self) -> Result<(), CliError> {
        if self.wd.is_some() && self.wdns.is_some() {
            return Err(CliError::TwoDirectories);
        }
        if self.target.is_some() {
            let places = self.root == Some(Place::OfTarget) || self.wd == Some(Place::OfTarget);
            let something = self.all || !self.of_target.is_empty() || !self.files.is_empty();
            return if something || places || !self.program.is_empty() {
                Ok(())
            } else {
                Err(CliError::Nothing)
            };
        }
        if self.all {
            return Err(CliError::AllWithoutTarget);
        }
        if let Some(kind) = self.of_target.iter().next() {
            return Err(CliError::NoTarget(format!("ns/{kind}")));
        }
        for (place, name) in [(&self.root, "root"), (&self.wd, "cwd")] {
            if *place == Some(Place::OfTarget) {
                return Err(CliError::NoTarget(name.to_owned()));
            }
        }
        if self.files.is_empty() { Err(CliError::Nothing) } else { Ok(()) }
    }
}

/// One leading `=` is no part of the value: `-m=FILE`.
fn without_equals(value: &OsStr) -> &OsStr {
    OsStr::from_bytes(value.as_bytes().strip_prefix(b"=").unwrap_or(value.as_bytes()))
}

/// `PID` or `PID:INODE`.
fn target(value: &OsStr) -> Result<Target, CliError> {
    let wrong = || CliError::Pid(value.to_owned());
    let text = value.to_str().ok_or_else(wrong)?;
    let (pid, inode) = match text.split_once(':') {
        Some((pid, inode)) => (pid, Some(inode.parse().ok().filter(|inode| *inode > 0).ok_or_else(wrong)?)),
        None => (text, None),
    };
    let pid: i64 = pid.parse().map_err(|_| wrong())?;
    match u32::try_from(pid) {
        Ok(pid @ 1..=0x7fff_ffff) => Ok(Target { pid, inode }),
        _ => Err(CliError::PidRange(value.to_owned())),
    }
}

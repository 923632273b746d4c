//! What was typed: argv read into types.

mod error;
mod target;

pub use error::CliError;
pub(crate) use target::{Only, Target};

use crate::container;
use crate::options::{Key, OtherKey, PlaceKey, ProgramKey, TABLE};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use target::Word;
use xns_cli::options::{Item, Parser};
use xns_core::{Facts, NsKind, NsSet};
use xns_plan::process::NamespaceSource;
use xns_tool::Reporting;
use xns_user::idmap::{IdKind, InsideId};

/// The command line, checked option by option.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cli {
    /// `--target`, when that is a process.
    pub target: Option<Target>,
    /// `--target`, when that is one namespace.
    pub only: Option<Only>,
    /// `--all`.
    pub all: bool,
    /// Kinds that are entered where the target is.
    pub of_target: NsSet,
    /// Kinds that are entered where a file, an id or a socket says.
    pub sources: Vec<(NsKind, NamespaceSource)>,
    /// `--user-parent`.
    pub user_parent: bool,
    /// `--root`.
    pub root: Option<Place>,
    /// `--wd`.
    pub wd: Option<Place>,
    /// `--wdns`.
    pub wdns: Option<Option<PathBuf>>,
    /// `--mount-proc`.
    pub mount_proc: Option<PathBuf>,
    /// `--setuid`.
    pub setuid: Option<Id>,
    /// `--setgid`.
    pub setgid: Option<Id>,
    /// `--env`.
    pub env: bool,
    /// `--trust-env`.
    pub trust_env: bool,
    /// `--join-cgroup`.
    pub join_cgroup: bool,
    /// `--follow-context`.
    pub follow_context: bool,
    /// `--close-fds`.
    pub close_fds: bool,
    /// `--pty`.
    pub pty: bool,
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

/// A directory: the target's, or one by path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// That of the target.
    OfTarget,
    /// This one.
    Path(PathBuf),
}

/// `--setuid`, `--setgid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id {
    /// This one.
    Number(InsideId),
    /// The target's.
    Follow,
}

impl Cli {
    /// Reads the command line, from left to right; the first thing that is wrong ends it.
    ///
    /// # Errors
    /// What is wrong, in the original's words where it has some; or that help or the version is asked for.
    pub fn parse(facts: &Facts) -> Result<Self, CliError> {
        let mut cli = Cli::default();
        let mut named = None;
        let mut parser = Parser::new(&TABLE, facts.command().iter().skip(1));
        while let Some(item) = parser.next()? {
            match item.key {
                Key::Target if named.is_some() => return Err(CliError::TargetTwice),
                Key::Target => named = Some(target::word(value(&item))?),
                _ => cli.take(&item)?,
            }
        }
        cli.program = parser.operands();
        cli.take_spelling_of_2_38(facts);
        if let Some(named) = named {
            cli.name_target(named, facts)?;
        }
        cli.check()?;
        Ok(cli)
    }

    fn take(&mut self, item: &Item<Key>) -> Result<(), CliError> {
        match item.key {
            Key::Help => return Err(CliError::Help),
            Key::Version => return Err(CliError::Version),
            Key::All => self.all = true,
            Key::Target => {}
            Key::Namespace(kind) => self.namespace(kind, item.value.as_deref())?,
            Key::Place(key) => self.place(key, item.value.as_deref()),
            Key::Program(key) => self.program(key, value(item))?,
            Key::Other(key) => self.other(key, item)?,
            Key::Report(key) => {
                let value = item.value_or_default().unwrap_or_default();
                self.reporting.take(key, item.option.long, value)?;
            }
        }
        Ok(())
    }

    /// The last one of a kind counts.
    fn namespace(&mut self, kind: NsKind, value: Option<&OsStr>) -> Result<(), CliError> {
        match value.map(without_equals) {
            None => {
                self.sources.retain(|(other, _)| *other != kind);
                self.of_target = self.of_target.with(kind);
            }
            Some(value) => self.source(kind, target::source(value)?),
        }
        Ok(())
    }

    fn source(&mut self, kind: NsKind, source: NamespaceSource) {
        self.sources.retain(|(other, _)| *other != kind);
        self.of_target = self.of_target.without(kind);
        self.sources.push((kind, source));
    }

    fn place(&mut self, key: PlaceKey, value: Option<&OsStr>) {
        let place = |path: Option<&OsStr>| path.map_or(Place::OfTarget, |path| Place::Path(path.into()));
        match key {
            PlaceKey::Root => self.root = Some(place(value.map(without_equals))),
            PlaceKey::Wd => self.wd = Some(place(value.map(without_equals))),
            PlaceKey::WdNs => self.wdns = Some(value.map(|value| without_equals(value).into())),
            PlaceKey::MountProc => {
                self.mount_proc = Some(value.unwrap_or(OsStr::new("/proc")).into());
            }
        }
    }

    fn program(&mut self, key: ProgramKey, value: &OsStr) -> Result<(), CliError> {
        match key {
            ProgramKey::Setuid => self.setuid = Some(id(IdKind::User, value)?),
            ProgramKey::Setgid => self.setgid = Some(id(IdKind::Group, value)?),
            ProgramKey::NoFork => self.no_fork = true,
            ProgramKey::PreserveCredentials => self.preserve_credentials = true,
            ProgramKey::KeepCaps => self.keep_caps = true,
            ProgramKey::ForwardSignals => self.forward_signals = true,
            ProgramKey::Env => self.env = true,
            ProgramKey::TrustEnv => self.trust_env = true,
            ProgramKey::CloseFds => self.close_fds = true,
            ProgramKey::Pty => self.pty = true,
        }
        Ok(())
    }

    fn other(&mut self, key: OtherKey, item: &Item<Key>) -> Result<(), CliError> {
        match key {
            OtherKey::JoinCgroup => self.join_cgroup = true,
            OtherKey::FollowContext => self.follow_context = true,
            OtherKey::UserParent => self.user_parent = true,
            OtherKey::NetSocket => {
                let number = target::descriptor(value(item))?;
                self.source(NsKind::Net, NamespaceSource::Socket(number));
            }
        }
        Ok(())
    }

    /// `-W DIR` with a blank between: since 2.39 DIR is the program. A directory can be none.
    fn take_spelling_of_2_38(&mut self, facts: &Facts) {
        let Some(first) = self.program.first() else { return };
        if self.wdns == Some(None) && facts.is_directory(first.as_ref()) {
            self.wdns = Some(Some(self.program.remove(0).into()));
        }
    }

    fn name_target(&mut self, word: Word, facts: &Facts) -> Result<(), CliError> {
        match word {
            Word::Process(target) => self.target = Some(target),
            Word::Container(id) => self.target = Some(container::find(&id, facts)?),
            Word::Namespace(only) => {
                let kind = only.kind(facts)?;
                if self.all || !self.of_target.without(kind).is_empty() {
                    let wanted = self.of_target.without(kind).iter().next();
                    return Err(CliError::OnlyOne { only, kind, wanted });
                }
                if !self.sources.iter().any(|(other, _)| *other == kind) {
                    self.source(kind, NamespaceSource::File(only.file.clone()));
                }
                self.only = Some(only);
            }
        }
        Ok(())
    }

    /// What no single option can know.
    fn check(&self) -> Result<(), CliError> {
        if self.wd.is_some() && self.wdns.is_some() {
            return Err(CliError::TwoDirectories);
        }
        if self.mount_proc.is_some() && (self.no_fork || !self.may_enter(NsKind::Pid)) {
            return Err(CliError::MountProc);
        }
        if self.target.is_none() {
            if self.all {
                return Err(CliError::AllWithoutTarget);
            }
            if let Some(wanted) = self.wants_target() {
                return Err(CliError::NoTarget(wanted));
            }
        }
        if self.does_something() { Ok(()) } else { Err(CliError::Nothing) }
    }

    /// Is this kind entered, or may it be?
    fn may_enter(&self, kind: NsKind) -> bool {
        self.all || self.of_target.contains(kind) || self.sources.iter().any(|(other, _)| *other == kind)
    }

    /// What of it only a process has.
    fn wants_target(&self) -> Option<String> {
        if let Some(kind) = self.of_target.iter().next() {
            return Some(format!("ns/{kind}"));
        }
        let follows = self.setuid == Some(Id::Follow) || self.setgid == Some(Id::Follow);
        let socket = self.sources.iter().any(|(_, source)| matches!(source, NamespaceSource::Socket(_)));
        let parent = self.user_parent && self.sources.is_empty();
        let wanted = [
            (socket, "ns/net"),
            (parent, "ns/user"),
            (self.root == Some(Place::OfTarget), "root"),
            (self.wd == Some(Place::OfTarget), "cwd"),
            (self.env, "environ"),
            (follows, "the ids to follow"),
            (self.join_cgroup, "cgroup"),
            (self.follow_context, "attr/current"),
        ];
        wanted.into_iter().find(|(wanted, _)| *wanted).map(|(_, name)| name.to_owned())
    }

    /// 2.41 and later refuse what enters no namespace, also when something else is asked for: that is done here.
    fn does_something(&self) -> bool {
        let namespaces =
            self.all || self.user_parent || !self.of_target.is_empty() || !self.sources.is_empty();
        let places = self.root.is_some() || self.wd.is_some() || self.wdns.is_some();
        let ids = self.setuid.is_some() || self.setgid.is_some();
        namespaces || places || ids || self.env || self.join_cgroup || self.follow_context
    }
}

/// The value as given; empty for an option without one.
fn value(item: &Item<Key>) -> &OsStr {
    item.value.as_deref().unwrap_or_default()
}

fn id(kind: IdKind, value: &OsStr) -> Result<Id, CliError> {
    if value == "follow" {
        return Ok(Id::Follow);
    }
    Ok(Id::Number(InsideId::parse(kind, value.as_bytes())?))
}

/// One leading `=` is no part of the value: `-m=FILE`.
fn without_equals(value: &OsStr) -> &OsStr {
    OsStr::from_bytes(value.as_bytes().strip_prefix(b"=").unwrap_or(value.as_bytes()))
}

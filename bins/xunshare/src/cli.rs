//! What was typed: argv read into types.

use crate::options::{AroundKey, Key, MapKey, ProgramKey, ReportKey, RootKey, TABLE, VariablesKey};
use crate::values::{descriptor, owner, seconds, source_and_target, target_path};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use thiserror::Error;
use xns_cli::options::{Item, Parser, UsageError};
use xns_cli::{Diagnostic, ErrorFormat, HintMode};
use xns_core::{Facts, NsKind, NsSet};
use xns_mnt::Propagation;
use xns_pid::Signal;
use xns_time::Clock;
use xns_user::Setgroups;
use xns_user::idmap::{IdError, IdKind, IdOrName, InsideId, MapSpec, OutsideId, SpecError};
use xns_uts::{Name, NameError, Which};

/// The command line, checked option by option.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cli {
    /// Namespaces asked for by name or by implication.
    pub kinds: NsSet,
    /// Files to pin them on.
    pub files: Vec<(NsKind, PathBuf)>,
    /// `--fork`.
    pub fork: bool,
    /// `--kill-child`.
    pub kill_child: Option<Signal>,
    /// `--forward-signals`.
    pub forward_signals: bool,
    /// `--init`.
    pub init: bool,
    /// `--map-user`, `-r`, `-c`.
    pub map_user: Option<SingleMap>,
    /// `--map-group`, `-r`, `-c`.
    pub map_group: Option<SingleMap>,
    /// `--map-users`, `--map-auto`, `--map-subids`.
    pub map_users: Vec<MapSpec>,
    /// `--map-groups`, `--map-auto`, `--map-subids`.
    pub map_groups: Vec<MapSpec>,
    /// `--owner`.
    pub owner: Option<Owner>,
    /// `--setgroups`.
    pub setgroups: Option<Setgroups>,
    /// `--propagation`.
    pub propagation: PropagationChoice,
    /// `--root`.
    pub root: Option<PathBuf>,
    /// `--wd`.
    pub wd: Option<PathBuf>,
    /// `--pivot-root`.
    pub pivot_root: Option<PathBuf>,
    /// `--bind`, `--bind-ro`, `--tmpfs`, `--dev`, in their order.
    pub fills: Vec<FillRequest>,
    /// `--mount-proc`.
    pub mount_proc: Option<PathBuf>,
    /// `--mount-binfmt`.
    pub mount_binfmt: Option<PathBuf>,
    /// `--load-interp`.
    pub load_interp: Option<OsString>,
    /// `--mount-mqueue`.
    pub mount_mqueue: Option<PathBuf>,
    /// `--setuid`.
    pub setuid: Option<InsideId>,
    /// `--setgid`.
    pub setgid: Option<InsideId>,
    /// `--keep-caps`.
    pub keep_caps: bool,
    /// `--monotonic`.
    pub monotonic: Option<i64>,
    /// `--boottime`.
    pub boottime: Option<i64>,
    /// `--hostname`.
    pub hostname: Option<Name>,
    /// `--domainname`.
    pub domainname: Option<Name>,
    /// `--pid-file`.
    pub pid_file: Option<PathBuf>,
    /// `--info-fd`.
    pub info_fd: Option<i32>,
    /// `--wait-fd`.
    pub wait_fd: Option<i32>,
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
    /// `--clear-env`, and what `--whitelist-env` keeps, with the values of that moment; `None` keeps everything.
    pub variables: Option<Vec<(OsString, OsString)>>,
    /// The program and its arguments; none for a shell.
    pub program: Vec<OsString>,
}

/// The inside of a map of one id, whose outside is the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SingleMap {
    /// This id.
    Id(InsideId),
    /// The same id as outside.
    Current,
}

/// `--owner`: who makes, and so owns, the new namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user.
    pub uid: OutsideId,
    /// The group.
    pub gid: OutsideId,
}

/// `--propagation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropagationChoice {
    /// Set it so.
    Set(Propagation),
    /// Leave it.
    Unchanged,
}

impl Default for PropagationChoice {
    fn default() -> Self {
        PropagationChoice::Set(Propagation::Private)
    }
}

/// Something for the new root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FillRequest {
    /// `--bind SRC:DST`, `--bind-ro SRC:DST`.
    Bind {
        /// The host's path.
        source: PathBuf,
        /// The new root's path.
        at: PathBuf,
        /// `--bind-ro`.
        read_only: bool,
    },
    /// `--tmpfs DST`.
    Tmpfs(PathBuf),
    /// `--dev DST`.
    Dev(PathBuf),
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
    Map(#[from] SpecError),
    #[error(transparent)]
    Name(#[from] NameError),
    #[error("unsupported propagation mode: {}", .0.display())]
    Propagation(OsString),
    #[error("unsupported --setgroups argument '{}'", .0.display())]
    Setgroups(OsString),
    #[error("unknown signal: {}", .0.display())]
    Signal(OsString),
    #[error("--owner: '{}' is not UID:GID", .0.display())]
    Owner(OsString),
    #[error("failed to parse {clock} offset: '{}'", value.display())]
    BadOffset { clock: &'static str, value: OsString },
    #[error("failed to parse {clock} offset: '{}': Numerical result out of range", value.display())]
    LongOffset { clock: &'static str, value: OsString },
    #[error("unsupported --{option} argument '{}'", value.display())]
    BadWord { option: &'static str, value: OsString },
    #[error("--{option}: '{}' is not SRC:DST (write \\: for a colon in a path)", value.display())]
    BadPair { option: &'static str, value: OsString },
    #[error("--{option}: '{}' is no place in the new root (a path below / without ..)", value.display())]
    BadTarget { option: &'static str, value: OsString },
    #[error("--{option}: '{}' is not a descriptor's number", value.display())]
    BadDescriptor { option: &'static str, value: OsString },
    #[error("options --monotonic and --boottime require unsharing of a time namespace (-T)")]
    OffsetWithoutTime,
    #[error("options --setgroups=allow and --map-group are mutually exclusive")]
    SetgroupsAllow,
    #[error(
        "option --setgroups=deny requires a new user namespace (-U): the present one would lose setgroups for good"
    )]
    SetgroupsWithoutUser,
    #[error("--{0} needs --pivot-root: it fills the new root")]
    FillWithoutRoot(&'static str),
    #[error("options --root and --pivot-root are mutually exclusive")]
    TwoRoots,
    #[error("--info-fd and --wait-fd need two different descriptors")]
    SameDescriptor,
}

impl CliError {
    /// As it is told.
    pub fn into_diagnostic(self) -> Diagnostic {
        match self {
            CliError::Usage(usage) => Diagnostic::usage(usage.to_string()),
            other => Diagnostic::new(other.to_string(), 1),
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
            cli.take(&item, facts)?;
        }
        cli.program = parser.operands();
        cli.check()?;
        cli.place_in_root()?;
        Ok(cli)
    }

    fn take(&mut self, item: &Item<Key>, facts: &Facts) -> Result<(), CliError> {
        match item.key {
            Key::Help => Err(CliError::Help),
            Key::Version => Err(CliError::Version),
            Key::Namespace(kind) => {
                self.namespace(kind, item);
                Ok(())
            }
            Key::Map(key) => self.map(key, item, facts),
            Key::Root(key) => self.own_root(key, item),
            Key::Program(key) => self.program(key, item),
            Key::Around(key) => self.surroundings(key, item),
            Key::Variables(key) => {
                self.environment(key, item, facts);
                Ok(())
            }
            Key::Report(key) => self.reporting(key, item),
        }
    }

    fn namespace(&mut self, kind: NsKind, item: &Item<Key>) {
        self.kinds = self.kinds.with(kind);
        if let Some(file) = &item.value {
            self.files.retain(|(other, _)| *other != kind);
            self.files.push((kind, file.into()));
        }
    }

    fn imply(&mut self, kind: NsKind) {
        self.kinds = self.kinds.with(kind);
    }

    fn map(&mut self, key: MapKey, item: &Item<Key>, facts: &Facts) -> Result<(), CliError> {
        self.imply(NsKind::User);
        let value = value(item);
        let bytes = value.as_bytes();
        match key {
            MapKey::User => self.map_user = Some(SingleMap::Id(id(IdKind::User, bytes, facts)?)),
            MapKey::Group => self.map_group = Some(SingleMap::Id(id(IdKind::Group, bytes, facts)?)),
            MapKey::Users => self.map_users.push(MapSpec::parse(bytes)?),
            MapKey::Groups => self.map_groups.push(MapSpec::parse(bytes)?),
            MapKey::RootUser | MapKey::CurrentUser => {
                let root = key == MapKey::RootUser;
                let single = if root { SingleMap::Id(InsideId::ROOT) } else { SingleMap::Current };
                (self.map_user, self.map_group) = (Some(single), Some(single));
            }
            MapKey::Owner => self.owner = Some(owner(value)?),
            MapKey::Auto | MapKey::Subids => {
                let both = if key == MapKey::Auto { MapSpec::Auto } else { MapSpec::Subids };
                self.map_users.push(both);
                self.map_groups.push(both);
            }
        }
        Ok(())
    }

    fn own_root(&mut self, key: RootKey, item: &Item<Key>) -> Result<(), CliError> {
        let value = value(item);
        match key {
            RootKey::Pivot => {
                self.imply(NsKind::Mnt);
                self.pivot_root = Some(value.into());
            }
            RootKey::Bind | RootKey::BindRo => {
                let (source, at) = source_and_target(item.option.long, value)?;
                self.fills.push(FillRequest::Bind { source, at, read_only: key == RootKey::BindRo });
            }
            RootKey::Tmpfs => {
                self.fills.push(FillRequest::Tmpfs(target_path(item.option.long, value.as_ref())?));
            }
            RootKey::Dev => self.fills.push(FillRequest::Dev(target_path(item.option.long, value.as_ref())?)),
        }
        Ok(())
    }

    fn program(&mut self, key: ProgramKey, item: &Item<Key>) -> Result<(), CliError> {
        let value = value(item);
        match key {
            ProgramKey::KillChild => {
                let name = item.value_or_default().unwrap_or_default();
                let signal = name.to_str().and_then(Signal::parse);
                self.kill_child = Some(signal.ok_or_else(|| CliError::Signal(name.to_owned()))?);
                self.fork = true;
            }
            ProgramKey::ForwardSignals => (self.forward_signals, self.fork) = (true, true),
            ProgramKey::Init => {
                self.imply(NsKind::Pid);
                (self.init, self.fork) = (true, true);
            }
            ProgramKey::KeepCaps => self.keep_caps = true,
            ProgramKey::Setuid => self.setuid = Some(InsideId::parse(IdKind::User, value.as_bytes())?),
            ProgramKey::Setgid => self.setgid = Some(InsideId::parse(IdKind::Group, value.as_bytes())?),
            ProgramKey::Wd => self.wd = Some(value.into()),
            ProgramKey::PidFile => self.pid_file = Some(value.into()),
            ProgramKey::InfoFd => self.info_fd = Some(descriptor(item.option.long, value)?),
            ProgramKey::WaitFd => self.wait_fd = Some(descriptor(item.option.long, value)?),
            ProgramKey::Fork => self.fork = true,
        }
        Ok(())
    }

    /// The original keeps everything when none of the names exists: a whitelist that fails open.
    fn environment(&mut self, key: VariablesKey, item: &Item<Key>, facts: &Facts) {
        let kept = self.variables.get_or_insert_default();
        match key {
            VariablesKey::Clear => {}
            VariablesKey::Whitelist => {
                let names = value(item).as_bytes().split(|&b| b == b',').filter(|name| !name.is_empty());
                for name in names.map(OsStr::from_bytes) {
                    if let Some(value) = facts.variable(name) {
                        kept.retain(|(other, _)| other != name);
                        kept.push((name.to_owned(), value));
                    }
                }
            }
        }
    }

    fn reporting(&mut self, key: ReportKey, item: &Item<Key>) -> Result<(), CliError> {
        let value = item.value_or_default().unwrap_or_default();
        let wrong = || CliError::BadWord { option: item.option.long, value: value.to_owned() };
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

    /// Mounts, names, clocks, and what else surrounds the program.
    fn surroundings(&mut self, key: AroundKey, item: &Item<Key>) -> Result<(), CliError> {
        let value = item.value_or_default().unwrap_or_default();
        match key {
            AroundKey::MountProc => {
                self.imply(NsKind::Mnt);
                self.mount_proc = Some(value.into());
            }
            AroundKey::MountBinfmt => self.mount_binfmt(item.value.as_deref().map(Into::into)),
            AroundKey::LoadInterp => {
                self.imply(NsKind::Mnt);
                self.imply(NsKind::User);
                if self.mount_binfmt.is_none() {
                    self.mount_binfmt(None);
                }
                self.load_interp = Some(value.to_owned());
            }
            AroundKey::MountMqueue => {
                self.imply(NsKind::Mnt);
                self.mount_mqueue = Some(value.into());
            }
            AroundKey::Hostname => {
                self.imply(NsKind::Uts);
                self.hostname = Some(Which::Host.name(value)?);
            }
            AroundKey::Domainname => {
                self.imply(NsKind::Uts);
                self.domainname = Some(Which::Domain.name(value)?);
            }
            AroundKey::Propagation => self.propagation = propagation(value)?,
            AroundKey::Setgroups => {
                self.setgroups = Some(match value.to_str() {
                    Some("allow") => Setgroups::Allow,
                    Some("deny") => Setgroups::Deny,
                    _ => return Err(CliError::Setgroups(value.to_owned())),
                });
            }
            AroundKey::Chroot => self.root = Some(value.into()),
            AroundKey::Monotonic => self.monotonic = Some(seconds(Clock::Monotonic.name(), value)?),
            AroundKey::Boottime => self.boottime = Some(seconds(Clock::Boottime.name(), value)?),
        }
        Ok(())
    }

    /// Without a place of its own it is below /proc, which then has to be this user namespace's.
    fn mount_binfmt(&mut self, at: Option<PathBuf>) {
        self.imply(NsKind::Mnt);
        self.imply(NsKind::User);
        if at.is_none() && self.mount_proc.is_none() {
            self.mount_proc = Some("/proc".into());
        }
        self.mount_binfmt = Some(at.unwrap_or_else(|| "/proc/sys/fs/binfmt_misc".into()));
    }

    /// With a root of one's own the places of kernel file systems are places in it, as those of the fillings are.
    fn place_in_root(&mut self) -> Result<(), CliError> {
        if self.pivot_root.is_some() {
            for (option, place) in [
                ("mount-proc", &mut self.mount_proc),
                ("mount-binfmt", &mut self.mount_binfmt),
                ("mount-mqueue", &mut self.mount_mqueue),
            ] {
                if let Some(path) = place {
                    *path = target_path(option, path)?;
                }
            }
        }
        Ok(())
    }

    /// What no single option can know.
    fn check(&self) -> Result<(), CliError> {
        let offsets = self.monotonic.is_some() || self.boottime.is_some();
        if offsets && !self.kinds.contains(NsKind::Time) {
            return Err(CliError::OffsetWithoutTime);
        }
        if self.setgroups == Some(Setgroups::Allow) && self.map_group.is_some() && self.map_groups.is_empty()
        {
            return Err(CliError::SetgroupsAllow);
        }
        if self.setgroups == Some(Setgroups::Deny) && !self.kinds.contains(NsKind::User) {
            return Err(CliError::SetgroupsWithoutUser);
        }
        if self.root.is_some() && self.pivot_root.is_some() {
            return Err(CliError::TwoRoots);
        }
        if let (None, Some(fill)) = (&self.pivot_root, self.fills.first()) {
            return Err(CliError::FillWithoutRoot(fill.option()));
        }
        if self.info_fd.is_some() && self.info_fd == self.wait_fd {
            return Err(CliError::SameDescriptor);
        }
        Ok(())
    }
}

impl FillRequest {
    const fn option(&self) -> &'static str {
        match self {
            FillRequest::Bind { read_only: false, .. } => "bind",
            FillRequest::Bind { read_only: true, .. } => "bind-ro",
            FillRequest::Tmpfs(_) => "tmpfs",
            FillRequest::Dev(_) => "dev",
        }
    }
}

/// The value as given; empty for an option without one.
fn value(item: &Item<Key>) -> &OsStr {
    item.value.as_deref().unwrap_or_default()
}

fn id(kind: IdKind, value: &[u8], facts: &Facts) -> Result<InsideId, IdError> {
    let id = IdOrName::parse(value);
    let accounts = match id {
        IdOrName::Id(_) => None,
        IdOrName::Name(_) => facts.file(kind.account_file()),
    };
    id.resolve(kind, accounts.as_deref().unwrap_or_default())
}

fn propagation(value: &OsStr) -> Result<PropagationChoice, CliError> {
    Ok(PropagationChoice::Set(match value.to_str() {
        Some("private") => Propagation::Private,
        Some("slave") => Propagation::Slave,
        Some("shared") => Propagation::Shared,
        Some("unchanged") => return Ok(PropagationChoice::Unchanged),
        _ => return Err(CliError::Propagation(value.to_owned())),
    }))
}

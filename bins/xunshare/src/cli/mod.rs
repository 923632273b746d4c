//! What was typed: argv read into types.

mod error;
mod take;

pub use error::CliError;

use crate::options::{Key, TABLE};
use crate::values::target_path;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use xns_cli::options::{Item, Parser};
use xns_core::{Facts, NsKind, NsSet};
use xns_mnt::Propagation;
use xns_pid::Signal;
use xns_tool::Reporting;
use xns_user::Setgroups;
use xns_user::idmap::{IdError, IdKind, IdOrName, InsideId, MapSpec, OutsideId};
use xns_uts::Name;

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
    /// `--pty`.
    pub pty: bool,
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
    /// What is to be told.
    pub reporting: Reporting,
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
            Key::Report(key) => {
                let value = item.value_or_default().unwrap_or_default();
                Ok(self.reporting.take(key, item.option.long, value)?)
            }
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

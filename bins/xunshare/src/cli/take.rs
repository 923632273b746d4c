//! One option after the other, group by group.

use super::{Cli, CliError, FillRequest, SingleMap, id, propagation, value};
use crate::options::{AroundKey, Key, MapKey, ProgramKey, RootKey, VariablesKey};
use crate::values::{descriptor, owner, seconds, source_and_target, target_path};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use xns_cli::options::Item;
use xns_core::{Facts, NsKind};
use xns_pid::Signal;
use xns_time::Clock;
use xns_user::Setgroups;
use xns_user::idmap::{IdKind, InsideId, MapSpec};
use xns_uts::Which;

impl Cli {
    pub(super) fn map(&mut self, key: MapKey, item: &Item<Key>, facts: &Facts) -> Result<(), CliError> {
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

    pub(super) fn own_root(&mut self, key: RootKey, item: &Item<Key>) -> Result<(), CliError> {
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

    pub(super) fn program(&mut self, key: ProgramKey, item: &Item<Key>) -> Result<(), CliError> {
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
            ProgramKey::Pty => (self.pty, self.fork) = (true, true),
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
    pub(super) fn environment(&mut self, key: VariablesKey, item: &Item<Key>, facts: &Facts) {
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

    /// Mounts, names, clocks, and what else surrounds the program.
    pub(super) fn surroundings(&mut self, key: AroundKey, item: &Item<Key>) -> Result<(), CliError> {
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
    pub(super) fn mount_binfmt(&mut self, at: Option<PathBuf>) {
        self.imply(NsKind::Mnt);
        self.imply(NsKind::User);
        if at.is_none() && self.mount_proc.is_none() {
            self.mount_proc = Some("/proc".into());
        }
        self.mount_binfmt = Some(at.unwrap_or_else(|| "/proc/sys/fs/binfmt_misc".into()));
    }
}

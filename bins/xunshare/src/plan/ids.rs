//! Who the processes are: the owner of the namespaces, id maps, the program's credentials.

use super::Builder;
use crate::maps::Map;
use xns_core::{Actor, NsKind};
use xns_plan::{Control, Phase};
use xns_user::idmap::{IdKind, IdMap};
use xns_user::{Credentials, KeepCapabilities, RunMapTool, Setgroups, WriteMap, WriteSetgroups};

impl Builder<'_> {
    pub(super) fn needs_mapper(&self) -> bool {
        let ranges = matches!(self.users, Map::Ranges(_)) || matches!(self.groups, Map::Ranges(_));
        ranges || self.outside().is_some()
    }

    /// Who has become the owner may not open the files of its own `/proc/PID` (prctl(2), PR_SET_DUMPABLE): what is to be written
    /// there is written from outside, for this process.
    pub(super) fn outside(&self) -> Option<u32> {
        let writes =
            self.cli.setgroups.is_some() || self.cli.boottime.is_some() || self.cli.monotonic.is_some();
        (self.cli.owner.is_some() && writes).then(|| self.facts.pid())
    }

    /// Who writes such a file.
    pub(super) fn writer(&self) -> Actor {
        if self.outside().is_some() { Actor::Mapper } else { Actor::Caller }
    }

    pub(super) fn owner(&mut self) {
        let Some(owner) = self.cli.owner else { return };
        let mut push = |op, why| self.caller(Phase::Owner, xns_user::Op::Credentials(op), why);
        push(Credentials::DropGroups, "the caller's supplementary groups are not the owner's");
        push(Credentials::BecomeGid(owner.gid), "asked for by --owner");
        push(Credentials::BecomeUid(owner.uid), "who makes a namespace owns it");
    }

    pub(super) fn map_ranges(&mut self) {
        if !self.needs_mapper() {
            return;
        }
        // "deny" is too late when the gid map is there.
        if let Some(value) = self.cli.setgroups.filter(|_| self.writes_setgroups_first()) {
            let write = WriteSetgroups { process: self.outside(), value, may_be_missing: false };
            let op = xns_user::Op::Setgroups(write);
            self.plan.push(self.writer(), Phase::MapRanges, op, "asked for by --setgroups");
        }
        for (kind, map) in [(IdKind::User, self.users), (IdKind::Group, self.groups)] {
            if let Map::Ranges(map) = map {
                let (op, why) = self.write_range(kind, map.clone());
                self.plan.push(Actor::Mapper, Phase::MapRanges, op, why);
            }
        }
        if self.outside().is_none() {
            self.await_mapper(Phase::MapRanges);
        }
    }

    pub(super) fn await_mapper(&mut self, phase: Phase) {
        self.caller(phase, Control::Wait(Actor::Mapper), "without its part nothing can go on");
    }

    pub(super) fn writes_setgroups_first(&self) -> bool {
        self.outside().is_some() || matches!(self.groups, Map::Ranges(_))
    }

    pub(super) fn write_range(&self, kind: IdKind, map: IdMap) -> (xns_user::Op, &'static str) {
        let process = self.facts.pid();
        if self.facts.euid() == 0 {
            let op = WriteMap { kind, process: Some(process), map };
            return (xns_user::Op::WriteMap(op), "root may map any ids");
        }
        let op = RunMapTool { kind, process, map };
        (xns_user::Op::RunMapTool(op), "set-user-ID: it maps what /etc/subuid and /etc/subgid grant")
    }

    pub(super) fn map_own(&mut self) {
        let phase = Phase::MapOwn;
        if let Map::Own(map) = self.users {
            let op = WriteMap { kind: IdKind::User, process: None, map: map.clone() };
            self.inside(phase, xns_user::Op::WriteMap(op), "one's own uid may be mapped without privileges");
        }
        let own_group = matches!(self.groups, Map::Own(_));
        if let Map::Own(map) = self.groups {
            let deny = WriteSetgroups { process: None, value: Setgroups::Deny, may_be_missing: true };
            let why = "the kernel's condition for mapping one's own gid";
            self.inside(phase, xns_user::Op::Setgroups(deny), why);
            let op = WriteMap { kind: IdKind::Group, process: None, map: map.clone() };
            self.inside(phase, xns_user::Op::WriteMap(op), "one's own gid may be mapped without privileges");
        }
        let written = |value| self.writes_setgroups_first() || (own_group && value == Setgroups::Deny);
        if let Some(value) = self.cli.setgroups.filter(|&value| !written(value)) {
            let op = WriteSetgroups { process: None, value, may_be_missing: false };
            self.inside(phase, xns_user::Op::Setgroups(op), "asked for by --setgroups");
        }
    }

    pub(super) fn identity(&mut self) {
        let program = self.program;
        let mut push = |op, why: &'static str| {
            self.plan.push(program, Phase::Identity, xns_user::Op::Credentials(op), why)
        };
        if let Some(gid) = self.cli.setgid {
            push(Credentials::DropGroups, "the caller's supplementary groups go with its gid");
            push(Credentials::SetGid(gid), "asked for by --setgid");
        }
        if let Some(uid) = self.cli.setuid {
            push(Credentials::SetUid(uid), "asked for by --setuid");
        }
        if self.cli.keep_caps && self.has(NsKind::User) {
            let op = xns_user::Op::KeepCapabilities(KeepCapabilities);
            self.plan.push(program, Phase::Identity, op, "an exec by who is not root would drop them");
        }
    }
}

//! The ids that the program runs with, as numbers of the new user namespace, and those that make it, as numbers of the
//! present one (credentials(7)).

use crate::idmap::{InsideId, OutsideId};
use xns_core::{Apply, Call, Errno, Failure, Operation, Outcome, Shell, Slot, Slots};
use xns_sys::{fs, identity};

/// One change of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// `setgroups(0, NULL)`: no supplementary groups.
    DropGroups,
    /// The same where it may be done: who entered a user namespace in which setgroups is denied keeps them.
    DropGroupsIfAllowed,
    /// `setgid(gid)`.
    SetGid(InsideId),
    /// `setuid(uid)`.
    SetUid(InsideId),
    /// `setgid` to the group that the target's `/proc/PID` belongs to, as it is called in the namespace entered.
    FollowGid,
    /// `setuid` to its owner.
    FollowUid,
    /// `setgid(gid)`, for the owner of namespaces.
    BecomeGid(OutsideId),
    /// `setuid(uid)`, for the owner of namespaces.
    BecomeUid(OutsideId),
}

impl Operation for Credentials {
    fn calls(&self) -> Vec<Call> {
        vec![match self {
            Credentials::DropGroups => Call::new("setgroups(0, NULL)"),
            Credentials::DropGroupsIfAllowed => Call::only("if it may", "setgroups(0, NULL)"),
            Credentials::SetGid(gid) => Call::new(format!("setgid({gid})")),
            Credentials::SetUid(uid) => Call::new(format!("setuid({uid})")),
            Credentials::FollowGid => Call::new("setgid({the group of TARGETPROC})"),
            Credentials::FollowUid => Call::new("setuid({the owner of TARGETPROC})"),
            Credentials::BecomeGid(gid) => Call::new(format!("setgid({gid})")),
            Credentials::BecomeUid(uid) => Call::new(format!("setuid({uid})")),
        }]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Wrap(match self {
            Credentials::DropGroups | Credentials::DropGroupsIfAllowed => "setpriv --clear-groups".to_owned(),
            Credentials::SetGid(gid) => format!("setpriv --regid={gid} --keep-groups"),
            Credentials::SetUid(uid) => format!("setpriv --reuid={uid}"),
            Credentials::FollowGid => return vec![Shell::Flag("--setgid=follow".to_owned())],
            Credentials::FollowUid => return vec![Shell::Flag("--setuid=follow".to_owned())],
            Credentials::BecomeGid(gid) => format!("setpriv --regid={gid} --keep-groups"),
            Credentials::BecomeUid(uid) => format!("setpriv --reuid={uid}"),
        })]
    }

    fn failed(&self, _: u8) -> String {
        match self {
            Credentials::DropGroups | Credentials::DropGroupsIfAllowed => "setgroups failed",
            Credentials::SetGid(_) | Credentials::BecomeGid(_) | Credentials::FollowGid => "setgid failed",
            Credentials::SetUid(_) | Credentials::BecomeUid(_) | Credentials::FollowUid => "setuid failed",
        }
        .to_owned()
    }

    fn reads(&self) -> &'static [Slot] {
        if matches!(self, Credentials::FollowGid | Credentials::FollowUid) {
            &[Slot::TargetProc]
        } else {
            &[]
        }
    }
}

impl Apply for Credentials {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        match self {
            Credentials::DropGroups => identity::drop_groups()?,
            Credentials::DropGroupsIfAllowed => match identity::drop_groups() {
                Err(Errno::EPERM) => return Ok(Outcome::Tolerated("setgroups is not allowed here")),
                answer => answer?,
            },
            Credentials::SetGid(gid) => identity::set_gid(gid.get())?,
            Credentials::SetUid(uid) => identity::set_uid(uid.get())?,
            Credentials::FollowGid => identity::set_gid(fs::status(slots.get(Slot::TargetProc)?)?.gid)?,
            Credentials::FollowUid => identity::set_uid(fs::status(slots.get(Slot::TargetProc)?)?.uid)?,
            Credentials::BecomeGid(gid) => identity::set_gid(gid.get())?,
            Credentials::BecomeUid(uid) => identity::set_uid(uid.get())?,
        }
        Ok(Outcome::Done)
    }
}

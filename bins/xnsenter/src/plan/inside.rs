//! What is done in there: directories, ids, the program.

use super::{Builder, Spaces};
use crate::TOOL;
use crate::cli::{Cli, Id};
use std::ffi::OsString;
use xns_core::{Facts, NsKind};
use xns_plan::process::{self, ChangeDirectory, NewRoot, UsePlace};
use xns_plan::{Exec, Phase, Variables};
use xns_user::idmap::InsideId;
use xns_user::{Credentials, KeepCapabilities};

impl Builder<'_> {
    /// Is the root another one than that of the caller?
    fn new_root(&self) -> NewRoot {
        let elsewhere = self.cli.root.is_some() || self.enters(NsKind::Mnt);
        if elsewhere { NewRoot::Other } else { NewRoot::No }
    }

    pub(super) fn places(&mut self) {
        if self.cli.root.is_some() {
            self.inside(Phase::Root, process::Op::UsePlace(UsePlace::Root), "asked for by --root");
        }
        if self.cli.wd.is_some() {
            let op = process::Op::UsePlace(UsePlace::WorkingDirectory(self.new_root()));
            self.inside(Phase::Directory, op, "asked for by --wd");
        }
        if let Some(Some(to)) = self.cli.wdns.clone() {
            let op = ChangeDirectory { to, root: self.new_root(), opened: true };
            self.inside(Phase::Directory, process::Op::ChangeDirectory(op), "asked for by --wdns");
        }
    }

    pub(super) fn identity(&mut self) {
        let phase = Phase::Identity;
        let root = self.becomes_root().then_some(Id::Number(InsideId::ROOT));
        if let Some(gid) = self.cli.setgid.or(root) {
            // Where setgroups is denied there is nothing to drop that the namespace's maker did not have.
            let drop = if self.enters(NsKind::User) {
                Credentials::DropGroupsIfAllowed
            } else {
                Credentials::DropGroups
            };
            let set = match gid {
                Id::Number(gid) => Credentials::SetGid(gid),
                Id::Follow => Credentials::FollowGid,
            };
            let why = "the caller's supplementary groups are not for in there";
            self.program(phase, xns_user::Op::Credentials(drop), why);
            let why = "root in the user namespace, or asked for by --setgid";
            self.program(phase, xns_user::Op::Credentials(set), why);
        }
        if let Some(uid) = self.cli.setuid.or(root) {
            let set = match uid {
                Id::Number(uid) => Credentials::SetUid(uid),
                Id::Follow => Credentials::FollowUid,
            };
            let why = "root in the user namespace, or asked for by --setuid";
            self.program(phase, xns_user::Op::Credentials(set), why);
        }
        if self.cli.keep_caps && self.enters(NsKind::User) {
            let op = xns_user::Op::KeepCapabilities(KeepCapabilities);
            self.program(phase, op, "an exec by who is not root would drop them");
        }
    }
}

/// The program; without one the shell, and where that is not in there one that is.
pub(super) fn program(cli: &Cli, spaces: &Spaces, uid: impl FnOnce() -> u32, facts: &Facts) -> Exec {
    const SHELLS: [&str; 4] = ["/bin/bash", "/bin/sh", "/bin/ash", "/busybox/sh"];
    let variables = if cli.env { Variables::OfTarget } else { Variables::Inherited };
    let shell = |_: &Variables| if cli.env { shell_of_target(cli, facts) } else { facts.variable("SHELL") };
    let mut exec = xns_tool::program(&cli.program, variables, shell, uid, facts);
    let elsewhere = spaces.entered().contains(NsKind::Mnt) || cli.root.is_some();
    if cli.program.is_empty() && elsewhere && !TOOL.is_original(facts) {
        let others = SHELLS.into_iter().map(OsString::from).filter(|shell| *shell != exec.program);
        exec.shells = others.collect();
    }
    exec
}

/// SHELL in the target's environment, when that may say what we run.
fn shell_of_target(cli: &Cli, facts: &Facts) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    let pid = cli.target.as_ref()?.pid;
    if !cli.trust_env && facts.owner(&format!("/proc/{pid}")) != Some(facts.euid()) {
        return None;
    }
    let text = facts.file(&format!("/proc/{pid}/environ"))?;
    let mut entries = text.split(|byte| *byte == 0).rev();
    entries.find_map(|entry| Some(OsString::from_vec(entry.strip_prefix(b"SHELL=")?.to_vec())))
}

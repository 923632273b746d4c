//! `delegate`.

use super::{ChangeError, Steps};
use crate::CliError;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use xns_cgroup::{Delegate, GroupPath, Op, Placed, Version};
use xns_user::idmap::{IdKind, IdOrName};

impl Steps<'_> {
    pub(super) fn delegate(&mut self) -> Result<(), ChangeError> {
        let name = self.cli.operands.first().map(OsString::as_os_str).unwrap_or_default();
        let name = GroupPath::parse(name).map_err(CliError::from)?;
        if name.is_root() {
            return Err(ChangeError::RootDelegated);
        }
        let (uid, gid) = match self.cli.operands.get(1) {
            None => (0, 0),
            Some(word) => self.user(word)?,
        };
        for Placed { tree, directory } in self.found(&name)? {
            let owner = |ask: Option<u32>| ask.unwrap_or(0);
            let path = directory.to_str().unwrap_or_default();
            let before = (owner(self.facts.owner(path)), owner(self.facts.group(path)));
            let version = tree.version();
            // Whoever has had it has made what is below it; root's own stays as it is.
            let with_below = self.cli.options.undo && before.0 != 0;
            let why = match version {
                _ if self.cli.options.undo => "root owns it again, with what the user has made below it",
                Version::V2 => {
                    "the user may arrange processes and groups below it, and change none of its limits"
                }
                Version::V1 => {
                    "the user may make groups below it; by version 1 that is no border: a process of his may be moved by him to \
                     any group of his, whatever limits it leaves"
                }
            };
            self.push(Op::Delegate(Delegate { directory, version, uid, gid, before, with_below }), why);
        }
        Ok(())
    }

    /// `USER`, `USER:GROUP`, by name or number; a user's group is that of the account.
    fn user(&self, word: &OsStr) -> Result<(u32, u32), ChangeError> {
        let no_user = || ChangeError::NoUser(word.to_owned());
        let mut parts = word.as_bytes().splitn(2, |byte| *byte == b':');
        let (user, group) = (parts.next().unwrap_or_default(), parts.next());
        let resolve = |kind: IdKind, word: &[u8]| {
            let accounts = self.facts.file(kind.account_file());
            let id = IdOrName::parse(word).resolve(kind, accounts.as_deref().unwrap_or_default());
            id.map(|id| id.get()).map_err(|_| no_user())
        };
        let uid = resolve(IdKind::User, user)?;
        let gid = match group {
            Some(group) => resolve(IdKind::Group, group)?,
            None => {
                let passwd = self.facts.file("/etc/passwd").unwrap_or_default();
                xns_user::account::user_by_uid(&passwd, uid).map_or(uid, |account| account.gid)
            }
        };
        Ok((uid, gid))
    }
}

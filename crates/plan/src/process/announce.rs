//! What the person at a new shell sees first: what is isolated, and the way in from elsewhere.

use super::report::own_number;
use super::tell::say;
use std::ffi::OsString;
use xns_core::shell::quote;
use xns_core::{Apply, Call, Failure, NsKind, NsSet, Operation, Outcome, Shell, Slot, Slots};
use xns_user::idmap::{InsideId, OutsideId};

/// Writes on standard error what is isolated, what is shared, and how another terminal gets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announce {
    /// The tool's name, before each line.
    pub tool: String,
    /// The new namespaces.
    pub kinds: NsSet,
    /// The new ones that the shell itself is not in, only its children.
    pub of_children: NsSet,
    /// Who the shell is, where user ids are isolated.
    pub identity: Option<Identity>,
    /// The ids of the shell, uid and gid, when who enters by their own is somebody else there.
    pub other_ids: Option<(InsideId, InsideId)>,
    /// With a root of its own: the shell, by the name that it has there. Another one need not be there.
    pub in_own_root: Option<OsString>,
}

/// One user's two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// In the new user namespace.
    pub inside: InsideId,
    /// In the caller's.
    pub outside: OutsideId,
}

impl Announce {
    fn state(&self) -> String {
        let names = |wanted: bool| {
            let kinds = NsKind::ALL.into_iter().filter(|kind| self.kinds.contains(*kind) == wanted);
            kinds.map(|kind| self.word(kind)).collect::<Vec<_>>().join(" ")
        };
        let shared = match names(false) {
            none if none.is_empty() => String::new(),
            some => format!("; shared with the host: {some}"),
        };
        let identity = match self.identity {
            Some(Identity { inside, outside }) if inside.get() != outside.get() => {
                format!("; uid {inside} here is {outside} outside")
            }
            _ => String::new(),
        };
        format!("{}: isolated: {}{shared}{identity}\n", self.tool, names(true))
    }

    fn word(&self, kind: NsKind) -> &'static str {
        match kind {
            NsKind::Pid if self.of_children.contains(kind) => "pid(of its children)",
            NsKind::Time if self.of_children.contains(kind) => "time(of its children)",
            kind => kind.name(),
        }
    }

    fn way_in(&self, pid: u32) -> String {
        let enter = self
            .enter(pid)
            .map_or_else(String::new, |command| format!("; enter from another terminal: {command}"));
        format!("{}: PID {pid} outside{enter}\n", self.tool)
    }

    /// The command that enters, typed by the same user. `None` when there is nothing to enter.
    fn enter(&self, pid: u32) -> Option<String> {
        let entered = self.of_children.iter().fold(self.kinds, |kinds, kind| kinds.without(kind));
        if entered.is_empty() {
            return None;
        }
        let is_root = self.identity.is_some_and(|identity| identity.inside == InsideId::ROOT);
        let user = match self.other_ids {
            _ if !entered.contains(NsKind::User) => String::new(),
            // The ids of the same user; others cannot be had where setgroups is denied.
            None if is_root => String::new(),
            None => " --preserve-credentials".to_owned(),
            Some((uid, gid)) => format!(" -S {uid} -G {gid}"),
        };
        let root =
            self.in_own_root.as_ref().map_or_else(String::new, |shell| format!(" -r {}", quote(shell)));
        Some(format!("xnsenter -t {pid} -a{user}{root}"))
    }
}

impl Operation for Announce {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new("write(2, {what is isolated; PID; how to enter})")]
    }

    fn shell(&self) -> Vec<Shell> {
        Vec::new()
    }

    fn failed(&self, _: u8) -> String {
        "cannot write to standard error".to_owned()
    }

    fn reads(&self) -> &'static [Slot] {
        &[Slot::Proc]
    }
}

impl Apply for Announce {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        // Without a /proc of the caller's nobody can enter by number.
        let way_in = own_number(slots).map(|pid| self.way_in(pid)).unwrap_or_default();
        Ok(say(&(self.state() + &way_in)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announce(kinds: &[NsKind], of_children: &[NsKind]) -> Announce {
        Announce {
            tool: "xunshare".into(),
            kinds: kinds.iter().copied().collect(),
            of_children: of_children.iter().copied().collect(),
            identity: None,
            other_ids: None,
            in_own_root: None,
        }
    }

    #[test]
    fn says_what_is_isolated_and_the_way_in() {
        let identity = Identity { inside: InsideId::ROOT, outside: OutsideId::new(1000).unwrap() };
        let op =
            Announce { identity: Some(identity), ..announce(&[NsKind::User, NsKind::Mnt, NsKind::Pid], &[]) };
        assert_eq!(
            op.state(),
            "xunshare: isolated: mnt pid user; shared with the host: uts ipc net cgroup time; uid 0 here is 1000 outside\n"
        );
        assert_eq!(
            op.way_in(4711),
            "xunshare: PID 4711 outside; enter from another terminal: xnsenter -t 4711 -a\n"
        );
        let rooted = Announce { in_own_root: Some("/bin/my sh".into()), ..announce(&[NsKind::Mnt], &[]) };
        assert_eq!(rooted.enter(5).unwrap(), "xnsenter -t 5 -a -r '/bin/my sh'");
        assert!(!announce(&NsKind::ALL, &[]).state().contains("shared"));
    }

    #[test]
    fn a_shell_that_was_not_forked_is_in_the_old_pid_namespace() {
        let op = announce(&[NsKind::Pid, NsKind::Uts], &[NsKind::Pid]);
        assert_eq!(op.enter(5).unwrap(), "xnsenter -t 5 -a");
        assert_eq!(announce(&[NsKind::Pid], &[NsKind::Pid]).way_in(5), "xunshare: PID 5 outside\n");
        assert!(op.state().contains("isolated: uts pid(of its children);"), "{}", op.state());
    }

    #[test]
    fn a_shell_that_stays_in_the_old_time_namespace() {
        let op = announce(&[NsKind::Time], &[NsKind::Time]);
        assert!(op.state().contains("isolated: time(of its children);"), "{}", op.state());
        assert_eq!(op.way_in(5), "xunshare: PID 5 outside\n");
    }
}

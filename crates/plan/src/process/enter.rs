//! setns(2): the namespaces of a process, and those that files hold, in the order that the caller's rights want.

use xns_core::{Apply, Call, Errno, Failure, NsKind, NsSet, Operation, Outcome, Shell, Slot, Slots};
use xns_sys::fs;
use xns_sys::namespace::{self, Own};

/// Enters namespaces of the target, in one call where the kernel has it (Linux 5.8), and those of files, one by one.
///
/// Who has rights over all of them enters the user namespace last, since in it they may be lost; who has not, first, since
/// they come with it. What the first order cannot enter is tried in the other: which it is the kernel knows best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enter {
    /// The target's number, for the messages; 0 without one.
    pub pid: u32,
    /// Of the target.
    pub of_target: NsSet,
    /// Of files: their slots are filled.
    pub of_files: NsSet,
    /// Is the user namespace entered first?
    pub user_first: bool,
    /// Of the target's namespaces those that are known to be others than ours, as they were when it was decided what is entered.
    pub seen: Vec<(NsKind, u64)>,
    /// Those that are not entered since they are ours: who has others by now is another process.
    pub ours: Vec<(NsKind, u64)>,
}

/// The part of the call for the target's namespaces together.
const TOGETHER: u8 = 0;
/// The first part of the check, of which each kind has one.
const SAME: u8 = 16;
/// The first part of the comparison with what was seen.
const CHANGED: u8 = 32;

impl Operation for Enter {
    fn calls(&self) -> Vec<Call> {
        let together = |set: NsSet| (!set.is_empty()).then(|| format!("setns(TARGET, {set})"));
        let file = |kind: NsKind| format!("setns({}, {})", Slot::Namespace(kind).name(), one(kind));
        let mut calls = Vec::new();
        for (target, files) in self.passes() {
            calls.extend(together(target));
            calls.extend(NsKind::USER_FIRST.into_iter().filter(|kind| files.contains(*kind)).map(file));
        }
        calls.into_iter().map(Call::new).collect()
    }

    fn shell(&self) -> Vec<Shell> {
        self.of_target.iter().map(|kind| Shell::Flag(format!("--{}", kind.option()))).collect()
    }

    fn failed(&self, part: u8) -> String {
        if let Some(kind) = NsKind::of_part(part, CHANGED) {
            return format!("the target's ns/{kind} has changed: it is another process by now");
        }
        match (NsKind::of_part(part, Enter::OWN), NsKind::of_part(part, SAME)) {
            (Some(kind), _) => format!("reassociate to namespace 'ns/{kind}' failed"),
            (_, Some(kind)) => {
                format!("reassociate to namespace 'ns/{kind}' was answered, but it is another")
            }
            (None, None) => "reassociate to namespaces failed".to_owned(),
        }
    }

    fn reads(&self) -> &'static [Slot] {
        // The others are of files, and each is filled by the step before that asks for it.
        if self.of_target.is_empty() { &[] } else { &[Slot::TargetProc] }
    }
}

fn one(kind: NsKind) -> NsSet {
    [kind].into_iter().collect()
}

/// The kind, if it is in the set.
fn one_of(set: NsSet, kind: NsKind) -> NsSet {
    if set.contains(kind) { one(kind) } else { NsSet::EMPTY }
}

impl Enter {
    /// The first part of a call for one kind.
    pub(crate) const OWN: u8 = 1;
    /// The first part of reading what is to be entered.
    pub(crate) const READ: u8 = 48;

    /// The kind that could not be read.
    pub(crate) fn read_kind(&self, part: u8) -> Option<NsKind> {
        let read =
            |kind: &NsKind| self.of_target.contains(*kind) || self.ours.iter().any(|(ours, _)| ours == kind);
        NsKind::of_part(part, Enter::READ).filter(read)
    }

    /// The kind that was refused by itself.
    pub(crate) fn entered_kind(&self, part: u8) -> Option<NsKind> {
        NsKind::of_part(part, Enter::OWN)
    }

    /// What is entered, in two passes: with rights over all first everything but the user namespace, then that; without them
    /// all at once, of which the kernel takes the user namespace first.
    fn passes(&self) -> Vec<(NsSet, NsSet)> {
        let user = |set: NsSet| one_of(set, NsKind::User);
        if !self.user_first {
            let others = (self.of_target.without(NsKind::User), self.of_files.without(NsKind::User));
            return vec![others, (user(self.of_target), user(self.of_files))];
        }
        // A user namespace of a file comes before what belongs to it.
        vec![(NsSet::EMPTY, user(self.of_files)), (self.of_target, self.of_files.without(NsKind::User))]
    }

    /// The kinds whose numbers are compared afterwards. One call enters all of its kinds or none: one that was another before
    /// stands for all.
    fn checked(&self) -> NsSet {
        let seen: NsSet = self.seen.iter().map(|(kind, _)| *kind).collect();
        let others = self.of_target.without(NsKind::User);
        let proven = NsKind::ALL.into_iter().any(|kind| others.contains(kind) && seen.contains(kind));
        let of_target =
            if proven { seen.union(one_of(self.of_target, NsKind::User)) } else { self.of_target };
        of_target.union(self.of_files)
    }

    /// The mount that `/` lies on, if a mount namespace of the target's is entered: its root is another one, unless it is ours.
    fn mount_of_root(&self) -> Option<u64> {
        if self.of_target.contains(NsKind::Mnt) { fs::mount_of_root() } else { None }
    }

    /// The numbers of what is to be entered, read before anything is.
    fn numbers(&self, slots: &Slots) -> Result<Vec<(NsKind, u64)>, Failure> {
        for (kind, own) in self.ours.iter().filter(|_| !self.of_target.is_empty()) {
            if target_number(slots, *kind)? != *own {
                return Err(Failure::in_part(kind.part(CHANGED), Errno::ESRCH));
            }
        }
        let checked = self.checked();
        let mut numbers = Vec::new();
        for kind in NsKind::USER_FIRST.into_iter().filter(|kind| checked.contains(*kind)) {
            let part = |errno| Failure::in_part(kind.part(Enter::OWN), errno);
            if self.of_files.contains(kind) {
                numbers
                    .push((kind, fs::inode(slots.get(Slot::Namespace(kind)).map_err(part)?).map_err(part)?));
            } else if self.of_target.contains(kind) {
                let number = target_number(slots, kind)?;
                if self.seen.iter().any(|(seen, before)| *seen == kind && *before != number) {
                    return Err(Failure::in_part(kind.part(CHANGED), Errno::ESRCH));
                }
                numbers.push((kind, number));
            }
        }
        Ok(numbers)
    }

    /// Enters what it can of these; answers what remains, and the first failure.
    fn pass((mut target, mut files): (NsSet, NsSet), slots: &Slots) -> ((NsSet, NsSet), Option<Failure>) {
        let mut failure = None;
        if !target.is_empty() {
            match enter_target(target, slots) {
                Ok(()) => target = NsSet::EMPTY,
                Err(e) => failure = Some(e),
            }
        }
        let wanted = files;
        for kind in NsKind::USER_FIRST.into_iter().filter(|kind| wanted.contains(*kind)) {
            match slots.get(Slot::Namespace(kind)).and_then(|fd| namespace::setns(fd, kind.flag())) {
                Ok(()) => files = files.without(kind),
                Err(errno) => failure = failure.or(Some(Failure::in_part(kind.part(Enter::OWN), errno))),
            }
        }
        ((target, files), failure)
    }
}

/// The number of the target's namespace. Who may not look is not let in either: that is what the original is told.
fn target_number(slots: &Slots, kind: NsKind) -> Result<u64, Failure> {
    let read = |errno| match errno {
        Errno::EACCES => Failure::in_part(kind.part(Enter::READ), Errno::EPERM),
        _ => Failure::in_part(kind.part(Enter::READ), errno),
    };
    if let Some(number) = slots.target_user.filter(|_| kind == NsKind::User) {
        return Ok(number);
    }
    let directory = slots.get(Slot::TargetProc).map_err(read)?;
    namespace::number_at(directory, &format!("ns/{kind}")).map_err(read)
}

/// By the pidfd in one call; below Linux 5.8 by `/proc/PID/ns`, one by one.
fn enter_target(set: NsSet, slots: &Slots) -> Result<(), Failure> {
    let together = |errno| Failure::in_part(TOGETHER, errno);
    match slots.get(Slot::Target).and_then(|pidfd| namespace::setns(pidfd, set.flags())) {
        Err(Errno::EBADF | Errno::EINVAL) => {}
        answer => return answer.map_err(together),
    }
    let directory = slots.get(Slot::TargetProc).map_err(together)?;
    for kind in NsKind::USER_FIRST.into_iter().filter(|kind| set.contains(*kind)) {
        let part = |errno| Failure::in_part(kind.part(Enter::OWN), errno);
        let namespace = fs::open_in(directory, format!("ns/{kind}").as_ref()).map_err(part)?;
        namespace::setns(namespace, kind.flag()).map_err(part)?;
    }
    Ok(())
}

impl Apply for Enter {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let mut wanted = self.numbers(slots)?;
        let root = self.mount_of_root();
        // The first number is asked for now: what answers before, and leads nowhere else in there, is the way afterwards.
        let mut own = slots.own.take().unwrap_or_else(|| {
            let mut own = Own::open(wanted.len(), false);
            let _ = wanted.first().map(|(kind, _)| own.number(kind.flag(), kind.unshared_file()));
            own
        });
        let mut left = (NsSet::EMPTY, NsSet::EMPTY);
        let mut failure = None;
        for (target, files) in self.passes() {
            (left, failure) = Self::pass((left.0.union(target), left.1.union(files)), slots);
        }
        // Each that is entered may bring the rights for another.
        while let Some(failed) = failure {
            let before = left;
            (left, failure) = Self::pass(left, slots);
            if left == before {
                return Err(failed);
            }
        }
        // A root on another mount shows that the call for the target's namespaces together was done.
        if root.is_some() && self.mount_of_root() != root {
            wanted.retain(|(kind, _)| *kind == NsKind::User || self.of_files.contains(*kind));
        }
        check(&wanted, &mut own)
    }
}

/// Are we where we wanted to be? (A seccomp filter can answer success for a call that it suppresses.)
fn check(wanted: &[(NsKind, u64)], own: &mut Own) -> Result<Outcome, Failure> {
    for (kind, number) in wanted {
        match own.number(kind.flag(), kind.unshared_file()) {
            Ok(own) if own == *number => {}
            Ok(_) => return Err(Failure::in_part(kind.part(SAME), Errno::EOPNOTSUPP)),
            Err(_) => return Ok(Outcome::Tolerated("no /proc to check the ids in")),
        }
    }
    Ok(Outcome::Done)
}

//! New processes of the plan, and what each of them keeps.

use super::{Failed, Stop, Walker};
use std::os::fd::OwnedFd;
use std::path::Path;
use xns_core::{Actor, Errno, Failure, Outcome, Slot};
use xns_plan::{Control, births};
use xns_sys::fork::{self, Child, Fork, Status};
use xns_sys::{exec, fs, signal};

impl Walker<'_> {
    pub(super) fn fork(&mut self, step: usize, actor: Actor) -> Result<(), Errno> {
        // A binder outlives the exec for a moment. It must not become a zombie child of the program.
        let forked =
            if actor == Actor::Binder { self.fork_orphan()? } else { Some(fork::fork(self.single)?) };
        self.go_on(step, actor, forked, how);
        Ok(())
    }

    /// In both processes of a fork.
    fn go_on(&mut self, step: usize, actor: Actor, forked: Option<Fork>, how: fn(bool) -> Outcome) {
        // Who does the next step says this one, or the two lines could come in either order.
        let child_goes_on = self.plan.steps.get(step + 1).is_some_and(|next| next.actor == actor);
        match forked {
            Some(Fork::Child { by_clone }) => {
                if child_goes_on {
                    self.say(step, Some(&Ok(how(by_clone))));
                }
                self.me = actor;
                self.to_undo.clear();
                self.slots.made.clear();
                self.slots.groups.clear();
                self.slots.keeper = None;
                self.slots.kept = None;
                self.children.clear();
            }
            Some(Fork::Parent(child)) => {
                if !child_goes_on {
                    self.say(step, Some(&Ok(how(child.pidfd.is_none()))));
                }
                self.children.push((actor, child));
            }
            None if child_goes_on => {}
            None => self.say(step, Some(&Ok(Outcome::Done))),
        }
        self.close_what_is_not_ours(step);
    }

    /// A fork that the kernel refused.
    pub(super) fn refused(&self, step: usize, errno: Errno) -> Stop {
        self.refused_as(step, errno.into())
    }

    fn refused_as(&self, step: usize, failure: Failure) -> Stop {
        self.say(step, Some(&Err(failure)));
        Stop::Failed(Failed { step, failure })
    }

    /// The child does all its steps in our memory, while we stand still; we go on when it has execed or failed.
    pub(super) fn spawn(&mut self, step: usize, actor: Actor) -> Result<(), Stop> {
        let mut stop = None;
        self.keep_mask(step)?;
        let child = fork::spawn(self.single, || self.live(step, actor, None, &mut stop));
        let child = child.map_err(|errno| self.refused(step, errno));
        self.shared(actor, child, stop)
    }

    /// The same in the group that was opened.
    pub(super) fn spawn_into(&mut self, step: usize, actor: Actor) -> Result<(), Stop> {
        let refused = |errno| Failure::in_part(Control::JOIN, errno);
        let mut stop = None;
        self.keep_mask(step)?;
        let group = self.slots.take(Slot::Group).map_err(|errno| self.refused_as(step, refused(errno)))?;
        let born = fork::spawn_into(self.single, &group, || self.live(step, actor, None, &mut stop));
        let child = match born {
            // Before Linux 5.7.
            Err(Errno::ENOSYS | Errno::E2BIG | Errno::EINVAL) => {
                fork::spawn(self.single, || self.live(step, actor, Some(&group), &mut stop))
            }
            answer => answer,
        };
        let child = child.map_err(|errno| self.refused_as(step, refused(errno)));
        self.shared(actor, child, stop)
    }

    /// In the child everything is blocked until it gives the program what was before.
    fn keep_mask(&mut self, step: usize) -> Result<(), Stop> {
        if self.slots.mask.is_none() {
            self.slots.mask = Some(signal::mask().map_err(|errno| self.refused(step, errno))?);
        }
        Ok(())
    }

    /// The life of a child that shares our memory, with its exit status; first it joins the group by itself where it has not been
    /// born there.
    fn live(&mut self, step: usize, actor: Actor, joins: Option<&OwnedFd>, stop: &mut Option<Stop>) -> u8 {
        let join = |group| fs::write_in(group, Path::new("cgroup.procs"), b"0");
        let joined = joins.map_or(Ok(()), join).map_err(|errno| Failure::in_part(Control::JOIN, errno));
        let how = if joins.is_some() { JOINED } else { Outcome::Done };
        self.say(step, Some(&joined.map(|()| how)));
        self.me = actor;
        self.slots.shares_memory = true;
        let joined = joined.map_err(|failure| Stop::Failed(Failed { step, failure }));
        let walked =
            joined.and_then(|()| (step + 1..self.plan.steps.len()).try_for_each(|step| self.visit(step)));
        *stop = walked.err();
        1
    }

    /// We go on.
    fn shared(&mut self, actor: Actor, child: Result<Child, Stop>, stop: Option<Stop>) -> Result<(), Stop> {
        self.me = Actor::Caller;
        self.slots.shares_memory = false;
        self.children.push((actor, child?));
        stop.map_or(Ok(()), Err)
    }

    /// A process that is nobody's child here: its parent has ended. `None` in the process that asked.
    fn fork_orphan(&mut self) -> Result<Option<Fork>, Errno> {
        match fork::fork(self.single)? {
            Fork::Parent(between) => match fork::wait(&between, false)? {
                Status::Exited(0) => Ok(None),
                Status::Exited(errno) => Err(Errno::from_raw(i32::from(errno))),
                Status::Killed(_) | Status::Stopped(_) => Err(Errno::EAGAIN),
            },
            Fork::Child { .. } => match fork::fork(self.single) {
                Ok(child @ Fork::Child { .. }) => Ok(Some(child)),
                Ok(Fork::Parent(_)) => exec::exit_now(0),
                Err(errno) => exec::exit_now(u8::try_from(errno as i32).unwrap_or(1)),
            },
        }
    }

    /// After a fork: the ends and slots that neither this process nor one it will still fork has a use for.
    fn close_what_is_not_ours(&mut self, step: usize) {
        let later = &self.plan.steps[step + 1..];
        let own_forks = later.iter().filter(|s| s.actor == self.me).filter_map(|s| s.op.forks());
        let mut ours: Vec<Actor> =
            own_forks.flat_map(|child| [vec![child], births(self.plan, child)].concat()).collect();
        ours.push(self.me);
        self.wires.keep(&ours);
        for slot in Slot::all() {
            let read =
                |s: &xns_plan::Step| ours.contains(&s.actor) && s.op.describe().reads().contains(&slot);
            if !later.iter().any(read) {
                self.slots.empty(slot);
            }
        }
    }
}

/// Without CLONE_INTO_CGROUP.
const JOINED: Outcome = Outcome::Fallback("a fork, and a 0 into cgroup.procs: no CLONE_INTO_CGROUP here");

/// How a process was made.
const fn how(by_clone: bool) -> Outcome {
    if by_clone { Outcome::Fallback("clone(SIGCHLD): no clone3 here") } else { Outcome::Done }
}

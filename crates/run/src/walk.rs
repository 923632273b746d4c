//! Walking the list.

mod processes;
mod pty;

use crate::image::Image;
use crate::report::{Record, Report};
use crate::wires::{Broken, Wires};
use xns_core::{Actor, Cause, Errno, Failure, Outcome, Slot, Slots};
use xns_pid::{Attended, Ended, Event, Relayed, Stops};
use xns_plan::{Attend, Control, Op, Phase, Plan, Step, executor, hands_over, process, settlers};
use xns_sys::fork::{self, Child, Status};
use xns_sys::namespace::Own;
use xns_sys::{SingleThreaded, exec, fd};

/// Which step failed, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The step's index in the plan.
    pub step: usize,
    /// Its failure.
    pub failure: Failure,
}

/// What came of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// How the program ended; a plan without one ends with 0.
    pub ended: Ended,
    /// What went wrong after the program had ended.
    pub failed: Vec<Failed>,
    /// How many processes the program had left in its group, which were ended.
    pub left_behind: usize,
}

/// Runs the plan; with `explain`, says each step on standard error as it is done. `own`: what planning has opened.
///
/// Without a fork in the plan a success does not return: this process has become the program.
///
/// # Errors
/// The step that failed. By then every process of the plan has ended, and what they made is gone.
pub fn run(plan: &Plan, explain: bool, own: Option<Own>, single: SingleThreaded) -> Result<Done, Failed> {
    let mut walker = Walker::new(plan, explain, single);
    walker.slots.own = own;
    walker.walk()
}

/// Somebody has ended, and nobody knows why.
const LOST: Failure = Failure { part: 0, cause: Cause::Lost };

/// One of the plan's processes.
struct Walker<'p> {
    plan: &'p Plan,
    explain: bool,
    single: SingleThreaded,
    me: Actor,
    slots: Slots,
    wires: Wires,
    report: Report,
    image: Option<Image>,
    children: Vec<(Actor, Child)>,
    settlers: Vec<Actor>,
    /// Is the exec about to happen? Where the child shares our memory we know it by this.
    committed: bool,
    /// Own steps that would leave something behind.
    to_undo: Vec<usize>,
    ended: Ended,
    /// What went wrong after the program had ended.
    afterwards: Vec<Failed>,
}

/// Why a walk stops before its end.
enum Stop {
    /// An own step failed.
    Failed(Failed),
    /// At this step another process turned out to be gone; it has told the caller why, if it could.
    OtherGone(usize),
}

impl<'p> Walker<'p> {
    fn new(plan: &'p Plan, explain: bool, single: SingleThreaded) -> Self {
        Walker {
            plan,
            explain,
            single,
            me: Actor::Caller,
            slots: Slots::new(single),
            wires: Wires::default(),
            report: Report::default(),
            image: None,
            children: Vec::new(),
            settlers: settlers(plan),
            committed: false,
            to_undo: Vec::new(),
            ended: Ended::Exited(0),
            afterwards: Vec::new(),
        }
    }

    /// What comes before the first fork and is no step. Pipes are opened only when the numbers that the user gave have been
    /// taken over: a pipe could get the number of one that is closed.
    fn prepare(&mut self) -> Result<(), Failed> {
        let forks = |s: &Step| s.op.forks().is_some();
        let copied = |s: &Step| matches!(s.op, Op::Control(Control::Fork(_)));
        let copies = self.plan.steps.iter().any(copied);
        let first_fork = self.plan.steps.iter().position(forks).unwrap_or_default();
        let no_pipes = |errno| Failed { step: first_fork, failure: Failure::in_part(Control::PIPES, errno) };
        if copies {
            self.report = Report::open().map_err(no_pipes)?;
            self.wires = Wires::for_plan(self.plan).map_err(no_pipes)?;
        }
        Ok(())
    }

    /// When all that it needs has been read, and before anything is made or entered.
    fn prepare_image(&mut self) -> Result<(), Failed> {
        let program = self.plan.steps.iter().enumerate().find_map(|(step, s)| match &s.op {
            Op::Control(Control::Exec(program)) => Some((step, program)),
            _ => None,
        });
        if let Some((step, program)) = program {
            let image = Image::prepare(program, &self.slots)
                .map_err(|errno| Failed { step, failure: errno.into() })?;
            self.image = Some(image);
        }
        Ok(())
    }

    /// The whole way. Returns only in the caller.
    fn walk(mut self) -> Result<Done, Failed> {
        let adopts = |s: &&Step| matches!(s.op, Op::Process(process::Op::Adopt(_)));
        let adopted = self.plan.steps.iter().take_while(adopts).count();
        let opened = self.plan.steps.iter().take_while(|s| s.phase == Phase::Prepare).count();
        let walked = (0..adopted)
            .try_for_each(|step| self.visit(step))
            .and_then(|()| self.prepare().map_err(Stop::Failed))
            .and_then(|()| (adopted..opened).try_for_each(|step| self.visit(step)))
            .and_then(|()| self.prepare_image().map_err(Stop::Failed))
            .and_then(|()| (opened..self.plan.steps.len()).try_for_each(|step| self.visit(step)));
        match (walked, self.me) {
            (Ok(()), Actor::Caller) => {
                let failed = std::mem::take(&mut self.afterwards);
                let done = Done { ended: self.ended, failed, left_behind: self.slots.left_behind };
                // The tool ends now: closing one by one what the kernel closes at once would only take time.
                std::mem::forget(self);
                Ok(done)
            }
            (Ok(()), me) => {
                if self.settlers.contains(&me) && !self.wires.settled(self.executor(), me) {
                    self.undo();
                }
                exec::exit_now(0)
            }
            (Err(Stop::Failed(failed)), Actor::Caller) => Err(self.give_up(Some(failed), failed.step)),
            (Err(Stop::OtherGone(step)), Actor::Caller) => {
                let failed = self.give_up(None, step);
                match (failed.failure.cause, self.plan.steps[failed.step].actor) {
                    // The child was killed before it became the program: as when it is killed later.
                    (Cause::Killed(signal), Actor::Child | Actor::Leader | Actor::Init) => {
                        Ok(Done { ended: Ended::Killed(signal), failed: Vec::new(), left_behind: 0 })
                    }
                    _ => Err(failed),
                }
            }
            (Err(stop), _) => {
                self.undo();
                let Failed { step, failure } = match stop {
                    Stop::Failed(failed) => failed,
                    // If that one could still say why, it stands in the pipe before this.
                    Stop::OtherGone(step) => Failed { step, failure: LOST },
                };
                self.report.send(Record::Failed { step, failure });
                exec::exit_now(1)
            }
        }
    }

    /// One step of the list, if it is this process's.
    fn visit(&mut self, step: usize) -> Result<(), Stop> {
        if self.plan.steps[step].actor != self.me {
            return Ok(());
        }
        if let Some(edge) = step.checked_sub(1).and_then(|before| hands_over(self.plan, before)) {
            self.wires.await_turn(edge).map_err(|Broken| Stop::OtherGone(step - 1))?;
        }
        let op = &self.plan.steps[step].op;
        let result = match op {
            Op::Control(control) => self.control(step, control),
            _ => self.apply(step, op).or_else(|failed| self.after_the_end(failed)),
        };
        result?;
        // After a fork this may be the child, whose turn has just begun.
        if let Some(edge) = hands_over(self.plan, step)
            && edge.from == self.me
        {
            self.wires.hand_over(edge).map_err(|Broken| Stop::OtherGone(step + 1))?;
        }
        Ok(())
    }

    /// Once the program has ended, its status is what counts: the rest is done all the same.
    fn after_the_end(&mut self, failed: Failed) -> Result<(), Stop> {
        if self.slots.ended.is_none() {
            return Err(Stop::Failed(failed));
        }
        self.afterwards.push(failed);
        Ok(())
    }

    fn apply(&mut self, step: usize, op: &Op) -> Result<(), Failed> {
        let Some(action) = op.action() else { return Ok(()) };
        let result = action.apply(&mut self.slots);
        self.say(step, Some(&result));
        // What a step has made before it failed half-way is in the slots.
        if result.is_ok() && action.leaves_something() {
            self.to_undo.push(step);
        }
        result.map(drop).map_err(|failure| Failed { step, failure })
    }

    fn control(&mut self, step: usize, control: &Control) -> Result<(), Stop> {
        let failed = |errno: Errno| Stop::Failed(Failed { step, failure: errno.into() });
        match control {
            Control::Fork(actor) => self.fork(step, *actor).map_err(|errno| self.refused(step, errno)),
            Control::Spawn(actor) => self.spawn(step, *actor),
            Control::SpawnInto(actor) => self.spawn_into(step, *actor),
            Control::Wait(actor) => self.wait(step, *actor, None),
            Control::Follow(actor) => self.wait(step, *actor, None),
            Control::Attend(attend) => self.wait(step, attend.actor, Some(*attend)),
            Control::Proxy(attend) => self.proxy(step, *attend),
            Control::Supervise => self.supervise(step).map_err(failed),
            Control::Exec(_) => Err(Stop::Failed(Failed { step, failure: self.exec(step) })),
        }
    }

    fn wait(&mut self, step: usize, actor: Actor, attend: Option<Attend>) -> Result<(), Stop> {
        let failed = |failure| Stop::Failed(Failed { step, failure });
        let child = self.child(actor).map_err(|errno| failed(errno.into()))?;
        let helper = actor == Actor::Mapper;
        let waited = match attend {
            None => xns_pid::wait(&child, self.stops(step, helper)).map(|ended| (ended, None)),
            Some(attend) => {
                let of_init = actor == Actor::Init;
                if of_init {
                    self.report.by_signal().map_err(|errno| failed(errno.into()))?;
                }
                let proc = if attend.pid_1 { self.slots.get(Slot::Proc).ok() } else { None };
                let attended = Attended { child: &child, relay: attend.relay, pid_1: proc };
                let mut stopped = || self.report.has_stopped();
                xns_pid::attend(attended, of_init.then_some(&mut stopped))
            }
        };
        let (ended, relayed) = waited.map_err(|errno| failed(errno.into()))?;
        if helper {
            return match ended {
                Ended::Exited(0) => {
                    self.say(step, Some(&Ok(Outcome::Done)));
                    Ok(())
                }
                Ended::Exited(_) => Err(Stop::OtherGone(step)),
                Ended::Killed(signal) => Err(failed(Failure { part: 0, cause: Cause::Killed(signal) })),
            };
        }
        self.end(step, ended, relayed)
    }

    /// The child that is this actor, which is to be waited for.
    fn child(&mut self, actor: Actor) -> Result<Child, Errno> {
        let position = self.children.iter().position(|(a, _)| *a == actor);
        position.map(|i| self.children.swap_remove(i).1).ok_or(Errno::ECHILD)
    }

    /// The program's process has ended, and was waited for.
    fn end(&mut self, step: usize, ended: Ended, relayed: Option<Relayed>) -> Result<(), Stop> {
        self.say(step, Some(&Ok(Outcome::Done)));
        self.conclude(ended)?;
        if let Some(relayed) = relayed {
            self.ended = relayed.told(self.ended);
        }
        Ok(())
    }

    /// What is done when the process that this step waits for stops.
    fn stops(&self, step: usize, helper: bool) -> Stops {
        match self.plan.steps[step].op {
            Op::Control(Control::Follow(_)) => Stops::Every,
            _ if helper => Stops::Ignored,
            _ => Stops::OfTerminal,
        }
    }

    /// The program's process has ended: was it the program, or a step before it?
    fn conclude(&mut self, ended: Ended) -> Result<(), Stop> {
        self.ended = ended;
        for record in self.report.collect() {
            match record {
                Record::Failed { step, failure } if self.may_fail(step) => {
                    return Err(Stop::Failed(Failed { step, failure }));
                }
                Record::Failed { .. } | Record::Stopped => {}
                Record::Ended(ended) => self.ended = ended,
            }
        }
        if self.settlers.contains(&self.me)
            && !self.committed
            && !self.wires.settled(self.executor(), self.me)
        {
            self.undo();
        }
        self.slots.ended = Some(match self.ended {
            Ended::Exited(status) => Status::Exited(status),
            Ended::Killed(signal) => Status::Killed(signal),
        });
        Ok(())
    }

    fn supervise(&mut self, step: usize) -> Result<(), Errno> {
        let program = self.children.iter().find(|(actor, _)| *actor == Actor::Child).ok_or(Errno::ECHILD)?;
        let program = program.1.pid;
        let (executor, me) = (self.executor(), self.me);
        let settling = self.settlers.contains(&me);
        if settling {
            self.wires.tell_by_signal(executor, me)?;
        }
        let (wires, slots, report) = (&self.wires, &mut self.slots, &self.report);
        let ended = xns_pid::supervise(program, |event| match event {
            Event::Idle => report.send(Record::Stopped),
            // The program has come to be: what is held to take things back only keeps them busy.
            Event::Woken if settling && wires.has_settled(executor, me) => slots.made.clear(),
            Event::Woken => {}
        })?;
        self.say(step, Some(&Ok(Outcome::Done)));
        self.report.send(Record::Ended(ended));
        Ok(())
    }

    fn exec(&mut self, step: usize) -> Failure {
        let Some(image) = &self.image else { return Errno::EINVAL.into() };
        self.say(step, None);
        self.wires.tell_settlers(self.me, &self.settlers, false);
        self.committed = true;
        let failure = image.exec();
        self.committed = false;
        self.wires.tell_settlers(self.me, &self.settlers, true);
        self.say(step, Some(&Err(failure)));
        failure
    }

    /// In the caller, after a failure at a step: nothing of ours stays. Answers the failure that came first.
    fn give_up(&mut self, own: Option<Failed>, at: usize) -> Failed {
        self.undo();
        self.wires.await_others();
        self.wires.close();
        let mut killed = None;
        for (actor, child) in std::mem::take(&mut self.children) {
            if let Ok(Status::Killed(signal)) = fork::wait(&child, false) {
                let step = self.plan.steps.iter().position(|s| s.actor == actor).unwrap_or_default();
                let failure = Failure { part: 0, cause: Cause::Killed(signal) };
                killed = killed.or(Some(Failed { step, failure }));
            }
        }
        self.slots.remove_groups();
        self.slots.dismiss_keeper();
        let reported = self.report.collect().into_iter().filter_map(|record| match record {
            Record::Failed { step, failure } if self.may_fail(step) => Some(Failed { step, failure }),
            Record::Failed { .. } | Record::Ended(_) | Record::Stopped => None,
        });
        let (guessed, reported): (Vec<_>, Vec<_>) = reported.partition(|failed| failed.failure == LOST);
        let first = |failed: Vec<Failed>| failed.into_iter().next();
        let here = Failed { step: at, failure: LOST };
        own.or(first(reported)).or(killed).or(first(guessed)).unwrap_or(here)
    }

    /// Is this a step of another process, which may report on it?
    fn may_fail(&self, step: usize) -> bool {
        self.plan.steps.get(step).is_some_and(|s| s.actor != Actor::Caller)
    }

    fn undo(&mut self) {
        for step in std::mem::take(&mut self.to_undo).into_iter().rev() {
            if let Some(action) = self.plan.steps[step].op.action() {
                action.undo();
            }
        }
        self.slots.take_back();
    }

    fn executor(&self) -> Actor {
        executor(self.plan).unwrap_or(Actor::Caller)
    }

    fn say(&self, step: usize, result: Option<&Result<Outcome, Failure>>) {
        if self.explain {
            let line = xns_plan::explain::done(self.plan, step, result);
            let _ = fd::write_all(fd::stderr(), line.as_bytes());
        }
    }
}

//! `del`: a name goes, and what goes with it is waited for.

use super::holders::{self, Holder};
use super::{NamesError, Work, push};
use crate::TOOL;
use crate::processes::Processes;
use crate::visitor::Visitor;
use std::cell::LazyCell;
use std::os::fd::AsFd;
use xns_cli::{Diagnostic, tell};
use xns_core::{Facts, NsKind, SingleThreaded};
use xns_net::store::{self, State};
use xns_net::{AwaitGone, DeviceName, NetnsName, Network, Op, Place, Reach, RemoveName};
use xns_plan::Plan;
use xns_tool::{carry_out, say};

/// What there is around a name before it is removed.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Around {
    pub(super) state: Option<State>,
    /// Devices here whose other ends are in it.
    pub(super) ends: Vec<(u32, DeviceName)>,
    /// Devices that come back here.
    pub(super) returning: Vec<DeviceName>,
    /// What keeps it without the name, as far as it was looked for.
    pub(super) holders: Vec<Holder>,
}

impl Work<'_> {
    pub(super) fn delete(&self, single: SingleThreaded) -> Result<u8, Box<Diagnostic>> {
        let names = match self.names_to_delete() {
            Ok(names) => names,
            Err(error) => return TOOL.refuse(error, self.facts),
        };
        let processes = LazyCell::new(Processes::look as fn() -> Processes);
        let look = |name: &NetnsName| self.around(name, single, &processes);
        if self.reporting().dry_run.is_some() {
            let mut plan = Plan::default();
            for name in &names {
                plan.steps.extend(self.plan_of_delete(name, &look(name)).steps);
            }
            return carry_out(&TOOL, plan, self.reporting(), self.facts, single);
        }
        let mut status = 0;
        for name in &names {
            match self.delete_one(name, &look(name), single) {
                Ok(done) => status = status.max(done),
                Err(diagnostic) if names.len() == 1 => return Err(diagnostic),
                Err(diagnostic) => {
                    status = status.max(diagnostic.status);
                    diagnostic.tell(&TOOL.called_as(self.facts), self.reporting().error_format);
                }
            }
        }
        Ok(status)
    }

    fn names_to_delete(&self) -> Result<Vec<NetnsName>, NamesError> {
        if self.cli.options.all { store::names().map_err(NamesError::Unread) } else { Ok(vec![self.name()?]) }
    }

    fn delete_one(
        &self,
        name: &NetnsName,
        around: &Around,
        single: SingleThreaded,
    ) -> Result<u8, Box<Diagnostic>> {
        let plan = self.plan_of_delete(name, around);
        let status = carry_out(&TOOL, plan, self.reporting(), self.facts, single)?;
        if self.reporting().hint_mode(self.facts).wanted() && around.is_awaited() {
            self.tell_what_stayed(name, around);
        }
        Ok(status)
    }

    /// Processes are looked for only where it matters: a namespace that is kept does not let its devices go.
    fn around(&self, name: &NetnsName, single: SingleThreaded, processes: &LazyCell<Processes>) -> Around {
        let state = State::of(name, self.facts);
        let mut around = Around { state, ..Around::default() };
        let Some(State::Live(inode)) = state else { return around };
        // Nothing of this is needed to remove the name: what cannot be found out is not waited for.
        around.look_at_devices(name, self.facts, single);
        if self.reporting().hint_mode(self.facts).wanted() || around.is_awaited() {
            around.holders = holders::holders(inode, name, processes);
        }
        around
    }

    pub(super) fn plan_of_delete(&self, name: &NetnsName, around: &Around) -> Plan {
        let mut plan = Plan::default();
        if around.is_awaited() {
            push(&mut plan, Op::Reach(Reach(Place::Here)), "there it is seen what the namespace leaves");
        }
        let remove = RemoveName { name: name.clone(), state: around.state };
        push(&mut plan, Op::RemoveName(remove), why(around.state));
        if around.is_awaited() {
            let wait = AwaitGone { ends: around.ends.clone(), returning: around.returning.clone() };
            let why = "the kernel takes the namespace apart later; who makes the same devices again is not to meet the old ones";
            push(&mut plan, Op::AwaitGone(wait), why);
        }
        if !around.holders.is_empty() {
            let kept: Vec<_> = around.holders.iter().take(8).map(ToString::to_string).collect();
            let more = if around.holders.len() > 8 { " …" } else { "" };
            let told = format!(
                "the name {name} is gone, the network namespace is kept by {}{more}",
                kept.join(", ")
            );
            say(&TOOL, &mut plan, &[told], self.reporting(), self.facts);
        }
        plan
    }

    fn tell_what_stayed(&self, name: &NetnsName, around: &Around) {
        let Ok(links) = Network::own().and_then(|here| here.links()) else { return };
        let stayed = |(index, _): &&(u32, DeviceName)| links.iter().any(|link| link.index == *index);
        let stayed: Vec<_> = around.ends.iter().filter(stayed).map(|(_, end)| end.to_string()).collect();
        if !stayed.is_empty() && !self.reporting().is_quiet(self.facts) {
            tell(&format!(
                "{}: the name {name} is gone, and {} still here: something keeps the network namespace, perhaps a descriptor or a mount of another mount namespace\n",
                TOOL.called_as(self.facts),
                if stayed.len() == 1 {
                    format!("{} is", stayed[0])
                } else {
                    format!("{} are", stayed.join(", "))
                },
            ));
        }
    }
}

fn why(state: Option<State>) -> &'static str {
    match state {
        Some(State::Live(_) | State::OtherKind(_)) => {
            "asked for; the namespace goes when nothing else keeps it"
        }
        Some(State::Stale) => "asked for; the name is stale: no namespace is bound to it",
        Some(State::Foreign(_)) | None => "asked for",
    }
}

impl Around {
    /// Is there something to wait for that will come?
    fn is_awaited(&self) -> bool {
        self.holders.is_empty() && !(self.ends.is_empty() && self.returning.is_empty())
    }

    fn look_at_devices(&mut self, name: &NetnsName, facts: &Facts, single: SingleThreaded) -> Option<()> {
        let here = Network::own().ok()?;
        let there = Place::Name(name.clone()).open().ok()?;
        // Asking for the devices gives those namespaces numbers in which their other ends are.
        let links = here.links().ok()?;
        if let Ok(Some(id)) = here.id_of(there.as_fd()) {
            let ends = links.iter().filter(|link| link.link.is_some_and(|link| link.namespace == Some(id)));
            self.ends = ends.filter_map(|end| Some((end.index, DeviceName::new(&end.name).ok()?))).collect();
        }
        if is_initial(facts) {
            self.returning = physical(&Visitor::new(single).network(there.as_fd()).ok()?).unwrap_or_default();
        }
        Some(())
    }
}

/// Physical devices return to the initial network namespace: is it this one?
fn is_initial(facts: &Facts) -> bool {
    // That of the first process may not be looked at in a container; that of the kernel's threads may.
    let kernels = || facts.line("/proc/2/comm").is_some_and(|name| name == "kthreadd");
    let initial =
        facts.namespace("/proc/1/ns/net").or_else(|| facts.namespace("/proc/2/ns/net").filter(|_| kernels()));
    initial.is_some() && initial == facts.own_namespace(NsKind::Net)
}

/// The devices in it that are neither virtual nor `lo`.
fn physical(there: &Network) -> Option<Vec<DeviceName>> {
    const LOOPBACK: u32 = 8; // IFF_LOOPBACK of netdevice(7)
    let links = there.links().ok()?;
    let physical = links.iter().filter(|link| link.kind.is_none() && link.flags & LOOPBACK == 0);
    Some(physical.filter_map(|link| DeviceName::new(&link.name).ok()).collect())
}

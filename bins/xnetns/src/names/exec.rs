//! `exec`: a program in a network namespace, with its `/sys` and its files of `/etc`.

use super::{NamesError, Work};
use crate::TOOL;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use xns_cli::{Diagnostic, print, tell};
use xns_core::{Actor, Facts, NsKind, SingleThreaded, shell};
use xns_mnt::{Propagation, SetPropagation};
use xns_net::store::{self, CONFIGURATION};
use xns_net::{Enter, NetnsName, Op, ReplaceFile, ShowNetwork};
use xns_plan::process::{self, Unshare};
use xns_plan::{Control, Phase, Plan, Variables};
use xns_tool::{DryRun, carry_out};

impl Work<'_> {
    pub(super) fn exec(&self, single: SingleThreaded) -> Result<u8, Box<Diagnostic>> {
        if self.cli.options.all {
            return self.exec_in_all(single);
        }
        let name = match self.name() {
            Ok(name) => name,
            Err(error) => return TOOL.refuse(error, self.facts),
        };
        let program = &self.words[1..];
        if program.is_empty() {
            return TOOL.refuse(NamesError::NoCommand, self.facts);
        }
        let plan = self.plan_of_exec(&name, program, Actor::Caller);
        carry_out(&TOOL, plan, self.reporting(), self.facts, single).map_err(as_ip)
    }

    /// In one after the other. The status says nothing of the programs: there are many.
    fn exec_in_all(&self, single: SingleThreaded) -> Result<u8, Box<Diagnostic>> {
        if self.words.is_empty() {
            return TOOL.refuse(NamesError::NoCommand, self.facts);
        }
        if self.reporting().dry_run == Some(DryRun::Sh) {
            let words = ["ip", "-all", "netns", "exec"].map(OsStr::new).into_iter();
            let line = shell::line(words.chain(self.words.iter().map(OsString::as_os_str)));
            return print(&format!("#!/bin/sh\nexec {line}\n")).map(|()| 0);
        }
        let names = match store::names() {
            Ok(names) => names,
            Err(errno) => return TOOL.refuse(NamesError::Unread(errno), self.facts),
        };
        let plan_of = |name: &NetnsName| {
            let mut plan = self.plan_of_exec(name, self.words, Actor::Child);
            let why = "the next name is for this process";
            plan.push(Actor::Caller, Phase::After, Control::Wait(Actor::Child), why);
            plan
        };
        if self.reporting().dry_run.is_some() {
            let mut plan = Plan::default();
            plan.steps.extend(names.iter().flat_map(|name| plan_of(name).steps));
            return carry_out(&TOOL, plan, self.reporting(), self.facts, single);
        }
        for name in names {
            let plan = plan_of(&name);
            print(&format!("\nnetns: {name}\n"))?;
            if let Err(told) = carry_out(&TOOL, plan, self.reporting(), self.facts, single) {
                as_ip(told).tell(&TOOL.called_as(self.facts), self.reporting().error_format);
            }
        }
        Ok(0)
    }

    pub(super) fn plan_of_exec(&self, name: &NetnsName, program: &[OsString], actor: Actor) -> Plan {
        let mut plan = Plan::default();
        if actor == Actor::Child {
            let why = "each name has a process of its own";
            plan.push(Actor::Caller, Phase::Fork, Control::Fork(Actor::Child), why);
        }
        // After a fork nothing goes back to where namespaces are entered.
        let enter = if actor == Actor::Child { Phase::Names } else { Phase::Create };
        plan.push(actor, enter, xns_net::Op::Enter(Enter(name.clone())), "asked for");
        let unshare = Unshare { kinds: [NsKind::Mnt].into_iter().collect(), child_shows_pid: false };
        let why = "what is mounted for the program is mounted for nobody else";
        plan.push(actor, Phase::Propagation, process::Op::Unshare(unshare), why);
        let slave = xns_mnt::Op::Propagation(SetPropagation(Propagation::Slave));
        let why = "what is mounted outside later is seen inside, and not the other way round";
        plan.push(actor, Phase::Propagation, slave, why);
        let show = Op::ShowNetwork(ShowNetwork { name: name.clone() });
        let why =
            "/sys/class/net shows the devices of the namespace that mounted it; the control groups stay";
        plan.push(actor, Phase::Mounts, show, why);
        for (from, to) in self.files(name) {
            let op = Op::ReplaceFile(ReplaceFile { from: from.into(), to: to.into() });
            plan.push(actor, Phase::Mounts, op, "this network namespace's own");
        }
        let exec =
            xns_tool::program(program, Variables::Inherited, |_| None, || self.facts.uid(), self.facts);
        plan.push(actor, Phase::Exec, Control::Exec(exec), "the program");
        plan
    }

    /// Files of `/etc/netns/NAME` with those that they take the place of. Of what is not there it is told that it is not.
    fn files(&self, name: &NetnsName) -> Vec<(String, String)> {
        let Some(own) = name.as_os_str().to_str().map(|name| format!("{CONFIGURATION}/{name}")) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for file in self.facts.names_in(&own) {
            let (from, to) = (format!("{own}/{file}"), format!("/etc/{file}"));
            if is_there(&to, self.facts) {
                found.push((from, to));
            } else if !self.reporting().is_quiet(self.facts) {
                tell(&format!("Bind {from} -> {to} failed: No such file or directory\n"));
            }
        }
        found
    }
}

fn is_there(path: &str, facts: &Facts) -> bool {
    facts.look(None, Path::new(path)).is_ok()
}

/// `ip`'s words for a program that cannot be executed, and its statuses: 1 then, 255 for what fails before.
fn as_ip(told: Box<Diagnostic>) -> Box<Diagnostic> {
    if told.is_retold() {
        return told;
    }
    match (told.status, told.cause()) {
        (126 | 127, Some(errno)) => {
            let program = told.message().strip_prefix("failed to execute ").unwrap_or_default();
            let line = format!("exec of \"{program}\" failed: {}", xns_core::errno::text(errno));
            Box::new(told.retold(line, 1).errno(errno))
        }
        (1, _) => Box::new(told.with_status(255)),
        _ => told,
    }
}

//! `ip netns`' verbs: those that change something are plans, the others look.

mod change;
mod delete;
mod error;
mod exec;
mod holders;
mod list;
mod monitor;
#[cfg(test)]
mod tests;

pub(crate) use change::use_store;
pub(crate) use error::NamesError;

use crate::TOOL;
use crate::cli::{Cli, NamesVerb};
use std::ffi::OsString;
use xns_cli::{Diagnostic, diagnostic};
use xns_core::{Actor, Facts, Hint, SingleThreaded};
use xns_net::NetnsName;
use xns_plan::{Phase, Plan};
use xns_tool::{Reporting, carry_out};

/// Carries it out.
pub(crate) fn run(
    verb: NamesVerb,
    words: &[OsString],
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let work = Work { words, cli, facts };
    // The one of -n is entered by ip before anything else, and so has to be there.
    let opens = |()| if cli.options.netns.is_some() { work.opened().map(drop) } else { Ok(()) };
    if let Err(error) = work.suits(verb).and_then(opens) {
        return TOOL.refuse(error, facts);
    }
    let plan = match verb {
        NamesVerb::Exec => return work.exec(single),
        NamesVerb::Delete => return work.delete(single),
        NamesVerb::List => return work.list(single),
        NamesVerb::ListId => return work.list_id(single),
        NamesVerb::Identify => return work.identify(),
        NamesVerb::Pids => return work.pids(),
        NamesVerb::Monitor => return work.monitor(),
        NamesVerb::Add => work.add(),
        NamesVerb::Attach => work.attach(),
        NamesVerb::Set => work.set(),
    };
    match plan {
        Ok(plan) => carry_out(&TOOL, plan, &cli.options.reporting, facts, single),
        Err(error) => TOOL.refuse(error, facts),
    }
}

/// What a verb has to work with.
struct Work<'a> {
    words: &'a [OsString],
    cli: &'a Cli,
    facts: &'a Facts,
}

impl Work<'_> {
    fn reporting(&self) -> &Reporting {
        &self.cli.options.reporting
    }

    /// Has the verb a use for the options and for that many words?
    fn suits(&self, verb: NamesVerb) -> Result<(), NamesError> {
        use NamesVerb::{Add, Attach, Delete, Exec, Identify, List, ListId, Monitor, Pids, Set};
        let (options, name) = (&self.cli.options, verb.word());
        let changes = matches!(verb, Add | Delete | Exec | Attach | Set);
        let unfit = [
            (options.all && !matches!(verb, Delete | Exec), "all"),
            (
                options.netns.is_some() && !matches!(verb, Set | List | ListId | Identify | Exec | Pids),
                "netns",
            ),
            (options.reporting.dry_run.is_some() && !changes, "dry-run"),
            (options.reporting.explain && !changes, "explain"),
        ];
        if let Some((_, option)) = unfit.into_iter().find(|(unfit, _)| *unfit) {
            return Err(NamesError::NotFor { option, verb: name });
        }
        let most = match verb {
            Monitor | List => 0,
            Delete if options.all => 0,
            Add | Delete | Identify | Pids => 1,
            Attach | Set => 2,
            ListId => 4,
            Exec => usize::MAX,
        };
        match self.words.get(most) {
            // As ip has it.
            Some(_) if verb == Identify => Err(NamesError::Extra),
            Some(word) => Err(NamesError::TooMany { verb: name, word: word.clone() }),
            None => Ok(()),
        }
    }

    /// The first word as the name of what is there, or may be.
    fn name(&self) -> Result<NetnsName, NamesError> {
        let word = self.words.first().ok_or(NamesError::NoName)?;
        Ok(NetnsName::existing(word)?)
    }

    /// A note before the end, for a person at a terminal or who asks for hints.
    fn note(&self, plan: &mut Plan, hint: &Hint) {
        let reporting = self.reporting();
        let wanted = || reporting.hint_mode(self.facts).wanted() && !reporting.is_quiet(self.facts);
        if reporting.dry_run.is_none() && wanted() {
            let name = TOOL.called_as(self.facts);
            plan.tell_first(diagnostic::note(&name, hint, reporting.error_format));
        }
    }
}

/// All steps but those of a program are of one phase.
fn push(plan: &mut Plan, op: impl Into<xns_net::Op>, why: &'static str) {
    let op: xns_net::Op = op.into();
    plan.push(Actor::Caller, Phase::Create, op, why);
}

//! `check`: why is there no reply?

mod ask;
mod case;
mod causes;
mod error;
mod filter;
mod reach;
#[cfg(test)]
mod recorded;
mod tell;
#[cfg(test)]
mod tests;
mod trace;

use crate::TOOL;
use crate::cli::{Cli, Version};
use crate::show::subject::Subject;
use crate::show::world::World;
use ask::Live;
use case::{Case, Goal};
use error::CheckError;
use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use xns_cli::{Diagnostic, print};
use xns_core::{Facts, SingleThreaded};

/// The status for trouble: nothing can be said.
const TROUBLE: u8 = 2;

/// Prints the causes. The status is 1 when there is one, 2 when nothing can be said.
pub(crate) fn run(
    words: &[OsString],
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    check(words, cli, facts, single).unwrap_or_else(|error| TOOL.refuse(error, facts))
}

fn check(
    words: &[OsString],
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<Result<u8, Box<Diagnostic>>, CheckError> {
    let words: Vec<&OsStr> = cli.options.netns.iter().chain(words).map(OsString::as_os_str).collect();
    let [from, rest @ ..] = words.as_slice() else { return Err(CheckError::NoName) };
    let from = Subject::parse(from, facts)?;
    let to = match rest {
        [] => None,
        [word] => Some(Target::parse(word, facts)?),
        [_, more, ..] => return Err(CheckError::TooMany((*more).to_owned())),
    };
    let mut world = World::look(single);
    let from = world.find(&from)?;
    let to = match to {
        None => None,
        Some(Target::Address(ip)) => Some(Goal { space: None, address: Some(ip), is_asked: false }),
        Some(Target::Subject(subject)) => {
            Some(Goal { space: Some(world.find(&subject)?), address: None, is_asked: true })
        }
    };
    world.read_all();
    let asked = std::iter::once(from).chain(to.and_then(|goal| goal.space));
    for space in asked {
        if let Some(error) = crate::show::ShowError::closed(&world.spaces[space]) {
            return Err(CheckError::Show(error));
        }
    }
    let live = Live::new(&world, facts);
    let is_six = match to.and_then(|goal| goal.address) {
        Some(ip) => Some(ip.is_ipv6()),
        None => cli.options.version.map(|version| version == Version::V6),
    };
    let mut case = Case { spaces: &world.spaces, ask: &live, from, to, is_six };
    case.to = to.map(|goal| match goal {
        Goal { address: Some(ip), .. } => case.goal_at(ip),
        Goal { space: Some(space), .. } if space != from => case.goal_in(space),
        other => other,
    });
    let found = causes::find(&case);
    let text = if cli.options.json {
        crate::show::in_json(&tell::json(&case, &found), cli)
    } else {
        tell::human(&case, &found)
    };
    Ok(print(&text).map(|()| u8::from(!found.causes.is_empty())))
}

/// Who does not answer, as typed.
enum Target {
    Address(IpAddr),
    Subject(Subject),
}

impl Target {
    fn parse(word: &OsStr, facts: &Facts) -> Result<Self, CheckError> {
        match word.to_str().and_then(|text| text.parse().ok()) {
            Some(ip) => Ok(Target::Address(ip)),
            None => Ok(Target::Subject(Subject::parse(word, facts)?)),
        }
    }
}

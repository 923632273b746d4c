//! `show`: what is in network namespaces, and how they are tied together.

mod error;
pub(crate) mod json;
mod picture;
pub(crate) mod subject;
pub(crate) mod words;
pub(crate) mod world;

use crate::TOOL;
use crate::cli::{Cli, Version};
pub(crate) use error::ShowError;
use picture::Picture;
use serde_json::Value;
use std::ffi::OsString;
use subject::Subject;
use world::World;
use xns_cli::table::Look;
use xns_cli::{Diagnostic, print, shown, terminal};
use xns_core::{Facts, SingleThreaded};
use xns_net::NetnsName;
use xns_net::store::State;
use xns_tool::Refusal;

/// Shows those that are asked for, else our own and all that have names. The status is 1 when one of them could not be shown.
pub(crate) fn run(
    words: &[OsString],
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let words: Vec<OsString> = cli.options.netns.iter().chain(words).cloned().collect();
    let subjects = match Subject::parse_all(&words, facts) {
        Ok(subjects) => subjects,
        Err(error) => return TOOL.refuse(ShowError::from(error), facts),
    };
    let mut world = World::look(single);
    let (asked, status) = match asked(&mut world, &subjects, cli, facts) {
        Ok(asked) => asked,
        Err(error) => return TOOL.refuse(error, facts),
    };
    world.read(&asked.spaces);
    let is_wanted = |is_six| match cli.options.version {
        None => true,
        Some(version) => (version == Version::V6) == is_six,
    };
    let text = if cli.options.json {
        let spaces = asked.spaces.iter().map(|at| json::space(*at, &world.spaces, &is_wanted));
        let dead = asked.dead.iter().map(|(name, state)| json::dead(name, *state));
        in_json(&Value::Array(spaces.chain(dead).collect()), cli)
    } else {
        let (spaces, hidden) = (&world.spaces, world.hidden);
        let picture =
            Picture { spaces, shown: &asked.spaces, dead: &asked.dead, hidden, is_wanted: &is_wanted };
        picture.draw(&look(facts))
    };
    print(&text)?;
    let closed = asked.spaces.iter().filter_map(|at| ShowError::closed(&world.spaces[*at]));
    Ok(tell(closed.take(1).collect(), cli, facts).max(status))
}

/// What is shown.
struct Asked {
    spaces: Vec<usize>,
    dead: Vec<(NetnsName, State)>,
}

fn asked(
    world: &mut World,
    subjects: &[Subject],
    cli: &Cli,
    facts: &Facts,
) -> Result<(Asked, u8), ShowError> {
    if subjects.is_empty() {
        let named = |at: &usize| world.spaces[*at].is_here || !world.spaces[*at].names.is_empty();
        let spaces = (0..world.spaces.len()).filter(named).collect();
        return Ok((Asked { spaces, dead: world.dead.clone() }, 0));
    }
    let (mut asked, mut refused) = (Asked { spaces: Vec::new(), dead: Vec::new() }, Vec::new());
    for subject in subjects {
        let dead = world.dead.iter().find(|(name, _)| *subject == Subject::Name(name.clone())).cloned();
        match (dead, world.find(subject)) {
            (Some(dead), _) => asked.dead.push(dead),
            (None, Ok(at)) if asked.spaces.contains(&at) => {}
            (None, Ok(at)) => asked.spaces.push(at),
            (None, Err(error)) => refused.push(ShowError::from(error)),
        }
    }
    match (asked.spaces.is_empty() && asked.dead.is_empty(), refused.pop()) {
        (true, Some(only)) if refused.is_empty() => Err(only),
        (_, last) => {
            refused.extend(last);
            Ok((asked, tell(refused, cli, facts)))
        }
    }
}

/// Tells what could not be shown. Answers the exit status.
fn tell(errors: Vec<ShowError>, cli: &Cli, facts: &Facts) -> u8 {
    let status = u8::from(!errors.is_empty());
    for error in errors {
        let hint = cli.options.reporting.wants_hints(facts).then(|| error.hint(facts)).flatten();
        let diagnostic = error.into_diagnostic().hint(hint);
        diagnostic.tell(&TOOL.called_as(facts), cli.options.reporting.error_format);
    }
    status
}

/// In the characters of the locale.
pub(crate) fn look(facts: &Facts) -> Look {
    Look { charset: terminal::charset(|name| facts.variable(name)), ..Look::default() }
}

/// On one line, or with `-p` on several.
pub(crate) fn in_json(value: &Value, cli: &Cli) -> String {
    let text = if cli.options.pretty { shown::json_pretty(value) } else { shown::json(value) };
    text + "\n"
}

//! `link show`.

use crate::TOOL;
use crate::cli::Cli;
use crate::ip::{
    Lines, Names, Surroundings, Words, WordsError, brief_head, json_head, kind_name, long_head, named,
    print_json, reach,
};
use std::ffi::{OsStr, OsString};
use xns_cli::{Diagnostic, print};
use xns_core::{Facts, SingleThreaded};
use xns_net::{Interface, NetError};

/// Which devices are shown.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// The one with this name, or one of its other names.
    pub(crate) device: Option<OsString>,
    /// Only those that are up.
    pub(crate) up: bool,
    group: Option<u32>,
    master: Option<OsString>,
    no_master: bool,
    kind: Option<String>,
}

impl Filter {
    /// Takes a word that is its; answers whether it is.
    pub(crate) fn take(&mut self, word: &OsStr, words: &mut Words<'_>) -> Result<bool, WordsError> {
        match word.to_str() {
            Some("dev") => {
                let value = words.value()?;
                return self.take_device(value).map(|()| true);
            }
            Some("up") => self.up = true,
            Some("group") => {
                let value = words.value()?;
                let group = named(value, &[(0, "default")], u32::MAX);
                self.group = Some(group.ok_or_else(|| WordsError::invalid("group", value))?);
            }
            Some("master") => self.master = Some(words.value()?.into()),
            Some("nomaster") => self.no_master = true,
            Some("type") => self.kind = Some(kind_name(words.value()?)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(crate) fn take_device(&mut self, word: &OsStr) -> Result<(), WordsError> {
        if self.device.is_some() {
            return Err(WordsError::Garbage { of: "dev", word: word.into() });
        }
        self.device = Some(word.into());
        Ok(())
    }

    /// The devices that it lets through, of these.
    pub(crate) fn select<'a>(&self, all: &'a [Interface]) -> Result<Vec<&'a Interface>, WordsError> {
        let master = match &self.master {
            None => None,
            Some(word) => Some(find(all, word).ok_or_else(|| WordsError::Argument {
                word: word.clone(),
                what: "Device does not exist".into(),
                gap: true,
            })?),
        };
        let mut of_these: Vec<&Interface> = all.iter().collect();
        if let Some(word) = &self.device {
            of_these = vec![find(all, word).ok_or_else(|| WordsError::NotThere(word.clone()))?];
        }
        of_these.retain(|one| {
            (!self.up || one.is_up())
                && self.group.is_none_or(|group| one.group == group)
                && master.is_none_or(|master| one.master == Some(master.index))
                && !(self.no_master && one.master.is_some())
                && self.kind.as_ref().is_none_or(|kind| one.kind.as_ref() == Some(kind))
        });
        Ok(of_these)
    }
}

/// By its name, or one of its other names.
fn find<'a>(all: &'a [Interface], word: &OsStr) -> Option<&'a Interface> {
    let called = |one: &&Interface| one.name == word || one.other_names.iter().any(|name| name == word);
    all.iter().find(called)
}

/// What the kernel did not tell.
pub(crate) fn unread(error: NetError) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(error.to_string(), 1))
}

/// `ip link` shows all there is of a device itself.
const LINES: Lines = Lines { mode: true, hardware: true, six: false };

/// Shows them.
pub(super) fn run(
    words: &mut Words<'_>,
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let filter = match parse(words) {
        Ok(filter) => filter,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let network = reach(cli, facts, single)?;
    let all = network.links().map_err(unread)?;
    let selected = match filter.select(&all) {
        Ok(selected) => selected,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let (json, brief) = (cli.options.json, cli.options.brief);
    let tied: &[Interface] = if json || brief { &[] } else { &all };
    let names = Names::of(tied, &network, facts);
    let around = Surroundings { all: &all, names: &names };
    if json {
        return print_json(selected.iter().map(|one| json_head(one, &around, LINES, brief)).collect(), cli);
    }
    let text: String = match brief {
        true => selected.iter().map(|one| brief_head(one, &around, true) + "\n").collect(),
        false => selected.iter().map(|one| long_head(one, &around, LINES)).collect(),
    };
    print(&text).map(|()| 0)
}

fn parse(words: &mut Words<'_>) -> Result<Filter, WordsError> {
    let mut filter = Filter::default();
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("help") => return Err(WordsError::Help),
            Some("vrf" | "novf") => return Err(WordsError::Foreign { at: "link show", word: word.into() }),
            _ if filter.take(word, words)? => {}
            _ => filter.take_device(word)?,
        }
    }
    Ok(filter)
}

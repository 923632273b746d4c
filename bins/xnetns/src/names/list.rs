//! `list` and `list-id`.

use super::{NamesError, Work};
use crate::TOOL;
use crate::visitor::Visitor;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use xns_cli::shown::{json, json_pretty, shown, text};
use xns_cli::table::Charset;
use xns_cli::{Diagnostic, HintMode, print};
use xns_core::{Errno, SingleThreaded, Sort};
use xns_net::store::{self, State};
use xns_net::{NetError, NetnsName, Network, Number, Place};
use xns_sys::fd;

/// A name as JSON, with ip's keys; what is no network namespace has one more.
#[derive(Serialize)]
struct Named {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
}

/// A number as JSON.
#[derive(Serialize)]
struct Numbered {
    nsid: i32,
    #[serde(rename = "current-nsid", skip_serializing_if = "Option::is_none")]
    current: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// A name that was looked at.
struct Entry {
    name: NetnsName,
    /// What it is instead of a network namespace.
    odd: Option<State>,
    id: Option<i32>,
}

impl Work<'_> {
    pub(super) fn list(&self, single: SingleThreaded) -> Result<u8, Box<Diagnostic>> {
        let entries = match self.entries(&self.asked_network(single)) {
            Ok(entries) => entries,
            Err(error) => return TOOL.refuse(error, self.facts),
        };
        if self.cli.options.json {
            let named = |entry: &Entry| Named {
                name: text(entry.name.as_os_str().as_bytes()),
                id: entry.id,
                state: entry.odd.and_then(word),
            };
            return self.print_json(&entries.iter().map(named).collect::<Vec<_>>());
        }
        let marks = match self.reporting().hint_mode(self.facts) {
            HintMode::Always => true,
            HintMode::Never => false,
            HintMode::Auto => fd::is_terminal(fd::stdout()),
        };
        let line = |entry: &Entry| {
            let name = shown(entry.name.as_os_str().as_bytes(), Charset::Utf8);
            let id = entry.id.map(|id| format!(" (id: {id})")).unwrap_or_default();
            let mark = entry.odd.filter(|_| marks).map(|state| format!(" ({state})")).unwrap_or_default();
            format!("{name}{id}{mark}\n")
        };
        print(&entries.iter().map(line).collect::<String>()).map(|()| 0)
    }

    pub(super) fn list_id(&self, single: SingleThreaded) -> Result<u8, Box<Diagnostic>> {
        let numbers = match self.numbers(single) {
            Ok(numbers) => numbers,
            Err(error) => return TOOL.refuse(error, self.facts),
        };
        if self.cli.options.json {
            return self.print_json(&numbers);
        }
        let line = |number: &Numbered| {
            let current = number.current.map(|id| format!(" current-nsid {id}")).unwrap_or_default();
            let name = number
                .name
                .as_ref()
                .map(|name| format!(" (iproute2 netns name: {})", shown(name.as_bytes(), Charset::Utf8)));
            format!("nsid {}{current}{}\n", number.nsid, name.unwrap_or_default())
        };
        print(&numbers.iter().map(line).collect::<String>()).map(|()| 0)
    }

    fn print_json(&self, value: &impl Serialize) -> Result<u8, Box<Diagnostic>> {
        let text = if self.cli.options.pretty { json_pretty(value) } else { json(value) };
        print(&(text + "\n")).map(|()| 0)
    }

    /// The one of `-n`, or this one.
    fn asked_network(&self, single: SingleThreaded) -> Result<Network, NamesError> {
        match self.asked_place()? {
            Place::Here => Ok(Network::own()?),
            _ => Ok(Visitor::new(single).network(self.opened()?.as_fd())?),
        }
    }

    /// All names, each asked for its number. A network namespace that cannot be asked has none to tell.
    fn entries(&self, network: &Result<Network, NamesError>) -> Result<Vec<Entry>, NamesError> {
        let network = match network {
            Ok(network) => Some(network),
            Err(NamesError::Net(NetError::Socket(_))) => None,
            Err(_) => None,
        };
        let names = store::names().map_err(NamesError::Unread)?;
        Ok(names.into_iter().map(|name| entry(name, network)).collect())
    }

    /// What is asked for, with names.
    fn numbers(&self, single: SingleThreaded) -> Result<Vec<Numbered>, NamesError> {
        let (target, only) = filters(self.words)?;
        let network = self.asked_network(single)?;
        let found = network.numbers(target).map_err(|error| match error.errno() {
            Some(Errno::EINVAL) if target.is_some() => NamesError::NoSuchTarget,
            _ => error.into(),
        })?;
        let network = Ok(network);
        let mut names = BTreeMap::new();
        for entry in self.entries(&network)? {
            if let Some(id) = entry.id {
                names.entry(id).or_insert_with(|| text(entry.name.as_os_str().as_bytes()));
            }
        }
        let numbered = |found: &Number| Numbered {
            nsid: found.number,
            current: found.here,
            name: names.get(&if target.is_some() { found.here.unwrap_or(-1) } else { found.number }).cloned(),
        };
        let wanted = |found: &&Number| only.is_none_or(|only| found.number == only);
        let numbers: Vec<_> = found.iter().filter(wanted).map(numbered).collect();
        if numbers.is_empty() && only.is_some() { Err(NamesError::NoSuchNumber) } else { Ok(numbers) }
    }
}

/// `target-nsid NUMBER` and `nsid NUMBER`.
fn filters(words: &[OsString]) -> Result<(Option<i32>, Option<i32>), NamesError> {
    let (mut target, mut only) = (None, None);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let (slot, what) = match word.to_str() {
            Some("target-nsid") => (&mut target, "target-nsid"),
            Some("nsid") => (&mut only, "nsid"),
            _ => return Err(NamesError::TooMany { verb: "list-id", word: word.clone() }),
        };
        let value = words.next().ok_or(NamesError::Incomplete)?;
        let number = value.to_str().and_then(|text| text.parse().ok()).filter(|number: &i32| *number >= 0);
        *slot = Some(number.ok_or_else(|| NamesError::Filter { what, word: value.clone() })?);
    }
    Ok((target, only))
}

/// The kernel tells numbers of network namespaces only: who has one, or could have one, is one.
fn entry(name: NetnsName, network: Option<&Network>) -> Entry {
    let asked = network
        .zip(Place::Name(name.clone()).open().ok())
        .and_then(|(network, opened)| network.id_of(opened.as_fd()).ok());
    match asked {
        Some(id) => Entry { name, odd: None, id },
        None => Entry { odd: State::look(&name).filter(|state| state.inode().is_none()), name, id: None },
    }
}

/// For scripts.
const fn word(state: State) -> Option<&'static str> {
    Some(match state {
        State::Live(_) => return None,
        State::Stale => "stale",
        State::OtherKind(_) => "other-kind",
        State::Foreign(Sort::Symlink) => "symlink",
        State::Foreign(Sort::Directory) => "directory",
        State::Foreign(Sort::Unread) => "unread",
        State::Foreign(_) => "foreign",
    })
}

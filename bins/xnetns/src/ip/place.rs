//! Which network namespace is meant, and speaking to it.

use super::WordsError;
use crate::cli::Cli;
use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use xns_cli::Diagnostic;
use xns_core::{Apply, Facts, Operation, SingleThreaded, Slots};
use xns_net::{NetnsName, Network, Place, Reach};

/// The one that `-n` names, or the one that we are in.
///
/// # Errors
/// For what is no name.
pub(crate) fn own_place(cli: &Cli) -> Result<Place, Box<Diagnostic>> {
    match &cli.options.netns {
        None => Ok(Place::Here),
        Some(word) => match NetnsName::existing(word) {
            Ok(name) => Ok(Place::Name(name)),
            Err(error) => Err(Box::new(Diagnostic::new(error.to_string(), 255))),
        },
    }
}

/// What stands behind `netns`: a name that is there, else the number of a process, else a file.
pub(crate) fn netns(word: &OsStr, facts: &Facts) -> Result<Place, WordsError> {
    if let Ok(name) = NetnsName::existing(word)
        && facts.look(None, &name.path()).is_ok()
    {
        return Ok(Place::Name(name));
    }
    match word.to_str() {
        Some(word) if word.contains('/') && facts.look(None, word.as_ref()).is_ok() => {
            Ok(Place::File(word.into()))
        }
        Some(text) => match text.parse() {
            Ok(pid) => Ok(Place::Process(pid)),
            Err(_) => Err(WordsError::invalid("netns", word)),
        },
        None => Err(WordsError::invalid("netns", word)),
    }
}

/// A socket in it, to ask there.
pub(crate) fn reach(place: Place, single: SingleThreaded) -> Result<Network<OwnedFd>, Box<Diagnostic>> {
    let (mut slots, reach) = (Slots::new(single), Reach(place));
    if let Err(failure) = reach.apply(&mut slots) {
        let diagnostic = Diagnostic::new(reach.failed(failure.part), 255);
        let diagnostic = match reach.original(&failure) {
            Some((line, status)) => diagnostic.retold(line, status),
            None => diagnostic,
        };
        let diagnostic = failure.errno().into_iter().fold(diagnostic, Diagnostic::errno);
        return Err(Box::new(diagnostic));
    }
    match slots.reached.pop() {
        Some(reached) => Ok(Network::over(reached.socket)),
        None => Err(Box::new(Diagnostic::new("Cannot open netlink socket".to_owned(), 1))),
    }
}

//! `link add`.

use super::kind;
use super::options::Said;
use crate::ip::{Words, WordsError, kind_name};
use xns_core::Facts;
use xns_net::request::{LinkKind, NewLink, Peer};

/// The device that is to be made.
pub(super) fn parse(words: &mut Words<'_>, facts: &Facts) -> Result<NewLink, WordsError> {
    const MISSING: WordsError = WordsError::Missing { word: "type", status: 1 };
    let mut said = Said::new("link add", true);
    if !said.read(words, facts)? {
        return Err(MISSING);
    }
    let kind = kind_name(words.value()?)?;
    let kind = if kind == "veth" { veth(words, facts)? } else { kind::parse(&kind, true, words)? };
    let Said { options, device, name, index, link, queues, .. } = said;
    let name = match (name.get(), device) {
        (Some(_), Some(_)) => return Err(WordsError::NameAndDevice),
        (name, device) => name.or(device),
    };
    Ok(NewLink { name, index: index.get(), link: link.get(), kind, options, queues })
}

/// The other end is said as a device of its own.
fn veth(words: &mut Words<'_>, facts: &Facts) -> Result<LinkKind, WordsError> {
    match words.next() {
        None => return Ok(LinkKind::Veth(Peer::default())),
        Some(word) if word == "peer" => {}
        Some(word) if word == "help" => return Err(WordsError::Help),
        Some(word) => return Err(WordsError::Setting { kind: "veth".into(), word: word.into() }),
    }
    let mut said = Said::new("link add", true);
    if said.read(words, facts)? {
        return Err(WordsError::Garbage { of: "dev", word: "type".into() });
    }
    let Said { options, device, name, index, .. } = said;
    let name = match (name.get(), device) {
        (Some(_), Some(_)) => return Err(WordsError::NameAndDevice),
        (name, device) => name.or(device),
    };
    Ok(LinkKind::Veth(Peer { name, index: index.get(), options }))
}

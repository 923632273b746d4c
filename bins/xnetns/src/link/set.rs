//! `link set`.

use super::kind;
use super::options::Said;
use crate::ip::{Words, WordsError, kind_name};
use xns_core::Facts;
use xns_net::request::{ChangeLink, LinkOptions, Which};

/// The change; `None` when nothing is said of the device.
pub(super) fn parse(words: &mut Words<'_>, facts: &Facts) -> Result<Option<ChangeLink>, WordsError> {
    let mut said = Said::new("link set", false);
    let mut kind = None;
    if said.read(words, facts)? {
        let name = kind_name(words.value()?)?;
        kind = Some(kind::parse(&name, false, words)?);
    }
    let Said { options, device, name, group, .. } = said;
    let which = match (device, group) {
        (Some(device), None) => Which::Device(device),
        (None, Some(group)) => Which::Group(group),
        (Some(_), Some(group)) => {
            return Err(WordsError::Garbage { of: "dev", word: group.to_string().into() });
        }
        (None, None) => return Err(WordsError::Missing { word: "dev", status: 255 }),
    };
    let name = name.get();
    let nothing = options == LinkOptions::default() && name.is_none() && kind.is_none();
    Ok((!nothing).then_some(ChangeLink { which, name, options, kind }))
}

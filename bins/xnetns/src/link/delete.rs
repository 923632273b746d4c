//! `link del`.

use crate::ip::{Words, WordsError, device, kind_name, named};
use xns_net::request::{DeleteLink, Which};

/// What is to be removed.
pub(super) fn parse(words: &mut Words<'_>) -> Result<DeleteLink, WordsError> {
    let (mut which, mut kind) = (None, None);
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("type") => kind = Some(kind_name(words.value()?)?),
            Some("group") => {
                let value = words.value()?;
                let group = named(value, &[(0, "default")], u32::MAX);
                which = Some(Which::Group(group.ok_or_else(|| WordsError::invalid("group", value))?));
            }
            Some("help") => return Err(WordsError::Help),
            text => {
                let name = if text == Some("dev") { words.value()? } else { word };
                if which.is_some() {
                    return Err(WordsError::Garbage { of: "dev", word: name.into() });
                }
                which = Some(Which::Device(device(name, 1)?));
            }
        }
    }
    let which = which.ok_or(WordsError::Missing { word: "dev", status: 255 })?;
    Ok(DeleteLink { which, kind })
}

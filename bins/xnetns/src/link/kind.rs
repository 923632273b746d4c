//! The settings of a kind of device, by its table.

use crate::ip::{Words, WordsError, address, device, number};
use std::ffi::OsStr;
use xns_cli::tell;
use xns_net::request::{Form, Kind, Knob, LinkKind, Setting, Value};

/// All words that are left.
pub(super) fn parse(name: &str, is_new: bool, words: &mut Words<'_>) -> Result<LinkKind, WordsError> {
    let kind = Kind::find(name);
    let mut settings = Vec::new();
    while let Some(word) = words.next() {
        if word == "help" {
            return Err(WordsError::Help);
        }
        let unknown = || WordsError::Setting { kind: name.to_owned(), word: word.into() };
        let (knob, on) = find(kind, word).ok_or_else(unknown)?;
        let value = match knob.form {
            Form::Switch | Form::Present => Value::Number(on.into()),
            _ => value(knob, words.value()?)?,
        };
        settings.push(Setting { knob, value });
    }
    // Without any setting it is the kernel that tells what is missing.
    if name == "vxlan" && !settings.is_empty() {
        check_vxlan(&settings, is_new)?;
        settings.extend(kind.and_then(|kind| implied(kind, &settings)));
    }
    Ok(LinkKind::Of { kind: name.to_owned(), settings })
}

/// What another program tells of each packet is not to be learned from packets.
fn implied(kind: &'static Kind, settings: &[Setting]) -> Option<Setting> {
    let given = |word: &str| settings.iter().find(|setting| setting.knob.word == word);
    let external = given("external").is_some_and(|setting| setting.value != Value::Number(0));
    let knob = kind.knob("learning").filter(|_| external && given("learning").is_none())?;
    Some(Setting { knob, value: Value::Number(0) })
}

/// What belongs together, and what `ip` tells of a port.
fn check_vxlan(settings: &[Setting], is_new: bool) -> Result<(), WordsError> {
    let has = |word: &str| {
        let given = |setting: &Setting| setting.knob.word == word && setting.value != Value::Number(0);
        settings.iter().any(given)
    };
    let is_given = |word: &str| settings.iter().any(|setting| setting.knob.word == word);
    let numbered = is_given("id") || is_given("vni");
    match (numbered, has("external")) {
        (true, true) => {
            return Err(WordsError::Said("vxlan: both 'external' and vni cannot be specified", 1));
        }
        (false, false) if is_new => {
            return Err(WordsError::Said("vxlan: missing virtual network identifier", 1));
        }
        _ => {}
    }
    if is_new && !is_given("dstport") && !is_given("gpe") {
        // As ip(8) says it: who joins machines by different tools finds them silent otherwise.
        tell(
            "vxlan: destination port not specified\nWill use Linux kernel default (non-standard value)\n\
             Use 'dstport 4789' to get the IANA assigned value\nUse 'dstport 0' to get default and quiet this message\n",
        );
    }
    Ok(())
}

/// A setting by its word; a switch also with `no` before it.
fn find(kind: Option<&'static Kind>, word: &OsStr) -> Option<(&'static Knob, bool)> {
    let (kind, word) = (kind?, word.to_str()?);
    let contrary = || {
        let knob = kind.knob(word.strip_prefix("no")?)?;
        (knob.form == Form::Switch).then_some((knob, false))
    };
    kind.knob(word).map(|knob| (knob, true)).or_else(contrary)
}

fn value(knob: &'static Knob, word: &OsStr) -> Result<Value, WordsError> {
    let wrong =
        || WordsError::Argument { word: word.into(), what: format!("invalid {}", knob.word), gap: false };
    let most = |bytes: usize| u64::MAX >> (64 - 8 * bytes.clamp(1, 8));
    let within =
        |bytes| number(word).filter(|number| *number <= most(bytes)).map(Value::Number).ok_or_else(wrong);
    match knob.form {
        Form::Number(bytes) | Form::BigEndian(bytes) => within(bytes),
        Form::OneOf(words, _) | Form::OneOfBig(words) => {
            let found = words.iter().find(|(name, _)| word == *name);
            found
                .map(|(_, number)| Value::Number((*number).into()))
                .ok_or_else(|| choice(knob.word, words, word))
        }
        Form::Ip(_) => {
            let found = if word == "any" { address("0.0.0.0".as_ref(), None) } else { address(word, None) };
            found.map(Value::Ip)
        }
        Form::Device => device(word, 255).map(Value::Device),
        Form::Switch | Form::Present => Ok(Value::Number(1)),
    }
}

/// `"private", "vepa" or "bridge"`
fn choice(of: &'static str, words: &[(&'static str, u32)], word: &OsStr) -> WordsError {
    let quoted: Vec<_> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
    let choices = match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    };
    WordsError::Choice { of, choices, word: word.into() }
}

//! The values of options, and operands.

use super::{CliError, Color, Graph, Output};
use std::ffi::{OsStr, OsString};
use std::num::IntErrorKind;
use xns_core::NsKind;
use xns_lsns::column::Column;
use xns_lsns::tree::Tree;
use xns_tool::BadWord;

/// A PID, from 1.
pub(super) fn pid(value: &OsStr) -> Result<u32, CliError> {
    match number(value) {
        Ok(pid) if (1..=i32::MAX as u64).contains(&pid) => Ok(pid as u32),
        Err(Number::None) => Err(CliError::Pid(value.to_owned())),
        _ => Err(CliError::PidRange(value.to_owned())),
    }
}

/// An inode number.
pub(super) fn namespace(word: &OsStr) -> Result<u64, CliError> {
    number(word).map_err(|wrong| match wrong {
        Number::None => CliError::Namespace(word.to_owned()),
        Number::TooLarge => CliError::NamespaceRange(word.to_owned()),
    })
}

/// Why a word is no number.
enum Number {
    None,
    TooLarge,
}

/// Decimal digits, before which strtoul(3) takes blanks and a sign.
fn number(word: &OsStr) -> Result<u64, Number> {
    let text = word.to_str().map(|text| text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']));
    let digits = text.map(|text| text.strip_prefix('+').unwrap_or(text));
    let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    digits.ok_or(Number::None)?.parse::<u64>().map_err(|error| match error.kind() {
        IntErrorKind::PosOverflow => Number::TooLarge,
        _ => Number::None,
    })
}

/// A kind, spelled as in `/proc/PID/ns`.
pub(super) fn kind(value: &OsStr) -> Result<NsKind, CliError> {
    let known = NsKind::ALL.into_iter().find(|kind| value == kind.name());
    known.ok_or_else(|| CliError::Kind(value.to_owned()))
}

/// What a tree follows; `-T=parent` is as good as `-Tparent`.
pub(super) fn tree(value: &OsStr) -> Result<Tree, CliError> {
    let word = value.to_str().map(|word| word.strip_prefix('=').unwrap_or(word));
    match word {
        Some("owner") => Ok(Tree::Owner),
        Some("parent") => Ok(Tree::Parent),
        Some("process") => Ok(Tree::Process),
        _ => Err(CliError::Tree(word.map_or_else(|| value.to_owned(), OsString::from))),
    }
}

/// Columns with commas between.
pub(super) fn output(value: &OsStr) -> Result<Output, CliError> {
    let text = value.to_string_lossy();
    let (add, list) = text.strip_prefix('+').map_or((false, &*text), |list| (true, list));
    let column = |name: &str| Column::by_name(name).ok_or_else(|| CliError::Column(name.to_owned()));
    Ok(Output { add, columns: list.split(',').map(column).collect::<Result<_, _>>()? })
}

fn wrong(option: &'static str, value: &OsStr) -> CliError {
    CliError::BadWord(BadWord { option, value: value.to_owned() })
}

/// `--color`.
pub(super) fn color(value: &OsStr) -> Result<Color, CliError> {
    match value.to_str() {
        Some("auto") => Ok(Color::Auto),
        Some("always") => Ok(Color::Always),
        Some("never") => Ok(Color::Never),
        _ => Err(wrong("color", value)),
    }
}

/// `--graph`.
pub(super) fn graph(value: &OsStr) -> Result<Graph, CliError> {
    match value.to_str() {
        Some("text") => Ok(Graph::Text),
        Some("dot") => Ok(Graph::Dot),
        Some("mermaid") => Ok(Graph::Mermaid),
        _ => Err(wrong("graph", value)),
    }
}

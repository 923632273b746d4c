//! What has been found out, as lines for people and as JSON.

use crate::shown;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use xns_cli::table::Charset;

/// One thing that is known, or why it is not.
pub(super) struct Fact {
    /// What it is, as text has it; in JSON in lower case, with underscores for blanks.
    name: &'static str,
    /// What JSON calls it, if otherwise.
    key: Option<&'static str>,
    /// Without control characters.
    lines: Vec<String>,
    json: Value,
}

impl Fact {
    /// One line.
    pub(super) fn line(name: &'static str, line: impl Into<String>, json: impl Into<Value>) -> Self {
        Fact::lines(name, vec![line.into()], json.into())
    }

    /// Words that are the same for both.
    pub(super) fn words(name: &'static str, words: impl Into<String>) -> Self {
        let words = words.into();
        Fact::line(name, words.clone(), words)
    }

    /// Bytes that may be anything.
    pub(super) fn bytes(name: &'static str, bytes: impl AsRef<OsStr>) -> Self {
        Fact::line(name, shown(&bytes), plain(&bytes))
    }

    /// A number.
    pub(super) fn number(name: &'static str, number: u64) -> Self {
        Fact::line(name, number.to_string(), number)
    }

    /// Several lines, and the same as an array of what `json` says; `none` when there are none.
    pub(super) fn list(name: &'static str, lines: Vec<String>, json: Vec<Value>) -> Self {
        let lines = if lines.is_empty() { vec!["none".to_owned()] } else { lines };
        Fact::lines(name, lines, Value::Array(json))
    }

    /// Several lines.
    pub(super) fn lines(name: &'static str, lines: Vec<String>, json: Value) -> Self {
        Fact { name, key: None, lines, json }
    }

    /// It could not be found out.
    pub(super) fn unknown(name: &'static str, why: impl ToString) -> Self {
        let why = why.to_string();
        let json = Value::Object(Map::from_iter([("error".to_owned(), why.clone().into())]));
        Fact::line(name, format!("not known: {why}"), json)
    }

    /// JSON calls it so.
    pub(super) fn key(self, key: &'static str) -> Self {
        Fact { key: Some(key), ..self }
    }

    fn json_key(&self) -> String {
        self.key.map_or_else(|| self.name.replace([' ', '-'], "_").to_ascii_lowercase(), str::to_owned)
    }
}

/// Facts under one heading.
pub(super) struct Section {
    /// The line above them.
    pub(super) heading: String,
    /// In JSON they stand beside these.
    pub(super) known: Vec<(&'static str, Value)>,
    pub(super) facts: Vec<Fact>,
}

impl Section {
    /// The section as text.
    pub(super) fn text(&self, out: &mut String, charset: Charset) {
        let _ = writeln!(out, "{}", in_charset(&self.heading, charset));
        let width = self.facts.iter().map(|fact| fact.name.len()).max().unwrap_or_default();
        for fact in &self.facts {
            for (i, line) in fact.lines.iter().enumerate() {
                let name = if i == 0 { fact.name } else { "" };
                let _ = writeln!(out, "  {name:width$}  {}", in_charset(line, charset));
            }
        }
    }

    /// The section as an object.
    pub(super) fn json(self) -> Value {
        let known = self.known.into_iter().map(|(key, value)| (key.to_owned(), value));
        let facts = self.facts.into_iter().map(|fact| (fact.json_key(), fact.json));
        Value::Object(known.chain(facts).collect())
    }
}

/// A line that is printable, in fewer characters.
fn in_charset(line: &str, charset: Charset) -> Cow<'_, str> {
    match charset {
        Charset::Utf8 => line.into(),
        Charset::Ascii => shown::ascii(&line.replace('–', "-")).into(),
    }
}

/// Bytes that may be anything, for JSON.
pub(super) fn plain(bytes: impl AsRef<OsStr>) -> String {
    shown::text(bytes.as_ref().as_bytes())
}

/// Bytes that may be anything, for a line.
pub(super) fn shown(bytes: impl AsRef<OsStr>) -> String {
    shown::shown(bytes.as_ref().as_bytes(), Charset::Utf8)
}

//! JSON whose keys stay in order, as `ip` prints them.

use crate::cli::Cli;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use xns_cli::{Diagnostic, print, shown};

/// A value.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Json {
    Number(i64),
    Text(String),
    Is(bool),
    Null,
    List(Vec<Json>),
    Object(Object),
}

/// Keys and values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object(Vec<(&'static str, Json)>);

impl Object {
    pub(crate) fn put(&mut self, key: &'static str, value: impl Into<Json>) {
        self.0.push((key, value.into()));
    }

    /// Only what is there.
    pub(crate) fn maybe(&mut self, key: &'static str, value: Option<impl Into<Json>>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl From<u32> for Json {
    fn from(number: u32) -> Self {
        Json::Number(number.into())
    }
}

impl From<i32> for Json {
    fn from(number: i32) -> Self {
        Json::Number(number.into())
    }
}

impl From<u8> for Json {
    fn from(number: u8) -> Self {
        Json::Number(number.into())
    }
}

impl From<bool> for Json {
    fn from(is: bool) -> Self {
        Json::Is(is)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Json::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Json::Text(text)
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Json::Object(object)
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(list: Vec<T>) -> Self {
        Json::List(list.into_iter().map(Into::into).collect())
    }
}

/// On one line, or with `-p` on several.
pub(crate) fn print_json(list: Vec<Object>, cli: &Cli) -> Result<u8, Box<Diagnostic>> {
    let text = if cli.options.pretty { shown::json_pretty(&list) } else { shown::json(&list) };
    print(&(text + "\n")).map(|()| 0)
}

//! The verbs that show something: each looks at the machine, and prints a table for people or JSON for programs.

mod bound;
mod error;
mod get;
mod group;
mod layout;
mod limits;
mod list;
mod quick;
#[cfg(test)]
mod record;
mod screen;
mod show;
mod stat;
mod top;
mod tree;

pub(crate) use error::LookError;
pub(crate) use get::get;
pub(crate) use layout::layout;
pub(crate) use list::list;
pub(crate) use show::show;
pub(crate) use stat::stat;
pub(crate) use top::top;
pub(crate) use tree::tree;

use crate::TOOL;
use serde::Serialize;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use xns_cgroup::{Layout, Version};
use xns_cli::{Diagnostic, print, shown};
use xns_core::Facts;

/// The hierarchies, of which there has to be one.
fn hierarchies(facts: &Facts) -> Result<Layout, LookError> {
    Ok(Layout::needed(facts)?)
}

/// Prints what was made, or says why it was not.
fn answer(made: Result<String, LookError>, facts: &Facts) -> Result<u8, Box<Diagnostic>> {
    match made {
        Ok(text) => print(&text).map(|()| 0),
        Err(error) => TOOL.refuse(error, facts),
    }
}

/// As JSON, with a line for each value.
fn json(value: &impl Serialize) -> String {
    shown::json_pretty(value) + "\n"
}

/// A path as a string of JSON.
fn text(path: impl AsRef<Path>) -> String {
    shown::text(path.as_ref().as_os_str().as_bytes())
}

/// 1 or 2.
fn number(version: Version) -> u8 {
    match version {
        Version::V1 => 1,
        Version::V2 => 2,
    }
}

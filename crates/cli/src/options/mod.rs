//! A tool's options as data: one static [`Table`] from which argv is read ([`Parser`]) and, by xtask, the text of `--help`,
//! the manual's OPTIONS and the shell completions are written.

pub mod complete;
mod parse;
mod table;
mod verbs;

pub use parse::{Item, Parser, Spelling, UsageError};
pub use table::{Domain, Operands, Opt, Since, Table, Value};
pub use verbs::{Noun, VerbRow};

#[cfg(test)]
mod sample;

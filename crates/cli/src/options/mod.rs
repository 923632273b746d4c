//! A tool's options as data: one static [`Table`] from which argv is read ([`Parser`]), `--help` is rendered
//! ([`help_text`]) and, by xtask, the manual's OPTIONS and the shell completions are written ([`complete`]).

pub mod complete;
mod parse;
mod render;
mod table;

pub use parse::{Item, Parser, Spelling, UsageError};
pub use render::{command, help_text};
pub use table::{Domain, Operands, Opt, Since, Table, Value};

#[cfg(test)]
mod sample;

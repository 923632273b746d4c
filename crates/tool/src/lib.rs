//! What the binaries that run a plan share at their edge: the options of what is told, a plan shown or done, a failure in
//! words.
#![forbid(unsafe_code)]

mod both;
mod carry_out;
mod failure;
pub mod limits;
mod refusal;
mod reporting;
mod shell;

pub use both::{NoPlan, both};
pub use carry_out::{carry_out, say};
pub use refusal::{Asks, Refusal};
pub use reporting::{BadWord, DryRun, HEADING, ReportKey, Reporting, rows};
pub use shell::program;

use std::borrow::Cow;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use xns_cli::diagnostic::base_name;
use xns_cli::options::{Parser, Table};
use xns_cli::{Diagnostic, Start};
use xns_core::{Facts, SingleThreaded};

/// Answers a command line's words as the options table has them.
pub type TableForm = fn(&[OsString]) -> Vec<OsString>;

/// One of the binaries.
pub struct Tool<K: 'static> {
    /// Its options.
    pub table: &'static Table<K>,
    /// The text of `--help` under its own name.
    pub help: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The option of what is told that a key stands for.
    pub report_key: fn(K) -> Option<ReportKey>,
    /// What brings the words of a command line into the table's form, where they have one of their own; the name stays first.
    pub table_form: Option<TableForm>,
    /// The status of a misuse, and of a failure before the program.
    pub failed: u8,
}

impl<K: Copy + PartialEq> Tool<K> {
    /// Runs the binary and answers its exit status, unless it becomes the program.
    pub fn main(
        &self,
        start: Start,
        run: impl FnOnce(&Facts, SingleThreaded) -> Result<u8, Box<Diagnostic>>,
    ) -> u8 {
        let Start { args, single } = start;
        let facts = Facts::live(single, args);
        let done = match raised_rights() {
            Some(refusal) => Err(Box::new(refusal)),
            None => run(&facts, single),
        };
        done.unwrap_or_else(|diagnostic| {
            let name = facts.command().first().map_or(self.table.name.into(), |name| name.to_string_lossy());
            let own = diagnostic.status == 1 && !diagnostic.is_retold();
            let diagnostic = if own { Box::new(diagnostic.with_status(self.failed)) } else { diagnostic };
            // A script wants every error in its format.
            diagnostic.tell(&name, self.reporting(&facts).error_format);
            diagnostic.status
        })
    }

    /// argv\[0\]'s last component.
    pub fn called_as<'f>(&self, facts: &'f Facts) -> Cow<'f, str> {
        match facts.command().first().map(|name| name.to_string_lossy()) {
            None => Cow::Borrowed(self.table.name),
            Some(Cow::Borrowed(name)) => Cow::Borrowed(base_name(name)),
            Some(Cow::Owned(name)) => Cow::Owned(base_name(&name).to_owned()),
        }
    }

    /// Is it called by the original's name? That says nothing of its own accord.
    pub fn is_original(&self, facts: &Facts) -> bool {
        // As bytes, since every launch asks: made a text, the name would cost more than the comparison.
        let name =
            facts.command().first().and_then(|name| name.as_bytes().rsplit(|byte| *byte == b'/').next());
        name.is_some() && name == self.table.original.map(str::as_bytes)
    }

    /// What `--help` prints: under the original's name with that name.
    pub fn help(&self, facts: &Facts) -> String {
        match self.table.original {
            Some(original) if self.is_original(facts) => self.help.replace(self.table.name, original),
            _ => self.help.to_owned(),
        }
    }

    /// What `--version` prints.
    pub fn version(&self, facts: &Facts) -> String {
        xns_cli::version(self.table, &self.called_as(facts), self.version)
    }

    /// The options of what is told, found whatever else is wrong with the command line.
    fn reporting(&self, facts: &Facts) -> Reporting {
        let args: Cow<'_, [OsString]> = match self.table_form {
            Some(form) => Cow::Owned(form(facts.command())),
            None => Cow::Borrowed(facts.command()),
        };
        let mut parser = Parser::new(self.table, args.iter().skip(1));
        let mut reporting = Reporting::default();
        // Each call takes at least one letter, so this ends; a wrong option is stepped over.
        for _ in 0..args.iter().map(|word| word.len() + 1).sum() {
            match parser.next() {
                Ok(Some(item)) => {
                    let value = item.value_or_default().unwrap_or_default();
                    if let Some(key) = (self.report_key)(item.key) {
                        let _ = reporting.take(key, item.option.long, value);
                    }
                }
                Ok(None) => break,
                Err(_) => {}
            }
        }
        reporting
    }

    /// Is a hint wanted for a command line that cannot be read?
    pub fn wants_hints(&self, facts: &Facts) -> bool {
        self.reporting(facts).wants_hints(facts)
    }
}

/// A set-user-ID copy would give everybody what only its owner may do; nothing here is written for that.
fn raised_rights() -> Option<Diagnostic> {
    xns_core::started_with_raised_rights().then(|| {
        Diagnostic::new("refusing to run set-user-ID, set-group-ID or with file capabilities".to_owned(), 1)
    })
}

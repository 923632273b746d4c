//! What was typed: argv read into types.

mod error;
mod values;

pub use error::CliError;

use crate::options::{ChoiceKey, FormKey, Key, LookKey, TABLE};
use crate::watch::Interval;
use std::ffi::{OsStr, OsString};
use xns_cli::options::{Item, Parser};
use xns_core::{Facts, NsSet};
use xns_lsns::column::Column;
use xns_lsns::tree::Tree;
use xns_tool::Reporting;

/// The command line, checked option by option.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cli {
    /// What is wanted.
    pub look: Look,
    /// `--type`; empty: all.
    pub kinds: NsSet,
    /// `--task`.
    pub task: Option<u32>,
    /// The operand of a list.
    pub namespace: Option<u64>,
    /// `--persistent`.
    pub persistent: bool,
    /// `--filter`, to be parsed when all else is right.
    pub filter: Option<OsString>,
    /// `--deep`.
    pub deep: bool,
    /// `--json` or `--raw`.
    pub format: Format,
    /// `--list` or `--tree`.
    pub shape: Option<Shape>,
    /// `--output`.
    pub output: Option<Output>,
    /// `--output-all`.
    pub output_all: bool,
    /// `--noheadings`.
    pub no_headings: bool,
    /// `--notruncate`.
    pub no_truncate: bool,
    /// `--nowrap`.
    pub no_wrap: bool,
    /// `--color`.
    pub color: Color,
    /// What is to be told.
    pub reporting: Reporting,
}

/// What is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// A table.
    #[default]
    List,
    /// `--list-columns`.
    Columns,
    /// `--compare`: of these processes.
    Compare(Vec<u32>),
    /// `--detail`.
    Detail,
    /// `--graph`.
    Graph(Graph),
    /// `--watch`: with this time between two looks.
    Watch(Interval),
}

/// The forms of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Graph {
    /// Text.
    Text,
    /// For Graphviz.
    Dot,
    /// For Mermaid.
    Mermaid,
}

/// The forms of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// `--json`.
    Json,
    /// `--raw`.
    Raw,
}

/// List or tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `--list`.
    List,
    /// `--tree`.
    Tree(Tree),
}

/// `--output`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// In addition to the default?
    pub add: bool,
    /// These.
    pub columns: Vec<Column>,
}

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// On a terminal, without NO_COLOR.
    #[default]
    Auto,
    /// In any case.
    Always,
    /// Not at all.
    Never,
}

impl Cli {
    /// Reads the command line, from left to right; the first thing that is wrong ends it.
    ///
    /// # Errors
    /// What is wrong, in the original's words where it has some; or that help or the version is asked for.
    pub fn parse(facts: &Facts) -> Result<Self, CliError> {
        let mut cli = Cli::default();
        match cli.read(facts) {
            Ok(()) => Ok(cli),
            Err(error @ (CliError::Help | CliError::Version)) => Err(error),
            Err(error) if matches!(cli.look, Look::Compare(_)) => {
                Err(CliError::OfComparison(Box::new(error)))
            }
            Err(error) => Err(error),
        }
    }

    fn read(&mut self, facts: &Facts) -> Result<(), CliError> {
        let mut parser = Parser::new(&TABLE, facts.command().iter().skip(1));
        while let Some(item) = parser.next()? {
            self.take(&item)?;
        }
        self.check()?;
        self.operands(&parser.operands())
    }

    fn take(&mut self, item: &Item<Key>) -> Result<(), CliError> {
        let value = item.value_or_default().unwrap_or_default();
        match item.key {
            Key::Help => return Err(CliError::Help),
            Key::Version => return Err(CliError::Version),
            Key::Form(key) => self.form(key, value)?,
            Key::Choice(key) => self.choice(key, value)?,
            Key::Look(key) => self.look(key, value)?,
            Key::Report(key) => self.reporting.take(key, item.option.long, value)?,
        }
        Ok(())
    }

    fn form(&mut self, key: FormKey, value: &OsStr) -> Result<(), CliError> {
        match key {
            FormKey::Json => self.format(Format::Json)?,
            FormKey::Raw => self.format(Format::Raw)?,
            FormKey::List => self.shape(Shape::List)?,
            FormKey::Tree => self.shape(Shape::Tree(values::tree(value)?))?,
            FormKey::NoHeadings => self.no_headings = true,
            FormKey::Output => self.output = Some(values::output(value)?),
            FormKey::OutputAll => self.output_all = true,
            FormKey::NoTruncate => self.no_truncate = true,
            FormKey::NoWrap => self.no_wrap = true,
            FormKey::Color => self.color = values::color(value)?,
        }
        Ok(())
    }

    fn format(&mut self, format: Format) -> Result<(), CliError> {
        match (self.format, format) {
            (Format::Json, Format::Raw) | (Format::Raw, Format::Json) => {
                Err(CliError::Exclusive("--json", "--raw"))
            }
            _ => {
                self.format = format;
                Ok(())
            }
        }
    }

    /// The last tree counts.
    fn shape(&mut self, shape: Shape) -> Result<(), CliError> {
        match (self.shape, shape) {
            (Some(Shape::List), Shape::Tree(_)) | (Some(Shape::Tree(_)), Shape::List) => {
                Err(CliError::Exclusive("--list", "--tree"))
            }
            _ => {
                self.shape = Some(shape);
                Ok(())
            }
        }
    }

    fn choice(&mut self, key: ChoiceKey, value: &OsStr) -> Result<(), CliError> {
        match key {
            ChoiceKey::Task => self.task = Some(values::pid(value)?),
            ChoiceKey::Type => self.kinds = self.kinds.with(values::kind(value)?),
            ChoiceKey::Persistent => self.persistent = true,
            ChoiceKey::Filter => self.filter = Some(value.to_owned()),
            ChoiceKey::Deep => self.deep = true,
        }
        if self.persistent && self.task.is_some() {
            return Err(CliError::Exclusive("--task", "--persistent"));
        }
        Ok(())
    }

    fn look(&mut self, key: LookKey, value: &OsStr) -> Result<(), CliError> {
        let (look, option) = match key {
            LookKey::ListColumns => (Look::Columns, "--list-columns"),
            LookKey::Compare => (Look::Compare(Vec::new()), "--compare"),
            LookKey::Detail => (Look::Detail, "--detail"),
            LookKey::Graph => (Look::Graph(values::graph(value)?), "--graph"),
            LookKey::Watch => (Look::Watch(Interval::parse(value)?), "--watch"),
        };
        match self.look.option() {
            Some(other) if other != option => Err(CliError::Exclusive(other, option)),
            _ => {
                self.look = look;
                Ok(())
            }
        }
    }

    /// What the words beside the options are depends on what is wanted. Of a list the first one counts, as in the original.
    fn operands(&mut self, words: &[OsString]) -> Result<(), CliError> {
        if let Look::Compare(pids) = &mut self.look {
            *pids = words.iter().map(|word| values::pid(word)).collect::<Result<_, _>>()?;
            return if pids.len() < 2 { Err(CliError::TooFew) } else { Ok(()) };
        }
        match (&self.look, words.first()) {
            (Look::Graph(_) | Look::Watch(_) | Look::Columns, Some(word)) => {
                Err(CliError::Operand { option: self.look.option().unwrap_or_default(), word: word.clone() })
            }
            (Look::Detail, None) if self.task.is_none() => Err(CliError::DetailOfNothing),
            (_, Some(_)) if self.task.is_some() => Err(CliError::TaskAndNamespace),
            (_, Some(word)) => {
                self.namespace = Some(values::namespace(word)?);
                Ok(())
            }
            (_, None) => Ok(()),
        }
    }
}

impl Cli {
    /// The kinds that were asked for: all when none was.
    pub(crate) fn wanted_kinds(&self) -> NsSet {
        if self.kinds.is_empty() { NsSet::ALL } else { self.kinds }
    }

    /// What is asked for and could not be heeded.
    fn check(&self) -> Result<(), CliError> {
        let Some(look) = self.look.option() else { return Ok(()) };
        let is = |looks: &[&str]| looks.contains(&look);
        let json = self.format == Format::Json && is(&["--graph"]);
        let raw = self.format == Format::Raw && is(&["--graph", "--watch", "--detail", "--compare"]);
        let rows = !is(&["--list-columns"]);
        let given = [
            (json, "--json"),
            (raw, "--raw"),
            (rows && self.filter.is_some(), "--filter"),
            (rows && self.persistent, "--persistent"),
            (rows && self.output.is_some(), "--output"),
            (rows && self.output_all, "--output-all"),
            (rows && matches!(self.shape, Some(Shape::Tree(_))), "--tree"),
            (is(&["--compare", "--graph"]) && self.task.is_some(), "--task"),
            (is(&["--compare"]) && self.deep, "--deep"),
            (is(&["--compare", "--graph", "--detail"]) && self.no_headings, "--noheadings"),
        ];
        match given.into_iter().find(|(unheeded, _)| *unheeded) {
            Some((_, option)) => Err(CliError::Exclusive(look, option)),
            None => Ok(()),
        }
    }
}

impl Look {
    /// The option that asks for it.
    const fn option(&self) -> Option<&'static str> {
        match self {
            Look::List => None,
            Look::Columns => Some("--list-columns"),
            Look::Compare(_) => Some("--compare"),
            Look::Detail => Some("--detail"),
            Look::Graph(_) => Some("--graph"),
            Look::Watch(_) => Some("--watch"),
        }
    }
}

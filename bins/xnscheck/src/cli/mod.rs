//! What was typed: argv read into types.

mod error;

pub use error::CliError;

use crate::check::Walk;
use crate::options::{Key, TABLE};
use xns_cli::options::Parser;
use xns_core::Facts;
use xns_tool::Reporting;

/// The command line, checked option by option.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cli {
    /// `--for`; empty: all, and what no walkthrough needs besides.
    pub walks: Vec<Walk>,
    /// `--json`.
    pub json: bool,
    /// What is to be told.
    pub reporting: Reporting,
}

impl Cli {
    /// Reads the command line, from left to right; the first thing that is wrong ends it.
    ///
    /// # Errors
    /// What is wrong; or that help or the version is asked for.
    pub fn parse(facts: &Facts) -> Result<Self, CliError> {
        let mut cli = Cli::default();
        let mut parser = Parser::new(&TABLE, facts.command().iter().skip(1));
        while let Some(item) = parser.next()? {
            let value = item.value_or_default().unwrap_or_default();
            match item.key {
                Key::Help => return Err(CliError::Help),
                Key::Version => return Err(CliError::Version),
                Key::Json => cli.json = true,
                Key::For => {
                    let walk = value.to_str().and_then(Walk::parse);
                    cli.walks.push(walk.ok_or_else(|| CliError::Walk(value.to_owned()))?);
                }
                Key::Report(key) => cli.reporting.take(key, item.option.long, value)?,
            }
        }
        match parser.operands().into_iter().next() {
            Some(word) => Err(CliError::Operand(word)),
            None => Ok(cli),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Recorded;

    fn parse(line: &str) -> Result<Cli, String> {
        let command = line.split(' ').map(Into::into).collect();
        let facts = Facts::recorded(Recorded { command, ..Recorded::default() });
        Cli::parse(&facts).map_err(|error| error.to_string())
    }

    #[test]
    fn walkthroughs_are_collected() {
        let cli = parse("xnscheck --for W6 -fw10 --json -q").unwrap();
        assert_eq!((cli.walks, cli.json, cli.reporting.quiet), (vec![Walk::W6, Walk::W10], true, true));
    }

    #[test]
    fn what_is_no_walkthrough_is_refused() {
        assert_eq!(
            parse("xnscheck --for W11").unwrap_err(),
            "there is no walkthrough 'W11': they are W1 to W10"
        );
        assert_eq!(parse("xnscheck W1").unwrap_err(), "unexpected operand 'W1'");
    }
}

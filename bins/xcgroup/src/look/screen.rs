//! How tables are shown here.

use crate::cli::{Cli, Color};
use xns_cli::table::Look;
use xns_cli::terminal;
use xns_core::Facts;
use xns_sys::fd;

/// As wide as the terminal, if it is one.
pub(super) fn look(cli: &Cli, facts: &Facts) -> Look {
    let variable = |name: &str| facts.variable(name);
    let width = terminal::width(fd::stdout(), variable);
    let colour = wants_colour(cli.options.color, width.is_some(), facts);
    Look { width, colour, charset: terminal::charset(variable), ..Look::default() }
}

/// `--color`, else on a terminal unless NO_COLOR is set (no-color.org).
fn wants_colour(color: Color, on_terminal: bool, facts: &Facts) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            on_terminal
                && facts.variable("NO_COLOR").is_none_or(|value| value.is_empty())
                && facts.variable("TERM").is_none_or(|term| term != "dumb")
        }
    }
}

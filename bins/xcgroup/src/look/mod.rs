//! The verbs that show something.

use crate::cli::Cli;
use xns_cli::Diagnostic;
use xns_core::Facts;

macro_rules! later {
    ($($name:ident),*) => { $(pub(crate) fn $name(_: &Cli, _: &Facts) -> Result<u8, Box<Diagnostic>> { Err(Box::new(Diagnostic::new("not yet".to_owned(), 1))) })* };
}
later!(get, list, tree, show, stat, top, layout);

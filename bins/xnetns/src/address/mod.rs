//! `address`.

use crate::cli::Cli;
use std::ffi::OsString;
use xns_cli::Diagnostic;
use xns_core::{Facts, SingleThreaded};

/// Carries it out.
pub(crate) fn run(_: &[OsString], _: &Cli, _: &Facts, _: SingleThreaded) -> Result<u8, Box<Diagnostic>> {
    crate::not_built("address")
}

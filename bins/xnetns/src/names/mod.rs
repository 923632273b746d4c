//! `ip netns`' verbs.

use crate::cli::{Cli, NamesVerb};
use std::ffi::OsString;
use xns_cli::Diagnostic;
use xns_core::{Facts, SingleThreaded};

/// Carries it out.
pub(crate) fn run(
    _: NamesVerb,
    _: &[OsString],
    _: &Cli,
    _: &Facts,
    _: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    crate::not_built("netns")
}

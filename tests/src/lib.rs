//! Support for the tests that need a real kernel: running the tools, as root and as an ordinary user, and saying why a
//! test cannot run.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot set up fails with the reason")]

mod command;
mod need;

pub use command::{Cmd, Done, bin, original, xunshare};
pub use need::{Need, ORDINARY_UID, is_root, need};

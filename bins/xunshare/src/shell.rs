//! The program when none was given: the user's shell, as a login shell.

use crate::cli::Cli;
use crate::maps::Map;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use xns_core::{Facts, NsKind};
use xns_plan::Exec;
use xns_user::account;
use xns_user::idmap::OutsideId;

/// What shows for ids that a user namespace has no number for (/proc/sys/kernel/overflowuid).
const OVERFLOW_ID: u32 = 65534;

/// The program that was given, or the shell.
pub(crate) fn program(cli: &Cli, users: &Map, facts: &Facts) -> Exec {
    let variables = cli.variables.clone();
    if let Some(program) = cli.program.first() {
        return Exec { program: program.clone(), words: cli.program.clone(), variables };
    }
    let shell = default_shell(cli, users, facts);
    let name = shell.as_bytes().rsplit(|&b| b == b'/').next().unwrap_or_default();
    let word = OsString::from_vec([b"-", name].concat());
    // A shell is a path, and not looked for in PATH.
    let is_path = shell.as_bytes().contains(&b'/');
    let program = if is_path { shell } else { OsString::from_vec([b"./", shell.as_bytes()].concat()) };
    Exec { program, words: vec![word], variables }
}

/// `$SHELL` unless it is empty; the login shell of the uid that the program will have; `/bin/sh`.
fn default_shell(cli: &Cli, users: &Map, facts: &Facts) -> OsString {
    let variable = match &cli.variables {
        None => facts.variable("SHELL"),
        Some(kept) => kept.iter().find(|(name, _)| name == "SHELL").map(|(_, value)| value.clone()),
    };
    if let Some(shell) = variable.filter(|shell| !shell.is_empty()) {
        return shell;
    }
    let passwd = facts.file("/etc/passwd").unwrap_or_default();
    let user = account::user_by_uid(&passwd, uid_inside(cli, users, facts));
    let login = user.map(|user| user.shell).filter(|shell| !shell.is_empty());
    OsStr::from_bytes(login.unwrap_or(b"/bin/sh")).to_owned()
}

fn uid_inside(cli: &Cli, users: &Map, facts: &Facts) -> u32 {
    if let Some(uid) = cli.setuid {
        return uid.get();
    }
    if !cli.kinds.contains(NsKind::User) {
        return facts.uid();
    }
    let outside = cli.owner.map_or(OutsideId::new(facts.uid()), |owner| Some(owner.uid));
    let inside = outside.and_then(|uid| users.lines()?.inside_of(uid));
    inside.map_or(OVERFLOW_ID, |id| id.get())
}

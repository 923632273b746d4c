//! The program when none was given: the user's shell, as a login shell.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use xns_core::Facts;
use xns_plan::{Exec, Variables, exec};
use xns_user::account;

/// The program that was given, or the shell: `variable` is SHELL in the environment that it gets, `uid` whose it will be.
pub fn program(
    given: &[OsString],
    variables: Variables,
    variable: impl FnOnce(&Variables) -> Option<OsString>,
    uid: impl FnOnce() -> u32,
    facts: &Facts,
) -> Exec {
    if let Some(program) = given.first() {
        return Exec { program: program.clone(), words: given.to_vec(), variables, shells: Vec::new() };
    }
    let shell = default_shell(variable(&variables), uid, facts);
    let words = vec![exec::login_name(&shell)];
    // A shell is a path, and not looked for in PATH.
    let is_path = shell.as_bytes().contains(&b'/');
    let program = if is_path { shell } else { OsString::from_vec([b"./", shell.as_bytes()].concat()) };
    Exec { program, words, variables, shells: Vec::new() }
}

/// `$SHELL` unless it is empty; the login shell of the uid that the program will have; `/bin/sh`.
fn default_shell(variable: Option<OsString>, uid: impl FnOnce() -> u32, facts: &Facts) -> OsString {
    if let Some(shell) = variable.filter(|shell| !shell.is_empty()) {
        return shell;
    }
    let passwd = facts.file("/etc/passwd").unwrap_or_default();
    let user = account::user_by_uid(&passwd, uid());
    let login = user.map(|user| user.shell).filter(|shell| !shell.is_empty());
    OsStr::from_bytes(login.unwrap_or(b"/bin/sh")).to_owned()
}

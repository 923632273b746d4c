//! The program to become: everything that its exec needs, prepared before the first fork.

use std::ffi::{CString, OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use xns_core::{Errno, Failure};
use xns_plan::{Control, Exec};
use xns_sys::exec::{Environment, Words, execve};
use xns_sys::fs;

/// Where programs are looked for when PATH is not set (confstr(3), _CS_PATH).
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// The program's words, environment, and the files that it may be.
pub(crate) struct Image {
    candidates: Vec<CString>,
    words: Words,
    environment: Environment,
}

impl Image {
    /// Of a program that is looked for as execvp(3) does.
    pub(crate) fn prepare(exec: &Exec) -> Result<Self, Errno> {
        let words = exec.words.iter().cloned().map(c_string).collect::<Result<_, _>>()?;
        // The program is looked for in the PATH that it gets.
        let path = || match &exec.variables {
            None => std::env::var_os("PATH"),
            Some(variables) => {
                variables.iter().find(|(name, _)| name == "PATH").map(|(_, value)| value.clone())
            }
        };
        let environment = match &exec.variables {
            None => Environment::Inherited,
            Some(variables) => Environment::Exactly(Words::new(assignments(variables)?)),
        };
        let candidates = candidates(&exec.program, path)?;
        Ok(Image { candidates, words: Words::new(words), environment })
    }

    /// Becomes the program, or says why not. As execvp(3): a file that may not be executed does not end the search,
    /// and one without a format is a script for `/bin/sh`.
    pub(crate) fn exec(&self) -> Failure {
        match self.try_all() {
            Errno::ENOENT if self.is_there() => Failure::in_part(Control::FOUND, Errno::ENOENT),
            errno => errno.into(),
        }
    }

    /// Is one of the files there, as this process sees them?
    fn is_there(&self) -> bool {
        let mut paths = self.candidates.iter().map(|path| Path::new(OsStr::from_bytes(path.as_bytes())));
        paths.any(|path| fs::open_seen(None, path, fs::Access::Path).is_ok())
    }

    fn try_all(&self) -> Errno {
        let mut refused = None;
        for path in &self.candidates {
            match execve(path, &self.words, &self.environment) {
                Errno::ENOEXEC => return self.exec_script(path),
                Errno::EACCES => refused = Some(Errno::EACCES),
                Errno::ENOENT | Errno::ENOTDIR | Errno::ESTALE | Errno::ENODEV | Errno::ETIMEDOUT
                    if self.candidates.len() > 1 => {}
                other => return other,
            }
        }
        refused.unwrap_or(Errno::ENOENT)
    }

    fn exec_script(&self, path: &CString) -> Errno {
        let shell = c"/bin/sh".to_owned();
        let rest = self.words.as_slice().iter().skip(1).cloned();
        let words = [shell.clone(), path.clone()].into_iter().chain(rest).collect();
        execve(&shell, &Words::new(words), &self.environment)
    }
}

fn assignments(variables: &[(OsString, OsString)]) -> Result<Vec<CString>, Errno> {
    let assignment = |(name, value): &(OsString, OsString)| {
        c_string(OsString::from_vec([name.as_bytes(), b"=", value.as_bytes()].concat()))
    };
    variables.iter().map(assignment).collect()
}

fn c_string(word: OsString) -> Result<CString, Errno> {
    CString::new(word.into_vec()).map_err(|_| Errno::EINVAL)
}

/// The files that execvp(3) would try, in order.
fn candidates(program: &OsStr, path: impl Fn() -> Option<OsString>) -> Result<Vec<CString>, Errno> {
    if program.is_empty() {
        return Ok(Vec::new());
    }
    if program.as_bytes().contains(&b'/') {
        return Ok(vec![c_string(program.to_owned())?]);
    }
    let path = path().unwrap_or_else(|| DEFAULT_PATH.into());
    let file = |dir: &[u8]| {
        let slash: &[u8] = if dir.is_empty() { b"" } else { b"/" };
        c_string(OsString::from_vec([dir, slash, program.as_bytes()].concat()))
    };
    path.as_bytes().split(|&b| b == b':').map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(program: &str, path: Option<&str>) -> Vec<String> {
        let list = candidates(OsStr::new(program), || path.map(OsString::from)).unwrap();
        list.into_iter().map(|c| c.into_string().unwrap()).collect()
    }

    #[test]
    fn programs_are_looked_for_as_execvp_does() {
        assert_eq!(found("sh", Some("/a:/b")), ["/a/sh", "/b/sh"]);
        assert_eq!(found("sh", None), ["/bin/sh", "/usr/bin/sh"]);
        assert_eq!(found("./sh", Some("/a")), ["./sh"]);
        assert_eq!(found("sh", Some(":/b")), ["sh", "/b/sh"]); // an empty entry is the working directory
        assert_eq!(found("", Some("/a")), [""; 0]);
    }
}

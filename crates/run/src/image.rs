//! The program to become: everything that its exec needs, prepared before the first fork.

use std::ffi::{CString, OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use xns_core::{Errno, Failure, Slots};
use xns_plan::{Control, Exec, Variables, exec};
use xns_sys::exec::{Environment, Words, execve};
use xns_sys::{fd, fs};

/// The program's words, environment, and the files that it may be.
pub(crate) struct Image {
    candidates: Vec<CString>,
    words: Words,
    environment: Environment,
    /// Shells to be tried when the program is one, and does not exist.
    shells: Vec<(CString, Words)>,
}

impl Image {
    /// Of a program that is looked for as execvp(3) does.
    pub(crate) fn prepare(exec: &Exec, slots: &Slots) -> Result<Self, Errno> {
        let words = exec.words.iter().cloned().map(c_string).collect::<Result<_, _>>()?;
        let given = match &exec.variables {
            Variables::Inherited => None,
            Variables::Exactly(variables) => Some(variables),
            Variables::OfTarget => Some(slots.environment.as_ref().ok_or(Errno::EINVAL)?),
        };
        let path = || match given {
            None => std::env::var_os("PATH"),
            Some(variables) => exec::value(variables, "PATH"),
        };
        let environment = match given {
            None => Environment::Inherited,
            Some(variables) => Environment::Exactly(Words::new(assignments(variables)?)),
        };
        let found = exec::candidates(&exec.program, path);
        let candidates = found.into_iter().map(c_string).collect::<Result<_, _>>()?;
        let shell = |shell: &OsString| {
            let words = vec![c_string(exec::login_name(shell))?];
            Ok((c_string(shell.clone())?, Words::new(words)))
        };
        let shells = exec.shells.iter().map(shell).collect::<Result<_, _>>()?;
        Ok(Image { candidates, words: Words::new(words), environment, shells })
    }

    /// Becomes the program, or says why not. As execvp(3): a file that may not be executed does not end the search,
    /// and one without a format is a script for `/bin/sh`.
    pub(crate) fn exec(&self) -> Failure {
        let errno = self.try_all();
        if errno == Errno::ENOENT {
            for (shell, words) in &self.shells {
                execve(shell, words, &self.environment);
            }
        }
        let part = if errno == Errno::ENOENT { self.found() } else { None };
        part.map_or(errno.into(), |part| Failure::in_part(part, errno))
    }

    /// Is one of the files there, as this process sees them? What is it?
    fn found(&self) -> Option<u8> {
        let mut paths = self.candidates.iter().map(|path| Path::new(OsStr::from_bytes(path.as_bytes())));
        let file = paths.find(|path| fs::open_seen(None, path, fs::Access::Path).is_ok())?;
        let mut start = [0; 2];
        let read = fs::open_seen(None, file, fs::Access::Read).and_then(|file| fd::read(file, &mut start));
        Some(if read.is_ok() && start == *b"#!" { Control::FOUND_SCRIPT } else { Control::FOUND })
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

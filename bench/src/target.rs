//! The process whose namespaces are entered.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::cases::{Case, PID};
use crate::error::Error;
use crate::programs::Programs;

/// Runs until it is dropped. It waits for the end of its input, so that it also ends when the benchmark is killed.
#[derive(Debug)]
pub(crate) struct Target {
    child: Child,
    pid: String,
}

impl Target {
    /// Starts one, and waits until its namespaces are made.
    pub(crate) fn start(programs: &Programs) -> Result<Self, Error> {
        let program = &programs.target;
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Error::file(program))?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line).map_err(Error::file(program))?;
        }
        match line.strip_suffix('\n') {
            Some(pid) => Ok(Self { child, pid: pid.to_owned() }),
            None => Err(Error::Failed { program: program.clone(), status: child.wait()? }),
        }
    }

    /// Starts one if a case enters namespaces.
    pub(crate) fn for_cases(cases: &[&Case], programs: &Programs) -> Result<Option<Self>, Error> {
        cases.iter().any(|case| case.needs_target()).then(|| Self::start(programs)).transpose()
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // That there is nobody to wait for would be no loss.
        let _ = self.child.wait();
    }
}

/// An argument, with the target's PID in it.
pub(crate) fn fill(target: Option<&Target>, argument: &str) -> String {
    let pid = target.map_or(PID, |target| &target.pid);
    argument.replace(PID, pid)
}

//! Writing id maps: by the process itself, by a helper, or through newuidmap and newgidmap.

use crate::hints;
use crate::idmap::{IdKind, IdMap};
use std::os::unix::process::ExitStatusExt;
use xns_core::{Apply, Call, Cause, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slots};
use xns_sys::fd::{self, WriteStep};
use xns_sys::fs;

/// A part of [`RunMapTool`].
const WRONG_PROC: u8 = 1;
/// Another: the tool said that all was well, and there is no map.
const NO_MAP: u8 = 2;

/// `write("/proc/PID/uid_map", lines)`, or `gid_map`: once in a namespace's life, in one write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteMap {
    /// Users or groups.
    pub kind: IdKind,
    /// Whose namespace: a process's number, or `None` for the writer's own.
    pub process: Option<u32>,
    /// The lines.
    pub map: IdMap,
}

impl WriteMap {
    fn path(&self) -> String {
        let file = self.kind.map_file();
        match self.process {
            Some(pid) => format!("/proc/{pid}/{file}"),
            None => format!("/proc/self/{file}"),
        }
    }
}

impl Operation for WriteMap {
    fn calls(&self) -> Vec<Call> {
        let text = xns_core::shell::c_string(self.map.to_file_text());
        vec![Call::new(format!("write(\"{}\", {text})", self.path()))]
    }

    fn shell(&self) -> Vec<Shell> {
        let text = self.map.to_file_text();
        let lines = xns_core::shell::quote(text.trim_end());
        let file = self.kind.map_file();
        vec![Shell::Outside(format!("echo {lines} > /proc/$$/{file}"))]
    }

    fn failed(&self, part: u8) -> String {
        let path = self.path();
        match (part == WriteStep::Open as u8, self.process) {
            (true, _) => format!("cannot open {path}"),
            (false, None) => format!("write failed {path}"),
            (false, Some(_)) => format!("failed to write {path}"),
        }
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hints::map_refused(self.kind, &self.map, failure.errno()?, facts)
    }
}

impl Apply for WriteMap {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        if self.process.is_some() {
            fs::proc_is_ours()?;
        }
        fd::write_file(self.path(), self.map.to_file_text().as_bytes())
            .map_err(|(step, errno)| Failure::in_part(step as u8, errno))?;
        Ok(Outcome::Done)
    }
}

/// `newuidmap PID INSIDE OUTSIDE COUNT …`, or `newgidmap`: the set-user-ID programs that may map what /etc/subuid and
/// /etc/subgid grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunMapTool {
    /// Users or groups.
    pub kind: IdKind,
    /// Whose namespace.
    pub process: u32,
    /// The lines.
    pub map: IdMap,
}

impl RunMapTool {
    /// The program's name.
    pub const fn tool(kind: IdKind) -> &'static str {
        match kind {
            IdKind::User => "newuidmap",
            IdKind::Group => "newgidmap",
        }
    }

    fn numbers(&self) -> Vec<String> {
        self.map.numbers().map(|n| n.to_string()).collect()
    }
}

impl RunMapTool {
    /// Without its map the program would run as nobody.
    fn has_written(&self) -> Result<(), Failure> {
        let path = format!("/proc/{}/{}", self.process, self.kind.map_file());
        let written = std::fs::read(path).is_ok_and(|map| !map.is_empty());
        if written { Ok(()) } else { Err(Failure::in_part(NO_MAP, Errno::ENODATA)) }
    }
}

impl Operation for RunMapTool {
    fn calls(&self) -> Vec<Call> {
        let tool = Self::tool(self.kind);
        let words = [self.process.to_string()].into_iter().chain(self.numbers());
        let words: String = words.map(|word| format!(", \"{word}\"")).collect();
        vec![Call::new(format!("execvp(\"{tool}\", [\"{tool}\"{words}])"))]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Outside(format!("{} $$ {}", Self::tool(self.kind), self.numbers().join(" ")))]
    }

    fn failed(&self, part: u8) -> String {
        if part == WRONG_PROC {
            return format!(
                "/proc is another PID namespace's: {} would map another process",
                Self::tool(self.kind)
            );
        }
        if part == NO_MAP {
            return format!("{} ended well, but has written no map", Self::tool(self.kind));
        }
        format!("failed to execute {}", Self::tool(self.kind))
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hints::map_tool_failed(self.kind, &self.map, failure.cause, facts)
    }
}

impl Apply for RunMapTool {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        fs::proc_is_ours().map_err(|errno| Failure::in_part(WRONG_PROC, errno))?;
        let mut command = std::process::Command::new(Self::tool(self.kind));
        command.arg(self.process.to_string()).args(self.numbers());
        let status = command
            .stdin(std::process::Stdio::null())
            .status()
            .map_err(|e| Errno::from_raw(e.raw_os_error().unwrap_or(0)))?;
        let cause = match (status.code(), status.signal()) {
            (Some(0), _) => return self.has_written().map(|()| Outcome::Done),
            (Some(code), _) => Cause::Exited((code & 0xff) as u8),
            (None, signal) => Cause::Killed(signal.unwrap_or(0)),
        };
        Err(Failure { part: 0, cause })
    }
}

//! Every process of a group, ended.

use crate::members::{is_empty, members, text};
use crate::walk::walk;
use crate::{Version, hint};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use xns_core::shell::{c_string, path};
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slots};
use xns_sys::fd::{self, WriteStep};
use xns_sys::fork;
use xns_sys::signal::Signal;

/// Ends every process of a group and of those below it, and waits until they are gone.
///
/// By version 2 `cgroup.kill` does it in one (Linux 5.14). Else the group is frozen, so that nobody forks away; each process is sent
/// SIGKILL by its pidfd, after a look that it still is in the group; it is thawed with those below it, one of which may have been frozen
/// by itself, and looked at again until it is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kill {
    /// The group's directory.
    pub directory: PathBuf,
    /// Its hierarchy's version.
    pub version: Version,
    /// Where the group is frozen meanwhile: of the same name in the freezer's hierarchy, or the group itself.
    pub freezer: Option<PathBuf>,
    /// After a program: what it has left.
    pub afterwards: bool,
}

/// The parts: the processes are read; one is killed; they do not go.
const READ: u8 = 0;
const SEND: u8 = 1;
const STAY: u8 = 2;

/// A process in an uninterruptible sleep dies when it wakes.
const PATIENCE: Duration = Duration::from_secs(10);

impl Operation for Kill {
    fn calls(&self) -> Vec<Call> {
        if self.version == Version::V2 {
            return vec![Call::only(
                "if there are processes",
                format!("write({}, \"1\")", c_string(self.directory.join("cgroup.kill"))),
            )];
        }
        let freezer = |value| {
            let file = c_string(self.freezer.as_ref()?.join("freezer.state"));
            Some(Call::only("if there are processes", format!("write({file}, \"{value}\")")))
        };
        let sends = [
            Call::only("for each process", "pidfd_open(PID, 0) = MEMBER"),
            Call::only("for each process", "pidfd_send_signal(MEMBER, SIGKILL)"),
        ];
        let below = self.freezer.as_ref().map(|_| {
            Call::only("for each group below that is frozen itself", "write(GROUP/freezer.state, \"THAWED\")")
        });
        freezer("FROZEN").into_iter().chain(sends).chain(freezer("THAWED")).chain(below).collect()
    }

    fn shell(&self) -> Vec<Shell> {
        let lines = match self.version {
            Version::V2 => vec![
                format!("echo 1 > {}", path(self.directory.join("cgroup.kill"))),
                format!("until grep -q 'populated 0' {}", path(self.directory.join("cgroup.events"))),
                "do sleep 0.01; done".to_owned(),
            ],
            Version::V1 => self.shell_loop(),
        };
        let piece = if self.afterwards { Shell::After } else { Shell::Outside };
        lines.into_iter().map(piece).collect()
    }

    fn failed(&self, part: u8) -> String {
        let group = self.directory.display();
        match part {
            READ => format!("cannot read the processes of {group}"),
            SEND => format!("cannot end the processes of {group}"),
            _ => format!("processes of {group} do not end, after {} seconds", PATIENCE.as_secs()),
        }
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::not_killed(&self.directory, failure.part == STAY, failure.errno()?, facts)
    }
}

impl Apply for Kill {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let read = |errno| Failure::in_part(READ, errno);
        // As a rule nobody is left, which version 2 tells by one file.
        let nobody = self.version == Version::V2 && is_empty(&self.directory, self.version).map_err(read)?;
        let ended = if nobody { 0 } else { self.end_all()? };
        if self.afterwards {
            slots.left_behind += ended;
        }
        Ok(if ended == 0 { Outcome::Tolerated("nobody was left") } else { Outcome::Done })
    }
}

impl Kill {
    /// Kills until nobody is there, and answers how many there were. What it needs of the stack a usual launch does not touch.
    #[inline(never)]
    fn end_all(&self) -> Result<usize, Failure> {
        let start = Instant::now();
        let mut pause = Duration::from_micros(200);
        let mut ended = 0;
        loop {
            let pids = members(&self.directory).map_err(|errno| Failure::in_part(READ, errno))?;
            if pids.is_empty() {
                return Ok(ended);
            }
            ended = ended.max(pids.len());
            self.kill().map_err(|errno| Failure::in_part(SEND, errno))?;
            if start.elapsed() > PATIENCE {
                return Err(Failure::in_part(STAY, Errno::ETIMEDOUT));
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }

    /// By version 1, as [`Apply::apply`] does it; without a pidfd a number may be another process's by then.
    fn shell_loop(&self) -> Vec<String> {
        let pids = format!("find {} -name cgroup.procs -exec cat {{}} +", path(&self.directory));
        let freezer = |value| {
            let file = self.freezer.as_ref().map(|group| path(group.join("freezer.state")));
            file.map(|file| format!("  echo {value} > {file}"))
        };
        // Groups below may be frozen by themselves.
        let thaw = self.freezer.as_ref().map(|group| {
            let find = format!("  find {} -name freezer.state |", path(group));
            [find, "    while IFS= read -r file; do echo THAWED > \"$file\"; done".to_owned()]
        });
        let start = [
            "while".to_owned(),
            format!("  pids=$({pids})"),
            "  [ -n \"$pids\" ]".to_owned(),
            "do".to_owned(),
        ];
        let send = "  echo \"$pids\" | xargs kill -KILL || :".to_owned();
        let end = ["  sleep 0.01".to_owned(), "done".to_owned()];
        let sent = freezer("FROZEN").into_iter().chain([send]);
        start.into_iter().chain(sent).chain(thaw.into_iter().flatten()).chain(end).collect()
    }

    fn kill(&self) -> Result<(), Errno> {
        if self.version == Version::V2 {
            match fd::write_file(self.directory.join("cgroup.kill"), b"1") {
                // Before Linux 5.14; a threaded group.
                Err((WriteStep::Open, Errno::ENOENT) | (WriteStep::Write, Errno::EOPNOTSUPP)) => {}
                answer => return answer.map_err(|(_, errno)| errno),
            }
        }
        // Who freezes itself never goes on.
        let own = std::process::id();
        let freezer = self.freezer.as_deref();
        let freezer = freezer.filter(|group| members(group).is_ok_and(|pids| !pids.contains(&own)));
        if let Some(group) = freezer {
            self.freeze(group);
        }
        // Read again: by now nobody forks. This process comes last.
        let sent = members(&self.directory).and_then(|mut pids| {
            pids.sort_by_key(|pid| *pid == own);
            pids.iter().try_for_each(|pid| self.send(*pid))
        });
        // Frozen by version 1 nobody dies.
        if let Some(group) = freezer {
            self.thaw(group);
        }
        sent
    }

    const fn freezer_file(&self, frozen: bool) -> (&'static str, &'static str) {
        match (self.version, frozen) {
            (Version::V1, true) => ("freezer.state", "FROZEN"),
            (Version::V1, false) => ("freezer.state", "THAWED"),
            (Version::V2, true) => ("cgroup.freeze", "1"),
            (Version::V2, false) => ("cgroup.freeze", "0"),
        }
    }

    /// Version 1's groups below stay frozen that were frozen by themselves.
    fn thaw(&self, group: &Path) {
        let (file, value) = self.freezer_file(false);
        let thaw = |group: &Path| {
            let _ = fd::write_file(group.join(file), value.as_bytes());
        };
        thaw(group);
        if self.version == Version::V2 {
            return;
        }
        let is_frozen =
            |group: &Path| text(group, "freezer.self_freezing").is_ok_and(|text| text.trim() == "1");
        // Who is in a group that has gone meanwhile has gone, too.
        let _ = walk(group, |below| {
            let below = group.join(below.path);
            if is_frozen(&below) {
                thaw(&below);
            }
        });
    }

    /// Best effort, for some milliseconds: without it the loop still ends all, only somebody may fork meanwhile.
    fn freeze(&self, group: &Path) {
        const TRIES: u32 = 20;
        let (file, value) = self.freezer_file(true);
        let (state, reached) = match self.version {
            Version::V1 => (file, value),
            Version::V2 => ("cgroup.events", "frozen 1"),
        };
        for _ in 0..TRIES {
            let asked = fd::write_file(group.join(file), value.as_bytes());
            let text = text(group, state).unwrap_or_default();
            if asked.is_err() || text.lines().any(|line| line == reached) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The number may be another process's by now: the pidfd holds who has it, and the group is asked again.
    fn send(&self, pid: u32) -> Result<(), Errno> {
        let pidfd = match fork::open_process(pid) {
            Ok(pidfd) => Some(pidfd),
            // Before Linux 5.3.
            Err(Errno::ENOSYS) => None,
            Err(Errno::ESRCH | Errno::EINVAL) => return Ok(()),
            Err(errno) => return Err(errno),
        };
        if !members(&self.directory)?.contains(&pid) {
            return Ok(());
        }
        match fork::send(&fork::Child { pid, pidfd }, Signal::KILL) {
            Err(Errno::ESRCH) => Ok(()),
            answer => answer,
        }
    }
}

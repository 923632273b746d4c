//! What happened in a run: told when the program has ended, before its group is removed.

use super::report::open_file;
use std::path::PathBuf;
use std::time::Instant;
use xns_cgroup::stat::{
    Bounds, Ending, Machine, Part, Reached, Report, Stats, kills_of_machine, mark, oom_line,
};
use xns_core::shell::c_string;
use xns_core::shell::one_line;
use xns_core::{Apply, Call, Failure, Operation, Outcome, Shell, Slot, Slots};
use xns_sys::fd;
use xns_sys::fork::Status;

/// Looks at the clock: from here on the program runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartClock {
    /// New groups that are marked, to tell at the end whether there have been others below them, which have gone with what they had
    /// counted.
    pub marked: Vec<PathBuf>,
}

impl Operation for StartClock {
    fn calls(&self) -> Vec<Call> {
        let mark = |group: &PathBuf| {
            Call::new(format!(
                "utimensat(AT_FDCWD, {}, [UTIME_OMIT, {{tv_sec=0, tv_nsec=0}}], 0)",
                c_string(group)
            ))
        };
        let kills =
            (!self.marked.is_empty()).then(|| Call::new("openat(AT_FDCWD, \"/proc/vmstat\", O_RDONLY)"));
        let clock = Call::new("clock_gettime(CLOCK_MONOTONIC)");
        self.marked.iter().map(mark).chain(kills).chain([clock]).collect()
    }

    fn shell(&self) -> Vec<Shell> {
        Vec::new()
    }

    fn failed(&self, _: u8) -> String {
        "cannot read the clock".to_owned()
    }
}

impl Apply for StartClock {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        for group in &self.marked {
            // Without the mark less is known at the end.
            let _ = mark(group);
        }
        if !self.marked.is_empty() {
            slots.oom_kills = kills_of_machine(&Machine);
        }
        slots.started = Some(Instant::now());
        Ok(Outcome::Done)
    }
}

/// Opens the file of the report, before anything is done that it would tell of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenReport(pub PathBuf);

impl Operation for OpenReport {
    fn calls(&self) -> Vec<Call> {
        let file = c_string(&self.0);
        vec![
            Call::only(
                "if it is not there",
                format!("openat(AT_FDCWD, {file}, O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW) = REPORT"),
            ),
            Call::only("if it is there", format!("openat(AT_FDCWD, {file}, O_RDWR) = REPORT")),
        ]
    }

    fn shell(&self) -> Vec<Shell> {
        Vec::new() // see `ReportRun`
    }

    fn failed(&self, _: u8) -> String {
        format!("cannot open {}", self.0.display())
    }

    fn fills(&self) -> &'static [Slot] {
        &[Slot::Report]
    }
}

impl Apply for OpenReport {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let file = open_file(&self.0, slots)?;
        slots.fill(Slot::Report, file);
        Ok(Outcome::Done)
    }

    fn leaves_something(&self) -> bool {
        true
    }
}

/// Reads what the group has counted, and tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRun {
    /// The directories of the group, with the mount points above them.
    pub parts: Vec<(Part, PathBuf)>,
    /// What is told.
    pub form: Form,
    /// To whom.
    pub channel: Channel,
    /// The tool's name, which the line without a report starts with.
    pub tool: String,
    /// The program's name.
    pub program: String,
}

/// Where the report of a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Standard error.
    Stderr,
    /// Standard output.
    Stdout,
    /// The file that was opened.
    File,
}

/// What is told of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A line, when the OOM killer was at work.
    Killed,
    /// Lines for people.
    Text,
    /// One JSON document.
    Json,
}

/// E52.
const NO_MEMORY: &str = "XNS-E52-memory";

impl ReportRun {
    fn text(&self, slots: &Slots) -> Option<String> {
        let ending = match slots.ended? {
            Status::Exited(status) => Ending::Exited(status.into()),
            Status::Killed(signal) | Status::Stopped(signal) => Ending::Killed(signal),
        };
        let parts: Vec<Part> = self.parts.iter().map(|(part, _)| part.clone()).collect();
        if self.form == Form::Killed {
            let stats = Stats::if_oom_killed(&parts, &Machine)?;
            let above = Reached::above(&self.parts, &stats.memory, &Machine);
            let line = oom_line(&self.program, ending, &stats, above.as_ref())?;
            let line = format!("{}: {line}", self.tool);
            let hint = format!("hint[{NO_MEMORY}]: it needs more memory than there is for it");
            let cure = "try: --memory MORE   (a higher limit; --report tells what it has used)";
            return Some(format!("{}\n  {hint}\n  {cure}\n", one_line(&line)));
        }
        let mut stats = Stats::of(&parts, &Machine);
        let lost = stats.forget_lost(&parts, slots.oom_kills, &Machine);
        let was_killed = stats.memory.oom_kills.is_some_and(|kills| kills > 0);
        let above = if was_killed { Reached::above(&self.parts, &stats.memory, &Machine) } else { None };
        let bounds = Bounds::of(&self.parts, &Machine);
        let wall = slots.started.map(|start| start.elapsed().as_micros()).unwrap_or_default();
        let groups = parts.iter().map(|part| part.directory.display().to_string()).collect();
        let wall_usec = u64::try_from(wall).unwrap_or(u64::MAX);
        let report = Report { ending, wall_usec, groups, stats, bounds, above, lost };
        Some(match self.form {
            Form::Json => serde_json::to_string_pretty(&report).unwrap_or_default() + "\n",
            Form::Text | Form::Killed => report.text(),
        })
    }
}

impl Operation for ReportRun {
    fn calls(&self) -> Vec<Call> {
        match (self.form, self.channel) {
            (Form::Killed, _) => vec![Call::only("if the OOM killer was at work", "write(2, TOLD)")],
            (_, Channel::Stderr) => vec![Call::new("write(2, TOLD)")],
            (_, Channel::Stdout) => vec![Call::new("write(1, TOLD)")],
            (_, Channel::File) => {
                vec![Call::new("ftruncate(REPORT, 0)"), Call::new("pwrite64(REPORT, TOLD, 0)")]
            }
        }
    }

    fn shell(&self) -> Vec<Shell> {
        match self.form {
            Form::Killed => Vec::new(),
            Form::Text | Form::Json => {
                vec![Shell::After(
                    "# the report is of the group's files: cpu.stat, memory.peak, pids.events, …".to_owned(),
                )]
            }
        }
    }

    fn failed(&self, _: u8) -> String {
        "cannot write the report".to_owned()
    }

    fn reads(&self) -> &'static [Slot] {
        if self.channel == Channel::File { &[Slot::Report] } else { &[] }
    }
}

impl Apply for ReportRun {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let Some(text) = self.text(slots) else { return Ok(Outcome::Tolerated("nothing to tell")) };
        match self.channel {
            Channel::File => fd::replace(slots.take(Slot::Report)?, text.as_bytes())?,
            Channel::Stdout => fd::write_all(fd::stdout(), text.as_bytes())?,
            // If nobody reads it, there is nobody to tell.
            Channel::Stderr => drop(fd::write_all(fd::stderr(), text.as_bytes())),
        }
        Ok(Outcome::Done)
    }
}

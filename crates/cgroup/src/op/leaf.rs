//! The rule that a group of version 2 has either processes or groups with controllers below it (cgroup-v2.rst, "No Internal
//! Process Constraint"), kept for the user.

use crate::hint;
use crate::members::{is_alone, text};
use std::path::{Path, PathBuf};
use xns_core::shell::{c_string, path};
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slots};
use xns_sys::{fd, fs};

/// The name of the group that takes the processes of the one above it.
pub const LEAF: &str = "xns.leaf";

/// Moves the processes of a group into a leaf below it, so that controllers can be enabled for its groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The group's directory.
    pub group: PathBuf,
}

/// The parts: the leaf is made; the processes are read; one is moved; they do not become fewer.
const MAKE: u8 = 0;
const READ: u8 = 1;
const MOVE: u8 = 2;
const BUSY: u8 = 3;

impl Leaf {
    fn leaf(&self) -> PathBuf {
        self.group.join(LEAF)
    }
}

impl Operation for Leaf {
    fn calls(&self) -> Vec<Call> {
        vec![
            Call::new(format!("mkdir({}, 0755)", c_string(self.leaf()))),
            Call::only("for each process of the group", "write(LEAF/cgroup.procs, PID)"),
        ]
    }

    fn shell(&self) -> Vec<Shell> {
        let (group, leaf) = (path(self.group.join("cgroup.procs")), path(self.leaf()));
        vec![
            Shell::Outside(format!("mkdir -p {leaf}")),
            Shell::Outside(format!(
                "while read -r pid; do echo \"$pid\" > {leaf}/cgroup.procs; done < {group}"
            )),
        ]
    }

    fn failed(&self, part: u8) -> String {
        let group = self.group.display();
        match part {
            MAKE => format!("cannot make the group {}", self.leaf().display()),
            READ => format!("cannot read the processes of {group}"),
            MOVE => format!("cannot move a process of {group} to {LEAF} below it"),
            _ => format!("{group} gets new processes faster than they can be moved"),
        }
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        match failure.part {
            MAKE => hint::not_made(&self.leaf(), failure.errno()?, facts),
            _ => hint::not_moved(&self.leaf(), &self.group, failure.errno()?, facts),
        }
    }
}

impl Apply for Leaf {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        let leaf = self.leaf();
        match fs::make_directory(fs::cwd(), &leaf) {
            Ok(()) | Err(Errno::EEXIST) => {}
            Err(errno) => return Err(Failure::in_part(MAKE, errno)),
        }
        let moved = move_all(&self.group, &leaf);
        if moved.is_err() {
            self.undo();
        }
        moved.map(|()| Outcome::Done)
    }

    fn undo(&self) {
        if move_all(&self.leaf(), &self.group).is_ok() {
            let _ = fs::remove(fs::cwd(), &self.leaf(), true);
        }
    }

    fn leaves_something(&self) -> bool {
        true
    }
}

/// Takes a leaf back when the run for which it was made is over: unless others have groups there by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unleaf {
    /// The group's directory.
    pub group: PathBuf,
    /// The controllers that were enabled for the groups below it.
    pub controllers: Vec<String>,
}

impl Unleaf {
    fn words(&self) -> String {
        self.controllers.iter().map(|name| format!("-{name}")).collect::<Vec<_>>().join(" ")
    }

    fn leaf(&self) -> Leaf {
        Leaf { group: self.group.clone() }
    }
}

impl Operation for Unleaf {
    fn calls(&self) -> Vec<Call> {
        let control = c_string(self.group.join("cgroup.subtree_control"));
        vec![
            Call::only("if no other group is below it", format!("write({control}, \"{}\")", self.words())),
            Call::only("for each process of the leaf", "write(GROUP/cgroup.procs, PID)"),
            Call::only("if no other group is below it", format!("rmdir({})", c_string(self.leaf().leaf()))),
        ]
    }

    fn shell(&self) -> Vec<Shell> {
        let (group, leaf) = (path(self.group.join("cgroup.procs")), path(self.leaf().leaf()));
        let control = path(self.group.join("cgroup.subtree_control"));
        vec![
            Shell::After(format!("echo '{}' > {control}", self.words())),
            Shell::After(format!(
                "while read -r pid; do echo \"$pid\" > {group}; done < {leaf}/cgroup.procs"
            )),
            Shell::After(format!("rmdir {leaf}")),
        ]
    }

    fn failed(&self, _: u8) -> String {
        format!("cannot bring the processes of {} back from {LEAF}", self.group.display())
    }
}

impl Apply for Unleaf {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        const OTHERS: Outcome = Outcome::Tolerated("others are below it");
        if !is_alone(&self.group) {
            return Ok(OTHERS);
        }
        match fd::write_file(self.group.join("cgroup.subtree_control"), self.words().as_bytes()) {
            Err((_, Errno::EBUSY)) => return Ok(OTHERS),
            answer => answer.map_err(|(_, errno)| errno)?,
        }
        self.leaf().undo();
        Ok(Outcome::Done)
    }
}

/// Moves until none is left: a process that forks meanwhile has children in the group.
fn move_all(from: &Path, to: &Path) -> Result<(), Failure> {
    const ROUNDS: usize = 1000;
    for _ in 0..ROUNDS {
        let pids = text(from, "cgroup.procs").map_err(|errno| Failure::in_part(READ, errno))?;
        if pids.is_empty() {
            return Ok(());
        }
        for pid in pids.lines() {
            // It stands for a process that has no number in this PID namespace; written, it would be this process.
            if pid == "0" {
                return Err(Failure::in_part(MOVE, Errno::ESRCH));
            }
            match fd::write_file(to.join("cgroup.procs"), pid.as_bytes()) {
                Ok(()) | Err((_, Errno::ESRCH)) => {}
                Err((_, errno)) => return Err(Failure::in_part(MOVE, errno)),
            }
        }
    }
    Err(Failure::in_part(BUSY, Errno::EBUSY))
}

//! Each hint, by the files of a machine that a test makes up.

mod attach;
mod clone;
mod controller;
mod enable;
mod freeze;
mod groups;
mod leftover;
mod not_shown;
mod note;
mod systemd;
mod value;

use super::group::Group;
use std::path::Path;
use xns_core::{Facts, Format, Hint, Recorded, Seen, SeenKind};

/// A machine, by its files.
#[derive(Clone, Default)]
pub(super) struct Machine {
    recorded: Recorded,
}

impl Machine {
    /// With version 2 alone, at `/cg`; the caller is in `/me`.
    pub(super) fn v2() -> Self {
        let mounts = "30 2 0:2 / /cg rw - cgroup2 cgroup2 rw,nsdelegate\n";
        Machine::default()
            .file("/proc/self/mountinfo", mounts)
            .file("/proc/self/cgroup", "0::/me\n")
            .file("/proc/cgroups", CGROUPS)
            .file("/cg/cgroup.controllers", "cpu memory pids")
            .file("/cg/cgroup.subtree_control", "cpu")
            .group("/cg", 0)
            .group("/cg/me", 0)
            .start()
    }

    /// With memory, cpuset, freezer and cpu by version 1, each at `/cg/NAME`; and version 2 with hugetlb at `/cg/unified`.
    pub(super) fn hybrid() -> Self {
        let mounts = "31 2 0:1 / /cg/memory rw - cgroup cgroup rw,memory\n\
            32 2 0:2 / /cg/cpuset rw - cgroup cgroup rw,cpuset\n\
            33 2 0:3 / /cg/freezer rw - cgroup cgroup rw,freezer\n\
            34 2 0:4 / /cg/cpu rw - cgroup cgroup rw,cpu\n\
            35 2 0:5 / /cg/blkio rw - cgroup cgroup rw,blkio\n\
            36 2 0:6 / /cg/unified rw - cgroup2 cgroup2 rw\n";
        let own = "5:blkio:/\n4:cpu:/\n3:freezer:/\n2:cpuset:/\n1:memory:/\n0::/\n";
        let machine = Machine::default()
            .file("/proc/self/mountinfo", mounts)
            .file("/proc/self/cgroup", own)
            .file("/proc/cgroups", HYBRID)
            .file("/cg/unified/cgroup.controllers", "hugetlb")
            .start();
        ["memory", "cpuset", "freezer", "cpu", "blkio", "unified"]
            .iter()
            .fold(machine, |machine, name| machine.group(&format!("/cg/{name}"), 0))
    }

    fn start(mut self) -> Self {
        self.recorded.command = ["xcgexec", "-g", "x"].map(Into::into).to_vec();
        self.file("/proc/self/uid_map", "0 0 4294967295\n").file("/proc/sys/kernel/osrelease", "6.1.0\n")
    }

    pub(super) fn file(mut self, path: &str, text: &str) -> Self {
        self.recorded.files.retain(|(known, _)| known != path);
        self.recorded.files.push((path.to_owned(), text.as_bytes().to_vec()));
        self
    }

    /// A group that belongs to this user.
    pub(super) fn group(self, path: &str, owner: u32) -> Self {
        let owner = owner.to_string();
        let machine = ["cgroup.procs", "tasks", "cgroup.subtree_control"]
            .iter()
            .fold(self, |machine, file| machine.file(&format!("owner:{path}/{file}"), &owner));
        machine.file(&format!("owner:{path}"), &owner).directory(path)
    }

    pub(super) fn directory(mut self, path: &str) -> Self {
        let seen = Seen { kind: SeenKind::Directory, ..Seen::file(0o755, Format::Unread) };
        self.recorded.seen.push((path.into(), seen));
        self
    }

    /// A file of root's with this mode.
    pub(super) fn mode(mut self, path: &str, mode: u32) -> Self {
        self.recorded.seen.push((path.into(), Seen::file(mode, Format::Unread)));
        self
    }

    /// A process: its name, its state and the other fields of `stat` from the fourth on that matter.
    pub(super) fn process(self, pid: u32, name: &str, state: char, flags: u64, policy: u32) -> Self {
        let mut fields = vec!["0".to_owned(); 50];
        fields[9 - 4] = flags.to_string();
        fields[41 - 4] = policy.to_string();
        let stat = format!("{pid} ({name}) {state} {}\n", fields.join(" "));
        self.file(&format!("/proc/{pid}/stat"), &stat)
            .file(&format!("/proc/{pid}/comm"), &format!("{name}\n"))
    }

    pub(super) fn user(mut self, uid: u32) -> Self {
        (self.recorded.uid, self.recorded.gid) = (uid, uid);
        self
    }

    pub(super) fn pid(mut self, pid: u32) -> Self {
        self.recorded.pid = pid;
        self
    }

    pub(super) fn variable(mut self, name: &str, value: &str) -> Self {
        self.recorded.variables.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn command(mut self, words: &[&str]) -> Self {
        self.recorded.command = words.iter().map(Into::into).collect();
        self
    }

    pub(super) fn facts(&self) -> Facts {
        Facts::recorded(self.recorded.clone())
    }

    /// What a hint about a group says.
    pub(super) fn ask(&self, group: &str, hint: impl Fn(&Group<'_>) -> Option<Hint>) -> Option<Told> {
        let facts = self.facts();
        hint(&Group::of(Path::new(group), &facts)).map(Told::from)
    }
}

/// A hint, to be compared.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) id: &'static str,
    pub(super) cause: String,
    pub(super) because: Vec<String>,
    pub(super) cures: Vec<String>,
}

impl From<Hint> for Told {
    fn from(hint: Hint) -> Self {
        let cures = hint.cures.into_iter().map(|cure| cure.action).collect();
        Told { id: hint.id, cause: hint.cause, because: hint.because, cures }
    }
}

const CGROUPS: &str = "#subsys_name\thierarchy\tnum_cgroups\tenabled\n\
    cpu\t0\t9\t1\nmemory\t0\t9\t1\npids\t0\t9\t1\nio\t0\t9\t1\nnet_cls\t0\t1\t1\nhugetlb\t0\t9\t0\n";

const HYBRID: &str = "#subsys_name\thierarchy\tnum_cgroups\tenabled\n\
    cpuset\t2\t1\t1\ncpu\t4\t1\t1\nblkio\t5\t1\t1\nmemory\t1\t1\t1\nfreezer\t3\t1\t1\npids\t7\t1\t1\nnet_cls\t0\t1\t1\n\
    hugetlb\t0\t1\t1\ndevices\t0\t1\t0\n";

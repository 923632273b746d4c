//! The same words on machines with version 1, version 2 and both.

mod given;
mod options;

use super::{IfMissing, LimitError, LimitKey, Limits, Setting};
use crate::{Layout, Tree};
use std::ffi::OsStr;
use xns_core::{Facts, Recorded};

/// A machine whose hierarchies are mounted below `/cg`.
struct Machine {
    mounts: &'static str,
    own: &'static str,
    files: Vec<(String, Vec<u8>)>,
}

fn v1() -> Machine {
    Machine {
        mounts: "30 2 0:1 / /cg/cpu rw - cgroup cgroup rw,cpu,cpuacct\n31 2 0:2 / /cg/memory rw - cgroup cgroup rw,memory\n\
                 32 2 0:3 / /cg/cpuset rw - cgroup cgroup rw,cpuset\n33 2 0:4 / /cg/blkio rw - cgroup cgroup rw,blkio\n\
                 34 2 0:5 / /cg/pids rw - cgroup cgroup rw,pids\n35 2 0:6 / /cg/net rw - cgroup cgroup rw,net_cls,net_prio\n\
                 36 2 0:7 / /cg/freezer rw - cgroup cgroup rw,freezer\n37 2 0:8 / /cg/devices rw - cgroup cgroup rw,devices\n",
        own: "7:devices:/\n6:freezer:/\n5:net_cls,net_prio:/\n4:pids:/\n3:blkio:/\n2:cpuset:/\n1:memory:/\n8:cpu,cpuacct:/\n",
        files: Vec::new(),
    }
    .with("/cg/cpuset/cpuset.cpus", "0-3\n")
    .with("/cg/cpuset/cpuset.mems", "0\n")
}

fn v2() -> Machine {
    Machine {
        mounts: "30 2 0:1 / /cg rw - cgroup2 cgroup2 rw,nsdelegate\n",
        own: "0::/\n",
        files: Vec::new(),
    }
    .with("/cg/cgroup.controllers", "cpuset cpu io memory hugetlb pids rdma misc\n")
    .with(
        "/proc/cgroups",
        "#subsys_name hierarchy num_cgroups enabled\nnet_cls 0 1 1\nmemory 0 5 1\ndevices 0 1 1\n",
    )
}

/// Memory and pids are in version 1, cpu and io in version 2.
fn hybrid() -> Machine {
    Machine {
        mounts: "30 2 0:1 / /cg/unified rw - cgroup2 cgroup2 rw\n31 2 0:2 / /cg/memory rw - cgroup cgroup rw,memory\n\
                 32 2 0:3 / /cg/pids rw - cgroup cgroup rw,pids\n",
        own: "2:pids:/\n1:memory:/\n0::/\n",
        files: Vec::new(),
    }
    .with("/cg/unified/cgroup.controllers", "cpu io\n")
    .with("/proc/cgroups", "#subsys_name hierarchy num_cgroups enabled\ncpuset 5 1 1\nnet_cls 0 1 0\nmemory 1 5 1\n")
}

impl Machine {
    /// A disk of one partition, and another disk.
    fn with_disks(self) -> Self {
        self.with("/sys/dev/block/254:0", "../../devices/pci0/virtio1/block/vda")
            .with("/sys/dev/block/254:1", "../../devices/pci0/virtio1/block/vda/vda1")
            .with("/sys/dev/block/254:1/partition", "1\n")
            .with("/sys/dev/block/254:1/../dev", "254:0\n")
            .with("/sys/dev/block/7:0", "../../devices/virtual/block/loop0")
    }

    fn with(mut self, path: &str, text: &str) -> Self {
        self.files.push((path.to_owned(), text.as_bytes().to_vec()));
        self
    }

    fn facts(self) -> Facts {
        let (mounts, own) = (self.mounts, self.own);
        let Machine { files, .. } = self.with("/proc/self/mountinfo", mounts).with("/proc/self/cgroup", own);
        Facts::recorded(Recorded { files, ..Recorded::default() })
    }

    fn settings(self, limits: &Limits) -> Result<Vec<Setting>, LimitError> {
        let facts = self.facts();
        let layout = Layout::of(&facts);
        limits.settings(&layout, &|tree: &Tree| Some(tree.point.join("a/g")), &facts)
    }

    /// `FILE=VALUE` of each setting, with a `?` before the `=` where a missing file is passed over; or the error.
    fn lines(self, options: &[(LimitKey, &str)]) -> Vec<String> {
        let limits = limits(options);
        match limits.and_then(|limits| self.settings(&limits)) {
            Err(error) => vec![error.to_string()],
            Ok(settings) => settings.iter().map(line).collect(),
        }
    }
}

fn limits(options: &[(LimitKey, &str)]) -> Result<Limits, LimitError> {
    let mut limits = Limits::default();
    options.iter().try_for_each(|(key, text)| limits.take(*key, OsStr::new(text)))?;
    Ok(limits)
}

fn line(setting: &Setting) -> String {
    let passed = if setting.if_missing == IfMissing::Fail { "" } else { "?" };
    let of_core = ["cgroup.", "notify_on_release"].iter().any(|start| setting.file.starts_with(start));
    assert!(
        setting.file.starts_with(&setting.controller) || of_core || setting.controller == "freezer",
        "{setting:?}"
    );
    format!("{}{passed}={}", setting.file, setting.value)
}

fn notes(machine: Machine, options: &[(LimitKey, &str)]) -> Vec<String> {
    let settings = machine.settings(&limits(options).unwrap()).unwrap();
    settings.into_iter().map(|setting| setting.note.unwrap_or_default()).collect()
}

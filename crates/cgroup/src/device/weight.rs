//! Does a weight have any effect on a disk? The kernel accepts it in any case.

use super::Disk;
use crate::Layout;
use xns_core::Facts;

/// What shares out a disk's time, as far as weights count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightScheduler {
    /// The disk's I/O scheduler (`/sys/block/NAME/queue/scheduler`): `none`, `mq-deadline`, `kyber`, `bfq`; `None` for a disk that
    /// has no such file, as some virtual ones.
    pub scheduler: Option<String>,
    /// Who heeds a weight; `None`: it is accepted, and has no effect.
    pub weighed: Option<Weighed>,
}

/// Who heeds weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighed {
    /// The scheduler bfq: `io.bfq.weight` of version 2, `blkio.bfq.weight` of version 1.
    Bfq,
    /// The cost model of version 2, where the root's `io.cost.qos` has enabled it for the disk: `io.weight`. It has no file in
    /// version 1.
    IoCost,
}

/// Which scheduler a disk has, and whether a weight counts there (block/bfq-iosched.rst, cgroup-v2.rst "IO Interface Files").
pub fn weight_scheduler(disk: &Disk, facts: &Facts) -> WeightScheduler {
    let scheduler = facts.line(&format!("/sys/block/{}/queue/scheduler", disk.name)).and_then(|s| chosen(&s));
    let weighed = if scheduler.as_deref() == Some("bfq") {
        Some(Weighed::Bfq)
    } else {
        has_cost_model(disk, facts).then_some(Weighed::IoCost)
    };
    WeightScheduler { scheduler, weighed }
}

/// `none [mq-deadline] kyber bfq`: the one in brackets; a lone one has none.
fn chosen(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let bracketed = words.clone().find_map(|word| word.strip_prefix('[')?.strip_suffix(']'));
    bracketed.or_else(|| words.next().filter(|_| line.split_whitespace().count() == 1)).map(str::to_owned)
}

/// `254:0 enable=1 ctrl=auto …`, in the root of version 2 only.
fn has_cost_model(disk: &Disk, facts: &Facts) -> bool {
    let layout = Layout::of(facts);
    let Some(root) = layout.unified() else { return false };
    let text = root.point.join("io.cost.qos").to_str().and_then(|path| facts.line(path)).unwrap_or_default();
    let number = disk.to_string();
    let mut lines = text.lines().map(str::split_whitespace);
    lines.any(|mut words| words.next() == Some(&number) && words.any(|word| word == "enable=1"))
}

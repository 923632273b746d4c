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

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Recorded;

    fn ask(scheduler: Option<&str>, qos: Option<&str>) -> WeightScheduler {
        let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
        let mut files = vec![
            file("/proc/self/mountinfo", "30 2 0:2 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"),
            file("/proc/self/cgroup", "0::/a\n"),
        ];
        files.extend(scheduler.map(|text| file("/sys/block/vda/queue/scheduler", text)));
        files.extend(qos.map(|text| file("/sys/fs/cgroup/io.cost.qos", text)));
        let disk = Disk { major: 254, minor: 0, name: "vda".to_owned(), note: None };
        weight_scheduler(&disk, &Facts::recorded(Recorded { files, ..Recorded::default() }))
    }

    #[test]
    fn a_weight_counts_with_bfq_or_the_cost_model() {
        let answer = |scheduler: Option<&str>, weighed| WeightScheduler {
            scheduler: scheduler.map(str::to_owned),
            weighed,
        };
        let on = "8:0 enable=0 ctrl=auto\n254:0 enable=1 ctrl=auto rpct=0.00\n";
        let off = "254:0 enable=0 ctrl=auto rpct=0.00\n8:0 enable=1 ctrl=auto\n";
        let deadline = Some("none [mq-deadline] kyber bfq\n");
        assert_eq!(ask(deadline, None), answer(Some("mq-deadline"), None));
        assert_eq!(ask(deadline, Some(off)), answer(Some("mq-deadline"), None));
        assert_eq!(ask(deadline, Some(on)), answer(Some("mq-deadline"), Some(Weighed::IoCost)));
        assert_eq!(ask(Some("none mq-deadline [bfq]\n"), Some(on)), answer(Some("bfq"), Some(Weighed::Bfq)));
        assert_eq!(ask(Some("none\n"), None), answer(Some("none"), None));
        assert_eq!(ask(None, None), answer(None, None));
    }
}

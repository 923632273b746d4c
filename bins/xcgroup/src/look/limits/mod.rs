//! The limits of a group, as its files have them: the same names as those of the options that set them.

mod read;

use read::Value;
use std::path::PathBuf;
use xns_cgroup::Version;
use xns_cgroup::stat::{Part, Source};

/// What a file, or a line of one, says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    /// As the option is called that sets it: `memory`; of one disk with its name: `io-read vda`.
    pub(super) name: String,
    /// In words.
    pub(super) words: String,
    /// As a number, where it is one, and there is a limit.
    pub(super) value: Option<u64>,
    /// Is it another than that of a new group?
    pub(super) is_set: bool,
    /// The file's name.
    pub(super) file: &'static str,
    /// And where it is.
    pub(super) path: PathBuf,
    /// What stands in it, without the line end.
    pub(super) contents: String,
}

/// A limit, and the file for it in each version.
struct Row {
    name: &'static str,
    controller: &'static str,
    v1: &'static str,
    v2: &'static str,
    read: fn(&Files<'_>) -> Vec<Value>,
}

/// A file that was read.
struct Files<'f> {
    file: &'static str,
    contents: String,
    part: &'f Part,
    source: &'f dyn Source,
}

impl Files<'_> {
    /// Another file of the same directory.
    fn other(&self, file: &str) -> Option<String> {
        contents(self.part, file, self.source)
    }

    /// The same file of the group above.
    fn above(&self) -> Option<String> {
        let directory = self.part.directory.parent()?.to_owned();
        contents(&Part { directory, ..self.part.clone() }, self.file, self.source)
    }
}

fn contents(part: &Part, file: &str, source: &dyn Source) -> Option<String> {
    let bytes = source.read(&part.directory, file).ok()?;
    Some(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

const fn row(
    name: &'static str,
    controller: &'static str,
    [v1, v2]: [&'static str; 2],
    read: fn(&Files<'_>) -> Vec<Value>,
) -> Row {
    Row { name, controller, v1, v2, read }
}

/// A version that has no such file has an empty name.
static ROWS: [Row; 27] = [
    row("memory", "memory", ["memory.limit_in_bytes", "memory.max"], read::most),
    row("memory-request", "memory", ["memory.soft_limit_in_bytes", "memory.low"], read::request),
    row("memory-min", "memory", ["", "memory.min"], read::least),
    row("memory-high", "memory", ["", "memory.high"], read::most),
    row("memory+swap", "memory", ["memory.memsw.limit_in_bytes", ""], read::most),
    row("swap", "memory", ["", "memory.swap.max"], read::most),
    row("cpu", "cpu", ["cpu.cfs_quota_us", "cpu.max"], read::cpu),
    row("cpu-weight", "cpu", ["cpu.shares", "cpu.weight"], read::weight),
    row("cpu-idle", "cpu", ["cpu.idle", "cpu.idle"], read::idle),
    row("cpuset", "cpuset", ["cpuset.cpus", "cpuset.cpus"], read::list),
    row("cpuset-mems", "cpuset", ["cpuset.mems", "cpuset.mems"], read::list),
    row("pids", "pids", ["pids.max", "pids.max"], read::count),
    row("io-read", "blkio", ["blkio.throttle.read_bps_device", ""], read::rates),
    row("io-write", "blkio", ["blkio.throttle.write_bps_device", ""], read::rates),
    row("io-read-iops", "blkio", ["blkio.throttle.read_iops_device", ""], read::requests),
    row("io-write-iops", "blkio", ["blkio.throttle.write_iops_device", ""], read::requests),
    row("io", "io", ["", "io.max"], read::io),
    row("io-weight", "blkio", ["blkio.bfq.weight", "io.weight"], read::io_weight),
    row("io-weight", "io", ["", "io.bfq.weight"], read::io_weight),
    row("device", "devices", ["devices.list", ""], read::devices),
    row("net-class", "net_cls", ["net_cls.classid", ""], read::class),
    row("net-priority", "net_prio", ["net_prio.ifpriomap", ""], read::priorities),
    row("hugetlb-2M", "hugetlb", ["hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.max"], read::most),
    row("hugetlb-1G", "hugetlb", ["hugetlb.1GB.limit_in_bytes", "hugetlb.1GB.max"], read::most),
    row("rdma", "rdma", ["rdma.max", "rdma.max"], read::lines),
    row("groups", "", ["", "cgroup.max.descendants"], read::count),
    row("depth", "", ["", "cgroup.max.depth"], read::count),
];

/// All limits for which the group has files, set or not.
pub(super) fn limits(parts: &[Part], source: &dyn Source) -> Vec<Limit> {
    ROWS.iter().flat_map(|row| of(row, parts, source)).collect()
}

/// Those of one row: of the version that has the controller.
fn of(row: &Row, parts: &[Part], source: &dyn Source) -> Vec<Limit> {
    let file = |part: &Part| match part.version {
        Version::V1 => row.v1,
        Version::V2 => row.v2,
    };
    let has = |part: &&Part| {
        let has = part.controllers.iter().any(|name| name == row.controller);
        !file(part).is_empty() && (has || part.version == Version::V2)
    };
    let mut found =
        parts.iter().filter(has).filter_map(|part| Some((part, contents(part, file(part), source)?)));
    let Some((part, contents)) = found.next() else { return Vec::new() };
    let files = Files { file: file(part), contents, part, source };
    let limit = |value: Value| Limit {
        name: value.name.map_or_else(|| row.name.to_owned(), |more| format!("{}{more}", row.name)),
        words: value.words,
        value: value.number,
        is_set: value.is_set,
        file: files.file,
        path: part.directory.join(files.file),
        contents: value.line.unwrap_or_else(|| files.contents.clone()),
    };
    (row.read)(&files).into_iter().map(limit).collect()
}

#[cfg(test)]
mod tests;

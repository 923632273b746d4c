//! Which limit binds: a group's own, or that of a group above it.

use super::part::Files;
use super::{Part, Source, memory, text, words};
use crate::Version;
use serde::{Serialize, Serializer};
use std::cmp::Ordering;
use std::path::{Path, PathBuf};

/// How much CPU time a group gets in each period. Compared by what it comes to: 50 in 100 is as much as 100 in 200.
#[derive(Clone, Copy, Debug)]
pub struct CpuLimit {
    /// The time, in µs.
    pub quota_usec: u64,
    /// The period, in µs; not 0.
    pub period_usec: u64,
}

impl CpuLimit {
    /// In per cent of one CPU.
    pub fn percent(self) -> f64 {
        super::cpu::percent(self.quota_usec, self.period_usec)
    }

    /// The limit of a group: `cpu.max`, or version 1's two files, where a negative quota is none.
    pub(super) fn of(files: Files<'_>) -> Option<Self> {
        let (quota, period) = match files.part.version {
            Version::V1 => (files.number("cpu.cfs_quota_us")?, files.number("cpu.cfs_period_us")?),
            Version::V2 => {
                let text = files.read("cpu.max")?;
                let (quota, period) = text.trim().split_once(' ')?;
                (text::number(quota)?, text::number(period)?)
            }
        };
        (period > 0).then_some(CpuLimit { quota_usec: quota, period_usec: period })
    }
}

impl Ord for CpuLimit {
    fn cmp(&self, other: &Self) -> Ordering {
        let crossed = |one: &Self, other: &Self| u128::from(one.quota_usec) * u128::from(other.period_usec);
        crossed(self, other).cmp(&crossed(other, self))
    }
}

impl PartialOrd for CpuLimit {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for CpuLimit {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for CpuLimit {}

/// The limit that binds a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bound<T> {
    /// Whose it is, from the root of the hierarchy that is seen here; `None` when the group is above that, out of sight.
    #[serde(serialize_with = "path")]
    pub group: Option<PathBuf>,
    /// Is it the group's own?
    pub is_own: bool,
    /// The limit.
    pub limit: T,
    /// The group's own, which may be larger, or none.
    pub own: Option<T>,
}

impl<T: Ord + Clone> Bound<T> {
    /// Of the groups from the root to the one that is asked about, each with its limit: the smallest limit binds, of equal ones that
    /// of the nearest. `None` when there is no limit.
    pub fn nearest(levels: Vec<(Option<PathBuf>, Option<T>)>) -> Option<Self> {
        let last = levels.len().checked_sub(1)?;
        let own = levels[last].1.clone();
        let limits =
            levels.into_iter().enumerate().filter_map(|(at, (group, limit))| Some((at, group, limit?)));
        let (at, group, limit) = limits.rev().min_by(|(.., one), (.., other)| one.cmp(other))?;
        Some(Bound { group, is_own: at == last, limit, own })
    }
}

impl<T> Bound<T> {
    /// `200M`, or `bound by /a: 200M, not by its own 500M`.
    pub fn words(&self, limit: impl Fn(&T) -> String) -> String {
        if self.is_own {
            return limit(&self.limit);
        }
        let group = self.group.as_ref().map(|group| group.display().to_string());
        let group = group.unwrap_or_else(|| "a group above what is seen here".to_owned());
        let own = self.own.as_ref().map(|own| format!(", not by its own {}", limit(own)));
        format!("bound by {group}: {}{}", limit(&self.limit), own.unwrap_or_default())
    }
}

/// The limits that bind a group. `None` is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Bounds {
    /// Bytes of memory.
    pub memory_bytes: Option<Bound<u64>>,
    /// CPU time.
    pub cpu: Option<Bound<CpuLimit>>,
    /// Processes and threads.
    pub pids: Option<Bound<u64>>,
    /// The CPUs that are left to it, in the form of the kernel's lists; its own is what was asked for.
    pub cpus: Option<Bound<String>>,
}

impl Bounds {
    /// Of a group, by its directories and the mount points above them.
    pub fn of(parts: &[(Part, PathBuf)], source: &dyn Source) -> Bounds {
        let chain = |controller: &str| Chain::of(parts, controller, source);
        Bounds {
            memory_bytes: chain("memory").and_then(|chain| Bound::nearest(chain.memory())),
            cpu: chain("cpu").and_then(|chain| Bound::nearest(chain.levels(CpuLimit::of))),
            pids: chain("pids")
                .and_then(|chain| Bound::nearest(chain.levels(|files| files.number("pids.max")))),
            cpus: chain("cpuset").and_then(|chain| chain.cpus()),
        }
    }

    /// A line for each limit that is another group's: what a group's own files do not show.
    pub fn words(&self) -> Vec<String> {
        fn line<T>(name: &str, bound: Option<&Bound<T>>, limit: impl Fn(&T) -> String) -> Option<String> {
            bound.filter(|bound| !bound.is_own).map(|bound| format!("{name}: {}", bound.words(limit)))
        }
        let lines = [
            line("memory", self.memory_bytes.as_ref(), |bytes| words::size(*bytes)),
            line("cpu", self.cpu.as_ref(), |limit| words::percent(limit.percent())),
            line("pids", self.pids.as_ref(), u64::to_string),
            line("cpus", self.cpus.as_ref(), String::clone),
        ];
        lines.into_iter().flatten().collect()
    }
}

/// A group and all above it in the hierarchy of one controller, from the mount point on.
pub(super) struct Chain<'s> {
    parts: Vec<(PathBuf, Part)>,
    source: &'s dyn Source,
}

impl<'s> Chain<'s> {
    pub(super) fn of(parts: &[(Part, PathBuf)], controller: &str, source: &'s dyn Source) -> Option<Self> {
        let has = |part: &Part| part.controllers.iter().any(|name| name == controller);
        let version1 = parts.iter().find(|(part, _)| part.version == Version::V1 && has(part));
        let version2 = || parts.iter().find(|(part, _)| part.version == Version::V2);
        let (part, point) = version1.or_else(version2)?;
        let below = part.directory.strip_prefix(point).ok()?;
        let mut above: Vec<&Path> = below.ancestors().collect();
        above.reverse();
        let level = |group: &Path| {
            let directory = if group.as_os_str().is_empty() { point.clone() } else { point.join(group) };
            (Path::new("/").join(group), Part { directory, ..part.clone() })
        };
        Some(Chain { parts: above.into_iter().map(level).collect(), source })
    }

    pub(super) fn files(&self) -> impl Iterator<Item = (&PathBuf, Files<'_>)> {
        self.parts.iter().map(|(group, part)| (group, Files { part, source: self.source }))
    }

    fn levels<T>(&self, limit: impl Fn(Files<'_>) -> Option<T>) -> Vec<(Option<PathBuf>, Option<T>)> {
        self.files().map(|(group, files)| (Some(group.clone()), limit(files))).collect()
    }

    /// Version 1 tells the smallest limit of all groups above, also of those that the mount does not show.
    fn memory(&self) -> Vec<(Option<PathBuf>, Option<u64>)> {
        let mut levels = self.levels(memory::limit);
        let last = self.files().last().and_then(|(_, files)| files.read("memory.stat"));
        let line = last.as_deref().and_then(|stat| text::value(stat, "hierarchical_memory_limit"));
        levels.insert(0, (None, line.and_then(|limit| text::limit(&limit.to_string()))));
        levels
    }

    /// The topmost group that has left so few CPUs: what is below it has the same.
    fn cpus(&self) -> Option<Bound<String>> {
        let (asked, effective) = match self.parts.first()?.1.version {
            Version::V1 => ("cpuset.cpus", "cpuset.effective_cpus"),
            Version::V2 => ("cpuset.cpus", "cpuset.cpus.effective"),
        };
        let read = |files: Files<'_>, file| files.read(file).map(|text| text.trim().to_owned());
        let last = self.files().count().checked_sub(1)?;
        let (_, own) = self.files().last()?;
        let limit = read(own, effective)?;
        let same = |(_, (_, files)): &(usize, (&PathBuf, Files<'_>))| {
            read(*files, effective).as_ref() == Some(&limit)
        };
        let (at, (group, _)) = self.files().enumerate().find(same)?;
        let own = read(own, asked).filter(|asked| !asked.is_empty());
        (at > 0).then(|| Bound { group: Some(group.clone()), is_own: at == last, limit, own })
    }
}

impl Serialize for CpuLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Json {
            quota_usec: u64,
            period_usec: u64,
            limit_percent: f64,
        }
        let Self { quota_usec, period_usec } = *self;
        Json { quota_usec, period_usec, limit_percent: self.percent() }.serialize(serializer)
    }
}

fn path<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_ref().map(|path| path.to_string_lossy()).serialize(serializer)
}

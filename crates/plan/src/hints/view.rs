//! What the process that could not become the program saw, looked at by the caller.

use super::Site;
use crate::{Op, process};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use xns_core::{Actor, Errno, Facts, NsKind, Seen};
use xns_mnt::root::{Content, Fill};

/// The file system as that process saw it. The caller is in the same mount namespace, but may have another root and
/// another working directory.
pub(super) struct View<'a> {
    facts: &'a Facts,
    /// The root that the caller has to look in, when it is not its own.
    root: Option<&'a Path>,
    /// Where that process was, when it was not where the caller was at first.
    directory: Option<PathBuf>,
    /// Is the caller itself there?
    is_caller: bool,
    /// The directory that became the root, as it was typed.
    new_root: Option<&'a Path>,
    pivots: bool,
    /// What was put into it.
    fills: Vec<&'a Fill>,
    /// The process whose mount namespace was entered; 0 for that of a file.
    entered: Option<u32>,
    /// May what is not found be called missing? Not when something that was mounted is gone by now.
    complete: bool,
    /// Do ids read as at the start?
    same_ids: bool,
}

impl<'a> View<'a> {
    /// `None` when the caller cannot see it.
    pub(super) fn of(site: &Site<'a>, facts: &'a Facts) -> Option<Self> {
        let is_caller = site.failed.actor == Actor::Caller;
        let mut view = View {
            facts,
            root: None,
            directory: None,
            is_caller,
            new_root: None,
            pivots: false,
            fills: Vec::new(),
            entered: None,
            complete: true,
            same_ids: !site.made(NsKind::User),
        };
        for step in site.before {
            match &step.op {
                Op::Mnt(xns_mnt::Op::Chroot(chroot)) => {
                    view.root = (!is_caller).then_some(chroot.0.as_path());
                    view.new_root = Some(&chroot.0);
                    view.directory = Some(PathBuf::from("/"));
                }
                Op::Mnt(xns_mnt::Op::OpenRoot(open)) => view.new_root = Some(&open.0),
                Op::Mnt(xns_mnt::Op::Fill(fill)) => view.fills.push(fill),
                // It moves the root of every process in the mount namespace that has the old one (pivot_root(2)).
                Op::Mnt(xns_mnt::Op::Pivot(_)) => {
                    (view.pivots, view.directory) = (true, Some(PathBuf::from("/")));
                }
                Op::Process(process::Op::Enter(enter))
                    if enter.of_target.union(enter.of_files).contains(NsKind::Mnt) =>
                {
                    (view.entered, view.directory) = (Some(enter.pid), Some(PathBuf::from("/")));
                }
                // Only that process has this root.
                Op::Process(process::Op::UsePlace(process::UsePlace::Root)) if !is_caller => {
                    view.complete = false
                }
                Op::Process(process::Op::ChangeDirectory(change)) => {
                    view.directory = Some(view.directory.unwrap_or_default().join(&change.to));
                }
                _ => {}
            }
        }
        if view.pivots && !is_caller && root_cannot_be_pivoted(facts) {
            return None;
        }
        // Mount points that were made have been removed again, with what was mounted there.
        let complete = view.binds().all(|(at, _)| view.look(at).is_ok());
        view.complete &= complete;
        Some(view)
    }

    /// The file, as it was seen by that process.
    pub(super) fn look(&self, path: &Path) -> Result<Seen, Errno> {
        self.facts.look(self.root, &self.path_here(path))
    }

    /// Was there certainly nothing of this name?
    pub(super) fn is_missing(&self, path: &Path) -> bool {
        self.complete && self.look(path) == Err(Errno::ENOENT)
    }

    /// Where a symbolic link points, if it is one.
    pub(super) fn link(&self, path: &Path) -> Option<PathBuf> {
        let whole = self.path_here(path);
        let reachable = self.root.is_none().then_some(whole.to_str()).flatten()?;
        self.facts.link(reachable).map(|target| OsStr::from_bytes(&target).into())
    }

    /// The path for the caller to look at: from where it is itself it may be relative.
    fn path_here(&self, path: &Path) -> PathBuf {
        if self.is_caller { path.to_owned() } else { self.whole(path) }
    }

    /// The path from that process's working directory.
    fn whole(&self, path: &Path) -> PathBuf {
        match &self.directory {
            // `d/./x` is `d/x`.
            Some(directory) => directory.join(path).components().collect(),
            None => path.to_owned(),
        }
    }

    /// Where the path is for the caller, to be typed.
    pub(super) fn typed(&self, path: &Path) -> PathBuf {
        let whole = self.whole(path);
        let bound = self.binds().find_map(|(at, source)| {
            let below = whole.strip_prefix(at).ok()?;
            Some(if below.as_os_str().is_empty() { source.to_owned() } else { source.join(below) })
        });
        match (bound, self.new_root) {
            (Some(source), _) => source,
            (None, Some(root)) if whole.is_absolute() => root.join(whole.strip_prefix("/").unwrap_or(&whole)),
            _ => whole,
        }
    }

    /// Places in the new root, and what of the host is shown there; the last one first.
    fn binds(&self) -> impl Iterator<Item = (&'a Path, &'a Path)> {
        self.fills.iter().rev().filter_map(|fill| match &fill.content {
            Content::Bind { source, .. } => Some((fill.at.as_path(), source.as_path())),
            _ => None,
        })
    }

    /// Is this directory of the host shown there already, under its own name?
    pub(super) fn shows(&self, dir: &str) -> bool {
        self.binds().any(|(at, source)| at == source && at == Path::new(dir))
    }

    /// A file's permissions in words. In a user namespace of its own most owners have no number.
    pub(super) fn permissions(&self, mode: u32, owner: u32, group: u32) -> String {
        let nobody = self.facts.number("/proc/sys/kernel/overflowuid");
        if !self.same_ids && nobody == Some(owner.into()) {
            return format!("its mode is {mode:04o}, and its owner has no number in the new user namespace");
        }
        format!("its mode is {mode:04o}, its owner uid {owner}, its group gid {group}")
    }

    /// Has the caller's working directory been removed?
    pub(super) fn is_removed(&self) -> bool {
        let link = self.facts.link("/proc/self/cwd");
        self.directory.is_none() && link.is_some_and(|link| link.ends_with(b" (deleted)"))
    }

    pub(super) fn is_new_root(&self) -> bool {
        self.new_root.is_some()
    }

    /// The process whose mount namespace was entered; 0 for that of a file.
    pub(super) fn entered(&self) -> Option<u32> {
        self.entered
    }

    pub(super) fn new_root(&self) -> Option<&'a Path> {
        self.new_root
    }

    pub(super) fn pivots(&self) -> bool {
        self.pivots
    }

    /// " in the new root", where there is one.
    pub(super) fn place(&self) -> &'static str {
        match self.entered {
            _ if self.is_new_root() => " in the new root",
            Some(_) => " in the mount namespace that was entered",
            None => "",
        }
    }

    /// The process's uid, gids and right to pass over permissions, if they can be told.
    pub(super) fn may_execute(&self, seen: &Seen) -> Option<bool> {
        const CAP_DAC_OVERRIDE: u32 = 1;
        if !self.same_ids || self.facts.has_capability("CapEff", CAP_DAC_OVERRIDE)? {
            return None;
        }
        let groups = self.facts.status("Groups")?;
        let in_group = seen.group == self.facts.egid()
            || groups.split_whitespace().any(|group| group.parse() == Ok(seen.group));
        let class = match (seen.owner == self.facts.euid(), in_group) {
            (true, _) => 0o100,
            (false, true) => 0o010,
            (false, false) => 0o001,
        };
        Some(seen.mode & class != 0)
    }
}

/// An initramfs is left by chroot(2), which moves no other process.
fn root_cannot_be_pivoted(facts: &Facts) -> bool {
    let mounts = facts.mounts().unwrap_or_default();
    mounts.iter().any(|mount| mount.point == Path::new("/") && mount.fs_type == b"rootfs")
}

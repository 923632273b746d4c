//! What a test makes, and its traces: a directory of its own, the processes its commands leave, mounts.

use crate::{Cmd, ORDINARY_UID, bin, is_root};
use std::ffi::OsStr;
use std::os::unix::fs::{PermissionsExt, lchown};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The environment variable that every process of a scene inherits.
const MARK: &str = "XNS_TEST_SCENE";

/// A directory of the test's own, and commands that run in it. Dropping it ends their processes, unmounts what lies below
/// the directory, and removes it: also when the test fails.
pub struct Scene {
    dir: TempDir,
    mark: String,
}

impl Scene {
    /// A new one; the directory may be read by all.
    #[allow(clippy::new_without_default, reason = "it makes a directory")]
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let dir = tempfile::Builder::new().prefix("xns-test-").tempdir().unwrap();
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let mark = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Scene { dir, mark }
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// A path in the directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    /// Makes a file, and the directories above it.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Makes a directory, and those above it.
    pub fn subdir(&self, name: &str) -> PathBuf {
        std::fs::create_dir_all(self.path(name)).unwrap();
        self.path(name)
    }

    /// A program of this scene, run in its directory.
    pub fn cmd(&self, program: impl AsRef<OsStr>) -> Cmd {
        Cmd::new(program).env(MARK, &self.mark).dir(self.dir())
    }

    /// `xunshare`, in this scene.
    pub fn xunshare(&self) -> Cmd {
        self.cmd(bin("xunshare"))
    }

    /// A shell script; `$X` is `xunshare`. The first failing command ends it.
    pub fn sh(&self, script: &str) -> Cmd {
        self.cmd("sh").args(["-ec", script, "sh"]).env("X", bin("xunshare"))
    }

    /// The same in a mount namespace that only the script sees (root).
    pub fn private_sh(&self, script: &str) -> Cmd {
        self.cmd("unshare").args(["-m", "sh", "-ec", script, "sh"]).env("X", bin("xunshare"))
    }

    /// Gives everything in it to the ordinary user.
    pub fn hand_over(&self) {
        if is_root() {
            visit(self.dir(), &mut |path| lchown(path, Some(ORDINARY_UID), Some(ORDINARY_UID)).unwrap());
        }
    }

    /// A root directory with busybox in it, under the names of its commands, and empty `proc`, `dev`, `tmp`.
    pub fn busybox_root(&self, name: &str) -> PathBuf {
        const COMMANDS: &str =
            "sh ls cat echo readlink sleep mount umount id touch stat hostname kill ps true test mkdir wc";
        let root = self.path(name);
        let script = format!(
            "mkdir -p bin proc dev tmp; cp \"$(command -v busybox)\" bin/busybox; \
             for c in {COMMANDS}; do ln -s busybox bin/$c; done"
        );
        self.subdir(name);
        // By another process: a file that this one had just written could still be open in a child of another test.
        self.sh(&script).dir(&root).run().out();
        root
    }

    /// Every path in the directory, with its kind: to be compared before and after.
    pub fn listing(&self) -> Vec<String> {
        let mut found = Vec::new();
        visit(self.dir(), &mut |path| {
            let meta = std::fs::symlink_metadata(path).unwrap();
            found.push(format!("{} {:?} {}", path.display(), meta.file_type(), meta.len()));
        });
        found.sort();
        found
    }

    /// The processes that still run, of all that were started in this scene.
    pub fn processes(&self) -> Vec<u32> {
        let entry = format!("{MARK}={}", self.mark);
        let ours = |pid: &u32| {
            let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|word| word == entry.as_bytes())
        };
        all_pids().into_iter().filter(ours).collect()
    }

    /// Mount points below the directory, in this mount namespace.
    pub fn mounts(&self) -> Vec<PathBuf> {
        let text = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
        let points = text.lines().filter_map(|line| line.split(' ').nth(4)).map(PathBuf::from);
        points.filter(|point| point.starts_with(self.dir())).collect()
    }

    /// Fails the test unless all processes have ended, nothing is mounted, and the directory is as it was.
    #[track_caller]
    pub fn clean(&self, before: &[String]) {
        wait_for("the end of every process", || self.processes().is_empty());
        assert_eq!(self.mounts(), Vec::<PathBuf>::new());
        assert_eq!(self.listing(), before);
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        for pid in self.processes() {
            send(pid, nix::sys::signal::Signal::SIGKILL);
        }
        for point in self.mounts().iter().rev() {
            let _ = nix::mount::umount2(point, nix::mount::MntFlags::MNT_DETACH);
        }
    }
}

fn visit(dir: &Path, act: &mut dyn FnMut(&Path)) {
    act(dir);
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.symlink_metadata().unwrap().is_dir() { visit(&path, act) } else { act(&path) }
    }
}

fn all_pids() -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").unwrap();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

/// The children of a process.
pub fn children(pid: u32) -> Vec<u32> {
    let parent = |pid: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse::<u32>().ok()
    };
    all_pids().into_iter().filter(|child| parent(child) == Some(pid)).collect()
}

/// `KIND:[NUMBER]`, the id of a process's namespace, as `readlink /proc/PID/ns/KIND` says.
pub fn ns(pid: u32, kind: &str) -> String {
    let link = std::fs::read_link(format!("/proc/{pid}/ns/{kind}"));
    link.unwrap_or_else(|e| panic!("{kind} namespace of {pid}: {e}")).display().to_string()
}

/// Does an exec enter the time namespace that was unshared? Before Linux 6.2 only children are in it.
pub fn exec_enters_time() -> bool {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut numbers = release.split(['.', '-']).map(|number| number.parse().unwrap_or(0));
    (numbers.next(), numbers.next()) >= (Some(6), Some(2))
}

/// Sends a signal; a process that is gone is no failure.
pub fn send(pid: u32, signal: nix::sys::signal::Signal) {
    let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid.cast_signed()), signal);
}

/// Waits until it is so; fails the test after a minute.
#[track_caller]
pub fn wait_for(what: &str, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

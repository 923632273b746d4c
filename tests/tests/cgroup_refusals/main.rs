//! What cgroupfs refuses: each cause provoked in groups of the test's own, by an operation of the crate xns-cgroup, and the id of the
//! hint. Where the cure is a line of a shell, it is typed, and cures.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod both;
mod one;
mod two;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use xns_tests::{Done, ORDINARY_UID, Running, Scene, bin};

/// Does one thing to a group, and tells the hint.
const HELPER: &str = env!("CARGO_BIN_EXE_try-group");

/// A group of the test's own. Dropping it removes it, with those below; what is in them has to have ended, or to end soon.
struct Group(PathBuf);

impl Group {
    fn make(root: &Path) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = root.join(format!("xns-refused-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Group(path)
    }

    /// A group below it.
    fn below(&self, name: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir(&path).unwrap();
        path
    }

    #[track_caller]
    fn write(&self, file: &str, value: &str) {
        write(&self.0.join(file), value);
    }

    /// An ordinary user's from now on: what processes and groups are arranged by.
    fn give_away(&self) {
        for name in ["", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads", "tasks"] {
            let path = if name.is_empty() { self.0.clone() } else { self.0.join(name) };
            if path.exists() {
                std::os::unix::fs::chown(&path, Some(ORDINARY_UID), None).unwrap();
            }
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for _ in 0..200 {
            remove(&self.0);
            if !self.0.exists() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Depth first.
fn remove(path: &Path) {
    let Ok(entries) = std::fs::read_dir(path) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_type().is_ok_and(|file| file.is_dir())) {
        remove(&entry.path());
    }
    let _ = std::fs::remove_dir(path);
}

#[track_caller]
fn write(file: &Path, value: &str) {
    std::fs::write(file, value).unwrap_or_else(|error| panic!("{value} > {}: {error}", file.display()));
}

/// An operation on a group.
struct Try<'s> {
    scene: &'s Scene,
    ordinary: bool,
}

impl<'s> Try<'s> {
    fn root(scene: &'s Scene) -> Self {
        Try { scene, ordinary: false }
    }

    fn ordinary(scene: &'s Scene) -> Self {
        Try { scene, ordinary: true }
    }

    /// Where the other user can reach it.
    fn program(&self) -> PathBuf {
        let copy = self.scene.path("try-group");
        if self.ordinary && !copy.exists() {
            xns_tests::copy_program(HELPER, &copy);
        }
        if self.ordinary { copy } else { PathBuf::from(HELPER) }
    }

    #[track_caller]
    fn run(&self, deed: &str, group: &Path, words: &[&str]) -> Done {
        let cmd = self.scene.cmd(self.program());
        let cmd = if self.ordinary { cmd.ordinary() } else { cmd };
        let done = cmd.args([deed]).args([group]).args(words).run();
        assert!(done.ok(), "{done:?}");
        done
    }

    /// It is refused, with this hint.
    #[track_caller]
    fn refused(&self, deed: &str, group: &Path, words: &[&str], id: &str) -> Told {
        let done = self.run(deed, group, words);
        let told = Told(done.stdout);
        assert!(
            told.0.contains(&format!("\nhint[{id}]: ")),
            "{deed} {} {words:?}: {told:?}",
            group.display()
        );
        told
    }

    /// It is refused, with this hint; the first cure is typed, and then it is done.
    #[track_caller]
    /// A cure, typed; our tools are found.
    fn typed(&self, cure: &str) -> Done {
        let tool = bin("xcgroup");
        let path = format!("{}:{}", tool.parent().unwrap().display(), std::env::var("PATH").unwrap());
        self.scene.cmd("sh").env("PATH", path).args(["-ec", cure]).run()
    }

    fn cured(&self, deed: &str, group: &Path, words: &[&str], id: &str) {
        let told = self.refused(deed, group, words, id);
        let typed = self.typed(told.cures()[0]);
        assert!(typed.ok(), "{told:?}: {typed:?}");
        let again = self.run(deed, group, words);
        assert_eq!(again.stdout, "done\n", "{told:?}");
    }
}

/// What was printed.
#[derive(Debug)]
struct Told(String);

impl Told {
    fn lines<'a>(&'a self, start: &'a str) -> Vec<&'a str> {
        self.0.lines().filter_map(|line| line.strip_prefix(start)).collect()
    }

    fn because(&self) -> Vec<&str> {
        self.lines("because: ")
    }

    fn cures(&self) -> Vec<&str> {
        self.lines("try: ")
    }
}

/// A process that waits until it is dropped.
fn waiting(scene: &Scene, before: &[&str]) -> Running {
    let words = [before, &["sh", "-c", "echo ready; read line"]].concat();
    let mut running = scene.cmd(words[0]).args(&words[1..]).start();
    assert_eq!(running.line(), "ready");
    running
}

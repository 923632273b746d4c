//! The same command lines on an original and on ours: same output, same complaints, same status.

use crate::{Done, Need, Scene, bin, need, stay_on_one_cpu};
use std::path::{Path, PathBuf};

/// Does the installed tool do what ours does?
#[derive(Clone, Copy, Debug)]
pub enum Known {
    /// It does.
    Same,
    /// From 2.MINOR on; what it did before.
    Since(u32, &'static str),
    /// It does not, and why.
    Differs(&'static str),
}

/// One command line.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// A shell script in which `$T` is the tool; run in a directory of its own.
    pub script: &'static str,
    /// As the ordinary user, or as root.
    pub ordinary: bool,
    /// What is known.
    pub known: Known,
}

/// A case that root runs.
pub const fn root(script: &'static str) -> Case {
    Case { script, ordinary: false, known: Known::Same }
}

/// A case that the ordinary user runs.
pub const fn ordinary(script: &'static str) -> Case {
    Case { script, ordinary: true, known: Known::Same }
}

/// The case, of which this is known.
pub const fn known(case: Case, known: Known) -> Case {
    Case { known, ..case }
}

/// A tool of util-linux, and ours that is linked to its name.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    /// The original's name, which both are called by.
    pub original: &'static str,
    /// Ours.
    pub ours: &'static str,
    /// Makes the files of the scene.
    pub files: fn(&Scene),
    /// What root's shell does before the case, in a mount namespace that only it and the case see.
    pub before: fn(&Case) -> String,
}

/// What a case came to: status, signal, output, complaints.
pub type Outcome = (Option<i32>, Option<i32>, String, String);

impl Pair {
    /// Fails the test unless every case does on both what is known of it.
    #[track_caller]
    pub fn compare(&self, test: &str, cases: &[Case]) {
        if !self.can_run(test) {
            return;
        }
        let version = self.installed();
        let wrong: Vec<_> = cases.iter().filter_map(|case| self.judge(case, version)).collect();
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    }

    /// Is here what the cases need?
    #[must_use]
    pub fn can_run(&self, test: &str) -> bool {
        let needs =
            [Need::Root, Need::Original(self.original), Need::Program("busybox"), Need::UserNamespaces];
        let can = need(test, &needs);
        if can {
            // Linux 6.18 numbers namespaces in a batch for each CPU and takes the number for the age: a mount namespace
            // that seems older than the one it is pinned in is refused (EINVAL), now and then, to both.
            stay_on_one_cpu();
        }
        can
    }

    /// Runs a case with ours.
    pub fn ours(&self, case: &Case) -> Outcome {
        self.run(case, &bin(self.ours))
    }

    /// Runs a case with this tool. Paths and numbers of processes are made the same.
    fn run(&self, case: &Case, tool: &Path) -> Outcome {
        let scene = Scene::new();
        scene.busybox_root("root");
        scene.subdir("work");
        let called = scene.subdir("tool").join(self.original);
        std::os::unix::fs::symlink(tool, &called).unwrap();
        (self.files)(&scene);
        scene.hand_over();
        scene.file("case", case.script);
        let user = if case.ordinary { "setpriv --reuid=54321 --regid=54321 --clear-groups" } else { "" };
        let script = format!("{}\ncd work\nexec {user} sh ../case", (self.before)(case));
        let mut command =
            scene.private_sh(&script).env("T", &called).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command.std().env_remove("SHELL");
        let Done { status, signal, stdout, stderr } = command.run();
        let same = |text: String| {
            let text = text.replace(called.to_str().unwrap(), "TOOL");
            without_pids(&text.replace(scene.dir().to_str().unwrap(), "SCENE"))
        };
        (status, signal, same(stdout), same(stderr))
    }

    /// What is wrong with the case, if anything is.
    fn judge(&self, case: &Case, version: (u32, u32)) -> Option<String> {
        judge(case, version, &self.ours(case), &self.run(case, &which(self.original)))
    }

    /// The installed version: (2, 38).
    fn installed(&self) -> (u32, u32) {
        let version = Scene::new().cmd(self.original).args(["--version"]).run();
        let word = version.out().split_whitespace().nth(3).unwrap().to_owned();
        let mut numbers = word.split(['.', '-']).map(|number| number.parse().unwrap_or(0));
        (numbers.next().unwrap(), numbers.next().unwrap())
    }
}

/// What is wrong with what came of the case on ours and on the original of this version, if anything is.
#[must_use]
pub fn judge(case: &Case, version: (u32, u32), ours: &Outcome, theirs: &Outcome) -> Option<String> {
    let same = ours == theirs;
    let both = || format!("{}\n    ours:   {ours:?}\n    theirs: {theirs:?}", case.script);
    match case.known {
        Known::Same if same => None,
        Known::Same => Some(both()),
        Known::Since(minor, _) if version >= (2, minor) => (!same).then(both),
        // An older one differs as said, or the case's version is wrong.
        Known::Since(_, why) | Known::Differs(why) => {
            same.then(|| format!("{}\n    no longer differs: {why}", case.script))
        }
    }
}

/// Where the program is that PATH finds.
#[must_use]
pub fn which(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file()).unwrap()
}

fn without_pids(text: &str) -> String {
    let mut parts = text.split("/proc/").map(str::to_owned).collect::<Vec<_>>();
    for part in &mut parts[1..] {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        *part = if rest.len() < part.len() { format!("N{rest}") } else { part.clone() };
    }
    parts.join("/proc/")
}

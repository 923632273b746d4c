//! Running a program to its end, with what it printed.

use crate::need::{ORDINARY_UID, is_root};
use std::ffi::OsStr;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a program may take: far longer than any does, so that a hang becomes a failure.
const PATIENCE: Duration = Duration::from_secs(60);

/// One of our binaries: from `XNS_BIN_DIR`, which `cargo xtask test` sets, else where `make` builds them.
pub fn bin(name: &str) -> PathBuf {
    let dir = std::env::var_os("XNS_BIN_DIR").map_or_else(
        || {
            let target = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target");
            let dirs =
                ["x86_64-unknown-linux-musl/release", "x86_64-unknown-linux-musl/debug", "release", "debug"];
            let newest = |dir: &PathBuf| std::fs::metadata(dir.join(name)).and_then(|m| m.modified()).ok();
            dirs.map(|dir| target.join(dir)).into_iter().max_by_key(newest).unwrap()
        },
        PathBuf::from,
    );
    let path = dir.join(name);
    assert!(path.is_file(), "{} is not built: run make", path.display());
    path.canonicalize().unwrap()
}

/// `xunshare`, ours.
pub fn xunshare() -> Cmd {
    Cmd::new(bin("xunshare"))
}

/// util-linux's tool of this name.
pub fn original(name: &str) -> Cmd {
    Cmd::new(name)
}

/// A program to be run.
pub struct Cmd {
    command: Command,
    input: Option<Vec<u8>>,
}

/// What came of it.
#[derive(Debug)]
pub struct Done {
    /// The exit status; `None` when a signal killed it.
    pub status: Option<i32>,
    /// The signal that killed it.
    pub signal: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained.
    pub stderr: String,
}

impl Cmd {
    /// A program without arguments; its standard input is `/dev/null`, hints are off, the locale is C.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.env("LC_ALL", "C").env_remove("XNS_HINTS");
        Cmd { command, input: None }
    }

    /// More arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    /// Arguments in one string, split at blanks.
    #[must_use]
    pub fn words(self, words: &str) -> Self {
        self.args(words.split_whitespace())
    }

    /// An environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// The working directory.
    #[must_use]
    pub fn dir(mut self, dir: impl AsRef<std::path::Path>) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// As an ordinary user: root becomes [`ORDINARY_UID`], anybody else stays.
    #[must_use]
    pub fn ordinary(mut self) -> Self {
        if is_root() {
            self.command.uid(ORDINARY_UID).gid(ORDINARY_UID);
        }
        self
    }

    /// What it reads.
    #[must_use]
    pub fn input(mut self, text: &str) -> Self {
        self.input = Some(text.as_bytes().to_vec());
        self
    }

    /// The command as std has it, for what is not here.
    pub fn std(&mut self) -> &mut Command {
        &mut self.command
    }

    /// Runs it to its end.
    pub fn run(mut self) -> Done {
        let stdin = if self.input.is_some() { Stdio::piped() } else { Stdio::null() };
        self.command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child =
            self.command.spawn().unwrap_or_else(|e| panic!("{:?}: {e}", self.command.get_program()));
        if let (Some(text), Some(mut pipe)) = (self.input, child.stdin.take()) {
            let _ = std::io::Write::write_all(&mut pipe, &text);
        }
        let (pid, start) = (child.id(), Instant::now());
        let watch = std::thread::spawn(move || child.wait_with_output().unwrap());
        while !watch.is_finished() {
            if start.elapsed() > PATIENCE {
                let _ = nix::sys::signal::kill(
                    nix::unistd::Pid::from_raw(pid.cast_signed()),
                    nix::sys::signal::Signal::SIGKILL,
                );
                panic!("{:?} {:?} hangs", self.command.get_program(), self.command.get_args());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let output = watch.join().unwrap();
        Done {
            status: output.status.code(),
            signal: output.status.signal(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Done {
    /// Did it exit with 0?
    pub fn ok(&self) -> bool {
        self.status == Some(0)
    }

    /// What it printed, without the last line end; fails the test unless it exited with 0.
    #[track_caller]
    pub fn out(&self) -> &str {
        assert!(self.ok(), "{self:?}");
        self.stdout.trim_end_matches('\n')
    }

    /// Fails the test unless it ended with this status and complained with this first line.
    #[track_caller]
    pub fn fails(&self, status: i32, first_line: &str) {
        assert_eq!(
            (self.status, self.stderr.lines().next().unwrap_or("")),
            (Some(status), first_line),
            "{self:?}"
        );
    }
}

/// Copies a program that is run then. By another process: a test beside this one that forks would hold the copy open for writing in
/// its child until the exec, and the kernel would refuse to run it (ETXTBSY).
pub fn copy_program(from: impl AsRef<Path>, to: impl AsRef<Path>) {
    let done = Cmd::new("cp").args([from.as_ref(), to.as_ref()]).run();
    assert!(done.ok(), "{done:?}");
}

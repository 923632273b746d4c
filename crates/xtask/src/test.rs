//! `cargo xtask test`: runs every test, those in guests too, and counts. What failed is listed, and what was skipped with its reason; the last line
//! has the counts.

mod guests;
mod output;
mod skips;
mod tally;

use guests::Guests;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;
use std::{env, fs, thread};
use tally::Tally;
use xns_vm::tier;

/// What a caller may have set to be ignored, which every test would inherit: `nohup`, or a shell without job control that
/// starts a command in the background.
const SIGNALS: &str = "--default-signal=HUP,INT,QUIT,PIPE,TERM,CHLD,USR1,USR2,TSTP,TTIN,TTOU";

/// Why the tests did not pass, or could not be run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{what}: {source}")]
    Io { what: &'static str, source: io::Error },
    #[error("`make build` failed: no tools to test")]
    Build,
    /// Said by the counts already.
    #[error("")]
    Counted,
}

/// The arguments for the tests in guests alone: those of every run; all that there are.
const GUESTS: &str = "--guests";
const MATRIX: &str = "--matrix";

/// Runs the tests; `arguments` go to `cargo test`, and with any there are no guests.
pub(crate) fn run(root: &Path, arguments: &[OsString]) -> Result<(), Error> {
    let target = target_dir()?;
    let tools = match env::var_os("XNS_BIN_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => build(root, &target)?,
    };
    println!("testing the tools in {}", tools.display());
    let mut tally = Tally::default();
    let mut skipped = Vec::new();
    let is_matrix = arguments == [MATRIX];
    let only_guests = is_matrix || arguments == [GUESTS];
    let mut success = true;
    if !only_guests {
        let file = SkipFile::create(&target)?;
        let mut cargo = with_default_signals(&env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["test", "--workspace", "--exclude", "xns-bench", "--no-fail-fast"]).args(arguments);
        cargo.current_dir(root).env("CARGO_TARGET_DIR", &target);
        cargo.env("XNS_BIN_DIR", &tools).env("XNS_SKIPPED", &file.0);
        success = here(cargo, &mut tally)?;
        skipped = file.lines();
    }
    if only_guests || arguments.is_empty() {
        let matrix = || tier::matrix(root).map_err(|source| Error::Io { what: "tests/tests", source });
        let sessions = if is_matrix { matrix()? } else { tier::every_run() };
        let mut say = |text: &str| {
            println!("{text}");
            text.lines().for_each(|line| tally.line(line));
        };
        let guests = Guests { root, target: &target, tools: &tools, say: &mut say, skipped: &mut skipped };
        println!("\nguests that panicked at boot: {}", guests.run(&sessions));
    }
    tally.end(&skipped, success);
    print!("\n{tally}");
    if tally.passed() { Ok(()) } else { Err(Error::Counted) }
}

/// Runs `cargo test`; answers whether it succeeded.
fn here(mut cargo: Command, tally: &mut Tally) -> Result<bool, Error> {
    let (reader, output) = io::pipe().map_err(|source| Error::Io { what: "pipe", source })?;
    let failed = |source| Error::Io { what: "cargo test", source };
    // Both in one pipe: cargo's line about a file stands before that file's tests.
    cargo.stdin(Stdio::null()).stdout(output.try_clone().map_err(failed)?).stderr(output);
    let mut child = cargo.spawn().map_err(failed)?;
    // It holds the writing ends of the pipe.
    drop(cargo);
    for line in lines(reader).stream(&mut child) {
        println!("{line}");
        tally.line(&line);
    }
    Ok(child.wait().map_err(failed)?.success())
}

/// This program, by way of coreutils' `env`, which sets signals back to their defaults.
fn with_default_signals(program: &OsStr) -> Command {
    let mut probe = Command::new("env");
    probe.args([SIGNALS, "true"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if !probe.status().is_ok_and(|status| status.success()) {
        println!("env --default-signal does not work here: the tests inherit the signals that are ignored");
        return Command::new(program);
    }
    let mut command = Command::new("env");
    command.arg(SIGNALS).arg(program);
    command
}

/// Where this program was built, so that everything else is, too: `cargo run --target-dir` is not in the environment.
pub(crate) fn target_dir() -> Result<PathBuf, Error> {
    let own = env::current_exe().map_err(|source| Error::Io { what: "current_exe", source })?;
    Ok(own.ancestors().nth(2).unwrap_or(Path::new("target")).to_owned())
}

fn build(root: &Path, target: &Path) -> Result<PathBuf, Error> {
    let mut make = Command::new("make");
    make.args(["--no-print-directory", "build"]).current_dir(root).env("CARGO_TARGET_DIR", target);
    let status = make.status().map_err(|source| Error::Io { what: "make", source })?;
    if status.success() { Ok(target.join("bin")) } else { Err(Error::Build) }
}

/// The file in which tests say that they were skipped; gone with the value.
struct SkipFile(PathBuf);

impl SkipFile {
    fn create(target: &Path) -> Result<Self, Error> {
        let path = target.join(format!("skipped-{}", std::process::id()));
        fs::write(&path, "").map_err(|source| Error::Io { what: "the file of skipped tests", source })?;
        Ok(SkipFile(path))
    }

    fn lines(&self) -> Vec<String> {
        let text = fs::read(&self.0).unwrap_or_default();
        String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
    }
}

impl Drop for SkipFile {
    fn drop(&mut self) {
        // Left behind it does no harm.
        let _ = fs::remove_file(&self.0);
    }
}

/// The lines of a pipe, read by a thread.
struct Lines(Receiver<String>);

fn lines(pipe: io::PipeReader) -> Lines {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            let text = String::from_utf8_lossy(&line).trim_end_matches('\n').to_owned();
            line.clear();
            if sender.send(text).is_err() {
                break;
            }
        }
    });
    Lines(receiver)
}

impl Lines {
    /// To the end of file, or until the child has ended: a process that a test has left must not hold us.
    fn stream<'a>(&'a self, child: &'a mut Child) -> impl Iterator<Item = String> + 'a {
        std::iter::from_fn(move || {
            loop {
                match self.0.recv_timeout(Duration::from_secs(1)) {
                    Ok(line) => return Some(line),
                    Err(RecvTimeoutError::Disconnected) => return None,
                    Err(RecvTimeoutError::Timeout) if matches!(child.try_wait(), Ok(None)) => {}
                    Err(RecvTimeoutError::Timeout) => return None,
                }
            }
        })
    }
}

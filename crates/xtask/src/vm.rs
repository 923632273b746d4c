//! `cargo xtask vm`: one guest, for a command, for tests, or for a terminal (tests/vm/README.md).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lexopt::prelude::*;
use xns_vm::{Event, Guest, Job, Kernel, Layout, Machine, Outcome};

pub(crate) const USAGE: &str = "\
usage: cargo xtask vm [OPTION]… --command SCRIPT
       cargo xtask vm [OPTION]… --test NAME… [-- ARG…]
       cargo xtask vm [OPTION]… --shell

--command SCRIPT   run this in the guest's shell, and exit with its status
--test NAME        run a test target of xns-tests; ARGs are for it, a filter for example
--lessons          run the lessons of the course, as root and as student, in the machine for learning (`make vm`)
--shell            a shell of the guest on this terminal, in the machine for learning (`make vm`)

--kernel SERIES    6.1 (default) or 6.12: Debian's newest cloud kernel of that series
--layout LAYOUT    v2 (default), v1 or hybrid
--bin-dir DIR      where our tools are (default $XNS_BIN_DIR, else what was built last)
--teaching         the machine for learning for a command, too: our tools under the originals' names, manuals, lessons
--with FILE[=PATH] bring a file of the host (default to /root)
--append WORDS     more for the kernel's command line
--limit SECONDS    how long it may take after boot (900; a shell: a day)";

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{USAGE}")]
    Usage,
    #[error("{0}\n{USAGE}")]
    Option(#[from] lexopt::Error),
    #[error(transparent)]
    Vm(#[from] xns_vm::Error),
    #[error("the guest was lost: {reason}\n{console}")]
    Lost { reason: &'static str, console: String },
    /// The job's.
    #[error("")]
    Status(u8),
}

struct Options {
    kernel: String,
    layout: Layout,
    what: What,
    tools: Option<PathBuf>,
    files: Vec<OsString>,
    teaching: bool,
    append: String,
    limit: Option<Duration>,
}

enum What {
    Command(String),
    Tests(Vec<String>, Vec<String>),
    Lessons,
    Shell,
}

impl Options {
    fn read(arguments: &[OsString]) -> Result<Self, Error> {
        let (mut command, mut tests, mut words, mut alone) = (None, Vec::new(), Vec::new(), None);
        let mut options = Options {
            kernel: "6.1".to_owned(),
            layout: Layout::V2,
            what: What::Shell,
            tools: std::env::var_os("XNS_BIN_DIR").map(PathBuf::from),
            files: Vec::new(),
            teaching: false,
            append: String::new(),
            limit: None,
        };
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("kernel") => options.kernel = parser.value()?.string()?,
                Long("layout") => {
                    options.layout = parser.value()?.string()?.parse().map_err(|()| Error::Usage)?
                }
                Long("bin-dir") => options.tools = Some(parser.value()?.into()),
                Long("with") => options.files.push(parser.value()?),
                Long("teaching") => options.teaching = true,
                Long("append") => options.append = parser.value()?.string()?,
                Long("limit") => options.limit = Some(Duration::from_secs(parser.value()?.parse()?)),
                Long("command") => command = Some(parser.value()?.string()?),
                Long("test") => tests.push(parser.value()?.string()?),
                Long("shell") => alone = Some(What::Shell),
                Long("lessons") => alone = Some(What::Lessons),
                Value(word) => words.push(word.string()?),
                _ => return Err(argument.unexpected().into()),
            }
        }
        options.what = match (command, tests.is_empty(), alone) {
            (Some(script), true, None) if words.is_empty() => What::Command(script),
            (None, false, None) => What::Tests(tests, words),
            (None, true, Some(what)) if words.is_empty() => what,
            _ => return Err(Error::Usage),
        };
        Ok(options)
    }
}

/// Runs one guest.
pub(crate) fn run(root: &Path, target: &Path, arguments: &[OsString]) -> Result<(), Error> {
    let options = Options::read(arguments)?;
    if !Kernel::is_cached(&options.kernel, target) {
        eprintln!("xtask: downloading Debian's kernel {}, once", options.kernel);
    }
    let kernel = Kernel::of(&options.kernel, target)?;
    let tools = options.tools.clone().unwrap_or_else(|| newest_tools(target));
    let mut machine = Machine::new(&kernel, options.layout, &tools)?;
    if options.teaching || matches!(options.what, What::Shell | What::Lessons) {
        machine.teaching(root)?;
    }
    for file in &options.files {
        add(&mut machine, file)?;
    }
    match &options.what {
        What::Command(script) => machine.job(Job { name: "command".to_owned(), script: script.clone() }),
        What::Tests(names, words) => {
            machine.tests(&xns_vm::build::tests(root, target, names)?, |_| Some(words.clone()));
        }
        What::Lessons => machine.lessons(),
        What::Shell => machine.on_terminal(),
    }
    let mut guest = Guest::new(&kernel, &machine, target)?;
    guest.append.clone_from(&options.append);
    guest.limit = options.limit.unwrap_or(guest.limit);
    if matches!(options.what, What::Shell) {
        guest.limit = options.limit.unwrap_or(Duration::from_secs(24 * 60 * 60));
        return Ok(guest.on_terminal()?);
    }
    let mut worst = 0;
    let outcome = guest.run(&mut |event| match event {
        Event::Line(line) => println!("{line}"),
        Event::End(status) => worst = worst.max(status),
        Event::Begin(_) | Event::Skipped(_) => {}
    })?;
    if guest.panicked_at_boot > 0 {
        eprintln!("xtask: guests that panicked at boot: {}", guest.panicked_at_boot);
    }
    match outcome {
        Outcome::Done if worst == 0 => Ok(()),
        Outcome::Done => Err(Error::Status(u8::try_from(worst).unwrap_or(1))),
        Outcome::Lost { reason, console } => Err(Error::Lost { reason, console }),
    }
}

fn add(machine: &mut Machine, file: &OsString) -> Result<(), Error> {
    let words = file.to_str().ok_or(Error::Usage)?;
    let (from, to) = words.split_once('=').unwrap_or((words, ""));
    let name = Path::new(from).file_name().unwrap_or_default();
    let to = if to.is_empty() { Path::new("root").join(name) } else { PathBuf::from(to) };
    Ok(machine.copy(to, Path::new(from))?)
}

/// Where `make` or `cargo build --target …-musl` has left the newest of our tools.
fn newest_tools(target: &Path) -> PathBuf {
    let newest = |dir: &PathBuf| {
        let entries = std::fs::read_dir(dir).ok()?.flatten();
        let tools = entries.filter(|entry| {
            entry.file_name().to_str().is_some_and(|name| name.starts_with('x') && !name.contains('.'))
        });
        tools.filter_map(|entry| entry.metadata().ok()?.modified().ok()).max()
    };
    let dirs = ["bin", "x86_64-unknown-linux-musl/release", "x86_64-unknown-linux-musl/debug"];
    dirs.map(|dir| target.join(dir)).into_iter().max_by_key(newest).unwrap_or_default()
}

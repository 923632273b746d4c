//! `cargo xtask`: what is written from the option tables (the files are committed; `check-docs` finds drift), the run of
//! all tests, and the check of who depends on whom.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool, not one of the binaries")]

mod help;
mod hints;
mod layers;
mod limits;
mod man;
mod test;
mod tools;
mod vm;
mod zsh;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use tools::Tool;

const USAGE: &str = "\
usage: cargo xtask TASK

man          write the generated parts of man/*, and the texts of --help
completions  write completions/{bash,zsh,fish}/*
check-docs   fail if one of these files is not as it would be written, or the manual's list of hints is not complete
check-layers fail if a dependency points the wrong way, or a crate could hold unsafe code
test [ARG]…  run all tests and count them; arguments are for `cargo test`; --guests: those in guests alone;
             --matrix: the lessons in guests of each kernel and layout, and every test in one of each kernel
vm [OPTION]… run a command or tests in a guest, on another kernel: `cargo xtask vm` tells more";

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{USAGE}")]
    Usage,
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: the marker lines around a generated part are missing or not in order", path.display())]
    Markers { path: PathBuf },
    #[error("{0} of the generated files differ: run `cargo xtask man` and `cargo xtask completions`")]
    Drift(usize),
    #[error("{0} of the hints are in the sources or in the manual only")]
    Hints(usize),
    #[error(transparent)]
    Layers(#[from] layers::Error),
    #[error(transparent)]
    Test(#[from] test::Error),
    #[error(transparent)]
    Vm(#[from] vm::Error),
}

/// A file and what it should contain.
struct Generated {
    path: PathBuf,
    text: String,
}

fn main() -> ExitCode {
    let args: Vec<_> = env::args_os().skip(1).collect();
    let (task, rest) = args.split_first().map_or((None, &args[..]), |(task, rest)| (task.to_str(), rest));
    let result = match (task, rest) {
        (Some("man"), []) => man_pages().and_then(write).and_then(|()| write(helps())),
        (Some("completions"), []) => write(completions()),
        (Some("check-docs"), []) => check(),
        (Some("check-layers"), []) => layers::check(root()).map_err(Error::from),
        (Some("test"), arguments) => test::run(root(), arguments).map_err(Error::from),
        (Some("vm"), arguments) => guest(arguments),
        _ => Err(Error::Usage),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Error::Test(test::Error::Counted)) => ExitCode::FAILURE,
        Err(Error::Vm(vm::Error::Status(status))) => ExitCode::from(status),
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn guest(arguments: &[std::ffi::OsString]) -> Result<(), Error> {
    Ok(vm::run(root(), &test::target_dir()?, arguments)?)
}

fn man_pages() -> Result<Vec<Generated>, Error> {
    let page = |tool: &Tool| {
        let path = root().join("man").join(format!("{}.{}", tool.name, tool.section));
        let present = read(&path)?;
        match man::page(tool, present.as_deref()) {
            Some(text) => Ok(Generated { path, text }),
            None => Err(Error::Markers { path }),
        }
    };
    tools::all().iter().map(page).collect()
}

/// The texts that the tools have compiled in.
fn helps() -> Vec<Generated> {
    let file = |tool: Tool| Generated {
        path: root().join("bins").join(tool.name).join("src/help.txt"),
        text: tool.help,
    };
    tools::all().into_iter().map(file).collect()
}

fn completions() -> Vec<Generated> {
    let mut files = Vec::new();
    for tool in tools::all() {
        for (file, text) in tool.completions {
            files.push(Generated { path: root().join("completions").join(file), text });
        }
    }
    files
}

fn write(files: Vec<Generated>) -> Result<(), Error> {
    for Generated { path, text } in files {
        let failed = |source| Error::Io { path: path.clone(), source };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(&path, text).map_err(failed)?;
        println!("{}", path.strip_prefix(root()).unwrap_or(&path).display());
    }
    Ok(())
}

fn check() -> Result<(), Error> {
    let mut files = man_pages()?;
    files.append(&mut completions());
    files.append(&mut helps());
    let mut drift = 0;
    for Generated { path, text } in &files {
        let present = read(path)?;
        if present.as_ref() == Some(text) {
            continue;
        }
        drift += 1;
        println!("{}:", path.strip_prefix(root()).unwrap_or(path).display());
        println!("{}", present.map_or("  is missing".to_owned(), |present| first_difference(&present, text)));
    }
    if drift == 0 { check_hints() } else { Err(Error::Drift(drift)) }
}

/// The manuals list every hint.
fn check_hints() -> Result<(), Error> {
    let manuals = man_pages()?.into_iter().map(|page| page.text).collect::<String>();
    let failed = |source| Error::Io { path: root().to_owned(), source };
    let differences = hints::differences(root(), &manuals).map_err(failed)?;
    for line in &differences {
        println!("{line}");
    }
    if differences.is_empty() { Ok(()) } else { Err(Error::Hints(differences.len())) }
}

/// The place where two texts part, and both lines.
fn first_difference(present: &str, wanted: &str) -> String {
    let at = present.lines().zip(wanted.lines()).take_while(|(have, want)| have == want).count();
    let line = |text: &str| text.lines().nth(at).unwrap_or("(end of file)").to_owned();
    format!("  line {}\n  - {}\n  + {}", at + 1, line(present), line(wanted))
}

fn read(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Io { path: path.to_owned(), source }),
    }
}

/// The workspace, two levels above this package.
fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package)
}

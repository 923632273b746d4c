//! `cargo xtask`: what is written from the option tables. The files are committed; `check-docs` finds drift.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool, not one of the binaries")]

mod man;
mod tools;
mod zsh;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use tools::Tool;

const USAGE: &str = "\
usage: cargo xtask TASK

man          write the OPTIONS sections of man/*
completions  write completions/{bash,zsh,fish}/*
check-docs   fail if one of these files is not as it would be written";

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{USAGE}")]
    Usage,
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: the marker lines around the generated part are missing or not in order", path.display())]
    Markers { path: PathBuf },
    #[error("{0} of the generated files differ: run `cargo xtask man` and `cargo xtask completions`")]
    Drift(usize),
}

/// A file and what it should contain.
struct Generated {
    path: PathBuf,
    text: String,
}

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let result = match (args.next().as_deref(), args.next()) {
        (Some("man"), None) => man_pages().and_then(write),
        (Some("completions"), None) => write(completions()),
        (Some("check-docs"), None) => check(),
        _ => Err(Error::Usage),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
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
    if drift == 0 { Ok(()) } else { Err(Error::Drift(drift)) }
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

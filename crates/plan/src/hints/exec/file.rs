//! Why a file that is there is not executed (execve(2)).

use crate::hints::view::View;
use std::path::{Path, PathBuf};
use xns_core::{Errno, Facts, Format, Seen, SeenKind, shell};

/// What is in the way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// What was to be executed.
    program: PathBuf,
    /// The file that is the matter: the program, its interpreter or its loader.
    file: PathBuf,
    matter: Matter,
}

#[derive(Debug, PartialEq, Eq)]
enum Matter {
    /// Not a regular file.
    Kind(SeenKind),
    /// On a mount with noexec.
    Noexec,
    /// No execute permission: for nobody, or not for this process.
    Permission { mode: u32, owner: u32, group: u32 },
    /// The interpreter after `#!` is missing.
    NoInterpreter,
    /// The loader in the ELF header is missing.
    NoLoader,
    /// Neither ELF nor `#!`, and no `/bin/sh` to run it.
    NoShell,
    /// Of another architecture.
    Architecture(u16),
}

/// The shell that runs a file without a format, as execvp(3) has it.
const SHELL: &str = "/bin/sh";

/// How many interpreters may stand for one another (execve(2)).
const MOST_INTERPRETERS: usize = 5;

/// Why `path` was refused with `errno`; `None` when it is not there, or the reason cannot be seen.
pub(super) fn why(path: &Path, errno: Errno, view: &View<'_>) -> Option<Finding> {
    let mut file = path.to_owned();
    for _ in 0..=MOST_INTERPRETERS {
        let seen = view.look(&file).ok()?;
        let finding =
            |file: &Path, matter| Some(Finding { program: path.to_owned(), file: file.to_owned(), matter });
        let (next, missing) = match (&seen.format, errno) {
            (_, Errno::EACCES) if seen.kind != SeenKind::File => {
                return finding(&file, Matter::Kind(seen.kind));
            }
            (_, Errno::EACCES) if seen.noexec => return finding(&file, Matter::Noexec),
            (_, Errno::EACCES) if !permits(&seen, view)? => {
                let Seen { mode, owner, group, .. } = seen;
                return finding(&file, Matter::Permission { mode, owner, group });
            }
            (Format::Elf { machine, .. }, Errno::ENOEXEC | Errno::ELIBBAD) if *machine != native() => {
                return finding(&file, Matter::Architecture(*machine));
            }
            // execvp(3) has /bin/sh run it then; when there is none, its ENOENT is what comes of it.
            (Format::Elf { machine, .. }, Errno::ENOENT) if !may_run(*machine) => {
                return finding(&file, Matter::Architecture(*machine));
            }
            (Format::Script { interpreter }, _) => (PathBuf::from(interpreter), Matter::NoInterpreter),
            (Format::Elf { loader: Some(loader), .. }, _) => (PathBuf::from(loader), Matter::NoLoader),
            (Format::Plain, Errno::ENOENT | Errno::ENOEXEC) => (PathBuf::from(SHELL), Matter::NoShell),
            _ => return None,
        };
        if errno == Errno::ENOENT && view.is_missing(&next) {
            return finding(&next, missing);
        }
        if next == file {
            return None;
        }
        file = next;
    }
    None
}

/// Does its mode let the process execute it? `None` when that cannot be told.
fn permits(seen: &Seen, view: &View<'_>) -> Option<bool> {
    const ANYBODY: u32 = 0o111;
    if seen.mode & ANYBODY == 0 {
        return Some(false);
    }
    Some(view.may_execute(seen).unwrap_or(true))
}

/// `e_machine` of this tool's own architecture.
pub(super) const fn native() -> u16 {
    if cfg!(target_arch = "x86_64") {
        62
    } else if cfg!(target_arch = "aarch64") {
        183
    } else if cfg!(target_arch = "riscv64") {
        243
    } else {
        0
    }
}

/// May a kernel of this architecture run such a program? Some run the older, narrower ones too.
const fn may_run(machine: u16) -> bool {
    machine == native() || (native() == 62 && machine == 3) || (native() == 183 && machine == 40)
}

/// The architecture's name (elf.h, EM_*).
fn architecture(machine: u16) -> String {
    let name = match machine {
        3 => "i386",
        8 => "MIPS",
        20 => "PowerPC",
        21 => "64-bit PowerPC",
        22 => "s390",
        40 => "32-bit ARM",
        62 => "x86-64",
        183 => "64-bit ARM",
        243 => "RISC-V",
        258 => "LoongArch",
        other => return format!("machine {other}"),
    };
    name.to_owned()
}

/// The words for what is no regular file.
fn not_regular(kind: SeenKind, subject: &str, file: &Path) -> (&'static str, String, String) {
    let (id, what) = if kind == SeenKind::Directory {
        ("XNS-E24-directory", "a directory")
    } else {
        ("XNS-E24-no-file", "a device, socket or fifo")
    };
    (id, format!("{subject} is {what}"), format!("stat(2) of {} says so", file.display()))
}

impl Finding {
    /// Id, cause and evidence.
    pub(super) fn words(&self, view: &View<'_>) -> (&'static str, String, String) {
        let (program, file, place) = (self.program.display(), self.file.display(), view.place());
        let subject = if self.file == self.program {
            format!("{file}")
        } else {
            format!("{file}, which is to run {program},")
        };
        match &self.matter {
            Matter::Kind(kind) => not_regular(*kind, &subject, &self.file),
            Matter::Noexec => {
                let cause = format!("{subject} is on a file system from which nothing may be executed");
                ("XNS-E24-noexec", cause, format!("the mount of {file} has noexec (statfs(2))"))
            }
            Matter::Permission { mode, owner, group } => {
                let evidence = view.permissions(*mode, *owner, *group);
                (
                    "XNS-E24-not-executable",
                    format!("you have no permission to execute {subject}").trim_end_matches(',').to_owned(),
                    evidence,
                )
            }
            Matter::NoInterpreter => {
                let cause = if self.has_carriage_return() {
                    format!("{program} exists, but its first line ends as in DOS, with a carriage return")
                } else {
                    format!("{program} exists, but its interpreter {file} does not{place}")
                };
                (
                    "XNS-E24-interpreter",
                    cause,
                    format!("its first line is #!{}", self.file.to_string_lossy().escape_default()),
                )
            }
            Matter::NoLoader => {
                let cause = format!("{program} exists, but its loader {file} does not{place}");
                ("XNS-E24-loader", cause, format!("its ELF header asks for {file} (PT_INTERP)"))
            }
            Matter::NoShell => {
                let cause = format!("{program} exists, but the {SHELL} that is to run it does not{place}");
                (
                    "XNS-E24-no-shell",
                    cause,
                    "it is neither a program for this machine nor starts with #!".to_owned(),
                )
            }
            Matter::Architecture(machine) => {
                let cause = format!(
                    "{subject} is a program for {}; this machine is {}",
                    architecture(*machine),
                    architecture(native())
                );
                ("XNS-E24-architecture", cause, format!("its ELF header has machine {machine}"))
            }
        }
    }

    fn has_carriage_return(&self) -> bool {
        self.file.as_os_str().as_encoded_bytes().ends_with(b"\r")
    }

    /// What to type, with a note.
    pub(super) fn cure(&self, view: &View<'_>, facts: &Facts) -> Option<(String, &'static str)> {
        let typed = |path: &Path| shell::path(view.typed(path));
        Some(match &self.matter {
            Matter::Kind(_) => return None,
            Matter::Noexec => {
                ("copy it to a file system without noexec".to_owned(), "findmnt -T FILE shows the mount")
            }
            Matter::Permission { mode, .. } if mode & 0o111 == 0 => {
                (format!("chmod +x {}", typed(&self.file)), "as its owner, if it is a program")
            }
            Matter::Permission { .. } => (format!("ls -l {}", typed(&self.file)), "shows who may"),
            Matter::NoInterpreter if self.has_carriage_return() => {
                (format!("sed -i 's/\\r$//' {}", typed(&self.program)), "")
            }
            Matter::NoLoader if view.pivots() => hosts_libraries(view, facts),
            Matter::NoInterpreter | Matter::NoShell if view.pivots() => {
                // A directory that the root has would be covered.
                let dir = self.file.parent().filter(|dir| view.is_missing(dir));
                let shown = dir.unwrap_or(&self.file).display();
                let pair = format!("{shown}:{shown}");
                let command = facts.command_with(&[], &["--bind-ro", &pair]);
                (command, "shows the host's there; its libraries may lie elsewhere (ldd)")
            }
            Matter::NoLoader => no_libraries(),
            Matter::NoInterpreter => ("install the interpreter, or mend the line".to_owned(), ""),
            Matter::NoShell => return None,
            Matter::Architecture(_) => (
                "sudo apt install qemu-user-static".to_owned(),
                "Debian, Ubuntu: runs programs of other machines",
            ),
        })
    }
}

/// The cure for a missing loader in a root that is filled: what to type, with a note.
pub(super) fn hosts_libraries(view: &View<'_>, facts: &Facts) -> (String, &'static str) {
    // A link leads into what is shown already, or will be.
    let missing = |dir: &&str| !view.shows(dir) && view.link(Path::new(dir)).is_none();
    let missing: Vec<_> = ["/usr", "/lib", "/lib64"].into_iter().filter(missing).collect();
    if missing.is_empty() {
        return no_libraries();
    }
    let dirs: Vec<_> =
        missing.into_iter().flat_map(|dir| ["--bind-ro".to_owned(), format!("{dir}:{dir}")]).collect();
    let note = "shows the host's loader and libraries there, where they lie on most machines (ldd)";
    (facts.command_with(&[], &dirs), note)
}

/// The cure in any other root.
pub(super) fn no_libraries() -> (String, &'static str) {
    ("copy the loader and the libraries there, or take a static program".to_owned(), "ldd FILE lists them")
}

//! What can be wrong with a command line, in the original's words where it has some.

use super::Only;
use crate::container::ContainerError;
use std::ffi::OsString;
use thiserror::Error;
use xns_cli::Diagnostic;
use xns_cli::options::UsageError;
use xns_core::{Errno, Facts, Hint, NsKind};
use xns_tool::{Asks, BadWord, Refusal};
use xns_user::idmap::IdError;

/// Why the command line is not taken, or what it asks for instead of a run.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum CliError {
    #[error("help asked for")]
    Help,
    #[error("version asked for")]
    Version,
    #[error(transparent)]
    Usage(#[from] UsageError),
    #[error(transparent)]
    Id(#[from] IdError),
    #[error(transparent)]
    BadWord(#[from] BadWord),
    #[error("failed to parse pid: '{}'", .0.display())]
    Pid(OsString),
    #[error("failed to parse pid: '{}'", .0.display())]
    PidRange(OsString),
    #[error("'{}' is no name of a network namespace or container", .0.display())]
    BadName(OsString),
    #[error("failed to parse namespace id: '{}'", .0.display())]
    NamespaceId(OsString),
    #[error("failed to parse file descriptor: '{}'", .0.display())]
    Descriptor(OsString),
    #[error("'{}' is no namespace", .0.display())]
    NoNamespace(OsString),
    #[error("{}", only_one(only, *kind, *wanted))]
    OnlyOne { only: Only, kind: NsKind, wanted: Option<NsKind> },
    #[error(transparent)]
    Container(#[from] ContainerError),
    #[error("the --target option may be given only once")]
    TargetTwice,
    #[error("options --wd and --wdns cannot be combined")]
    TwoDirectories,
    #[error("--mount-proc needs a PID namespace, and a child in it")]
    MountProc,
    #[error("no target PID specified for --all")]
    AllWithoutTarget,
    #[error("neither filename nor target pid supplied for {0}")]
    NoTarget(String),
    #[error("no namespace specified")]
    Nothing,
}

fn only_one(only: &Only, kind: NsKind, wanted: Option<NsKind>) -> String {
    let (typed, word) = (only.typed.display(), kind.word());
    match wanted {
        Some(wanted) => format!("{typed} is a {word} namespace: ns/{wanted} is that of a process"),
        None => format!("{typed} is a {word} namespace: --all needs a process"),
    }
}

impl Refusal for CliError {
    fn asks(&self) -> Option<Asks> {
        match self {
            CliError::Help => Some(Asks::Help),
            CliError::Version => Some(Asks::Version),
            _ => None,
        }
    }

    fn hint(&self, facts: &Facts) -> Option<Hint> {
        const NO_WORDS: &[&str] = &[];
        Some(match self {
            CliError::PidRange(word) if word == "0" => Hint::new(
                "XNS-E33-stopped",
                "0 is the PID that runtimes tell for a container that is not running",
            )
            .because("the target is '0', and no process has that number")
            .cure("docker start NAME", "or podman, crun, …; then ask for its PID again"),
            CliError::Pid(word) if word.is_empty() => {
                Hint::new("XNS-E33-no-pid", "the command that should have told the PID told nothing")
                    .because("the target is the empty word")
                    .cure(
                        "pgrep -n NAME",
                        "shows the PID of the newest process of that name; nothing when there is none",
                    )
            }
            CliError::Nothing => Hint::new("XNS-E38-nothing", "nothing was said that is to be entered")
                .because("no option names a namespace, a directory, ids or anything else of a process")
                .cure(
                    facts.command_with(NO_WORDS, &["-t", "PID", "-a"]),
                    "enters all namespaces of a process",
                ),
            CliError::OnlyOne { kind, .. } => Hint::new(
                "XNS-E33-one-namespace",
                "a name or a file stands for one namespace, and knows no process",
            )
            .because(format!("it is a {} namespace", kind.word()))
            .cure("-t PID -a", "a process has one of each kind"),
            CliError::NoNamespace(word) => return crate::container::not_a_namespace(word, facts),
            CliError::Container(error) => return Some(error.hint(facts)),
            _ => return None,
        })
    }

    fn into_diagnostic(self) -> Diagnostic {
        let text = self.to_string();
        match self {
            CliError::Usage(_) => Diagnostic::usage(text),
            CliError::PidRange(_) => Diagnostic::new(text, 1).errno(Errno::ERANGE),
            CliError::Pid(_) | CliError::NamespaceId(_) | CliError::Descriptor(_) => {
                Diagnostic::new(text, 1).errno(Errno::EINVAL)
            }
            _ => Diagnostic::new(text, 1),
        }
    }
}

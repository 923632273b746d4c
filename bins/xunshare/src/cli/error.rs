//! What can be wrong with a command line, in the original's words where it has some.

use std::ffi::OsString;
use thiserror::Error;
use xns_cli::Diagnostic;
use xns_cli::options::UsageError;
use xns_core::{Facts, Hint};
use xns_pid::Signal;
use xns_tool::{Asks, BadWord, Refusal};
use xns_user::idmap::{IdError, SpecError};
use xns_uts::NameError;

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
    Map(#[from] SpecError),
    #[error(transparent)]
    Name(#[from] NameError),
    #[error("unsupported propagation mode: {}", .0.display())]
    Propagation(OsString),
    #[error("unsupported --setgroups argument '{}'", .0.display())]
    Setgroups(OsString),
    #[error("unknown signal: {}", .0.display())]
    Signal(OsString),
    #[error("--owner: '{}' is not UID:GID", .0.display())]
    Owner(OsString),
    #[error("failed to parse {clock} offset: '{}'", value.display())]
    BadOffset { clock: &'static str, value: OsString },
    #[error("failed to parse {clock} offset: '{}': Numerical result out of range", value.display())]
    LongOffset { clock: &'static str, value: OsString },
    #[error(transparent)]
    BadWord(#[from] BadWord),
    #[error("--{option}: '{}' is not SRC:DST (write \\: for a colon in a path)", value.display())]
    BadPair { option: &'static str, value: OsString },
    #[error("--{option}: '{}' is no place in the new root (a path below / without ..)", value.display())]
    BadTarget { option: &'static str, value: OsString },
    #[error("--{option}: '{}' is not a descriptor's number", value.display())]
    BadDescriptor { option: &'static str, value: OsString },
    #[error("options --monotonic and --boottime require unsharing of a time namespace (-T)")]
    OffsetWithoutTime,
    #[error("options --setgroups=allow and --map-group are mutually exclusive")]
    SetgroupsAllow,
    #[error(
        "option --setgroups=deny requires a new user namespace (-U): the present one would lose setgroups for good"
    )]
    SetgroupsWithoutUser,
    #[error("--{0} needs --pivot-root: it fills the new root")]
    FillWithoutRoot(&'static str),
    #[error("options --root and --pivot-root are mutually exclusive")]
    TwoRoots,
    #[error("--info-fd and --wait-fd need two different descriptors")]
    SameDescriptor,
}

impl Refusal for CliError {
    fn asks(&self) -> Option<Asks> {
        match self {
            CliError::Help => Some(Asks::Help),
            CliError::Version => Some(Asks::Version),
            _ => None,
        }
    }

    fn hint(&self, _: &Facts) -> Option<Hint> {
        Some(match self {
            CliError::Signal(word) => {
                let number = word.to_str().and_then(|text| text.parse().ok());
                let named = number.and_then(Signal::from_number);
                let hint =
                    Hint::new("XNS-U1-signal", "a signal is given by its name here, as in the original")
                        .because(format!("'{}' is none of the names that kill -l lists", word.display()));
                match named {
                    Some(signal) => hint.cure(format!("--kill-child={signal}"), "the signal of that number"),
                    None => hint.cure("kill -l", "lists them"),
                }
            }
            CliError::SetgroupsAllow => Hint::new(
                "XNS-U2-setgroups",
                "the kernel lets a process map its own group only when setgroups is denied",
            )
            .because("-r, -c and --map-group map just that")
            .cure("--map-auto instead", "newgidmap maps ranges, and leaves setgroups allowed"),
            _ => return None,
        })
    }

    fn into_diagnostic(self) -> Diagnostic {
        match self {
            CliError::Usage(usage) => Diagnostic::usage(usage.to_string()),
            other => Diagnostic::new(other.to_string(), 1),
        }
    }
}

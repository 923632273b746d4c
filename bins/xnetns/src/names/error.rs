//! Why a verb of `ip netns` is not carried out, found before anything is done.

use std::ffi::OsString;
use thiserror::Error;
use xns_cli::Diagnostic;
use xns_core::{Errno, Facts, Hint, errno};
use xns_net::{NetError, NetnsName, NetnsNameError, OpenError, Place};
use xns_tool::{Asks, Refusal};

/// Where `ip` has words, they are its.
#[derive(Debug, Error)]
pub(crate) enum NamesError {
    #[error("No netns name specified")]
    NoName,
    #[error("No netns name and PID specified")]
    NoNameAndPid,
    #[error("No nsid specified")]
    NoNumber,
    #[error("No command specified")]
    NoCommand,
    #[error("extra arguments specified")]
    Extra,
    #[error("Command line is not complete. Try option \"help\"")]
    Incomplete,
    #[error(transparent)]
    Name(#[from] NetnsNameError),
    #[error("Invalid PID: {}", .0.display())]
    Pid(OsString),
    #[error("Specified string '{}' is not a pid", .0.display())]
    NoPid(OsString),
    #[error("Error: argument \"{}\" is wrong: Invalid \"netnsid\" value", .0.display())]
    Number(OsString),
    #[error("Error: argument \"{}\" is wrong: \"netnsid\" value should be >= 0", .0.display())]
    Negative(OsString),
    #[error("Error: argument \"{}\" is wrong: \"{what}\" value is invalid", word.display())]
    Filter { what: &'static str, word: OsString },
    #[error("Cannot open network namespace \"{place}\": {error}")]
    NotOpened { place: Place, error: OpenError, status: u8 },
    #[error("setting the network namespace \"{0}\" failed: Invalid argument")]
    NotEntered(Place),
    #[error("Cannot open network namespace: {}", errno::text(Errno::ENOENT))]
    NotThere(NetnsName),
    #[error("Cannot open network namespace: {}", errno::text(*errno))]
    NoProcess { pid: u32, errno: Errno },
    #[error("Error: Peer netns reference is invalid.")]
    NoSuchNumber,
    #[error("Error: Peer netns reference is invalid.")]
    NoPeer(NetnsName),
    #[error("Error: Invalid target network namespace id.")]
    NoSuchTarget,
    #[error("\"{0}\" is no network namespace: {1}")]
    NoNetns(NetnsName, xns_net::store::State),
    #[error("--{option} is not for {verb}")]
    NotFor { option: &'static str, verb: &'static str },
    #[error("{verb}: '{}' is too many", word.display())]
    TooMany { verb: &'static str, word: OsString },
    #[error("cannot read {}: {}", xns_net::store::DIRECTORY, errno::text(*.0))]
    Unread(Errno),
    #[error(transparent)]
    Net(#[from] NetError),
}

impl NamesError {
    /// `ip`'s, where it has such a line.
    const fn status(&self) -> u8 {
        match self {
            NamesError::Name(_)
            | NamesError::Number(_)
            | NamesError::Negative(_)
            | NamesError::Filter { .. }
            | NamesError::Incomplete
            | NamesError::NotEntered(_)
            | NamesError::NotFor { .. }
            | NamesError::TooMany { .. } => 255,
            NamesError::NoSuchNumber | NamesError::NoPeer(_) => 2,
            NamesError::NotOpened { status, .. } => *status,
            _ => 1,
        }
    }

    /// Is the line `ip`'s, which does not say its name?
    const fn is_ips(&self) -> bool {
        !matches!(
            self,
            NamesError::NotFor { .. }
                | NamesError::TooMany { .. }
                | NamesError::Unread(_)
                | NamesError::Net(_)
                | NamesError::NoNetns(..)
        )
    }
}

impl Refusal for NamesError {
    fn asks(&self) -> Option<Asks> {
        None
    }

    fn hint(&self, facts: &Facts) -> Option<Hint> {
        match self {
            NamesError::NotOpened { place: Place::Name(name), .. }
            | NamesError::NotEntered(Place::Name(name))
            | NamesError::NotThere(name)
            | NamesError::NoPeer(name)
            | NamesError::NoNetns(name, _) => xns_net::why_unusable(name, facts),
            NamesError::Name(NetnsNameError::NotMade { reason, .. }) => Some(
                Hint::new(
                    "XNS-E59-odd-name",
                    "ip would make it, and other tools and scripts would trip over it",
                )
                .because(*reason)
                .cure("xnetns add NAME", "with another one"),
            ),
            NamesError::Unread(Errno::ENOTDIR) => Some(xns_net::why_no_directory()),
            NamesError::NoProcess { pid, errno: Errno::ENOENT } => Some(xns_net::why_no_process(*pid)),
            _ => None,
        }
    }

    fn into_diagnostic(self) -> Diagnostic {
        let (text, status) = (self.to_string(), self.status());
        let told = Diagnostic::new(text.clone(), status);
        if self.is_ips() { told.retold(text, status) } else { told }
    }
}

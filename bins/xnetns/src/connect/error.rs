//! What stands in the way of joining, and of taking it apart.

use super::end::Address;
use std::ffi::OsString;
use thiserror::Error;
use xns_cli::Diagnostic;
use xns_core::{Errno, Facts, Hint, errno, shell};
use xns_net::{DeviceName, DeviceNameError, NetError, NetnsName, NetnsNameError, Place};
use xns_tool::{Asks, Refusal};

/// Why there is no plan.
#[derive(Debug, Error)]
pub(crate) enum ConnectError {
    #[error("{verb}: what is to be {what}? {usage}")]
    Few { verb: &'static str, what: &'static str, usage: &'static str },
    #[error("'{}' in '{}' is no address: 11.11.11.2/24, fd00::2/64", .0.display(), .1.display())]
    Address(OsString, OsString),
    #[error("'{}' is no PID", .0.display())]
    Pid(OsString),
    #[error("'{}' is an end to be named without an address here", .0.display())]
    WithAddress(OsString),
    #[error(transparent)]
    Name(#[from] NetnsNameError),
    #[error(transparent)]
    Device(#[from] DeviceNameError),
    #[error("more than two are joined by a bridge: --bridge NAME")]
    NoBridge,
    #[error("{0} is named twice")]
    Twice(Place),
    #[error("{0} is the same network namespace as another one that is named")]
    Same(Place),
    #[error("{address} of {place} is one that no device can have")]
    OfNobody { place: Place, address: Address },
    #[error("{address} is given {}", if *.one == *.other { format!("twice to {one}") } else { format!("to {one} and to {other}") })]
    Duplicate { address: Address, one: Place, other: Place },
    #[error("--{option} is not for {verb}")]
    NotFor { option: &'static str, verb: &'static str },
    #[error("{place} has {address} already, on {device}")]
    Taken { place: Place, address: Address, device: String },
    #[error("{0} is there, and is no bridge but {1}")]
    NotBridge(DeviceName, String),
    #[error("there is no bridge {0}")]
    MissingBridge(DeviceName),
    #[error("there is no network namespace {0}")]
    Missing(Place),
    #[error("setting the network namespace \"{0}\" failed: Invalid argument")]
    Stale(Place),
    #[error("Cannot open network namespace \"{place}\": {}", errno::text(*errno))]
    Closed { place: Place, errno: Errno },
    #[error("cannot see what is in {0}: {1}")]
    Unseen(Place, NetError),
    #[error("connect has made nothing {place}")]
    Nothing { place: String, stale: Vec<NetnsName> },
}

fn taken(place: &Place, device: &str) -> Hint {
    // As it is typed.
    let word = shell::quote(place.label());
    Hint::new("XNS-E59-address", "an address is given once in a network namespace")
        .because(format!("{device} of {place} has it"))
        .cure(format!("xnetns show {word}"), "shows what it is for")
        .cure(format!("xnetns disconnect {word}"), "removes what connect has made there")
}

/// What is said of a name that a killed `connect` may have left: an empty file does not tell who has made it.
pub(super) fn stale(name: &NetnsName) -> String {
    let word = shell::quote(name.as_os_str());
    format!(
        "{name} is left: no network namespace is bound to this name, which anybody may have made (xnetns del {word})"
    )
}

impl Refusal for ConnectError {
    fn asks(&self) -> Option<Asks> {
        None
    }

    fn hint(&self, facts: &Facts) -> Option<Hint> {
        match self {
            ConnectError::Stale(Place::Name(name)) | ConnectError::Missing(Place::Name(name)) => {
                xns_net::why_unusable(name, facts)
            }
            ConnectError::Closed { place: Place::Process(pid), errno: Errno::ENOENT } => {
                Some(xns_net::why_no_process(*pid))
            }
            ConnectError::Closed { place: Place::Name(_), errno: Errno::ENOTDIR } => {
                Some(xns_net::why_no_directory())
            }
            ConnectError::Closed { place: Place::Process(pid), errno: Errno::EACCES } => {
                Some(xns_net::why_not_looked_into(*pid, facts))
            }
            ConnectError::Device(DeviceNameError { word }) => Some(crate::ip::device_name(word)),
            ConnectError::Unseen(place, error) if error.errno() == Some(Errno::EPERM) => {
                xns_net::why_not_entered(place, facts)
            }
            ConnectError::Nothing { stale, .. } => xns_net::why_unusable(stale.first()?, facts),
            ConnectError::Taken { place, device, .. } => Some(taken(place, device)),
            _ => None,
        }
    }

    fn into_diagnostic(self) -> Diagnostic {
        Diagnostic::new(self.to_string(), 1)
    }
}

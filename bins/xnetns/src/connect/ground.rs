//! What is there before: read once, so that the plan of it is pure.

use super::ConnectError;
use crate::visitor::Visitor;
use std::os::fd::{AsFd, OwnedFd};
use xns_core::Errno;
use xns_net::{Interface, NetError, NetnsName, Network, OpenError, Place};
use xns_sys::fs;

/// A network namespace that is there.
pub(crate) struct Ground {
    pub(crate) place: Place,
    /// Its devices with their addresses; none where they may not be seen, which the first step will tell.
    pub(crate) devices: Vec<Interface>,
}

/// The same, held open: so that its devices' other ends can be found.
pub(crate) struct Held {
    pub(crate) ground: Ground,
    pub(crate) namespace: OwnedFd,
    network: Network,
}

/// Is there a network namespace of this name?
pub(crate) fn is_named(name: &NetnsName) -> bool {
    open(&Place::Name(name.clone())).is_ok_and(|opened| opened.is_some())
}

/// The namespace; `None` for a name that nothing has.
fn open(place: &Place) -> Result<Option<OwnedFd>, ConnectError> {
    match (place.open(), place) {
        (Ok(opened), _) => Ok(Some(opened)),
        (Err(OpenError::NotOpened(Errno::ENOENT)), Place::Name(_)) => Ok(None),
        (Err(OpenError::NotOpened(errno)), _) => Err(ConnectError::Closed { place: place.clone(), errno }),
        (Err(OpenError::NoNetns), _) => Err(ConnectError::Stale(place.clone())),
    }
}

/// What is there; `None` for a name that nothing has.
pub(crate) fn held(place: &Place, visitor: &Visitor) -> Result<Option<Held>, ConnectError> {
    let Some(namespace) = open(place)? else { return Ok(None) };
    let network = match place {
        Place::Here => Network::own(),
        _ => visitor.network(namespace.as_fd()),
    };
    let unseen = |error: NetError| ConnectError::Unseen(place.clone(), error);
    let network = network.map_err(unseen)?;
    let devices = network.interfaces().map_err(unseen)?;
    Ok(Some(Held { ground: Ground { place: place.clone(), devices }, namespace, network }))
}

impl Held {
    /// Its inode number.
    pub(crate) fn inode(&self) -> u64 {
        fs::inode(&self.namespace).unwrap_or_default()
    }

    /// Is the other end of this device in that namespace?
    pub(crate) fn leads(&self, device: &Interface, to: &Held) -> bool {
        match device.link.and_then(|link| link.namespace) {
            Some(id) => self.network.id_of(to.namespace.as_fd()) == Ok(Some(id)),
            None => false,
        }
    }
}

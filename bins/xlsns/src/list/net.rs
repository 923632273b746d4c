//! The numbers by which our network namespace knows others.

use std::os::fd::{AsFd, OwnedFd};
use xns_core::NsKind;
use xns_lsns::reach;
use xns_lsns::row::{NetnsId, Row};

/// Asks for the number of each network namespace. One that cannot be reached, or asked for, has none to show.
pub(super) fn number(proc: &OwnedFd, rows: &mut [Row<'_>]) {
    let Ok(network) = xns_net::Network::own() else { return };
    for row in rows {
        let Some(namespace) = row.namespace.filter(|namespace| namespace.kind == NsKind::Net) else {
            continue;
        };
        let number = reach::open(proc, namespace).ok().map(|fd| network.id_of(fd.as_fd()));
        row.netns_id = match number {
            Some(Ok(Some(id))) => Some(NetnsId::Number(id.cast_unsigned())),
            Some(Ok(None)) => Some(NetnsId::Unassigned),
            Some(Err(_)) | None => None,
        };
    }
}

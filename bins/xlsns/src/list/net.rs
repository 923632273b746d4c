//! The numbers by which our network namespace knows others.

use std::os::fd::OwnedFd;
use xns_core::NsKind;
use xns_lsns::reach;
use xns_lsns::row::{NetnsId, Row};

/// Asks for the number of each network namespace. One that cannot be reached, or asked for, has none to show.
pub(super) fn number(proc: &OwnedFd, rows: &mut [Row]) {
    let Ok(socket) = xns_net::NetnsIds::open() else { return };
    for row in rows {
        let Some(namespace) = row.namespace.as_deref().filter(|namespace| namespace.kind == NsKind::Net) else { continue };
        let number = reach::open(proc, namespace).ok().map(|fd| socket.of(&fd));
        row.netns_id = match number {
            Some(Ok(Some(id))) => Some(NetnsId::Number(id)),
            Some(Ok(None)) => Some(NetnsId::Unassigned),
            Some(Err(_)) | None => None,
        };
    }
}

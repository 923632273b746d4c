//! The class of the packets.

use super::ground::Ground;
use super::{LimitError, LimitKey, Nowhere, Setting};
use crate::quantity::{ClassId, Typed};

/// What takes the place of net_cls.
pub(super) const INSTEAD: &str = "version 2 has no classes: there the group itself is matched, by nft 'socket cgroupv2 level N \"PATH\"', \
                                  iptables -m cgroup --path PATH, or an eBPF program that is attached to it";

pub(super) fn setting(class: &Typed<ClassId>, ground: &Ground<'_>) -> Result<Setting, LimitError> {
    let home = ground.home(LimitKey::NetClass, "net_cls").map_err(|_| LimitError::NoNetClass {
        nowhere: Nowhere::of("net_cls", ground.layout, ground.facts),
    })?;
    let value = format!("{:#010x}", class.value.0);
    Ok(home.setting("net_cls.classid", value).noted(format!("the file shows {}", class.value)))
}

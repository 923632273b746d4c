//! What a network namespace leaves when it goes is waited for: the kernel takes it apart when nobody waits for it any more.

use crate::{DeviceName, Place};
use std::time::{Duration, Instant};
use xns_core::shell::quote;
use xns_core::{Apply, Call, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::netlink;

/// Waits until the other ends of its devices are gone from here, and its physical devices have returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwaitGone {
    /// Devices here whose other ends were in it, with their indexes.
    pub ends: Vec<(u32, DeviceName)>,
    /// Devices that come back.
    pub returning: Vec<DeviceName>,
}

/// Longer nobody is kept waiting.
const LIMIT: Duration = Duration::from_secs(2);

impl Operation for AwaitGone {
    fn calls(&self) -> Vec<Call> {
        let gone = self.ends.iter().map(|(index, name)| {
            Call::only(
                "until it is gone",
                format!("ioctl(SOCKET of host, SIOCGIFNAME, {{{index}}} /* {name} */)"),
            )
        });
        let back = self.returning.iter().map(|name| {
            Call::only("until it is back", format!("ioctl(SOCKET of host, SIOCGIFINDEX, {{\"{name}\"}})"))
        });
        gone.chain(back).collect()
    }

    fn shell(&self) -> Vec<Shell> {
        let wait = |name: &DeviceName, until: &str| {
            let name = quote(name.as_os_str());
            let look = format!("ip link show dev {name} > /dev/null 2>&1");
            Shell::Outside(format!("for _ in $(seq 200); do {look} {until} break; sleep 0.01; done"))
        };
        let gone = self.ends.iter().map(|(_, name)| wait(name, "||"));
        gone.chain(self.returning.iter().map(|name| wait(name, "&&"))).collect()
    }

    fn failed(&self, _: u8) -> String {
        "cannot look for devices".to_owned()
    }
}

impl Apply for AwaitGone {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let until = Instant::now() + LIMIT;
        let socket = &slots.reached(&Place::Here.key())?.socket;
        let mut pause = Duration::from_millis(1);
        loop {
            let gone = self.ends.iter().all(|(index, _)| netlink::device_name(socket, *index).is_err());
            let back = |name: &DeviceName| netlink::device_index(socket, name.as_bytes()).is_ok();
            if gone && self.returning.iter().all(back) {
                return Ok(Outcome::Done);
            }
            if Instant::now() >= until {
                return Ok(Outcome::Tolerated("two seconds are over, and not all are"));
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(8));
        }
    }
}

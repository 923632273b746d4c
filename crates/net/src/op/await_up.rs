//! Devices that were switched on pass packets a moment later: the kernel looks at their state when nobody waits for it any more, at most
//! once a second.

use crate::network::Network;
use crate::{Address, DeviceName, Place, State};
use std::time::{Duration, Instant};
use xns_core::{Apply, Call, Failure, Operation, Outcome, Shell, Slots};

/// A device that is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// Where. A step before has reached it.
    pub place: Place,
    /// The device.
    pub device: DeviceName,
    /// Are its addresses of version 6 waited for, of which nobody is asked whether another has them?
    pub is_six: bool,
}

/// Waits until they pass packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwaitUp {
    /// Those.
    pub devices: Vec<Awaited>,
}

/// Longer nobody is kept waiting.
const LIMIT: Duration = Duration::from_secs(2);

impl Operation for AwaitUp {
    fn calls(&self) -> Vec<Call> {
        let up = self.devices.iter().map(|one| {
            let asked = if one.is_six { "RTM_GETLINK, RTM_GETADDR" } else { "RTM_GETLINK" };
            let call = format!("sendto(SOCKET of {}, {{{asked}}} /* {} */)", one.place.label(), one.device);
            Call::only("until it passes packets", call)
        });
        up.collect()
    }

    /// A shell is slow enough.
    fn shell(&self) -> Vec<Shell> {
        Vec::new()
    }

    fn failed(&self, _: u8) -> String {
        "cannot look for devices".to_owned()
    }
}

impl Apply for AwaitUp {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let until = Instant::now() + LIMIT;
        for one in &self.devices {
            let network = Network::over(&slots.reached(&one.place.key())?.socket);
            let mut pause = Duration::from_micros(250);
            while !one.is_up(&network) {
                if Instant::now() >= until {
                    return Ok(Outcome::Tolerated("two seconds are over, and not all do"));
                }
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(8));
            }
        }
        Ok(Outcome::Done)
    }
}

impl Awaited {
    /// What cannot be looked at is not waited for.
    fn is_up<S: std::os::fd::AsFd>(&self, network: &Network<S>) -> bool {
        const UNUSED: u32 = Address::NODAD | Address::TENTATIVE;
        // To be asked for by name is what makes newer kernels look at once (Linux 6.8).
        let Ok(Some(device)) = network.link_named(&self.device) else { return true };
        let is_up = matches!(device.state, State::Up | State::Unknown);
        let waits = |(of, address): &(u32, Address)| *of == device.index && address.flags & UNUSED == UNUSED;
        let is_unused = || network.addresses().is_ok_and(|all| all.iter().any(waits));
        is_up && !(self.is_six && is_unused())
    }
}

//! The network namespace's names, facts and operations: interfaces with their addresses and peers, and the numbers by which namespaces know each other,
//! over rtnetlink(7) (network_namespaces(7)).
#![forbid(unsafe_code)]

mod glimpse;
mod interface;
mod name;
mod network;
mod op;
pub mod store;
mod wire;

pub use glimpse::{Glimpse, GlimpsedInterface};
pub use interface::{Address, Interface, Link, State};
pub use name::{DeviceName, DeviceNameError, NetnsName, NetnsNameError, Place};
pub use network::{NetError, Network};
pub use op::{Op, Reach};

//! The network namespace's facts: interfaces with their addresses and peers, and the numbers by which namespaces know each other,
//! over rtnetlink(7) (network_namespaces(7)).
#![forbid(unsafe_code)]

mod glimpse;
mod interface;
pub mod name;
mod network;
mod wire;

pub use glimpse::{Glimpse, GlimpsedInterface};
pub use interface::{Address, Interface, Link, State};
pub use name::{DeviceName, NetnsName, Place};
pub use network::{NetError, Network};

//! The network namespace's names, facts and operations: interfaces with their addresses and peers, and the numbers by which namespaces know each other,
//! over rtnetlink(7) (network_namespaces(7)).
#![forbid(unsafe_code)]

mod address;
mod glimpse;
mod hint;
mod interface;
pub mod mark;
mod name;
mod neighbour;
mod network;
mod op;
mod open;
pub mod request;
mod route;
mod rule;
pub mod store;
pub mod tables;
pub mod trial;
mod wire;

pub use address::Address;
pub use glimpse::{Glimpse, GlimpsedInterface};
pub use hint::{why_no_directory, why_no_process, why_not_entered, why_not_looked_into, why_unusable};
pub use interface::{Bridge, Interface, Link, State};
pub use name::{DeviceName, DeviceNameError, NetnsName, NetnsNameError, Place};
pub use neighbour::Neighbour;
pub use network::{NetError, Network, NowhereElse, Number, Places, Refusal, Way};
pub use op::{
    Attach, AwaitGone, AwaitUp, Awaited, Carry, CoverStore, Enter, MakeName, Op, Reach, RemoveName,
    ReplaceFile, ShowNetwork, UseStore,
};
pub use open::{OpenError, open};
pub use request::Request;
pub use route::{Hop, Route};
pub use rule::Rule;

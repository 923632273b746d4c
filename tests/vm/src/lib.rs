//! Guests: small virtual machines that boot one of Debian's kernels, with the cgroup layout that is asked for, and run test
//! programs or a command there. QEMU emulates the processor, so that it needs neither rights nor `/dev/kvm`; a guest is up
//! in a few seconds.
//!
//! ```text
//! kernel   finds the kernel's package with apt, downloads and unpacks it
//! modules  the kernel's modules, each after what it needs
//! tree     a root file system in memory, written as a cpio archive
//! machine  what is in the guest: busybox, our tools, programs of the host, the scripts of guest/
//! teaching what is in the machine of `make vm` besides
//! terminal the terminal of a person: its size, and that it is left in order
//! guest    boots it, hears what it says, ends it
//! build    has cargo build test programs, static
//! tier     which tests run in which guests
//! ```
#![forbid(unsafe_code)]

pub mod build;
mod error;
mod guest;
mod kernel;
mod machine;
mod modules;
mod teaching;
mod terminal;
pub mod tier;
mod tree;

pub use error::Error;
pub use guest::{Event, Guest, Outcome};
pub use kernel::Kernel;
pub use machine::{Job, Layout, Machine};

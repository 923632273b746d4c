//! One function = one system call, typed: flags are types, descriptors are borrowed in and owned out.
//!
//! This crate holds all `unsafe` of the project. nix is the base; rustix serves where nix lacks a call (new mount
//! API, pidfd); the rest are own wrappers over libc. Each function's first doc line is the C prototype.

// On 32-bit Linux setuid(2) and its kin take 16 bits, and file sizes 31.
#[cfg(not(target_pointer_width = "64"))]
compile_error!("xns is written for 64-bit Linux");

pub mod arena;
pub mod bpf;
pub mod directory;
pub mod entry;
pub mod exec;
pub mod fd;
pub mod fork;
pub mod fs;
pub mod handle;
pub mod identity;
pub mod inotify;
pub mod ipc;
pub mod keeper;
pub mod message;
pub mod mount;
pub mod namespace;
pub mod netlink;
pub mod proc;
pub mod signal;
pub mod terminal;
pub mod thread;

pub use fork::SingleThreaded;
pub use nix::errno::Errno;

/// What every call here answers.
pub type Result<T> = core::result::Result<T, Errno>;

/// rustix has its own errno type; there is one in this project.
fn errno(e: rustix::io::Errno) -> Errno {
    Errno::from_raw(e.raw_os_error())
}

//! Control groups of both versions, and of machines that have both (cgroups(7)): which group a process is in in each
//! hierarchy, where that is mounted, and joining it.
#![forbid(unsafe_code)]

mod hint;
mod join;
mod membership;

pub use join::Join;
pub use membership::{Hierarchy, Membership, directory, memberships};

//! Control groups of both versions, and of machines that have both (cgroups(7)): which group a process is in in each
//! hierarchy, where that is mounted, joining it, and the root of a cgroup namespace.
#![forbid(unsafe_code)]

mod hint;
mod join;
mod layout;
mod membership;
mod path;
pub mod quantity;
mod root;

pub use join::Join;
pub use layout::{Layout, Mode, Place, Tree, Version};
pub use membership::{Hierarchy, Membership, directory, memberships, memberships_of};
pub use path::{GroupPath, PathError};
pub use root::{NamespaceRoot, roots};

//! Control groups of both versions, and of machines that have both (cgroups(7)): which hierarchies there are, which group a process is
//! in in each, groups made, limited, joined and removed, and the root of a cgroup namespace.
#![forbid(unsafe_code)]

mod hint;
mod join;
mod layout;
mod members;
mod membership;
mod op;
mod path;
mod root;

pub use hint::{
    killed_for_memory, less_above, no_bus, no_controller, not_cloned, swap_not_bounded, systemd_owns,
};
pub use join::Join;
pub use layout::{Layout, Mode, Place, Tree, Version};
pub use members::{members, processes};
pub use membership::{Hierarchy, Membership, directory, memberships, memberships_of};
pub use op::{Delegate, Enable, Enter, Freeze, Kill, LEAF, Leaf, Make, Move, Op, Open, Remove, Set};
pub use path::{GroupPath, PathError};
pub use root::{NamespaceRoot, roots};

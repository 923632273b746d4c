//! Control groups of both versions, and of machines that have both (cgroups(7)): which hierarchies there are, which group a process is
//! in in each, groups made, limited, joined and removed, and the root of a cgroup namespace.
#![forbid(unsafe_code)]

mod arrange;
pub mod device;
pub mod hint;
mod inner;
mod join;
mod layout;
pub mod limits;
mod locate;
mod members;
mod membership;
mod namespace;
mod op;
mod path;
mod processes;
pub mod quantity;
mod root;
pub mod stat;
pub mod trial;
pub mod usual;
pub mod walk;

pub use arrange::{
    ArrangeError, Arrangement, Base, Placed, RUN_PREFIX, Wanted, arrange, directory as directory_of_group,
};
pub use inner::{WHY_LEAF, leaf_for, leaf_told};
pub use join::Join;
pub use layout::{Layout, Mode, Place, Tree, Version};
pub use locate::{base, is_systemds, locate};
pub use members::{members, processes};
pub use membership::{Hierarchy, Membership, directory, memberships, memberships_of};
pub use op::{
    AwaitEmpty, Delegate, Disable, Dismiss, Enable, Enter, Freeze, Guard, Kill, LEAF, Leaf, Make, Move, Op,
    Open, Remove, Set, Unleaf, await_empty,
};
pub use path::{GroupPath, PathError};
pub use processes::Processes;
pub use root::{NamespaceRoot, roots};

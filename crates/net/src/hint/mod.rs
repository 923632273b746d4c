//! Why something was refused: names (causes E57 to E59); by the kernel devices, addresses and routes (E59 to E61).

mod carried;
mod named;

pub(crate) use carried::refused;
pub(crate) use named::{
    name_taken, no_process, not_looked_into, not_privileged, not_reached, not_removed, store_refused,
};
pub use named::{
    no_directory as why_no_directory, no_process as why_no_process, not_looked_into as why_not_looked_into,
    why_not_entered, why_unusable,
};

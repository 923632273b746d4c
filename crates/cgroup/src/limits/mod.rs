//! What a group is limited to.

mod setting;

pub use setting::{IfMissing, Setting};

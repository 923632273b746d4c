//! A root of one's own: opened, filled, and made `/` by pivot_root(2).
//!
//! Everything is reached through one descriptor of the root, never through a symlink of it to the outside.

mod fill;
mod open;
mod pivot;
mod point;
mod read_only;

pub use fill::{Content, Fill};
pub use open::OpenRoot;
pub use pivot::Pivot;

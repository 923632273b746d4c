//! Which namespaces there are, who is in them, what keeps them, and how they belong together. Nothing is printed here.
#![forbid(unsafe_code)]

pub mod column;
pub mod compare;
pub mod filter;
pub mod graph;
pub mod model;
pub mod numbers;
pub mod process;
pub mod reach;
pub mod row;
pub mod scan;
pub mod tree;
pub mod watch;

pub use model::{Found, Namespace, Pin, Relation};
pub use scan::{ScanError, Want, open_proc as proc, proc_is_foreign, scan};

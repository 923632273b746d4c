//! What namespaces there are, who is in them, and how they are related; nothing here prints.
#![forbid(unsafe_code)]

pub mod filter;

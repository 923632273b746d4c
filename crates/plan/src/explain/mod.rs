//! A plan as text, as JSON, and as a shell script.

mod groups;
mod json;
mod net;
mod script;
mod text;

pub use groups::{About, by_purpose};
pub use json::json;
pub use script::script;
pub use text::{done, text};

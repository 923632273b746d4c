//! The report in its forms.

mod json;
mod text;

pub(crate) use json::json;
pub(crate) use text::{look, text};

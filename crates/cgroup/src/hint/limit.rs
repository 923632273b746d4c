//! Limits that cannot be had here.

use super::{no_controller, value};
use crate::Layout;
use crate::limits::LimitError;
use xns_core::{Facts, Hint};

impl LimitError {
    /// The cause and the cure, where the message leaves them open.
    pub fn hint(&self, facts: &Facts) -> Option<Hint> {
        let controller = match self {
            LimitError::NoController { controller, .. } => controller,
            LimitError::NoNetClass { .. } => "net_cls",
            LimitError::NoTranslation { name, value, .. } => {
                return value::not_translated(name, &value.to_string_lossy());
            }
            _ => return None,
        };
        let layout = Layout::of(facts);
        Some(no_controller(controller, &layout.place(controller, facts), facts))
    }
}

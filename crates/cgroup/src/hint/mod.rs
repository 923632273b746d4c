//! The causes of what cgroupfs refuses: an errno, with what the machine shows beside it.

mod target;

pub(crate) use target::refused;

use crate::Version;
use crate::op::{Delegate, Enable, Freeze, Move, Set};
use std::path::Path;
use xns_core::{Errno, Facts, Hint};

pub(crate) fn not_made(_: &Path, _: Errno, _: &Facts) -> Option<Hint> {
    None
}

pub(crate) fn not_removed(_: &Path, _: Errno, _: &Facts) -> Option<Hint> {
    None
}

pub(crate) fn not_enabled(_: &Enable, _: Errno, _: &Facts) -> Option<Hint> {
    None
}

pub(crate) fn not_moved(_: &Path, _: &Path, _: Errno, _: &Facts) -> Option<Hint> {
    None
}

pub(crate) fn not_set(_: &Set, _: bool, _: Errno, _: &Facts) -> Option<Hint> {
    None
}

pub(crate) fn not_joined(_: &Path, _: Version, _: bool, _: Errno, _: &Facts) -> Option<Hint> {
    None
}

pub(crate) fn process_not_moved(_: &Move, _: bool, _: Errno, _: &Facts) -> Option<Hint> {
    None
}

pub(crate) fn not_frozen(_: &Freeze, _: bool, _: Errno, _: &Facts) -> Option<Hint> {
    None
}

pub(crate) fn not_killed(_: &Path, _: bool, _: Errno, _: &Facts) -> Option<Hint> {
    None
}

pub(crate) fn not_delegated_to(_: &Delegate, _: Errno, _: &Facts) -> Option<Hint> {
    None
}

//! Notes on control groups.

use super::view::View;
use xns_cgroup::hint;
use xns_core::{Facts, Hint};

pub(super) fn makes_one_for_the_run(view: &View<'_>) -> bool {
    !view.above_run_groups().is_empty()
}

/// G2: groups of runs that were killed.
pub(super) fn left_over(view: &View<'_>, facts: &Facts) -> Option<Hint> {
    hint::left_over(&view.above_run_groups(), facts)
}

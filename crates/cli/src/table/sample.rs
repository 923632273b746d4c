//! The table that tests of several forms show.

use super::{Column, JsonKind, Table};

pub(super) const COLUMNS: [Column; 4] = [
    Column::new("NS").right().hint(10).json(JsonKind::Number),
    Column::new("TYPE").hint(5),
    Column::new("CMD").truncatable().tree(),
    Column::new("NSFS"),
];

/// Three generations and a further root; every form of it below was printed by libsmartcols 2.38.1.
pub(super) fn family(columns: &[Column]) -> Table<'_> {
    let mut table = Table::with_capacity(columns, 5, 100);
    table.row(None).number(4_026_531_834).text("net").text("init").lines(["/a", "/bb"]);
    table.row(Some(0)).number(12).text("user").text("child long").lines(["/a", "/bbbb", "/c"]);
    table.row(Some(1)).number(12).text("user").empty().lines(["/a", "/bbbb", "/c"]);
    table.row(Some(0)).number(12).empty().text("xx");
    table.row(None).number(1).empty().text("root").lines(["/y", "/z"]);
    table
}

//! The width of a terminal is found where a tool of util-linux finds it, and the table is cut as there. prlimit(1) has the
//! same rows for everybody, and a column that may be cut.

use std::ffi::OsString;
use std::process::Command;
use xns_cli::table::{Column, Form, Look, Table};
use xns_cli::terminal::width;
use xns_tests::terminal::{of_width, shown};
use xns_tests::{Need, need};

const COLUMNS: [Column; 3] = [Column::new("DESCRIPTION").truncatable(); 3];

/// prlimit's columns wish for parts of the terminal's width, which lsns's do not, and neither do ours. It makes no difference
/// among columns with the same wish.
const OUTPUT: [&str; 2] = ["--output", "DESCRIPTION,DESCRIPTION,DESCRIPTION"];

/// What prlimit prints on a terminal of that width, and what we do with its data there.
fn both(columns: u16, variable: Option<&str>) -> (String, String) {
    let (_master, slave) = of_width(columns);
    let width = width(&slave, |name| variable.filter(|_| name == "COLUMNS").map(OsString::from));
    let data = Command::new("prlimit").args(OUTPUT).args(["--raw", "--noheadings"]).output().unwrap();
    let mut table = Table::new(&COLUMNS);
    for line in String::from_utf8(data.stdout).unwrap().lines() {
        line.split(' ').fold(table.row(None), |row, cell| row.text(cell.replace(r"\x20", " ")));
    }
    let ours = table.render(Form::Human, &Look { width, ..Look::default() });

    let mut command = Command::new("prlimit");
    command.args(OUTPUT).env_remove("COLUMNS").envs(variable.map(|value| ("COLUMNS", value)));
    (shown(&mut command, columns), ours)
}

#[test]
fn the_width_is_that_of_the_original() {
    if !need("the_width_is_that_of_the_original", &[Need::Version("prlimit", "2.38")]) {
        return;
    }
    for columns in [1, 41, 42, 43, 44, 60, 79, 80, 81, 106, 107, 108, 109, 110, u16::MAX] {
        for variable in [None, Some("50")] {
            let (theirs, ours) = both(columns, variable);
            assert_eq!(ours, theirs, "{columns} {variable:?}");
        }
    }
    let values = [
        "50",
        " 50",
        "+50",
        "50x",
        "50 ",
        "x",
        "",
        "0",
        "-50",
        "100000",
        "2147483648",
        "99999999999999999999",
    ];
    for variable in values.map(Some).into_iter().chain([None]) {
        let (theirs, ours) = both(0, variable);
        assert_eq!(ours, theirs, "{variable:?}");
    }
}

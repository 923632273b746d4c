//! What lsns has since 2.39, 2.41 and later, under its name: the installed one is older and cannot be asked.

use crate::Here;
use serde_json::{Value, json};

/// A namespace with a process, one that only a mount keeps, and one that only a descriptor keeps.
const SCRIPT: &str = "into with unshare -u\ninto mounted unshare -u\ninto held unshare -n\nsettle\n\
    say WITH $(ino /proc/$(pid 0)/ns/uts)\nsay MOUNTED $(ino /proc/$(pid 1)/ns/uts)\nsay HELD $(ino /proc/$(pid 2)/ns/net)\n\
    pin /run/pins/mounted /proc/$(pid 1)/ns/uts\nexec 9< /proc/$(pid 2)/ns/net\nkill -9 $(pid 1) $(pid 2)\nwaiting=1\nsettle\n";

/// Words, and what lsns writes; `{WITH}`, `{MOUNTED}` and `{HELD}` are the namespaces.
const CASES: &[(&str, &str)] = &[
    ("-P -r -o ns,type,nprocs,pid,command", "NS TYPE NPROCS PID COMMAND\n{MOUNTED} uts 0  \n{HELD} net 0  "),
    ("-P -t uts -n -r -o ns,nsfs", "{MOUNTED} /run/pins/mounted"),
    ("-P -t net -n -r -o ns,nsfs,user,uid,path", "{HELD}  root 0 "),
    ("--persistent -t mnt", ""),
    ("-P -Q 'TYPE == \"net\"' -n -o ns", "{HELD}"),
    ("--pers --filter='NSFS =~ \"pins\"' -n -o ns", "{MOUNTED}"),
    (
        "-l -n -r -o type,ns,nprocs -Q 'NPROCS == 0 or COMMAND == \"with 1000\"'",
        "uts {WITH} 1\nuts {MOUNTED} 0\nnet {HELD} 0",
    ),
    ("-t net -t uts -l -n -r -o ns,nprocs -Q 'NPROCS < 1'", "{MOUNTED} 0\n{HELD} 0"),
    (
        "-J -P -o ns,pid,command -t net",
        "{\n   \"namespaces\": [\n      {\n         \"ns\": {HELD},\n         \"pid\": null,\n         \"command\": null\n      }\n   ]\n}",
    ),
    ("-T -Q 'TYPE == \"time\"' -n -o type", "time"),
    ("-t net -T -n -o type -Q 'NPROCS == 0'", "net"),
    ("{WITH} -n -o command -Q 'PID > 1'", "with 1000"),
    ("-Q 'NS == {MOUNTED}' -Q 'NS == {HELD}' -n -o type", "net"),
];

#[test]
fn what_the_installed_one_has_not() {
    let Some(here) = Here::start("what_the_installed_one_has_not", SCRIPT) else { return };
    let fill = |text: &str| {
        ["WITH", "MOUNTED", "HELD"]
            .iter()
            .fold(text.to_owned(), |text, name| text.replace(&format!("{{{name}}}"), &here.said[*name]))
    };
    here.among.tool("lsns", &xns_tests::bin("xlsns"));
    let lsns = |words: &str| here.run(false, &format!("exec lsns {words}"));
    for (words, expected) in CASES {
        let words = fill(words);
        // Among several the order is that of their numbers.
        let sorted = |text: &str| {
            let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
            lines.sort_unstable();
            lines
        };
        let done = lsns(&words);
        let (shown, expected) = (done.out(), fill(expected));
        if words.contains("-J") {
            assert_eq!(shown, expected, "{words}");
        } else {
            assert_eq!(sorted(shown), sorted(&expected), "{words}");
        }
    }
    for words in ["-P -p 1", "-p 1 -P", "--persistent --task=1"] {
        let done = lsns(words);
        assert!(done.status == Some(1) && done.stderr.contains("mutually exclusive"), "{done:?}");
    }
    // One without processes has no rows, and is not unknown.
    let done = lsns(&fill("{MOUNTED}"));
    let said = fill(
        "lsns: hint[XNS-L8-no-process-in-it]: no process is in uts:[{MOUNTED}]\n  because: it is kept by: mount /run/pins/mounted\n",
    );
    assert_eq!((done.status, done.stdout.as_str(), done.stderr), (Some(0), "", said));
    // Others choose the names of mount points.
    let done = here.run(
        false,
        "f=$(printf '/run/pins/\\033[31m\\nend'); : > \"$f\"; mount --bind /run/pins/mounted \"$f\"; umount /run/pins/mounted; exec lsns $MOUNTED",
    );
    assert!(done.stderr.ends_with("it is kept by: mount /run/pins/\\x1b[31m\\x0aend\n"), "{done:?}");
    lsns(&fill("{MOUNTED} -t net")).fails(1, &fill("lsns: not found namespace: {MOUNTED}"));
}

#[test]
fn the_columns_are_listed() {
    let Some(here) = Here::start("the_columns_are_listed", "") else { return };
    let table: Value = serde_json::from_str(&here.xlsns("-H -J")).unwrap();
    let rows = table["lsns-columns"].as_array().unwrap();
    let names: Vec<_> = rows.iter().map(|row| row["holder"].as_str().unwrap()).collect();
    let lowest = json!({ "holder": "PID", "type": "<number>", "description": "lowest PID in the namespace" });
    assert_eq!(rows[4], lowest);
    // Each can be asked for, in either case, and the types are those of the JSON.
    let all: Value =
        serde_json::from_str(&here.xlsns(&format!("-J -l -t net -o {}", names.join(",")))).unwrap();
    for (name, row) in names.iter().zip(rows) {
        let cell = &all["namespaces"][0][name.to_lowercase()];
        let kind = row["type"].as_str().unwrap();
        assert!(
            cell.is_null() || cell.is_array() || cell.is_number() == (kind == "<number>"),
            "{name}: {cell}"
        );
    }
    let plain = here.xlsns("--list-columns");
    assert_eq!(plain.lines().count(), names.len() + 1, "{plain}");
    let raw = here.xlsns("-H -r");
    assert!(raw.lines().all(|line| line.split(' ').count() == 3), "{raw}");
}

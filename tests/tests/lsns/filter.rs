//! The filter language, from the command line to the rows.

use crate::Here;
use serde_json::Value;

const SCRIPT: &str = "into 'uts one' unshare -u\ninto 'two words' unshare -n\ninto three $user unshare -Un\nsettle\n\
                      pin /run/netns/two /proc/$(pid 1)/ns/net\nip netns set two 77\n\
                      say UTS $(ino /proc/$(pid 0)/ns/uts)\nsay NET $(ino /proc/$(pid 1)/ns/net)\n\
                      say USER $(ino /proc/$(pid 2)/ns/user)\nsay THIRD $(ino /proc/$(pid 2)/ns/net)\n\
                      say PIDNS $(ino /proc/self/ns/pid)\n";

/// The rows that are shown.
fn shown(here: &Here, words: &str, expression: &str) -> Vec<Value> {
    here.rows(&format!("{words} -Q '{expression}'"))
}

#[test]
fn rows_are_those_that_it_is_true_for() {
    let Some(here) = Here::start("rows_are_those_that_it_is_true_for", SCRIPT) else { return };
    let cases: &[(&str, &[&str])] = &[
        ("NETNSID == 77", &["NET"]),
        ("netnsid eq \"77\"", &["NET"]),
        ("NSFS =~ \"netns/t\"", &["NET"]),
        ("NSFS", &["NET"]),
        ("USER == \"54321\"", &["USER", "THIRD"]),
        ("UID == 54321 && TYPE == \"net\"", &["THIRD"]),
        ("not (UID != 54321)", &["USER", "THIRD"]),
        ("COMMAND == \"uts one 1000\"", &["UTS"]),
        ("COMMAND =~ \"^(uts|two) [a-z]+ 1\"", &["UTS", "NET"]),
        // AND binds tighter: the other way the network of the first process would be missing.
        (
            "TYPE == \"uts\" and COMMAND =~ \"^uts\" or COMMAND =~ \"^two\" and TYPE == \"net\"",
            &["UTS", "NET"],
        ),
        ("COMMAND =~ \"^two\" or TYPE == \"uts\" and COMMAND =~ \"^uts\"", &["UTS", "NET"]),
        ("NPROCS > 1 && NPROCS < 1", &[]),
        ("NS == 1", &[]),
    ];
    for (expression, names) in cases {
        let mut expected: Vec<u64> = names.iter().map(|name| here.number(name)).collect();
        expected.sort_unstable();
        let rows = shown(&here, "-o ns", expression);
        assert_eq!(
            rows.iter().map(|row| row["ns"].as_u64().unwrap()).collect::<Vec<_>>(),
            expected,
            "{expression}"
        );
    }
    assert_eq!(here.rows("-Q '' -o ns"), here.rows("-o ns"));
    assert_eq!(here.rows("-Q '  ' -o ns"), here.rows("-o ns"));
    assert_eq!(here.xlsns("-Q 'NS == 1'"), "", "no rows, no headings");
}

/// The original has no columns to look at then, and fails.
#[test]
fn processes_of_a_namespace() {
    let Some(here) = Here::start("processes_of_a_namespace", SCRIPT) else { return };
    let pids = here.number("PIDNS");
    let rows = shown(&here, &format!("{pids} -o pid,command"), "COMMAND =~ \"^t\"");
    let commands: Vec<_> = rows.iter().map(|row| row["command"].as_str().unwrap()).collect();
    assert_eq!(commands, ["two words 1000", "three 1000"]);
    assert_eq!(shown(&here, &format!("{pids} -o command"), "PPID == 1 and UID == 54321").len(), 1);
    assert_eq!(shown(&here, &format!("{pids} -o command"), "TYPE == \"net\""), Vec::<Value>::new());
    assert_eq!(shown(&here, "-p 1 -o type", "TYPE =~ \"^u\"").len(), 2);
    // What is above a row that is left out is a root, and stays.
    let tree = here.xlsns(&format!(
        "-n -T -o ns -Q 'NS == {} or NS == {}'",
        here.number("THIRD"),
        here.number("USER")
    ));
    assert_eq!(tree.lines().count(), 2, "{tree}");
}

#[test]
fn what_cannot_be_read_is_told() {
    let Some(here) = Here::start("what_cannot_be_read_is_told", "") else { return };
    let refused = |expression: &str, first: &str| {
        let done = here.run(false, &format!("exec xlsns -Q '{expression}'"));
        done.fails(1, first);
        assert_eq!(done.stdout, "");
    };
    refused(
        "FOO == 1",
        "xlsns: failed to initialize filter: unknown column: FOO, at character 1 of \"FOO == 1\"",
    );
    for expression in
        ["(", "NS ==", "NS == == 1", "\"open", "NS =~ 1", "NS =~ \"(\"", "1 2", ")", "NS =~ PID"]
    {
        let done = here.run(false, &format!("exec xlsns -Q '{expression}'"));
        let first = done.stderr.lines().next().unwrap_or_default();
        assert!(
            done.status == Some(1) && first.starts_with("xlsns: failed to parse \""),
            "{expression}: {done:?}"
        );
        assert!(!first.contains("(null)") && done.stdout.is_empty(), "{done:?}");
    }
}

//! Processes side by side: the same, different, or not to be told.

use crate::Here;
use serde_json::{Value, json};

const SCRIPT: &str = "into alike env\ninto uts unshare -u\ninto nested unshare -fp --mount-proc\n\
                      settle\nsay ALIKE $(pid 0)\nsay UTS $(pid 1)\nsay NESTED $(ps -o pid=,args= | sed -n 's/^ *\\([0-9]*\\) nested 1000$/\\1/p')\n";

/// The answer as JSON, and its status.
fn compared(here: &Here, words: &str) -> (Option<i32>, Value) {
    let done = here.run(false, &format!("exec xlsns --compare -J {words}"));
    (done.status, serde_json::from_str(&done.stdout).unwrap_or_else(|e| panic!("{e}: {done:?}")))
}

fn of_kind<'v>(answer: &'v Value, kind: &str) -> &'v Value {
    answer["types"].as_array().unwrap().iter().find(|row| row["type"] == kind).unwrap()
}

#[test]
fn the_status_is_diffs() {
    let Some(here) = Here::start("the_status_is_diffs", SCRIPT) else { return };
    for (words, status) in [
        ("1 $ALIKE", 0),
        ("1 1", 0),
        ("1 $UTS", 1),
        ("-t net 1 $UTS", 0),
        ("-t net -t uts 1 $UTS", 1),
        ("1 $ALIKE $UTS", 1),
        ("1 4000000", 2),
        ("1 $UTS 4000000", 2),
        ("1", 2),
        ("1 self", 2),
        ("1 0", 2),
        ("-p 1 1 1", 2),
    ] {
        let done = here.run(false, &format!("exec xlsns --compare {words}"));
        assert_eq!(done.status, Some(status), "{words}: {done:?}");
        assert_eq!(done.stderr.is_empty(), status < 2, "{words}: {done:?}");
    }
}

#[test]
fn each_kind_is_told_and_the_numbers_of_a_process() {
    let Some(here) = Here::start("each_kind_is_told_and_the_numbers_of_a_process", SCRIPT) else { return };
    let (status, answer) = compared(&here, "1 $NESTED");
    assert_eq!(status, Some(1));
    for (kind, same) in
        [("mnt", false), ("pid", false), ("uts", true), ("net", true), ("user", true), ("time", true)]
    {
        let row = of_kind(&answer, kind);
        assert_eq!(row["same"], same, "{row}");
        let ids = row["ids"].as_array().unwrap();
        assert_eq!(ids[0] == ids[1], same, "{row}");
        assert!(row["meaning"].as_str().is_some_and(|meaning| !meaning.is_empty()));
    }
    let nested = here.number("NESTED");
    assert_eq!(answer["processes"][1]["pid"], nested);
    assert_eq!(answer["processes"][1]["nspid"], json!([nested, 1]));
    let text = here.run(false, "exec xlsns --compare 1 $NESTED").stdout;
    assert!(text.contains(&format!("PID {nested} is 1 in its own PID namespace")), "{text}");
    assert!(text.contains("different: own process numbers"), "{text}");
}

#[test]
fn what_may_not_be_read_is_trouble_and_the_rest_is_told() {
    let Some(here) = Here::start("what_may_not_be_read_is_trouble_and_the_rest_is_told", SCRIPT) else {
        return;
    };
    let done = here.run(true, "exec xlsns --compare -J $$ 1");
    assert_eq!(done.status, Some(2), "{done:?}");
    assert!(done.stderr.contains("cannot read the namespaces of process 1: Permission denied"), "{done:?}");
    let answer: Value = serde_json::from_str(&done.stdout).unwrap();
    assert!(of_kind(&answer, "uts")["same"].is_null());
}

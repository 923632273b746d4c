//! While processes come and go, no table is empty and none fails. The original's is, now and then (W-13).

use crate::Here;
use serde_json::Value;
use xns_tests::Cmd;

/// Some shells that start programs as fast as they can, at most a few at a time, in a PID namespace of their own.
const SCRIPT: &str = "into still unshare -u\nsettle\nsay STILL $(ino /proc/$(pid 0)/ns/uts)\n\
    for i in 1 2 3; do (while :; do /bin/true; unshare -un /bin/true; (exit 0); done) & done\n";

const RUNS: usize = 300;

#[test]
fn no_table_is_empty_or_fails() {
    let Some(here) = Here::start("no_table_is_empty_or_fails", SCRIPT) else { return };
    let tool = here.among.tool("xlsns", &xns_tests::bin("xlsns")).join("xlsns");
    let forms = [
        "-J",
        "-J --deep -o ns,type,nprocs,pid,ppid,uid,user,path,pns,ons,nsfs,netnsid,pins,command",
        "-J -T",
        "-J -t uts",
    ];
    // In one go: what starts them would take longer than they do.
    for words in forms {
        let script = format!(
            "i=0; while [ $i -lt {} ]; do {} {words} > $D/$i || echo failed $i: $?; i=$((i + 1)); done",
            RUNS / forms.len(),
            tool.display()
        );
        let results = here.among.scene.subdir("results");
        let cmd: Cmd =
            here.among.scene.cmd("nsenter").words(&format!("-t {} -m -p -n -i sh -c", here.among.pid));
        let done = cmd.args([&script]).env("D", &results).run();
        assert_eq!((done.status, done.stdout.as_str()), (Some(0), ""), "{words}: {done:?}");
        for run in 0..RUNS / forms.len() {
            let text = std::fs::read_to_string(results.join(run.to_string())).unwrap();
            let table: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{words}: {e}: {text}"));
            assert!(has(&table["namespaces"], here.number("STILL")), "{words}, run {run}: {text}");
        }
    }
}

/// Is it in the table, or in the tree?
fn has(rows: &Value, ino: u64) -> bool {
    let rows = rows.as_array().into_iter().flatten();
    rows.into_iter().any(|row| row["ns"] == ino || has(&row["children"], ino))
}

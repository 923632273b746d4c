//! Namespaces that no process is in: each that something keeps is found, and told what that is.

use crate::{Here, about};
use serde_json::{Value, json};

const SCRIPT: &str = include_str!("kept.sh");

/// A namespace that the script made.
struct Kept {
    /// What the script calls it.
    name: &'static str,
    kind: &'static str,
    /// The uid of who made it, where that is known.
    uid: Option<u32>,
    /// What keeps it; `{HOLDER}` and `{TID}` are processes, `{IN_MNT}` and `{CHILD}` namespaces.
    pins: &'static str,
}

const fn kept(name: &'static str, kind: &'static str, pins: &'static str) -> Kept {
    Kept { name, kind, uid: Some(0), pins }
}

const KEPT: &[Kept] = &[
    kept("FD_MNT", "mnt", "descriptor 7 of {HOLDER} (sleep)"),
    kept("FD_NET", "net", "descriptor 7 of {HOLDER} (sleep)"),
    kept("FD_IPC", "ipc", "descriptor 7 of {HOLDER} (sleep)"),
    kept("FD_UTS", "uts", "descriptor 7 of {HOLDER} (sleep)"),
    kept("FD_CGROUP", "cgroup", "descriptor 7 of {HOLDER} (sleep)"),
    Kept { uid: Some(54321), ..kept("FD_USER", "user", "descriptor 7 of {HOLDER} (sleep)") },
    kept("MOUNTED_NET", "net", "mount /run/pins/MOUNTED_NET"),
    kept("MOUNTED_IPC", "ipc", "mount /run/pins/MOUNTED_IPC"),
    // It cannot be opened: a path leads to what lies above it. The original takes it for that (W-15).
    Kept { uid: None, ..kept("BELOW", "uts", "mount /run/pins/stack") },
    kept("ABOVE", "net", "mount /run/pins/stack"),
    kept("SOCKET", "net", "socket 8 of {HOLDER} (sleep)"),
    Kept { uid: Some(54321), ..kept("PARENT", "user", "child user:[{CHILD}]") },
];

/// What only `--deep` finds.
const DEEP: &[Kept] = &[
    Kept {
        uid: None,
        ..kept("ELSEWHERE", "uts", "mount /run/pins/elsewhere in mnt:[{IN_MNT}] of {HOLDER} (sleep)")
    },
    kept("THREAD", "uts", "thread {TID} of {HOLDER} (hold)"),
    kept("TIME", "time", "children to come of {HOLDER} (hold)"),
    kept("PID", "pid", "children to come of {HOLDER} (sleep)"),
];

impl Kept {
    fn pins(&self, here: &Here) -> String {
        let holder = here.said.get(&format!("HOLDER_OF_{}", self.name));
        let mut text = self.pins.replace("{HOLDER}", holder.map_or("?", String::as_str));
        for name in ["TID", "IN_MNT", "CHILD"] {
            text = text.replace(&format!("{{{name}}}"), &here.said[name]);
        }
        text
    }
}

const COLUMNS: &str = "-o ns,type,nprocs,pid,uid,pins,path,command";

#[test]
fn what_keeps_a_namespace_is_told() {
    let Some(here) = Here::start("what_keeps_a_namespace_is_told", SCRIPT) else { return };
    let (usual, deep) = (here.rows(COLUMNS), here.rows(&format!("--deep {COLUMNS}")));
    for kept in KEPT.iter().chain(DEEP) {
        let ino = here.number(kept.name);
        let row = about(&deep, ino).unwrap_or_else(|| panic!("{} is not found", kept.name));
        let pins = kept.pins(&here);
        assert_eq!(row["pins"][0], pins, "{}", kept.name);
        let expected = json!({
            "ns": ino, "type": kept.kind, "nprocs": 0, "pid": null, "uid": kept.uid, "pins": row["pins"],
            "path": null, "command": null,
        });
        assert_eq!(*row, expected, "{}", kept.name);
    }
    for kept in KEPT {
        let row = about(&usual, here.number(kept.name)).unwrap_or_else(|| panic!("{}", kept.name));
        assert_eq!(row["pins"], json!([kept.pins(&here)]), "{}", kept.name);
    }
    for kept in DEEP {
        assert_eq!(about(&usual, here.number(kept.name)), None, "{} takes --deep", kept.name);
    }
    // Nobody asks what keeps one that processes are in.
    let with_process: Vec<&Value> = deep.iter().filter(|row| row["nprocs"] != 0).collect();
    assert!(with_process.iter().all(|row| row["pins"] == json!([])), "{with_process:?}");
    assert_eq!(deep.len(), with_process.len() + KEPT.len() + DEEP.len());
    assert_eq!(usual.len(), with_process.len() + KEPT.len());
}

/// As a table, which has the column where it is of use.
#[test]
fn the_table_tells_it_too() {
    let Some(here) = Here::start("the_table_tells_it_too", SCRIPT) else { return };
    let table = here.xlsns("-n");
    for kept in KEPT {
        let start = format!("{} {}", here.number(kept.name), kept.kind);
        let line =
            table.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("{start}\n{table}"));
        assert!(line.trim_end().ends_with(&kept.pins(&here)), "{line}");
    }
    assert!(!here.xlsns("-p 1").contains("PINS"), "nothing is kept there");
    // Those alone.
    let alone = here.rows("-P -o ns,nprocs");
    let mut expected: Vec<u64> = KEPT.iter().map(|kept| here.number(kept.name)).collect();
    expected.sort_unstable();
    assert_eq!(alone.iter().map(|row| row["ns"].as_u64().unwrap()).collect::<Vec<_>>(), expected);
    assert!(alone.iter().all(|row| row["nprocs"] == 0));
    assert_eq!(here.rows("-P --deep -o ns").len(), KEPT.len() + DEEP.len());
    assert_eq!(here.rows("-P -t net -o ns").len(), KEPT.iter().filter(|kept| kept.kind == "net").count());
}

/// Under the original's name there is no such column, unless somebody asks for it; what is found is the same.
#[test]
fn under_the_originals_name() {
    let Some(here) = Here::start("under_the_originals_name", SCRIPT) else { return };
    here.among.tool("lsns", &xns_tests::bin("xlsns"));
    let lsns = |words: &str| here.run(false, &format!("exec lsns {words}")).out().to_owned();
    let heading =
        |words: &str| lsns(words).lines().next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(heading("-l"), "NS TYPE NPROCS PID USER COMMAND");
    assert_eq!(heading("-P"), "NS TYPE NPROCS PID USER COMMAND");
    assert_eq!(heading("--output-all"), "NS TYPE PATH NPROCS PID PPID COMMAND UID USER NETNSID NSFS PNS ONS");
    assert_eq!(heading("-l -o +pins"), "NS TYPE NPROCS PID USER COMMAND PINS");
    assert_eq!(lsns("-lno ns"), here.xlsns("-no ns"));
    // A tree has those above others that have no process, whatever its relation.
    let above = here.number("PARENT");
    for tree in ["-T", "-Tparent", "-Tprocess"] {
        assert!(lsns(&format!("{tree} -o ns,type")).contains(&above.to_string()), "{tree}");
    }
    let tree = lsns("-Tparent -t user -o ns,pns");
    let place = |ino: u64| tree.lines().position(|line| line.contains(&format!("-{ino}"))).unwrap();
    assert_eq!(place(here.number("CHILD")), place(above) + 1, "{tree}");
}

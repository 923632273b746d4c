//! Containers by crun, as xlsns on the host sees them.

use crate::container::{Container, EVERY, KINDS, NEEDS, ROOT_OUTSIDE};
use serde_json::Value;
use xns_tests::{bin, need, ns};

fn rows(container: &Container, words: &str) -> Vec<Value> {
    let done = container.scene.cmd(bin("xlsns")).args(["-J"]).words(words).run();
    let table: Value = serde_json::from_str(done.out()).unwrap();
    table["namespaces"].as_array().unwrap().clone()
}

#[test]
fn a_containers_namespaces_are_seen_from_the_host() {
    if !need("a_containers_namespaces_are_seen_from_the_host", &NEEDS) {
        return;
    }
    for spec in EVERY {
        let container = Container::start(spec);
        let all = rows(&container, "-o ns,type,nprocs,pid,uid,command");
        let of_process = rows(&container, &format!("-p {} -o ns,type,nprocs,pid,uid,command", container.pid));
        assert_eq!(of_process.len(), KINDS.len() + 1, "and time");
        for kind in KINDS {
            let id = ns(container.pid, kind);
            let find =
                |rows: &[Value]| rows.iter().find(|row| format!("{kind}:[{}]", row["ns"]) == id).cloned();
            let row = find(&all).unwrap_or_else(|| panic!("{} of {}", id, spec.name));
            assert_eq!(row["type"], *kind, "{}", spec.name);
            if !spec.has(kind) {
                assert_ne!(row["pid"], container.pid, "{kind} of {} is the host's", spec.name);
                continue;
            }
            assert_eq!(find(&of_process).as_ref(), Some(&row), "{kind} of {}", spec.name);
            assert_eq!(
                (&row["nprocs"], &row["pid"]),
                (&1.into(), &container.pid.into()),
                "{kind} of {}",
                spec.name
            );
            assert_eq!(row["command"], container.first().join(" "), "{kind} of {}", spec.name);
            let uid = if spec.has("user") { ROOT_OUTSIDE } else { 0 };
            assert_eq!(row["uid"], uid, "{kind} of {}", spec.name);
        }
        // Its processes, by the number of its PID namespace.
        let pids = ns(container.pid, "pid");
        let processes = rows(&container, &format!("{} -o pid,command", &pids[5..pids.len() - 1]));
        assert_eq!(processes.len(), 1, "{}", spec.name);
        assert_eq!(processes[0]["pid"], container.pid, "{}", spec.name);
        container.end();
    }
}

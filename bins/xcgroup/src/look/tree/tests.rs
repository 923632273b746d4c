//! Trees of recorded machines.

use super::super::group::Group;
use super::super::record::Files as Record;
use super::*;
use xns_cgroup::walk::{Listed, Listing};
use xns_cgroup::{GroupPath, Hierarchy, Placed, Tree};
use xns_cli::table::{Charset, Look};

fn tree_at(hierarchy: Hierarchy, point: &str) -> Tree {
    let controllers = match &hierarchy {
        Hierarchy::Version1(names) => names.clone(),
        Hierarchy::Unified => Vec::new(),
    };
    Tree { hierarchy, point: point.into(), root: "/".into(), names: "".into(), controllers, read_only: false }
}

fn v1(names: &[&str], point: &str) -> Tree {
    tree_at(Hierarchy::Version1(names.iter().map(|name| (*name).to_owned()).collect()), point)
}

/// The groups of these trees, of which each has those whose number is in the list.
fn drawn(
    trees: &[Tree],
    top: &str,
    groups: &[(&str, &[usize])],
    record: &Record,
) -> (String, serde_json::Value) {
    let name = GroupPath::parse(top.as_ref()).unwrap();
    let placed = trees.iter().map(|tree| Placed { directory: tree.directory(&name), tree: tree.clone() });
    let group = Group { name: top.into(), placed: placed.collect() };
    let listed = |(path, trees): &(&str, &[usize])| Listed { path: path.into(), trees: trees.to_vec() };
    let listing = Listing { groups: groups.iter().map(listed).collect(), refused: Vec::new() };
    let nodes = node::all(&group, &listing, record);
    let mut command = |pid: u32| (pid != 99).then(|| format!("sleep {pid}\x1b[2J").into_bytes());
    let look = Look { charset: Charset::Utf8, ..Look::default() };
    let value = serde_json::to_value(draw::as_json(&nodes, &mut command)).unwrap();
    (draw::human(&nodes, &mut command, &look), value)
}

#[test]
fn hybrid_is_merged_by_name() {
    const RECORD: Record = Record(&[
        ("/m/cgroup.procs", "1\n2\n7\n"),
        ("/p/cgroup.procs", "1\n2\n8\n"),
        ("/u/cgroup.procs", "1\n2\n7\n8\n"),
        ("/m/memory.usage_in_bytes", "1073741824\n"),
        ("/u/cpu.stat", "usage_usec 5000000\n"),
        ("/m/a/cgroup.procs", "7\n"),
        ("/m/a/memory.usage_in_bytes", "1048576\n"),
        ("/m/a/memory.limit_in_bytes", "209715200\n"),
        ("/m/a/b/cgroup.procs", "8\n99\n"),
        ("/m/a/b/memory.limit_in_bytes", "524288000\n"),
        ("/p/a/cgroup.procs", "7\n8\n0\n0\n"),
        ("/p/a/pids.max", "20\n"),
        ("/p/a/pids.current", "4\n"),
    ]);
    let trees = [v1(&["memory"], "/m"), v1(&["pids"], "/p"), tree_at(Hierarchy::Unified, "/u")];
    let groups: &[(&str, &[usize])] = &[("", &[0, 1, 2]), ("a", &[0, 1]), ("a/b", &[0])];
    let (text, value) = drawn(&trees, "/", groups, &RECORD);
    assert_eq!(
        text,
        "GROUP                               MEMORY CPU TIME PIDS LIMITS\n\
         /                                       1G   5.00 s      \n\
         ├─1 sleep 1\\x1b[2J                                       \n\
         ├─2 sleep 2\\x1b[2J                                       \n\
         └─a                                     1M             4 memory 200M\n\
         \x20 │                                                      pids 20\n\
         \x20 ├─7 sleep 7\\x1b[2J                                     \n\
         \x20 ├─8 (only in pids) sleep 8\\x1b[2J                      \n\
         \x20 ├─… 2 without a PID here                               \n\
         \x20 └─b                                                    memory 500M\n\
         \x20   │                                                    memory bound by /a: 200M\n\
         \x20   ├─8 sleep 8\\x1b[2J                                   \n\
         \x20   └─99                                                 \n"
    );
    assert_eq!(value[2]["name"], "/a/b");
    assert_eq!(value[2]["bounds"]["memory_bytes"]["group"], "/a");
    assert_eq!(value[2]["limits"][0]["value"], 524_288_000);
    assert_eq!(value[1]["processes"][1]["only_in"][0], "pids");
    assert_eq!(value[1]["processes_without_pid"], 2);
    assert_eq!(value[2]["processes"][1]["command"], serde_json::Value::Null);
}

/// The table's other columns stay in sight.
#[test]
fn a_long_command_is_cut() {
    let long = |command: &str| {
        let trees = [tree_at(Hierarchy::Unified, "/u")];
        let group = Group {
            name: "/a".into(),
            placed: vec![Placed { tree: trees[0].clone(), directory: "/u/a".into() }],
        };
        let listing =
            Listing { groups: vec![Listed { path: "".into(), trees: vec![0] }], refused: Vec::new() };
        let nodes = node::all(&group, &listing, &Record(&[("/u/a/cgroup.procs", "7\n")]));
        let mut command = |_| Some(command.as_bytes().to_vec());
        let text = draw::human(&nodes, &mut command, &Look { charset: Charset::Utf8, ..Look::default() });
        text.lines().nth(2).unwrap().trim_end().to_owned()
    };
    assert_eq!(long(&"x".repeat(60)), format!("└─7 {}", "x".repeat(60)));
    assert_eq!(long(&"x".repeat(61)), format!("└─7 {}…", "x".repeat(60)));
    assert_eq!(long(&format!("{}é", "x".repeat(59))), format!("└─7 {}…", "x".repeat(59)));
}

#[test]
fn a_crowd_is_counted() {
    const RECORD: Record = Record(&[
        ("/u/a/cgroup.procs", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n"),
        ("/u/a/cgroup.events", "populated 1\nfrozen 1\n"),
    ]);
    let trees = [tree_at(Hierarchy::Unified, "/u")];
    let (text, value) = drawn(&trees, "/a", &[("", &[0])], &RECORD);
    assert!(text.contains("├─10 ") && !text.contains("─11 "), "{text}");
    assert!(text.contains("└─… 2 more") && text.contains("frozen\n"), "{text}");
    assert_eq!(value[0]["processes"].as_array().map(Vec::len), Some(12));
    assert_eq!(value[0]["frozen"], true);
}

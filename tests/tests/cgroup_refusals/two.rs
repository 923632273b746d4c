//! Version 2.

use super::{Group, Try, waiting, write};
use std::path::Path;
use xns_tests::{Need, Scene, cgroup2_root, need, wait_for};

/// Without any controller: hybrid, too.
fn plain(test: &str) -> Option<Group> {
    need(test, &[Need::Root, Need::Cgroup2]).then(|| Group::make(cgroup2_root().unwrap()))
}

fn with(test: &str, controller: &'static [&'static str]) -> Option<Group> {
    let there = need(test, &[Need::Root, Need::Version2(controller)]);
    there.then(|| Group::make(cgroup2_root().unwrap()))
}

#[test]
fn e45_threaded_groups() {
    let Some(group) = plain("e45_threaded_groups") else { return };
    let (scene, threaded, invalid) = (Scene::new(), group.below("a"), group.below("b"));
    let root = Try::root(&scene);
    write(&threaded.join("cgroup.type"), "threaded");
    for deed in ["enter", "clone"] {
        let told = root.refused(deed, &invalid, &[], "XNS-E45-threaded");
        assert_eq!(
            told.because()[0],
            format!("{} says domain invalid", invalid.join("cgroup.type").display())
        );
    }
    if threaded.join("cgroup.kill").exists() {
        root.refused("set", &threaded, &["cgroup.kill", "1"], "XNS-E45-thread");
    }
    root.refused("set", &threaded, &["cgroup.type", "domain"], "XNS-C6-value");
}

#[test]
fn c1_how_many_and_how_deep() {
    let Some(group) = plain("c1_how_many_and_how_deep") else { return };
    let scene = Scene::new();
    let root = Try::root(&scene);
    group.write("cgroup.max.depth", "0");
    root.cured("make", &group.0.join("a"), &[], "XNS-C1-depth");
    group.write("cgroup.max.descendants", "1");
    root.cured("make", &group.0.join("b"), &[], "XNS-C1-descendants");
    root.refused("make", &group.0.join("a/b/c"), &[], "XNS-E50-no-group");
    root.refused("make", &group.0.join("b"), &[], "XNS-C3-exists");
    root.refused("make", &group.0.join("cgroup.procs"), &[], "XNS-C3-exists");
    root.refused("make", &group.0.join("new\nline"), &[], "XNS-C3-name");
}

#[test]
fn e43_the_group_above_both() {
    let Some(group) = plain("e43_the_group_above_both") else { return };
    let scene = Scene::new();
    let ordinary = Try::ordinary(&scene);
    for deed in ["enter", "clone"] {
        ordinary.refused(deed, &group.0, &[], "XNS-E43-not-yours");
    }
    group.give_away();
    let own = std::fs::read_to_string("/proc/self/cgroup").unwrap();
    let own = own.lines().find_map(|line| line.strip_prefix("0::/")).unwrap().to_owned();
    let here = cgroup2_root().unwrap().join(own);
    let above = here.ancestors().find(|above| group.0.starts_with(above)).unwrap();
    for deed in ["enter", "clone"] {
        let told = ordinary.refused(deed, &group.0, &[], "XNS-E43-common-ancestor");
        let that = format!(": that is {}", above.join("cgroup.procs").display());
        assert!(told.because()[0].ends_with(&that), "{told:?}");
    }
    let below = group.below("b");
    write(&below.join("cgroup.freeze"), "1");
    ordinary.refused("set", &below, &["cgroup.freeze", "0"], "XNS-C2-not-yours");
    ordinary.refused("freeze", &below, &[], "XNS-C2-not-yours");
    ordinary.refused("delegate", &group.0, &["1"], "XNS-C7-only-root");
    ordinary.refused("make", &below.join("x"), &[], "XNS-C2-not-yours");
}

#[test]
fn c4_frozen_above() {
    let Some(group) = plain("c4_frozen_above") else { return };
    let (scene, below) = (Scene::new(), group.below("b"));
    let running = waiting(&scene, &["env"]);
    write(&below.join("cgroup.procs"), &running.pid().to_string());
    group.write("cgroup.freeze", "1");
    let frozen = || std::fs::read_to_string(below.join("cgroup.events")).unwrap().contains("frozen 1");
    wait_for("the group below to freeze", frozen);
    let told = Try::root(&scene).refused("thaw", &below, &[], "XNS-C4-frozen-above");
    assert_eq!(told.because(), [format!("{} says 1", group.0.join("cgroup.freeze").display())]);
    group.write("cgroup.freeze", "0");
}

#[test]
fn e40_to_e42_controllers_and_processes() {
    let Some(group) = with("e40_to_e42_controllers_and_processes", &["memory"]) else { return };
    let (scene, below) = (Scene::new(), group.below("b"));
    let root = Try::root(&scene);
    root.cured("set", &below, &["memory.max", "1G"], "XNS-E42-not-enabled");
    for deed in ["enter", "clone"] {
        let told = root.refused(deed, &group.0, &[], "XNS-E40-internal");
        assert_eq!(
            told.because()[0],
            format!("{} says memory", group.0.join("cgroup.subtree_control").display())
        );
    }
    write(&below.join("cgroup.subtree_control"), "+memory");
    root.cured("set", &group.0, &["cgroup.subtree_control", "-memory"], "XNS-E41-still-used");
    let running = waiting(&scene, &["env"]);
    group.write("cgroup.procs", &running.pid().to_string());
    let told = root.refused("enable", &group.0, &["memory"], "XNS-E40-internal");
    assert!(told.because()[0].ends_with(&format!(" has {} (sh)", running.pid())), "{told:?}");
    root.refused("enable", &below, &["memory"], "XNS-E42-not-enabled");
    root.refused("enable", &below, &["memroy"], "XNS-E49-unknown");
}

#[test]
fn e45_what_threads_cannot_have() {
    let Some(group) = with("e45_what_threads_cannot_have", &["memory"]) else { return };
    let (scene, threaded) = (Scene::new(), group.below("a"));
    write(&threaded.join("cgroup.type"), "threaded");
    Try::root(&scene).refused("enable", &group.0, &["memory"], "XNS-E45-not-for-threads");
}

#[test]
fn e07_a_full_group() {
    let Some(group) = with("e07_a_full_group", &["pids"]) else { return };
    let scene = Scene::new();
    group.write("pids.max", "0");
    Try::root(&scene).cured("clone", &group.0, &[], "XNS-E07-pids-max");
}

#[test]
fn c6_and_e49_values() {
    let Some(group) = with("c6_and_e49_values", &["cpu"]) else { return };
    let scene = Scene::new();
    let root = Try::root(&scene);
    group.write("cpu.max", "50000 100000");
    for (file, value, id) in [
        ("cpu.weight", "0", "XNS-C6-value"),
        ("cpu.max", "1", "XNS-C6-value"),
        ("cpu.max.burst", "200000", "XNS-C6-burst"),
        ("cpu.shares", "7", "XNS-E49-version-1"),
        ("cpu.wieght", "7", "XNS-E42-no-file"),
        ("cpu.stat", "7", "XNS-C6-only-read"),
        ("cgroup.max.depth", "-1", "XNS-C6-value"),
        ("cgroup.subtree_control", "cpu", "XNS-C6-value"),
        ("cgroup.procs", "x", "XNS-C6-value"),
        ("cgroup.procs", "999999999", "XNS-E46-no-process"),
        ("cgroup.procs", "2", "XNS-E46-kernel-thread"),
    ] {
        // Before Linux 5.14 there is no burst.
        if file != "cpu.max.burst" || group.0.join(file).exists() {
            root.refused("set", &group.0, &[file, value], id);
        }
    }
    root.refused("set", group.0.parent().unwrap(), &["cpu.max", "1000"], "XNS-C6-root");
}

#[test]
fn no_hint_for_what_is_done() {
    let Some(group) = plain("no_hint_for_what_is_done") else { return };
    let scene = Scene::new();
    let root = Try::root(&scene);
    for (deed, directory) in
        [("clone", group.0.as_path()), ("make", &group.0.join("a")), ("remove", &group.0.join("a"))]
    {
        assert_eq!(root.run(deed, Path::new(directory), &[]).stdout, "done\n", "{deed}");
    }
}

//! Version 1.

use super::{Group, Try, waiting};
use std::path::Path;
use xns_tests::{Need, Scene, need};

fn group(test: &str, controller: &'static [&'static str]) -> Option<Group> {
    let there = need(test, &[Need::Root, Need::Version1(controller)]);
    // Debian's is a link to "cpu,cpuacct".
    there.then(|| Group::make(&Path::new("/sys/fs/cgroup").join(controller[0]).canonicalize().unwrap()))
}

#[test]
fn c3_an_empty_cpuset() {
    let Some(group) = group("c3_an_empty_cpuset", &["cpuset"]) else { return };
    let scene = Scene::new();
    let told = Try::root(&scene).refused("enter", &group.0, &[], "XNS-C3-empty-cpuset");
    let name = group.0.file_name().unwrap().to_str().unwrap();
    assert!(told.cures()[0].starts_with(&format!("xcgroup set /{name} --cpuset 0")), "{told:?}");
    for file in ["cpuset.cpus", "cpuset.mems"] {
        group.write(file, "0");
    }
    assert_eq!(Try::root(&scene).run("enter", &group.0, &[]).stdout, "done\n");
}

#[test]
fn c6_lists_of_cpus() {
    let Some(group) = group("c6_lists_of_cpus", &["cpuset"]) else { return };
    let (scene, below) = (Scene::new(), group.below("b"));
    let root = Try::root(&scene);
    root.refused("set", &group.0, &["cpuset.cpus", "0-4095"], "XNS-C6-no-such-cpu");
    root.refused("set", &group.0, &["cpuset.cpus", "a-b"], "XNS-C6-value");
    root.cured("set", &below, &["cpuset.mems", "0"], "XNS-C6-not-above");
    group.write("cpuset.cpus", "0");
    super::write(&below.join("cpuset.cpus"), "0");
    let told = root.refused("set", &group.0, &["cpuset.cpus", "\n"], "XNS-C6-needed-below");
    assert_eq!(told.because(), [format!("{} says 0", below.join("cpuset.cpus").display())]);
}

#[test]
fn e54_more_than_above() {
    let Some(group) = group("e54_more_than_above", &["cpu"]) else { return };
    let (scene, below) = (Scene::new(), group.below("b"));
    let root = Try::root(&scene);
    group.write("cpu.cfs_quota_us", "50000");
    let told = root.refused("set", &below, &["cpu.cfs_quota_us", "60000"], "XNS-E54-above");
    let typed = root.typed(told.cures()[1]);
    assert!(typed.ok(), "{typed:?}");
    assert_eq!(root.run("set", &below, &["cpu.cfs_quota_us", "60000"]).stdout, "done\n");
    root.cured("set", &group.0, &["cpu.cfs_quota_us", "30000"], "XNS-E54-below");
    root.refused("set", &group.0, &["cpu.cfs_quota_us", "500"], "XNS-C6-value");
    root.refused("set", &group.0, &["cpu.max", "1000"], "XNS-E49-version-2");
}

#[test]
fn e46_real_time() {
    let test = "e46_real_time";
    let Some(group) = group(test, &["cpu"]) else { return };
    if !group.0.join("cpu.rt_runtime_us").exists() || !need(test, &[Need::Program("chrt")]) {
        return;
    }
    let scene = Scene::new();
    let running = waiting(&scene, &["chrt", "-f", "1"]);
    Try::root(&scene).cured("move", &group.0, &[&running.pid().to_string()], "XNS-E46-real-time");
}

#[test]
fn c6_memory_and_swap() {
    let Some(group) = group("c6_memory_and_swap", &["memory"]) else { return };
    let scene = Scene::new();
    let root = Try::root(&scene);
    root.refused("set", &group.0, &["memory.limit_in_bytes", "max"], "XNS-C6-value");
    root.refused("set", group.0.parent().unwrap(), &["memory.limit_in_bytes", "1G"], "XNS-C6-root");
    if group.0.join("memory.memsw.limit_in_bytes").exists() {
        root.cured("set", &group.0, &["memory.memsw.limit_in_bytes", "64M"], "XNS-C6-swap-order");
        root.cured("set", &group.0, &["memory.limit_in_bytes", "128M"], "XNS-C6-swap-order");
    }
}

/// Pages that cannot go: of a tmpfs, without swap for the group.
#[test]
fn c6_memory_that_is_used() {
    let Some(group) = group("c6_memory_that_is_used", &["memory"]) else { return };
    let scene = Scene::new();
    group.write("memory.swappiness", "0");
    let script = "echo 0 > $G/tasks; mount -t tmpfs none .; cd \"$PWD\"; dd if=/dev/zero of=./f bs=1M count=24 2>/dev/null; echo ready; read line";
    let unshared = scene.cmd("unshare").args(["-m", "sh", "-ec", script]);
    let mut running = unshared.env("G", &group.0).start();
    assert_eq!(running.line(), "ready");
    let told =
        Try::root(&scene).refused("set", &group.0, &["memory.limit_in_bytes", "4M"], "XNS-C6-below-usage");
    assert!(told.because()[0].contains("memory.usage_in_bytes is "), "{told:?}");
}

#[test]
fn c4_frozen_above() {
    let Some(group) = group("c4_frozen_above", &["freezer"]) else { return };
    let (scene, below) = (Scene::new(), group.below("b"));
    let running = waiting(&scene, &["env"]);
    super::write(&below.join("cgroup.procs"), &running.pid().to_string());
    group.write("freezer.state", "FROZEN");
    let told = Try::root(&scene).refused("thaw", &below, &[], "XNS-C4-frozen-above");
    group.write("freezer.state", "THAWED");
    assert_eq!(told.because(), [format!("{} says 1", group.0.join("freezer.self_freezing").display())]);
    Try::root(&scene).refused("freeze", group.0.parent().unwrap(), &[], "XNS-C4-root");
}

#[test]
fn e53_disks() {
    let Some(group) = group("e53_disks", &["blkio"]) else { return };
    let scene = Scene::new();
    let file = "blkio.throttle.read_bps_device";
    Try::root(&scene).refused("set", &group.0, &[file, "4095:77 1000"], "XNS-E53-no-device");
}

#[test]
fn e43_another_users_process() {
    let Some(group) = group("e43_another_users_process", &["pids"]) else { return };
    let scene = Scene::new();
    let running = waiting(&scene, &["env"]);
    group.give_away();
    Try::ordinary(&scene).refused("move", &group.0, &[&running.pid().to_string()], "XNS-E43-other-user");
    Try::root(&scene).refused("clone", &group.0, &[], "XNS-E49-version-1");
}

//! What both versions refuse: in the hierarchy of the controller pids.

use super::{Group, Try, waiting};
use xns_tests::{Need, ORDINARY_UID, Scene, need, pids_root};

fn group(test: &str) -> Option<Group> {
    need(test, &[Need::Root, Need::PidsController]).then(|| Group::make(pids_root().unwrap().as_ref()))
}

#[test]
fn e50_no_such_group() {
    let Some(group) = group("e50_no_such_group") else { return };
    let scene = Scene::new();
    let (root, gone) = (Try::root(&scene), group.0.join("gone"));
    for deed in ["enter", "open", "kill", "remove"] {
        let told = root.refused(deed, &gone, &[], "XNS-E50-no-group");
        assert_eq!(told.because()[0], format!("{} is not there", gone.display()), "{deed}");
    }
    root.refused("set", &gone, &["pids.max", "7"], "XNS-E50-no-group");
}

#[test]
fn e46_numbers_of_nobody() {
    let Some(group) = group("e46_numbers_of_nobody") else { return };
    let scene = Scene::new();
    let root = Try::root(&scene);
    root.refused("move", &group.0, &["999999999"], "XNS-E46-no-process");
    let kernel = std::fs::read_to_string("/proc/2/comm").is_ok_and(|name| name == "kthreadd\n");
    if kernel {
        root.refused("move", &group.0, &["2"], "XNS-E46-kernel-thread");
    }
}

#[test]
fn e48_groups_that_are_used() {
    let Some(group) = group("e48_groups_that_are_used") else { return };
    let (scene, below) = (Scene::new(), group.below("b"));
    let root = Try::root(&scene);
    let told = root.refused("remove", &group.0, &[], "XNS-E48-groups");
    assert_eq!(told.because(), [format!("the groups in {}: b", group.0.display())]);
    let running = waiting(&scene, &["env"]);
    super::write(&below.join("cgroup.procs"), &running.pid().to_string());
    let told = root.refused("remove", &below, &[], "XNS-E48-processes");
    assert!(told.because()[0].ends_with(&format!(" has 1: {} (sh)", running.pid())), "{told:?}");
}

#[test]
fn c2_somebody_elses() {
    let Some(group) = group("c2_somebody_elses") else { return };
    let scene = Scene::new();
    let ordinary = Try::ordinary(&scene);
    ordinary.refused("enter", &group.0, &[], "XNS-E43-not-yours");
    ordinary.refused("make", &group.0.join("x"), &[], "XNS-C2-not-yours");
    ordinary.refused("remove", &group.0, &[], "XNS-C2-not-yours");
    ordinary.refused("set", &group.0, &["pids.max", "7"], "XNS-C2-not-yours");
}

/// The hint looks again: the directory was read, and empty, before.
#[test]
fn c6_values() {
    let Some(group) = group("c6_values") else { return };
    let scene = Scene::new();
    let told = Try::root(&scene).refused("set", &group.0, &["pids.max", "-1"], "XNS-C6-value");
    assert_eq!(told.because()[1], format!("{} says max", group.0.join("pids.max").display()));
}

#[test]
fn controllers_that_are_nowhere() {
    let scene = Scene::new();
    for (name, id) in
        [("ns", "XNS-E49-ns"), ("memroy", "XNS-E49-unknown"), ("name=none-such", "XNS-E41-named")]
    {
        if need("controllers_that_are_nowhere", &[Need::PidsController]) {
            Try::root(&scene).refused("controller", name.as_ref(), &[], id);
        }
    }
}

/// Under a directory that says that systemd is the first process, in a mount namespace of the test's own.
#[test]
fn e55_and_e56_systemd() {
    let test = "e55_and_e56_systemd";
    let Some(group) = group(test).filter(|_| need(test, &[Need::Program("setpriv")])) else { return };
    let scene = Scene::new();
    let asked = |words: &str| {
        let script = format!("mount -t tmpfs none /run; mkdir -p /run/systemd/system; {words}");
        let cmd = scene.cmd("unshare").args(["-m", "sh", "-ec", &script]).env("G", &group.0);
        cmd.env("T", Try::ordinary(&scene).program()).run().out().to_owned()
    };
    let told = asked("$T systemd $G");
    assert!(told.contains("hint[XNS-E55-systemd]") && told.contains("systemd-run --scope"), "{told}");
    let as_user =
        format!("setpriv --reuid {ORDINARY_UID} --regid {ORDINARY_UID} --clear-groups $T make $G/x");
    let told = asked(&format!("unset XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS; {as_user}"));
    assert!(told.contains("hint[XNS-E56-no-bus]") && told.contains("enable-linger"), "{told}");
    let told = asked(&format!("mkdir -p /run/user/{ORDINARY_UID}; {as_user}"));
    assert!(told.contains("try: XDG_RUNTIME_DIR=/run/user/54321 systemd-run --user --scope"), "{told}");
}

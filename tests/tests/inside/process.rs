//! What is told of a process: its numbers, its user namespace's maps, its rights, its clocks.

use crate::{by, look, of, target};
use xns_tests::{Need, Scene, Who, bin, children, need};

#[test]
fn a_number_in_each_level() {
    for who in Who::each("a_number_in_each_level") {
        let scene = Scene::new();
        let tool = bin("xunshare").display().to_string();
        let script = format!("{tool} -fp sh -c 'echo ready; read line'; :");
        let mut running = who.xunshare(&scene).args(["-fp", "sh", "-c", &script]).start();
        assert_eq!(running.line(), "ready");
        let [outer] = children(running.pid())[..] else { panic!("one child") };
        let [helper] = children(outer)[..] else { panic!("one child") };
        let [inner] = children(helper)[..] else { panic!("one child") };
        assert_eq!(look(&scene, who, "pid", outer), format!("{outer} outside, 1 inside"));
        assert_eq!(look(&scene, who, "pid", helper), format!("{helper} outside, 2 inside"));
        let levels = format!("{inner} outside, 3 one level in, 1 two levels in");
        assert_eq!(look(&scene, who, "pid", inner), levels);
        // The init of a namespace, by the namespace of any of its processes; also below Linux 6.11.
        for (process, init) in [(outer, outer), (helper, outer), (inner, inner)] {
            assert_eq!(look(&scene, who, "init", process), format!("Ok(Some({init}))"));
            let old = by(&scene, who, env!("CARGO_BIN_EXE_without"));
            let words = ["pid-in-namespace", env!("CARGO_BIN_EXE_look-inside"), "init", &process.to_string()];
            assert_eq!(old.args(words).run().out(), format!("Ok(Some({init}))"), "{who:?}");
        }
    }
}

#[test]
fn maps_in_words() {
    for who in Who::each("maps_in_words") {
        let scene = Scene::new();
        let uid = if who == Who::Root { 0 } else { xns_tests::ORDINARY_UID };
        scene.hand_over();
        let words = format!("-U --map-user 77 --map-group 78 {}", env!("CARGO_BIN_EXE_look-inside"));
        // From inside, "outside" is the parent.
        let own =
            by(&scene, who, &bin("xunshare").display().to_string()).words(&words).args(["user", "self"]);
        assert_eq!(own.run().out(), format!("77 here is {uid} outside\n78 here is {uid} outside\ndeny"));
        let mut running = by(&scene, who, &bin("xunshare").display().to_string());
        running = running.words("-U --map-user 77 --map-group 78 sh -c").args(["echo ready; read line"]);
        let mut running = running.start();
        assert_eq!(running.line(), "ready");
        for fact in ["user", "user-inside"] {
            let found = look(&scene, who, fact, running.pid());
            assert_eq!(found, format!("77 here is {uid} outside\n78 here is {uid} outside\ndeny"), "{fact}");
        }
    }
}

#[test]
fn ranges_in_words() {
    if !need("ranges_in_words", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let maps = "-U --map-users 0:1000:1 --map-users 1:100000:65536 --map-groups 0:0:10";
    let (_target, pid) = target(&scene, Who::Root, maps, ":");
    let found = look(&scene, Who::Root, "user", pid);
    let words =
        "0 here is 1000 outside, 1–65536 here are 100000–165535 outside\n0–9 are the same outside\nallow";
    assert_eq!(found, words);
    // Of one that only a file holds, too: two levels down, and yet in our numbers.
    let pinned = scene.file("pinned", "").display().to_string();
    let tool = bin("xunshare").display().to_string();
    let script = format!("{tool} -U --map-users 5:1:3 --map-groups 5:1:3 sh -c 'echo ready; read line'");
    let mut running = scene.xunshare().words(maps).args(["-S0", "-G0", "sh", "-ec", &script]).start();
    assert_eq!(running.line(), "ready");
    let inner = of(&running);
    scene.cmd("mount").args(["--bind", &format!("/proc/{inner}/ns/user"), &pinned]).run().out();
    drop(running);
    let found = look(&scene, Who::Root, "user-inside", &pinned);
    assert!(found.starts_with("5–7 here are 100000–100002 outside\n5–7 here are 1–3 outside\n"), "{found}");
    let (_target, pid) = target(&scene, Who::Root, "-U", ":");
    assert!(look(&scene, Who::Root, "user", pid).starts_with("no ids are mapped\nno ids are mapped\n"));
}

#[test]
fn rights_by_name() {
    if !need("rights_by_name", &[Need::Program("setpriv")]) {
        return;
    }
    for who in Who::each("rights_by_name") {
        let scene = Scene::new();
        // In its user namespace the ordinary user has them all.
        let drop = "exec setpriv --bounding-set -all,+chown,+kill --inh-caps -all,+kill --no-new-privs sh -c 'echo ready; read line'";
        let (_target, pid) = target(&scene, who, "-u", drop);
        let found = look(&scene, who, "rights", pid);
        assert_eq!(
            found,
            "cap_kill; cap_chown, cap_kill; cap_chown, cap_kill; cap_chown, cap_kill\nSome(Disabled) Some(true)"
        );
        let filtered = by(&scene, who, env!("CARGO_BIN_EXE_without"));
        let filtered = filtered.args(["fsopen", env!("CARGO_BIN_EXE_look-inside"), "rights", "self"]).run();
        assert!(filtered.out().contains("Some(Filter)"), "{filtered:?}");
    }
}

#[test]
fn clocks() {
    for who in Who::each("clocks") {
        let scene = Scene::new();
        let (_target, pid) = target(&scene, who, "-Tf --monotonic=-5 --boottime=86400", ":");
        let offsets = "monotonic: Offset { seconds: -5, nanoseconds: 0 }, boottime: Offset { seconds: 86400, nanoseconds: 0 }";
        assert_eq!(look(&scene, who, "time", pid), format!("Ok(Some(Offsets {{ {offsets} }}))"));
        assert_eq!(look(&scene, who, "time-inside", pid), "-5 s 86400 s");
    }
}

/// The file tells the offsets of the namespace of a process's children, which need not be its own.
#[test]
fn only_the_children_are_in_the_new_one() {
    for who in Who::each("only_the_children_are_in_the_new_one") {
        let scene = Scene::new();
        let look =
            who.xunshare(&scene).args(["-u", env!("CARGO_BIN_EXE_look-inside"), "time-unshared", "self"]);
        assert_eq!(look.run().out(), "Ok(None)", "{who:?}");
    }
}

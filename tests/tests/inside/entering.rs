//! Entering a namespace to ask there: names of UTS namespaces, by process and by file, and what refuses.

use crate::{by, look, target};
use xns_tests::{Need, Scene, Who, bin, need};

#[test]
fn the_names_of_a_process() {
    for who in Who::each("the_names_of_a_process") {
        let scene = Scene::new();
        let (_target, pid) = target(&scene, who, "-u --hostname=inner --domainname=dom.ain", ":");
        assert_eq!(look(&scene, who, "uts", pid), r#""inner" "dom.ain""#);
    }
}

/// A host name may hold a line end and bytes that are no UTF-8.
#[test]
fn odd_names_come_whole() {
    for who in Who::each("odd_names_come_whole") {
        let scene = Scene::new();
        let cmd = who.xunshare(&scene).args(["-u", "--hostname=a\nb \u{1b}[1m\""]);
        let mut running = cmd.args(["sh", "-c", "echo ready; read line"]).start();
        assert_eq!(running.line(), "ready");
        assert_eq!(look(&scene, who, "uts", running.pid()), r#""a\nb \u{1b}[1m\"" "(none)""#);
    }
}

/// Without rights over it one's own is read all the same.
#[test]
fn ones_own_needs_no_rights() {
    for who in Who::each("ones_own_needs_no_rights") {
        let scene = Scene::new();
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
        let found = look(&scene, who, "uts", "/proc/self/ns/uts");
        assert!(found.starts_with(&format!("{:?} ", host.trim_end())), "{found}");
    }
}

/// Three user namespaces deep, whose outermost is the user's.
#[test]
fn a_namespace_of_a_namespaces_root() {
    for who in Who::each("a_namespace_of_a_namespaces_root") {
        let scene = Scene::new();
        let tool = bin("xunshare").display().to_string();
        let script = format!("exec {tool} -r {tool} -ru --hostname=deep sh -c 'echo ready; read line'");
        scene.hand_over();
        let mut running = by(&scene, who, &tool).args(["-r", "sh", "-c", &script]).start();
        assert_eq!(running.line(), "ready");
        assert_eq!(look(&scene, who, "uts", running.pid()), r#""deep" "(none)""#);
    }
}

/// A namespace that a file holds, and no process: root may enter it, an ordinary user is told why not.
#[test]
fn a_file_that_holds_one() {
    if !need("a_file_that_holds_one", &[Need::Root, Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    let file = scene.file("pinned", "");
    let pin = format!("--uts={}", file.display());
    scene.xunshare().args([pin.as_str(), "--hostname=pinned", "true"]).run().out();
    assert_eq!(look(&scene, Who::Root, "uts", file.display()), r#""pinned" "(none)""#);
    let refused = look(&scene, Who::Ordinary, "uts", file.display());
    assert_eq!(refused, "error: cannot enter the UTS namespace: Operation not permitted");
    let wrong = look(&scene, Who::Root, "net", file.display());
    assert_eq!(wrong, "error: cannot enter the network namespace: Invalid argument");
}

/// Where the caller ignores SIGCHLD children vanish before they are waited for; below Linux 5.3 there are no pidfds.
#[test]
fn children_end_in_every_case() {
    for who in Who::each("children_end_in_every_case") {
        let scene = Scene::new();
        let (_target, pid) = target(&scene, who, "-u --hostname=inner", ":");
        let (look, without) = (env!("CARGO_BIN_EXE_look-inside"), env!("CARGO_BIN_EXE_without"));
        for before in
            ["trap '' CHLD; exec", &format!("exec {without} clone3"), &format!("exec {without} waitid-pidfd")]
        {
            let script = format!("{before} {look} uts {pid}");
            assert_eq!(
                by(&scene, who, "sh").args(["-c", &script]).run().out(),
                r#""inner" "(none)""#,
                "{before}"
            );
        }
    }
}

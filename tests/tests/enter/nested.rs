//! User namespaces in user namespaces.

use super::{KINDS, all_of, by, of, program, xnsenter};
use xns_tests::{Running, Scene, Who, bin, ns};

/// A process three user namespaces deep, of this user's, with these options for the innermost; answers all three namespaces,
/// the outermost first, too.
fn three_deep(scene: &Scene, who: Who, innermost: &str) -> (Running, u32, Vec<String>) {
    let script = format!(
        "exec \"$X\" -r sh -c 'readlink /proc/self/ns/user; exec \"$X\" -rn sh -c \"readlink /proc/self/ns/user; \
         exec \\\"\\$X\\\" -r {innermost} sh -c \\\"readlink /proc/self/ns/user; echo ready; read line\\\"\"'"
    );
    scene.hand_over();
    let mut running = by(scene, who, "sh").args(["-c", &script]).env("X", bin("xunshare")).start();
    let spaces = (0..3).map(|_| running.line()).collect();
    assert_eq!(running.line(), "ready");
    let pid = of(&running);
    (running, pid, spaces)
}

/// From outside in one step: who owns the outermost has the rights in all of them.
#[test]
fn three_deep_in_one_step() {
    for who in Who::each("three_deep_in_one_step") {
        for innermost in ["", "-m", "-muiC", "-fp --mount-proc"] {
            let scene = Scene::new();
            let (_running, pid, spaces) = three_deep(&scene, who, innermost);
            assert_eq!(ns(pid, "user"), spaces[2]);
            let inside = program(xnsenter(&scene, who).args(["-t", &pid.to_string(), "-a"]));
            assert_eq!(all_of(of(&inside)), all_of(pid), "{who:?} {innermost}");
        }
    }
}

/// From each of them into those below it, and to none above.
#[test]
fn from_each_to_those_below() {
    for who in Who::each("from_each_to_those_below") {
        let scene = Scene::new();
        let (_innermost, pid, spaces) = three_deep(&scene, who, "-u");
        let tool = bin("xnsenter").display().to_string();
        let ordinary = xnsenter(&scene, who);
        let done = ordinary
            .words(&format!("-t {pid} --user-parent {tool} -t {pid} -a readlink /proc/self/ns/user"))
            .run();
        assert_eq!(done.out(), spaces[2], "{who:?}");
        // From below nobody gets out: to the test's own, or to the one between.
        for words in [format!("-t {} -a true", std::process::id()), format!("-t {pid} --user-parent true")] {
            let done = xnsenter(&scene, who).words(&format!("-t {pid} -a {tool} {words}")).run();
            assert_eq!((done.status, done.stdout.as_str()), (Some(1), ""), "{who:?} {words}: {done:?}");
        }
    }
}

/// The kinds that are entered are owned by three different user namespaces.
#[test]
fn owned_on_every_level() {
    for who in Who::each("owned_on_every_level") {
        let scene = Scene::new();
        let (_running, pid, spaces) = three_deep(&scene, who, "-i");
        let files = KINDS.map(|kind| (kind, ns(pid, kind)));
        let done = xnsenter(&scene, who)
            .args(["-t", &pid.to_string(), "-U", "-n", "-i"])
            .args(["sh", "-c", "for k in user net ipc; do readlink /proc/self/ns/$k; done"])
            .run();
        let of = |wanted: &str| files.iter().find(|(kind, _)| *kind == wanted).unwrap().1.clone();
        assert_eq!(done.out(), [spaces[2].clone(), of("net"), of("ipc")].join("\n"), "{who:?}");
    }
}

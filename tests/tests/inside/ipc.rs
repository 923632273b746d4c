//! What is in an IPC namespace, beside what `ipcs` lists there.

use crate::{by, look, target, there};
use xns_tests::{Need, Scene, Who, need};

const MAKE: &str =
    "ipcmk -M 8192 -p 0640 >/dev/null; ipcmk -M 16 >/dev/null; ipcmk -S 3 >/dev/null; ipcmk -Q >/dev/null";

/// The lines of a table of `ipcs` that tell of objects: their words.
fn listed(scene: &Scene, who: Who, pid: u32, table: &str) -> Vec<Vec<String>> {
    let text = there(scene, who, pid, "-i", &format!("ipcs {table}"));
    let objects = text.lines().filter(|line| line.starts_with("0x"));
    objects.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

/// `key: N, id: N`, as it is found, of `0xKEY ID`, as it is listed.
fn object(words: &[String]) -> String {
    let key = u32::from_str_radix(words[0].trim_start_matches("0x"), 16).unwrap().cast_signed();
    format!("key: {key}, id: {}, mode: {},", words[1], u32::from_str_radix(&words[3], 8).unwrap())
}

#[test]
fn what_ipcs_lists() {
    if !need("what_ipcs_lists", &[Need::Program("ipcs")]) {
        return;
    }
    for who in Who::each("what_ipcs_lists") {
        let scene = Scene::new();
        let (_target, pid) = target(&scene, who, "-i", MAKE);
        let found = look(&scene, who, "ipc", pid);
        let of = |sort: &str| -> Vec<_> { found.lines().filter(|line| line.starts_with(sort)).collect() };
        for (table, sort, count, size) in [
            ("-m", "Segment", 2, "bytes"),
            ("-s", "SemaphoreSet", 1, "semaphores"),
            ("-q", "MessageQueue", 1, "bytes"),
        ] {
            let listed = listed(&scene, who, pid, table);
            assert_eq!((listed.len(), of(sort).len()), (count, count), "{who:?} {found}");
            for (listed, found) in listed.iter().zip(of(sort)) {
                assert!(found.contains(&object(listed)), "{found} {listed:?}");
                assert!(found.contains(&format!("{size}: {}", listed[4])), "{found} {listed:?}");
            }
        }
        // Root in its namespace: an ordinary user is shown the numbers there, and is told so.
        let ids = if who == Who::Root { "Ours" } else { "OfOwner" };
        assert_eq!(found.lines().next(), Some(ids));
        assert!(of("Segment").iter().all(|line| line.contains("uid: 0,")), "{found}");
        // Nothing of it is ours.
        assert!(
            !look(&scene, who, "ipc", "/proc/self/ns/ipc")
                .contains(&object(&listed(&scene, who, pid, "-s")[0]))
        );
    }
}

/// By an mqueue file system of our own making; the target has none mounted when we look.
#[test]
fn posix_queues() {
    for who in Who::each("posix_queues") {
        let scene = Scene::new();
        let dir = scene.subdir("mqueue").display().to_string();
        let make = format!(
            "mount -t mqueue mqueue {dir}; : > {dir}/queue; : > \"{dir}/a b\"; chmod 600 {dir}/queue; umount {dir}"
        );
        let (_target, pid) = target(&scene, who, "-im", &make);
        let found = look(&scene, who, "ipc", pid);
        let queues: Vec<_> = found.lines().filter(|line| line.starts_with("PosixQueue")).collect();
        let uid = if who == Who::Root { 0 } else { xns_tests::ORDINARY_UID };
        assert!(queues[0].starts_with("PosixQueue { name: \"/a b\", mode: 420,"), "{found}");
        let second =
            format!("PosixQueue {{ name: \"/queue\", mode: 384, uid: {uid}, gid: {uid}, attributes: Some(");
        assert!(
            queues.len() == 2 && queues[1].starts_with(&second) && queues[1].contains("messages: 0"),
            "{found}"
        );
        assert!(queues[1].ends_with("bytes: Some(0) }"), "{found}");
    }
}

/// Before Linux 5.2, and for an ordinary user in the first IPC namespace, it is not known which queues there are.
#[test]
fn queues_that_cannot_be_seen_are_not_said_to_be_none() {
    for who in Who::each("queues_that_cannot_be_seen_are_not_said_to_be_none") {
        let scene = Scene::new();
        let (_target, pid) = target(&scene, who, "-i", "ipcmk -S 3 >/dev/null");
        let old = by(&scene, who, env!("CARGO_BIN_EXE_without"));
        let old = old.args(["fsopen", env!("CARGO_BIN_EXE_look-inside"), "ipc", &pid.to_string()]).run();
        assert!(old.out().contains("POSIX: ENOSYS") && old.out().contains("SemaphoreSet"), "{old:?}");
        if who == Who::Ordinary {
            assert!(look(&scene, who, "ipc", "/proc/self/ns/ipc").contains("POSIX: EPERM"));
        }
    }
}

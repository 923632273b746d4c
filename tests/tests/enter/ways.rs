//! Which namespaces are entered.

use super::{KINDS, SHOW, all_of, target, xnsenter};
use xns_tests::{Scene, Who, ns};

#[test]
fn all_namespaces_of_ones_own_process() {
    for who in Who::each("all_namespaces_of_ones_own_process") {
        for words in ["-muinpC -f --mount-proc", "-mu", "-fp --mount-proc", "-r", "-rm"] {
            let scene = Scene::new();
            let (_running, pid) = target(&scene, who, words);
            let done = xnsenter(&scene, who).args(["-t", &pid.to_string(), "-a", "sh", "-c", SHOW]).run();
            assert_eq!(done.out().lines().collect::<Vec<_>>(), all_of(pid), "{words}");
        }
    }
}

#[test]
fn one_namespace_and_no_other() {
    for who in Who::each("one_namespace_and_no_other") {
        let scene = Scene::new();
        let (_running, pid) = target(&scene, who, "-muin -f");
        for (option, kind) in [("-u", "uts"), ("-i", "ipc"), ("-n", "net"), ("-m", "mnt")] {
            let words = if who == Who::Ordinary { vec!["-U", option] } else { vec![option] };
            let done = xnsenter(&scene, who)
                .args(["-t", &pid.to_string()])
                .args(words)
                .args(["sh", "-c", SHOW])
                .run();
            let own = all_of(std::process::id());
            let expected: Vec<_> = KINDS
                .iter()
                .zip(all_of(pid).into_iter().zip(own))
                .map(|(k, (theirs, own))| {
                    let entered = *k == kind || (*k == "user" && who == Who::Ordinary);
                    if entered { theirs } else { own }
                })
                .collect();
            assert_eq!(done.out().lines().collect::<Vec<_>>(), expected, "{option}");
        }
    }
}

#[test]
fn files_and_a_target_mix() {
    for who in Who::each("files_and_a_target_mix") {
        let scene = Scene::new();
        let (_running, pid) = target(&scene, who, "-uni -f");
        let user = if who == Who::Ordinary { format!("-U/proc/{pid}/ns/user") } else { "-u".to_owned() };
        for net in [
            format!("-n/proc/{pid}/ns/net"),
            format!("-n=/proc/{pid}/ns/net"),
            format!("--net=/proc/{pid}/ns/net"),
        ] {
            let done = xnsenter(&scene, who)
                .args([
                    "-t",
                    &pid.to_string(),
                    &user,
                    &net,
                    "-u",
                    "sh",
                    "-c",
                    "readlink /proc/self/ns/net; readlink /proc/self/ns/uts",
                ])
                .run();
            assert_eq!(done.out().lines().collect::<Vec<_>>(), [ns(pid, "net"), ns(pid, "uts")], "{net}");
        }
    }
}

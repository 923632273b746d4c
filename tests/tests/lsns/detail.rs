//! What is inside: of a process, and of namespaces whether somebody is in them or not.

use crate::Here;
use serde_json::Value;

const SCRIPT: &str = "into box unshare -uipTf --monotonic 100 --boottime 200 sh -c 'hostname box; ipcmk -M 4096 >/dev/null; exec \"$@\"' sh\n\
    into mapped $user unshare -r -n\nsettle\n\
    ip netns add red\nip netns add blue\nip link add r netns red type veth peer name b netns blue\n\
    ip -n red addr add 11.11.11.2/24 dev r\nip -n red link set r up\n\
    pin /run/pins/uts /proc/$(pid 1)/ns/user\n\
    say BOX $(ps -o pid=,args= | sed -n 's/^ *\\([0-9]*\\) box 1000$/\\1/p')\nsay MAPPED $(pid 1)\n\
    say RED $(ino /run/netns/red)\nsay USERNS $(ino /proc/$(pid 1)/ns/user)\n";

fn detail(here: &Here, words: &str) -> Value {
    let text = here.xlsns(&format!("--detail -J {words}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn of_kind<'v>(sections: &'v Value, kind: &str) -> &'v Value {
    sections.as_array().unwrap().iter().find(|section| section["type"] == kind).unwrap()
}

#[test]
fn of_a_process() {
    let Some(here) = Here::start("of_a_process", SCRIPT) else { return };
    let answer = detail(&here, "-p $BOX");
    let sections = &answer["process"];
    let process = &sections[0];
    assert_eq!(process["pid"], here.number("BOX"));
    assert_eq!(process["PIDs"][1], 1);
    assert!(
        process["capabilities"]["effective"].as_array().unwrap().contains(&"cap_chown".into()),
        "{process}"
    );
    assert_eq!(process["no_new_privileges"], false);
    assert!(!process["cgroups"].as_array().unwrap().is_empty());
    assert_eq!(of_kind(sections, "uts")["host_name"], "box");
    assert_eq!(of_kind(sections, "ipc")["shared_memory"][0]["bytes"], 4096);
    assert_eq!(of_kind(sections, "time")["monotonic"]["seconds"], 100);
    assert_eq!(of_kind(sections, "time")["boottime"]["seconds"], 200);
    assert_eq!(of_kind(sections, "pid")["init"], here.number("BOX"));
    assert_eq!(of_kind(sections, "mnt")["own"], true);
    assert_eq!(sections.as_array().unwrap().len(), 9);
    let one = detail(&here, "-t uts -p $BOX");
    assert_eq!(one["process"].as_array().unwrap().len(), 2);
}

#[test]
fn of_namespaces() {
    let Some(here) = Here::start("of_namespaces", SCRIPT) else { return };
    let red = &detail(&here, "$RED")["namespace"][0];
    assert_eq!((&red["type"], &red["processes"]["count"]), (&"net".into(), &0.into()), "{red}");
    assert!(red["kept_by"][0].as_str().unwrap().ends_with("/run/netns/red"), "{red}");
    let interfaces = red["interfaces"].as_array().unwrap();
    let veth = interfaces.iter().find(|interface| interface["name"] == "r").unwrap();
    assert_eq!((&veth["kind"], &veth["addresses"][0]), (&"veth".into(), &"11.11.11.2/24".into()), "{veth}");
    assert!(veth["link"]["netnsid"].is_number(), "{veth}");
    let user = here.xlsns("--detail $USERNS");
    assert!(user.contains("0 here is 54321 outside") && user.contains("deny"), "{user}");
    let missing = here.run(false, "exec xlsns --detail 77");
    missing.fails(1, "xlsns: not found namespace: 77");
    here.run(false, "exec xlsns --detail")
        .fails(1, "xlsns: --detail needs a namespace's inode number, or a process: -p PID");
}

#[test]
fn a_user_sees_what_is_theirs() {
    let Some(here) = Here::start("a_user_sees_what_is_theirs", SCRIPT) else { return };
    let done = here.run(true, "exec xlsns --detail -p $MAPPED");
    assert!(done.ok() && done.stdout.contains("0 here is 54321 outside"), "{done:?}");
    let done = here.run(true, "exec xlsns --detail -p $BOX");
    assert!(done.ok() && done.stdout.contains("not known: Permission denied"), "{done:?}");
}

//! What is inside: of a process, and of namespaces whether somebody is in them or not.

use crate::Here;
use serde_json::{Value, json};

const SCRIPT: &str = "into box unshare -uipTf --monotonic 100 --boottime 200 sh -c 'hostname box; ipcmk -M 4096 >/dev/null; exec \"$@\"' sh\n\
    into mapped $user unshare -r -n\nsettle\n\
    ip netns add red\nip netns add blue\nip link add r netns red type veth peer name b netns blue\n\
    ip -n red addr add 11.11.11.2/24 dev r\nip -n red link set r up\n\
    pin /run/pins/uts /proc/$(pid 1)/ns/user\n\
    say BOX $(ps -o pid=,args= | sed -n 's/^ *\\([0-9]*\\) box 1000$/\\1/p')\nsay MAPPED $(pid 1)\n\
    say RED $(ino /run/netns/red)\nsay BLUE $(ino /run/netns/blue)\n\
    say USERNS $(ino /proc/$(pid 1)/ns/user)\n";

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
    let (process, sections) = (&answer["process"], &answer["namespaces"]);
    assert_eq!(process["pid"], here.number("BOX"));
    assert_eq!(process["nspid"][1], 1);
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
    assert_eq!(sections.as_array().unwrap().len(), 8);
    let one = detail(&here, "-t uts -p $BOX");
    assert_eq!(one["namespaces"].as_array().unwrap().len(), 1);
}

#[test]
fn of_namespaces() {
    let Some(here) = Here::start("of_namespaces", SCRIPT) else { return };
    let red = &detail(&here, "$RED")["namespace"];
    assert_eq!((&red["type"], &red["processes"]["count"]), (&"net".into(), &0.into()), "{red}");
    assert!(red["kept_by"][0].as_str().unwrap().ends_with("/run/netns/red"), "{red}");
    let interfaces = red["interfaces"].as_array().unwrap();
    let veth = interfaces.iter().find(|interface| interface["name"] == "r").unwrap();
    assert_eq!((&veth["kind"], &veth["addresses"][0]), (&"veth".into(), &"11.11.11.2/24".into()), "{veth}");
    assert!(veth["link"]["netnsid"].is_number(), "{veth}");
    assert_eq!(veth["peer"], json!({"ns": here.number("BLUE"), "name": "b"}));
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

/// Views of mounts, a process that has ended, a clock that is behind, and a veth whose other end nobody sees.
const ODD: &str = include_str!("odd.sh");

fn list<'v>(section: &'v Value, name: &str) -> &'v Vec<Value> {
    section[name].as_array().unwrap_or_else(|| panic!("{name}: {section}"))
}

#[test]
fn mounts_of_a_namespace_that_no_process_is_in() {
    let Some(here) = Here::start("mounts_of_a_namespace_that_no_process_is_in", ODD) else { return };
    let gone = &detail(&here, "$GONE")["namespace"];
    assert_eq!(gone["processes"]["count"], 0);
    let there = list(gone, "only_there");
    assert!(there.contains(&json!({"type": "tmpfs", "point": "/srv", "root": "/box"})), "{gone}");
    assert_eq!(there.iter().filter(|mount| mount["point"] == "/mnt").count(), 2);
    assert_eq!(gone["on_its_root"]["point"], "/");
    let text = here.xlsns("--detail $GONE");
    assert!(text.contains("tmpfs /box on /srv\n") && text.contains("tmpfs on /mnt (2 times)\n"), "{text}");
    // Who may not enter it is told so.
    let done = here.run(true, "exec xlsns --detail $OF_USER");
    let why = "not known: cannot enter the mount namespace: Operation not permitted";
    assert!(done.ok() && done.stdout.contains(why), "{done:?}");
}

#[test]
fn a_process_with_a_root_of_its_own_sees_a_part() {
    let Some(here) = Here::start("a_process_with_a_root_of_its_own_sees_a_part", ODD) else { return };
    let of_process = detail(&here, "-t mnt -p $JAIL");
    let seen = of_kind(&of_process["namespaces"], "mnt");
    let whole = &detail(&here, "$JAIL_MNT")["namespace"];
    assert_eq!(seen["sees"], json!({"mounts": seen["mounts"], "of": whole["mounts"]}));
    assert!(seen["mounts"].as_u64() < whole["mounts"].as_u64(), "{seen} {whole}");
    assert_eq!(seen["root"], "/run/jail");
    assert_eq!(whole["sees"], Value::Null);
    assert!(list(whole, "only_there").iter().any(|mount| mount["point"] == "/run/jail"), "{whole}");
    let text = here.xlsns("--detail -t mnt -p $JAIL");
    assert!(text.contains("only what is below its root: "), "{text}");
    let other = detail(&here, "-t mnt -p 1");
    assert_eq!(of_kind(&other["namespaces"], "mnt")["sees"], Value::Null);
    // Who may not enter sees what the process sees, and is told why.
    let done = here.run(true, "exec xlsns --detail -J $MINE");
    let mine: Value = serde_json::from_str(done.out()).unwrap();
    assert!(mine["namespace"]["mounts"].is_number(), "{mine}");
    let why = "a process in it: cannot enter the mount namespace: Operation not permitted";
    assert_eq!(mine["namespace"]["seen_from"], why);
}

#[test]
fn a_zombie_has_left_its_namespaces() {
    let Some(here) = Here::start("a_zombie_has_left_its_namespaces", ODD) else { return };
    let text = here.xlsns("--detail -p $ZOMBIE");
    let words = "it has ended (a zombie): of its namespaces only those of users and PIDs are left";
    assert!(text.contains(words) && !text.contains("not known"), "{text}");
    let zombie = detail(&here, "-p $ZOMBIE");
    assert_eq!(zombie["process"]["state"], "zombie");
    let kinds: Vec<_> = list(&zombie, "namespaces").iter().map(|section| &section["type"]).collect();
    assert_eq!(kinds, ["pid", "user"]);
    assert_eq!(detail(&here, "-p 1")["process"]["state"], Value::Null);
}

#[test]
fn a_clock_may_be_behind() {
    let Some(here) = Here::start("a_clock_may_be_behind", ODD) else { return };
    let text = here.xlsns("--detail -t time -p $BEHIND");
    assert!(text.contains("monotonic  5 s behind\n") && text.contains("boottime   7 s ahead"), "{text}");
    let clocks = detail(&here, "-t time -p $BEHIND");
    assert_eq!(of_kind(&clocks["namespaces"], "time")["monotonic"]["seconds"], -5);
}

#[test]
fn the_other_end_of_a_veth_is_told_if_it_is_in_sight() {
    let Some(here) = Here::start("the_other_end_of_a_veth_is_told_if_it_is_in_sight", ODD) else { return };
    let text = here.xlsns("--detail $RED");
    assert!(text.contains(&format!("r@b of net:[{}]  ", here.number("BLUE"))), "{text}");
    assert!(text.contains("f@if") && text.contains(" of a network namespace out of sight  "), "{text}");
    assert!(text.contains("in@side  ") && text.contains("side@in  "), "{text}");
    let red = &detail(&here, "$RED")["namespace"];
    let peer = |name: &str| &list(red, "interfaces").iter().find(|one| one["name"] == name).unwrap()["peer"];
    assert_eq!(*peer("f"), json!({"ns": null, "name": null}));
    assert_eq!(*peer("in"), json!({"ns": here.number("RED"), "name": "side"}));
    assert_eq!(*peer("lo"), Value::Null);
    // As seen from a process in it.
    let blue = here.xlsns("--detail -t net -p $IN_BLUE");
    assert!(blue.contains(&format!("b@r of net:[{}]  ", here.number("RED"))), "{blue}");
}

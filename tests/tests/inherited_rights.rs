//! Capabilities, ids, supplementary groups and no_new_privs: what the program has of its caller's, and what not. Read from
//! outside, in the host's `/proc`, while the program waits.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use xns_tests::{Cmd, Need, ORDINARY_UID, Running, Scene, children, need};

/// CapInh, CapPrm, CapEff, CapBnd, CapAmb, then NoNewPrivs, Uid, Gid, Groups.
const LINES: [&str; 9] =
    ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Uid", "Gid", "Groups"];

/// Ways of running: options, and the processes between the tool and the program.
const WAYS: [(&str, usize); 4] = [("", 0), ("-f", 1), ("-f -p -m", 1), ("-u -T", 0)];

fn rights(pid: u32) -> Vec<String> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = |name: &&str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
        format!("{name} {}", line.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    LINES.iter().map(line).collect()
}

/// Every capability of this kernel.
fn all_capabilities() -> String {
    let last: u32 = std::fs::read_to_string("/proc/sys/kernel/cap_last_cap").unwrap().trim().parse().unwrap();
    format!("{:016x}", (1_u64 << (last + 1)) - 1)
}

/// `setpriv`'s words before the tool, and its options.
fn start(scene: &Scene, ordinary: bool, before: &str, options: &str) -> Running {
    let tool = if options == "none" { String::new() } else { format!("\"$X\" {options}") };
    let cmd = scene.sh(&format!("exec {before} {tool} /bin/sh -c 'echo up; read -r x'"));
    let mut running = if ordinary { cmd.ordinary() } else { cmd }.start();
    assert_eq!(running.line(), "up", "{before} {options}");
    running
}

fn program_of(running: &Running, between: usize) -> u32 {
    (0..between).fold(running.pid(), |pid, _| children(pid)[0])
}

#[test]
fn without_a_user_namespace_root_keeps_just_what_it_has() {
    let test = "without_a_user_namespace_root_keeps_just_what_it_has";
    if !need(test, &[Need::Root, Need::Program("setpriv")]) {
        return;
    }
    for before in [
        "",
        "setpriv --nnp",
        "setpriv --bounding-set -sys_module,-sys_time",
        "setpriv --inh-caps +net_raw --ambient-caps +net_raw",
        "setpriv --groups 5,6,7",
        "setpriv --reuid 0 --regid 9 --groups 8 --inh-caps +chown",
    ] {
        for (options, between) in WAYS.into_iter().chain([("--keep-caps", 0), ("--init", 2)]) {
            let scene = Scene::new();
            let expected = rights(start(&scene, false, before, "none").pid());
            let running = start(&scene, false, before, options);
            assert_eq!(rights(program_of(&running, between)), expected, "{before}: {options}");
        }
    }
}

/// In a new user namespace: `Inh Prm Eff Bnd Amb`, `0` for none and `*` for all.
const IN_USER_NAMESPACES: &[(&str, &str)] = &[
    ("-U", "0 0 0 * 0"),
    ("-r", "0 * * * 0"),
    ("-c", "0 0 0 * 0"),
    ("--map-user 7 --map-group 9", "0 0 0 * 0"),
    ("-r --keep-caps", "* * * * *"),
    ("-c --keep-caps", "* * * * *"),
    ("-U --keep-caps", "* * * * *"),
];

#[test]
fn in_a_user_namespace_only_root_and_who_asks_has_capabilities() {
    let test = "in_a_user_namespace_only_root_and_who_asks_has_capabilities";
    if !need(test, &[Need::UserNamespaces]) {
        return;
    }
    // What a caller has in the ambient set of the old namespace is none in the new one.
    let as_user = format!("setpriv --reuid {ORDINARY_UID} --regid {ORDINARY_UID} --clear-groups");
    let ambient = format!("{as_user} --inh-caps +net_raw,+chown --ambient-caps +net_raw,+chown");
    let mut callers = vec![(true, String::new())];
    if need(&format!("{test} (ambient)"), &[Need::Root, Need::Program("setpriv")]) {
        callers.push((false, ambient));
    }
    for (ordinary, before) in &callers {
        for (options, sets) in IN_USER_NAMESPACES {
            for (way, between) in WAYS {
                let scene = Scene::new();
                let running = start(&scene, *ordinary, before, &format!("{options} {way}"));
                let none = "0".repeat(16);
                let expected =
                    sets.split(' ').map(|set| if set == "*" { all_capabilities() } else { none.clone() });
                let expected: Vec<_> =
                    LINES.iter().zip(expected).map(|(name, set)| format!("{name} {set}")).collect();
                let seen = rights(program_of(&running, between));
                assert_eq!(seen[..5], expected, "{before}: {options} {way}");
            }
        }
    }
}

#[test]
fn what_cannot_be_gained_again_stays_away() {
    if !need("what_cannot_be_gained_again_stays_away", &[Need::UserNamespaces, Need::Program("setpriv")]) {
        return;
    }
    for options in ["", "-r", "-c --keep-caps", "-r -f -p -m --mount-proc", "-r --init"] {
        let scene = Scene::new();
        let show = ["grep", "NoNewPrivs", "/proc/self/status"];
        for (before, expected) in [(vec!["--nnp"], "1"), (vec![], "0")] {
            let cmd = scene.cmd("setpriv").args(before).args([xns_tests::bin("xunshare")]).words(options);
            assert_eq!(
                cmd.args(show).ordinary().run().out(),
                format!("NoNewPrivs:\t{expected}"),
                "{options}"
            );
        }
    }
}

/// Runs the installed unshare and ours by the same words; both have to lead to the same rights.
#[test]
fn identities_are_the_originals() {
    let test = "identities_are_the_originals";
    if !need(test, &[Need::Root, Need::Program("setpriv"), Need::Original("unshare")]) {
        return;
    }
    for before in ["setpriv --groups 5,6,7", "setpriv --groups 5 --inh-caps +net_raw --ambient-caps +net_raw"]
    {
        for options in [
            "-G 7",
            "-S 5",
            "-G 7 -S 5",
            "-f -G 7 -S 5",
            "-G 0 -f -p",
            "-U",
            "-r",
            "-c",
            "-c --keep-caps",
            "-S 5 --keep-caps",
        ] {
            let show = |cmd: Cmd| {
                let words = format!("{options} grep -E ^(Cap|NoNew|Uid|Gid|Groups) /proc/self/status");
                cmd.words(&words).run().out().to_owned()
            };
            let behind = |tool: &std::path::Path| {
                let mut words = before.split(' ');
                show(Cmd::new(words.next().unwrap()).args(words).args([tool]))
            };
            let (ours, theirs) = (behind(&xns_tests::bin("xunshare")), behind("unshare".as_ref()));
            assert_eq!(ours, theirs, "{before}: {options}");
        }
    }
}

#[test]
fn setgid_drops_the_supplementary_groups_and_setuid_does_not() {
    let test = "setgid_drops_the_supplementary_groups_and_setuid_does_not";
    if !need(test, &[Need::Root, Need::Program("setpriv")]) {
        return;
    }
    for (options, groups) in [("-G 7", ""), ("-S 5", "5 6"), ("-S 5 -G 7", ""), ("", "5 6"), ("-G 7 -f", "")]
    {
        let scene = Scene::new();
        let running = start(&scene, false, "setpriv --groups 5,6", options);
        let program = program_of(&running, options.matches("-f").count());
        let lines = rights(program);
        let ids = |name: &str, option: &str, id: &str| {
            let id = if options.contains(option) { id } else { "0" };
            format!("{name} {id} {id} {id} {id}")
        };
        let expected = [ids("Uid", "-S", "5"), ids("Gid", "-G", "7"), format!("Groups {groups}")];
        assert_eq!(lines[6..], expected, "{options}");
    }
}

//! Id maps as the kernel has them in the end.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use xns_tests::{Done, Need, ORDINARY_UID, Scene, Who, is_root, need};

/// Prints the maps in one line each: `uid: LINES` `gid: LINES` `setgroups WORD`.
const SHOW: &str = "show() { while read a b c; do printf ' %s %s %s,' $a $b $c; done < /proc/self/$1; }; \
     printf uid:; show uid_map; echo; printf gid:; show gid_map; echo; cat /proc/self/setgroups; id -u; id -g";

fn shown(done: &Done) -> Vec<&str> {
    done.out().lines().collect()
}

fn root_maps(test: &str, cases: &[(&str, &str, &str, &str)]) {
    if !need(test, &[Need::Root]) {
        return;
    }
    for (options, users, groups, setgroups) in cases {
        for mode in ["", "-f", "-fp --mount-proc", "--init"] {
            let scene = Scene::new();
            let done = scene.xunshare().words(mode).words(options).args(["sh", "-c", SHOW]).run();
            let seen = shown(&done);
            let expected = [format!("uid:{users}"), format!("gid:{groups}"), (*setgroups).to_owned()];
            assert_eq!(seen[..3], expected, "{mode} {options}");
        }
    }
}

#[test]
fn root_maps_ranges() {
    root_maps(
        "root_maps_ranges",
        &[
            ("-U", "", "", "allow"),
            ("-r", " 0 0 1,", " 0 0 1,", "deny"),
            ("-c", " 0 0 1,", " 0 0 1,", "deny"),
            ("--map-user=5 --map-group=7", " 5 0 1,", " 7 0 1,", "deny"),
            ("--map-user=5", " 5 0 1,", "", "allow"),
            ("--map-user=4 --map-user=5", " 5 0 1,", "", "allow"),
            ("--map-users=0:100000:1000 -r", " 0 0 1, 1 100000 999,", " 0 0 1,", "deny"),
            ("--map-users=0:100000:1000 --map-user=5", " 5 0 1, 0 100000 5, 6 100005 994,", "", "allow"),
            ("--map-users=100000,0,1000", " 0 100000 1000,", "", "allow"),
            ("--map-groups=0:100000:1000", "", " 0 100000 1000,", "allow"),
            ("--map-groups=0:100000:1000 --map-group=0", "", " 0 0 1, 1 100000 999,", "allow"),
            (
                "--map-users=0:0:1 --map-users=1:100000:10 --map-groups=0:0:1 --map-groups=50:200000:5",
                " 0 0 1, 1 100000 10,",
                " 0 0 1, 50 200000 5,",
                "allow",
            ),
            ("-r --setgroups=deny", " 0 0 1,", " 0 0 1,", "deny"),
        ],
    );
}

#[test]
fn all_maps_what_the_caller_has() {
    if !need("all_maps_what_the_caller_has", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let outer = "--map-users=0:0:1 --map-users=10:100000:5 --map-groups=0:0:1 --map-groups=3:5:7";
    let script = format!("\"$X\" {outer} \"$X\" --map-users=all --map-groups=all sh -c \"$SHOW\"");
    let done = scene.sh(&script).env("SHOW", SHOW).run();
    // A map is shown with the outer ids as the reader's namespace numbers them: here the reader's parent.
    assert_eq!(shown(&done)[..3], ["uid: 0 0 1, 10 10 5,", "gid: 0 0 1, 3 3 7,", "allow"]);
}

/// A name and ids for the ordinary user, in a mount namespace that only the script sees.
fn with_accounts(scene: &Scene, subuid: &str, script: &str) -> Done {
    scene.file(
        "passwd",
        &format!("root:x:0:0::/root:/bin/sh\nalice:x:{ORDINARY_UID}:{ORDINARY_UID}::/:/bin/sh\n"),
    );
    scene.file("group", &format!("root:x:0:\nalice:x:{ORDINARY_UID}:\n"));
    scene.file("subuid", subuid);
    let prepare = "for f in passwd group; do mount --bind $f /etc/$f; done; \
         for f in subuid subgid; do mount --bind subuid /etc/$f; done";
    let user = format!("setpriv --reuid {ORDINARY_UID} --regid {ORDINARY_UID} --clear-groups");
    scene.private_sh(&format!("{prepare}; exec {user} \"$X\" {script}")).env("SHOW", SHOW).run()
}

fn can_grant(test: &str) -> bool {
    need(
        test,
        &[
            Need::Root,
            Need::UserNamespaces,
            Need::Program("newuidmap"),
            Need::Program("newgidmap"),
            Need::Program("setpriv"),
        ],
    )
}

#[test]
fn an_ordinary_user_maps_what_is_granted() {
    if !can_grant("an_ordinary_user_maps_what_is_granted") {
        return;
    }
    let own = ORDINARY_UID;
    let block = "alice:300000:65536\n";
    let cases = [
        (block, "--map-auto", " 0 300000 65536,".to_owned()),
        (block, "-r --map-auto", format!(" 0 {own} 1, 1 300000 65536,")),
        (
            block,
            "-c --map-auto",
            format!(" {own} {own} 1, 0 300000 {own}, {} {} {},", own + 1, 300_000 + own, 65536 - own),
        ),
        (block, "--map-users=auto --map-groups=auto", " 0 300000 65536,".to_owned()),
        (block, "--map-subids", " 300000 300000 65536,".to_owned()),
        (block, "-r --map-subids", format!(" 0 {own} 1, 300000 300000 65536,")),
        (block, "--map-users=0:300010:5 --map-groups=0:300010:5", " 0 300010 5,".to_owned()),
        (block, "--map-users=subids --map-groups=subids", " 300000 300000 65536,".to_owned()),
        ("bob:1:2\nalice:300000:10\nalice:400000:10\n", "--map-auto", " 0 300000 10,".to_owned()),
        ("54321:300000:10\n", "--map-auto", " 0 300000 10,".to_owned()),
    ];
    for (granted, options, map) in cases {
        for mode in ["", "-f", "-fp --mount-proc", "--init -m"] {
            let scene = Scene::new();
            let done = with_accounts(&scene, granted, &format!("{mode} {options} sh -c \"$SHOW\""));
            // setgroups stays allowed: only newgidmap may take it away, and it does not for ranges.
            assert_eq!(
                shown(&done)[..3],
                [format!("uid:{map}"), format!("gid:{map}"), "allow".to_owned()],
                "{mode} {options}: {done:?}"
            );
        }
    }
}

#[test]
fn a_group_range_alone_and_root_beside_ranges() {
    if !can_grant("a_group_range_alone_and_root_beside_ranges") {
        return;
    }
    let own = ORDINARY_UID;
    for (options, users, groups, setgroups) in [
        ("--map-groups=auto", String::new(), " 0 300000 10,".to_owned(), "allow"),
        ("--map-users=auto", " 0 300000 10,".to_owned(), String::new(), "allow"),
        ("--map-user=0 --map-groups=auto", format!(" 0 {own} 1,"), " 0 300000 10,".to_owned(), "allow"),
        ("--map-users=auto --map-group=0", " 0 300000 10,".to_owned(), format!(" 0 {own} 1,"), "deny"),
    ] {
        let scene = Scene::new();
        let done = with_accounts(&scene, "alice:300000:10\n", &format!("{options} sh -c \"$SHOW\""));
        assert_eq!(
            shown(&done)[..3],
            [format!("uid:{users}"), format!("gid:{groups}"), setgroups.to_owned()],
            "{options}: {done:?}"
        );
    }
}

#[test]
fn identity_in_the_map() {
    if !can_grant("identity_in_the_map") {
        return;
    }
    for mode in ["", "-fp", "--init"] {
        let scene = Scene::new();
        let words = format!("{mode} -r --map-auto -S 5 -G 7 sh -c 'id -u; id -g; id -G'");
        assert_eq!(with_accounts(&scene, "alice:300000:65536\n", &words).out(), "5\n7\n7", "{mode}");
    }
}

#[test]
fn what_is_not_granted_is_refused_and_nothing_runs() {
    if !can_grant("what_is_not_granted_is_refused_and_nothing_runs") {
        return;
    }
    for (granted, options, first) in [
        ("bob:1:2\n", "--map-auto", "xunshare: no line matching user \"alice\" in /etc/subuid"),
        ("", "--map-subids", "xunshare: no line matching user \"alice\" in /etc/subuid"),
        ("alice:x:2\n", "--map-auto", "xunshare: failed to parse subid map: 'x'"),
        (
            "alice:300000:10\n",
            "--map-users=0:200000:5",
            "newuidmap: uid range [0-5) -> [200000-200005) not allowed",
        ),
        (
            "alice:300000:10\n",
            "--map-groups=0:200000:5",
            "newgidmap: gid range [0-5) -> [200000-200005) not allowed",
        ),
    ] {
        for mode in ["", "-f", "--init"] {
            let scene = Scene::new();
            let done = with_accounts(&scene, granted, &format!("{mode} {options} touch ran"));
            assert_eq!(done.status, Some(1), "{done:?}");
            assert_eq!(done.stderr.lines().next(), Some(first), "{mode} {options}");
            xns_tests::wait_for("the helpers' end", || scene.processes().is_empty());
            assert!(!scene.path("ran").exists());
        }
    }
}

#[test]
fn who_has_no_account_cannot_map_automatically() {
    if !need("who_has_no_account_cannot_map_automatically", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let done = scene.xunshare().ordinary().args(["--map-auto", "true"]).run();
    done.fails(1, &format!("xunshare: you (user {ORDINARY_UID}) don't exist."));
}

#[test]
fn an_ordinary_user_maps_the_own_id_to_any() {
    if !need("an_ordinary_user_maps_the_own_id_to_any", &[Need::UserNamespaces]) {
        return;
    }
    let own = if is_root() { ORDINARY_UID } else { nix::unistd::geteuid().as_raw() };
    let group = if is_root() { ORDINARY_UID } else { nix::unistd::getegid().as_raw() };
    for (options, user, in_group) in [
        ("-r", 0, 0),
        ("-c", own, group),
        ("--map-user=7 --map-group=9", 7, 9),
        ("-r --map-user=7", 7, 0),
        ("-r -c", own, group),
    ] {
        for mode in ["", "-f", "-fp --mount-proc", "--init -m"] {
            let done =
                Scene::new().xunshare().ordinary().words(mode).words(options).args(["sh", "-c", SHOW]).run();
            let expected = [
                format!("uid: {user} {own} 1,"),
                format!("gid: {in_group} {group} 1,"),
                "deny".to_owned(),
                user.to_string(),
                in_group.to_string(),
            ];
            assert_eq!(shown(&done), expected, "{mode} {options}");
        }
    }
}

#[test]
fn without_a_map_one_is_nobody() {
    for who in Who::each("without_a_map_one_is_nobody") {
        let scene = Scene::new();
        let base = if who == Who::Root { scene.xunshare() } else { scene.xunshare().ordinary() };
        let overflow = std::fs::read_to_string("/proc/sys/kernel/overflowuid").unwrap();
        assert_eq!(base.args(["-U", "id", "-u"]).run().out(), overflow.trim());
    }
}

/// The program does not run as nobody because a helper has said that all was well.
#[test]
fn a_map_tool_that_writes_nothing_is_found_out() {
    if !need("a_map_tool_that_writes_nothing_is_found_out", &[Need::Root, Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    for tool in ["newuidmap", "newgidmap"] {
        scene.file(&format!("bin/{tool}"), "#!/bin/sh\nexit 0\n");
    }
    scene.sh("chmod 755 bin bin/*").run().out();
    let words = "--map-users=0:300000:10 touch ran";
    let script =
        format!("exec setpriv --reuid {ORDINARY_UID} --regid {ORDINARY_UID} --clear-groups \"$X\" {words}");
    let path = format!("{}/bin:/usr/bin:/bin", scene.dir().display());
    let done = scene.sh(&script).env("PATH", path).run();
    done.fails(1, "xunshare: newuidmap ended well, but has written no map: No data available");
    assert!(!scene.path("ran").exists());
}

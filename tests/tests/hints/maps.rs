//! Id maps and credentials (E08 to E10).

use super::{because, cures, hinted};
use serde_json::Value;
use xns_tests::{Need, ORDINARY_UID, Scene, need};

#[test]
fn e08_what_is_not_granted() {
    if !need("e08_what_is_not_granted", &[Need::Root, Need::UserNamespaces, Need::Program("newuidmap")]) {
        return;
    }
    let user = |scene: &Scene, before: &str, words: &str| {
        scene.file(
            "passwd",
            &format!("root:x:0:0::/:/bin/sh\nalice:x:{ORDINARY_UID}:{ORDINARY_UID}::/:/bin/sh\n"),
        );
        scene.file("subuid", "alice:300000:10\n");
        let script = format!(
            "mount --bind passwd /etc/passwd; mount --bind subuid /etc/subuid; mount --bind subuid /etc/subgid; \
             exec setpriv --reuid {ORDINARY_UID} --regid {ORDINARY_UID} --clear-groups {before} \"$X\" --hints=always {words}"
        );
        scene.private_sh(&script).run()
    };
    let scene = Scene::new();
    let done = user(&scene, "", "--map-users=0:200000:5 true");
    assert_eq!(cures(&done), ["--map-auto"]);
    hinted(&done, "newuidmap: uid range [0-5) -> [200000-200005) not allowed", "XNS-E08-not-granted");
    assert_eq!(because(&done), ["/etc/subuid grants you 10 ids from 300000"]);
    assert_eq!(done.status, Some(1));

    let done = user(&scene, "--no-new-privs", "--map-auto true");
    let first = done.stderr.lines().next().unwrap_or("").to_owned();
    assert!(first.starts_with("newuidmap: "), "{done:?}");
    hinted(&done, &first, "XNS-E08-no-new-privs");
    assert_eq!(because(&done), ["NoNewPrivs in /proc/self/status is 1"]);

    let done = user(&scene, "env PATH=/nowhere", "--map-auto true");
    hinted(&done, "xunshare: failed to execute newuidmap: No such file or directory", "XNS-E08-no-tool");
    assert_eq!(because(&done), ["no newuidmap in any directory of PATH"]);
}

#[test]
fn e08_a_tool_without_rights() {
    if !need("e08_a_tool_without_rights", &[Need::Root, Need::UserNamespaces, Need::Program("newuidmap")]) {
        return;
    }
    let scene = Scene::new();
    scene.file(
        "passwd",
        &format!("root:x:0:0::/:/bin/sh\nalice:x:{ORDINARY_UID}:{ORDINARY_UID}::/:/bin/sh\n"),
    );
    scene.file("subuid", "alice:300000:10\n");
    let script = format!(
        "mkdir bin; cp \"$(command -v newuidmap)\" bin/newuidmap; chmod 755 bin/newuidmap; \
         mount --bind passwd /etc/passwd; mount --bind subuid /etc/subuid; mount --bind subuid /etc/subgid; \
         PATH=$PWD/bin:$PATH; exec setpriv --reuid {ORDINARY_UID} --regid {ORDINARY_UID} --clear-groups \"$X\" --hints=always --map-auto true"
    );
    let done = scene.private_sh(&script).run();
    let first = done.stderr.lines().next().unwrap_or("").to_owned();
    assert!(first.starts_with("newuidmap: "), "{done:?}");
    hinted(&done, &first, "XNS-E08-no-setuid");
    assert_eq!(because(&done), ["it is neither set-user-ID root nor has file capabilities"]);
    let copy = scene.path("bin/newuidmap");
    assert!(done.stderr.contains(&format!("PATH finds {}, which is not the system's", copy.display())));
    assert!(!done.stderr.contains("chmod"), "{done:?}");
}

#[test]
fn e08_ids_that_do_not_exist_here() {
    if !need("e08_ids_that_do_not_exist_here", &[Need::UserNamespaces]) {
        return;
    }
    let done =
        Scene::new().sh("exec \"$X\" -r \"$X\" --hints=always --map-users=0:5:3 true").ordinary().run();
    let first = done.stderr.lines().next().unwrap_or("").to_owned();
    assert!(first.ends_with("/uid_map: Operation not permitted"), "{done:?}");
    hinted(&done, &first, "XNS-E08-nested");
}

#[test]
fn e08_a_range_that_nobody_has() {
    if !need("e08_a_range_that_nobody_has", &[Need::Root, Need::UserNamespaces, Need::Program("newuidmap")]) {
        return;
    }
    let scene = Scene::new();
    scene.file(
        "passwd",
        &format!("root:x:0:0::/:/bin/sh\nalice:x:{ORDINARY_UID}:{ORDINARY_UID}::/:/bin/sh\n"),
    );
    scene.file("subuid", "bob:100000:65536\n");
    let script = |words: &str| {
        format!(
            "mount --bind passwd /etc/passwd; mount --bind subuid /etc/subuid; mount --bind subuid /etc/subgid; \
             exec setpriv --reuid {ORDINARY_UID} --regid {ORDINARY_UID} --clear-groups \"$X\" {words}"
        )
    };
    let done = scene.private_sh(&script("--hints=always --map-users=0:100000:5 true")).run();
    hinted(&done, "newuidmap: uid range [0-5) -> [100000-100005) not allowed", "XNS-E08-not-granted");
    assert_eq!(cures(&done), ["sudo usermod --add-subuids 165536-231071 --add-subgids 165536-231071 alice"]);
    // What newuidmap says comes first; then our line.
    let done = scene.private_sh(&script("--error-format=json --map-users=0:100000:5 true")).run();
    let told: Value = serde_json::from_str(done.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(told["message"], "newuidmap ended with status 1");
    assert_eq!((&told["errno"], &told["status"]), (&Value::Null, &Value::from(1)));
    assert_eq!(told["hint"]["id"], "XNS-E08-not-granted");
}

#[test]
fn e09_and_e10_ids_that_the_map_lacks() {
    if !need("e09_and_e10_ids_that_the_map_lacks", &[Need::UserNamespaces]) {
        return;
    }
    const GROUPS: &str = "xunshare: setgroups failed: Operation not permitted";
    const USER: &str = "xunshare: setuid failed: Invalid argument";
    for (words, first, id, evidence) in [
        ("-r -S 7", USER, "XNS-E10-unmapped", "its uids are 0"),
        ("-U -S 7", USER, "XNS-E10-unmapped", "the plan writes no uid_map"),
        ("-r -G 7", GROUPS, "XNS-E09-setgroups-denied", "the plan writes \"deny\" to /proc/self/setgroups"),
        ("-U -G 7", GROUPS, "XNS-E09-setgroups-denied", "the plan writes no gid_map"),
    ] {
        let line = format!("--hints=always {words} true");
        let done = Scene::new().xunshare().ordinary().words(&line).run();
        hinted(&done, first, id);
        assert_eq!(because(&done), [evidence]);
        // The test's user has no account.
        assert_eq!(cures(&done), ["an account in /etc/passwd"]);
        if need(
            "e09_and_e10_ids_that_the_map_lacks (with a grant)",
            &[Need::Root, Need::Program("newuidmap")],
        ) {
            granted_user_is_cured(&line);
        }
        if need("e09_and_e10_ids_that_the_map_lacks (root)", &[Need::Root]) {
            let done = Scene::new().xunshare().words(&line).run();
            let words = cures(&done)[0].split_once("xunshare ").unwrap().1.to_owned();
            assert!(Scene::new().xunshare().words(&words).run().ok(), "{words}");
        }
    }
}

/// With ids in /etc/subuid the proposal is --map-auto, and it works.
fn granted_user_is_cured(line: &str) {
    let scene = Scene::new();
    scene.file(
        "passwd",
        &format!("root:x:0:0::/:/bin/sh\nalice:x:{ORDINARY_UID}:{ORDINARY_UID}::/:/bin/sh\n"),
    );
    scene.file("subid", "alice:300000:65536\n");
    let script = |line: &str| {
        format!(
            "mount --bind passwd /etc/passwd; mount --bind subid /etc/subuid; mount --bind subid /etc/subgid; \
             exec setpriv --reuid {ORDINARY_UID} --regid {ORDINARY_UID} --clear-groups \"$X\" {line}"
        )
    };
    let done = scene.private_sh(&script(line)).run();
    let cure = cures(&done)[0].split_once("xunshare ").unwrap().1.to_owned();
    assert_eq!(cure, format!("--map-auto {line}"));
    assert!(scene.private_sh(&script(&cure)).run().ok(), "{cure}");
}

/// A map that was asked for is not made larger behind one's back.
#[test]
fn e10_beside_a_map_of_ranges() {
    if need("e10_beside_a_map_of_ranges", &[Need::Root]) {
        let done = Scene::new().xunshare().words("--hints=always --map-users=0:100000:5 -S 6 true").run();
        hinted(&done, "xunshare: setuid failed: Invalid argument", "XNS-E10-unmapped");
        assert_eq!(because(&done), ["its uids are 0-4"]);
        assert_eq!(cures(&done), ["another id, or a map that has this one"]);
    }
}

#[test]
fn e08_nobody_is_granted_anything() {
    if !need("e08_nobody_is_granted_anything", &[Need::Root, Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    scene.file("passwd", &format!("alice:x:{ORDINARY_UID}:{ORDINARY_UID}::/:/bin/sh\n"));
    scene.file("subid", "bob:100000:65536\n");
    let script = format!(
        "mount --bind passwd /etc/passwd; mount --bind subid /etc/subuid; mount --bind subid /etc/subgid; \
         exec setpriv --reuid {ORDINARY_UID} --regid {ORDINARY_UID} --clear-groups \"$X\" --hints=always --map-auto true"
    );
    let done = scene.private_sh(&script).run();
    hinted(&done, "xunshare: no line matching user \"alice\" in /etc/subuid", "XNS-E08-not-granted");
    assert_eq!(cures(&done), ["sudo usermod --add-subuids 165536-231071 --add-subgids 165536-231071 alice"]);
}

#[test]
fn e08_a_tool_whose_rights_the_mount_takes() {
    let needs = [Need::Root, Need::UserNamespaces, Need::Program("newuidmap")];
    if !need("e08_a_tool_whose_rights_the_mount_takes", &needs) {
        return;
    }
    let scene = Scene::new();
    scene.file("passwd", &format!("alice:x:{ORDINARY_UID}:{ORDINARY_UID}::/:/bin/sh\n"));
    scene.file("subid", "alice:300000:65536\n");
    let script = format!(
        "mkdir bin; cp -p \"$(command -v newuidmap)\" \"$(command -v newgidmap)\" bin; chmod 4755 bin/newuidmap bin/newgidmap; \
         mount --bind bin bin; mount -o remount,bind,nosuid bin; \
         mount --bind passwd /etc/passwd; mount --bind subid /etc/subuid; mount --bind subid /etc/subgid; \
         PATH=$PWD/bin:$PATH; exec setpriv --reuid {ORDINARY_UID} --regid {ORDINARY_UID} --clear-groups \"$X\" --hints=always --map-auto true"
    );
    let done = scene.private_sh(&script).run();
    let first = done.stderr.lines().next().unwrap_or("").to_owned();
    assert!(first.starts_with("newuidmap: "), "{done:?}");
    hinted(&done, &first, "XNS-E08-nosuid");
    assert_eq!(
        because(&done),
        [format!("statfs(2) of {}/bin/newuidmap shows nosuid", scene.dir().display())]
    );
}

/// In a nested user namespace the host's grants are of no use.
#[test]
fn e08_nested_without_the_ids() {
    if !need("e08_nested_without_the_ids", &[Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    let script = "exec \"$X\" -r \"$X\" --hints=always --map-auto true";
    let done = scene.sh(script).ordinary().run();
    let id = done.stderr.lines().nth(1).unwrap_or_default();
    assert!(id.starts_with("  hint[XNS-E08-nested]: "), "{done:?}");
    assert_eq!(cures(&done), ["--map-users=all"]);
    let cured = scene.sh("exec \"$X\" -r \"$X\" --map-users=all true").ordinary().run();
    assert!(cured.ok(), "{cured:?}");
}

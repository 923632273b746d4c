//! `--owner`: who makes, and so owns, the new namespaces; `--mount-binfmt` and `--load-interp`, which need a user namespace.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use xns_tests::{Need, Scene, need};

/// The shell prints the owner of its user namespace: `NS_GET_OWNER_UID`, as lsns shows it.
fn owner_of(scene: &Scene, words: &str) -> String {
    let mut running = scene.xunshare().words(words).args(["sh", "-c", "echo ready; read line"]).start();
    assert_eq!(running.line(), "ready", "{words}");
    let namespace = std::fs::File::open(format!("/proc/{}/ns/user", running.pid())).unwrap();
    let mut uid: u32 = 0;
    // <linux/nsfs.h>: NS_GET_OWNER_UID.
    let answer = {
        use std::os::fd::AsRawFd;
        // SAFETY: the request writes a uid_t to the address given.
        unsafe { libc::ioctl(namespace.as_raw_fd(), 0xb704, &raw mut uid) }
    };
    assert_eq!(answer, 0);
    uid.to_string()
}

#[test]
fn the_owner_is_who_was_named() {
    if !need("the_owner_is_who_was_named", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    for words in [
        "--owner 1000:1001 -r",
        "--owner 1000:1001",
        "--owner=1000:1001 --map-users=0:1000:1 --map-groups=0:1001:1",
    ] {
        assert_eq!(owner_of(&scene, words), "1000", "{words}");
    }
    assert_eq!(owner_of(&scene, "-r"), "0");
}

#[test]
fn ids_are_as_in_the_reference() {
    if !need("ids_are_as_in_the_reference", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let ids = "id -u; id -g; id -G; cat /proc/self/uid_map /proc/self/gid_map";
    for (words, shown) in [
        // Maps are still of the caller's ids: the owner shows as nobody.
        ("--owner 1000:1001 -r", "65534 65534 65534 0 0 1 0 0 1"),
        ("--owner 1000:1001 --map-users=0:1000:1 --map-groups=0:1001:1", "0 0 0 0 1000 1 0 1001 1"),
        (
            "--owner 1000:1001 -r --map-users=7:1000:1 --map-groups=8:1001:1 -f",
            "7 8 8 0 0 1 7 1000 1 0 0 1 8 1001 1",
        ),
    ] {
        let done = scene.xunshare().words(words).args(["sh", "-c", ids]).run();
        assert_eq!(done.out().split_whitespace().collect::<Vec<_>>().join(" "), shown, "{words}");
    }
}

/// The owner may not open its own files in /proc; from outside they are written.
#[test]
fn clocks_and_setgroups_go_with_an_owner() {
    if !need("clocks_and_setgroups_go_with_an_owner", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let maps = "--map-users=0:5:1 --map-groups=0:6:1";
    let clocks = scene.xunshare().words("--owner 5:6 -T --boottime 77 --monotonic 66").words(maps);
    let offsets = clocks.args(["cat", "/proc/self/timens_offsets"]).run();
    assert_eq!(
        offsets.out().split_whitespace().collect::<Vec<_>>(),
        ["monotonic", "66", "0", "boottime", "77", "0"]
    );
    for word in ["allow", "deny"] {
        let done = scene
            .xunshare()
            .words(&format!("--owner 5:6 --setgroups {word} {maps} cat /proc/self/setgroups"))
            .run();
        assert_eq!(done.out(), word);
    }
}

#[test]
fn an_owner_needs_root_and_numbers() {
    let scene = Scene::new();
    for (value, wrong) in [
        ("5", "5"),
        ("5:", "5:"),
        (":5", ":5"),
        ("u:g", "u:g"),
        ("-1:5", "-1:5"),
        ("4294967296:0", "4294967296:0"),
        ("4294967295:0", "4294967295:0"),
    ] {
        let done = scene.xunshare().args([&format!("--owner={value}"), "true"]).run();
        done.fails(1, &format!("xunshare: --owner: '{wrong}' is not UID:GID"));
    }
    if need("an_owner_needs_root_and_numbers (ordinary user)", &[Need::Root]) {
        let done = scene.xunshare().ordinary().words("--owner 54321:54321 -r true").run();
        done.fails(1, "xunshare: setgroups failed: Operation not permitted");
        wait_for_none(&scene);
    }
}

fn wait_for_none(scene: &Scene) {
    xns_tests::wait_for("the end of the helper", || scene.processes().is_empty());
}

/// binfmt_misc belongs to the user namespace since Linux 6.7.
fn has_own_interpreters(test: &str) -> bool {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers = release.split(['.', '-']).map(|number| number.parse::<u32>().unwrap_or(0));
    let new = (numbers.next(), numbers.next()) >= (Some(6), Some(7));
    let there = std::fs::read_to_string("/proc/filesystems").unwrap().contains("binfmt_misc");
    if !new || !there {
        return need(test, &[Need::Program("a kernel with binfmt_misc for user namespaces (6.7)")]);
    }
    need(test, &[Need::UserNamespaces])
}

#[test]
fn an_interpreter_is_registered_for_the_namespace_alone() {
    if !has_own_interpreters("an_interpreter_is_registered_for_the_namespace_alone") {
        return;
    }
    let scene = Scene::new();
    scene.busybox_root("root");
    for dir in ["", "root/"] {
        scene.sh(&format!("printf 'xnstest and more\\n' > {dir}script; chmod +x {dir}script")).run().out();
    }
    scene.hand_over();
    // sh would run what execve refuses as a script.
    let run = |words: &str, script: &str| {
        scene.xunshare().ordinary().words("-rfp").words(words).args(["env", script]).run()
    };
    let line = ":xnstest:M::xnstest::/bin/cat:";
    assert_eq!(run(&format!("--load-interp {line}"), "./script").out(), "xnstest and more");
    assert_eq!(run(&format!("-l {line}"), "./script").out(), "xnstest and more");
    // With F the interpreter is opened in the old root.
    let own = scene.path("cat-of-the-host");
    xns_tests::copy_program("/bin/busybox", &own);
    scene.sh("mkdir host; mv cat-of-the-host host/cat; chmod 755 host/cat").run().out();
    let line = format!(":xnstest:M::xnstest::{}:F", scene.path("host/cat").display());
    for root in ["-R", "--pivot-root"] {
        let mut words = scene.xunshare().ordinary().words("-rfp").args(["-l", &line, root]);
        words = words.args([scene.path("root").to_str().unwrap(), "/script"]);
        assert_eq!(words.run().out(), "xnstest and more", "{root}");
    }
    // Outside nothing has changed.
    assert!(!scene.cmd("env").args(["./script"]).run().ok());
}

#[test]
fn binfmt_is_mounted_where_it_is_wanted() {
    if !has_own_interpreters("binfmt_is_mounted_where_it_is_wanted") {
        return;
    }
    let scene = Scene::new();
    scene.subdir("formats");
    scene.hand_over();
    for (words, place) in
        [("--mount-binfmt", "/proc/sys/fs/binfmt_misc"), ("--mount-binfmt=formats", "formats")]
    {
        let done = scene.xunshare().ordinary().words("-rfp").words(words).args(["ls", place]).run();
        assert_eq!(done.out(), "register\nstatus", "{words}");
    }
    // Without a PID namespace /proc may not be mounted: as the original.
    let done = scene.xunshare().ordinary().words("-r --mount-binfmt true").run();
    done.fails(1, "xunshare: mount /proc failed: Operation not permitted");
    let bad = scene.xunshare().ordinary().words("-rfp --load-interp nonsense true").run();
    bad.fails(1, "xunshare: write failed /proc/sys/fs/binfmt_misc/register: Invalid argument");
}

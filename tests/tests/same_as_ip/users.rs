//! Ordinary users: outside of a user namespace why not, inside of `xunshare -rmn` names of their own.

use crate::{NEEDS, in_world};
use xns_tests::{Done, Need, bin, need};

/// Runs `inside` as an ordinary user in a user namespace of its own, after `before` as root outside.
fn as_user(before: &str, wrap: &str, inside: &str) -> Done {
    // The tools lie where ordinary users may not look.
    let copies: String = ["xnetns", "xunshare"]
        .iter()
        .map(|tool| format!("install -m 755 {} /run/bin/\n", bin(tool).display()))
        .collect();
    let text = format!(
        "mkdir -m 755 /run/bin\n{copies}{before}\n\
         exec setpriv --reuid 54321 --regid 54321 --clear-groups env PATH=/run/bin:$PATH {wrap} sh -c '{inside}'"
    );
    in_world("", &text).run()
}

const ALL: [Need; 3] = [NEEDS[0], NEEDS[1], Need::UserNamespaces];

#[test]
fn an_ordinary_user_is_told_why_not() {
    if !need("an_ordinary_user_is_told_why_not", &ALL) {
        return;
    }
    for verb in ["add B", "attach B $$"] {
        let done = as_user("ip netns add A", "", &format!("xnetns --hints=always {verb}"));
        let line = "mount --make-shared /run/netns failed: Operation not permitted\n";
        assert_eq!((done.status, done.stderr.starts_with(line)), (Some(1), true), "{done:?}");
        assert!(
            done.stderr.contains("XNS-E58-unprivileged") && done.stderr.contains("xunshare -rmn"),
            "{done:?}"
        );
    }
    let done = as_user("ip netns add A", "", "xnetns --hints=always -n A link");
    let line = "setting the network namespace \"A\" failed: Operation not permitted\n";
    assert_eq!((done.status, done.stderr.starts_with(line)), (Some(255), true), "{done:?}");
    for part in ["CAP_SYS_ADMIN", "try: sudo xnetns --hints=always -n A link", "xunshare -rmn"] {
        assert!(done.stderr.contains(part), "{part}: {done:?}");
    }
    let done = as_user("", "", "xnetns add A");
    assert_eq!((done.status, &*done.stderr), (Some(1), "mkdir /run/netns failed: Permission denied\n"));
    let done =
        as_user("ip netns add A", "", "xnetns exec A true; echo $?; xnetns del A; echo $?; xnetns list");
    assert_eq!(done.stdout, "255\n1\nA\n", "{done:?}");
    let done = as_user("ip netns add A", "xunshare -r", "xnetns --hints=always add B");
    assert!(done.stderr.contains("XNS-E58-own-mounts"), "{done:?}");
}

/// With the directory, and without it: then all that is in `/run` stays as it is, sockets are answered.
#[test]
fn names_in_a_user_namespace() {
    if !need("names_in_a_user_namespace", &ALL) {
        return;
    }
    let files = "mkdir /run/a; echo inner > /run/a/b; ln -s a/b /run/l; echo hidden > /run/.file; mkdir -m 700 /run/secret";
    let inside = "xnetns add A --hints=always; ip netns add B; ip netns list | sort; xnetns exec A ip -br link | cut -c1-2
        ip netns exec A true && xnetns list | sort; cat /run/l /run/.file; ls -d /run/secret
        xnetns del A; ip netns del B; xnetns list; test -w /run/netns && echo own";
    for (before, told) in [
        (format!("{files}; ip netns add OUTER"), "/run/netns is covered by a tmpfs"),
        (files.to_owned(), "/run (with all that was in it) is covered by a tmpfs"),
    ] {
        let done = as_user(&before, "xunshare -rmn", inside);
        assert!(done.ok() && done.stderr.contains(told), "{done:?}");
        assert_eq!(done.stdout, "A\nB\nlo\nA\nB\ninner\nhidden\n/run/secret\nown\n", "{done:?}");
    }
}

/// What is covered is shown before it is done, and nobody outside sees it.
#[test]
fn the_cover_is_a_step_of_the_plan() {
    if !need("the_cover_is_a_step_of_the_plan", &ALL) {
        return;
    }
    let done = as_user("ip netns add OUTER", "xunshare -rmn", "xnetns add A --dry-run; xnetns list");
    assert!(
        done.stdout.contains("mount -t tmpfs -o mode=755 tmpfs /run/netns\nip netns add A\n"),
        "{done:?}"
    );
    assert!(done.stdout.ends_with("OUTER\n"), "{done:?}");
}

//! `--keep-caps`: what of its capabilities a program has that is not root in its user namespace.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use xns_tests::{Cmd, Need, need, original, xunshare};

fn sets(cmd: Cmd, options: &str) -> Vec<String> {
    let done = cmd.words(options).args(["grep", "Cap", "/proc/self/status"]).ordinary().run();
    done.out().lines().map(str::to_owned).collect()
}

#[test]
fn keep_caps_is_the_originals() {
    if !need("keep_caps_is_the_originals", &[Need::UserNamespaces, Need::Original("unshare")]) {
        return;
    }
    for options in [
        "-c",
        "-c --keep-caps",
        "-r --keep-caps",
        "-U --keep-caps",
        "-c --keep-caps -f",
        "-r -S 0 --keep-caps",
    ] {
        assert_eq!(sets(xunshare(), options), sets(original("unshare"), options), "{options}");
    }
}

#[test]
fn without_a_user_namespace_nothing_is_kept() {
    let plain = Cmd::new("env");
    assert_eq!(sets(xunshare(), "--keep-caps"), sets(plain, ""));
}

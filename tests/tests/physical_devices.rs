//! A physical device in a network namespace that goes: it returns, and `xnetns del` waits for it. In a guest only, whose card leads
//! nowhere.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use xns_tests::{Cmd, Done, Need, bin, need};

/// The second is in guests only: no card of a machine that somebody uses is touched.
const NEEDS: [Need; 3] = [Need::Root, Need::File("/vm/layout"), Need::Program("ip")];

fn script(text: &str) -> Done {
    let path = format!("{}:{}", bin("xnetns").parent().unwrap().display(), std::env::var("PATH").unwrap());
    Cmd::new("sh").args(["-c", text]).env("PATH", path).run()
}

#[test]
fn a_card_is_back_when_its_namespace_is_gone() {
    if !need("a_card_is_back_when_its_namespace_is_gone", &NEEDS) {
        return;
    }
    let text = "for round in 1 2 3 4 5; do
        xnetns add P && ip link set eth0 netns P || exit 1
        ip link show eth0 2>/dev/null && exit 2
        xnetns exec P ip link show eth0 >/dev/null || exit 3
        xnetns del P || exit 4
        ip link show eth0 >/dev/null || exit 5
        done";
    let done = script(text);
    assert_eq!((done.status, done.stdout.as_str(), done.stderr.as_str()), (Some(0), "", ""));
}

/// It does not return as long as somebody keeps the namespace, who is told.
#[test]
fn a_card_in_a_namespace_that_is_kept() {
    if !need("a_card_in_a_namespace_that_is_kept", &NEEDS) {
        return;
    }
    let text = "xnetns add K && ip link set eth0 netns K || exit 1
        xnetns exec K sleep 60 & until [ -n \"$(xnetns pids K)\" ]; do sleep 0.05; done
        xnetns del K --hints=always || exit 2
        ip link show eth0 2>/dev/null && exit 3
        kill $!; for round in $(seq 100); do ip link show eth0 >/dev/null 2>&1 && exit 0; sleep 0.1; done; exit 4";
    let done = script(text);
    assert_eq!((done.status, done.stdout.as_str()), (Some(0), ""), "{done:?}");
    assert!(done.stderr.contains("the network namespace is kept by process "), "{done:?}");
}

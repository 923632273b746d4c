use crate::xcgexec;
use xns_tests::{Need, need};

/// Which of these nodes can be opened for reading, one letter each. (What the shell says of the others may not go to /dev/null.)
const LOOK: &str = "for node in null zero full random; do if head -c 0 < /dev/$node; then printf y; else printf n; fi; done 2>&-";

#[test]
fn a_denied_node_is_not_opened() {
    if !need("a_denied_node_is_not_opened", &[Need::Root]) {
        return;
    }
    for (words, opened) in [
        (&["--device-deny", "c 1:5 rwm"][..], "ynyy"),
        (&["--device-deny", "/dev/zero r", "--device-deny", "c 1:7 r"], "ynny"),
        // null, zero, full and random are of the default set.
        (&["--device", "c 10:200 rw"], "yyyy"),
        (&["--device", "c 10:200 rw", "--device-deny", "/dev/full rw"], "yyny"),
        (&["--device-deny", "a"], "nnnn"),
    ] {
        let done = xcgexec().args(words).args(["--", "sh", "-c", LOOK]).run();
        assert_eq!(done.stdout, opened, "{words:?}: {done:?}");
    }
}

#[test]
fn the_refusal_is_eperm() {
    if !need("the_refusal_is_eperm", &[Need::Root]) {
        return;
    }
    let done = xcgexec().args(["--device-deny", "c 1:5 rwm", "--", "cat", "/dev/zero"]).run();
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.stderr.contains("Operation not permitted"), "{done:?}");
}

//! SIGKILL before every call: whatever stays, `disconnect -all` removes, but for an empty file, which `del` removes.

use crate::{LEFT, NEEDS, inside};
use xns_tests::{bin, need};

#[test]
fn connect_can_be_killed_anywhere() {
    if !need("connect_can_be_killed_anywhere", &NEEDS) {
        return;
    }
    for line in ["connect A:10.0.0.1/24 B:10.0.0.2/24", "connect --bridge br0 A:10.0.0.1/24 host:10.0.0.9/24"]
    {
        let mut killed = 0;
        for call in 0.. {
            let script = format!(
                "{LEFT} {} xnetns 0 {call} {} {line} > said 2>/dev/null
                cat said; xnetns --hints=always disconnect -all 2> told || :
                xnetns list --hints=always | grep -v '(stale:' || :
                for name in $(xnetns list | cut -d' ' -f1); do grep -q \"xnetns del $name\" told || echo $name is not told; done
                for name in $(xnetns list | cut -d' ' -f1); do xnetns del $name; done; left",
                env!("CARGO_BIN_EXE_kill-at"),
                bin("xnetns").display(),
            );
            let done = inside(&script);
            assert!(done.ok(), "{line} {call}: {done:?}");
            let said = |word: &str| done.stdout.lines().any(|line| line.starts_with(word));
            let ours = ["pid ", "killed ", "exec ", "exited ", "signalled "];
            let left: Vec<&str> =
                done.stdout.lines().filter(|line| !ours.iter().any(|word| line.starts_with(word))).collect();
            assert_eq!(left, [] as [&str; 0], "{line} {call}: {done:?}");
            if !said("killed ") {
                assert!(said("exited 0"), "{line} {call}: {done:?}");
                break;
            }
            killed += 1;
        }
        assert!(killed > 20, "{line}: {killed}");
    }
}

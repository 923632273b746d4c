//! SIGKILL before every system call of what makes and removes names: what is left is a name that is listed, and that `del` removes.

use crate::{NEEDS, in_world};
use xns_tests::need;

/// Kills `line` at every call; answers how many times a stale name was left, and how many times one that can be used.
fn kill_everywhere(before: &str, line: &str) -> (usize, usize) {
    let (mut stale, mut live) = (0, 0);
    let kill_at = env!("CARGO_BIN_EXE_kill-at");
    for call in 0.. {
        assert!(call < 300, "{line} does not end");
        let ours = xns_tests::bin("xnetns");
        let text = format!(
            "{before}\n{kill_at} xnetns 0 {call} {} {line} > /dev/shm/said.$$ 2>&1\ngrep -o '^killed' /dev/shm/said.$$; rm /dev/shm/said.$$\n\
             for name in $(xnetns list | cut -d' ' -f1); do xnetns exec $name true 2>/dev/null && echo live || echo stale; xnetns del $name || exit 9; done\n\
             xnetns add A && xnetns del A || exit 8\nls -A /run/netns\ngrep -c '/run/netns ' /proc/self/mountinfo; for _ in $(seq 200); do ip link show v1 >/dev/null 2>&1 || break; sleep 0.01; done; ip -br link | grep -v ^lo\n",
            ours.display()
        );
        let done = in_world("", &text).run();
        let mut lines: Vec<_> = done.stdout.lines().collect();
        let killed = lines.first() == Some(&"killed");
        assert_eq!(done.stderr, "", "{line} {call}: {done:?}");
        let mounts = lines.pop();
        assert!(mounts.is_some_and(|mounts| ["1", "2"].contains(&mounts)), "{line} {call}: {done:?}");
        stale += lines.iter().filter(|line| **line == "stale").count();
        live += lines.iter().filter(|line| **line == "live").count();
        assert!(
            lines.iter().all(|line| ["killed", "stale", "live"].contains(line)),
            "{line} {call}: {done:?}"
        );
        if !killed {
            assert!(call > 5, "{line}: nothing was tried: {done:?}");
            break;
        }
    }
    (stale, live)
}

#[test]
fn adding_can_be_killed_anywhere() {
    if need("adding_can_be_killed_anywhere", &NEEDS) {
        let (stale, live) = kill_everywhere("", "add A");
        assert!(stale > 0 && live > 0, "{stale} {live}");
    }
}

#[test]
fn removing_can_be_killed_anywhere() {
    if need("removing_can_be_killed_anywhere", &NEEDS) {
        let veth = "xnetns add A; ip link add v0 type veth peer name v1; ip link set v0 netns A";
        let (stale, live) = kill_everywhere(veth, "del A");
        assert!(stale > 0 && live > 0, "{stale} {live}");
    }
}

#[test]
fn attaching_can_be_killed_anywhere() {
    if need("attaching_can_be_killed_anywhere", &NEEDS) {
        let (stale, live) = kill_everywhere("", "attach A $$");
        assert!(stale > 0 && live > 0, "{stale} {live}");
    }
}

//! Two networks joined by a pair of devices, each line by either tool: what the one has made the other goes on with.

use crate::{NEEDS, script};
use xns_tests::{Need, need};

const STEPS: [&str; 9] = [
    "netns add RED",
    "netns add BLUE",
    "link add veth0 type veth peer name veth1",
    "link set veth0 netns RED",
    "link set veth1 netns BLUE",
    "-n RED link set veth0 up",
    "-n BLUE link set veth1 up",
    "-n RED addr add 11.11.11.2/24 dev veth0",
    "-n BLUE addr add 11.11.11.3/24 dev veth1",
];

/// Runs the steps by the tool that each bit names, and pings.
fn joined(by: u32) -> String {
    let tool = |step: usize| if by >> step & 1 == 0 { "ip" } else { "xnetns" };
    let steps: String = STEPS.iter().enumerate().map(|(at, step)| format!("{} {step}\n", tool(at))).collect();
    format!(
        "set -e\n{steps}\
         ip -n RED route; xnetns -n RED route; ip -n RED -br addr show veth0 | cut -d' ' -f1; xnetns -n RED -br addr show veth0 | cut -d' ' -f1\n\
         ip netns exec RED ping -q -c 1 -W 5 11.11.11.3 >/dev/null && xnetns exec BLUE ping -q -c 1 -W 5 11.11.11.2 >/dev/null && echo reply\n\
         {} netns del RED; {} netns del BLUE; ls /run/netns\n",
        tool(0),
        tool(1),
    )
}

#[test]
fn each_step_by_either_tool() {
    if !need("each_step_by_either_tool", &[NEEDS[0], NEEDS[1], Need::Program("ping")]) {
        return;
    }
    let all = (1 << STEPS.len()) - 1;
    // All by one, every other, and each alone by the other one.
    let alone = (0..STEPS.len()).flat_map(|step| [1 << step, all & !(1 << step)]);
    for by in [0, all, 0b0_1010_1010, 0b1_0101_0101].into_iter().chain(alone) {
        let done = script("", &joined(by));
        let lines: Vec<_> = done.stdout.lines().collect();
        let route = "11.11.11.0/24 dev veth0 proto kernel scope link src 11.11.11.2 ";
        let [theirs, ours, name, same_name, "reply"] = lines.as_slice() else { panic!("{by:b}: {done:?}") };
        assert_eq!((*theirs, *ours), (route, route), "{by:b}");
        assert!(name.starts_with("veth0@if") && name == same_name, "{by:b}: {done:?}");
        assert!(done.ok() && done.stderr.is_empty(), "{by:b}: {done:?}");
    }
}

/// Both ends of a pair come where they belong with one request; nothing is made when one of the places is not there.
#[test]
fn both_ends_in_place() {
    if !need("both_ends_in_place", &NEEDS) {
        return;
    }
    let text = "ip netns add RED; ip netns add BLUE
        xnetns link add end0 netns RED group 7 type veth peer name end1 netns BLUE group 7 || exit 1
        ip -n RED -j link show group 7 | grep -c '\"end0\"'; ip -n BLUE -j link show group 7 | grep -c '\"end1\"'
        ip -n RED link show end0 | grep -o 'link-netns BLUE'; xnetns -n RED link show end0 | grep -o 'link-netns BLUE'
        ip -br link | grep -vc '^lo '
        xnetns link add end2 netns RED type veth peer name end1 netns BLUE; echo $?
        ip -n RED link show end2 2>/dev/null; ip -n BLUE -br link | wc -l";
    let done = script("", text);
    assert_eq!(done.stdout, "1\n1\nlink-netns BLUE\nlink-netns BLUE\n0\n2\n2\n", "{done:?}");
    assert!(done.stderr.starts_with("RTNETLINK answers: File exists\n"), "{done:?}");
}

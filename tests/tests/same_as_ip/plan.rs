//! What is done is what the plan says.

use crate::{NEEDS, script};
use xns_tests::{Need, need};

/// Calls that change something, by their names; `mkdirat` is what `mkdir` of a plan stands for.
const WATCHED: &str = "mount,umount2,unshare,setns,unlinkat,mkdirat,move_mount,open_tree,fsopen,flock,symlinkat,rename,renameat2,fchmodat,fchownat";

/// What is there before, and the verb with its words.
const LINES: [(&str, &str, &str); 8] = [
    ("", "add", "A"),
    ("ip netns add B", "add", "A"),
    ("", "attach", "A $$"),
    ("ip netns add A", "set", "A 5"),
    ("ip netns add A", "del", "A"),
    ("ip netns add A; ip link add v0 type veth peer name v1; ip link set v0 netns A", "del", "A"),
    ("ip netns add A; : > /run/netns/S", "del", "S"),
    ("ip netns add A", "exec", "A true"),
];

/// The names of the calls of a plan, with whether each is made always.
fn planned(json: &str) -> Vec<(String, bool)> {
    let plan: serde_json::Value =
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
    let calls = plan["steps"].as_array().unwrap().iter().flat_map(|step| step["calls"].as_array().unwrap());
    let name = |call: &serde_json::Value| call["name"].as_str().unwrap().replace("mkdir", "mkdirat");
    let watched = |name: &str| WATCHED.split(',').any(|one| one == name);
    calls.map(|call| (name(call), call["only"].is_null())).filter(|(name, _)| watched(name)).collect()
}

/// The calls of a trace; those that were refused as the plan foresees (there is such a directory; it is no mount) are calls, too.
fn traced(trace: &str) -> Vec<String> {
    let name = |line: &str| Some(line.split_once('(')?.0.rsplit(' ').next()?.to_owned());
    trace.lines().filter(|line| !line.contains("+++") && !line.contains("---")).filter_map(name).collect()
}

fn fits(planned: &[(String, bool)], traced: &[String]) -> bool {
    match (planned, traced) {
        ([], []) => true,
        ([(name, _), rest @ ..], [first, others @ ..]) if name == first && fits(rest, others) => true,
        // A shared mount is asked for, refused, bound, and asked for again.
        ([(name, _), ..], [first, others @ ..])
            if name == "mount" && first == "mount" && fits(planned, others) =>
        {
            true
        }
        ([(_, false), rest @ ..], _) => fits(rest, traced),
        _ => false,
    }
}

#[test]
fn what_is_done_is_the_plan() {
    if !need("what_is_done_is_the_plan", &[NEEDS[0], NEEDS[1], Need::Program("strace")]) {
        return;
    }
    for (before, verb, words) in LINES {
        let text = format!(
            "{before}\nls -l /run/netns > /run/before 2>&1\nstrace -f -qq -e trace={WATCHED} -o /dev/shm/dry.$$ xnetns --dry-run=json {verb} {words} || exit 9\n\
             ls -l /run/netns 2>&1 | cmp - /run/before || exit 8\necho ==; cat /dev/shm/dry.$$; echo ==\n\
             strace -f -qq -e trace={WATCHED} -o /dev/shm/done.$$ xnetns {verb} {words} || exit 7\ncat /dev/shm/done.$$; rm /dev/shm/dry.$$ /dev/shm/done.$$\n"
        );
        let done = script("", &text);
        assert!(done.ok() && done.stderr.is_empty(), "{verb}: {done:?}");
        let parts: Vec<_> = done.stdout.split("==\n").collect();
        let (planned, dry, traced) = (planned(parts[0]), traced(parts[1]), traced(parts[2]));
        assert_eq!(dry, [""; 0], "{verb} {words}: a dry run changes nothing");
        assert!(
            !planned.is_empty() && fits(&planned, &traced),
            "{before}; {verb} {words}:\n{planned:?}\n{traced:?}"
        );
    }
}

/// The script of a dry run does the same.
#[test]
fn the_script_does_the_same() {
    if !need("the_script_does_the_same", &NEEDS) {
        return;
    }
    let effect = "ip netns list 2>/dev/null; ip -br link | grep -v ^lo; ls /run/netns";
    for (before, verb, words) in LINES {
        let by_tool = script("", &format!("{before}\nxnetns {verb} {words}; echo $?; {effect}"));
        let by_script = script(
            "",
            &format!(
                "{before}\nxnetns --dry-run {verb} {words} > /run/script; sh /run/script; echo $?; {effect}"
            ),
        );
        assert_eq!(
            (by_tool.stdout, by_tool.stderr),
            (by_script.stdout, by_script.stderr),
            "{before}; {verb} {words}"
        );
    }
}

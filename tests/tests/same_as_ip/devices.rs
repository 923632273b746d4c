//! `ip link`, `address` and `route` against xnetns', in a network of the script's own with two named ones beside it.

mod addresses;
mod links;
mod routes;

use crate::{NEEDS, script};
use std::collections::BTreeMap;
use xns_tests::need;

/// What is there before each line: two names, a pair of devices, the loopback up.
///
/// The kernel gives no addresses of its own accord, and does not look for their like.
const PAIR: &str = "for file in /proc/sys/net/ipv6/conf/default; do echo 1 > $file/addr_gen_mode; echo 0 > $file/accept_dad; done
    ip netns add RED; ip netns add BLUE; ip link set lo up
    ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02";

/// An address of version 6 is looked after by the kernel a moment later.
const SETTLED: &str =
    "for i in 1 2 3 4 5 6 7 8 9; do ip -6 addr show tentative | grep -q inet6 || break; sleep 0.02; done";

/// Lines that both tools are given, after these commands. `differs` says what is otherwise, and why.
struct Case {
    before: &'static str,
    words: &'static str,
    differs: Option<&'static str>,
}

const fn same(before: &'static str, words: &'static str) -> Case {
    Case { before, words, differs: None }
}

const fn differs(before: &'static str, words: &'static str, why: &'static str) -> Case {
    Case { before, words, differs: Some(why) }
}

/// What a run shows: status, output, the first line of the complaints, and what is there afterwards, in `ip`'s own words. Hardware
/// addresses, and what the kernel does in its own time, are left out.
fn observed(tool: &str, case: &Case) -> BTreeMap<&'static str, String> {
    let text = format!(
        "exec 2>&1\n{PAIR}\n{}\n$T {} >/run/out 2>/run/err </dev/null\necho $?\n\
         cat /run/out; echo ==\nhead -1 /run/err; echo ==\n{SETTLED}\n\
         for at in '' '-n RED' '-n BLUE'; do ip $at -d -j addr; ip $at -j route show table all; done\n",
        case.before, case.words,
    );
    let done = script(tool, &text);
    let (status, rest) = done.stdout.split_once('\n').unwrap_or_else(|| panic!("{done:?}"));
    let (out, rest) = rest.split_once("==\n").unwrap_or_else(|| panic!("{done:?}"));
    let (complaint, effect) = rest.split_once("==\n").unwrap_or_else(|| panic!("{done:?}"));
    // What follows a carrier comes later.
    let states = ["UP", "DOWN", "LOWERLAYERDOWN"].map(|state| format!("\"operstate\":\"{state}\""));
    let effect =
        states.iter().fold(effect.replace("\"NO-CARRIER\",", ""), |text, state| text.replace(state, "-"));
    [("status", status), ("output", out), ("complaint", complaint), ("effect", &*effect)]
        .map(|(what, text)| (what, steady(text)))
        .into()
}

/// Without what is other each time.
fn steady(text: &str) -> String {
    // The kernel looks at carriers a while later.
    let late = [",\"linkdown\"", "\"linkdown\"", "linkdown ", "\"tentative\":true,", "tentative "];
    let text = late.iter().fold(text.to_owned(), |text, word| text.replace(word, ""));
    let mut out = String::new();
    for word in text.split_inclusive([' ', ',', '\n', '"']) {
        let bare = word.trim_end_matches([' ', ',', '\n', '"']);
        let hexadecimal = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_hardware = bare.split(':').count() == 6 && bare.split(':').all(hexadecimal);
        out += match bare {
            _ if is_hardware => "HARDWARE",
            // A bridge's number is made of its address.
            bare if bare.starts_with("8000.") || bare.starts_with("63.") => "BRIDGE",
            bare => bare,
        };
        out += &word[bare.len()..];
    }
    let is_timer = |part: &&str| part.trim_start().starts_with("\"") && part.contains("_timer\":");
    // Routes of two devices that come up together come in either order.
    let line = |line: &str| match line.starts_with('[') {
        true if line.contains("\"dst\"") => {
            let mut routes: Vec<_> = line.trim_matches(['[', ']', '{', '}']).split("},{").collect();
            // That an address of version 6 is our own is written down later.
            routes.retain(|route| {
                let own = route.contains("\"dst\":\"2001:db8::") && route.contains("\"table\":\"local\"");
                // And the way to all, when the carrier has been seen.
                !own && !route.contains("\"type\":\"multicast\"")
            });
            routes.sort_unstable();
            routes.join("},{")
        }
        true => line.split(',').filter(|part| !is_timer(part)).collect::<Vec<_>>().join(","),
        false => line.to_owned(),
    };
    out.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

fn compare(cases: &[Case]) {
    let mut wrong = Vec::new();
    for case in cases {
        let (theirs, ours) = (observed("ip", case), observed("xnetns", case));
        let different: Vec<_> = theirs.iter().filter(|(what, text)| ours[*what] != **text).collect();
        match case.differs {
            None => wrong.extend(different.iter().map(|(what, text)| {
                format!("{} | {}: {what}\n   ip: {text}\n ours: {}", case.before, case.words, ours[*what])
            })),
            Some(why) if different.is_empty() => {
                wrong.push(format!("{} | {}: no longer differs: {why}", case.before, case.words));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn links_are_as_ips() {
    if need("links_are_as_ips", &NEEDS) {
        compare(links::CASES);
    }
}

#[test]
fn addresses_are_as_ips() {
    if need("addresses_are_as_ips", &NEEDS) {
        compare(addresses::CASES);
    }
}

#[test]
fn routes_are_as_ips() {
    if need("routes_are_as_ips", &NEEDS) {
        compare(routes::CASES);
    }
}

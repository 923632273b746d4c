//! Pictures of real namespaces, and lines of those that come and go.

use crate::Here;
use std::io::Write;
use std::process::{Command, Stdio};
use xns_tests::{Need, need};

/// More than thirty, in each other and joined by veth pairs.
const SCRIPT: &str = "for i in 1 2 3 4; do into \"box $i\" unshare -muinpCf; done\n\
    into user $user unshare -rn\ninto deep $user unshare -Ur unshare -Ur unshare -n\nsettle\n\
    ip netns add red\nip netns add blue\nip link add r netns red type veth peer name b netns blue\n\
    say RED $(ino /run/netns/red)\nsay BLUE $(ino /run/netns/blue)\n";

#[test]
fn all_are_in_the_picture() {
    let test = "all_are_in_the_picture";
    let Some(here) = Here::start(test, SCRIPT) else { return };
    let rows = here.rows("-o ns");
    assert!(rows.len() >= 30, "{}", rows.len());
    for form in ["text", "dot", "mermaid"] {
        let picture = here.xlsns(&format!("--graph={form}"));
        for row in &rows {
            assert!(picture.contains(&row["ns"].to_string()), "{form}: {}", row["ns"]);
        }
        assert!(!picture.chars().any(|c| c.is_control() && c != '\n'), "{form}");
    }
    let text = here.xlsns("--graph");
    assert!(text.contains("box 1") && text.contains("red"), "{text}");
    let dot = here.xlsns("--graph=dot");
    if need(&format!("{test} (drawn)"), &[Need::Program("dot")]) {
        let mut graphviz = Command::new("dot")
            .arg("-Tsvg")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        graphviz.stdin.take().unwrap().write_all(dot.as_bytes()).unwrap();
        let drawn = graphviz.wait_with_output().unwrap();
        assert!(drawn.status.success() && drawn.stderr.is_empty(), "{drawn:?}");
        let picture = String::from_utf8(drawn.stdout).unwrap();
        assert!(rows.iter().all(|row| picture.contains(&row["ns"].to_string())));
    }
    let only = here.xlsns("--graph -t net");
    assert!(only.contains(&here.number("RED").to_string()) && !only.contains("uts "), "{only}");
    here.run(false, "exec xlsns --graph -Q 'NS > 1'")
        .fails(1, "xlsns: mutually exclusive arguments: --graph --filter");
}

/// `xlsns --watch` in the background, while something happens.
fn watched(here: &Here, words: &str, happens: &str) -> String {
    let script = format!(
        "xlsns --watch=0.05 {words} > /run/watch 2>/run/told & watch=$!; \
         until grep -q Looking /run/told; do sleep 0.01; done; sleep 0.2; {happens}; sleep 0.3; \
         kill -INT $watch 2>/dev/null; kill $watch 2>/dev/null; wait $watch 2>/dev/null; cat /run/watch"
    );
    here.run(false, &script).stdout
}

#[test]
fn what_comes_and_goes_is_told() {
    let Some(here) = Here::start("what_comes_and_goes_is_told", "ready_=1\n") else { return };
    let happens = "ip netns add gone; sleep 0.3; ip netns delete gone";
    let lines = watched(&here, "-J", happens);
    let events: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_net: Vec<_> = events.iter().filter(|event| event["type"] == "net").collect();
    let words: Vec<_> = of_net.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(words, ["appeared", "disappeared"], "{lines}");
    assert_eq!(of_net[0]["ns"], of_net[1]["ns"]);
    // At first `ip` itself may have been in it.
    assert!(of_net[1]["pins"].to_string().contains("/run/netns/gone"), "{lines}");
    assert!(of_net[0]["time"].as_str().unwrap().ends_with('Z'));
    let lines = watched(&here, "-t uts", "unshare -u sleep 0.3; unshare -n sleep 0.2");
    assert!(lines.starts_with("TIME ") && lines.lines().count() == 3, "{lines}");
    assert!(lines.contains("sleep 0.3"), "{lines}");
    for (value, what) in [("0", "at least"), ("x", "failed to parse"), ("99999999999", "at most")] {
        let done = here.run(false, &format!("exec xlsns --watch={value}"));
        assert!(done.status == Some(1) && done.stderr.contains(what), "{value}: {done:?}");
    }
}

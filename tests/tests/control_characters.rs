//! Words with control characters: no error takes them to the terminal, or to a line of their own. Groups whose names have some can
//! be used, and not be made.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use xns_tests::groups::{OwnGroup, controller};
use xns_tests::{Cmd, Done, Need, bin, need};

/// Where it stands in `@`: a sequence that colours, a line that looks like another message, a mark that turns the direction.
const ODD: &str = "a\u{1b}[31m\nxcgroup: all is well\u{202e}b";

const XUNSHARE: &[&str] = &[
    "@",
    "./@ x",
    "--@",
    "--propagation=@ true",
    "--map-user=@ true",
    "--map-users=@ true",
    "--setuid=@ true",
    "--setgroups=@ true",
    "--root=/@ true",
    "--wd=/@ true",
    "--mount=/none/@ true",
    "--net=/none/@ true",
    "--kill-child=@ true",
    "--boottime=@ -T true",
    "--load-interp=@ true",
    "--hints=@ true",
    "--dry-run=@ true",
    "-X@ true",
];

const XNSENTER: &[&str] = &[
    "-t @ true",
    "--@",
    "-n/@ true",
    "--net=/@ true",
    "-t 1 -r/@ true",
    "-S @ -t 1 true",
    "-t 1 ./@",
    "--hints=@",
];

const XLSNS: &[&str] = &["--@", "-o @", "-t @", "-p @", "@", "-Q @", "--hints=@"];

const XCGEXEC: &[&str] = &[
    "--@ true",
    "-g @ true",
    "-g cpu:@ true",
    "-g @:/ true",
    "-g pids:@@/c true",
    "-g pids:/ ./@",
    "--pids 5 ./@",
    "--pids 5 @",
    "--memory @ true",
    "--memory 5@ true",
    "--cpu @ true",
    "--cpuset @ true",
    "--pids @ true",
    "--io-read @ true",
    "--io-read /@=5M true",
    "--io-read /=@ true",
    "--device @ true",
    "--device /@ true",
    "--set @ true",
    "--set @=5 true",
    "--set pids.max=@ true",
    "--set x.y@=5 true",
    "--report=/@/x true",
    "--report-format=@ true",
    "--remaining=@ true",
    "--dry-run=@ true",
    "--hints=@ true",
    "--error-format=@ true",
];

const XCGROUP: &[&str] = &[
    "@",
    "--@",
    "create @",
    "create x --memory @",
    "delete @",
    "delete /x/@",
    "set @ --pids 5",
    "set / @",
    "set / @=5",
    "set / pids.max=@",
    "get @",
    "get / @",
    "add @ 1",
    "add / @",
    "list @",
    "tree @",
    "show @",
    "stat @",
    "top @",
    "top --sort=@",
    "freeze @",
    "thaw @",
    "kill @",
    "wait @",
    "wait / --timeout=@",
    "delegate @ root",
    "delegate /x @",
    "layout @",
];

fn run(tool: &str, words: &str, hints: &str) -> Done {
    let words = words.split(' ').map(|word| word.replace('@', ODD));
    Cmd::new(bin(tool)).env("XNS_HINTS", hints).args(words).run()
}

#[test]
fn errors_are_lines_without_control_characters() {
    if !need("errors_are_lines_without_control_characters", &[Need::Root]) {
        return;
    }
    let tools: [(&str, &[&str]); 5] = [
        ("xunshare", XUNSHARE),
        ("xnsenter", XNSENTER),
        ("xlsns", XLSNS),
        ("xcgexec", XCGEXEC),
        ("xcgroup", XCGROUP),
    ];
    for (tool, lines) in tools {
        for words in lines {
            for hints in ["never", "always"] {
                let done = run(tool, words, hints);
                let text = &done.stderr;
                assert!(!done.ok() && !text.is_empty(), "{tool} {words}: {done:?}");
                let odd = text.chars().find(|c| *c != '\n' && (c.is_control() || *c == '\u{202e}'));
                assert!(odd.is_none(), "{tool} {words}: {done:?}");
                assert!(
                    !text.lines().any(|line| line.starts_with("xcgroup: all is well")),
                    "{tool} {words}: {text}"
                );
            }
        }
    }
}

/// Made by hand: whatever exists can be looked at, limited, used and removed.
#[test]
fn groups_with_odd_names() {
    if !need("groups_with_odd_names", &[Need::Root, Need::PidsController]) {
        return;
    }
    let group = OwnGroup::new();
    let point = controller("pids").unwrap().0;
    for odd in ["a\u{1b}b", "a:b", "a\tb"] {
        let name = format!("{}/{odd}", group.name());
        let directory = point.join(&name);
        std::fs::create_dir_all(&directory).unwrap();
        let xcgroup = |words: &[&str]| Cmd::new(bin("xcgroup")).args(words).run();
        for verb in ["get", "tree", "stat", "list", "create", "freeze", "thaw", "kill", "delete"] {
            let done = xcgroup(&[verb, &name]);
            // Without a freezer it is told so.
            let frozen = ["freeze", "thaw"].contains(&verb) && done.stderr.contains("cannot be frozen");
            assert!(done.ok() || frozen, "{verb}: {done:?}");
            assert!(!(done.stdout.clone() + &done.stderr).contains('\u{1b}'), "{verb}: {done:?}");
        }
        assert!(!directory.exists());
        let done = xcgroup(&["create", &name]);
        assert!(done.status == Some(1) && done.stderr.contains("is no name for a new group"), "{done:?}");
        assert!(!directory.exists());
    }
    for name in ["cgroup.procs", "x/tasks", "cgroup.mine"] {
        let done = Cmd::new(bin("xcgroup")).args(["create", &format!("{}/{name}", group.name())]).run();
        assert!(done.status == Some(1) && done.stderr.contains("a file of every group"), "{done:?}");
    }
    // One that only some hierarchy has.
    let done = Cmd::new(bin("xcgroup")).args(["create", &format!("{}/pids.max", group.name())]).run();
    assert!(done.status == Some(1) && done.stderr.contains("File exists"), "{done:?}");
}

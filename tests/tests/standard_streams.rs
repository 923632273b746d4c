//! Closed standard descriptors, in all combinations, and a full standard output.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use xns_tests::{Need, Scene, need};

/// The shell's words that close the chosen descriptors.
fn closing(set: u8) -> String {
    [(1, "<&-"), (2, ">&-"), (4, "2>&-")]
        .iter()
        .filter(|(bit, _)| set & bit != 0)
        .map(|(_, word)| *word)
        .collect::<Vec<_>>()
        .join(" ")
}

const OPTIONS: &[&str] =
    &["", "-f", "-u", "-rfp --mount-proc", "--init -r", "-r --map-users=0:0:5 -f", "-r --explain"];

#[test]
fn the_program_finds_closed_descriptors_closed() {
    if !need("the_program_finds_closed_descriptors_closed", &[Need::Root]) {
        return;
    }
    // What the program sees goes to a file: its own output may be closed.
    let look = "for n in 0 1 2 3 4 5 6 7 8 9; do [ -e /proc/self/fd/$n ] && printf %s $n; done > seen 2>/dev/null; exit 5";
    for set in 0..8 {
        for options in OPTIONS {
            let scene = Scene::new();
            // Each test is a builtin of the shell, so that /proc/self is the program.
            let script = format!("trap '' PIPE; exec \"$X\" {options} sh -c '{look}' {}", closing(set));
            let done = scene.sh(&script).run();
            let seen = std::fs::read_to_string(scene.path("seen")).unwrap_or_default();
            let plain = scene.sh(&format!("exec sh -c '{look}' {}", closing(set))).run();
            let expected = std::fs::read_to_string(scene.path("seen")).unwrap();
            assert_eq!((done.status, seen), (plain.status, expected), "{options} {}: {done:?}", closing(set));
        }
    }
}

#[test]
fn a_failure_with_closed_descriptors_has_its_status_and_spoils_no_file() {
    for set in 0..8 {
        for (words, status) in [
            ("./nosuchprogram", 127),
            ("/etc/passwd", 126),
            ("--nope", 1),
            ("-R none true", 1),
            ("-f -w none true", 1),
        ] {
            let scene = Scene::new();
            let before = scene.listing();
            let done = scene.sh(&format!("exec \"$X\" {words} {}", closing(set))).run();
            assert_eq!(done.status, Some(status), "{words} {}: {done:?}", closing(set));
            assert_eq!(done.stderr.is_empty(), set & 4 != 0, "{words} {}: {done:?}", closing(set));
            scene.clean(&before);
        }
    }
}

#[test]
fn files_of_ours_never_become_the_programs_standard_output() {
    // The PID file is the first that is opened; with its number 1 the program would write into it.
    for set in 1..8 {
        for options in ["", "-f", "-r", "-rf"] {
            let scene = Scene::new();
            let script = format!(
                "exec \"$X\" {options} --pid-file pid sh -c 'echo text; echo text >&2; exit 5' {}",
                closing(set)
            );
            let done = scene.sh(&script).run();
            assert_eq!(done.status, Some(5), "{options} {}: {done:?}", closing(set));
            let pid = std::fs::read_to_string(scene.path("pid")).unwrap();
            assert!(pid.trim_end().parse::<u32>().is_ok(), "{options} {}: {pid:?}", closing(set));
        }
    }
}

#[test]
fn a_full_standard_output_is_an_error() {
    for words in
        ["--help", "--version", "--dry-run -rfpm true", "--dry-run=json -r true", "--dry-run=sh -r true"]
    {
        let done = Scene::new().sh(&format!("exec \"$X\" {words} > /dev/full")).run();
        done.fails(1, "xunshare: write error: No space left on device");
    }
}

#[test]
fn a_closed_standard_output_is_no_reason_to_die_silently() {
    for words in ["--help", "--version", "--dry-run true"] {
        let done = Scene::new().sh(&format!("exec \"$X\" {words} >&-")).run();
        assert!(done.signal.is_none(), "{words}: {done:?}");
    }
}

#[test]
fn a_reader_that_has_gone_ends_it_by_sigpipe() {
    let done = Scene::new().sh("trap - PIPE; { \"$X\" --help || echo $? >&2; } | true").run();
    // Either it was faster than its reader's end, or it was killed as C programs are.
    assert!(["", "141"].contains(&done.stderr.trim()), "{done:?}");
}

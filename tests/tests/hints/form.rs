//! When hints are given, and as JSON.

use super::REFUSED;
use serde_json::Value;
use xns_tests::{Done, Need, Scene, need};

#[test]
fn who_did_not_ask_gets_the_first_line_only() {
    if !need("who_did_not_ask_gets_the_first_line_only", &[Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    let run = |variable: Option<&str>, option: &str| {
        let command = scene.xunshare().ordinary().words(option).args(["-n", "true"]);
        match variable {
            Some(word) => command.env("XNS_HINTS", word),
            None => command,
        }
        .run()
    };
    let quiet = format!("{REFUSED}\n");
    // Standard error is a pipe here.
    for (variable, option, shown) in [
        (None, "", false),
        (None, "--hints=auto", false),
        (None, "--hints=never", false),
        (None, "--hints=always", true),
        (Some("always"), "", true),
        (Some("always"), "--hints=never", false),
        (Some("always"), "--hints=auto", false),
        (Some("never"), "", false),
        (Some("never"), "--hints=always", true),
        (Some("auto"), "", false),
        (Some("nonsense"), "", false),
        (Some(""), "", false),
    ] {
        let done = run(variable, option);
        assert_eq!(done.stderr != quiet, shown, "{variable:?} {option} {done:?}");
        assert!(done.stderr.starts_with(&quiet));
    }
}

#[test]
fn a_hint_appears_only_after_a_failure() {
    let done = Scene::new().xunshare().args(["--hints=always", "true"]).run();
    assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""));
    let done = Scene::new().xunshare().args(["--hints=always", "./nosuchprogram"]).run();
    done.fails(127, "xunshare: failed to execute ./nosuchprogram: No such file or directory");
}

fn json(done: &Done) -> Value {
    assert_eq!(done.stderr.lines().count(), 1, "{done:?}");
    serde_json::from_str(&done.stderr).unwrap()
}

#[test]
fn the_error_as_json() {
    if !need("the_error_as_json", &[Need::UserNamespaces]) {
        return;
    }
    // Also without hints asked for, and wherever the option stands.
    for words in [
        "--error-format=json -n true",
        "-n --error-format json true",
        "--hints=never --error-format=json -n true",
    ] {
        let done = Scene::new().xunshare().ordinary().words(words).run();
        assert_eq!(done.status, Some(1));
        let told = json(&done);
        assert_eq!(told["tool"], "xunshare");
        assert_eq!(told["message"], "unshare failed: Operation not permitted");
        assert_eq!(told["errno"], "EPERM");
        assert_eq!(told["status"], 1);
        assert_eq!(told["step"], 2);
        assert_eq!(told["call"], "unshare(CLONE_NEWNET)");
        assert_eq!(told["hint"]["id"], "XNS-E01-unprivileged");
        assert_eq!(told["hint"]["because"].as_array().unwrap().len(), 2);
        assert!(told["hint"]["cures"][0]["action"].as_str().unwrap().contains(" -r "), "{told}");
    }
}

#[test]
fn usage_errors_as_json_wherever_the_option_stands() {
    for (words, message) in [
        ("--error-format=json --nope", "unrecognized option '--nope'"),
        ("--nope --error-format=json true", "unrecognized option '--nope'"),
        ("-Z --error-format json", "invalid option -- 'Z'"),
        ("--error-format=json -S", "option requires an argument -- 'S'"),
        ("--propagation=x --error-format=json true", "unsupported propagation mode: x"),
        ("--error-format=json --map-users=1:2 true", "mapping '1:2' contains only 2 elements"),
        (
            "--map-users=0:0:5 --map-users=2:9:1 --error-format=json true",
            "uid_map: inner id 2 is mapped twice, by '0 0 5' and '2 9 1'",
        ),
    ] {
        let done = Scene::new().xunshare().words(words).run();
        let told = json(&done);
        assert_eq!(
            (done.status, told["message"].as_str(), &told["status"]),
            (Some(1), Some(message), &Value::from(1)),
            "{words}"
        );
        assert_eq!((&told["errno"], &told["hint"]), (&Value::Null, &Value::Null));
    }
    // What belongs to the program is not ours.
    let done = Scene::new().xunshare().words("-w none sh --error-format=json").run();
    done.fails(1, "xunshare: cannot chdir to 'none': No such file or directory");
}

#[test]
fn the_program_not_found_as_json() {
    let told = json(&Scene::new().xunshare().words("--error-format=json ./nosuchprogram").run());
    assert_eq!((&told["status"], &told["errno"]), (&Value::from(127), &Value::from("ENOENT")));
    assert_eq!(told["message"], "failed to execute ./nosuchprogram: No such file or directory");
}

/// Scripts that call `unshare` get no line more, whatever the environment says.
#[test]
fn under_the_originals_name_no_note_comes_unasked() {
    if !xns_tests::need("under_the_originals_name_no_note_comes_unasked", &[xns_tests::Need::UserNamespaces])
    {
        return;
    }
    let scene = xns_tests::Scene::new();
    std::os::unix::fs::symlink(xns_tests::bin("xunshare"), scene.path("unshare")).unwrap();
    let run = |words: &str| {
        let tool = scene.cmd(scene.path("unshare")).ordinary().env("XNS_HINTS", "always");
        tool.words(words).args(["-U", "true"]).run()
    };
    assert_eq!(run("").stderr, "");
    assert!(run("--hints=always").stderr.contains("XNS-E11-nobody"));
}

//! `--clear-env` and `--whitelist-env`: what the program finds in its environment.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use xns_tests::xunshare;

fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn a_cleared_environment_is_empty_and_has_the_default_path() {
    assert_eq!(xunshare().words("--clear-env env").run().out(), "");
    let nowhere =
        xunshare().words("--clear-env sh -c").args(["echo found"]).env("PATH", "/nonexistent").run();
    assert_eq!(nowhere.out(), "found");
}

#[test]
fn a_whitelist_keeps_just_what_it_names() {
    let run = |words: &str| xunshare().words(words).env("A", "1").env("B", "x y").env("C", "3").run();
    assert_eq!(lines(run("--whitelist-env=A,B /usr/bin/env").out()), ["A=1", "B=x y"]);
    assert_eq!(lines(run("--whitelist-env A --whitelist-env C /usr/bin/env").out()), ["A=1", "C=3"]);
    assert_eq!(lines(run("--whitelist-env=A,A,,B /usr/bin/env").out()), ["A=1", "B=x y"]);
    assert_eq!(lines(run("-r --clear-env --whitelist-env=A -f /usr/bin/env").out()), ["A=1"]);
}

/// util-linux hands over everything when none of the names exists.
#[test]
fn a_whitelist_of_names_that_do_not_exist_fails_closed() {
    let run = |words: &str| xunshare().words(words).env("A", "1").run();
    assert_eq!(run("--whitelist-env=NO_SUCH_NAME /usr/bin/env").out(), "");
    assert_eq!(run("--whitelist-env= /usr/bin/env").out(), "");
}

#[test]
fn the_shell_is_that_of_the_new_environment() {
    let plan = |words: &str| xunshare().words(words).env("SHELL", "/bin/odd").run().out().to_owned();
    assert!(plan("--dry-run").contains("execvp(\"/bin/odd\", [\"-odd\"])"));
    assert!(
        plan("--dry-run --whitelist-env=SHELL")
            .contains("execvpe(\"/bin/odd\", [\"-odd\"], [\"SHELL=/bin/odd\"])")
    );
    assert!(!plan("--dry-run --clear-env").contains("/bin/odd"));
}

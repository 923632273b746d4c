//! On a terminal a line says what was entered.

use super::{by, target, xnsenter};
use xns_tests::{Need, Running, Scene, Terminal, Who, bin, need};

fn on_a_terminal(scene: &Scene, who: Who, words: &str) -> String {
    let mut cmd = xnsenter(scene, who).words(words).env("SHELL", "/bin/sh").env("PS1", "");
    shown(cmd.std())
}

/// What is shown until the shell has ended.
fn shown(command: &mut std::process::Command) -> String {
    let mut terminal = Terminal::start(command);
    terminal.line("echo in-$((1 + 1))");
    let before = terminal.expect("in-2");
    terminal.line("exit");
    terminal.end();
    before
}

fn one(scene: &Scene, who: Who) -> (Running, u32) {
    target(scene, who, "-un -f")
}

#[test]
fn what_was_entered_is_told() {
    for who in Who::each("what_was_entered_is_told") {
        let scene = Scene::new();
        let (_running, pid) = one(&scene, who);
        let told = |words: &str| on_a_terminal(&scene, who, &format!("-t {pid} {words}"));
        let (entered, same) = match who {
            Who::Root => ("uts net", "cgroup ipc mnt time pid user"),
            Who::Ordinary => ("user uts net", "cgroup ipc pid mnt time"),
        };
        let sorted = |text: &str| {
            let mut words: Vec<_> = text.split(' ').map(str::to_owned).collect();
            words.sort();
            words
        };
        for words in ["-a", "-a sh"] {
            let told = told(words);
            let line =
                told.lines().find(|line| line.contains("entered: ")).unwrap_or_else(|| panic!("{told:?}"));
            let mut parts = line.trim_end().split("; ");
            let first = parts.next().unwrap().rsplit_once("xnsenter: entered: ").unwrap().1;
            assert_eq!(sorted(first), sorted(entered), "{who:?} {line}");
            let second = parts.next().unwrap().strip_prefix("the same already: ").unwrap();
            assert_eq!(sorted(second), sorted(same), "{who:?} {line}");
            assert_eq!(parts.next(), Some("not its cgroups (--join-cgroup)"), "{line}");
        }
        let user = if who == Who::Ordinary { "-U" } else { "" };
        let left = told(&format!("{user} -u"));
        assert!(left.contains("; left alone: net;"), "{left:?}");
        let quiet = [told("-a --quiet"), on_a_terminal(&scene, who, &format!("-t {pid} -a sh -i -c sh"))];
        for told in quiet {
            assert!(!told.contains("entered:"), "{told:?}");
        }
    }
}

/// With the groups it says so; a file has none.
#[test]
fn cgroups_are_told() {
    if !need("cgroups_are_told", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let (_running, pid) = one(&scene, Who::Root);
    let told = on_a_terminal(&scene, Who::Root, &format!("-t {pid} -u -c"));
    assert!(told.contains("; the cgroups too"), "{told:?}");
    let told = on_a_terminal(&scene, Who::Root, &format!("-u/proc/{pid}/ns/uts"));
    assert!(told.contains("xnsenter: entered: uts\r\n") && !told.contains("cgroup"), "{told:?}");
}

/// Who calls it by the original's name gets the original: no line, and no notes on what is no error.
#[test]
fn under_the_originals_name_nothing_is_told() {
    for who in Who::each("under_the_originals_name_nothing_is_told") {
        let scene = Scene::new();
        let (_running, pid) = one(&scene, who);
        std::os::unix::fs::symlink(bin("xnsenter"), scene.path("nsenter")).unwrap();
        let name = scene.path("nsenter").display().to_string();
        let mut cmd = by(&scene, who, &name).words(&format!("-t {pid} -a sh")).env("PS1", "");
        let told = shown(cmd.std());
        assert!(!told.contains("entered:"), "{told:?}");
        let end = |words: &str| {
            let mut cmd = by(&scene, who, &name).words(words);
            Terminal::start(cmd.std()).end().2
        };
        // A mistake that makes no error: told under our own name, where one is asked for it.
        let (_parent, pid) = target(&scene, who, "-fp");
        let parent = xns_tests::children(_parent.pid()).is_empty();
        assert!(!parent && pid != _parent.pid());
        let mistake = format!("-t {} -a true", _parent.pid());
        let told = end(&mistake);
        assert!(!told.contains("hint["), "{told}");
        let mut cmd = xnsenter(&scene, who).words(&mistake);
        let own = Terminal::start(cmd.std()).end().2;
        assert!(own.contains("hint[XNS-E31-parent]"), "{own}");
    }
}

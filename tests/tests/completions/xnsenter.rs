//! What the shells offer for `xnsenter -t`: asked of real shells.

use super::{LISTING, MENU, NORMAL, shell, shown, sleeper};
use xns_tests::{Need, Scene, Who, need};

const BASH: &str = include_str!("../../../completions/bash/xnsenter");
const ZSH: &str = include_str!("../../../completions/zsh/_xnsenter");
const FISH: &str = include_str!("../../../completions/fish/xnsenter.fish");

/// The shell's own PID, and the candidates.
fn bash(scene: &Scene, who: Who, kind: &str, typed: &str) -> Vec<String> {
    super::bash(scene, who, "xnsenter", kind, &["-t", typed])
}

#[test]
fn bash_offers_processes_elsewhere() {
    const TEST: &str = "bash_offers_processes_elsewhere";
    if !need(TEST, &[Need::Program("bash")]) {
        return;
    }
    for who in Who::each(TEST) {
        let scene = Scene::new();
        scene.file("xnsenter.bash", BASH);
        let (_running, pid) = sleeper(&scene, who);
        for kind in [NORMAL, MENU] {
            let found = bash(&scene, who, kind, "");
            assert!(found.contains(&pid.to_string()), "{found:?}");
            let shell = found[0].trim_end_matches(" shell");
            assert!(!found.iter().any(|word| word == shell), "{found:?}");
            assert!(found.iter().skip(1).all(|word| !word.contains(' ')), "{found:?}");
        }
        let listed = format!("{pid} (a?[31m$(>x)?b)");
        let found = bash(&scene, who, LISTING, "");
        assert!(found.contains(&listed) && found.contains(&"container:".to_owned()), "{found:?}");
        let only = bash(&scene, who, LISTING, &pid.to_string());
        let expected = pid.to_string();
        assert!(only.iter().skip(1).all(|word| word.starts_with(&expected)), "{only:?}");
        let found = bash(&scene, who, NORMAL, "cont");
        assert_eq!(found.last().unwrap(), "container:");

        let setup = "source ./xnsenter.bash; bind 'set page-completions off' 'set completion-query-items 0'";
        let words = ["bash", "--norc", "--noprofile", "-i"];
        let (screen, shell) = shown(&scene, who, &words, setup, "xnsenter -t \t\t");
        assert!(screen.contains(&listed), "{screen:?}");
        assert!(!screen.contains(&format!("{shell} (")), "{screen:?}");
        // A colon is no end.
        let (screen, _) = shown(&scene, who, &words, setup, "xnsenter -t cont\tx");
        assert!(screen.contains("xnsenter -t container:x"), "{screen:?}");
        assert!(!scene.path("x").exists());
    }
}

#[test]
fn zsh_offers_processes_elsewhere() {
    const TEST: &str = "zsh_offers_processes_elsewhere";
    if !need(TEST, &[Need::Program("zsh")]) {
        return;
    }
    for who in Who::each(TEST) {
        let scene = Scene::new();
        scene.file("functions/_xnsenter", ZSH);
        let (_running, pid) = sleeper(&scene, who);
        let setup = "fpath=($PWD/functions $fpath); LISTMAX=-1; autoload -Uz compinit; compinit -u -D";
        let (screen, shell) = shown(&scene, who, &["zsh", "-f", "-i"], setup, "xnsenter -t \t");
        let line = screen
            .lines()
            .find(|line| line.contains(&format!("{pid} ")))
            .unwrap_or_else(|| panic!("{screen:?}"));
        assert!(line.contains("-- a?[31m$(>x)?b"), "{screen:?}");
        assert!(!screen.contains(&format!("{shell} ")), "{screen:?}");
        assert!(!scene.path("x").exists());
    }
}

#[test]
fn fish_offers_processes_elsewhere() {
    const TEST: &str = "fish_offers_processes_elsewhere";
    if !need(TEST, &[Need::Program("fish")]) {
        return;
    }
    for who in Who::each(TEST) {
        let scene = Scene::new();
        scene.file("xnsenter.fish", FISH);
        let (_running, pid) = sleeper(&scene, who);
        let ask = "source ./xnsenter.fish; echo $fish_pid; complete -C 'xnsenter -t '; complete -C 'xnsenter --target='";
        let done = shell(&scene, who, "fish").args(["-c", ask]).run();
        let found: Vec<_> = done.out().lines().collect();
        assert_eq!(done.stderr, "");
        for start in ["", "--target="] {
            // The name's second line is not read.
            assert!(found.contains(&format!("{start}{pid}\ta?[31m$(>x)").as_str()), "{found:?}");
        }
        let shell = format!("{}\t", found[0]);
        assert!(!found.iter().any(|line| line.starts_with(&shell)), "{found:?}");
        assert!(!scene.path("x").exists());
    }
}

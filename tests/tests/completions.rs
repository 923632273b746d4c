//! What the shells offer for `xnsenter -t`: asked of real shells.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use xns_tests::{Cmd, Need, Running, Scene, Terminal, Who, children, need, wait_for};

const BASH: &str = include_str!("../../completions/bash/xnsenter");
const ZSH: &str = include_str!("../../completions/zsh/_xnsenter");
const FISH: &str = include_str!("../../completions/fish/xnsenter.fish");

/// A sleeping process in namespaces of its own, whose name is no name.
fn sleeper(scene: &Scene, who: Who) -> (Running, u32) {
    const SLEEP: &str = r"printf 'a\033[31m$(>x)\nb' >/proc/self/comm; echo ready; read line";
    let mut running = who.xunshare(scene).words("-ufp --mount-proc sh -c").args([SLEEP]).start();
    assert_eq!(running.line(), "ready");
    let mut pid = None;
    wait_for("the child", || {
        pid = children(running.pid()).first().copied();
        pid.is_some()
    });
    (running, pid.unwrap())
}

/// Of the user who completes.
fn shell(scene: &Scene, who: Who, program: &str) -> Cmd {
    let cmd = scene.cmd(program).env("HOME", scene.dir()).env("TERM", "dumb").env("LC_ALL", "C.UTF-8");
    if who == Who::Ordinary { cmd.ordinary() } else { cmd }
}

/// What an interactive shell shows for these keys, and that shell's PID.
fn shown(scene: &Scene, who: Who, words: &[&str], setup: &str, keys: &str) -> (String, u32) {
    let mut cmd = shell(scene, who, words[0]).args(&words[1..]);
    let mut terminal = Terminal::start(cmd.std());
    terminal.resize(1000, 100);
    terminal.line(&format!("{setup}; stty echo; PS1=prompt-$((1+1))"));
    terminal.expect("prompt-2");
    // Is run in the end; no process has the number 0.
    terminal.line(&format!("{keys}0; echo end-$((1+1))"));
    let pid = terminal.pid();
    (terminal.expect("end-2"), pid)
}

/// The shell's own PID, and the candidates; `kind` is what readline does with them (COMP_TYPE in bash(1)).
fn bash(scene: &Scene, who: Who, kind: &str, typed: &str) -> Vec<String> {
    const ASK: &str = "source ./xnsenter.bash; COMP_LINE=\"xnsenter -t $2\"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=$1; \
                       COMP_WORDS=(xnsenter -t \"$2\"); COMP_CWORD=2; _xnsenter 2>&1; \
                       printf '%s\\n' \"$$ shell\" \"${COMPREPLY[@]}\"";
    let done = shell(scene, who, "bash").args(["--norc", "-c", ASK, "bash", kind, typed]).run();
    done.out().lines().map(str::to_owned).collect()
}

#[test]
fn bash_offers_processes_elsewhere() {
    const TEST: &str = "bash_offers_processes_elsewhere";
    if !need(TEST, &[Need::Program("bash")]) {
        return;
    }
    const NORMAL: &str = "9";
    const LISTING: &str = "63";
    const MENU: &str = "37";
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

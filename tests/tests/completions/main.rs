//! What the shells offer: asked of real shells.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod cgroups;
mod xlsns;
mod xnsenter;

use xns_tests::{Cmd, Running, Scene, Terminal, Who, children, wait_for};

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

/// What readline does with candidates (COMP_TYPE in bash(1)).
const NORMAL: &str = "9";
const LISTING: &str = "63";
const MENU: &str = "37";

/// The shell's own PID, and the candidates for the last of these words.
fn bash(scene: &Scene, who: Who, tool: &str, kind: &str, words: &[&str]) -> Vec<String> {
    const ASK: &str = "tool=$1 COMP_TYPE=$2; shift 2; source ./$tool.bash; COMP_LINE=\"$tool $*\"; COMP_POINT=${#COMP_LINE}; \
                       COMP_WORDS=($tool \"$@\"); COMP_CWORD=$#; _$tool 2>&1; \
                       printf '%s\\n' \"$$ shell\" \"${COMPREPLY[@]}\"";
    let asked = shell(scene, who, "bash").args(["--norc", "-c", ASK, "bash", tool, kind]).args(words);
    asked.run().out().lines().map(str::to_owned).collect()
}

//! At a terminal: the shell's job control has the program itself before it.

use crate::{Groups, VERSION1, environment, ours, scene};
use std::path::Path;
use xns_tests::side_by_side::which;
use xns_tests::{Terminal, need};

/// A shell that runs a program in a group, stops it by Ctrl-Z, resumes it, and ends it by Ctrl-C: all that is shown.
fn session(tool: &Path) -> Vec<String> {
    let groups = Groups::new();
    let scene = scene(tool);
    let mut shell = scene.cmd("sh").args(["-i"]).dir(scene.path("work")).env("PS1", "> ");
    for (name, value) in environment(&scene, &groups) {
        shell = shell.env(name, value);
    }
    let mut terminal = Terminal::start(shell.std());
    let mut shown = vec![terminal.expect("> ")];
    let sleep = r#"$T -g cpu,pids:$G sh -c 'echo ready; exec sleep 1000'"#;
    for (line, until, keys) in [
        (sleep, "ready", "\u{1a}"),
        ("jobs", "> ", ""),
        // The stopped job is in the group, and leads a process group.
        ("grep -c . $R/cpu/$G/tasks; read pid < $R/cpu/$G/tasks; cut -d' ' -f3 /proc/$pid/stat", "> ", ""),
        ("[ $(cut -d' ' -f5 /proc/$pid/stat) = $pid ]; echo leads $?", "> ", ""),
        ("bg %1", "> ", ""),
        ("fg %1", "sleep 1000", "\u{3}"),
        ("echo $?", "> ", ""),
        (sleep, "ready", "\u{3}"),
        ("echo $?", "> ", ""),
        (sleep, "ready", "\u{1c}"),
        ("echo $?", "> ", ""),
    ] {
        terminal.line(line);
        shown.push(terminal.expect(until));
        if !keys.is_empty() {
            // fg prints the job's line before it hands over the terminal.
            terminal.given_away();
            terminal.press(keys);
            shown.push(terminal.expect("> "));
        }
    }
    terminal.line("exit 0");
    let (status, signal, rest) = terminal.end();
    shown.push(format!("{status:?} {signal:?} {rest}"));
    // Some shells print an empty line, or none, for the same signal.
    let same = |text: String| {
        let text = text.replace(scene.dir().to_str().unwrap(), "SCENE").replace(groups.name(), "GROUP");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let shown = shown.into_iter().map(same).collect();
    drop(scene);
    groups.remove();
    shown
}

#[test]
fn job_control() {
    if need("job_control", VERSION1) {
        let theirs = session(&which("cgexec"));
        // The original is what a shell's job is: stopped, resumed, and ended by the terminal's signals.
        assert!(theirs.iter().any(|shown| shown.contains("Stopped")), "{theirs:?}");
        assert!(theirs.iter().any(|shown| shown.contains("130")), "{theirs:?}");
        assert_eq!(session(&ours()), theirs);
    }
}

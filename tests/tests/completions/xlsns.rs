//! For `xlsns`: processes, namespaces, lists of columns.

use super::{LISTING, NORMAL, shell, shown, sleeper};
use std::path::Path;
use xns_tests::{Need, Scene, Who, bin, need};

const BASH: &str = include_str!("../../../completions/bash/xlsns");
const ZSH: &str = include_str!("../../../completions/zsh/_xlsns");
const FISH: &str = include_str!("../../../completions/fish/xlsns.fish");

/// Where the shells look for programs: with xlsns, and without.
fn paths() -> [(bool, String); 2] {
    let without = std::env::var("PATH").unwrap();
    let without: Vec<_> = without.split(':').filter(|dir| !Path::new(dir).join("xlsns").exists()).collect();
    let without = without.join(":");
    let ours = bin("xlsns");
    [(true, format!("{}:{without}", ours.parent().unwrap().display())), (false, without)]
}

/// The number of the PID namespace of a process.
fn space(pid: u32) -> String {
    let link = std::fs::read_link(format!("/proc/{pid}/ns/pid")).unwrap();
    link.to_str().unwrap().trim_start_matches("pid:[").trim_end_matches(']').to_owned()
}

/// Its name, as it may be shown.
const NAME: &str = "a?[31m$(>x)?b";

#[test]
fn bash_offers_processes_namespaces_and_columns() {
    const TEST: &str = "bash_offers_processes_namespaces_and_columns";
    if !need(TEST, &[Need::Program("bash")]) {
        return;
    }
    for who in Who::each(TEST) {
        let scene = Scene::new();
        scene.file("xlsns.bash", BASH);
        let (_running, pid) = sleeper(&scene, who);
        let (number, space) = (pid.to_string(), space(pid));
        // That compopt is for completion functions only is said before.
        let ask = |kind, words: &[&str]| {
            let found = super::bash(&scene, who, "xlsns", kind, words).into_iter();
            found.skip_while(|line| !line.ends_with(" shell")).skip(1).collect::<Vec<_>>()
        };
        for words in [&["-p", ""][..], &["--task", ""], &["--compare", ""], &["1", "--compare", ""]] {
            assert!(ask(NORMAL, words).contains(&number), "{words:?}");
            assert!(ask(LISTING, words).contains(&format!("{pid} ({NAME})")), "{words:?}");
        }
        assert!(ask(NORMAL, &["-t", "net", ""]).contains(&space));
        // What was typed stays: the numbers begin like that.
        let typed = &space[..space.len() - 1];
        assert!(ask(NORMAL, &["--detail", typed]).iter().all(|found| found.starts_with(typed)));

        let columns: [(&str, &[&str]); 6] = [
            ("NS,T", &["NS,TYPE"]),
            ("+ty", &["+TYPE"]),
            ("+TYPE,pn", &["+TYPE,PNS"]),
            ("pid,PI", &["pid,PINS"]),
            ("PID,PI", &["PID,PINS"]),
            ("PNS,X", &[]),
        ];
        for (typed, expected) in columns {
            let found = ask(NORMAL, &["-o", typed]);
            assert_eq!(found.join(" "), expected.join(" "), "{typed}");
        }
        assert_eq!(ask(NORMAL, &["-t", "u"]), ["user", "uts"]);

        let setup = "source ./xlsns.bash; bind 'set page-completions off' 'set completion-query-items 0'";
        let words = ["bash", "--norc", "--noprofile", "-i"];
        let (screen, _) = shown(&scene, who, &words, setup, "xlsns --output=NS,TY\tx");
        assert!(screen.contains("xlsns --output=NS,TYPEx"), "{screen:?}");
        assert!(!scene.path("x").exists());
    }
}

#[test]
fn bash_says_what_the_namespaces_are() {
    const TEST: &str = "bash_says_what_the_namespaces_are";
    if !need(TEST, &[Need::Program("bash")]) {
        return;
    }
    const ASK: &str = "source ./xlsns.bash; COMP_LINE='xlsns '; COMP_POINT=6; COMP_TYPE=63; COMP_WORDS=(xlsns ''); COMP_CWORD=1; \
                       _xlsns; printf '%s\\n' \"${COMPREPLY[@]}\"";
    for who in Who::each(TEST) {
        let scene = Scene::new();
        scene.file("xlsns.bash", BASH);
        let (_running, pid) = sleeper(&scene, who);
        for (has_tool, path) in paths() {
            let done = shell(&scene, who, "bash").env("PATH", &path).args(["--norc", "-c", ASK]).run();
            let start = format!("{} (pid", space(pid));
            let line = done.out().lines().find(|line| line.starts_with(&start));
            let line = line.unwrap_or_else(|| panic!("{path:?}: {done:?}"));
            let expected = if has_tool { ", 1 process) sh -c " } else { ")" };
            assert!(line[start.len()..].starts_with(expected), "{line}");
            assert_eq!(done.stderr, "");
            assert!(!done.out().contains('\x1b'));
        }
    }
}

#[test]
fn zsh_offers_processes_namespaces_and_columns() {
    const TEST: &str = "zsh_offers_processes_namespaces_and_columns";
    if !need(TEST, &[Need::Program("zsh")]) {
        return;
    }
    for who in Who::each(TEST) {
        let scene = Scene::new();
        scene.file("functions/_xlsns", ZSH);
        let (_running, pid) = sleeper(&scene, who);
        let space = space(pid);
        for (has_tool, path) in paths() {
            let setup = format!(
                "PATH='{path}'; fpath=($PWD/functions $fpath); LISTMAX=-1; autoload -Uz compinit; compinit -u -D"
            );
            let type_in = |keys: &str| shown(&scene, who, &["zsh", "-f", "-i"], &setup, keys).0;
            // Of which the same is said may be on several lines, and only the last says it.
            let has = |screen: &str, start: &str, about: &str| {
                let mut lines = screen.lines().skip_while(|line| !line.contains(&format!("{start} ")));
                let said = lines.find(|line| line.contains("-- ") || line.contains("prompt"));
                said.is_some_and(|line| line.contains(about))
            };
            let about = if has_tool { "-- pid, 1 process, sh -c " } else { "-- pid" };
            let screen = type_in("xlsns --detail \t\t");
            assert!(has(&screen, &space, about), "{screen:?}");
            for keys in ["xlsns -p \t", "xlsns --compare 1 \t"] {
                // Processes of one name are on one line.
                let screen = type_in(keys);
                let listed = screen.split_whitespace().any(|word| word == pid.to_string());
                assert!(listed && screen.contains(&format!("-- {NAME}")), "{keys}: {screen:?}");
            }
            for (keys, expected) in [
                ("xlsns -o NS,TY\t", "xlsns -o NS,TYPE"),
                ("xlsns -o +ty\t", "TYPE"),
                ("xlsns --output=ns,netn\t", "NETNSID"),
                ("xlsns -Tpa\t", "xlsns -Tparent"),
            ] {
                let screen = type_in(keys);
                assert!(screen.contains(expected), "{keys}: {screen:?}");
            }
        }
        assert!(!scene.path("x").exists());
    }
}

#[test]
fn fish_offers_processes_namespaces_and_columns() {
    const TEST: &str = "fish_offers_processes_namespaces_and_columns";
    if !need(TEST, &[Need::Program("fish")]) {
        return;
    }
    for who in Who::each(TEST) {
        let scene = Scene::new();
        scene.file("xlsns.fish", FISH);
        let (_running, pid) = sleeper(&scene, who);
        let space = space(pid);
        for (has_tool, path) in paths() {
            let ask = |line: &str| {
                let ask = format!("source ./xlsns.fish; complete -C '{line}'");
                let done = shell(&scene, who, "fish").env("PATH", &path).args(["-c", &ask]).run();
                assert_eq!(done.stderr, "");
                done.out().lines().map(str::to_owned).collect::<Vec<_>>()
            };
            let about = if has_tool { "pid, 1 process, sh -c " } else { "pid" };
            for line in ["xlsns ", "xlsns --detail ", "xlsns -t net "] {
                let found = ask(line);
                let start = format!("{space}\t{about}");
                assert!(found.iter().any(|line| line.starts_with(&start)), "{line}: {found:?}");
                assert!(!found.iter().any(|line| line.contains('\x1b')), "{found:?}");
            }
            for line in ["xlsns -p ", "xlsns --compare 1 "] {
                let found = ask(line);
                let start = format!("{pid}\t");
                assert!(found.iter().any(|line| line.starts_with(&start)), "{line}: {found:?}");
            }
            for (line, expected) in [
                ("xlsns -o NS,TY", "NS,TYPE"),
                ("xlsns -nroNS,TY", "-nroNS,TYPE"),
                ("xlsns -o +pp", "+ppid"),
                ("xlsns --output=NS,netn", "--output=NS,netnsid"),
                ("xlsns --tree=pa", "--tree=parent"),
            ] {
                let found = ask(line);
                let found: Vec<_> = found.iter().filter_map(|line| line.split('\t').next()).collect();
                assert_eq!(found, [expected]);
            }
        }
        assert!(!scene.path("x").exists());
    }
}

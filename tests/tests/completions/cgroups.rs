//! For `xcgexec` and `xcgroup`: verbs, groups, controllers.

use super::{LISTING, NORMAL, shell, shown};
use xns_tests::groups::{OwnGroup, controller, hierarchies};
use xns_tests::{Need, Scene, Who, need};

const BASH: [&str; 2] =
    [include_str!("../../../completions/bash/xcgexec"), include_str!("../../../completions/bash/xcgroup")];
const ZSH: [&str; 2] =
    [include_str!("../../../completions/zsh/_xcgexec"), include_str!("../../../completions/zsh/_xcgroup")];
const FISH: [&str; 2] = [
    include_str!("../../../completions/fish/xcgexec.fish"),
    include_str!("../../../completions/fish/xcgroup.fish"),
];

/// A controller that version 2 has too.
const CONTROLLER: &str = "pids";

/// A name that a shell would run, and one that no terminal should show.
const HOSTILE: &str = "b $(>x)";
const UNSEEN: &str = "c\x1b[2J";

/// A group with groups of these names below it, in one hierarchy.
fn group() -> OwnGroup {
    let group = OwnGroup::new();
    let directory = group.by_hand(CONTROLLER);
    for below in [HOSTILE, UNSEEN] {
        std::fs::create_dir(directory.join(below)).unwrap();
    }
    group
}

/// What is typed of the name of the one below it.
fn typed(group: &OwnGroup) -> String {
    format!("{}/b", group.name())
}

/// A directory of the user who completes.
fn scene(who: Who) -> Scene {
    let scene = Scene::new();
    if who == Who::Ordinary {
        scene.hand_over();
    }
    scene
}

/// Has any other hierarchy not got the group?
fn is_not_everywhere() -> bool {
    hierarchies().len() > 1
}

fn needs(test: &str, program: &'static str) -> bool {
    need(test, &[Need::Program(program), Need::Root, Need::Controller(CONTROLLER)])
}

/// The candidates for the last word.
fn bash(scene: &Scene, who: Who, tool: &str, kind: &str, words: &[&str]) -> Vec<String> {
    // That compopt is for completion functions only is said before.
    let found = super::bash(scene, who, tool, kind, words).into_iter();
    found.skip_while(|line| !line.ends_with(" shell")).skip(1).filter(|line| !line.is_empty()).collect()
}

#[test]
fn bash_offers_verbs_and_groups() {
    const TEST: &str = "bash_offers_verbs_and_groups";
    if !needs(TEST, "bash") {
        return;
    }
    let group = group();
    let (name, begun) = (group.name(), typed(&group));
    let pid = std::process::id().to_string();
    for who in Who::each(TEST) {
        let scene = scene(who);
        scene.file("xcgroup.bash", BASH[1]);
        let ask = |kind: &str, words: &[&str]| bash(&scene, who, "xcgroup", kind, words);
        let verbs = ask(NORMAL, &[""]);
        assert!(verbs.len() == 16 && verbs.contains(&"layout".to_owned()), "{verbs:?}");
        let said = ask(LISTING, &["-J", ""]);
        assert!(said.contains(&"stat (print what a group has used)".to_owned()), "{said:?}");

        let below = format!("{name}/b\\ \\$\\(\\>x\\)");
        for (words, expected) in [
            (&["st"][..], vec!["stat".to_owned()]),
            (&["layout", ""], vec![]),
            (&["stat", &begun], vec![below.clone()]),
            // Of the only one also what is below it.
            (&["-J", "fr", name, &format!("/{name}")], vec![format!("/{name}"), format!("/{below}")]),
            (&["--memory", "5M", "set", &format!("{name}/")], vec![below.clone()]),
            (&["add", name, &pid], vec![pid.clone()]),
            (&["get", name, "cgroup.pro"], vec!["cgroup.procs".to_owned()]),
            (&["set", "--", name, "pids.ma"], vec!["pids.max=".to_owned()]),
            (&["set", name, "pids.max="], vec![]),
            (&["delegate", name, "roo"], vec!["root".to_owned()]),
            (&["delegate", name, "nobody:roo"], vec!["nobody:root".to_owned()]),
            (&["top", "--sort", "m"], vec!["memory".to_owned()]),
            (&["--dry-run=v"], vec!["--dry-run=v1+v2".to_owned()]),
        ] {
            assert_eq!(ask(NORMAL, words), expected, "{words:?}");
        }
        assert!(!scene.path("x").exists());
    }
}

#[test]
fn bash_offers_controllers_and_their_groups() {
    const TEST: &str = "bash_offers_controllers_and_their_groups";
    if !needs(TEST, "bash") {
        return;
    }
    let group = group();
    let begun = typed(&group);
    let below = format!("{}/b\\ \\$\\(\\>x\\)", group.name());
    for who in Who::each(TEST) {
        let scene = scene(who);
        scene.file("xcgexec.bash", BASH[0]);
        let ask = |words: &[&str]| bash(&scene, who, "xcgexec", NORMAL, words);
        let controllers = ask(&["-g", ""]);
        for expected in [CONTROLLER, "\\*:", ":"] {
            assert!(controllers.contains(&expected.to_owned()), "{controllers:?}");
        }
        for (words, expected) in [
            (&["-g", CONTROLLER][..], vec!["pids:".to_owned()]),
            (&["-g", "pids,pid"], vec![]),
            (&["-g", &format!("pids:{begun}")], vec![format!("pids:{below}")]),
            (&["-g", &format!("pids:/{begun}")], vec![format!("pids:/{below}")]),
            (&["--group", "pids:../"], vec![]),
            (&["--remaining", ""], vec!["kill".to_owned(), "wait".to_owned()]),
            (&["--report-format=j"], vec!["--report-format=json".to_owned()]),
        ] {
            assert_eq!(ask(words), expected, "{words:?}");
        }
        assert!(ask(&["-g", "pids:x", "seq"]).contains(&"seq".to_owned()));
        if is_not_everywhere() {
            assert!(ask(&["-g", &format!("*:{begun}")]).is_empty());
        }

        let setup = "source ./xcgexec.bash";
        let words = ["bash", "--norc", "--noprofile", "-i"];
        // A comma and a colon are no ends; what was typed stays.
        let (screen, _) = shown(&scene, who, &words, setup, "xcgexec --group=pid\t\tx");
        assert!(screen.contains("xcgexec --group=pids:x"), "{screen:?}");
        assert!(!scene.path("x").exists());
    }
}

/// By the mount table: not where it usually is.
#[test]
fn groups_are_found_wherever_they_are_mounted() {
    const TEST: &str = "groups_are_found_wherever_they_are_mounted";
    if !needs(TEST, "bash") {
        return;
    }
    let group = group();
    let scene = Scene::new();
    scene.file("xcgroup.bash", BASH[1]);
    scene.subdir("an other place");
    let point = controller(CONTROLLER).unwrap().0;
    let script = "mount --bind \"$1\" 'an other place'; mount -t tmpfs none /sys/fs/cgroup; \
                  exec bash --norc -c \"$2\" bash";
    let ask = format!(
        "source ./xcgroup.bash; typed={}; COMP_LINE=\"xcgroup stat $typed\"; COMP_POINT=${{#COMP_LINE}}; COMP_TYPE=9; \
         COMP_WORDS=(xcgroup stat $typed); COMP_CWORD=2; _xcgroup 2>&1; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        typed(&group)
    );
    let done = scene.private_sh(script).args([point.to_str().unwrap(), &ask]).run();
    assert_eq!(done.out().lines().next(), Some(&*format!("{}/b\\ \\$\\(\\>x\\)", group.name())), "{done:?}");
}

#[test]
fn zsh_offers_verbs_groups_and_controllers() {
    const TEST: &str = "zsh_offers_verbs_groups_and_controllers";
    if !needs(TEST, "zsh") {
        return;
    }
    let group = group();
    let (name, begun) = (group.name(), typed(&group));
    for who in Who::each(TEST) {
        let scene = scene(who);
        scene.file("functions/_xcgexec", ZSH[0]);
        scene.file("functions/_xcgroup", ZSH[1]);
        let setup = "fpath=($PWD/functions $fpath); LISTMAX=-1; autoload -Uz compinit; compinit -u -D";
        let type_in = |keys: &str| shown(&scene, who, &["zsh", "-f", "-i"], setup, keys).0;
        let screen = type_in("xcgroup \t\t");
        for expected in ["stat      -- print what a group has used", "layout    -- show where"] {
            assert!(screen.contains(expected), "{screen:?}");
        }
        for (keys, expected) in [
            ("xcgroup st\t".to_owned(), "xcgroup stat ".to_owned()),
            (format!("xcgroup stat {begun}\t"), format!("{name}/b\\ \\$\\(\\>x\\) ")),
            (format!("xcgroup --memory 5M -J freeze x {begun}\t"), format!("{name}/b\\ \\$\\(\\>x\\) ")),
            (format!("xcgroup set {name} pids.ma\t"), "pids.max=".to_owned()),
            (format!("xcgroup get {name} cgroup.pro\t"), "cgroup.procs ".to_owned()),
            (format!("xcgroup delegate {name} roo\t"), "root ".to_owned()),
            ("xcgroup top --sort=me\t".to_owned(), "--sort=memory ".to_owned()),
            ("xcgexec -g pid\t".to_owned(), "-g pids:".to_owned()),
            (format!("xcgexec -g pids:{begun}\t"), format!("pids:{name}/b\\ \\$\\(\\>x\\) ")),
            (format!("xcgexec --group=pids:{begun}\t"), format!("--group=pids:{name}/b\\ ")),
            ("xcgexec --remaining=w\t".to_owned(), "--remaining=wait ".to_owned()),
        ] {
            let screen = type_in(&keys);
            assert!(screen.contains(&expected), "{keys}: {screen:?}");
        }
        let screen = type_in(&format!("xcgroup -J add {name} {}\t\t", std::process::id()));
        assert!(screen.contains(&format!("{} ", std::process::id())), "{screen:?}");
        assert!(!type_in(&format!("xcgroup layout {begun}\t")).contains("/b\\ "));
        assert!(!scene.path("x").exists());
    }
}

#[test]
fn fish_offers_verbs_groups_and_controllers() {
    const TEST: &str = "fish_offers_verbs_groups_and_controllers";
    if !needs(TEST, "fish") {
        return;
    }
    let group = group();
    let (name, begun) = (group.name(), typed(&group));
    let pid = std::process::id();
    for who in Who::each(TEST) {
        let scene = scene(who);
        scene.file("xcgexec.fish", FISH[0]);
        scene.file("xcgroup.fish", FISH[1]);
        let ask = |line: &str| {
            let ask = format!("source ./xcgexec.fish; source ./xcgroup.fish; complete -C '{line}'");
            let done = shell(&scene, who, "fish").args(["-c", &ask]).run();
            assert_eq!(done.stderr, "", "{line}");
            assert!(!done.out().contains('\x1b'), "{done:?}");
            done.out().lines().map(str::to_owned).collect::<Vec<_>>()
        };
        let verbs = ask("xcgroup ");
        assert_eq!(verbs.len(), 16, "{verbs:?}");
        assert!(verbs.contains(&"stat\tprint what a group has used".to_owned()), "{verbs:?}");
        assert!(ask("xcgroup layout ").is_empty());
        for (line, expected) in [
            (format!("xcgroup stat {begun}"), format!("{name}/{HOSTILE}")),
            (format!("xcgroup -J freeze x {name}/"), format!("{name}/{HOSTILE}")),
            (format!("xcgroup --memory 5M set {name} pids.ma"), "pids.max=".to_owned()),
            (format!("xcgroup get {name} cgroup.pro"), "cgroup.procs".to_owned()),
            (format!("xcgroup add {name} {pid}"), pid.to_string()),
            (format!("xcgroup delegate {name} root:roo"), "root:root".to_owned()),
            ("xcgroup top --sort=me".to_owned(), "--sort=memory".to_owned()),
            ("xcgexec -g ".to_owned(), "pids".to_owned()),
            ("xcgexec -g ".to_owned(), "*:".to_owned()),
            (format!("xcgexec -g pids:{begun}"), format!("pids:{name}/{HOSTILE}")),
            (format!("xcgexec -gpids:/{begun}"), format!("-gpids:/{name}/{HOSTILE}")),
            (format!("xcgexec --group=pids:{begun}"), format!("--group=pids:{name}/{HOSTILE}")),
            ("xcgexec --report-format=j".to_owned(), "--report-format=json".to_owned()),
            ("xcgexec -g pids:x seq".to_owned(), "seq".to_owned()),
        ] {
            let found = ask(&line);
            let words: Vec<_> = found.iter().filter_map(|line| line.split('\t').next()).collect();
            assert!(words.contains(&expected.as_str()), "{line}: {found:?}");
        }
        if is_not_everywhere() {
            assert!(ask(&format!("xcgexec -g *:{begun}")).is_empty());
        }
        assert!(!scene.path("x").exists());
    }
}

//! The course: each lesson runs, in both languages, and leaves nothing; what is not as it says is told; the manual is theirs.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use xns_tests::groups::hierarchies;
use xns_tests::{Cmd, Need, Scene, Who, bin, need, wait_for};

const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/lessons");

/// What the lessons are about to everybody.
const PROGRAMS: [Need; 3] = [Need::Program("ps"), Need::Program("hostname"), Need::Program("busybox")];

/// A script of the course, which finds our tools after those in `first`, and makes its files in the scene.
fn script(scene: &Scene, name: &str, first: Option<&Path>) -> Cmd {
    let tools = bin("xunshare").parent().unwrap().to_owned();
    let system = std::env::var_os("PATH").unwrap();
    let path = first.map(Path::to_owned).into_iter().chain([tools]).chain(std::env::split_paths(&system));
    scene
        .cmd(Path::new(DIRECTORY).join(name))
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("TMPDIR", scene.path("tmp"))
}

fn scene() -> Scene {
    let scene = Scene::new();
    scene.subdir("tmp");
    let all = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(scene.path("tmp"), all).unwrap();
    scene
}

/// Lessons that make groups run one at a time, so that each can be asked for what it has left.
fn makes_groups(name: &str) -> Option<MutexGuard<'static, ()>> {
    static ONE: Mutex<()> = Mutex::new(());
    let makes = ["w08-cgroups", "w10-container", "all"].contains(&name);
    makes.then(|| ONE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Control groups that a lesson has left.
fn groups_left() -> Vec<PathBuf> {
    let ours = ["my_group_", "by_hand_", "class_", "xns_lesson_"];
    let all = hierarchies().into_iter().flat_map(|one| std::fs::read_dir(one.point).into_iter().flatten());
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        path.is_dir() && ours.iter().any(|start| name.starts_with(start))
    };
    all.map(|entry| entry.unwrap().path()).filter(is_ours).collect()
}

/// Root reads it in English, the ordinary user in Korean.
fn lesson(name: &str) {
    if !need(name, &PROGRAMS) {
        return;
    }
    for who in Who::each(name) {
        let scene = scene();
        let before = scene.listing();
        let groups = makes_groups(name);
        let cmd = script(&scene, name, None);
        let (cmd, locale, count) = match who {
            Who::Root => (cmd, "C.UTF-8", " seen, 0 failed, "),
            Who::Ordinary => (cmd.ordinary(), "ko_KR.UTF-8", ", 실패 0, "),
        };
        let done = cmd.env("LC_ALL", locale).run();
        assert!(done.ok(), "{who:?}\n{}\n{}", done.stdout, done.stderr);
        let last = done.stdout.lines().last().unwrap();
        assert!(last.contains(count), "{last}");
        assert!(done.stderr.is_empty(), "{who:?} {}", done.stderr);
        scene.clean(&before);
        if groups.is_some() {
            assert_eq!(groups_left(), Vec::<PathBuf>::new());
        }
    }
}

#[test]
fn w01_processes() {
    lesson("w01-processes");
}

#[test]
fn w02_mount() {
    lesson("w02-mount");
}

#[test]
fn w03_uts() {
    lesson("w03-uts");
}

#[test]
fn w04_ipc() {
    lesson("w04-ipc");
}

#[test]
fn w05_pid() {
    lesson("w05-pid");
}

#[test]
fn w06_network() {
    lesson("w06-network");
}

#[test]
fn w07_user() {
    lesson("w07-user");
}

#[test]
fn w08_cgroups() {
    lesson("w08-cgroups");
}

#[test]
fn w09_cgroup_time() {
    lesson("w09-cgroup-time");
}

#[test]
fn w10_container() {
    lesson("w10-container");
}

/// The scripts of the course.
fn sources() -> Vec<(String, String)> {
    let names = std::fs::read_dir(DIRECTORY).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.retain(|name| name.starts_with('w'));
    names.sort();
    let read = |name: String| {
        let text = std::fs::read_to_string(Path::new(DIRECTORY).join(&name)).unwrap();
        (name, text)
    };
    names.into_iter().map(read).collect()
}

#[test]
fn every_lesson_has_a_test() {
    let tests = include_str!("lessons.rs");
    for (name, _) in sources() {
        assert!(tests.contains(&format!("lesson(\"{name}\")")), "{name}");
    }
    assert_eq!(sources().len(), 10);
}

/// Where the user may make no namespaces each lesson says so, at once, and nothing has been shown.
#[test]
fn what_cannot_be_made_here_is_told() {
    if !need(
        "what_cannot_be_made_here_is_told",
        &[&PROGRAMS[..], &[Need::Root, Need::Program("unshare")]].concat(),
    ) {
        return;
    }
    let scene = scene();
    let tools = bin("xunshare").parent().unwrap().display().to_string();
    let path = format!("{tools}:{}", std::env::var("PATH").unwrap());
    let course = scene.cmd("unshare").args(["-U", &format!("{DIRECTORY}/run"), "W2", "W3", "W5"]);
    let done = course.env("PATH", path).env("TMPDIR", scene.path("tmp")).env("LC_ALL", "C").run();
    assert_eq!(done.status, Some(1), "{done:?}");
    assert_eq!(
        done.stdout.matches("the shell of this lesson: your uid has no number").count(),
        6,
        "{done:?}"
    );
    assert!(
        done.stdout.ends_with("Observations: 0 seen, 0 failed; 3 parts could not be shown here.\n"),
        "{done:?}"
    );
}

/// Something is wrong with a tool: which observation fails is said, with what was expected and what was seen.
#[test]
fn an_observation_that_fails_is_told() {
    let test = "an_observation_that_fails_is_told";
    if !need(test, &PROGRAMS) {
        return;
    }
    let lies = [
        ("w01-processes", "xlsns", "NS is the number that readlink printed", "실패"),
        ("w03-uts", "hostname", "Sam inside", "실패"),
    ];
    for who in Who::each(test) {
        for (name, tool, what, failed) in lies {
            let scene = scene();
            let liar = scene.file(&format!("liars/{tool}"), "#!/bin/sh\necho 4711 mnt 1 1 root lies\n");
            let runs = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            std::fs::set_permissions(&liar, runs).unwrap();
            let run = |locale| {
                let cmd = script(&scene, name, liar.parent()).env("LC_ALL", locale);
                if who == Who::Ordinary { cmd.ordinary().run() } else { cmd.run() }
            };
            let done = run("C");
            assert_eq!(done.status, Some(1), "{who:?} {}", done.stdout);
            let told = done
                .stdout
                .split(&format!("  FAILED: {what}\n"))
                .nth(1)
                .unwrap_or_else(|| panic!("{}", done.stdout));
            let told: Vec<_> = told.lines().take(2).map(str::trim).collect();
            assert!(told[0].starts_with("expected: ") && told[1].starts_with("seen: "), "{told:?}");
            assert!(run("ko_KR.UTF-8").stdout.contains(&format!("  {failed}:")));
        }
    }
}

#[test]
fn the_runner_counts_and_tells_why() {
    let test = "the_runner_counts_and_tells_why";
    if !need(test, &PROGRAMS) {
        return;
    }
    for who in Who::each(test) {
        let scene = scene();
        let before = scene.listing();
        let run = |words: &str| {
            let cmd = script(&scene, "run", None).words(words);
            if who == Who::Ordinary { cmd.ordinary().run() } else { cmd.run() }
        };
        let done = run("W3 w07-user");
        assert!(done.ok(), "{done:?}");
        let heads: Vec<_> =
            done.stdout.lines().filter(|line| line.starts_with('W') && line.contains("  ")).collect();
        assert_eq!(heads, ["W3  UTS namespace", "W7  User namespace"]);
        let last = done.stdout.lines().last().unwrap();
        assert!(last.starts_with("Observations: ") && last.contains(" seen, 0 failed; 0 parts "), "{last}");
        assert_eq!(run("W11").status, Some(2));
        scene.clean(&before);
    }
}

/// Ctrl-C, in the middle of the container.
#[test]
fn an_interrupted_lesson_leaves_nothing() {
    let test = "an_interrupted_lesson_leaves_nothing";
    if !need(test, &PROGRAMS) {
        return;
    }
    for who in Who::each(test) {
        for (name, place) in [("w05-pid", "Namespaces nest."), ("w10-container", "Entered a second time")] {
            let scene = scene();
            let before = scene.listing();
            let _groups = makes_groups("all");
            let mut cmd = script(&scene, name, None);
            if who == Who::Ordinary {
                cmd = cmd.ordinary();
            }
            cmd.std().process_group(0);
            let mut running = cmd.start();
            while !running.line().contains(place) {}
            killpg(Pid::from_raw(running.pid().cast_signed()), Signal::SIGINT).unwrap();
            let done = running.end();
            assert_eq!(done.status, Some(130), "{who:?} {name} {}", done.stderr);
            scene.clean(&before);
            wait_for("the groups to go", || groups_left().is_empty());
        }
    }
}

#[test]
fn the_manual_has_the_lessons_as_they_are() {
    let done = Cmd::new(Path::new(DIRECTORY).join("manual")).args(["--check"]).run();
    assert!(done.ok(), "{}", done.stderr);
    let page = include_str!("../../man/xns-walkthroughs.7");
    for number in 1..=10 {
        assert!(page.contains(&format!(".SH \"W{number}: ")), "W{number}");
    }
    for line in ["\\fB$ xunshare \\-fp \\-\\-mount\\-proc /bin/sh\\fR", "\\fB# hostname Sam; hostname\\fR"] {
        assert!(page.contains(line), "{line}");
    }
}

/// The words of a shell command, up to the end of its line, without their quotes.
fn words(text: &str) -> Vec<String> {
    let (mut all, mut word, mut quote, mut began) = (Vec::new(), String::new(), None, false);
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => (quote, began) = (Some(c), true),
            (None | Some('"'), '\\') => match characters.next() {
                Some('\n') | None => {}
                Some(next) => word.push(next),
            },
            (None, ' ' | '\n') => {
                if began || !word.is_empty() {
                    all.push(std::mem::take(&mut word));
                }
                began = false;
                if c == '\n' {
                    return all;
                }
            }
            (_, c) => word.push(c),
        }
    }
    all
}

/// What is said in one language is said in the other.
#[test]
fn both_languages_say_the_same_number_of_things() {
    let is_korean = |text: &str| text.chars().any(|c| ('가'..='힣').contains(&c));
    let mut count = 0;
    for (name, source) in sources() {
        for call in ["lesson ", "say ", "see ", "cannot ", "needs "] {
            let starts_a_command = |at: &usize| {
                let line = source[..*at].rsplit('\n').next().unwrap().trim_start();
                line.is_empty() || ["if ", "! ", "|| "].iter().any(|before| line.ends_with(before))
            };
            for at in source.match_indices(call).map(|(at, _)| at).filter(starts_a_command) {
                let mut words = words(&source[at + call.len()..]);
                if ["lesson ", "needs "].contains(&call) {
                    words.remove(0);
                }
                count += 1;
                let [english, korean, ..] = words.as_slice() else { panic!("{name}: {words:?}") };
                assert!(!english.is_empty() && !is_korean(english), "{name}: {english}");
                // Not what is the same in both: a word like vxlan, a message of a command.
                let translated = is_korean(korean) || !english.contains(' ') || korean.starts_with("vxlan");
                assert!(translated, "{name}: {english}: {korean}");
            }
        }
    }
    assert!(count > 150, "{count}");
}

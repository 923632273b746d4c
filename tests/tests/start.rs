//! What a person is told at the start: what a new shell has of its own, the way in, and mistakes that make no error.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::os::unix::fs::symlink;
use xns_tests::{Cmd, Need, Scene, Terminal, Who, bin, need, ns};

/// `xunshare` on a terminal, with these words; the shell's prompt is `> `.
fn on_terminal(who: Who, scene: &Scene, words: &str) -> Terminal {
    let command = who.xunshare(scene).words(words);
    start(command)
}

fn start(command: Cmd) -> Terminal {
    let mut command = command.env("PS1", "> ").env("SHELL", "/bin/sh").env("TERM", "dumb").env(
        "PATH",
        format!("/usr/sbin:/usr/bin:/sbin:/bin:{}", bin("xnsenter").parent().unwrap().display()),
    );
    Terminal::start(command.std())
}

/// The lines before the first prompt; a login shell may have one of its own.
fn told(terminal: &mut Terminal) -> Vec<String> {
    terminal.line("echo ready $((40 + 2))");
    let shown = terminal.expect("ready 42");
    let lines = shown.lines().map(|line| line.trim_end_matches(['\r', ' ']).to_owned());
    lines.filter(|line| !["", ">", "#", "$"].contains(&line.as_str())).collect()
}

/// The words, and what is isolated with them (but for the ordinary user's user namespace).
const WAYS: [(&str, &str); 9] = [
    ("-u sh", "uts"),
    ("-fp --mount-proc", "mnt pid"),
    ("-mni sh", "mnt ipc net"),
    ("-CT /bin/sh", "cgroup time"),
    ("--init --mount-proc sh", "mnt pid"),
    ("-muinCTfp --mount-proc sh", "mnt uts ipc net pid cgroup time"),
    ("--pivot-root root -fp /bin/sh", "mnt pid"),
    ("-fp --root root --mount-proc /bin/sh", "mnt pid"),
    ("-u --root root /bin/sh", "uts"),
];

/// The command that is shown leads, typed by the same user on another terminal, into every namespace that is listed.
#[test]
fn the_command_that_is_shown_enters() {
    for who in Who::each("the_command_that_is_shown_enters") {
        if !need("the_command_that_is_shown_enters", &[Need::Program("busybox")]) {
            return;
        }
        for (words, isolated) in WAYS {
            let scene = Scene::new();
            scene.busybox_root("root");
            let mut terminal = on_terminal(who, &scene, words);
            let lines = told(&mut terminal);
            let isolated: Vec<_> =
                isolated.split(' ').chain((who == Who::Ordinary).then_some("user")).collect();
            let first = lines.iter().find(|line| line.contains("isolated: ")).unwrap();
            let (own, shared) = first.split_once("; shared with the host: ").unwrap_or((first, ""));
            let listed = |text: &str, kind: &&str| text.split([' ', ';', '(']).any(|word| word == *kind);
            for kind in ["mnt", "uts", "ipc", "net", "pid", "user", "cgroup", "time"] {
                assert_eq!(listed(own, &kind), isolated.contains(&kind), "{words}: {lines:?}");
                assert_eq!(listed(shared, &kind), !isolated.contains(&kind), "{words}: {lines:?}");
            }
            assert_eq!(first.contains("uid 0 here is "), who == Who::Ordinary, "{lines:?}");
            let second =
                lines.iter().find_map(|line| line.split_once(" outside; enter from another terminal: "));
            let (pid, command) = second.unwrap_or_else(|| panic!("{words}: {lines:?}"));
            let pid: u32 = pid.strip_prefix("xunshare: PID ").unwrap().parse().unwrap();
            // Before Linux 6.2 an exec stays in its time namespace.
            let stays = ns(pid, "time") != ns(pid, "time_for_children");
            assert_eq!(own.contains("time(of its children)"), stays, "{lines:?}");
            let isolated: Vec<_> = isolated.into_iter().filter(|kind| !(stays && *kind == "time")).collect();
            enter(who, &scene, command, pid, &isolated);
            // dash, as PID 1, cannot give the terminal back (2).
            terminal.line("exit 2");
            assert_eq!(terminal.end().0, Some(2), "{words}");
        }
    }
}

/// PATH with our tools in it.
fn with_ours() -> String {
    let dir = bin("xnsenter").parent().unwrap().display().to_string();
    format!("{dir}:{}", std::env::var("PATH").unwrap())
}

/// Types the command on another terminal. The shell there, whatever its number here, is in the namespaces of `pid`.
fn enter(who: Who, scene: &Scene, command: &str, pid: u32, isolated: &[&str]) {
    let shell = scene.cmd("sh").args(["-c", command]).env("PATH", with_ours());
    let mut other = start(if who == Who::Ordinary { shell.ordinary() } else { shell });
    // What a shell shows of itself depends on /proc there; from here its session's processes are seen.
    other.line("echo entered $((40 + 2)); sleep 1005");
    other.expect("entered 42");
    let sleeper = || {
        scene.processes().into_iter().find(|pid| {
            std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.ends_with(b"sleep\x001005\0"))
        })
    };
    xns_tests::wait_for("the sleep", || sleeper().is_some());
    let sleeper = sleeper().unwrap();
    for kind in isolated {
        assert_eq!(ns(sleeper, kind), ns(pid, kind), "{command}");
        assert_ne!(ns(sleeper, kind), ns(std::process::id(), kind), "{command}");
    }
    let root = |pid: u32| {
        std::fs::metadata(format!("/proc/{pid}/root/bin/sh")).map(|m| {
            use std::os::unix::fs::MetadataExt;
            (m.dev(), m.ino())
        })
    };
    assert_eq!(root(sleeper).unwrap(), root(pid).unwrap(), "{command}");
}

/// Off by an option, a variable, and wherever no person sits at a shell.
#[test]
fn nothing_is_said_where_nobody_wants_it() {
    for who in Who::each("nothing_is_said_where_nobody_wants_it") {
        let scene = Scene::new();
        symlink(bin("xunshare"), scene.path("unshare")).unwrap();
        let run = |words: &str, change: fn(Cmd) -> Cmd| {
            let mut terminal = start(change(who.xunshare(&scene).words(words)));
            let lines = told(&mut terminal);
            terminal.line("exit");
            terminal.end();
            lines
        };
        for (words, change) in [
            ("--quiet -u sh", (|c| c) as fn(Cmd) -> Cmd),
            ("--quiet -fp sh", |c| c),
            ("--quiet --hints=always -fp sh", |c| c),
            ("-u sh", |c| c.env("XNS_QUIET", "1")),
            ("-fp sh", |c| c.env("XNS_QUIET", "1")),
            ("-mu sh -i", |c| c),
        ] {
            assert_eq!(run(words, change), [""; 0], "{words}");
        }
        assert_eq!(run("-u sh", |c| c.env("XNS_QUIET", "")).len(), 2);
        // Under the original's name: nothing but what was asked for.
        let original = |words: &str| {
            let command = scene.cmd(scene.path("unshare")).words(if who == Who::Root { "" } else { "-r" });
            let command = if who == Who::Root { command } else { command.ordinary() };
            let mut terminal = start(command.words(words));
            let lines = told(&mut terminal);
            terminal.line("exit");
            terminal.end();
            lines
        };
        assert_eq!(original("-fp sh"), [""; 0]);
        assert!(original("--hints=always -fp sh")[0].starts_with("unshare: hint[XNS-E27-old-proc]: "));
    }
}

/// On a terminal without being asked for; elsewhere on request; in the form that was asked for.
#[test]
fn mistakes_are_told_at_the_start() {
    for who in Who::each("mistakes_are_told_at_the_start") {
        let scene = Scene::new();
        for (words, id) in [
            ("-p true", "XNS-E06-no-fork"),
            ("-fp true", "XNS-E27-old-proc"),
            ("-m --propagation unchanged true", "XNS-S4-propagation"),
        ] {
            // In the mount namespace of a user namespace mounts only arrive.
            let shared = std::fs::read_to_string("/proc/self/mountinfo").unwrap().contains(" shared:");
            if id == "XNS-S4-propagation" && !(shared && who == Who::Root) {
                continue;
            }
            let piped = |words: &str| who.xunshare(&scene).words(words).run();
            assert_eq!(piped(words).stderr, "");
            let asked = piped(&format!("--hints=always {words}"));
            assert!(asked.ok() && asked.stderr.starts_with(&format!("xunshare: hint[{id}]: ")), "{asked:?}");
            assert!(
                asked.stderr.contains("\n  because: ") && asked.stderr.contains("\n  try: "),
                "{asked:?}"
            );
            assert_eq!(piped(&format!("--error-format=json {words}")).stderr, "");
            let json = piped(&format!("--error-format=json --hints=always {words}")).stderr;
            let told: serde_json::Value = serde_json::from_str(&json).unwrap();
            assert_eq!((&told["tool"], &told["hint"]["id"]), (&"xunshare".into(), &id.into()));
            let (status, _, shown) = Terminal::start(who.xunshare(&scene).words(words).std()).end();
            assert_eq!(
                (status, shown.replace('\r', "")),
                (Some(0), asked.stderr.replace("--hints=always ", ""))
            );
            // A failure before the program starts is what matters then.
            let failed = who.xunshare(&scene).words(&format!("--hints=always -w none {words}")).run();
            assert!(!failed.stderr.contains(id), "{failed:?}");
        }
    }
}

/// The mistakes of an ordinary user: each is one, the program shows it, and what is proposed mends it.
#[test]
fn the_mistakes_are_mistakes() {
    if !need(
        "the_mistakes_are_mistakes",
        &[Need::UserNamespaces, Need::Program("hostname"), Need::Program("ip")],
    ) {
        return;
    }
    let scene = Scene::new();
    for (words, id) in [
        ("-r mount -t tmpfs none /mnt", "XNS-E12-owner"),
        ("-r ip link set lo up", "XNS-E12-owner"),
        ("-r hostname box", "XNS-E12-owner"),
        ("-cn ip link set lo up", "XNS-E13-capabilities"),
        ("-cu hostname box", "XNS-E13-capabilities"),
        ("-U sh -c 'test $(id -u) != 65534'", "XNS-E11-nobody"),
        ("-p sh -c '/bin/true; /bin/true; :'", "XNS-E06-no-fork"),
        (
            "-fp sh -c 'read pid _ < /proc/self/stat; test $pid = $(exec sh -c \"echo \\$PPID\")'",
            "XNS-E27-old-proc",
        ),
    ] {
        let rights = if words.starts_with("-p") || words.starts_with("-fp") { "-r" } else { "" };
        let run = |words: &str| {
            scene
                .sh(&format!("exec \"$X\" {words}"))
                .ordinary()
                .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
                .run()
        };
        let done = run(&format!("--hints=always {rights} {words}"));
        assert!(
            !done.ok() && done.stderr.starts_with(&format!("xunshare: hint[{id}]: ")),
            "{words}: {done:?}"
        );
        let cure = done.stderr.lines().find_map(|line| line.strip_prefix("  try: ")).unwrap();
        let cure = cure.split("   (").next().unwrap();
        let added = cure.split(" --hints=always").next().unwrap().split_once(' ').unwrap().1;
        let cured = run(&format!("{added} {rights} {words}"));
        assert!(cured.ok(), "{added} {rights} {words}: {cured:?}");
    }
}

/// Where the shell is somebody whom its user would not be by entering, the command says who.
#[test]
fn the_command_enters_as_who_the_shell_is() {
    if !need("the_command_enters_as_who_the_shell_is", &[Need::Root]) {
        return;
    }
    for (words, ids) in [
        ("--owner 1002:1003 --map-users=0:1002:1 --map-groups=0:1003:1 -m sh", "0 0"),
        ("--map-users=0:100000:100 --map-groups=0:100000:100 -S 33 -G 34 -m sh", "33 34"),
        ("-r -m sh", "0 0"),
    ] {
        let scene = Scene::new();
        let mut terminal = on_terminal(Who::Root, &scene, words);
        let lines = told(&mut terminal);
        let marker = "enter from another terminal: ";
        let command = lines.iter().find_map(|line| Some(line.split_once(marker)?.1.to_owned()));
        let command = command.unwrap_or_else(|| panic!("{words}: {lines:?}"));
        let done =
            scene.sh(&format!("{command} sh -c 'echo $(id -u) $(id -g)'")).env("PATH", with_ours()).run();
        assert_eq!(done.out(), ids, "{words}: {command}");
        terminal.line("exit 0");
        terminal.end();
    }
}

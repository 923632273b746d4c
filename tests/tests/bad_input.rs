//! What is wrong on the command line, or in what it names: the first error line, the status, and nothing left behind.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use xns_tests::{Cmd, Done, Need, Scene, need};

/// Root needs: the words of a case are split at blanks, and its first line is without `xunshare: `.
type Case = (&'static str, u8, &'static str);

/// A scene with a directory `d`, a file `f` that nobody may execute, and a root directory `root`.
fn scene() -> Scene {
    let scene = Scene::new();
    scene.subdir("d");
    scene.subdir("root");
    scene.file("f", "");
    scene
}

/// Numbers of processes differ from run to run.
fn without_pids(line: &str) -> String {
    let mut parts = line.split("/proc/");
    let mut out = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        out += if rest.len() < part.len() { "/proc/N" } else { "/proc/" };
        out += rest;
    }
    out
}

fn first_line(done: &Done) -> String {
    without_pids(done.stderr.lines().next().unwrap_or(""))
}

/// Runs every case with each of these options before its own: all must end the same, and leave nothing.
fn check(cases: &[Case], befores: &[&str]) {
    let mut wrong = String::new();
    for (words, status, message) in cases {
        for before in befores {
            let scene = scene();
            let listing = scene.listing();
            let done = scene.xunshare().words(before).words(words).run();
            scene.clean(&listing);
            let expected = format!("xunshare: {message}");
            if (done.status, first_line(&done)) != (Some(i32::from(*status)), expected.clone())
                || !done.stdout.is_empty()
            {
                wrong += &format!("xunshare {before} {words}\n  expected {status} {expected}\n  {done:?}\n");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Run under this name: getopt's messages begin with the whole of it.
fn by_name(words: &str) -> Done {
    let scene = scene();
    let listing = scene.listing();
    let done = scene.sh(&format!("PATH=\"${{X%/*}}:$PATH\"; exec xunshare {words}")).run();
    scene.clean(&listing);
    done
}

#[test]
fn usage_errors_are_getopts_and_point_to_the_help() {
    for (words, message) in [
        ("--nope", "unrecognized option '--nope'"),
        ("--bogus=3", "unrecognized option '--bogus=3'"),
        ("-Z", "invalid option -- 'Z'"),
        ("-um/x", "invalid option -- '/'"),
        ("-m=/x", "invalid option -- '='"),
        ("-S", "option requires an argument -- 'S'"),
        ("--setuid", "option '--setuid' requires an argument"),
        ("--wd", "option '--wd' requires an argument"),
        ("--hints", "option '--hints' requires an argument"),
        ("--pivot-root", "option '--pivot-root' requires an argument"),
        ("--fork=3", "option '--fork' doesn't allow an argument"),
        ("--init=yes", "option '--init' doesn't allow an argument"),
    ] {
        let done = by_name(words);
        let expected = format!("xunshare: {message}\nTry 'xunshare --help' for more information.\n");
        assert_eq!((done.status, done.stderr), (Some(1), expected), "{words}");
    }
}

#[test]
fn usage_errors_begin_with_the_name_as_typed() {
    let done = scene().xunshare().args(["--nope"]).run();
    let typed = xns_tests::bin("xunshare");
    done.fails(1, &format!("{}: unrecognized option '--nope'", typed.display()));
    assert_eq!(done.stderr.lines().nth(1), Some("Try 'xunshare --help' for more information."));
}

#[test]
fn an_abbreviation_that_may_be_several_names_them() {
    let done = by_name("--map-r --mo");
    assert!(
        done.stderr.starts_with("xunshare: option '--mo' is ambiguous; possibilities: '--mount' "),
        "{done:?}"
    );
    assert_eq!(done.status, Some(1));
}

/// Errors of words that are told before anything is done.
const WORDS: &[Case] = &[
    ("--propagation=foo true", 1, "unsupported propagation mode: foo"),
    ("--propagation= true", 1, "unsupported propagation mode: "),
    ("--setgroups=x true", 1, "unsupported --setgroups argument 'x'"),
    ("--dry-run=xml true", 1, "unsupported --dry-run argument 'xml'"),
    ("--hints=maybe true", 1, "unsupported --hints argument 'maybe'"),
    ("--error-format=xml true", 1, "unsupported --error-format argument 'xml'"),
    ("-S abc true", 1, "failed to parse uid: 'abc'"),
    ("-S 0x10 true", 1, "failed to parse uid: '0x10'"),
    ("-G root true", 1, "failed to parse gid: 'root'"),
    ("-S 4294967296 true", 1, "failed to parse uid: '4294967296': Numerical result out of range"),
    ("--map-user=nosuchuser true", 1, "failed to parse uid: 'nosuchuser'"),
    ("--map-group=nosuchgroup true", 1, "failed to parse gid: 'nosuchgroup'"),
    ("-T --boottime abc true", 1, "failed to parse boottime offset: 'abc'"),
    (
        "-T --monotonic 99999999999999999999 true",
        1,
        "failed to parse monotonic offset: '99999999999999999999': Numerical result out of range",
    ),
    ("--boottime 5 true", 1, "options --monotonic and --boottime require unsharing of a time namespace (-T)"),
    ("--setgroups=allow -r true", 1, "options --setgroups=allow and --map-group are mutually exclusive"),
    ("--info-fd x true", 1, "--info-fd: 'x' is not a descriptor's number"),
    ("--wait-fd -1 true", 1, "--wait-fd: '-1' is not a descriptor's number"),
    ("--info-fd 1 --wait-fd 1 true", 1, "--info-fd and --wait-fd need two different descriptors"),
    ("--info-fd 99 true", 1, "cannot use descriptor 99: Bad file descriptor"),
    ("--wait-fd 99 true", 1, "cannot use descriptor 99: Bad file descriptor"),
    ("--pid-file none/x true", 1, "cannot open none/x: No such file or directory"),
    ("--pid-file d true", 1, "cannot open d: Is a directory"),
];

#[test]
fn a_wrong_value_is_named() {
    check(WORDS, &[""]);
}

const MAPS: &[Case] = &[
    ("--map-users=abc true", 1, "could not parse ID: 'abc'"),
    ("--map-users=1:2 true", 1, "mapping '1:2' contains only 2 elements"),
    ("--map-users=1:2:3:4 true", 1, "too many elements for mapping '1:2:3:4'"),
    ("--map-users=-1:2:1 true", 1, "could not parse ID: '-1': Numerical result out of range"),
    ("--map-users=0:0:0 true", 1, "could not parse ID: '0': a range needs at least one id"),
    (
        "--map-users=4294967290:0:100 true",
        1,
        "mapping '4294967290:0:100' is out of range: 100 ids from inner id 4294967290 go beyond 4294967294, the last id",
    ),
    (
        "--map-groups=0:4294967290:100 true",
        1,
        "mapping '0:4294967290:100' is out of range: 100 ids from outer id 4294967290 go beyond 4294967294, the last id",
    ),
    (
        "--map-users=0:100000:10 --map-users=5:200000:10 true",
        1,
        "uid_map: inner id 5 is mapped twice, by '0 100000 10' and '5 200000 10'",
    ),
    (
        "--map-groups=0:100000:10 --map-groups=20:100009:10 true",
        1,
        "gid_map: outer id 100009 is mapped twice, by '0 100000 10' and '20 100009 10'",
    ),
];

#[test]
fn maps_that_cannot_be_are_refused_before_anything_is_made() {
    check(MAPS, &["", "-f", "--init", "--map-users=70000:70000:1 -m"]);
}

#[test]
fn a_map_of_too_many_lines_or_bytes_is_refused() {
    let map = |from: u64, lines: u64| {
        (0..lines).map(move |i| format!("--map-users={}:{}:1", from + i, from + 2 * i))
    };
    let fails = |args: Vec<String>, message: &str| {
        let scene = scene();
        let listing = scene.listing();
        scene.xunshare().args(args).args(["true"]).run().fails(1, message);
        scene.clean(&listing);
    };
    fails(map(0, 341).collect(), "xunshare: uid_map: the map has 341 lines, the kernel takes 340");
    let long: Vec<_> = map(100_000_000, 340).collect();
    fails(long, "xunshare: uid_map: the map is 7480 bytes long, the kernel takes 4095");
}

const ROOTS: &[Case] = &[
    ("--bind a:b true", 1, "--bind needs --pivot-root: it fills the new root"),
    ("--bind-ro /:/x true", 1, "--bind-ro needs --pivot-root: it fills the new root"),
    ("--tmpfs /x true", 1, "--tmpfs needs --pivot-root: it fills the new root"),
    ("--dev /dev true", 1, "--dev needs --pivot-root: it fills the new root"),
    ("--pivot-root root -R root true", 1, "options --root and --pivot-root are mutually exclusive"),
    (
        "--pivot-root root --bind /tmp:/a/../../x true",
        1,
        "--bind: '/a/../../x' is no place in the new root (a path below / without ..)",
    ),
    (
        "--pivot-root root --tmpfs .. true",
        1,
        "--tmpfs: '..' is no place in the new root (a path below / without ..)",
    ),
    (
        "--pivot-root root --dev / true",
        1,
        "--dev: '/' is no place in the new root (a path below / without ..)",
    ),
    (
        "--pivot-root root --bind nocolon true",
        1,
        "--bind: 'nocolon' is not SRC:DST (write \\: for a colon in a path)",
    ),
    (
        "--pivot-root root --bind a:b:c true",
        1,
        "--bind: 'a:b:c' is not SRC:DST (write \\: for a colon in a path)",
    ),
    ("--hostname= true", 1, "empty host name"),
    (
        "--hostname 0123456789012345678901234567890123456789012345678901234567890123X true",
        1,
        "host name of 65 bytes is too long: at most 64",
    ),
    (
        "--domainname 0123456789012345678901234567890123456789012345678901234567890123X true",
        1,
        "domain name of 65 bytes is too long: at most 64",
    ),
];

#[test]
fn roots_and_names_that_cannot_be_are_refused_before_anything_is_made() {
    check(ROOTS, &["", "-f", "-U"]);
}

/// Failures in the middle: after processes, namespaces, mounts and files have been made.
const LATE: &[Case] = &[
    ("nosuchprogram", 127, "failed to execute nosuchprogram: No such file or directory"),
    ("./nosuchprogram", 127, "failed to execute ./nosuchprogram: No such file or directory"),
    ("./f", 126, "failed to execute ./f: Permission denied"),
    ("./d", 126, "failed to execute ./d: Permission denied"),
    ("./f/x", 126, "failed to execute ./f/x: Not a directory"),
    ("-R none true", 1, "cannot change root directory to 'none': No such file or directory"),
    ("-R f true", 1, "cannot change root directory to 'f': Not a directory"),
    ("-w none true", 1, "cannot chdir to 'none': No such file or directory"),
    ("-w f true", 1, "cannot chdir to 'f': Not a directory"),
    ("--mount-proc=/none/x true", 1, "mount /none/x failed: No such file or directory"),
    ("--pivot-root none true", 1, "cannot open the root directory 'none': No such file or directory"),
    ("--pivot-root f true", 1, "cannot open the root directory 'f': Not a directory"),
    (
        "--pivot-root root --tmpfs /a/b --bind /nonesuch:/x true",
        1,
        "cannot open '/nonesuch' to bind it: No such file or directory",
    ),
    (
        "--pivot-root root --bind .:/a/b --tmpfs /a/c/d true",
        127,
        "failed to execute true: No such file or directory",
    ),
    ("--pid-file pid nosuchprogram", 127, "failed to execute nosuchprogram: No such file or directory"),
    ("--pid-file pid -w none true", 1, "cannot chdir to 'none': No such file or directory"),
];

#[test]
fn a_late_failure_takes_back_what_was_made() {
    if need("a_late_failure_takes_back_what_was_made", &[Need::Root]) {
        let befores =
            ["", "-f", "-fp", "--init", "-r", "-rfpm", "--init --map-users=0:0:70000 --map-groups=0:0:70000"];
        check(LATE, &befores);
    }
}

/// An init hears of its program's refused exec twice, by the closed pipe and as its parent. On a busy machine the two come apart.
#[test]
fn an_init_takes_back_what_was_made_on_a_busy_machine() {
    if !need("an_init_takes_back_what_was_made_on_a_busy_machine", &[Need::Root]) {
        return;
    }
    let filled = LATE.iter().copied().filter(|(words, ..)| words.contains("--tmpfs /a/c/d"));
    let filled: Vec<Case> = filled.collect();
    assert_eq!(filled.len(), 1);
    let round = || {
        for _ in 0..10 {
            check(&filled, &["--init"]);
        }
    };
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(round);
        }
    });
}

#[test]
fn ids_that_are_not_mapped_are_refused() {
    let cases: &[Case] = &[
        ("-r -S 5 true", 1, "setuid failed: Invalid argument"),
        ("-r -G 5 true", 1, "setgroups failed: Operation not permitted"),
        ("-rfp --init -S 5 true", 1, "setuid failed: Invalid argument"),
        ("--map-groups=0:0:3 --map-users=0:0:3 -G 7 true", 1, "setgid failed: Invalid argument"),
        (
            "-T --monotonic -1000000000 true",
            1,
            "failed to write to /proc/self/timens_offsets: Numerical result out of range",
        ),
    ];
    if need("ids_that_are_not_mapped_are_refused", &[Need::Root]) {
        check(cases, &["", "-f"]);
    }
}

#[test]
fn the_first_line_is_the_originals() {
    if !need("the_first_line_is_the_originals", &[Need::Root, Need::Original("unshare")]) {
        return;
    }
    let shared = [
        "--nope",
        "-Z",
        "-S",
        "--wd",
        "--fork=3",
        "-m/x",
        "--propagation=x true",
        "--setgroups=x true",
        "-S abc true",
        "--map-user=nosuch true",
        "--map-group=nosuch true",
        "--boottime= true",
        "--setgroups=allow -r true",
        "nosuchprogram",
        "./f",
        "./d",
        "-R none true",
        "-R f true",
        "-w none true",
        "-r -S 5 true",
        "-r -G 5 true",
        "--mount-proc=/none true",
        "--uts=none true",
        "--uts=d true",
        "--pid=f true",
        "-f nosuchprogram",
        "--uts=none -m true",
        "-T --monotonic -1000000000 true",
    ];
    for words in shared {
        let scene = scene();
        let told = |command: Cmd, name: &str| {
            let done = command.words(words).run();
            let line = first_line(&done);
            let rest = line.strip_prefix(&format!("{name}: ")).map(str::to_owned);
            (done.status, rest.unwrap_or(line))
        };
        let script = |name: &str| scene.sh(&format!("PATH=\"${{X%/*}}:$PATH\"; exec {name} \"$@\""));
        assert_eq!(told(script("xunshare"), "xunshare"), told(script("unshare"), "unshare"), "{words}");
    }
}

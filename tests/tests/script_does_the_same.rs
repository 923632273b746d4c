//! The script that `--dry-run=sh` prints, run by a plain shell, leads where the real run leads.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use xns_tests::{Cmd, Done, Need, ORDINARY_UID, Scene, bin, need};

/// Command lines without their program, for root.
const ROOT: &[&str] = &[
    "-u --hostname box --domainname example",
    "-u --hostname=-f --domainname=-x",
    "-u --hostname=a_b",
    "-i",
    "-n",
    "-C",
    "-muinC",
    "-m",
    "-m --propagation shared",
    "-m --propagation slave",
    "-m --propagation unchanged",
    "-fp",
    "-f",
    "-fp --mount-proc",
    "-fp --mount-proc --propagation slave",
    "-T --boottime 1000 --monotonic -5",
    "-U",
    "-r",
    "-c -m",
    "-U --map-user 7 --map-group 8",
    "-r -m -u --hostname box",
    "-r -fp --mount-proc",
    "-U --setgroups deny",
    "--map-users=0:100000:1000 --map-groups=0:200000:1000",
    "-r --map-users=1:100000:1000 --map-groups=1:100000:1000 -S 5 -G 6",
    "-r --map-users=1:100000:1000 -fp --mount-proc",
    "--owner 54321:54321 --map-users 0:54321:1 --map-groups 0:54321:1",
    "-S 1 -G 2",
    "-S 1",
    "-G 2",
    "-w /tmp",
    "-w src",
    "-w -",
    "-f -w -",
    "-r -R -d",
    "-m -R -d --mount-proc -fp",
    "--pivot-root -d -u",
    "--pivot-root LABEL=d -u",
    "--mount-mqueue=-d/tmp -i",
    "--uts=-file",
    "-R root",
    "-R root -w /tmp",
    "-R root -fp --mount-proc",
    "--mount-mqueue=root/tmp -i",
    "--uts=FILE1 --hostname pinned",
    "-m --uts=FILE1 --net=FILE2 -f",
    "-fp --pid=FILE1 --user=FILE2 -r",
    "-T --boottime 7 --time=FILE1",
    "--pivot-root root",
    "--pivot-root root -fp --bind src:/srv/deep --bind-ro src:/ro --tmpfs /tmp --tmpfs /new",
    "--pivot-root root -fp --dev /dev --bind-ro /etc/passwd:/etc/passwd -u --hostname box",
    "--pivot-root root --propagation slave --bind -d:/d --bind-ro src:/ro",
    "--pivot-root root -i --mount-mqueue=/queues --propagation shared -w /tmp",
];

/// For the ordinary user, who has a block of ids in /etc/subuid and /etc/subgid.
const ORDINARY: &[&str] = &[
    "-r",
    "-c",
    "-U",
    "-U --map-user 5",
    "-r -u --hostname box --domainname example -i -n -C",
    "-r -m --propagation slave",
    "-r -fp --mount-proc",
    "-r -T --boottime 1000",
    "-r -R root -fp --mount-proc",
    "-r -w /tmp",
    "--map-auto",
    "-r --map-auto -S 1 -G 1",
    "--map-subids -c -f",
    "-r --pivot-root root -fp --bind src:/srv/deep --bind-ro src:/ro --tmpfs /tmp --dev /dev",
];

/// Where the program finds itself. Numbers that differ from run to run are left out.
const PROBE: &str = r#"
    pwd; id -u; id -g; id -G; ls /
    [ -e /proc/self ] || exit 0
    for kind in mnt uts ipc pid net user cgroup time; do
        [ "$(readlink /proc/self/ns/$kind)" = "$(eval echo "\$OUT_$kind")" ] || echo "new $kind"
    done
    cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups /proc/sys/kernel/hostname /proc/sys/kernel/domainname
    [ ! -e /proc/self/timens_offsets ] || cat /proc/self/timens_offsets
    [ $$ != 1 ] || cat /proc/1/comm
    while read -r _ _ _ root at options rest; do
        tags=; for word in $rest; do [ "$word" = - ] && break; tags="$tags ${word%%:*}"; done
        echo "${root%%:*} $at $options$tags ${rest##*- }"
    done < /proc/self/mountinfo
    for file in /dev/*; do [ ! -L $file ] || echo "$file $(readlink $file)"; done
"#;

/// The real run, or the script; then what is pinned on the files. Several layers of mounts are for the test alone.
const OUTER: &str = r#"
    mount --make-rshared /
    mount -t tmpfs -o nosuid,nodev,noatime inner src/sub
    mount -t tmpfs pins pins; mount --make-private pins; : > pins/file1; : > pins/file2
    mount --bind passwd /etc/passwd; mount --bind subid /etc/subuid; mount --bind subid /etc/subgid
    for kind in mnt uts ipc pid net user cgroup time; do export OUT_$kind="$(readlink /proc/self/ns/$kind)"; done
    how=$1; shift
    case $how in
        real) $AS "$X" "$@" ;;
        script) $AS "$X" --dry-run=sh "$@" > script; timeout -k 1 10 $AS sh script ;;
    esac
    for file in pins/file1 pins/file2; do findmnt -nro SOURCE $file | sed 's/[0-9]*//g' || true; done
"#;

fn scene() -> Scene {
    let scene = Scene::new();
    scene.busybox_root("root");
    scene.subdir("root/srv");
    scene.subdir("src/sub");
    scene.subdir("-");
    scene.file("-file", "");
    for root in ["-d", "LABEL=d"] {
        scene.busybox_root(root);
    }
    scene.subdir("pins");
    scene.file("src/file", "text\n");
    scene.file(
        "passwd",
        &format!("root:x:0:0::/:/bin/sh\nordinary:x:{ORDINARY_UID}:{ORDINARY_UID}::/:/bin/sh\n"),
    );
    scene.file("subid", &format!("{ORDINARY_UID}:300000:65536\n"));
    scene.hand_over();
    scene
}

fn words(line: &str) -> Vec<String> {
    let word = |word: &str| word.replace("FILE", "pins/file");
    line.split(' ').map(word).chain(["/bin/sh", "-c", "eval \"$PROBE\""].map(str::to_owned)).collect()
}

fn outer(scene: &Scene, how: &str, ordinary: bool) -> Cmd {
    let user = format!("setpriv --reuid={ORDINARY_UID} --regid={ORDINARY_UID} --clear-groups");
    let path = "/usr/sbin:/usr/bin:/sbin:/bin";
    // A script that is wrong may do on the outside what it should do inside.
    let namespaces = ["-muin", "sh", "-ec", OUTER, "sh", how];
    scene
        .cmd("unshare")
        .args(namespaces)
        .env("X", bin("xunshare"))
        .env("AS", if ordinary { &user } else { "" })
        .env("PATH", path)
        .env("PROBE", PROBE)
}

fn run(how: &str, ordinary: bool, line: &str) -> Done {
    let scene = scene();
    let done = outer(&scene, how, ordinary).args(words(line)).run();
    Done { stdout: done.stdout.replace(scene.dir().to_str().unwrap(), "SCENE"), ..done }
}

fn compare(test: &str, lines: &[&str], ordinary: bool) {
    if !need(test, &[Need::Root, Need::UserNamespaces, Need::Program("busybox"), Need::Program("newuidmap")])
    {
        return;
    }
    let mut wrong = Vec::new();
    for line in lines {
        let (real, script) = (run("real", ordinary, line), run("script", ordinary, line));
        assert!(real.ok() && real.stderr.is_empty(), "{line}: {real:?}");
        if (script.status, &script.stdout, &script.stderr) != (real.status, &real.stdout, &real.stderr) {
            wrong.push(format!("xunshare {line}\n{}", difference(&real, &script)));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
}

/// The lines that only one of them printed.
fn difference(real: &Done, script: &Done) -> String {
    let only = |a: &Done, b: &Done, name: &str| {
        let lines = a.stdout.lines().filter(|line| !b.stdout.lines().any(|other| other == *line));
        lines.map(|line| format!("    only {name}: {line}\n")).collect::<String>()
    };
    let ends = format!("    script: status {:?} stderr {:?}", script.status, script.stderr);
    only(real, script, "real") + &only(script, real, "script") + &ends
}

#[test]
fn as_root() {
    compare("as_root", ROOT, false);
}

#[test]
fn as_an_ordinary_user() {
    compare("as_an_ordinary_user", ORDINARY, true);
}

/// What a shell cannot do is said in a comment, and the rest of the script works.
#[test]
fn what_a_shell_cannot_do_is_a_comment() {
    if !need("what_a_shell_cannot_do_is_a_comment", &[Need::Root]) {
        return;
    }
    for (options, comment) in [
        ("--init", "# --init: "),
        ("--info-fd 1", "# --info-fd: "),
        ("--wait-fd 0", "# --wait-fd: "),
        ("-f --pid-file pid", "# --pid-file: "),
        ("-p --init --pid-file pid", "# --pid-file: "),
    ] {
        let scene = Scene::new();
        let script =
            scene.xunshare().words("--dry-run=sh -u").words(options).args(["echo", "it's", "here"]).run();
        assert_eq!(script.out().matches(comment).count(), 1, "{script:?}");
        let done = scene.cmd("sh").args(["-c", script.out()]).run();
        assert_eq!(done.out(), "it's here");
        assert!(!scene.dir().join("pid").exists(), "the wrong PID: {}", script.stdout);
    }
}

/// Whatever the words are made of.
#[test]
fn every_word_arrives() {
    if need("every_word_arrives", &[Need::Root]) {
        let words = ["a\nb\n", "it's", "$HOME `id` \"\\", "*", "", "# no", "\u{e9}\t"];
        for options in ["-u", "-u --hostname box", "-r", "-w /"] {
            let scene = Scene::new();
            let print = ["sh", "-c", "for word; do printf '<%s>' \"$word\"; done", "\n echo wrong"];
            let script = scene.xunshare().words("--dry-run=sh").words(options).args(print).args(words).run();
            let done = scene.cmd("sh").args(["-c", script.out()]).run();
            let expected: String = words.iter().map(|word| format!("<{word}>")).collect();
            assert_eq!(done.out(), expected, "{}", script.stdout);
        }
    }
}

const SHELLS: [Need; 4] =
    [Need::Root, Need::Program("dash"), Need::Program("bash"), Need::Program("busybox")];

/// The shells that are to understand the script. BusyBox's has a setpriv of its own, which sets no ids.
fn shells(script: &str) -> impl Iterator<Item = &'static [&'static str]> {
    let busybox = (!script.contains("setpriv")).then_some(&["busybox", "sh"][..]);
    [&["dash"][..], &["bash"]].into_iter().chain(busybox)
}

/// The bytes of words that are not UTF-8 arrive too, and JSON says that it cannot show them.
#[test]
fn every_byte_arrives() {
    if !need("every_byte_arrives", &SHELLS) {
        return;
    }
    let words = [&b"\xff\xfe"[..], b"a\xffb'\n", b"\xe2\x82", b"\x81\x88\n"].map(OsStr::from_bytes);
    let scene = Scene::new();
    scene.busybox_root("root");
    std::fs::create_dir(scene.dir().join(words[1])).unwrap();
    let options = [&["-u"][..], &["-r"], &["-S", "0"], &["-w"], &["-R", "root"], &["-u", "--hostname"]];
    let print = ["sh", "-c", "pwd; hostname; for word; do echo \"<$word>\"; done", "sh"];
    let typed = |form: &str, options: &[&str]| {
        let value = match options.last() {
            Some(&"-w") => Some(words[1]),
            Some(&"--hostname") => Some(words[0]),
            _ => None,
        };
        scene
            .xunshare()
            .args((!form.is_empty()).then_some(form))
            .args(options)
            .args(value)
            .args(print)
            .args(words)
    };
    for options in options {
        let mut real = typed("", options);
        let real = real.std().output().unwrap();
        assert!(real.status.success(), "{options:?} {real:?}");
        let script = typed("--dry-run=sh", options).run();
        for shell in shells(script.out()) {
            let mut done = scene.cmd(shell[0]).args(&shell[1..]).args(["-c", script.out()]);
            let done = done.std().output().unwrap();
            assert_eq!(done.stdout, real.stdout, "{shell:?} {}: {done:?}", script.stdout);
        }
        let json = typed("--dry-run=json", options).run();
        assert!(json.out().contains("\"command_is_inexact\": true"), "{json:?}");
    }
    assert!(!scene.xunshare().words("--dry-run=json -u true").run().out().contains("command_is_inexact"));
}

/// Programs whose names look like options or variables.
#[test]
fn every_program_is_found() {
    if !need("every_program_is_found", &SHELLS) {
        return;
    }
    let scene = Scene::new();
    let path = format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", scene.dir().display());
    for name in ["-prog", "a=b"] {
        scene.file(name, "#!/bin/sh\necho \"$@\"\n");
        std::fs::set_permissions(scene.dir().join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let environments = ["", "-S 0", "-f", "-r", "-R /", "-R / -w /tmp", "--clear-env --whitelist-env PATH"];
    for (name, options) in
        ["-prog", "a=b"].iter().flat_map(|name| environments.map(|options| (name, options)))
    {
        let script = scene.xunshare().env("PATH", &path).words("--dry-run=sh").words(options);
        let script = script.args(["--", name, "-x", "it's"]).run();
        for shell in shells(script.out()) {
            let done =
                scene.cmd(shell[0]).args(&shell[1..]).args(["-c", script.out()]).env("PATH", &path).run();
            assert_eq!(done.out(), "-x it's", "{shell:?} {}", script.stdout);
        }
    }
}

/// What is done although no namespace is made.
#[test]
fn steps_without_namespaces_are_done() {
    if !need("steps_without_namespaces_are_done", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let script =
        scene.xunshare().words("--dry-run=sh --pid-file -f -w /tmp sh -c").args(["pwd; echo $$"]).run();
    let done = scene.cmd("sh").args(["-c", script.out()]).run();
    let (dir, pid) = done.out().split_once('\n').unwrap();
    let written = std::fs::read_to_string(scene.dir().join("-f")).unwrap();
    assert_eq!((dir, written.trim()), ("/tmp", pid), "{}", script.stdout);

    // Without a user namespace of its own this would change the caller's: no script does that either.
    let first = "xunshare: option --setgroups=deny requires a new user namespace (-U): the present one would lose setgroups \
                 for good";
    for words in ["--setgroups deny true", "--dry-run=sh --setgroups deny true"] {
        scene.xunshare().words(words).run().fails(1, first);
    }
}

/// CDPATH is for people.
#[test]
fn no_other_directory_is_entered() {
    if !need("no_other_directory_is_entered", &[Need::Root, Need::Program("busybox")]) {
        return;
    }
    let scene = Scene::new();
    scene.subdir("dd");
    scene.subdir("elsewhere/dd");
    let expected = scene.dir().join("dd");
    for options in ["-w dd", "-u -w dd", "-f -w dd"] {
        let script = scene.xunshare().words("--dry-run=sh").words(options).args(["pwd"]).run();
        let done =
            scene.cmd("sh").args(["-c", script.out()]).env("CDPATH", scene.dir().join("elsewhere")).run();
        assert_eq!(done.out(), expected.to_str().unwrap(), "{}", script.stdout);
    }
}

/// Whether the shell keeps its rights is said by who the caller is inside.
#[test]
fn lost_rights_are_told() {
    if !need("lost_rights_are_told", &[Need::Root]) {
        return;
    }
    let note = "# you are not root inside: ";
    for (options, lost) in [
        ("-r -m", false),
        ("-U", false),
        ("-U -w /", false),
        ("-U -m", true),
        ("-c -u --hostname box", false),
        ("-U --map-user 5 -R /", true),
        ("-U -S 0", true),
        ("--map-users=0:100000:1000 -S 1", true),
        ("--map-users=0:100000:1000 -m", true),
        ("--map-users=0:0:1000 -m", false),
        ("-m", false),
    ] {
        let script = Scene::new().xunshare().words("--dry-run=sh").words(options).args(["true"]).run();
        assert_eq!(script.out().contains(note), lost, "{options}: {}", script.stdout);
    }
}

/// util-linux's umount cannot do without `/proc`, the script can.
#[test]
fn a_root_without_proc_is_entered() {
    let needs = [Need::Root, Need::Program("busybox"), Need::Original("umount")];
    if !need("a_root_without_proc_is_entered", &needs) {
        return;
    }
    let scene = Scene::new();
    for dir in ["busybox", "host/bin", "host/sbin", "host/lib", "host/lib64", "host/usr"] {
        scene.subdir(dir);
    }
    scene.busybox_root("busybox");
    std::fs::remove_dir(scene.dir().join("busybox/proc")).unwrap();
    let binds = " --bind /bin:/bin --bind /sbin:/sbin --bind /lib:/lib --bind /usr:/usr";
    let lib64 = if std::path::Path::new("/lib64").exists() { " --bind /lib64:/lib64" } else { "" };
    for options in ["busybox".to_owned(), format!("host{binds}{lib64}")] {
        // Whether the old root is gone is seen from outside: only mounts of the new one are left.
        let show = [
            "sh",
            "-c",
            "mkdir /p && mount -t proc p /p && while read -r l; do echo \"${l#* - }\"; done < /p/self/mountinfo; ls /..",
        ];
        let typed = |form: &str| {
            let words = [form, "-m", "--pivot-root"].into_iter().filter(|word| !word.is_empty());
            scene.xunshare().args(words).words(&options).args(show).run()
        };
        let real = typed("");
        for dir in ["busybox/p", "host/p"] {
            let _ = std::fs::remove_dir(scene.dir().join(dir));
        }
        let script = typed("--dry-run=sh");
        let done = scene.cmd("sh").args(["-c", script.out()]).run();
        assert_eq!(done.out(), real.out(), "{}: {done:?}", script.stdout);
    }
}

/// The status of the program is the script's.
#[test]
fn the_status_arrives() {
    for options in ["-r", "-r -fp", "-r -u --hostname box"] {
        if need("the_status_arrives", &[Need::UserNamespaces]) {
            let script = Scene::new()
                .xunshare()
                .ordinary()
                .words("--dry-run=sh")
                .words(options)
                .words("sh -c")
                .args(["exit 7"])
                .run();
            let done = Cmd::new("sh").args(["-c", script.out()]).ordinary().run();
            assert_eq!(done.status, Some(7), "{done:?}\n{}", script.stdout);
        }
    }
}

#[test]
fn scripts_are_well_formed() {
    let checker = need("scripts_are_well_formed (shellcheck)", &[Need::Program("shellcheck")]);
    for line in ROOT.iter().chain(ORDINARY) {
        // Its own directory: every test takes what another one mounts.
        let scene = scene();
        let script = scene.xunshare().args(["--dry-run=sh"]).args(words(line)).run();
        // The ordinary user's ranges are not granted to whoever runs the tests.
        if !script.ok() && script.stderr.contains("subuid") {
            continue;
        }
        scene.file("script", script.out());
        assert_eq!(scene.cmd("sh").args(["-n", "script"]).run().out(), "");
        if checker {
            // SC2016: the inner script stands in single quotes, so that only the inner shell expands it.
            let checked = scene.cmd("shellcheck").args(["-s", "sh", "-e", "SC2016", "script"]).run();
            assert!(checked.ok(), "{line}: {}", checked.stdout);
        }
    }
}

/// What unshare refuses leaves no helper and no fifo, and sbin need not be in PATH.
#[test]
fn a_script_that_cannot_go_on_leaves_nothing() {
    if !need("a_script_that_cannot_go_on_leaves_nothing", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    scene.file("pin", "");
    scene.subdir("tmp");
    let script = scene.xunshare().words("--dry-run=sh --uts=pin true").run().out().to_owned();
    scene.file("script", &script);
    scene.hand_over();
    let before = scene.listing();
    let done = scene.cmd("sh").args(["script"]).env("TMPDIR", scene.path("tmp")).ordinary().run();
    done.fails(1, "unshare: unshare failed: Operation not permitted");
    scene.clean(&before);
}

#[test]
fn a_script_finds_what_is_in_sbin() {
    let needs = [Need::UserNamespaces, Need::Program("busybox")];
    if !need("a_script_finds_what_is_in_sbin", &needs) {
        return;
    }
    for line in ["-rm -R root -w /tmp sh -c pwd", "-rfp --pivot-root root -w /tmp sh -c pwd"] {
        let scene = Scene::new();
        scene.busybox_root("root");
        scene.hand_over();
        let script = scene.xunshare().ordinary().words("--dry-run=sh").words(line).run().out().to_owned();
        let done = scene.cmd("sh").args(["-c", &script]).env("PATH", "/usr/bin:/bin").ordinary().run();
        assert_eq!(done.out(), "/tmp", "{line}");
    }
}

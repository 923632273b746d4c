//! The script that `--dry-run=sh` prints, run by a plain shell, leads where the real run leads.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use xns_tests::{Cmd, Done, Need, ORDINARY_UID, Scene, bin, need};

/// Command lines without their program, for root.
const ROOT: &[&str] = &[
    "-u --hostname box --domainname example",
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
    "-S 1 -G 2",
    "-S 1",
    "-G 2",
    "-w /tmp",
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
    for (options, comment) in
        [("--init", "# --init: "), ("--info-fd 1", "# --info-fd: "), ("--wait-fd 0", "# --wait-fd: ")]
    {
        let scene = Scene::new();
        let script =
            scene.xunshare().words("--dry-run=sh -u").words(options).args(["echo", "it's", "here"]).run();
        assert_eq!(script.out().matches(comment).count(), 1, "{script:?}");
        let done = scene.cmd("sh").args(["-c", script.out()]).run();
        assert_eq!(done.out(), "it's here");
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

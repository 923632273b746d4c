//! What those who are in there could do to who enters.

use super::{KINDS, by, of, program, target, xnsenter};
use xns_tests::{Cmd, Need, Running, Scene, Who, bin, need, ns, slowness, wait_for};

/// Over `/proc`: links that claim that whoever looks is in the test's namespaces, and files that lie.
const COVER: &str = "mount -t tmpfs none /proc || exit 1
    for self in self thread-self 1 $$; do
        mkdir -p /proc/$self/ns /proc/$self/fd /proc/$self/fdinfo
        for kind in mnt uts ipc net pid pid_for_children user cgroup time time_for_children; do
            ln -s \"$kind:[4026531840]\" /proc/$self/ns/$kind
        done
        for n in 0 1 2 3 4 5 6 7 8 9 10; do ln -s /etc/passwd /proc/$self/fd/$n; done
        echo '0 0 1' > /proc/$self/uid_map; echo deny > /proc/$self/setgroups; echo 9:pids:/elsewhere > /proc/$self/cgroup
        printf 'LIE=1\\0' > /proc/$self/environ; echo > /proc/$self/mountinfo; echo > /proc/$self/status
        ln -s /bin/false /proc/$self/exe; ln -s /etc /proc/$self/root; ln -s /etc /proc/$self/cwd
    done
    echo covered; read line";

/// A process with mounts of its own, which has covered its `/proc`.
fn covered(scene: &Scene, who: Who, words: &str) -> (Running, u32) {
    let mut running = who.xunshare(scene).words(words).args(["sh", "-c", COVER]).start();
    assert_eq!(running.line(), "covered");
    let pid = of(&running);
    (running, pid)
}

/// All ways in; `{pid}` is the target.
const WAYS: [&str; 13] = [
    "-t {pid} -a",
    "-t {pid} -m",
    "-t {pid} -m -u",
    "-t {pid} -m -u -i",
    "-t {pid} -a -r -w",
    "-t {pid} -m -r",
    "-t {pid} -m -W/",
    "-t {pid} -a -e",
    "-t {pid} -a -c",
    "-t {pid} -a -F",
    "-t {pid} -a --close-fds",
    "-t {pid} -m -u/proc/{pid}/ns/uts",
    "-m/proc/{pid}/ns/mnt -u/proc/{pid}/ns/uts",
];

/// What takes away the ways on which the tool looks at itself.
const FILTERS: [&str; 4] = ["", "pidfd-ioctls", "pidfd_open", "setns-pidfd,pidfd-ioctls"];

/// The tool, with or without a filter.
fn filtered(scene: &Scene, who: Who, filter: &str) -> Cmd {
    if filter.is_empty() {
        return xnsenter(scene, who);
    }
    by(scene, who, env!("CARGO_BIN_EXE_without")).args([filter]).args([bin("xnsenter")])
}

/// It is entered, and nothing else, whatever is to be read in there.
#[test]
fn a_covered_proc_misleads_nobody() {
    for who in Who::each("a_covered_proc_misleads_nobody") {
        for options in ["-mui", "-muinC -fp"] {
            let scene = Scene::new();
            let (_running, pid) = covered(&scene, who, options);
            for way in WAYS {
                let way = way.replace("{pid}", &pid.to_string());
                // An ordinary user has no rights without the user namespace.
                let user = who == Who::Ordinary && !way.contains(" -a");
                let way = if user { format!("-U/proc/{pid}/ns/user {way}") } else { way };
                for filter in FILTERS {
                    let done = filtered(&scene, who, filter).words(&way);
                    let inside = program(done);
                    let inside = of(&inside);
                    for kind in KINDS {
                        let letter = match kind {
                            "mnt" => "m",
                            "uts" => "u",
                            "ipc" => "i",
                            "user" => "U",
                            _ => "",
                        };
                        let asked = way.contains(" -a")
                            || way.split(' ').any(|word| {
                                word.strip_prefix('-')
                                    .is_some_and(|word| !letter.is_empty() && word.starts_with(letter))
                            });
                        let outside = way.contains("-F") && kind == "pid";
                        let wanted = if asked && !outside { pid } else { std::process::id() };
                        assert_eq!(
                            ns(inside, kind),
                            ns(wanted, kind),
                            "{who:?} {options} {way} {filter} {kind}"
                        );
                    }
                }
            }
        }
    }
}

/// `/proc` of the caller has to be one.
#[test]
fn a_proc_that_is_none_is_not_used() {
    if !need("a_proc_that_is_none_is_not_used", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let (_running, pid) = target(&scene, Who::Root, "-u -f");
    let script = format!(
        "mount -t tmpfs none /proc; mkdir -p /proc/{pid}/ns; cp -P $N /proc/{pid}/ns/uts; exec \"$E\" -t {pid} -u echo ran"
    );
    let done = scene.private_sh(&script).env("E", bin("xnsenter")).env("N", scene.file("link", "")).run();
    done.fails(1, "xnsenter: no proc file system on /proc: No such file or directory");
    assert_eq!(done.stdout, "");
}

/// What root of the namespaces entered tries as long as it sees the tool: each line is one that it should not have been able
/// to do. It counts only if the process is the tool afterwards, too.
const LOOK: &str = "
    tried=0
    look() { # NAME COMMAND…
        name=$1; shift
        if \"$@\" > /dev/null 2>&1; then
            [ \"$(cat $p/comm 2> /dev/null)\" != xnsenter ] || echo could $name
        fi
    }
    append() { : >> $1; }
    while :; do
        for p in /proc/[0-9]*; do
            grep -q \"$MARK\" $p/cmdline 2> /dev/null || continue
            [ \"$(cat $p/comm 2> /dev/null)\" = xnsenter ] || continue
            [ $tried != 0 ] || echo seen
            tried=1
            look environ head -c 1 $p/environ
            look exe readlink $p/exe
            look exe-read head -c 1 $p/exe
            look exe-write sh -c ': >> $0' $p/exe
            look fd ls $p/fd/
            look mem sh -c 'exec 3< $0' $p/mem
            look cwd ls $p/cwd/
            look root ls $p/root/
            look maps head -c 1 $p/maps
            look namespace readlink $p/ns/mnt
        done
        [ ! -e stop ] || break
    done
    echo stopped";

/// Root enters what another user rules: until the program runs, that one can look at nothing of the tool's.
#[test]
fn root_is_not_looked_into() {
    let test = "root_is_not_looked_into";
    if !need(test, &[Need::Root, Need::UserNamespaces, Need::Program("strace")]) {
        return;
    }
    for (options, words) in [
        ("-rfp --mount-proc", "-a"),
        ("-rfp --mount-proc", "-a --preserve-credentials"),
        ("-rfp --mount-proc", "-a -S 0 -G 0"),
        ("-r", "-U"),
        ("-rm", "-a"),
        ("-r", "-U --keep-caps"),
    ] {
        let scene = Scene::new();
        scene.hand_over();
        let mut theirs = scene.xunshare().ordinary().words(options).args([
            "sh",
            "-c",
            "echo ready; read line; eval \"$LOOK\"",
        ]);
        // Other tests' tools are not looked for: those are this user's.
        let mark = format!("marked-{}", scene.dir().file_name().unwrap().display());
        theirs = theirs.env("LOOK", LOOK).env("MARK", &mark);
        let mut theirs = theirs.start();
        assert_eq!(theirs.line(), "ready");
        let pid = of(&theirs);
        theirs.say("");
        let before = std::fs::read(bin("xnsenter")).unwrap();
        let delay = format!("inject=execve:delay_enter={}", 1_000_000 * slowness());
        let inject = ["-f", "-o", "/dev/null", "-e", &delay];
        let tool = scene.cmd("strace").args(inject).args([bin("xnsenter")]).env("SECRET", "of root");
        let done = tool.words(&format!("-t {pid} {words} /bin/sh -c")).args(["sleep 0.2", &mark]).run();
        assert!(done.ok(), "{done:?}");
        std::fs::write(scene.path("stop"), "").unwrap();
        assert_eq!(theirs.line(), "seen", "{options} {words}");
        assert_eq!(theirs.line(), "stopped", "{options} {words}");
        assert_eq!(std::fs::read(bin("xnsenter")).unwrap(), before);
        wait_for("its end", || scene.processes().len() <= 2);
    }
}

//! What `--target` means, and what is none.

use super::{target, xnsenter};
use xns_tests::{Done, Need, Scene, Who, bin, need, ns};

#[test]
fn a_number_with_an_inode_is_that_process() {
    let scene = Scene::new();
    let (_running, pid) = target(&scene, Who::Root, "-f");
    let inode = {
        use std::os::fd::{FromRawFd, OwnedFd};
        use std::os::linux::fs::MetadataExt;
        // SAFETY: a new descriptor, which nobody else owns.
        let pidfd = unsafe {
            OwnedFd::from_raw_fd(i32::try_from(libc::syscall(libc::SYS_pidfd_open, pid, 0)).unwrap())
        };
        std::fs::File::from(pidfd).metadata().unwrap().st_ino()
    };
    let run =
        |inode: u64| xnsenter(&scene, Who::Root).args(["-t", &format!("{pid}:{inode}"), "-w", "true"]).run();
    assert!(run(inode).ok(), "{:?}", run(inode));
    run(inode + 1).fails(
        1,
        &format!("xnsenter: process {pid} is not the one with inode {}: No such process", inode + 1),
    );
}

#[test]
fn bad_input_is_named() {
    let scene = Scene::new();
    scene.file("file", "");
    for (words, message) in [
        ("-t abc -n true", "failed to parse pid: 'abc': Invalid argument"),
        ("-t 12x -n true", "failed to parse pid: '12x': Invalid argument"),
        ("-t 0 -n true", "failed to parse pid: '0': Numerical result out of range"),
        ("-t -1 -n true", "failed to parse pid: '-1': Numerical result out of range"),
        ("-t 4294967297 -n true", "failed to parse pid: '4294967297': Numerical result out of range"),
        ("-t 4194305 -n true", "cannot open /proc/4194305/ns/net: No such file or directory"),
        ("-t 1 -t 1 -n true", "the --target option may be given only once"),
        ("-n true", "neither filename nor target pid supplied for ns/net"),
        ("-a true", "no target PID specified for --all"),
        ("-r true", "neither filename nor target pid supplied for root"),
        ("true", "no namespace specified"),
        ("-nnone true", "cannot open none: No such file or directory"),
        ("-n=none true", "cannot open none: No such file or directory"),
        ("-nfile true", "reassociate to namespace 'ns/net' failed: Invalid argument"),
        ("-u/proc/self/ns/net true", "reassociate to namespace 'ns/uts' failed: Invalid argument"),
        ("-n/proc/self/ns/net -w/tmp -W/tmp true", "options --wd and --wdns cannot be combined"),
        ("-n/proc/self/ns/net -wnone true", "cannot open none: No such file or directory"),
        (
            "-n/proc/self/ns/net -S 4294967296 true",
            "failed to parse uid: '4294967296': Numerical result out of range",
        ),
        ("-n/proc/self/ns/net -S root true", "failed to parse uid: 'root'"),
    ] {
        let done = scene.cmd(bin("xnsenter")).words(words).run();
        let first = done.stderr.lines().next().unwrap_or_default();
        assert_eq!((done.status, first), (Some(1), format!("xnsenter: {message}").as_str()), "{words}");
    }
    let usage = scene.cmd(bin("xnsenter")).words("--no-such-option").run();
    usage.fails(1, &format!("{}: unrecognized option '--no-such-option'", bin("xnsenter").display()));
}

/// A script in whose mount namespace `/run` is its own: names that it makes there are nobody else's. `$E` is the tool.
fn with_names(scene: &Scene, script: &str) -> Done {
    let script = format!("mount -t tmpfs none /run; mkdir /run/netns; {script}");
    scene.private_sh(&script).env("E", bin("xnsenter")).run()
}

/// By the name that `ip netns` has given, by its file, and by a file with a slash in it wherever it is.
#[test]
fn a_network_namespace_by_its_name() {
    if !need("a_network_namespace_by_its_name", &[Need::Root, Need::Program("ip")]) {
        return;
    }
    let scene = Scene::new();
    let script = "ip netns add red; ip netns add my-net_1.a; touch pin; mount --bind /run/netns/red pin; \
                  show='readlink /proc/self/ns/net'; red=\"net:[$(stat -Lc %i /run/netns/red)]\"; \
                  for t in netns:red /run/netns/red ./pin; do [ \"$($E -t $t $show)\" = \"$red\" ]; done; \
                  [ \"$($E -t netns:red -n $show)\" = \"$red\" ]; [ \"$($E --target=netns:red $show)\" = \"$red\" ]; \
                  [ \"$($E -t netns:my-net_1.a $show)\" = \"net:[$(stat -Lc %i /run/netns/my-net_1.a)]\" ]; \
                  [ \"$($E -t netns:red readlink /proc/self/ns/mnt)\" = \"$(readlink /proc/self/ns/mnt)\" ]; \
                  [ \"$($E -t netns:red cat /proc/self/net/dev | wc -l)\" = 3 ]; \
                  umount pin; ip netns del red; echo done";
    let done = with_names(&scene, script);
    assert_eq!(done.out(), "done", "{done:?}");
}

/// One namespace is no process: what only a process has is refused, and the message says which.
#[test]
fn a_name_is_one_namespace() {
    if !need("a_name_is_one_namespace", &[Need::Root, Need::Program("ip")]) {
        return;
    }
    let scene = Scene::new();
    for (words, first) in [
        ("-a", "netns:red is a network namespace: --all needs a process"),
        ("-m", "netns:red is a network namespace: ns/mnt is that of a process"),
        ("-n -U", "netns:red is a network namespace: ns/user is that of a process"),
        ("-r", "neither filename nor target pid supplied for root"),
        ("-w", "neither filename nor target pid supplied for cwd"),
        ("-e", "neither filename nor target pid supplied for environ"),
        ("-c", "neither filename nor target pid supplied for cgroup"),
    ] {
        let done =
            with_names(&scene, &format!("ip netns add red; $E --hints=always -t netns:red {words} echo ran"));
        done.fails(1, &format!("xnsenter: {first}"));
        assert_eq!(done.stdout, "");
        if first.contains("is a network namespace") {
            assert!(done.stderr.contains("\n  hint[XNS-E33-one-namespace]: "), "{done:?}");
        }
    }
}

#[test]
fn names_that_lead_nowhere() {
    if !need("names_that_lead_nowhere", &[Need::Root, Need::Program("ip")]) {
        return;
    }
    let scene = Scene::new();
    scene.file("file", "");
    let run = |word: &str| {
        let script = format!(
            "ip netns add red; ln -s /proc/self/ns/net /run/x; $E --hints=always -t '{word}' echo ran"
        );
        let done = with_names(&scene, &script);
        assert_eq!(done.stdout, "", "{word}");
        done
    };
    for word in [
        "netns:../x",
        "netns:",
        "netns:.",
        "netns:..",
        "netns:/run/x",
        "netns:a b",
        "container:../x",
        "container:",
    ] {
        let first = format!("xnsenter: '{word}' is no name of a network namespace or container");
        run(word).fails(1, &first);
    }
    let done = run("netns:blue");
    done.fails(1, "xnsenter: cannot open /run/netns/blue: No such file or directory");
    assert!(
        done.stderr.contains("hint[XNS-E33-no-name]") && done.stderr.contains("there are: red"),
        "{done:?}"
    );
    for (word, evidence) in
        [("./file", "ioctl(NS_GET_NSTYPE) refuses it"), ("./none", "stat(2) of ./none finds nothing")]
    {
        let done = run(word);
        done.fails(1, &format!("xnsenter: '{word}' is no namespace"));
        assert!(
            done.stderr.contains("hint[XNS-E29-no-namespace]") && done.stderr.contains(evidence),
            "{done:?}"
        );
    }
    // A name that is there, and is no namespace.
    let script = "echo > /run/netns/fake; $E --hints=always -t netns:fake echo ran";
    let done = with_names(&scene, script);
    done.fails(1, "xnsenter: reassociate to namespace 'ns/net' failed: Invalid argument");
    assert!(
        done.stderr.contains("hint[XNS-E57-foreign]") && done.stderr.contains("/run/netns/fake is a file"),
        "{done:?}"
    );
}

/// Threads have numbers of their own, and may be elsewhere than their process.
#[test]
fn a_thread_is_a_target() {
    if !need("a_thread_is_a_target", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let (say, hear) = std::sync::mpsc::channel();
    let (end, wait) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWUTS).unwrap();
        say.send(nix::unistd::gettid().as_raw().cast_unsigned()).unwrap();
        let _ = wait.recv();
    });
    let thread_id = hear.recv().unwrap();
    assert_ne!(ns(thread_id, "uts"), ns(std::process::id(), "uts"));
    for words in ["-u", "-a", "-a -r -w", "-a -e -c"] {
        let cmd = xnsenter(&scene, Who::Root).words(&format!("-t {thread_id} {words}"));
        let done = cmd.args(["readlink", "/proc/self/ns/uts"]).run();
        assert_eq!(done.out(), ns(thread_id, "uts"), "{words}");
    }
    drop(end);
    thread.join().unwrap();
    // It has ended.
    let done = xnsenter(&scene, Who::Root).words(&format!("-t {thread_id} -u true")).run();
    let first = format!("xnsenter: cannot open /proc/{thread_id}/ns/uts: No such file or directory");
    done.fails(1, &first);
}

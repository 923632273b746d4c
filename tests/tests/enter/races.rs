//! What changes while it is entered.

use super::{by, target};
use std::path::Path;
use std::time::Duration;
use xns_tests::{Done, Need, Running, Scene, Who, bin, children, need, slowness, wait_for};

#[test]
fn a_lying_setns_is_refused() {
    if !need("a_lying_setns_is_refused", &[Need::Root, Need::Program("strace")]) {
        return;
    }
    let scene = Scene::new();
    let (_running, pid) = target(&scene, Who::Root, "-u -f");
    let done = scene
        .cmd("strace")
        .args(["-o", "/dev/null", "-e", "inject=setns:retval=0"])
        .args([bin("xnsenter")])
        .args(["-t", &pid.to_string(), "-u", "echo", "ran"])
        .run();
    let first = "xnsenter: reassociate to namespace 'ns/uts' was answered, but it is another: Operation not supported";
    done.fails(1, first);
    assert_eq!(done.stdout, "");
}

/// The tool under strace, which delays these calls of it by a second and a half.
fn delayed(scene: &Scene, who: Who, call: &str, words: &str) -> Running {
    let inject = format!("inject={call}:delay_enter=1500000");
    let cmd = by(scene, who, "strace").args(["-f", "-o", "/dev/null", "-e", &inject]);
    cmd.args([bin("xnsenter")]).words(words).args(["echo", "ran"]).start()
}

/// Waits until the tool under strace has this open.
fn has_open(strace: &Running, what: &str) {
    wait_for(what, || {
        let Some(tool) = children(strace.pid()).first().copied() else { return false };
        let entries = std::fs::read_dir(format!("/proc/{tool}/fd")).into_iter().flatten();
        let mut links = entries.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
        links.any(|link| link.to_string_lossy().contains(what))
    });
}

/// Between being held and being entered.
#[test]
fn a_process_that_ends_while_it_is_entered() {
    let test = "a_process_that_ends_while_it_is_entered";
    if !need(test, &[Need::Program("strace")]) {
        return;
    }
    for who in Who::each(test) {
        let scene = Scene::new();
        let (mut running, pid) = target(&scene, who, "-un -f");
        let words = if who == Who::Ordinary { "-U -u -n" } else { "-u -n" };
        let tool = delayed(&scene, who, "setns", &format!("--hints=always -t {pid} {words}"));
        has_open(&tool, "pidfd");
        // The numbers of what is entered are read within that time.
        std::thread::sleep(Duration::from_millis(500));
        running.say("");
        wait_for("the target's end", || !Path::new(&format!("/proc/{pid}")).exists());
        let done = tool.end();
        done.fails(1, "xnsenter: reassociate to namespaces failed: No such process");
        assert!(
            done.stderr.contains(&format!("hint[XNS-E33-no-process]: there is no process {pid} here")),
            "{done:?}"
        );
        assert_eq!(done.stdout, "");
    }
}

/// A PID namespace in which a number is given again at once: `A` is planned from, and ends before it is opened; `B` gets its
/// number.
fn reused(scene: &Scene, first: &str, second: &str, words: &str) -> Done {
    let delay = 1_500_000 * slowness();
    let script = format!(
        r#"
        $X {first} sh -c 'echo > a; exec sleep 1000' & pid=$!
        until [ -e a ]; do sleep 0.01; done
        strace -f -o trace -e trace=pidfd_open -e inject=pidfd_open:delay_enter={delay} "$E" --hints=always -t $pid {words} echo ran &
        tool=$!
        until grep -q "pidfd_open($pid," trace 2> /dev/null; do sleep 0.01; done
        kill -9 $pid; wait $pid || :
        n=0
        until [ $n = 50 ]; do
            echo $((pid - 1)) > /proc/sys/kernel/ns_last_pid
            $X {second} sh -c 'echo > b; exec sleep 1000' & again=$!
            [ $again != $pid ] || break
            kill -9 $again; n=$((n + 1))
        done
        [ $again = $pid ]
        until [ -e b ]; do sleep 0.01; done
        status=0; wait $tool || status=$?
        kill -9 $again; exit $status
        "#
    );
    let cmd = scene.xunshare().words("-fp --mount-proc sh -ec").args([&script, "sh"]);
    cmd.env("X", bin("xunshare")).env("E", bin("xnsenter")).run()
}

/// What was decided from the one is not done to the other.
#[test]
fn a_number_that_is_given_again() {
    if !need("a_number_that_is_given_again", &[Need::Root, Need::Program("strace")]) {
        return;
    }
    for (first, second, words, kind) in [
        ("-r", "-r -u", "-a", "user"),
        // What is left out since it is the caller's own is looked at again, too: else root would be in the mounts of another
        // user, with all rights.
        ("-u", "-rum", "-a", "user"),
        ("-u", "-rum", "-U -u -m", "user"),
        ("-ru", "-u", "-a", "user"),
        ("-ru", "-r", "-a -r -w", "user"),
    ] {
        let scene = Scene::new();
        let done = reused(&scene, first, second, words);
        let line = done.stderr.lines().find(|line| line.starts_with("xnsenter: ")).unwrap_or_default();
        let wanted = format!(
            "xnsenter: the target's ns/{kind} has changed: it is another process by now: No such process"
        );
        assert_eq!((done.status, line, done.stdout.as_str()), (Some(1), wanted.as_str(), ""), "{done:?}");
    }
}

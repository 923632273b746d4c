//! The same command lines on the installed `nsenter` and on ours: same output, same complaints, same status.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod cases;

use xns_tests::Scene;
use xns_tests::side_by_side::{Case, Pair};

const NSENTER: Pair = Pair { original: "nsenter", ours: "xnsenter", files, before: targets };

fn files(scene: &Scene) {
    scene.subdir("work/dir");
    scene.subdir("pins");
    for name in ["pins/a", "work/file"] {
        scene.file(name, "");
    }
    let script = "printf '#!/bin/sh\\nread pid rest < /proc/self/stat; echo $pid > $SCENE/$1; shift; exec \"$@\"\\n' > become; chmod +x become; \
                  printf '#!/bin/sh\\nps -o args= $$\\n' > work/shell; chmod +x work/shell; mkfifo work/fifo; chmod 0 work/file; \
                  mkdir -p work/path; printf '#!/bin/sh\\necho found $0\\n' > work/path/tool; chmod +x work/path/tool; \
                  printf '#!/bin/sh\\nps -o args= $$\\n' > root/shell; chmod +x root/shell";
    assert!(scene.sh(script).run().ok());
}

/// How a target is started, in the scene's directory, and by which word a case means it. `$SCENE/become NAME COMMAND…` writes its
/// PID to the file NAME and is COMMAND.
const TARGETS: &[(&str, &str)] = &[
    // Root's, in namespaces of its own, but for the user namespace.
    (
        "$P",
        "unshare -muinpCT -f sh -c 'hostname inside; mount -t tmpfs none work/dir; touch work/dir/inside; cd work/dir; \
         exec $SCENE/become P sleep 1000'",
    ),
    // With another root and working directory.
    ("$R", "unshare -u -f sh -c 'cd root/tmp; exec $SCENE/become R chroot ../../root /bin/sleep 1000'"),
    // The ordinary user's, with all namespaces, and with a user namespace only.
    ("$U", "$USER unshare -r -muinpCT -f $SCENE/become U sleep 1000"),
    ("$V", "$USER unshare -r $SCENE/become V sleep 1000"),
    // With a user namespace of root's in which setgroups is allowed.
    (
        "$A",
        "unshare -Uu sh -c 'until grep -q . /proc/self/gid_map; do sleep 0.01; done; exec $SCENE/become A sleep 1000' & \
         until [ $(readlink /proc/$!/ns/user) != $(readlink /proc/self/ns/user) ]; do sleep 0.01; done; \
         echo 0 0 65536 > /proc/$!/uid_map; echo 0 0 65536 > /proc/$!/gid_map",
    ),
    // Of which only the parent knows that it has ended: when that is no shell any more, which would ask for it.
    (
        "$Z",
        "sh -c '(until [ $(cat /proc/$$/comm) = sleep ]; do sleep 0.01; done) & echo $! > Z; exec sleep 1000'",
    ),
    // Of which nobody knows.
    ("$D", "sh -c 'echo $$ > D'"),
];

/// Starts those that the case means; each is ready when it is what it becomes.
fn targets(case: &Case) -> String {
    let mut script = "export LC_ALL=C SCENE=$PWD; mount --make-rprivate /; \
                      USER='setpriv --reuid=54321 --regid=54321 --clear-groups'\n"
        .to_owned();
    for (word, start) in TARGETS.iter().filter(|(word, _)| case.script.contains(word)) {
        let name = &word[1..];
        let ready = match name {
            "Z" => "grep -q '^State:.Z' /proc/$1/status",
            "D" => "[ ! -e /proc/$1 ]",
            _ => "[ \"$(cat /proc/$1/comm)\" = sleep ]",
        };
        script += &format!(
            "{{ {start}; }} < /dev/null > /dev/null 2>&1 &\n\
             until [ -s {name} ] && set -- $(cat {name}) && {ready}; do sleep 0.01; done\n\
             export {name}=$1\n"
        );
    }
    script
}

#[test]
fn wrong_command_lines() {
    NSENTER.compare("wrong_command_lines", cases::WRONG);
}

#[test]
fn targets_and_files() {
    NSENTER.compare("targets_and_files", cases::TARGETS);
}

#[test]
fn directories() {
    NSENTER.compare("directories", cases::PLACES);
}

#[test]
fn ids() {
    NSENTER.compare("ids", cases::IDS);
}

#[test]
fn statuses_and_signals() {
    NSENTER.compare("statuses_and_signals", cases::ENDS);
}

#[test]
fn programs_and_shells() {
    NSENTER.compare("programs_and_shells", cases::PROGRAMS);
}

/// What no installed version may say yet.
#[test]
fn as_the_development_head_has_it() {
    if !NSENTER.can_run("as_the_development_head_has_it") {
        return;
    }
    let mut wrong = Vec::new();
    for (case, status, first) in cases::HEAD {
        let (ended, _, stdout, stderr) = NSENTER.ours(case);
        let said = stderr.lines().next().unwrap_or(stdout.trim_end());
        if (ended, said) != (Some(*status), *first) {
            wrong.push(format!("{}\n    {ended:?} {stdout}{stderr}    not {status} {first}", case.script));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases::HEAD.len(), wrong.join("\n"));
}

#[test]
fn there_are_enough_cases() {
    use cases::{ENDS, IDS, PLACES, PROGRAMS, TARGETS, WRONG};
    let all = [WRONG, TARGETS, PLACES, IDS, ENDS, PROGRAMS];
    assert!(all.iter().map(|cases| cases.len()).sum::<usize>() >= 60);
}

//! Limits inside of a cgroup namespace, with the hierarchies that were mounted outside, and with new mounts.

use crate::{can, xcgexec};
use xns_tests::groups::{OwnGroup, controller, run_groups};
use xns_tests::{Done, bin};

/// The script is run in a group with limits, whose cgroup namespace it is in; `$C` is our xcgexec, `$G` xcgroup.
fn inside(test: &str, mounts: bool, script: &str) -> Option<(u32, Done)> {
    if !can(test, "memory") {
        return None;
    }
    let new = if mounts { "-Cm" } else { "-C" };
    let (xunshare, c, g) = (bin("xunshare"), bin("xcgexec"), bin("xcgroup"));
    let command = xcgexec().args(["--memory", "200M", "--pids", "60", "--"]).args([
        xunshare.to_str().unwrap(),
        new,
        "sh",
        "-c",
        script,
    ]);
    let running = command.env("C", c).env("G", g).start();
    let pid = running.pid();
    let done = running.end();
    assert_eq!(run_groups(pid), Vec::<std::path::PathBuf>::new(), "{done:?}");
    Some((pid, done))
}

/// A group of the caller's is found where the mount, which was made outside, shows it.
#[test]
fn a_group_is_made_below_our_own_where_the_mount_shows_more() {
    let test = "a_group_is_made_below_our_own_where_the_mount_shows_more";
    let script = "cat /proc/self/cgroup; \"$C\" --memory 30M --pids 5 -- tail /dev/zero; echo status $?; \
        \"$C\" --memory 50M --pids 5 --report --report-format=json -- true; \"$G\" show $$; \
        echo ==; \"$G\" layout";
    let Some((pid, done)) = inside(test, false, script) else { return };
    assert!(done.ok(), "{done:?}");
    let (point, _) = controller("memory").unwrap();
    let own = point.join(format!("xcgexec-{pid}"));
    let own = own.to_str().unwrap();
    assert!(
        done.stdout.lines().any(|line| line.contains("memory") && line.ends_with(":/") || line == "0::/")
    );
    assert!(done.stdout.contains("status 137\n"), "{done:?}");
    assert!(done.stderr.contains(&format!("\"{own}/xcgexec-")), "{done:?}");
    let (shown, layout) = done.stdout.split_once("\n==\n").unwrap();
    assert!(shown.contains(&format!(" {own}")), "{done:?}");
    assert!(shown.contains(&format!("memory limited to 200M by /xcgexec-{pid}\n")), "{done:?}");
    assert!(
        layout.contains(&format!(" from outside of your cgroup namespace: your group there is {own}")),
        "{done:?}"
    );
}

/// A hierarchy that is mounted inside begins with the namespace's root, and is the one that is used.
#[test]
fn a_mount_that_was_made_inside_is_used() {
    let test = "a_mount_that_was_made_inside_is_used";
    let Some((_, is_v2)) = can(test, "memory").then(|| controller("memory")).flatten() else { return };
    let kind = if is_v2 { "cgroup2" } else { "cgroup -o memory" };
    let script = format!(
        "mount -t tmpfs none /mnt && mkdir /mnt/m && mount -t {kind} none /mnt/m && \
         \"$C\" --memory 30M -- tail /dev/zero; echo status $?; \
         \"$C\" --memory 50M --report --report-format=json -- true; \"$G\" show $$; \
         \"$G\" create --memory 20M new; ls -d /mnt/m/new; \"$G\" delete new"
    );
    let Some((_, done)) = inside(test, true, &script) else { return };
    assert!(done.ok() && done.stdout.contains("status 137\n"), "{done:?}");
    assert!(done.stderr.contains("\"/mnt/m/xcgexec-"), "{done:?}");
    assert!(done.stdout.contains(" /mnt/m") && done.stdout.contains("\n/mnt/m/new\n"), "{done:?}");
    assert!(done.stdout.contains("memory limited to 200M by /"), "{done:?}");
}

/// Names count from the mount point, also where that is above our namespace: a group that is made there is not below our own, which
/// is said.
#[test]
fn what_is_made_outside_of_the_namespace_is_said() {
    let test = "what_is_made_outside_of_the_namespace_is_said";
    let name = OwnGroup::new();
    let script =
        format!("\"$G\" create --hints=always {0}; \"$C\" -g memory:/{0} cat /proc/self/cgroup", name.name());
    let Some((pid, done)) = inside(test, false, &script) else { return };
    let is_v2 = controller("memory").is_some_and(|(_, is_v2)| is_v2);
    let told = "is outside of your cgroup namespace";
    assert!(done.stderr.contains(told) && done.stderr.contains(&format!("xcgexec-{pid}")), "{done:?}");
    // By version 2 nobody leaves the namespace, when it is mounted with nsdelegate.
    let joined = done.stdout.contains(&format!(":/../{}\n", name.name()));
    assert!(joined || is_v2 && done.stderr.contains("cannot join the group"), "{done:?}");
}

/// Where a mount shows another group, nothing can be made below our own: why, and what helps.
#[test]
fn a_mount_of_another_group_is_named() {
    let test = "a_mount_of_another_group_is_named";
    let Some((point, is_v2)) = can(test, "memory").then(|| controller("memory")).flatten() else { return };
    let other = OwnGroup::new();
    let directory = other.by_hand("memory");
    let script = format!(
        "mount --bind {} {} && exec \"$C\" --memory 50M --hints=always -- true",
        directory.display(),
        point.display()
    );
    let Some((_, done)) = inside(test, true, &script) else { return };
    let hierarchy = if is_v2 { "cgroup2" } else { "memory" };
    done.fails(125, &format!("xcgexec: no mount here shows your group in the hierarchy {hierarchy}"));
    for part in ["XNS-E44-not-shown", "is another group, and not above yours", "mount -t cgroup"] {
        assert!(done.stderr.contains(part), "{part}: {done:?}");
    }
}

//! Controllers that are nowhere, or elsewhere.

use super::{Machine, Told};
use crate::Layout;
use crate::hint::no_controller;

fn nowhere(machine: &Machine, controller: &str) -> Told {
    let facts = machine.facts();
    let layout = Layout::of(&facts);
    no_controller(controller, &layout.place(controller, &facts), &facts).into()
}

#[test]
fn each_reason_has_its_name() {
    let (v2, hybrid) = (Machine::v2(), Machine::hybrid());
    for (machine, controller, id) in [
        (&v2, "ns", "XNS-E49-ns"),
        (&hybrid, "ns", "XNS-E49-ns"),
        (&v2, "memroy", "XNS-E49-unknown"),
        (&v2, "blkio", "XNS-E41-not-in-kernel"),
        (&hybrid, "io", "XNS-E49-other-name"),
        (&v2, "cpuacct", "XNS-E49-other-name"),
        (&v2, "misc", "XNS-E41-not-in-kernel"),
        (&v2, "hugetlb", "XNS-E41-disabled"),
        (&v2, "net_cls", "XNS-E41-only-version-1"),
        (&v2, "name=systemd", "XNS-E41-named"),
        (&v2, "memory", "XNS-E42-not-enabled"),
        (&hybrid, "memory", "XNS-E41-version-1"),
        (&hybrid, "net_cls", "XNS-E41-unmounted"),
        (&hybrid, "pids", "XNS-E41-unmounted"),
    ] {
        assert_eq!(nowhere(machine, controller).id, id, "{controller}");
    }
}

#[test]
fn e49_the_nearest_name() {
    let told = nowhere(&Machine::v2(), "memroy");
    assert_eq!(told.because, ["here are cpu, memory, pids, io, net_cls, hugetlb"]);
    assert_eq!(told.cures, ["memory"]);
    assert_eq!(nowhere(&Machine::v2(), "unheard-of").cures, ["xcgroup layout"]);
}

#[test]
fn e49_nothing_is_mounted() {
    let told = nowhere(&Machine::v2().file("/proc/self/mountinfo", "1 1 0:9 / / rw - ext4 x rw\n"), "cpu");
    assert_eq!(
        (told.id, told.cures[0].as_str()),
        ("XNS-E49-not-mounted", "mount -t cgroup2 cgroup2 /sys/fs/cgroup")
    );
}

#[test]
fn e41_the_mount_command() {
    let user = Machine::hybrid().user(1000).file("/proc/self/cgroup", "7:pids,misc:/\n1:memory:/\n0::/\n");
    let told = nowhere(&user, "pids");
    assert_eq!(told.because, ["/proc/cgroups gives it the hierarchy 7, which no mount shows"]);
    assert_eq!(
        told.cures,
        ["sudo mkdir -p /cg/pids,misc && sudo mount -t cgroup -o pids,misc cgroup /cg/pids,misc"]
    );
}

/// Debian's 6.12 has memory and cpuset by version 2 alone: what is told must not be a mount that is refused.
#[test]
fn e41_a_kernel_without_version_1_of_it() {
    let mounts = "31 2 0:1 / /cg/pids rw - cgroup cgroup rw,pids\n";
    let kernel = |release: &str, rows: &str| {
        let machine =
            Machine::v2().file("/proc/self/mountinfo", mounts).file("/proc/self/cgroup", "1:pids:/\n");
        machine.file("/proc/sys/kernel/osrelease", release).file("/proc/cgroups", rows)
    };
    let both = "cpuset\t0\t1\t1\nmemory\t0\t1\t1\npids\t1\t1\t1\n";
    for (controller, config) in [("memory", "CONFIG_MEMCG_V1"), ("cpuset", "CONFIG_CPUSETS_V1")] {
        let told = nowhere(&kernel("6.12.117+deb12-cloud-amd64\n", both), controller);
        assert_eq!(told.id, "XNS-E41-no-version-1");
        assert!(
            told.because[0].ends_with(&format!("{config}; this is 6.12.117+deb12-cloud-amd64")),
            "{told:?}"
        );
        let mount = "mkdir -p /cg/unified && mount -t cgroup2 cgroup2 /cg/unified";
        assert_eq!(told.cures, [mount, "an older kernel"]);
        assert_eq!(nowhere(&kernel("6.1.0\n", both), controller).id, "XNS-E41-unmounted");
        // Newer kernels leave out of the table what they have not.
        assert_eq!(nowhere(&kernel("6.18.0\n", "pids\t1\t1\t1\n"), controller).id, "XNS-E41-no-version-1");
        let built = kernel("6.18.0\n", both).file("/boot/config-6.18.0", &format!("#\n{config}=y\n"));
        assert_eq!(nowhere(&built, controller).id, "XNS-E41-unmounted");
    }
    assert_eq!(nowhere(&kernel("6.12.0\n", "hugetlb\t0\t1\t1\n"), "hugetlb").id, "XNS-E41-unmounted");
}

#[test]
fn e41_the_parameter_of_the_kernel() {
    let machine = Machine::v2().file("/proc/cmdline", "quiet cgroup_disable=rdma,hugetlb\n");
    let told = nowhere(&machine, "hugetlb");
    assert_eq!(told.because[1], "/proc/cmdline has cgroup_disable=rdma,hugetlb");
    assert_eq!(told.cures, ["boot without cgroup_disable=rdma,hugetlb"]);
    assert_eq!(nowhere(&Machine::v2(), "hugetlb").cures, ["boot with cgroup_enable=hugetlb"]);
}

#[test]
fn e41_a_container_without_it() {
    let machine = Machine::v2().file("/cg/cgroup.type", "domain\n").file("/cg/cgroup.controllers", "cpu\n");
    let told = nowhere(&machine, "memory");
    assert_eq!(
        (told.id, told.because[0].as_str()),
        ("XNS-E41-not-delegated", "/cg/cgroup.controllers says cpu")
    );
    let perf = "perf_event\t0\t1\t1\n";
    let machine = Machine::v2().file("/proc/cgroups", perf);
    assert_eq!(nowhere(&machine, "perf_event").id, "XNS-E41-implicit");
}

#[test]
fn e42_what_the_group_has_itself() {
    let told = nowhere(&Machine::v2(), "cpu");
    assert_eq!(
        (told.id, told.cures),
        ("XNS-E42-not-enabled", vec!["echo +cpu > /cg/me/cgroup.subtree_control".to_owned()])
    );
}

#[test]
fn e42_from_the_top_down() {
    let machine = Machine::v2().file("/proc/self/cgroup", "0::/a/user@1000.service/x\n").user(1000);
    let told = nowhere(&machine, "memory");
    assert_eq!(told.id, "XNS-E42-not-enabled");
    assert_eq!(
        told.because,
        ["/cg/cgroup.controllers says cpu memory pids", "/cg/cgroup.subtree_control says cpu"]
    );
    assert!(told.cures[0].contains("Delegate=cpu cpuset io memory pids"), "{told:?}");
    assert_eq!(
        told.cures[1],
        "echo +memory | sudo tee /cg/cgroup.subtree_control /cg/a/cgroup.subtree_control \
         /cg/a/user@1000.service/cgroup.subtree_control"
    );
}

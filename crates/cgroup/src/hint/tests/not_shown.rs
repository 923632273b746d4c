//! Mounts that were made outside of our cgroup namespace.

use super::{Machine, Told};
use crate::hint::not_shown;
use crate::{Hierarchy, Layout};

fn machine(root: &str, own: &str) -> Machine {
    Machine::v2()
        .file("/proc/self/mountinfo", &format!("30 2 0:2 {root} /cg rw - cgroup2 cgroup2 rw\n"))
        .file("/proc/self/cgroup", &format!("0::{own}\n"))
        .pid(7)
}

fn told(root: &str, own: &str) -> Option<Told> {
    not_shown(&Hierarchy::Unified, &machine(root, own).facts()).map(Into::into)
}

#[test]
fn e44_no_mount_shows_our_group() {
    let sibling = told("/../b", "/").unwrap();
    assert_eq!(
        (sibling.id, sibling.cause.as_str()),
        ("XNS-E44-not-shown", "what is mounted at /cg is another group, and not above yours")
    );
    assert_eq!(
        sibling.because,
        ["/proc/self/cgroup says /", "/proc/self/mountinfo says that /../b is mounted at /cg"]
    );
    assert_eq!(sibling.cures, ["mount -t cgroup2 none DIR", "from outside that namespace"]);
    let cause = |root, own| told(root, own).map(|told| told.cause);
    assert_eq!(
        cause("/..", "/").unwrap(),
        "what is mounted at /cg begins above your cgroup namespace, and no group there was found to have this process"
    );
    assert_eq!(
        cause("/", "/../x").unwrap(),
        "your group in the hierarchy cgroup2 is outside of your cgroup namespace"
    );
    assert_eq!(cause("/", "/x (deleted)").unwrap(), "your group in the hierarchy cgroup2 has been removed");
    assert_eq!(told("/", "/../x").unwrap().cures, ["from outside that namespace"]);
    assert_eq!((cause("/", "/x"), cause("/..", "/../x")), (None, None));
}

#[test]
fn version_1_is_mounted_by_its_names() {
    let cure = |options: &str, names: &str| {
        let facts = Machine::v2()
            .file("/proc/self/mountinfo", &format!("30 2 0:2 /../b /cg rw - cgroup cgroup rw,{options}\n"))
            .file("/proc/self/cgroup", &format!("4:{names}:/\n"))
            .user(1000)
            .facts();
        let hierarchy = Layout::of(&facts).trees[0].hierarchy.clone();
        Told::from(not_shown(&hierarchy, &facts).unwrap()).cures[0].clone()
    };
    assert_eq!(cure("cpu,cpuacct", "cpu,cpuacct"), "sudo mount -t cgroup -o cpu,cpuacct none DIR");
    assert_eq!(cure("name=systemd", "name=systemd"), "sudo mount -t cgroup -o none,name=systemd none DIR");
}

#[test]
fn the_group_is_found_in_a_mount_that_shows_more() {
    let facts = machine("/../..", "/in")
        .file("directories:/cg", "a\nb")
        .file("directories:/cg/b", "g")
        .file("/cg/b/g/in/cgroup.procs", "7\n")
        .facts();
    assert!(not_shown(&Hierarchy::Unified, &facts).is_none());
    let layout = Layout::of(&facts);
    let tree = &layout.trees[0];
    assert_eq!(layout.own_directory(tree).unwrap(), std::path::Path::new("/cg/b/g/in"));
    let of = |path: &str| {
        let membership = crate::Membership { hierarchy: Hierarchy::Unified, path: path.into() };
        tree.directory_of(&membership).map(|directory| directory.display().to_string())
    };
    let some = |path: &str| Some(path.to_owned());
    assert_eq!((of("/"), of("/x")), (some("/cg/b/g"), some("/cg/b/g/x")));
    assert_eq!((of("/.."), of("/../h"), of("/../../c")), (some("/cg/b"), some("/cg/b/h"), some("/cg/c")));
    assert_eq!((of("/../../../c"), of("/x (deleted)")), (None, None));
}

//! Notes on what reaches the host.

use super::ids::names_something;
use super::view::View;
use crate::Op;
use std::path::Path;
use xns_core::{Facts, Hint, NsKind, Sort, shell};
use xns_mnt::{Pin, Propagation};

pub(super) fn names_the_host(view: &View<'_>) -> bool {
    let (name, arguments) = view.command();
    let sets = names_something(name, &arguments) && !view.makes(NsKind::Uts);
    view.euid == 0 && !view.makes(NsKind::User) && (sets || asks_systemd(view))
}

/// hostnamectl has the name set by a service, which is in no namespace of ours.
fn asks_systemd(view: &View<'_>) -> bool {
    let (name, arguments) = view.command();
    let words: Vec<_> = arguments.iter().filter(|word| !word.starts_with(b"-")).collect();
    let sets = |verb: &[u8]| verb == b"hostname" || verb == b"set-hostname";
    name == b"hostnamectl" && words.len() > 1 && sets(words[0])
}

/// S1.
pub(super) fn hostname(view: &View<'_>, facts: &Facts) -> Option<Hint> {
    let hint = |cause| Hint::new("XNS-S1-hostname", cause);
    Some(if asks_systemd(view) {
        hint("this changes the host's name: hostnamectl asks a service outside for it")
            .because("that service is in none of the namespaces that the plan makes")
            .cure("xunshare --hostname=NAME …", "a UTS namespace with that name")
    } else {
        hint("this changes the host's name")
            .because("the plan makes no UTS namespace")
            .cure(facts.command_with(&[], &["-u"]), "")
    })
}

/// In a mount namespace of another user namespace the mounts only receive (mount_namespaces(7)).
pub(super) fn mounts_may_leak(view: &View<'_>) -> bool {
    let open = matches!(view.propagation(), None | Some(Propagation::Shared));
    view.makes(NsKind::Mnt) && !view.makes(NsKind::User) && open
}

/// S4.
pub(super) fn propagation(view: &View<'_>, facts: &Facts) -> Option<Hint> {
    let mounts = facts.mounts()?;
    let point = mounts.iter().find(|mount| mount.shared().is_some())?.point.display();
    let done = if view.propagation().is_none() { "leaves it so" } else { "makes every mount shared" };
    Some(
        Hint::new("XNS-S4-propagation", "what is mounted or unmounted here happens on the host, too")
            .because(format!("{point} is a shared mount (/proc/self/mountinfo), and the plan {done}"))
            .cure("--propagation slave", "mounts made outside still arrive here")
            .cure("leave --propagation out", "nothing passes, either way"),
    )
}

/// The file of a name of `ip netns` that the new network namespace is bound to.
fn named(op: &Op) -> Option<&Path> {
    let Op::Mnt(xns_mnt::Op::Pin(Pin { kind: NsKind::Net, file, .. })) = op else { return None };
    (file.parent() == Some(Path::new("/run/netns"))).then_some(file)
}

pub(super) fn names_a_network(view: &View<'_>) -> bool {
    view.does(|op| named(op).is_some())
}

/// S7: mount(2) lies over what is there.
pub(super) fn covered_name(view: &View<'_>, facts: &Facts) -> Option<Hint> {
    let file = view.find(named)?;
    let sort = facts.sort_of(file).filter(|sort| matches!(sort, Sort::Namespace(..)))?;
    let shown = shell::path(file);
    Some(
        Hint::new(
            "XNS-S7-name-covered",
            "the name is that of a network namespace that is there: the new one lies over it",
        )
        .because(format!("{shown} is {sort}"))
        .cure(format!("xnsenter --net={shown} …"), "enters that one")
        .cure(format!("umount {shown}"), "lets go of the new one afterwards, and brings that one back"),
    )
}

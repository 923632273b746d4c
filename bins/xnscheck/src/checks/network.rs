//! Virtual devices, and names for network namespaces.

use crate::check::Walk::{W6, W10};
use crate::check::{Check, Found, Group, Walk, Ways};
use xns_core::{Errno, Facts, Hint, Rights};
use xns_net::trial;

const fn row(
    id: &'static str,
    what: &'static str,
    question: &'static str,
    needed_by: &'static [Walk],
    ask: fn(&Facts) -> Found,
) -> Check {
    Check { id, group: Group::Network, what, question, needed_by, ask }
}

pub(super) static CHECKS: [Check; 4] = [
    row("net-veth", "veth", "Can a pair of veth devices be made?", &[W6, W10], |f| device("veth", f)),
    row("net-bridge", "bridge", "Can a bridge be made?", &[W6], |f| device("bridge", f)),
    row("net-vxlan", "vxlan", "Can a vxlan device be made?", &[W6], |f| device("vxlan", f)),
    row("net-names", "names", "Can a network namespace have a name in /run/netns?", &[W6], names),
];

fn device(kind: &str, facts: &Facts) -> Found {
    let say = format!("ip link add type {kind}");
    let ask = |rights| trial::device(kind, rights, facts);
    let why = |_, errno| no_device(kind, errno);
    Ways { say: &say, ask: &ask, why: &why }.found(facts)
}

fn no_device(kind: &str, errno: Errno) -> Option<Hint> {
    (errno == Errno::EOPNOTSUPP).then(|| {
        Hint::new("XNS-K3-device-kind", format!("this kernel does not have {kind} devices, or not yet"))
            .because(format!("RTM_NEWLINK of a {kind} answers EOPNOTSUPP"))
            .cure(format!("sudo modprobe {kind}"), "when it is a module")
    })
}

/// An ordinary user has names of its own in `xunshare -rmn`.
fn names(facts: &Facts) -> Found {
    let ask = |rights| trial::names(rights, facts);
    let why = |rights: Rights, errno| match errno {
        Errno::ENOENT if !facts.is_directory("/run".as_ref()) => Some(
            Hint::new("XNS-E58-no-directory", "names are files in /run/netns, and there is no /run")
                .because("/run is no directory")
                .cure("mkdir -p /run/netns", "as root"),
        ),
        _ => super::why_no_namespaces(rights, facts),
    };
    let mut found = Ways { say: "a name in /run/netns", ask: &ask, why: &why }.found(facts);
    if facts.euid() != 0 {
        found.evidence.push("your own names are in xunshare -rmn".to_owned());
    }
    found
}

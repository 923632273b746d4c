//! What it means for processes to share a namespace, or not to.

use xns_core::NsKind;

/// What those have in common that are in the same namespace of this kind.
pub const fn same(kind: NsKind) -> &'static str {
    match kind {
        NsKind::Mnt => "the same mount table",
        NsKind::Uts => "the same host name",
        NsKind::Ipc => "the same shared memory and queues",
        NsKind::Net => "the same interfaces and ports",
        NsKind::Pid => "the same process numbers",
        NsKind::User => "the same users and rights",
        NsKind::Cgroup => "the same view of cgroups",
        NsKind::Time => "the same clocks",
    }
}

/// What each has of its own that is in another namespace of this kind.
pub const fn own(kind: NsKind) -> &'static str {
    match kind {
        NsKind::Mnt => "own mount table",
        NsKind::Uts => "own host name",
        // And semaphores; three processes still fit on 80 columns.
        NsKind::Ipc => "own shared memory and queues",
        NsKind::Net => "own interfaces and ports",
        NsKind::Pid => "own process numbers",
        NsKind::User => "own users and rights",
        NsKind::Cgroup => "own view of the cgroup tree",
        NsKind::Time => "own clock offsets",
    }
}

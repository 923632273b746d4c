//! Namespaces that are not a target's own: of files, by their ids, of sockets, and parents.

use std::path::PathBuf;
use xns_core::shell::{c_string, quote};
use xns_core::{Apply, Call, Errno, Failure, NsKind, Operation, Outcome, Shell, Slot, Slots};
use xns_sys::{fd, fork, fs, handle, namespace};

/// A namespace, opened to be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenNamespace {
    /// Its kind.
    pub kind: NsKind,
    /// Where it is found.
    pub source: NamespaceSource,
}

/// Where a namespace is found that is not just the target's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamespaceSource {
    /// `openat(AT_FDCWD, file, O_RDONLY|O_NONBLOCK)`.
    File(PathBuf),
    /// By its 64-bit id (NS_GET_ID of ioctl_nsfs(2)).
    Id(u64),
    /// That of this descriptor of the target's, a socket.
    Socket(i32),
    /// The user namespace that owns this one, which a step before has opened; of a user namespace its parent.
    Owner(NsKind),
    /// The user namespace that owns the target's one of this kind.
    OwnerOfTargets(NsKind),
}

/// The parts: it is opened; then, of a socket or an owner, asked for.
const ASK: u8 = 1;

impl Operation for OpenNamespace {
    fn calls(&self) -> Vec<Call> {
        let name = Slot::Namespace(self.kind).name();
        let call = |text: String| vec![Call::new(text)];
        match &self.source {
            NamespaceSource::File(file) => {
                call(format!("openat(AT_FDCWD, {}, O_RDONLY|O_NONBLOCK) = {name}", c_string(file)))
            }
            NamespaceSource::Id(id) => {
                call(format!("open_by_handle_at(FD_NSFS_ROOT, {{id={id}}}, O_RDONLY) = {name}"))
            }
            NamespaceSource::Socket(number) => {
                [format!("pidfd_getfd(TARGET, {number}, 0)"), format!("ioctl(that, SIOCGSKNS) = {name}")]
                    .map(Call::new)
                    .to_vec()
            }
            NamespaceSource::Owner(of) => {
                call(format!("ioctl({}, NS_GET_USERNS) = {name}", Slot::Namespace(*of).name()))
            }
            NamespaceSource::OwnerOfTargets(of) => [
                format!("openat(TARGETPROC, \"ns/{of}\", O_RDONLY)"),
                format!("ioctl(that, NS_GET_USERNS) = {name}"),
            ]
            .map(Call::new)
            .to_vec(),
        }
    }

    fn shell(&self) -> Vec<Shell> {
        let option = self.kind.option();
        vec![Shell::Flag(match &self.source {
            NamespaceSource::File(file) => format!("--{option}={}", quote(file)),
            NamespaceSource::Id(id) => format!("--{option}=:{id}"),
            NamespaceSource::Socket(number) => format!("--net-socket={number}"),
            NamespaceSource::Owner(_) | NamespaceSource::OwnerOfTargets(_) => "--user-parent".to_owned(),
        })]
    }

    fn failed(&self, part: u8) -> String {
        match (&self.source, part) {
            (NamespaceSource::File(file), _) => format!("cannot open {}", file.display()),
            (NamespaceSource::Id(id), _) => format!("cannot open {} namespace by id {id}", self.kind),
            (NamespaceSource::Socket(number), ASK) => {
                format!("cannot get the network namespace of descriptor {number} of the target")
            }
            (NamespaceSource::Socket(number), _) => {
                format!("cannot duplicate descriptor {number} of the target")
            }
            (NamespaceSource::OwnerOfTargets(of), part) if part != ASK => {
                format!("cannot open the target's ns/{of}")
            }
            (NamespaceSource::Owner(_) | NamespaceSource::OwnerOfTargets(_), _) => {
                "failed to open parent ns of user namespace".to_owned()
            }
        }
    }

    fn fills(&self) -> &'static [Slot] {
        slot_of(self.kind)
    }

    fn reads(&self) -> &'static [Slot] {
        match self.source {
            NamespaceSource::File(_) | NamespaceSource::Id(_) => &[],
            NamespaceSource::Socket(_) => &[Slot::Target],
            NamespaceSource::Owner(of) => slot_of(of),
            NamespaceSource::OwnerOfTargets(_) => &[Slot::TargetProc],
        }
    }
}

impl Apply for OpenNamespace {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        // A fifo would wait for somebody who writes.
        const READ_ONLY_NONBLOCK: i32 = 0o4000;
        let ask = |errno| Failure::in_part(ASK, errno);
        let opened = match &self.source {
            NamespaceSource::File(file) => fd::open(file.as_path(), READ_ONLY_NONBLOCK)?,
            NamespaceSource::Id(id) => handle::open_namespace(*id, self.kind.flag())?,
            NamespaceSource::Socket(number) => {
                let target = slots.get(Slot::Target).map_err(|_| Errno::EOPNOTSUPP)?;
                let socket = fork::borrow_descriptor(target, *number)?;
                namespace::network_of(socket).map_err(ask)?
            }
            NamespaceSource::Owner(of) => {
                namespace::owner_of(slots.get(Slot::Namespace(*of))?).map_err(ask)?
            }
            NamespaceSource::OwnerOfTargets(of) => {
                let theirs = fs::open_in(slots.get(Slot::TargetProc)?, format!("ns/{of}").as_ref())?;
                namespace::owner_of(theirs).map_err(ask)?
            }
        };
        slots.fill(Slot::Namespace(self.kind), opened);
        Ok(Outcome::Done)
    }
}

/// A kind's slot, as operations name theirs.
const fn slot_of(kind: NsKind) -> &'static [Slot] {
    use NsKind::{Cgroup, Ipc, Mnt, Net, Pid, Time, User, Uts};
    match kind {
        Mnt => &[Slot::Namespace(Mnt)],
        Uts => &[Slot::Namespace(Uts)],
        Ipc => &[Slot::Namespace(Ipc)],
        Pid => &[Slot::Namespace(Pid)],
        Net => &[Slot::Namespace(Net)],
        User => &[Slot::Namespace(User)],
        Cgroup => &[Slot::Namespace(Cgroup)],
        Time => &[Slot::Namespace(Time)],
    }
}

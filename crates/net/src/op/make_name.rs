//! A new network namespace, and its name.

use crate::hint;
use crate::mark::Mark;
use crate::request::ChangeLink;
use crate::store::State;
use crate::{DeviceName, NetnsName, Network, NowhereElse, Place, Request};
use std::path::Path;
use xns_core::shell::{c_string, line, quote};
use xns_core::{
    Apply, Call, Errno, Facts, Failure, Hint, NsKind, Operation, Outcome, Reached, Shell, Slots, errno,
};
use xns_sys::mount::{self, MntFlags, MsFlags};
use xns_sys::{fs, namespace, netlink};

/// Makes an empty file that was not there, a network namespace that this process is in from then on, and binds the one to the other.
/// Whatever fails, nothing half-made is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakeName {
    /// The name.
    pub name: NetnsName,
    /// What `lo` of it tells from the beginning: no namespace has the name without it. Such a one is [reached](Place::Name), too, for
    /// later steps.
    pub mark: Option<Mark>,
}

/// The parts.
pub(crate) const CREATE: u8 = 0;
pub(crate) const UNSHARE: u8 = 1;
const OLD: u8 = 2;
const BIND: u8 = 3;
const SOCKET: u8 = 4;
const MARK: u8 = 5;

/// Always the one that the process is in.
const SELF: &str = "/proc/self/ns/net";

impl MakeName {
    /// The namespace, in which this process is then; reached where it is marked.
    fn make(&self, path: &Path) -> Result<Option<Reached>, Failure> {
        let in_part = |part| move |errno| Failure::in_part(part, errno);
        let before = namespace::number_of(SELF).map_err(in_part(BIND))?;
        namespace::unshare(NsKind::Net.flag()).map_err(in_part(UNSHARE))?;
        // A seccomp filter can answer success for a call that it suppresses.
        if namespace::number_of(SELF) == Ok(before) {
            return Err(Failure::in_part(OLD, Errno::EOPNOTSUPP));
        }
        let reached = self.mark.as_ref().map(|mark| self.reached(mark)).transpose()?;
        mount::mount(Some(Path::new(SELF)), path, None, MsFlags::MS_BIND, None).map_err(in_part(BIND))?;
        Ok(reached)
    }

    fn reached(&self, mark: &Mark) -> Result<Reached, Failure> {
        let in_part = |part| move |errno| Failure::in_part(part, errno);
        let namespace = fs::open_namespace_file(Path::new(SELF), true).map_err(in_part(SOCKET))?;
        let socket = netlink::socket().map_err(in_part(SOCKET))?;
        let marked = Network::over(&socket).carry_out(&marking(mark), &NowhereElse);
        marked.map_err(|refusal| Failure::in_part(MARK, refusal.errno))?;
        Ok(Reached { place: Place::Name(self.name.clone()).key(), namespace, socket })
    }
}

/// The mark, on `lo`.
fn marking(mark: &Mark) -> Request {
    let mut change = ChangeLink::of(DeviceName::lo());
    change.options.alias = Some(mark.alias());
    change.into()
}

impl Operation for MakeName {
    fn calls(&self) -> Vec<Call> {
        let file = c_string(self.name.path());
        let mut calls = vec![
            format!("close(openat(AT_FDCWD, {file}, O_RDONLY|O_CREAT|O_EXCL|O_NOFOLLOW, 0))"),
            "unshare(CLONE_NEWNET)".to_owned(),
        ];
        if let Some(mark) = &self.mark {
            let words = line(marking(mark).words());
            calls.push("socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) = SOCKET".to_owned());
            calls.push(format!("sendto(SOCKET, {{RTM_NEWLINK, NLM_F_ACK}} /* {words} */)"));
        }
        calls.push(format!("mount(\"{SELF}\", {file}, NULL, MS_BIND, NULL)"));
        calls.into_iter().map(Call::new).collect()
    }

    fn shell(&self) -> Vec<Shell> {
        let place = Place::Name(self.name.clone());
        let add = format!("ip netns add {}", quote(self.name.as_os_str()));
        let mark = self.mark.iter().map(|mark| marking(mark).line(&place));
        std::iter::once(add).chain(mark).map(Shell::Outside).collect()
    }

    fn failed(&self, part: u8) -> String {
        let (name, path) = (&self.name, self.name.path());
        match part {
            CREATE => format!("Cannot create namespace file \"{}\"", path.display()),
            UNSHARE => format!("Failed to create a new network namespace \"{name}\""),
            OLD => {
                "unshare failed: it was answered, but the network namespace is still the old one".to_owned()
            }
            BIND => format!("Bind {SELF} -> {} failed", path.display()),
            SOCKET => "Cannot open netlink socket".to_owned(),
            _ => format!("cannot mark lo of \"{name}\""),
        }
    }

    fn original(&self, failure: &Failure) -> Option<(String, u8)> {
        let errno = failure.errno().filter(|_| failure.part != OLD)?;
        Some((format!("{}: {}", self.failed(failure.part), errno::text(errno)), 1))
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        match (failure.part, failure.errno()?) {
            (CREATE, Errno::EEXIST) => Some(hint::name_taken(&self.name, State::of(&self.name, facts)?)),
            (UNSHARE, Errno::EPERM) => hint::not_privileged("a network namespace is made", facts),
            (CREATE, errno) => hint::store_refused(super::use_store::MAKE, errno, facts),
            _ => None,
        }
    }
}

impl Apply for MakeName {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let path = self.name.path();
        drop(fs::make_mount_point(fs::cwd(), &path).map_err(|errno| Failure::in_part(CREATE, errno))?);
        let made = self.make(&path).inspect_err(|_| {
            let _ = fs::remove(fs::cwd(), &path, false);
        });
        slots.reached.extend(made?);
        Ok(Outcome::Done)
    }

    fn undo(&self) {
        remove(&self.name.path());
    }

    fn leaves_something(&self) -> bool {
        true
    }
}

/// A name that is ours, with what is bound to it.
pub(super) fn remove(path: &Path) {
    let _ = mount::unmount(path, MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW);
    let _ = fs::remove(fs::cwd(), path, false);
}

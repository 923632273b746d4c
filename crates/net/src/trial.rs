//! Devices and names tried for real, in namespaces that go away with the child that has them.

use crate::op::UseStore;
use crate::request::{Kind, LinkKind, NewLink, Setting, Value};
use crate::store::DIRECTORY;
use crate::{DeviceName, NetError, Network, NowhereElse, Request};
use std::ffi::OsStr;
use std::path::Path;
use xns_core::{Apply, Errno, Facts, NsKind, NsSet, Rights, Slots, Tried};
use xns_sys::fs;
use xns_sys::mount::{self, MsFlags};

/// Can a device of this kind (`veth`, `bridge`) be made in a new network namespace? `None` when no child could be made.
pub fn device(kind: &str, rights: Rights, facts: &Facts) -> Option<Tried> {
    let kinds = NsSet::EMPTY.with(NsKind::Net);
    facts.tried(kind, rights, kinds, || {
        let name = DeviceName::new(OsStr::new("xnscheck")).map_err(|_| Errno::EINVAL)?;
        let network = Network::own().map_err(|error: NetError| error.errno().unwrap_or(Errno::EIO))?;
        let request = Request::NewLink(Box::new(NewLink::new(name, what(kind))));
        network.carry_out(&request, &NowhereElse).map_err(|refusal| refusal.errno)
    })
}

/// With what the kernel asks for besides the kind: a vxlan's number.
fn what(kind: &str) -> LinkKind {
    const VXLAN: [(&str, u64); 2] = [("id", 1), ("dstport", 4789)];
    let known = Kind::find(kind).filter(|_| kind == "vxlan");
    let setting = |(word, number): (&str, u64)| {
        Some(Setting { knob: known?.knob(word)?, value: Value::Number(number) })
    };
    LinkKind::Of { kind: kind.to_owned(), settings: VXLAN.into_iter().filter_map(setting).collect() }
}

/// Can a network namespace be bound to a name in `/run/netns`, with a tmpfs in the place of `/run`? `None` when no child could be made.
pub fn names(rights: Rights, facts: &Facts) -> Option<Tried> {
    let kinds = NsSet::EMPTY.with(NsKind::Mnt).with(NsKind::Net);
    facts.tried("names", rights, kinds, || {
        let run = Path::new("/run");
        mount::mount(Some(run), run, Some("tmpfs"), MsFlags::empty(), Some("mode=755,size=1m"))?;
        let single = facts.single_threaded().ok_or(Errno::ENOSYS)?;
        let refused = |failure: xns_core::Failure| failure.errno().unwrap_or(Errno::EIO);
        UseStore.apply(&mut Slots::new(single)).map_err(refused)?;
        let name = Path::new(DIRECTORY).join("xnscheck");
        drop(fs::make_file(fs::cwd(), &name)?);
        let own = Path::new("/proc/self/ns/net");
        mount::mount(Some(own), &name, None, MsFlags::MS_BIND, None)
    })
}

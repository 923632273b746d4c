//! How namespaces belong together: parents and owners, asked once of each namespace. Those that are seen only so are there, too.

use super::links::Links;
use super::table::Collected;
use super::{Relations, ScanError, Want};
use crate::model::{Namespace, Pin, Relation};
use crate::reach;
use crate::tree::Tree;
use std::os::fd::OwnedFd;
use xns_core::NsKind;
use xns_sys::{Errno, Result, fs, namespace};

/// Asks for the parents and owners of all, and adds the ones that only their children keep.
pub(super) fn add(
    proc: &OwnedFd,
    collected: &mut Collected,
    want: &Want,
) -> std::result::Result<(), ScanError> {
    let found = collected.namespaces.len();
    for place in 0..found {
        if want.relations == Relations::OfKept && collected.namespaces[place].processes > 0 {
            continue;
        }
        // What has gone since then has no relations any more.
        let Ok(fd) = reach::open(proc, &collected.namespaces[place]) else { continue };
        ask(collected, place, &fd, want)?;
    }
    pin_parents(collected);
    Ok(())
}

/// Asks of the namespace at `place`, and of those above it that nobody has seen.
fn ask(
    collected: &mut Collected,
    place: usize,
    fd: &OwnedFd,
    want: &Want,
) -> std::result::Result<(), ScanError> {
    let kind = collected.namespaces[place].kind;
    let owner = answered(namespace::owner_of(fd), "NS_GET_USERNS")?;
    let parent = match kind {
        NsKind::Pid => answered(namespace::parent_of(fd), "NS_GET_PARENT")?,
        // Its owner is its parent.
        _ => Above::None,
    };
    let (owner_is, parent_is) = (relation(&owner)?, relation(&parent)?);
    let namespace = &mut collected.namespaces[place];
    namespace.owner = owner_is;
    namespace.parent = if kind == NsKind::User { owner_is } else { parent_is };
    if namespace.processes == 0 {
        let maker = if kind == NsKind::User { Some(fd) } else { owner.fd() };
        namespace.owner_uid = maker.and_then(|maker| namespace::owner_uid_of(maker).ok());
    }
    if (want.process.is_some() && want.above.is_none()) || want.relations != Relations::All {
        return Ok(());
    }
    for (kind, above, is) in [(NsKind::User, owner, owner_is), (NsKind::Pid, parent, parent_is)] {
        if let (Some(above), Some(ino)) = (above.fd(), is.ino())
            && want.kinds.contains(kind)
            && collected.find(ino).is_none()
        {
            let place = collected.place(kind, ino);
            collected.namespaces[place].only_above = true;
            ask(collected, place, above, want)?;
        }
    }
    Ok(())
}

/// Leaves a process's namespaces, and those that they belong to, however far above. They are ordered by inode number.
pub(super) fn keep_above(namespaces: &mut Vec<Namespace>, tree: Tree, of: &Links) {
    let place = |ino: u64| namespaces.binary_search_by_key(&ino, |namespace| namespace.ino).ok();
    let mut keep = vec![false; namespaces.len()];
    let mut waiting: Vec<usize> = of.iter().filter_map(|(_, ino)| place(ino)).collect();
    while let Some(this) = waiting.pop() {
        if !std::mem::replace(&mut keep[this], true) {
            let parent = if tree == Tree::Parent { namespaces[this].parent } else { Relation::None };
            let above = [namespaces[this].owner.ino(), parent.ino()];
            waiting.extend(above.into_iter().flatten().filter_map(place));
        }
    }
    for namespace in namespaces.iter_mut() {
        namespace.only_above = !of.has(namespace.kind, namespace.ino);
    }
    let mut keep = keep.into_iter();
    namespaces.retain(|_| keep.next().unwrap_or_default());
}

/// What is above a namespace.
enum Above {
    /// Nothing.
    None,
    /// Something out of sight.
    Hidden,
    /// This.
    Is(OwnedFd),
}

impl Above {
    const fn fd(&self) -> Option<&OwnedFd> {
        match self {
            Above::Is(fd) => Some(fd),
            Above::None | Above::Hidden => None,
        }
    }
}

fn answered(answer: Result<OwnedFd>, request: &'static str) -> std::result::Result<Above, ScanError> {
    match answer {
        Ok(fd) => Ok(Above::Is(fd)),
        // Also of an initial namespace, which has none: the kernel tells the two apart by nothing.
        Err(Errno::EPERM) => Ok(Above::Hidden),
        Err(Errno::ENOTTY) => Err(ScanError::Unsupported(request)),
        Err(_) => Ok(Above::None),
    }
}

fn relation(above: &Above) -> std::result::Result<Relation, ScanError> {
    Ok(match above {
        Above::None => Relation::None,
        Above::Hidden => Relation::Hidden,
        // One that cannot be asked for its number is of no use to anybody.
        Above::Is(fd) => fs::inode(fd).map_or(Relation::None, Relation::Of),
    })
}

/// Those without processes are kept by what belongs to them.
fn pin_parents(collected: &mut Collected) {
    for place in 0..collected.namespaces.len() {
        let child = &collected.namespaces[place];
        let pin = Pin::Child { kind: child.kind, ino: child.ino };
        let above =
            [child.owner.ino(), child.parent.ino().filter(|parent| child.owner.ino() != Some(*parent))];
        for ino in above.into_iter().flatten() {
            if let Some(place) = collected.find(ino) {
                collected.pin(place, pin.clone());
            }
        }
    }
}

//! Names of one's own, where the directory belongs to somebody else: in a mount namespace of one's own it is covered.

use super::DIRECTORY;
use std::path::Path;
use xns_core::{Facts, NsKind, Sort};

/// What is covered by an empty file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// `/run/netns`.
    Names,
    /// `/run`, since that directory is not there and cannot be made. All that is in `/run` is bound back.
    Run,
}

/// What has to happen before a name can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// A cover, which the caller may make.
    Cover(Cover),
}

/// CAP_SYS_ADMIN (capabilities(7)).
const CAP_SYS_ADMIN: u32 = 21;

impl Need {
    /// Whether the directory is another's, and the mount namespace the caller's own: then it has CAP_SYS_ADMIN over it, which is worth
    /// something only in a user namespace that is not the initial one.
    pub fn of(facts: &Facts) -> Self {
        if facts.other_namespace(NsKind::User).is_none() {
            return Need::Nothing;
        }
        let sort = facts.sort_of(Path::new(DIRECTORY));
        let place = if sort.is_some() { DIRECTORY } else { "/run" };
        let ours = facts.owner(place).is_none_or(|owner| owner == facts.euid());
        let may = facts.has_capability("CapEff", CAP_SYS_ADMIN) == Some(true)
            && facts.is_owned_above("/proc/self/ns/mnt") == Some(false);
        match sort {
            _ if ours || !may => Need::Nothing,
            Some(Sort::Directory) => Need::Cover(Cover::Names),
            Some(_) => Need::Nothing,
            None => Need::Cover(Cover::Run),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Recorded;

    fn need(uid: u32, files: &[(&str, &str)]) -> Need {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        Need::of(&Facts::recorded(Recorded { uid, files, ..Recorded::default() }))
    }

    const OWN: [(&str, &str); 3] = [
        ("/proc/self/ns/user", "user:[4026532000]"),
        ("/proc/self/status", "CapEff:\t000001ffffffffff\n"),
        ("above:/proc/self/ns/mnt", "0"),
    ];

    #[test]
    fn only_who_owns_the_mounts_and_not_the_directory() {
        let there = [("sort:/run/netns", "a directory"), ("owner:/run/netns", "65534")];
        assert_eq!(need(0, &[&OWN[..], &there].concat()), Need::Cover(Cover::Names));
        let not_there = [("owner:/run", "65534")];
        assert_eq!(need(0, &[&OWN[..], &not_there].concat()), Need::Cover(Cover::Run));
        let covered = [("sort:/run/netns", "a directory"), ("owner:/run/netns", "0")];
        assert_eq!(need(0, &[&OWN[..], &covered].concat()), Need::Nothing);
        for (at, other) in [
            (0, ("/proc/self/ns/user", "user:[4026531837]")),
            (1, ("/proc/self/status", "CapEff:\t0\n")),
            (2, ("above:/proc/self/ns/mnt", "1")),
        ] {
            let mut own = OWN;
            own[at] = other;
            assert_eq!(need(0, &[&own[..], &there].concat()), Need::Nothing, "{other:?}");
        }
    }
}

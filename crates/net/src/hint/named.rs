//! Why a name cannot be made, used or removed: causes E57 to E59.

use crate::op::{KIND, OTHERS};
use crate::store::{DIRECTORY, State};
use crate::{NetnsName, Place};
use std::path::Path;
use xns_core::shell::quote;
use xns_core::{Errno, Facts, Failure, Hint, Sort};

/// CAP_SYS_ADMIN (capabilities(7)).
const CAP_SYS_ADMIN: u32 = 21;

/// The directory cannot be made, or made a shared mount.
pub(crate) fn store_refused(part: u8, errno: Errno, facts: &Facts) -> Option<Hint> {
    if part == OTHERS {
        return Some(
            Hint::new("XNS-E58-writable", "who may write there can give a name that leads root elsewhere")
                .because(format!("{DIRECTORY} is not root's, or writable for its group or for all"))
                .cure(
                    format!("chown 0:0 {DIRECTORY}; chmod 755 {DIRECTORY}"),
                    "then look at what is in it: xnetns list",
                ),
        );
    }
    match errno {
        Errno::EPERM | Errno::EACCES => not_privileged("a name is made", facts),
        Errno::ELOOP | Errno::ENOTDIR => Some(no_directory()),
        Errno::EROFS => Some(
            Hint::new("XNS-E58-read-only", "/run is on a file system that is read-only here")
                .because(format!("{DIRECTORY} cannot be made or written"))
                .cure(
                    if facts.sort_of(Path::new(DIRECTORY)).is_some() {
                        format!("mount -t tmpfs -o mode=755 tmpfs {DIRECTORY}")
                    } else {
                        // There is nothing to mount it on.
                        "mount -t tmpfs -o mode=755 tmpfs /run".to_owned()
                    },
                    "names of this mount namespace only",
                ),
        ),
        _ => None,
    }
}

/// A file is in the place of the directory.
pub fn no_directory() -> Hint {
    let cause = "names are kept in a directory, and something else is in its place";
    Hint::new("XNS-E58-no-directory", cause)
        .because(format!("{DIRECTORY} is no directory"))
        .cure(format!("rm {DIRECTORY}"), "the next add makes it")
}

/// Names belong to root, and so do the rights over a network namespace.
pub(crate) fn not_privileged(what: &str, facts: &Facts) -> Option<Hint> {
    const NO_WORDS: &[&str] = &[];
    if facts.euid() != 0 {
        return Some(
            Hint::new(
                "XNS-E58-unprivileged",
                format!("{what} by root only: {DIRECTORY} is one for all users"),
            )
            .because(format!("you are uid {}", facts.euid()))
            .cure(facts.command_with(&["sudo"], NO_WORDS), "")
            .cure("xunshare -rmn", "a shell in which names of your own can be made, by xnetns and by ip"),
        );
    }
    if facts.is_owned_above("/proc/self/ns/mnt") == Some(true) {
        return Some(
            Hint::new(
                "XNS-E58-own-mounts",
                "you are root in your user namespace, and the mounts belong to another one",
            )
            .because("NS_GET_USERNS of /proc/self/ns/mnt answers EPERM")
            .cure("xunshare -rmn", "gives you mounts of your own as well, and a network namespace"),
        );
    }
    let lacks = facts.has_capability("CapEff", CAP_SYS_ADMIN) == Some(false);
    lacks.then(|| {
        Hint::new("XNS-E58-capability", format!("{what} by who has CAP_SYS_ADMIN"))
            .because("/proc/self/status: CapEff lacks bit 21")
            .cure("docker run --cap-add SYS_ADMIN …", "where this is a container")
    })
}

/// setns(2) answers EPERM.
pub fn why_not_entered(place: &Place, facts: &Facts) -> Option<Hint> {
    const NO_WORDS: &[&str] = &[];
    if facts.euid() == 0 {
        return not_privileged("a network namespace is entered", facts);
    }
    let cause = "only who has CAP_SYS_ADMIN over a network namespace may enter it";
    Some(
        Hint::new("XNS-E58-unprivileged", cause)
            .because(format!("setns(2) into {place} answers EPERM; you are uid {}", facts.euid()))
            .cure(facts.command_with(&["sudo"], NO_WORDS), "")
            .cure(
                "xunshare -rmn",
                "has network namespaces of your own, named in a mount namespace of your own",
            ),
    )
}

/// There is such a file.
pub(crate) fn name_taken(name: &NetnsName, state: State) -> Hint {
    let word = quote(name.as_os_str());
    let hint =
        |id, cause: &str| Hint::new(id, cause).because(format!("{} is {state}", name.path().display()));
    match state {
        State::Live(inode) => {
            Hint::new("XNS-E59-taken", "the name is that of a network namespace that is there")
                .because(format!("{} is net:[{inode}]", name.path().display()))
                .cure(format!("xnetns exec {word} PROGRAM"), "uses it")
                .cure(format!("xnetns del {word}"), "removes it")
        }
        State::Stale => {
            stale(name).cure(format!("xnetns del {word}"), "removes the left-over; then add it again")
        }
        State::Foreign(Sort::Directory) => {
            hint("XNS-E59-foreign", "something else has this name in the directory")
                .cure(format!("rmdir {}", quote(name.path())), "if it is not wanted")
        }
        State::Foreign(Sort::Full) => {
            hint("XNS-E59-foreign", "something else has this name in the directory")
                .cure(format!("rm {}", quote(name.path())), "if it is not wanted")
        }
        // What is bound is not removed by rm.
        State::Foreign(_) | State::OtherKind(_) => {
            hint("XNS-E59-foreign", "something else has this name in the directory")
                .cure(format!("xnetns del {word}"), "if it is not wanted")
        }
    }
}

/// The cause and the evidence.
fn stale(name: &NetnsName) -> Hint {
    let cause = "the name is stale: its file is there, and no network namespace is bound to it in this mount namespace";
    Hint::new("XNS-E57-stale", cause)
        .because(format!("{} is an empty file (statfs: no nsfs)", name.path().display()))
        .because("it is left over from before a restart, or was made in another mount namespace (unshare -m, a container)")
}

/// A namespace that cannot be opened or entered.
pub(crate) fn not_reached(place: &Place, failure: &Failure, facts: &Facts) -> Option<Hint> {
    let errno = failure.errno()?;
    if let (Place::Process(pid), Errno::EACCES) = (place, errno) {
        return Some(not_looked_into(*pid, facts));
    }
    if errno == Errno::EPERM {
        return why_not_entered(place, facts);
    }
    match place {
        Place::Name(name) => unusable(name, failure.part == KIND, errno, facts),
        Place::Process(pid) if matches!(errno, Errno::ENOENT | Errno::ESRCH) => Some(no_process(*pid)),
        Place::File(path) if failure.part == KIND => Some(
            Hint::new("XNS-E57-foreign", "the file is no network namespace")
                .because(format!("{} is {}", path.display(), what(facts.sort_of(path))))
                .cure("xlsns -t net", "shows those that there are"),
        ),
        _ => None,
    }
}

/// Why a name cannot be used, by what there is.
pub fn why_unusable(name: &NetnsName, facts: &Facts) -> Option<Hint> {
    let there = State::of(name, facts).is_some();
    unusable(name, true, if there { Errno::EINVAL } else { Errno::ENOENT }, facts)
}

fn what(sort: Option<Sort>) -> String {
    sort.map_or_else(|| "not there".to_owned(), |sort| sort.to_string())
}

fn unusable(name: &NetnsName, no_namespace: bool, errno: Errno, facts: &Facts) -> Option<Hint> {
    let word = quote(name.as_os_str());
    match State::of(name, facts) {
        None if errno == Errno::ENOENT => Some(no_name(name, facts)),
        Some(State::Stale) => Some(
            stale(name).cure(format!("xnetns del {word} && xnetns add {word}"), "a new one of this name"),
        ),
        Some(state @ (State::Foreign(_) | State::OtherKind(_))) if no_namespace => {
            let hint = Hint::new(
                "XNS-E57-foreign",
                "what has this name is no network namespace, and is not followed",
            )
            .because(format!("{} is {state}", name.path().display()));
            let hint = match linked_process(name, facts).filter(|_| state == State::Foreign(Sort::Symlink)) {
                Some(pid) => hint
                    .because(format!("it points to the network namespace of process {pid}"))
                    .cure(format!("xnetns del {word} && xnetns attach {word} {pid}"), "binds it to the name"),
                None => hint,
            };
            Some(hint.cure("xnetns list --hints=always", "shows what the names stand for"))
        }
        _ => None,
    }
}

/// The process to whose network namespace a symbolic link leads: what people make who follow the advice for docker.
fn linked_process(name: &NetnsName, facts: &Facts) -> Option<u32> {
    let target = facts.link(name.path().to_str()?)?;
    let path = std::str::from_utf8(&target).ok()?;
    path.strip_prefix("/proc/")?.strip_suffix("/ns/net")?.parse().ok()
}

/// There is no such name; with those that there are.
pub(crate) fn no_name(name: &NetnsName, facts: &Facts) -> Hint {
    let names = facts.names_in(DIRECTORY);
    let evidence = match names.as_slice() {
        [] if facts.sort_of(Path::new(DIRECTORY)).is_none() => {
            format!("{DIRECTORY} is not there: nobody has made a name yet")
        }
        [] => format!("{DIRECTORY} is empty"),
        names => format!("{DIRECTORY} has {}", first(names)),
    };
    let made = NetnsName::of_new(name.as_os_str()).is_ok();
    let hint = Hint::new("XNS-E57-no-name", "no network namespace has this name").because(evidence);
    if made { hint.cure(format!("xnetns add {}", quote(name.as_os_str())), "makes one") } else { hint }
}

fn first(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let more = if names.len() > SHOWN { ", …" } else { "" };
    names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ") + more
}

/// There is no such process.
pub fn no_process(pid: u32) -> Hint {
    Hint::new("XNS-E57-no-process", format!("there is no process {pid}"))
        .because(format!("/proc/{pid} is not there"))
        .cure("xlsns -t net", "shows processes in network namespaces")
}

/// The namespaces of a process are its user's to see, and root's (ptrace(2), PTRACE_MODE_READ_FSCREDS).
pub fn not_looked_into(pid: u32, facts: &Facts) -> Hint {
    const NO_WORDS: &[&str] = &[];
    let hint = Hint::new(
        "XNS-E58-process",
        format!("process {pid} is not yours: its network namespace is not shown to you"),
    )
    .because(format!("/proc/{pid}/ns/net answers EACCES; you are uid {} here", facts.euid()));
    if facts.euid() == 0 {
        return hint.cure("xlsns -t net", "shows processes whose network namespaces you may enter");
    }
    hint.cure(facts.command_with(&["sudo"], NO_WORDS), "")
        .cure("xunshare -rmn", "has network namespaces of your own, named in a mount namespace of your own")
}

/// The file stays.
pub(crate) fn not_removed(name: &NetnsName, full: bool, errno: Errno, facts: &Facts) -> Option<Hint> {
    let path = name.path();
    if full {
        return Some(
            Hint::new("XNS-E59-foreign", "something else has this name in the directory")
                .because(format!("{} is a file with something in it", path.display()))
                .cure(format!("rm {}", quote(&path)), "if it is not wanted"),
        );
    }
    match errno {
        Errno::ENOENT => Some(no_name(name, facts)),
        Errno::EPERM | Errno::EACCES => not_privileged("a name is removed", facts),
        Errno::EBUSY => Some(
            Hint::new(
                "XNS-E59-bound-outside",
                "the name was bound outside of this mount namespace, and stays bound in it",
            )
            .because("umount2 answers EINVAL: the mount came with those of another user namespace")
            .cure(facts.command_with::<&str>(&["sudo"], &[]), "from outside"),
        ),
        Errno::EISDIR => Some(name_taken(name, State::Foreign(Sort::Directory))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::{NsKind, Recorded};

    fn facts(uid: u32, files: &[(&str, &str)]) -> Facts {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        let command = ["xnetns", "add", "RED"].map(Into::into).to_vec();
        Facts::recorded(Recorded { uid, files, command, ..Recorded::default() })
    }

    fn red() -> NetnsName {
        NetnsName::existing("RED".as_ref()).unwrap()
    }

    fn reach(files: &[(&str, &str)], part: u8, errno: Errno) -> &'static str {
        let failure = Failure::in_part(part, errno);
        not_reached(&Place::Name(red()), &failure, &facts(0, files)).map_or("none", |hint| hint.id)
    }

    #[test]
    fn causes_are_told_apart_by_what_is_there() {
        let sort = |sort| [("sort:/run/netns/RED", sort)];
        assert_eq!(reach(&sort("an empty file"), KIND, Errno::EINVAL), "XNS-E57-stale");
        assert_eq!(reach(&sort("a symbolic link"), KIND, Errno::EINVAL), "XNS-E57-foreign");
        assert_eq!(reach(&sort("uts:[7]"), KIND, Errno::EINVAL), "XNS-E57-foreign");
        assert_eq!(reach(&sort("net:[7]"), KIND, Errno::EINVAL), "none");
        assert_eq!(reach(&[], 0, Errno::ENOENT), "XNS-E57-no-name");
        let named = no_name(&red(), &facts(0, &[("names:/run/netns", "A B")]));
        assert_eq!(named.because, ["/run/netns has A, B"]);
        assert_eq!(named.cures[0].action, "xnetns add RED");
    }

    #[test]
    fn a_link_to_a_process_is_made_a_name() {
        let cure = |target: &str| {
            let there = [("sort:/run/netns/RED", "a symbolic link"), ("/run/netns/RED", target)];
            why_unusable(&red(), &facts(0, &there)).unwrap().cures[0].action.clone()
        };
        assert_eq!(cure("/proc/4711/ns/net"), "xnetns del RED && xnetns attach RED 4711");
        assert_eq!(cure("/proc/self/ns/net"), "xnetns list --hints=always");
    }

    #[test]
    fn an_empty_file_system_is_mounted_where_it_can_be() {
        let cure = |files: &[(&str, &str)]| {
            store_refused(0, Errno::EROFS, &facts(0, files)).unwrap().cures[0].action.clone()
        };
        assert_eq!(cure(&[]), "mount -t tmpfs -o mode=755 tmpfs /run");
        let there = [("sort:/run/netns", "a directory")];
        assert_eq!(cure(&there), "mount -t tmpfs -o mode=755 tmpfs /run/netns");
    }

    #[test]
    fn rights_have_reasons() {
        let id = |uid, files: &[(&str, &str)]| {
            store_refused(4, Errno::EPERM, &facts(uid, files)).map_or("none", |hint| hint.id)
        };
        assert_eq!(id(1000, &[]), "XNS-E58-unprivileged");
        assert_eq!(id(0, &[("above:/proc/self/ns/mnt", "1")]), "XNS-E58-own-mounts");
        assert_eq!(id(0, &[("/proc/self/status", "CapEff:\t0\n")]), "XNS-E58-capability");
        assert_eq!(id(0, &[]), "none");
    }

    #[test]
    fn another_users_process_is_not_looked_into() {
        let cures = |uid| {
            let failure = Failure::in_part(0, Errno::EACCES);
            let hint = not_reached(&Place::Process(1), &failure, &facts(uid, &[])).unwrap();
            assert_eq!(hint.id, "XNS-E58-process");
            hint.cures.into_iter().map(|cure| cure.action).collect::<Vec<_>>()
        };
        assert_eq!(cures(0), ["xlsns -t net"]);
        assert_eq!(cures(1000), ["sudo xnetns add RED", "xunshare -rmn"]);
    }

    #[test]
    fn a_taken_name_says_by_what() {
        let id = |state| name_taken(&red(), state).id;
        let foreign = State::Foreign(Sort::Symlink);
        assert_eq!(
            [State::Live(7), State::Stale, foreign, State::OtherKind(NsKind::Uts)].map(id),
            ["XNS-E59-taken", "XNS-E57-stale", "XNS-E59-foreign", "XNS-E59-foreign"]
        );
        let cure = |state| name_taken(&red(), state).cures[0].action.clone();
        assert_eq!(cure(State::OtherKind(NsKind::Uts)), "xnetns del RED");
        assert_eq!(cure(State::Foreign(Sort::Full)), "rm /run/netns/RED");
    }
}

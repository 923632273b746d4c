//! Why a map was refused: the causes behind the one text `Operation not permitted` (E08).

mod tool;

pub(crate) use tool::map_tool_failed;
pub use tool::{both_granted, granted_ids, look_at_map_tools, map_tool, not_granted, not_to_be_had};

use crate::idmap::{IdKind, IdMap, OutsideId};
use xns_core::{Errno, Facts, Hint};

/// capabilities(7): may map any group, any user, and an id 0 (since Linux 5.12).
const CAP_SETGID: u32 = 6;
const CAP_SETUID: u32 = 7;
const CAP_SYS_ADMIN: u32 = 21;
const CAP_SETFCAP: u32 = 31;

/// For a map written to `/proc` that the kernel refused.
pub(crate) fn map_refused(kind: IdKind, map: &IdMap, errno: Errno, facts: &Facts) -> Option<Hint> {
    match errno {
        Errno::EPERM => {}
        Errno::EINVAL => return too_many_lines(map, facts),
        _ => return None,
    }
    nested(kind, map, facts)
        .or_else(|| no_right_to_map_root(map, facts))
        .or_else(|| no_right_to_map(kind, map, facts))
}

/// Why the map that makes the caller root in a new user namespace was refused.
pub fn not_mapped_as_root(errno: Errno, facts: &Facts) -> Option<Hint> {
    let text = format!("0 {} 1\n", facts.euid());
    map_refused(IdKind::User, &IdMap::parse_proc(text.as_bytes()).ok()?, errno, facts)
}

/// Kernels before 4.15 take five lines. (What else is EINVAL is refused before it is written.)
fn too_many_lines(map: &IdMap, facts: &Facts) -> Option<Hint> {
    const MOST: usize = 5;
    let release = facts.older_kernel((4, 15))?;
    let lines = map.extents().len();
    (lines > MOST).then(|| {
        Hint::new("XNS-E08-lines", format!("the map has {lines} lines, and this kernel takes {MOST}"))
            .because(format!("it is Linux {release}; 340 are taken since 4.15"))
            .cure("fewer and larger ranges", "")
    })
}

/// Ids can be handed down only from the ids that exist here.
fn nested(kind: IdKind, map: &IdMap, facts: &Facts) -> Option<Hint> {
    let path = format!("/proc/self/{}", kind.map_file());
    let own = IdMap::parse_proc(&facts.file(&path)?).ok()?;
    let missing = map.extents().iter().find(|extent| {
        let first = extent.outside().get();
        let last = OutsideId::new(first.saturating_add(extent.count().get() - 1));
        let here = |id: Option<OutsideId>| id.is_some_and(|id| holds(&own, id.get()));
        !here(OutsideId::new(first)) || !here(last)
    })?;
    let word = kind.word();
    Some(
        Hint::new(
            "XNS-E08-nested",
            format!("the {word}s of the line '{missing}' do not all exist in this user namespace"),
        )
        .because(format!("{path} holds: {}", own.to_string().trim_end().replace('\n', "; ")))
        .cure("--map-subids or --map-users=all", "maps ids that exist here"),
    )
}

/// In a user namespace that has not all ids, a grant of the host is of no use.
fn in_nested_namespace(kind: IdKind, facts: &Facts) -> Option<Hint> {
    let path = format!("/proc/self/{}", kind.map_file());
    let own = IdMap::parse_proc(&facts.file(&path)?).ok()?;
    let whole = own.id_count() >= u64::from(u32::MAX);
    (!whole && !own.extents().is_empty()).then(|| {
        Hint::new(
            "XNS-E08-nested",
            format!("this user namespace has only some {}s, whatever the host grants", kind.word()),
        )
        .because(format!("{path} holds: {}", own.to_string().trim_end().replace('\n', "; ")))
        .cure(
            match kind {
                IdKind::User => "--map-users=all",
                IdKind::Group => "--map-groups=all",
            },
            "maps ids that exist here",
        )
    })
}

/// Is this number an inside id of the map, that is, an id of the namespace we stand in?
fn holds(own: &IdMap, id: u32) -> bool {
    crate::idmap::InsideId::new(id).is_some_and(|id| own.contains(id))
}

fn no_right_to_map_root(map: &IdMap, facts: &Facts) -> Option<Hint> {
    map.inside_of(OutsideId::ROOT)?;
    if facts.has_capability("CapEff", CAP_SETFCAP)? {
        return None;
    }
    Some(
        Hint::new(
            "XNS-E08-setfcap",
            "mapping uid 0 of here needs CAP_SETFCAP, which this process does not have",
        )
        .because("CapEff of /proc/self/status lacks bit 31; Linux asks for it since 5.12")
        .cure("docker run --cap-add SETFCAP …", "when this is a container"),
    )
}

fn no_right_to_map(kind: IdKind, map: &IdMap, facts: &Facts) -> Option<Hint> {
    let (needed, name) = match kind {
        IdKind::User => (CAP_SETUID, "CAP_SETUID"),
        IdKind::Group => (CAP_SETGID, "CAP_SETGID"),
    };
    let own = match kind {
        IdKind::User => facts.euid(),
        IdKind::Group => facts.egid(),
    };
    let only_own = map.id_count() == 1 && map.extents().iter().all(|extent| extent.outside().get() == own);
    let lacking = [(needed, name), (CAP_SYS_ADMIN, "CAP_SYS_ADMIN")]
        .into_iter()
        .find(|&(number, _)| facts.has_capability("CapEff", number) == Some(false));
    match (only_own, lacking) {
        (false, Some((_, name))) => Some(
            Hint::new(
                "XNS-E08-not-yours",
                format!("without {name} a process may map only its own {}", kind.word()),
            )
            .because(format!("CapEff of /proc/self/status lacks {name}; your {} is {own}", kind.word()))
            .cure("--map-auto", "maps the range that /etc/subuid and /etc/subgid grant you"),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Recorded;

    pub(in crate::hints) fn map(text: &str) -> IdMap {
        IdMap::parse_proc(text.as_bytes()).unwrap()
    }

    pub(in crate::hints) fn facts(files: &[(&str, &str)]) -> Facts {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        let variables = vec![("PATH".to_owned(), "/bin:/usr/bin".into())];
        Facts::recorded(Recorded { uid: 1000, gid: 1000, files, variables, ..Recorded::default() })
    }

    pub(in crate::hints) const ALL: (&str, &str) = ("/proc/self/uid_map", "0 0 4294967295\n");

    #[test]
    fn another_ones_id_needs_a_capability() {
        let facts = facts(&[ALL, ("/proc/self/status", "CapEff:\t0000000000000000\n")]);
        let hint = map_refused(IdKind::User, &map("0 5 1"), Errno::EPERM, &facts).unwrap();
        assert_eq!(hint.id, "XNS-E08-not-yours");
        assert_eq!(map_refused(IdKind::User, &map("0 1000 1"), Errno::EPERM, &facts), None);
    }

    #[test]
    fn mapping_root_needs_setfcap() {
        let facts = facts(&[ALL, ("/proc/self/status", "CapEff:\t000000007fffffff\n")]);
        assert_eq!(
            map_refused(IdKind::User, &map("0 0 1"), Errno::EPERM, &facts).unwrap().id,
            "XNS-E08-setfcap"
        );
    }

    #[test]
    fn ids_that_do_not_exist_here_cannot_be_handed_down() {
        let facts = facts(&[
            ("/proc/self/uid_map", "0 1000 1\n"),
            ("/proc/self/status", "CapEff:\t000001ffffffffff\n"),
        ]);
        let hint = map_refused(IdKind::User, &map("0 100000 10"), Errno::EPERM, &facts).unwrap();
        assert_eq!(
            (hint.id, hint.because[0].as_str()),
            ("XNS-E08-nested", "/proc/self/uid_map holds: 0 1000 1")
        );
    }

    #[test]
    fn old_kernels_take_five_lines() {
        let ask = |release, lines: u32| {
            let text: String = (0..lines).map(|line| format!("{line} {line} 1\n")).collect();
            let release = ("/proc/sys/kernel/osrelease", release);
            map_refused(IdKind::User, &map(&text), Errno::EINVAL, &facts(&[release])).map(|hint| hint.id)
        };
        assert_eq!(ask("4.14.2-generic\n", 6), Some("XNS-E08-lines"));
        assert_eq!(ask("3.10.0-1160.el7.x86_64\n", 6), Some("XNS-E08-lines"));
        assert_eq!(ask("4.14.2\n", 5), None);
        assert_eq!(ask("4.15.0\n", 6), None);
        assert_eq!(ask("6.18.1+\n", 300), None);
    }
}

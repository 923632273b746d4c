//! Causes around newuidmap, newgidmap and the files that say what they may map (E08).

use super::nested;
use crate::account;
use crate::idmap::{Block, Extent, IdKind, IdMap, OutsideId};
use crate::maps::RunMapTool;
use crate::subid::{self, SubidError};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use xns_core::{Cause, Errno, Facts, Hint, shell};

/// For newuidmap or newgidmap that could not be run, or said no.
pub(crate) fn map_tool_failed(kind: IdKind, map: &IdMap, cause: Cause, facts: &Facts) -> Option<Hint> {
    let tool = RunMapTool::tool(kind);
    match cause {
        Cause::Errno(Errno::ENOENT) => Some(no_tool(kind)),
        Cause::Exited(_) => no_new_privileges(tool, facts)
            .or_else(|| nested(kind, map, facts))
            .or_else(|| without_its_rights(tool, facts))
            .or_else(|| not_set_user_id(tool, facts))
            .or_else(|| refused_ids(kind, map, facts)),
        _ => None,
    }
}

fn no_tool(kind: IdKind) -> Hint {
    let tool = RunMapTool::tool(kind);
    Hint::new(
        "XNS-E08-no-tool",
        format!("{tool} is not installed: only it may map the ids of {}", kind.subid_file()),
    )
    .because(format!("no {tool} in any directory of PATH"))
    .cure("sudo apt install uidmap", "Debian, Ubuntu; elsewhere the package is shadow-utils")
}

/// The program newuidmap or newgidmap that PATH finds, if it has rights that it can use; else why not.
///
/// # Errors
/// The cause: it is missing, or has no rights, or gets none here.
pub fn map_tool(kind: IdKind, facts: &Facts) -> Result<String, Hint> {
    let tool = RunMapTool::tool(kind);
    let Some(program) = found(tool, facts) else { return Err(no_tool(kind)) };
    let wrong = no_new_privileges(tool, facts)
        .or_else(|| without_its_rights(tool, facts))
        .or_else(|| not_set_user_id(tool, facts));
    wrong.map_or(Ok(program), Err)
}

/// The ids that the caller is granted by `/etc/subuid` or `/etc/subgid`; else why it has none.
///
/// # Errors
/// The cause: no line, a bad line, or a user namespace that has not these ids.
pub fn granted_ids(kind: IdKind, facts: &Facts) -> Result<Block, Hint> {
    if let Some(hint) = super::in_nested_namespace(kind, facts) {
        return Err(hint);
    }
    granted(kind, facts).map_err(|error| {
        let named = Hint::new("XNS-E08-not-granted", format!("{} does not grant you ids", kind.subid_file()));
        not_granted(kind, facts).unwrap_or_else(|| named.because(error.to_string()))
    })
}

/// Looks at newuidmap and newgidmap from here, for a hint: in the new user namespace their owner is nobody.
pub fn look_at_map_tools(facts: &Facts) {
    for kind in [IdKind::User, IdKind::Group] {
        let _ = not_set_user_id(RunMapTool::tool(kind), facts);
    }
}

fn no_new_privileges(tool: &str, facts: &Facts) -> Option<Hint> {
    (facts.status("NoNewPrivs")? == "1").then(|| {
        Hint::new("XNS-E08-no-new-privs", format!("{tool} gets no rights: this process has no_new_privs set"))
            .because("NoNewPrivs in /proc/self/status is 1")
            .cure("start from a shell without it", "a sandbox, a container or a systemd unit has set it")
    })
}

/// The tool that PATH finds.
fn found(tool: &str, facts: &Facts) -> Option<String> {
    let path = facts.variable("PATH")?;
    let path = path.to_string_lossy();
    path.split(':').map(|dir| in_directory(dir, tool)).find(|program| facts.raises_rights(program).is_some())
}

/// It has rights, but not where it lies.
fn without_its_rights(tool: &str, facts: &Facts) -> Option<Hint> {
    let program = found(tool, facts).filter(|program| facts.raises_rights(program) == Some(true))?;
    facts.look(None, Path::new(&program)).ok().filter(|seen| seen.nosuid)?;
    let shown = shell::quote(&program);
    Some(
        Hint::new(
            "XNS-E08-nosuid",
            format!("{shown} gets no rights: its file system is mounted with nosuid"),
        )
        .because(format!("statfs(2) of {shown} shows nosuid"))
        .cure(format!("findmnt -T {shown}"), "shows the mount; mount -o remount,suid changes it"),
    )
}

/// Is there an id in the map that is neither granted nor the caller's own? Otherwise it was something else.
fn refused_ids(kind: IdKind, map: &IdMap, facts: &Facts) -> Option<Hint> {
    let text = facts.file(kind.subid_file()).unwrap_or_default();
    let passwd = facts.file("/etc/passwd").unwrap_or_default();
    let name = account::user_by_uid(&passwd, facts.euid()).map(|user| user.name);
    // Every line of the user's counts for the tool.
    let lines = text.split(|&byte| byte == b'\n');
    let blocks: Vec<_> = lines.filter_map(|line| subid::find(kind, line, name, facts.euid()).ok()).collect();
    let own = if kind == IdKind::User { facts.euid() } else { facts.egid() };
    let allowed = |extent: &Extent| {
        let (first, count) = (extent.outside().get(), extent.count().get());
        let granted = |block: &Block| {
            let below = first.checked_sub(block.first().get());
            below.is_some_and(|below| u64::from(below) + u64::from(count) <= u64::from(block.count().get()))
        };
        (first == own && count == 1) || blocks.iter().any(granted)
    };
    if map.extents().iter().all(allowed) { None } else { not_granted(kind, facts) }
}

fn not_set_user_id(tool: &str, facts: &Facts) -> Option<Hint> {
    let program = found(tool, facts)?;
    if facts.raises_rights(&program) != Some(false) {
        return None;
    }
    let shown = shell::quote(&program);
    let at_home = SYSTEM_DIRECTORIES.iter().any(|dir| in_directory(dir, tool) == program);
    if at_home && facts.owner(&program) == Some(0) {
        return Some(
            Hint::new("XNS-E08-no-setuid", format!("{shown} has no rights of its own"))
                .because("it is neither set-user-ID nor has file capabilities")
                .cure(format!("sudo chmod u+s {shown}"), "or reinstall the package uidmap"),
        );
    }
    // Not to be given root's rights, whatever it is.
    let hint = Hint::new(
        "XNS-E08-no-setuid",
        format!("PATH finds {shown}, which is not the system's {tool} and has no rights of its own"),
    )
    .because("it is neither set-user-ID root nor has file capabilities");
    let good = SYSTEM_DIRECTORIES
        .into_iter()
        .find(|dir| facts.raises_rights(&in_directory(dir, tool)) == Some(true));
    Some(match good {
        Some(dir) => {
            let command = facts.command_with::<&str>(&[], &[]);
            hint.cure(format!("PATH={dir}:$PATH {command}"), "there is the system's own")
        }
        None => hint.cure("reinstall the package uidmap", "and take the other out of PATH"),
    })
}

/// Where packages and administrators put programs.
const SYSTEM_DIRECTORIES: [&str; 5] = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"];

/// An empty entry of PATH is the working directory.
fn in_directory(dir: &str, tool: &str) -> String {
    let dir = if dir.is_empty() { "." } else { dir };
    format!("{dir}/{tool}")
}

/// For ids that are looked for in vain before anything is made: this namespace may not have them, whatever is granted.
pub fn not_to_be_had(kind: IdKind, facts: &Facts) -> Option<Hint> {
    super::in_nested_namespace(kind, facts).or_else(|| not_granted(kind, facts))
}

/// For ids that `/etc/subuid` or `/etc/subgid` does not grant: what it says, and how to be granted some.
pub fn not_granted(kind: IdKind, facts: &Facts) -> Option<Hint> {
    let file = kind.subid_file();
    let passwd = facts.file("/etc/passwd").unwrap_or_default();
    let name = account::user_by_uid(&passwd, facts.euid()).map(|user| user.name);
    let granted = |kind| granted(kind, facts);
    let hint = Hint::new("XNS-E08-not-granted", format!("{file} does not grant you these ids"));
    let error = match granted(kind) {
        Ok(block) => {
            let evidence = format!("{file} grants you {} ids from {}", block.count(), block.first());
            return Some(hint.because(evidence).cure("--map-auto", "maps just what is granted"));
        }
        Err(error) => error,
    };
    let hint = hint.because(error.to_string());
    let missing =
        |kind| matches!(granted(kind), Err(SubidError::NoEntry { .. } | SubidError::NoAccount { .. }));
    let user = name.map(|name| shell::quote(OsStr::from_bytes(name)));
    Some(match (missing(kind), user, free_range(facts)) {
        (false, _, _) => hint.cure(format!("mend your line in {file}"), "its numbers are no range of ids"),
        (true, None, _) => hint.cure("an account in /etc/passwd", "ids are granted to a login name"),
        (true, Some(_), None) => hint,
        (true, Some(user), Some((first, last))) => {
            let options = [(IdKind::User, "--add-subuids"), (IdKind::Group, "--add-subgids")];
            let words = options.into_iter().filter(|&(kind, _)| missing(kind));
            let words: String = words.map(|(_, option)| format!(" {option} {first}-{last}")).collect();
            hint.cure(
                format!("sudo usermod{words} {user}"),
                "grants a range that nobody has; then --map-auto",
            )
        }
    })
}

/// Do `/etc/subuid` and `/etc/subgid` both grant the caller ids: will `--map-auto` work?
pub fn both_granted(facts: &Facts) -> bool {
    [IdKind::User, IdKind::Group].into_iter().all(|kind| granted(kind, facts).is_ok())
}

/// The caller's block: by user for groups too, as the original and newgidmap do.
fn granted(kind: IdKind, facts: &Facts) -> Result<Block, SubidError> {
    let passwd = facts.file("/etc/passwd").unwrap_or_default();
    let name = account::user_by_uid(&passwd, facts.euid()).map(|user| user.name);
    let text = facts.file(kind.subid_file()).unwrap_or_default();
    subid::find(kind, &text, name, facts.euid())
}

/// The first and the last of as many ids as are usual, above all that somebody has in `/etc/subuid` or `/etc/subgid`.
fn free_range(facts: &Facts) -> Option<(u32, u32)> {
    const LOWEST: u64 = 100_000;
    const COUNT: u64 = 65_536;
    let mut first = LOWEST;
    for kind in [IdKind::User, IdKind::Group] {
        let text = facts.file(kind.subid_file()).unwrap_or_default();
        for line in String::from_utf8_lossy(&text).lines() {
            let mut numbers = line.split(':').skip(1).map(|field| field.trim().parse::<u64>().ok());
            if let (Some(Some(start)), Some(Some(count))) = (numbers.next(), numbers.next()) {
                first = first.max(start.saturating_add(count));
            }
        }
    }
    let last = OutsideId::new(u32::try_from(first.saturating_add(COUNT - 1)).ok()?)?;
    Some((u32::try_from(first).ok()?, last.get()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hints::tests::{ALL, facts, map};
    use xns_core::Recorded;

    #[test]
    fn causes_of_a_refusing_newuidmap() {
        let ask = |files: &[(&str, &str)]| {
            map_tool_failed(IdKind::User, &map("0 5 1"), Cause::Exited(1), &facts(files)).unwrap().id
        };
        assert_eq!(ask(&[ALL, ("/proc/self/status", "NoNewPrivs:\t1\n")]), "XNS-E08-no-new-privs");
        assert_eq!(ask(&[ALL, ("rights:/usr/bin/newuidmap", "no")]), "XNS-E08-no-setuid");
        assert_eq!(ask(&[ALL, ("rights:/usr/bin/newuidmap", "yes")]), "XNS-E08-not-granted");
        let missing = map_tool_failed(IdKind::User, &map("0 5 1"), Cause::Errno(Errno::ENOENT), &facts(&[]));
        assert_eq!(missing.unwrap().id, "XNS-E08-no-tool");
    }

    fn refused(files: &[(&str, &str)]) -> Hint {
        let kept = [&[ALL, ("/etc/passwd", "al:x:1000:1000::/:/bin/sh\n")], files].concat();
        map_tool_failed(IdKind::User, &map("0 5 1"), Cause::Exited(1), &facts(&kept)).unwrap()
    }

    #[test]
    fn only_the_systems_own_tool_is_to_be_made_set_user_id() {
        let plain = [("rights:/usr/bin/newuidmap", "no"), ("owner:/usr/bin/newuidmap", "0")];
        assert_eq!(refused(&plain).cures[0].action, "sudo chmod u+s /usr/bin/newuidmap");
        let foreign = [("rights:/usr/bin/newuidmap", "no"), ("owner:/usr/bin/newuidmap", "1000")];
        assert_eq!(refused(&foreign).cures[0].action, "reinstall the package uidmap");
        let files = [
            ALL,
            ("rights:/my bin/newuidmap", "no"),
            ("owner:/my bin/newuidmap", "0"),
            ("rights:/usr/bin/newuidmap", "yes"),
        ];
        let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).to_vec();
        let variables = vec![("PATH".to_owned(), ":/my bin:/usr/bin".into())];
        let command = vec!["xunshare".into(), "true".into()];
        let facts = Facts::recorded(Recorded {
            uid: 1000,
            gid: 1000,
            files,
            variables,
            command,
            ..Recorded::default()
        });
        let hint = map_tool_failed(IdKind::User, &map("0 5 1"), Cause::Exited(1), &facts).unwrap();
        assert_eq!(
            (hint.id, hint.cures[0].action.as_str()),
            ("XNS-E08-no-setuid", "PATH=/usr/bin:$PATH xunshare true")
        );
        assert!(hint.cause.starts_with("PATH finds '/my bin/newuidmap', "), "{hint:?}");
    }

    #[test]
    fn a_range_is_proposed_only_to_who_has_none_and_only_a_free_one() {
        let cures = |files: &[(&str, &str)]| {
            refused(files).cures.into_iter().map(|cure| cure.action).collect::<Vec<_>>()
        };
        let add = |range: &str| vec![format!("sudo usermod --add-subuids {range} --add-subgids {range} al")];
        assert_eq!(cures(&[]), add("100000-165535"));
        let bob = ("/etc/subuid", "bob:100000:65536\n");
        assert_eq!(cures(&[bob]), add("165536-231071"));
        assert_eq!(cures(&[bob, ("/etc/subgid", "bob:300000:65536\nx\ny:z:1\n")]), add("365536-431071"));
        assert_eq!(
            cures(&[bob, ("/etc/subgid", "al:165536:65536\n")]),
            ["sudo usermod --add-subuids 231072-296607 al"]
        );
        assert_eq!(cures(&[("/etc/subuid", "bob:4294901759:65536\n")]), Vec::<String>::new());
        let own = refused(&[("/etc/subuid", "al:300000:10\n")]);
        assert_eq!(own.because, ["/etc/subuid grants you 10 ids from 300000"]);
        assert_eq!((own.cures.len(), own.cures[0].action.as_str()), (1, "--map-auto"));
    }

    #[test]
    fn what_is_granted_was_refused_for_another_reason() {
        let own = |text: &str, subuid| {
            let files = [ALL, ("/etc/passwd", "al:x:1000:1000::/:/bin/sh\n"), ("/etc/subuid", subuid)];
            map_tool_failed(IdKind::User, &map(text), Cause::Exited(1), &facts(&files)).map(|hint| hint.id)
        };
        let two = "al:300000:10\nbob:5:5\n1000:400000:10\n";
        assert_eq!(own("0 1000 1\n1 300000 10\n11 400005 5", two), None);
        assert_eq!(own("0 1000 1\n1 300001 10", two), Some("XNS-E08-not-granted"));
        assert_eq!(own("0 1000 2", two), Some("XNS-E08-not-granted"));
        assert_eq!(own("0 5 1", two), Some("XNS-E08-not-granted"));
    }

    #[test]
    fn a_mount_with_nosuid_takes_the_tools_rights() {
        let seen = |nosuid| {
            let tool = xns_core::Seen { nosuid, ..xns_core::Seen::file(0o4755, xns_core::Format::Plain) };
            let files = [ALL, ("rights:/usr/bin/newuidmap", "yes")];
            let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).to_vec();
            let variables = vec![("PATH".to_owned(), "/usr/bin".into())];
            let seen = vec![("/usr/bin/newuidmap".into(), tool)];
            let facts =
                Facts::recorded(Recorded { uid: 1000, files, variables, seen, ..Recorded::default() });
            map_tool_failed(IdKind::User, &map("0 5 1"), Cause::Exited(1), &facts).unwrap().id
        };
        assert_eq!(seen(true), "XNS-E08-nosuid");
        assert_eq!(seen(false), "XNS-E08-not-granted");
    }
}

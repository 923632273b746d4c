//! `show`: the groups of a process, and the limits that bind it.

use super::bound::bindings;
use super::{LookError, hierarchies, json, number, screen, text};
use crate::TOOL;
use crate::cli::{Cli, CliError};
use serde::Serialize;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use xns_cgroup::stat::{Bounds, Machine, Part, Source};
use xns_cgroup::{Hierarchy, Layout, Membership, Version, memberships};
use xns_cli::table::{Column, Form, Look, Table};
use xns_cli::{Diagnostic, print, shown};
use xns_core::Facts;
use xns_tool::Refusal;

/// A process.
#[derive(Clone, Debug)]
struct Shown {
    pid: u32,
    command: Vec<u8>,
    groups: Vec<Seen>,
    bounds: Bounds,
}

/// Its group in one hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    membership: Membership,
    controllers: Vec<String>,
    directory: Option<PathBuf>,
    is_mounted: bool,
}

/// Prints the groups of each process; the status is 1 when one of them was not there.
pub(crate) fn show(cli: &Cli, facts: &Facts) -> Result<u8, Box<Diagnostic>> {
    let (layout, pids) = match asked(cli, facts) {
        Ok(asked) => asked,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let (mut found, mut status) = (Vec::new(), 0);
    for pid in pids {
        match look(pid, &layout, facts, &Machine) {
            Ok(shown) => found.push(shown),
            Err(error) if cli.operands.len() == 1 => return TOOL.refuse(error, facts),
            Err(error) => {
                status = 1;
                error.into_diagnostic().tell(&TOOL.called_as(facts), cli.options.reporting.error_format);
            }
        }
    }
    let look = screen::look(cli, facts);
    let text = if cli.options.json { as_json(&found) } else { human(&found, &look) };
    print(&text).map(|()| status)
}

fn asked(cli: &Cli, facts: &Facts) -> Result<(Layout, Vec<u32>), LookError> {
    let pid = |word: &std::ffi::OsString| {
        let number = word.to_str().and_then(|text| text.parse().ok()).filter(|pid| *pid > 0);
        number.ok_or_else(|| CliError::Pid(word.clone()))
    };
    Ok((hierarchies(facts)?, cli.operands.iter().map(pid).collect::<Result<_, _>>()?))
}

fn look(pid: u32, layout: &Layout, facts: &Facts, source: &dyn Source) -> Result<Shown, LookError> {
    let lines = facts.file(&format!("/proc/{pid}/cgroup")).ok_or(LookError::NoProcess(pid))?;
    let groups: Vec<Seen> =
        memberships(&lines).into_iter().map(|membership| Seen::of(membership, layout)).collect();
    let parts: Vec<(Part, PathBuf)> = groups.iter().filter_map(|group| group.part(layout)).collect();
    Ok(Shown { pid, command: command(pid, facts), bounds: Bounds::of(&parts, source), groups })
}

/// Its words with blanks between, or its name when it has none.
fn command(pid: u32, facts: &Facts) -> Vec<u8> {
    let read =
        |file: &str| facts.file(&format!("/proc/{pid}/{file}")).map(|text| text.to_vec()).unwrap_or_default();
    let mut words = read("cmdline");
    while words.last() == Some(&0) {
        words.pop();
    }
    if words.is_empty() {
        words = read("comm").trim_ascii_end().to_vec();
    }
    words.iter().map(|byte| if *byte == 0 { b' ' } else { *byte }).collect()
}

impl Seen {
    fn of(membership: Membership, layout: &Layout) -> Seen {
        let tree = layout.tree(&membership.hierarchy);
        let controllers = match (tree, &membership.hierarchy) {
            (Some(tree), _) => tree.controllers.clone(),
            (None, Hierarchy::Version1(names)) => names.clone(),
            (None, Hierarchy::Unified) => Vec::new(),
        };
        let directory = tree.and_then(|tree| tree.directory_of(&membership));
        let controllers = controllers.into_iter().filter(|name| !name.starts_with("name=")).collect();
        Seen { controllers, directory, is_mounted: tree.is_some(), membership }
    }

    fn part(&self, layout: &Layout) -> Option<(Part, PathBuf)> {
        let tree = layout.tree(&self.membership.hierarchy)?;
        let controllers = self.controllers.clone();
        let part = Part { version: tree.version(), controllers, directory: self.directory.clone()? };
        Some((part, tree.point.clone()))
    }

    fn version(&self) -> Version {
        match self.membership.hierarchy {
            Hierarchy::Unified => Version::V2,
            Hierarchy::Version1(_) => Version::V1,
        }
    }

    fn is_outside(&self) -> bool {
        self.membership.path.starts_with("/..")
    }

    fn is_deleted(&self) -> bool {
        self.membership.path.as_os_str().as_bytes().ends_with(b" (deleted)")
    }

    /// Why it has no directory.
    fn nowhere(&self) -> &'static str {
        if self.is_outside() {
            "(outside of our cgroup namespace)"
        } else if self.is_deleted() {
            "(removed)"
        } else if self.is_mounted {
            "(not below what is mounted)"
        } else {
            "(mounted nowhere here)"
        }
    }
}

const COLUMNS: [Column; 4] =
    [Column::new("HIERARCHY"), Column::new("VERSION"), Column::new("GROUP"), Column::new("DIRECTORY")];

fn human(found: &[Shown], look: &Look) -> String {
    let each = found.iter().map(|shown| one(shown, look));
    each.collect::<Vec<_>>().join("\n")
}

fn one(process: &Shown, look: &Look) -> String {
    let mut table = Table::new(&COLUMNS);
    for group in &process.groups {
        let directory = group.directory.as_deref().unwrap_or(Path::new(group.nowhere()));
        table
            .row(None)
            .text(group.membership.hierarchy.to_string())
            .text(group.version().to_string())
            .text(group.membership.path.as_os_str().as_bytes())
            .text(directory.as_os_str().as_bytes());
    }
    let say = |bytes: &[u8]| shown::shown(bytes, look.charset);
    let mut text = format!("{} {}\n", process.pid, say(&process.command));
    // What is cut off a path is what it would be used for.
    text += &table.render(Form::Human, &Look { width: None, ..*look });
    let bindings = bindings(&process.bounds);
    if bindings.is_empty() {
        text += "No limit of memory, CPU time or processes binds it.\n";
    }
    for binding in bindings {
        text += &format!("{}\n", say(binding.long().as_bytes()));
    }
    text
}

#[derive(Serialize)]
struct JsonProcess<'s> {
    pid: u32,
    command: String,
    groups: Vec<JsonGroup<'s>>,
    bounds: &'s Bounds,
}

#[derive(Serialize)]
struct JsonGroup<'s> {
    hierarchy: String,
    version: u8,
    controllers: &'s [String],
    path: String,
    directory: Option<String>,
    outside_of_namespace: bool,
    deleted: bool,
}

fn as_json(found: &[Shown]) -> String {
    let group = |group: &'_ Seen| JsonGroup {
        hierarchy: group.membership.hierarchy.to_string(),
        version: number(group.version()),
        controllers: &[],
        path: text(&group.membership.path),
        directory: group.directory.as_ref().map(text),
        outside_of_namespace: group.is_outside(),
        deleted: group.is_deleted(),
    };
    let processes = found.iter().map(|process| JsonProcess {
        pid: process.pid,
        command: shown::text(&process.command),
        groups: process
            .groups
            .iter()
            .map(|seen| JsonGroup { controllers: &seen.controllers, ..group(seen) })
            .collect(),
        bounds: &process.bounds,
    });
    json(&processes.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::super::record::Files;
    use super::*;
    use xns_cli::table::Charset;
    use xns_core::Recorded;

    const MOUNTS: &str = "31 1 0:1 / /cg/memory rw - cgroup cgroup rw,memory\n\
        32 1 0:2 /docker/c /cg/pids rw - cgroup cgroup rw,pids\n\
        33 1 0:3 / /cg/unified rw - cgroup2 cgroup2 rw\n";

    fn facts() -> Facts {
        let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
        Facts::recorded(Recorded {
            files: vec![
                file("/proc/self/mountinfo", MOUNTS),
                file("/proc/self/cgroup", "4:net_cls:/\n3:memory:/\n2:pids:/docker/c\n0::/\n"),
                file("/proc/7/cgroup", "4:net_cls:/n\n3:memory:/a/b\n2:pids:/docker/c (deleted)\n0::/../x\n"),
                file("/proc/7/cmdline", "sh\0-c\0a\x1b[2Jb\0"),
                file("/proc/8/cgroup", "3:memory:/\n"),
                file("/proc/8/comm", "kthreadd\n"),
            ],
            ..Recorded::default()
        })
    }

    const FILES: Files = Files(&[
        ("/cg/memory/a/memory.limit_in_bytes", "209715200\n"),
        ("/cg/memory/a/b/memory.limit_in_bytes", "524288000\n"),
        ("/cg/memory/a/b/memory.stat", "hierarchical_memory_limit 209715200\n"),
    ]);

    #[test]
    fn groups_of_a_process_and_what_binds_it() {
        let facts = facts();
        let shown = look(7, &Layout::of(&facts), &facts, &FILES).unwrap();
        let text = human(&[shown], &Look { charset: Charset::Utf8, ..Look::default() });
        assert_eq!(
            text,
            "7 sh -c a\\x1b[2Jb\n\
             HIERARCHY VERSION GROUP               DIRECTORY\n\
             net_cls   v1      /n                  (mounted nowhere here)\n\
             memory    v1      /a/b                /cg/memory/a/b\n\
             pids      v1      /docker/c (deleted) (removed)\n\
             cgroup2   v2      /../x               (outside of our cgroup namespace)\n\
             memory limited to 200M by /a, not by its own 500M\n"
        );
    }

    #[test]
    fn a_kernel_thread_and_nobody() {
        let facts = facts();
        let shown = look(8, &Layout::of(&facts), &facts, &FILES).unwrap();
        let value: serde_json::Value = serde_json::from_str(&as_json(&[shown])).unwrap();
        assert_eq!((&value[0]["pid"], &value[0]["command"]), (&8.into(), &"kthreadd".into()));
        assert_eq!(value[0]["groups"][0]["directory"], "/cg/memory");
        assert_eq!(value[0]["groups"][0]["controllers"][0], "memory");
        assert!(value[0]["bounds"]["memory_bytes"].is_null());
        assert!(matches!(look(9, &Layout::of(&facts), &facts, &FILES), Err(LookError::NoProcess(9))));
    }
}

//! Files of a group by their names, also by the name that the other version has for one.

use super::super::group::Group;
use super::super::{LookError, json, text};
use serde::Serialize;
use std::ffi::OsStr;
use std::path::PathBuf;
use xns_cgroup::limits::names::{Counterpart, counterpart, translation};
use xns_cgroup::stat::Source;
use xns_cgroup::{Layout, Place, Placed, Version};
use xns_cli::shown;
use xns_cli::table::Charset;
use xns_core::{Errno, Facts};

/// What stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Contents {
    /// As it was asked for.
    pub(super) asked: String,
    /// What it is called here.
    pub(super) file: String,
    /// The hierarchies whose directory of the group has it so.
    pub(super) hierarchies: Vec<String>,
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
    /// A translation.
    pub(super) note: Option<String>,
}

/// The file in each hierarchy that has it. Where the same stands in several, it is one.
pub(super) fn find(
    file: &OsStr,
    group: &Group,
    layout: &Layout,
    facts: &Facts,
    source: &dyn Source,
) -> Result<Vec<Contents>, LookError> {
    let asked =
        file.to_str().filter(|name| !name.is_empty() && !name.contains('/') && *name != "." && *name != "..");
    let asked = asked.ok_or_else(|| LookError::NotFile(file.to_owned()))?;
    let found = in_each(asked, asked, group, source)?;
    if !found.is_empty() {
        return Ok(found);
    }
    let mut instead = None;
    for version in [Version::V1, Version::V2] {
        match counterpart(asked, version) {
            Counterpart::Named(names) => {
                let mut found = Vec::new();
                for name in names {
                    found.extend(in_each(asked, &name, group, source)?);
                }
                let mut files: Vec<&str> = found.iter().map(|contents| &*contents.file).collect();
                files.dedup();
                let note = translation(asked, &and(&files), version);
                if let Some(first) = found.first_mut() {
                    // Once, for all of them.
                    first.note = Some(note);
                    return Ok(found);
                }
            }
            Counterpart::Without(text) if layout.trees.iter().any(|tree| tree.version() == version) => {
                instead = Some(text)
            }
            Counterpart::Without(_) | Counterpart::Own => {}
        }
    }
    Err(missing(asked, instead, group, layout, facts))
}

/// `a, b and c`
fn and(names: &[&str]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        names => names.concat(),
    }
}

fn in_each(asked: &str, file: &str, group: &Group, source: &dyn Source) -> Result<Vec<Contents>, LookError> {
    let mut found: Vec<Contents> = Vec::new();
    for Placed { tree, directory } in &group.placed {
        let bytes = match source.read(directory, file) {
            Ok(bytes) => bytes,
            Err(Errno::ENOENT) => continue,
            // What a file says that has no way of being read.
            Err(Errno::EINVAL) => return Err(LookError::OnlyWritten(directory.join(file))),
            Err(errno) => return Err(LookError::Unread { file: directory.join(file), errno }),
        };
        let hierarchy = tree.hierarchy.to_string();
        match found.iter_mut().find(|known| known.bytes == bytes) {
            Some(known) => known.hierarchies.push(hierarchy),
            None => found.push(Contents {
                asked: asked.to_owned(),
                file: file.to_owned(),
                hierarchies: vec![hierarchy],
                path: directory.join(file),
                bytes,
                note: None,
            }),
        }
    }
    Ok(found)
}

/// Why the group has no such file.
fn missing(
    asked: &str,
    instead: Option<&'static str>,
    group: &Group,
    layout: &Layout,
    facts: &Facts,
) -> LookError {
    let controller = asked.split('.').next().unwrap_or(asked);
    let name = group.name.clone();
    let elsewhere = match layout.place(controller, facts) {
        Place::In(tree) if !group.placed.iter().any(|placed| placed.tree.hierarchy == tree.hierarchy) => {
            Some(format!("it is not in the hierarchy of {controller}, at {}", tree.point.display()))
        }
        Place::In(tree) if tree.version() == Version::V2 && !group.name.ends_with("/") => {
            let on = |placed: &&Placed| placed.tree.hierarchy == tree.hierarchy;
            let above = group.placed.iter().find(on).and_then(|placed| placed.directory.parent());
            let enabled = above.and_then(|above| facts.line(above.join("cgroup.subtree_control").to_str()?));
            let is_off =
                enabled.is_some_and(|names| !names.split_whitespace().any(|name| name == controller));
            is_off.then(|| {
                format!("{controller} is not enabled for it, in {}", above.unwrap_or(&tree.point).display())
            })
        }
        Place::In(_) => None,
        Place::Unmounted(_) => Some(format!("the hierarchy of {controller} is mounted nowhere here")),
        Place::Disabled => Some(format!("{controller} was disabled at boot")),
        Place::NotHere => Some(format!("{controller} is in no hierarchy here")),
        Place::Unknown => None,
    };
    let reasons: Vec<String> = elsewhere.into_iter().chain(instead.map(str::to_owned)).collect();
    let why = (!reasons.is_empty()).then(|| reasons.join("; "));
    LookError::NoFile { name, file: asked.to_owned(), why }
}

/// One file as it is; of several each with its name before it, and further lines moved to the right.
pub(super) fn human(found: &[Contents], charset: Charset) -> String {
    let safe = |bytes: &[u8]| {
        let lines = bytes.split(|byte| *byte == b'\n').map(|line| {
            let cells = line.split(|byte| *byte == b'\t').map(|cell| shown::shown(cell, charset));
            cells.collect::<Vec<_>>().join("\t")
        });
        lines.collect::<Vec<_>>()
    };
    if let [only] = found {
        return safe(&only.bytes).join("\n");
    }
    let mut text = String::new();
    for contents in found {
        let others = found.iter().filter(|other| other.file == contents.file).count();
        let which = if others > 1 { format!(" ({})", contents.hierarchies.join(" ")) } else { String::new() };
        let bytes = contents.bytes.strip_suffix(b"\n").unwrap_or(&contents.bytes);
        text += &format!("{}{which}: {}\n", contents.file, safe(bytes).join("\n\t"));
    }
    text
}

#[derive(Serialize)]
struct Json<'c> {
    asked: &'c str,
    file: &'c str,
    hierarchies: &'c [String],
    path: String,
    contents: String,
    note: Option<&'c str>,
}

pub(super) fn as_json(found: &[Contents]) -> String {
    let each = found.iter().map(|contents| Json {
        asked: &contents.asked,
        file: &contents.file,
        hierarchies: &contents.hierarchies,
        path: text(&contents.path),
        contents: shown::text(contents.bytes.strip_suffix(b"\n").unwrap_or(&contents.bytes)),
        note: contents.note.as_deref(),
    });
    json(&each.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::super::super::record::Files as Record;
    use super::*;
    use xns_core::Recorded;

    fn facts() -> Facts {
        let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
        Facts::recorded(Recorded {
            files: vec![
                file(
                    "/proc/self/mountinfo",
                    "31 1 0:1 / /m rw - cgroup cgroup rw,memory\n32 1 0:2 / /p rw - cgroup cgroup rw,pids\n\
                     33 1 0:3 / /u rw - cgroup2 cgroup2 rw\n",
                ),
                file("/proc/self/cgroup", "2:memory:/\n1:pids:/\n0::/\n"),
                file("/proc/cgroups", "net_cls\t0\t1\t1\nblkio\t0\t1\t0\n"),
                file("/u/cgroup.controllers", "cpu hugetlb\n"),
                file("/u/cgroup.subtree_control", "hugetlb\n"),
            ],
            ..Recorded::default()
        })
    }

    const RECORD: Record = Record(&[
        ("/m/a/memory.limit_in_bytes", "524288000\n"),
        ("/m/a/memory.stat", "cache 1\nrss 2\n"),
        ("/m/a/cgroup.procs", "7\n8\n"),
        ("/u/a/cgroup.procs", ""),
        ("/u/a/cgroup.events", "populated 0\n"),
        ("/m/a/tasks", "7\n"),
    ]);

    fn group(layout: &Layout) -> Group {
        let placed = |tree: &xns_cgroup::Tree| Placed { tree: tree.clone(), directory: tree.point.join("a") };
        let has = |tree: &&xns_cgroup::Tree| tree.point != std::path::Path::new("/p");
        Group { name: "/a".into(), placed: layout.trees.iter().filter(has).map(placed).collect() }
    }

    fn get(files: &[&str]) -> Result<String, String> {
        let facts = facts();
        let layout = Layout::of(&facts);
        let found =
            files.iter().map(|file| find(OsStr::new(file), &group(&layout), &layout, &facts, &RECORD));
        let found: Vec<Vec<Contents>> = found.collect::<Result<_, _>>().map_err(|error| error.to_string())?;
        let notes: Vec<String> =
            found.iter().flatten().filter_map(|contents| contents.note.clone()).collect();
        Ok(human(&found.concat(), Charset::Utf8) + &notes.join("\n"))
    }

    #[test]
    fn one_file_is_as_it_is_and_several_have_their_names() {
        assert_eq!(get(&["memory.limit_in_bytes"]).unwrap(), "524288000\n");
        assert_eq!(
            get(&["memory.stat", "cgroup.events"]).unwrap(),
            "memory.stat: cache 1\n\trss 2\ncgroup.events: populated 0\n"
        );
        assert_eq!(
            get(&["cgroup.procs"]).unwrap(),
            "cgroup.procs (memory): 7\n\t8\ncgroup.procs (cgroup2): \n"
        );
    }

    #[test]
    fn a_name_of_the_other_version_is_translated_and_that_is_said() {
        assert_eq!(
            get(&["memory.max"]).unwrap(),
            "524288000\nmemory.max is version 2's name of memory.limit_in_bytes"
        );
    }

    #[test]
    fn why_there_is_no_such_file() {
        let error = |file| get(&[file]).unwrap_err();
        assert_eq!(error("pids.max"), "/a has no file pids.max: it is not in the hierarchy of pids, at /p");
        assert_eq!(error("cpu.max"), "/a has no file cpu.max: cpu is not enabled for it, in /u");
        assert_eq!(
            error("blkio.x"),
            "/a has no file blkio.x: blkio was disabled at boot; io.stat, io.max and io.weight are for disks"
        );
        assert_eq!(error("x"), "/a has no file x");
        assert_eq!(error("../b"), "'../b' is no name of a file of a group");
        assert!(error("net_cls.classid").starts_with("/a has no file net_cls.classid: "));
    }
}

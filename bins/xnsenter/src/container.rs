//! Containers by their ids: in the states that runtimes keep on disk, and in the cgroups of processes.

use crate::cli::Target;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use thiserror::Error;
use xns_core::{Facts, Hint, has_ended, start_time};

/// Why no process was found for a container's id.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum ContainerError {
    #[error("no container '{0}'")]
    Unknown(String),
    #[error("container '{id}' may be any of: {}", names.join(" "))]
    Ambiguous { id: String, names: Vec<String> },
    #[error("container '{0}' is not running")]
    Stopped(String),
}

impl ContainerError {
    pub(crate) fn hint(&self, facts: &Facts) -> Hint {
        match self {
            ContainerError::Unknown(id) => unknown(id, facts),
            ContainerError::Ambiguous { .. } => {
                Hint::new("XNS-E33-ambiguous", "more than one container's id begins like that")
                    .because("the message lists them")
                    .cure("more of the id", "")
            }
            ContainerError::Stopped(id) => Hint::new(
                "XNS-E33-stopped",
                "the container's first process has ended, or was not started yet",
            )
            .because(format!("the state of {id} names no process that lives since then"))
            .cure(format!("docker start {id}"), "or podman, crun, …"),
        }
    }
}

fn unknown(id: &str, facts: &Facts) -> Hint {
    let cause = "no runtime's state and no process's cgroup has a container of that id";
    let hint = Hint::new("XNS-E33-no-container", cause)
        .because(format!("looked for {id}… below {}, and in /proc/PID/cgroup", roots(facts).join(", ")))
        .cure("docker inspect -f '{{.Id}}' NAME", "a name is not an id; or: podman inspect, crun list");
    if facts.euid() == 0 {
        return hint;
    }
    let again = facts.command_with(&["sudo"], &[] as &[&str]);
    hint.cure(again, "the states of root's containers are root's to read")
}

/// E29: a target with a slash that is no namespace.
pub(crate) fn not_a_namespace(word: &OsStr, facts: &Facts) -> Option<Hint> {
    let seen = facts.look(None, Path::new(word));
    let (cause, evidence) = match seen {
        Err(_) => ("there is no such file", format!("stat(2) of {} finds nothing", word.display())),
        Ok(_) => (
            "it is an ordinary file or directory, not one that holds a namespace",
            "ioctl(NS_GET_NSTYPE) refuses it".to_owned(),
        ),
    };
    Some(
        Hint::new("XNS-E29-no-namespace", cause)
            .because(evidence)
            .cure("/proc/PID/ns/net", "is such a file, and so is what ip netns add makes in /run/netns"),
    )
}

/// Where runtimes keep a directory for each container, and the file in it.
const ROOTS: [(&str, &str); 7] = [
    ("/run/crun", "status"),
    ("/run/user/UID/crun", "status"),
    ("/run/runc", "state.json"),
    ("/run/user/UID/runc", "state.json"),
    ("/run/docker/runtime-runc/moby", "state.json"),
    ("/run/containerd/runc/k8s.io", "state.json"),
    ("/run/containerd/runc/default", "state.json"),
];

/// The first process of the container whose id begins like this.
pub(crate) fn find(id: &str, facts: &Facts) -> Result<Target, ContainerError> {
    let states = states(facts);
    let names = states.iter().map(|(name, _)| name.as_str());
    if let Some(name) = one_of(id, names)? {
        let file = states.iter().find(|(known, _)| *known == name).map(|(_, file)| file.as_str());
        return file.and_then(|file| first_process(file, facts)).ok_or(ContainerError::Stopped(name));
    }
    let members = members(facts);
    let name = one_of(id, members.keys().map(String::as_str))?;
    let name = name.ok_or_else(|| ContainerError::Unknown(id.to_owned()))?;
    let pids = members.get(&name).map(Vec::as_slice).unwrap_or_default();
    init_of(pids, facts).ok_or(ContainerError::Stopped(name))
}

/// The one that is called so, or the only one that begins so.
fn one_of<'n>(id: &str, names: impl Iterator<Item = &'n str>) -> Result<Option<String>, ContainerError> {
    let mut found: Vec<String> = names.filter(|name| name.starts_with(id)).map(str::to_owned).collect();
    found.sort();
    found.dedup();
    if let Some(exact) = found.iter().find(|name| *name == id) {
        return Ok(Some(exact.clone()));
    }
    if found.len() > 1 {
        return Err(ContainerError::Ambiguous { id: id.to_owned(), names: found });
    }
    Ok(found.pop())
}

fn roots(facts: &Facts) -> [String; 7] {
    let uid = facts.euid().to_string();
    ROOTS.map(|(root, _)| root.replace("UID", &uid))
}

/// The containers that have a state on disk, and its file.
fn states(facts: &Facts) -> Vec<(String, String)> {
    let of_root = |(root, (_, file)): (String, (&str, &'static str))| {
        let names = facts.names_in(&root);
        names.into_iter().map(move |name| (name.clone(), format!("{root}/{name}/{file}")))
    };
    roots(facts).into_iter().zip(ROOTS).flat_map(of_root).collect()
}

/// The process that a state names, if it is still the one that was started.
fn first_process(file: &str, facts: &Facts) -> Option<Target> {
    let state: serde_json::Value = serde_json::from_slice(&facts.file(file)?).ok()?;
    let number = |names: [&str; 2]| {
        names.into_iter().find_map(|name| match state.get(name)? {
            serde_json::Value::String(text) => text.parse().ok(),
            value => value.as_u64(),
        })
    };
    let pid = u32::try_from(number(["pid", "init_process_pid"])?).ok().filter(|pid| *pid > 0)?;
    let started = started(pid, facts)?;
    let recorded = number(["process-start-time", "init_process_start"]);
    let same = recorded.is_none_or(|recorded| recorded == started);
    same.then_some(Target { pid, inode: None, started: Some(started) })
}

/// When it started; `None` when it has ended, though its parent may not have asked how.
fn started(pid: u32, facts: &Facts) -> Option<u64> {
    let stat = facts.file(&format!("/proc/{pid}/stat"))?;
    start_time(&stat).filter(|_| !has_ended(&stat))
}

/// The containers that processes are in, by the names of their cgroups.
fn members(facts: &Facts) -> BTreeMap<String, Vec<u32>> {
    let mut members: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for pid in facts.names_in("/proc").into_iter().filter_map(|name| name.parse().ok()) {
        let text = facts.file(&format!("/proc/{pid}/cgroup"));
        for group in xns_cgroup::memberships(&text.unwrap_or_default()) {
            for name in containers_in(&group.path) {
                let pids = members.entry(name).or_default();
                if !pids.contains(&pid) {
                    pids.push(pid);
                }
            }
        }
    }
    members
}

/// The ids in a cgroup's path: `docker-ID.scope`, `libpod-ID`, `ID` below a runtime's group, or 64 hexadecimal digits anywhere.
fn containers_in(path: &Path) -> Vec<String> {
    const STARTS: [&str; 6] = ["docker-", "libpod-", "crio-", "cri-containerd-", "crun-", "lxc.payload."];
    const ABOVE: [&str; 7] = ["docker", "lxc", "libpod_parent", "crun", "containerd", "podman", "machine"];
    let mut above = "";
    let mut found = Vec::new();
    for part in path.iter().filter_map(OsStr::to_str) {
        let bare = part.strip_suffix(".scope").unwrap_or(part);
        let id = STARTS.into_iter().find_map(|start| bare.strip_prefix(start));
        let below = ABOVE.contains(&above);
        let is_hash = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match id {
            Some(id) if !id.starts_with("conmon-") => found.push(id.to_owned()),
            None if (below && !part.ends_with(".slice")) || is_hash(bare) => found.push(bare.to_owned()),
            _ => {}
        }
        above = part;
    }
    found
}

/// Of a container's processes the one that is PID 1 in its innermost PID namespace; without one of its own, the oldest.
fn init_of(pids: &[u32], facts: &Facts) -> Option<Target> {
    let innermost = |pid: &u32| -> Option<(u32, usize)> {
        let status = facts.file(&format!("/proc/{pid}/status"))?;
        let line = status.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"NSpid:"))?;
        let numbers: Vec<&str> = std::str::from_utf8(line).ok()?.split_whitespace().collect();
        Some((numbers.last()?.parse().ok()?, numbers.len()))
    };
    let known = pids.iter().filter_map(|pid| Some((innermost(pid)?, started(*pid, facts)?, *pid)));
    let mut known: Vec<_> = known.collect();
    // The outermost of those that are PID 1: a container in the container has its own.
    known
        .sort_by_key(|((number, depth), started, pid)| (*number != 1 || *depth == 1, *depth, *started, *pid));
    known.first().map(|(_, started, pid)| Target { pid: *pid, inode: None, started: Some(*started) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Recorded;

    fn facts(files: &[(&str, &str)]) -> Facts {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        Facts::recorded(Recorded { uid: 0, files, ..Recorded::default() })
    }

    const STAT: &str = "x (y) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 777 0";

    #[test]
    fn ids_are_found_in_the_paths_of_every_runtime() {
        let hash = "0123456789abcdef".repeat(4);
        for path in [
            format!("/docker/{hash}"),
            format!("/system.slice/docker-{hash}.scope"),
            format!("/machine.slice/libpod-{hash}.scope/container"),
            format!("/kubepods.slice/kubepods-burstable.slice/cri-containerd-{hash}.scope"),
            format!("/kubepods/burstable/pod1/{hash}"),
        ] {
            assert_eq!(containers_in(Path::new(&path)), std::slice::from_ref(&hash), "{path}");
        }
        assert_eq!(containers_in(Path::new("/lxc.payload.box/x")), ["box"]);
        assert_eq!(containers_in(Path::new("/machine.slice/libpod-conmon-1.scope")), [""; 0]);
        assert_eq!(containers_in(Path::new("/user.slice/user-1000.slice")), [""; 0]);
    }

    #[test]
    fn a_state_names_its_process_while_that_lives() {
        let state = r#"{"pid": 7, "process-start-time": 777}"#;
        let all = [("names:/run/crun", "box bag"), ("/run/crun/box/status", state), ("/proc/7/stat", STAT)];
        let target = Target { pid: 7, inode: None, started: Some(777) };
        assert_eq!(find("bo", &facts(&all)).unwrap(), target);
        assert!(matches!(find("b", &facts(&all)), Err(ContainerError::Ambiguous { .. })));
        assert!(matches!(find("bag", &facts(&all)), Err(ContainerError::Stopped(_))));
        assert!(matches!(find("x", &facts(&all)), Err(ContainerError::Unknown(_))));
        let later = r#"{"pid": 7, "process-start-time": 776}"#;
        let reused = [all[0], ("/run/crun/box/status", later), all[2]];
        assert!(matches!(find("box", &facts(&reused)), Err(ContainerError::Stopped(_))));
        let runc = r#"{"init_process_pid":7,"init_process_start":"777"}"#;
        let runc = [("names:/run/runc", "box"), ("/run/runc/box/state.json", runc), all[2]];
        assert_eq!(find("box", &facts(&runc)).unwrap(), target);
    }

    #[test]
    fn the_first_process_is_pid_1_of_the_container() {
        let group = "0::/docker/abc\n";
        let all = [
            ("names:/proc", "7 8 9 x"),
            ("/proc/7/cgroup", group),
            ("/proc/8/cgroup", group),
            ("/proc/9/cgroup", "0::/\n"),
            ("/proc/7/status", "NSpid:\t7\t5\n"),
            ("/proc/8/status", "NSpid:\t8\t1\n"),
            ("/proc/7/stat", STAT),
            ("/proc/8/stat", STAT),
        ];
        assert_eq!(find("ab", &facts(&all)).unwrap().pid, 8);
    }
}

//! Laying a plan over a trace: both are brought to one form, then compared call by call.

use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use xns_tests::{Seen, descriptor, split};

/// One call of a plan.
#[derive(Debug)]
struct Planned {
    actor: String,
    name: String,
    args: Vec<String>,
    /// What the plan calls its answer: `= ROOT`, `= child`.
    answer: Option<String>,
    /// It is made only under a condition, and may then be made for more than one directory.
    optional: bool,
    only: Option<String>,
    /// Which step of the plan it belongs to.
    step: usize,
    text: String,
}

/// The calls in `--dry-run=json`.
fn planned_calls(json: &str) -> Vec<Planned> {
    let document: Value = serde_json::from_str(json).unwrap();
    let mut calls = Vec::new();
    for (number, step) in document["steps"].as_array().unwrap().iter().enumerate() {
        for call in step["calls"].as_array().unwrap() {
            // The kernel is not asked: vdso(7).
            if call["name"] == "clock_gettime" {
                continue;
            }
            let text = call["call"].as_str().unwrap();
            let end = text.rfind(')').unwrap_or(text.len() - 1);
            let (name, args) = text[..end].split_once('(').unwrap_or((&text[..end], ""));
            assert_eq!(call["name"], name, "the call's name is the word before its arguments");
            calls.push(Planned {
                actor: step["actor"].as_str().unwrap().to_owned(),
                name: name.to_owned(),
                args: split(args),
                answer: text[end..].strip_prefix(") = ").map(str::to_owned),
                optional: !call["only"].is_null(),
                only: call["only"].as_str().map(str::to_owned),
                step: number,
                text: text.to_owned(),
            });
        }
    }
    calls
}

/// Does the trace show the plan's calls, in their order, and no other that changes anything? Else says what differs.
pub(crate) fn check(json: &str, trace: &[Seen], dir: &Path) -> Result<(), String> {
    let planned = planned_calls(json);
    let mut matcher = Matcher::new(trace, dir);
    let mut next = 0;
    for seen in &trace[1..] {
        if matcher.is_keepers(seen) {
            let own = |p: &&Planned| p.name == seen.name && p.only.as_deref() == Some("in the keeper");
            if matcher.changes(seen) && planned.iter().find(own).is_none() {
                return Err(format!("not the keeper's: {seen}"));
            }
            matcher.follow(seen);
            continue;
        }
        let candidates =
            planned[next..].iter().position(|p| !p.optional).map_or(planned.len(), |n| next + n + 1);
        match (next..candidates.min(planned.len())).find(|&i| matcher.same(&planned[i], seen)) {
            Some(i) => {
                matcher.learn(&planned[i], seen);
                // One line of the plan stands for every directory that is missing on the way; what is done for each process
                // takes several calls.
                let in_turn = |p: &&Planned| p.optional && p.step == planned[i].step;
                let turn = planned[..i].iter().rev().take_while(in_turn).count();
                next = if planned[i].optional { i - turn } else { i + 1 };
            }
            None if matcher.changes(seen) && !around_spawn(trace, seen) => {
                let waited_for = planned.get(next).map_or("nothing", |p| &p.text);
                return Err(format!("not in the plan: {seen}\n    the plan's next: {waited_for}"));
            }
            None => {}
        }
        matcher.follow(seen);
    }
    let left: Vec<_> = planned[next..].iter().filter(|p| !p.optional).collect();
    if left.is_empty() { Ok(()) } else { Err(format!("planned, but not seen: {left:#?}")) }
}

/// What is known so far about the trace's processes and descriptors.
struct Matcher {
    dir: PathBuf,
    /// Which of the plan's processes each is.
    actors: HashMap<u32, String>,
    /// What the plan calls the descriptors of a process.
    names: HashMap<(u32, i32), String>,
    /// Paths of what the plan names: ROOT, PIDFILE.
    paths: HashMap<String, String>,
    /// What their descriptors were opened as.
    opened: HashMap<(u32, i32), String>,
    /// Processes that only run another program.
    spawned: Vec<u32>,
}

impl Matcher {
    fn new(trace: &[Seen], dir: &Path) -> Self {
        let caller = trace[0].pid;
        Matcher {
            dir: dir.to_owned(),
            actors: HashMap::from([(caller, "caller".to_owned())]),
            names: HashMap::new(),
            paths: HashMap::new(),
            opened: HashMap::new(),
            spawned: Vec::new(),
        }
    }

    fn same(&self, planned: &Planned, seen: &Seen) -> bool {
        let actor = self.actors.get(&seen.pid).map_or("", String::as_str);
        // Who forks the binder and ends belongs to the step of the caller, who waits for it.
        if seen.failed() || (actor != planned.actor && actor != "between") {
            return false;
        }
        match (planned.name.as_str(), seen.name.as_str()) {
            ("execvp", "execve") => {
                let (typed, path) = (unquoted(&planned.args[0]), unquoted(seen.arg(0)));
                let found =
                    if typed.contains('/') { path == typed } else { path.ends_with(&format!("/{typed}")) };
                found && words(&planned.args[1]) == words(seen.arg(1))
            }
            ("mkdirat", "mkdirat") | ("mkdirat|openat", "mkdirat" | "openat") => {
                let wanted = self.in_root(&planned.args[1]);
                made(seen).is_some_and(|path| wanted.starts_with(&path))
            }
            ("mkdir", "mkdirat") => made(seen).is_some_and(|path| path == unquoted(&planned.args[0])),
            ("write", "write") if planned.args[0] == "INFO" => self.is_info(seen),
            // The report of a run.
            ("write", "write") | ("pwrite64", "pwrite64") if planned.args[1] == "TOLD" => {
                let to = self.seen_arg(seen.pid, seen.arg(0));
                to == planned.args[0]
            }
            ("wait4", "wait4") => seen.result != "0",
            _ => self.seen_form(seen).is_some_and(|form| form == self.planned_form(planned)),
        }
    }

    /// Is it the process that clears away when the caller is killed? It goes its own way beside the others.
    fn is_keepers(&self, seen: &Seen) -> bool {
        self.actors.get(&seen.pid).is_some_and(|actor| actor == "keeper")
    }

    /// Takes over what a matched call has made.
    fn learn(&mut self, planned: &Planned, seen: &Seen) {
        let Some(answer) = &planned.answer else { return };
        if let Some(child) = seen.child() {
            self.actors.insert(child, answer.clone());
        } else if let Some(number) = seen.new_descriptor().or_else(|| seen.result.parse().ok()) {
            self.names.insert((seen.pid, number), answer.clone());
        }
        if answer == "ROOT" || answer == "PIDFILE" {
            let path = self.dir.join(unquoted(&planned.args[1]));
            self.paths.insert(answer.clone(), path.to_str().unwrap().to_owned());
        }
    }

    /// Keeps descriptors and processes up to date, whether the call was planned or not.
    fn follow(&mut self, seen: &Seen) {
        match (seen.name.as_str(), descriptor(seen.arg(0))) {
            ("close", Some((number, _))) => {
                self.names.remove(&(seen.pid, number));
            }
            ("fcntl", Some((number, _))) if seen.arg(1) == "F_DUPFD_CLOEXEC" => {
                if let (Some(name), Some(copy)) = (self.names.get(&(seen.pid, number)), seen.new_descriptor())
                {
                    self.names.insert((seen.pid, copy), name.clone());
                }
            }
            _ => {}
        }
        if let Some((number, path)) = descriptor(&seen.result) {
            self.opened.insert((seen.pid, number), path.to_owned());
        }
        let Some(child) = seen.child() else { return };
        // A descriptor of the child is called as the child is.
        let args = seen.args.join(" ");
        let pidfd = ["parent_tid=[", "pidfd=["].iter().find_map(|before| args.split_once(before));
        let number = pidfd.and_then(|(_, after)| after.split(['<', ']']).next()?.parse().ok());
        if let (Some(number), Some(actor)) = (number, self.actors.get(&child)) {
            self.names.insert((seen.pid, number), actor.clone());
        }
        let own: Vec<_> = self.names.iter().filter(|((pid, _), _)| *pid == seen.pid).collect();
        let copies: Vec<_> = own.into_iter().map(|((_, fd), name)| ((child, *fd), name.clone())).collect();
        self.names.extend(copies);
        if is_spawn(seen) {
            self.spawned.push(child);
            self.actors.insert(child, self.actors[&seen.pid].clone());
        }
    }

    /// Does this call change anything outside the engine's own descriptors and memory?
    fn changes(&self, seen: &Seen) -> bool {
        const CHANGES: &str = "unshare setns clone clone3 fork vfork mount umount2 pivot_root chroot open_tree move_mount \
            fsopen fsconfig fsmount fspick mount_setattr mkdir mkdirat mknod mknodat symlink symlinkat link linkat \
            unlink unlinkat rmdir rename renameat renameat2 chmod fchmod fchmodat chown fchown lchown fchownat \
            truncate ftruncate fallocate setxattr lsetxattr fsetxattr utimensat creat sethostname setdomainname \
            setuid setgid setgroups setreuid setregid setresuid setresgid setfsuid setfsgid capset prctl chdir fchdir \
            rt_sigaction rt_sigprocmask sigaltstack kill tkill tgkill pidfd_send_signal setsid setpgid setrlimit \
            setpriority sched_setaffinity umask personality seccomp keyctl bpf dup dup2 dup3 socket connect sendto";
        let name = seen.name.as_str();
        if self.spawned.contains(&seen.pid) || is_spawn(seen) {
            return false;
        }
        match name {
            // Between the plan's processes.
            "sendto" => !descriptor(seen.arg(0))
                .is_some_and(|(_, path)| path.starts_with("socket:") || path.starts_with("UNIX")),
            "open" | "openat" | "openat2" => {
                let flags = seen.args.join(" ");
                let existing = seen.result.contains("EEXIST");
                ["O_CREAT", "O_TRUNC", "O_TMPFILE"].iter().any(|flag| flags.contains(flag)) && !existing
            }
            "write" | "writev" | "pwrite64" => {
                let path = descriptor(seen.arg(0)).map_or("", |(_, path)| path);
                // What is typed is copied whenever it comes.
                let is_input = path.ends_with("/ptmx");
                let is_output = seen.arg(0).starts_with("1<") || seen.arg(0).starts_with("2<");
                !path.starts_with("pipe:") && !is_output && !is_input
            }
            // The tries of execvp.
            "execve" => !seen.failed(),
            _ => CHANGES.split_whitespace().any(|word| word == name),
        }
    }
}

/// A program run by std, as posix_spawn(3) does it: the plan shows its exec.
fn is_spawn(seen: &Seen) -> bool {
    seen.name == "clone" && seen.args.join(" ").contains("CLONE_VM|CLONE_VFORK|SIG")
}

/// Is this the signal mask around a clone that shares memory? It is part of that call, and put back after it.
fn around_spawn(trace: &[Seen], mask: &Seen) -> bool {
    let kinds = ["rt_sigprocmask", "clone", "clone3"];
    let own: Vec<_> =
        trace.iter().filter(|s| s.pid == mask.pid && kinds.contains(&s.name.as_str())).collect();
    let at = own.iter().position(|seen| *seen == mask).unwrap_or_default();
    let is_shared = |seen: &Seen| seen.args.iter().any(|arg| arg.contains("CLONE_VFORK"));
    let shares = |at: usize| own.get(at).is_some_and(|seen| seen.name != mask.name && is_shared(seen));
    mask.name == "rt_sigprocmask" && (shares(at + 1) || at.checked_sub(1).is_some_and(shares))
}

/// The common form.
impl Matcher {
    fn planned_form(&self, planned: &Planned) -> String {
        let arg = |i: usize| planned.args.get(i).map_or("", String::as_str);
        let name = planned.name.as_str();
        match name {
            "symlinkat" => format!("symlink {} {}", unquoted(arg(0)), self.in_root(arg(2))),
            "openat" if arg(2).contains("O_CREAT") => format!("make {}", self.absolute(arg(1))),
            "open_tree" => format!("open_tree {} {}", self.absolute(arg(1)), flags(arg(2))),
            "move_mount" => format!("move_mount {} {}", arg(0), self.in_root(arg(2))),
            "clone3" => format!("clone3 {}", clone_flags(arg(0))),
            "clone" => format!("clone {}", flags(arg(0))),
            "write" | "pwrite64" => {
                format!("write {} {}", self.planned_file(arg(0), &planned.actor), arg(1).replace("PID", ""))
            }
            "mount" => mount_form(&planned.args),
            _ => format!("{name} {}", planned.args.iter().map(|a| flags(a)).collect::<Vec<_>>().join(" ")),
        }
    }

    fn seen_form(&self, seen: &Seen) -> Option<String> {
        let args: Vec<String> = seen.args.iter().map(|a| self.seen_arg(seen.pid, a)).collect();
        let arg = |i: usize| args.get(i).map_or("", String::as_str);
        let name = seen.name.as_str();
        Some(match name {
            "symlinkat" => {
                format!("symlink {} {}/{}", unquoted(arg(0)), descriptor(seen.arg(1))?.1, unquoted(arg(2)))
            }
            "openat" if arg(2).contains("O_CREAT") => format!("make {}", made(seen)?),
            "open" => format!("openat AT_FDCWD {} {}", arg(0), arg(1)),
            "openat" => format!("openat {} {} {}", arg(0), arg(1), arg(2)),
            "open_tree" => format!("open_tree {} {}", self.opened(seen, arg(1)), arg(2)),
            "move_mount" => format!("move_mount {} {}", arg(0), descriptor(seen.arg(2))?.1),
            "clone3" => format!("clone3 {}", clone_flags(seen.arg(0))),
            "unlinkat" if arg(0) == "AT_FDCWD" && arg(2) == "AT_REMOVEDIR" => format!("rmdir {}", arg(1)),
            "fchownat" => format!("fchownat {}", args[..4].join(" ")),
            "clone" => format!("clone {}", flags(seen.arg(1).strip_prefix("flags=")?)),
            "fsopen" => format!("fsopen {}", arg(0)),
            "fsconfig" => format!("fsconfig {}", args[..args.len() - 1].join(" ").replace(" NULL", "")),
            "fsmount" => format!("fsmount {} {}", arg(0), arg(2)),
            "mount_setattr" => {
                // The fields that are 0 are not planned.
                let fields =
                    arg(3).trim_matches(['{', '}']).split(", ").filter(|field| !field.ends_with("=0"));
                let set = fields.collect::<Vec<_>>().join(", ");
                format!("mount_setattr {} {} {} {{{set}}}", arg(0), arg(1), arg(2))
            }
            "write" | "pwrite64" => {
                format!("write {} {}", self.seen_file(seen)?, arg(1).replace(&seen.pid.to_string(), ""))
            }
            "getcwd" => "getcwd ".to_owned(),
            "pidfd_send_signal" => format!("pidfd_send_signal {} {}", arg(0), arg(1)),
            "close_range" => format!("close_range {} ~0 {}", arg(0), arg(2)),
            "fstatfs" => format!("fstatfs {}", self.seen_arg(seen.pid, seen.arg(0))),
            "pidfd_open" if arg(0) == seen.pid.to_string() => format!("pidfd_open getpid() {}", arg(1)),
            "poll" => {
                let polled = seen.arg(0).strip_prefix("[{fd=")?.split(',').next()?;
                format!("poll {} POLLIN {}", self.seen_arg(seen.pid, polled), arg(2))
            }
            "read" => format!("read {}", if seen.result == "0" { arg(0) } else { "on" }),
            "rt_sigaction" => {
                // Nobody asks what was there before when it is put back.
                let handler = match arg(2) {
                    "NULL" => "SAVED",
                    _ => arg(1).strip_prefix("{sa_handler=")?.split(',').next()?,
                };
                format!("rt_sigaction {} {handler}", arg(0))
            }
            "rt_sigprocmask" => format!("rt_sigprocmask {} {}", arg(0), mask(arg(0), arg(1))),
            "waitid" => {
                let pid = arg(2).split("si_pid=").nth(1)?.split([',', ' ']).next()?.parse().ok()?;
                format!("waitid {} {} WEXITED", arg(0), self.actors.get(&pid)?)
            }
            "mount" => mount_form(&seen.args),
            "ioctl" if arg(1) == "TIOCSPGRP" => format!("ioctl {} {} [getpid()]", arg(0), arg(1)),
            // strace shows the flags as a number: O_RDWR|O_NOCTTY|O_CLOEXEC.
            "ioctl" if arg(1) == "TIOCGPTPEER" && arg(2) == "0x80102" => {
                format!("ioctl {} {} O_NOCTTY|O_RDWR", arg(0), arg(1))
            }
            _ => format!("{name} {}", args.join(" ")),
        })
    }

    /// A descriptor under the plan's name, flags in order.
    fn seen_arg(&self, pid: u32, arg: &str) -> String {
        if arg.starts_with("AT_FDCWD<") {
            return "AT_FDCWD".to_owned();
        }
        let Some((number, _)) = descriptor(arg) else { return flags(arg) };
        self.names.get(&(pid, number)).cloned().unwrap_or_else(|| number.to_string())
    }

    /// A path of the new root, `ROOT/"/proc"` or `"/proc"`, or the root itself, as one of the test's.
    fn in_root(&self, arg: &str) -> String {
        let path = unquoted(arg.strip_prefix("ROOT/").unwrap_or(arg));
        let is_root = self.paths.get("ROOT").filter(|root| **root != self.absolute(arg));
        is_root.map_or_else(|| self.absolute(arg), |root| format!("{root}{path}"))
    }

    fn absolute(&self, arg: &str) -> String {
        self.dir.join(unquoted(arg)).to_str().unwrap().to_owned()
    }

    /// Which file of whose: `/proc/self/uid_map` is the actor's own.
    fn planned_file(&self, arg: &str, actor: &str) -> String {
        match unquoted(arg).strip_prefix("/proc/").and_then(|rest| rest.split_once('/')) {
            Some(("self", file)) => format!("{file} of {actor}"),
            Some((pid, file)) if pid.parse::<u32>().is_ok() => format!("{file} of caller"),
            _ => self.paths.get(arg).cloned().unwrap_or_else(|| unquoted(arg).to_owned()),
        }
    }

    fn seen_file(&self, seen: &Seen) -> Option<String> {
        let (_, path) = descriptor(seen.arg(0))?;
        // strace shows what lies in a chroot from outside.
        let root = self.dir.join("root");
        let path = root.to_str().and_then(|root| path.strip_prefix(root)).unwrap_or(path);
        let process = path.strip_prefix("/proc/").and_then(|rest| rest.split_once('/'));
        match process.and_then(|(pid, file)| Some((pid.parse().ok()?, file))) {
            Some((pid, file)) => Some(format!("{file} of {}", self.actors.get(&pid)?)),
            None => Some(path.to_owned()),
        }
    }

    /// What a name in /proc/self/fd was opened as.
    fn opened(&self, seen: &Seen, arg: &str) -> String {
        let number = unquoted(arg).strip_prefix("/proc/self/fd/").and_then(|n| n.parse().ok());
        let path = number.and_then(|number| self.opened.get(&(seen.pid, number)));
        path.cloned().unwrap_or_else(|| self.absolute(arg))
    }

    /// Is this the line about the program, with its number?
    fn is_info(&self, seen: &Seen) -> bool {
        let text = unquoted(seen.arg(1)).replace("\\\"", "\"").replace("\\n", "");
        let line: Value = serde_json::from_str(&text).unwrap_or_default();
        self.seen_arg(seen.pid, seen.arg(0)) == "INFO"
            && line["pid"] == seen.pid
            && line["namespaces"].is_object()
    }
}

/// The first of the fields.
fn clone_flags(fields: &str) -> String {
    flags(fields.trim_matches(['{', '}']).split(',').next().unwrap_or_default())
}

/// A program's words; without the first argument of newuidmap and newgidmap, the caller's number.
fn words(list: &str) -> Vec<String> {
    let mut words = split(list.trim_start_matches('[').trim_end_matches(']'));
    if words[0].ends_with("idmap\"") {
        words.remove(1);
    }
    words
}

fn unquoted(arg: &str) -> &str {
    arg.trim_matches('"')
}

/// Flags in alphabetical order, without those that are about our descriptors only.
fn flags(arg: &str) -> String {
    if arg.starts_with('"') || arg.starts_with('{') {
        return arg.to_owned();
    }
    let ours = |flag: &&str| !flag.ends_with("CLOEXEC") || *flag == "F_DUPFD_CLOEXEC";
    let not_access = |flag: &&str| !["O_LARGEFILE", "O_RDONLY"].contains(flag);
    let mut flags: Vec<_> = arg.split('|').filter(ours).filter(not_access).collect();
    flags.sort_unstable();
    flags.join("|")
}

/// The path that a mkdirat or a creating openat makes.
fn made(seen: &Seen) -> Option<String> {
    let dir = seen.arg(0).trim_start_matches("AT_FDCWD").trim_start_matches(|c: char| c.is_ascii_digit());
    let dir = dir.strip_prefix('<')?.strip_suffix('>')?;
    if unquoted(seen.arg(1)).starts_with('/') {
        return Some(unquoted(seen.arg(1)).to_owned());
    }
    Some(format!("{dir}/{}", unquoted(seen.arg(1))))
}

/// strace does not read a bind's type; the caller's number differs from run to run.
fn mount_form(args: &[String]) -> String {
    let mut args = args.to_vec();
    if args[3].contains("MS_BIND") {
        args[2] = "-".to_owned();
    }
    if let Some((number, file)) =
        args[0].clone().strip_prefix("\"/proc/").and_then(|rest| rest.split_once('/'))
    {
        assert!(number.parse::<u32>().is_ok(), "{number}");
        args[0] = format!("\"/proc/CALLER/{file}");
    }
    args[3] = flags(&args[3]);
    format!("mount {}", args.join(" "))
}

/// A signal set as the plan writes it.
fn mask(how: &str, set: &str) -> String {
    match (how, set) {
        ("SIG_SETMASK", _) => "SAVED".to_owned(),
        // The C library keeps its own signals out.
        (_, "~[]" | "~[RTMIN RT_1 RT_2]") => "~[]".to_owned(),
        _ => {
            let names = set.trim_matches(['[', ']']).split(' ').map(|name| format!("SIG{name}"));
            format!("[{}]", names.collect::<Vec<_>>().join(", "))
        }
    }
}

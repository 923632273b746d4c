//! E24: a program that could not be executed, often though it is there.

mod file;

#[cfg(test)]
mod tests;

use super::view::View;
use super::{Site, limits, reach};
use crate::{Control, Exec, Variables, exec};
use file::Finding;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use xns_core::{Errno, Facts, Failure, Hint, NsKind};

/// For a refused exec.
pub(super) fn refused(site: &Site<'_>, exec: &Exec, failure: &Failure, facts: &Facts) -> Option<Hint> {
    let errno = failure.errno()?;
    if errno == Errno::EAGAIN {
        return over_the_limit(site, facts);
    }
    if errno == Errno::ENOMEM {
        return no_room(site).or_else(|| super::fork::no_memory(facts));
    }
    let view = View::of(site, facts).filter(|_| !exec.program.is_empty())?;
    let candidates = candidates(exec, facts);
    let found = candidates.iter().find_map(|path| file::why(path, errno, &view));
    if let Some(finding) = found {
        return Some(told(&finding, &view, facts));
    }
    let nowhere = !candidates.is_empty() && candidates.iter().all(|path| view.is_missing(path));
    let lacking = || match view.entered() {
        _ if errno != Errno::ENOENT || !nowhere => None,
        _ if view.is_new_root() => Some(not_in_root(exec, &view, facts)),
        Some(pid) => Some(not_in_there(site, pid, exec, &view, facts)),
        None => None,
    };
    match failure.part {
        Control::FOUND => Some(program_without_loader(exec, &view, facts)),
        Control::FOUND_SCRIPT => Some(script_without_interpreter(exec, &view)),
        // Of the directories in PATH each may lack it for a reason of its own.
        _ if errno == Errno::ENOENT && candidates.len() > 1 => lacking(),
        _ => {
            let reached = candidates.iter().find_map(|path| reach::why(path, errno, &view));
            // That a container lacks the directory, too, helps less than what to do instead.
            let is_lesser = |hint: &Hint| hint.id == "XNS-D1-missing" && view.entered().is_some();
            match reached {
                Some(hint) if is_lesser(&hint) && !view.is_new_root() => lacking().or(Some(hint)),
                reached => reached.or_else(lacking),
            }
        }
    }
}

/// The files that execvp(3) tries, in order; none when the PATH is not known here.
fn candidates(exec: &Exec, facts: &Facts) -> Vec<PathBuf> {
    if exec.variables == Variables::OfTarget && !exec.program.as_bytes().contains(&b'/') {
        return Vec::new();
    }
    let files = exec::candidates(&exec.program, || path_of(exec, facts));
    files.into_iter().map(PathBuf::from).collect()
}

/// The PATH that the program gets.
fn path_of(exec: &Exec, facts: &Facts) -> Option<OsString> {
    exec.variables.get("PATH", || facts.variable("PATH"))
}

/// setuid(2) to who has too many processes lets execve(2) fail (its EAGAIN).
fn over_the_limit(site: &Site<'_>, facts: &Facts) -> Option<Hint> {
    let set = site.before.iter().find_map(|step| match &step.op {
        crate::Op::User(xns_user::Op::Credentials(xns_user::Credentials::SetUid(id))) => Some(id.get()),
        _ => None,
    });
    // In a new user namespace it is another number.
    let uid = set.filter(|_| !site.made(NsKind::User))?;
    limits::of_user(limits::Whose::Uid(uid), facts)
}

/// The group was limited to less than a program's first pages.
fn no_room(site: &Site<'_>) -> Option<Hint> {
    let (file, value) = site.before.iter().find_map(|step| match &step.op {
        crate::Op::Cgroup(xns_cgroup::Op::Set(set)) if is_memory(&set.file) => Some((&set.file, &set.value)),
        _ => None,
    })?;
    Some(
        Hint::new("XNS-E52-no-room", "the group's memory is too little for a program to begin")
            .because(format!("{} was {value}", file.display()))
            .cure("--memory 4M", "is enough for a small program"),
    )
}

fn is_memory(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name == "memory.max" || name == "memory.limit_in_bytes")
}

/// The finding in words.
fn told(finding: &Finding, view: &View<'_>, facts: &Facts) -> Hint {
    let (id, cause, evidence) = finding.words(view);
    let hint = Hint::new(id, cause).because(evidence);
    match finding.cure(view, facts) {
        Some((action, note)) => hint.cure(action, note),
        None => hint,
    }
}

const OPENED: &str = "it could be opened there, after its exec had failed";

/// The process that was refused saw the script; what was mounted there is gone by now.
fn script_without_interpreter(exec: &Exec, view: &View<'_>) -> Hint {
    let program = exec.program.display();
    let cause = format!("{program} exists{}, but the interpreter in its first line does not", view.place());
    Hint::new("XNS-E24-interpreter", cause).because(OPENED).cure(
        "head -n 1 FILE",
        "names the interpreter: it has to be there, with its own loader and libraries",
    )
}

/// The same for a program.
fn program_without_loader(exec: &Exec, view: &View<'_>, facts: &Facts) -> Hint {
    let (program, place) = (exec.program.display(), view.place());
    let cause = format!("{program} exists{place}, but its loader does not");
    let hint = Hint::new("XNS-E24-loader", cause).because(OPENED);
    let (action, note) =
        if view.pivots() { file::hosts_libraries(view, facts) } else { file::no_libraries() };
    hint.cure(action, note)
}

/// E34: the image of a container has few programs, or none.
fn not_in_there(site: &Site<'_>, pid: u32, exec: &Exec, view: &View<'_>, facts: &Facts) -> Hint {
    const SHELLS: [&str; 4] = ["/bin/bash", "/bin/sh", "/bin/ash", "/busybox/sh"];
    let program = exec.program.display();
    let hint = Hint::new("XNS-E34-not-there", format!("there is no program {program}{}", view.place()));
    let hint = hint.because(if exec.program.as_bytes().contains(&b'/') {
        format!("it is looked for there only, and {program} does not exist there")
    } else {
        let path = path_of(exec, facts).unwrap_or_default();
        format!("it is in no directory of PATH there: {}", path.display())
    });
    let hint = match SHELLS.into_iter().find(|shell| view.look(Path::new(shell)).is_ok()) {
        Some(shell) => hint.cure(format!("{shell} as the program"), "a shell that is there"),
        None => hint.because("nor is there a shell"),
    };
    match site.without_mounts(pid) {
        Some(command) => {
            hint.cure(format!("{command} {program}"), "keeps the mounts, and so the programs, of the host")
        }
        None => hint,
    }
}

fn not_in_root(exec: &Exec, view: &View<'_>, facts: &Facts) -> Hint {
    let program = exec.program.display();
    let root = view.new_root().unwrap_or(Path::new("/")).display();
    let evidence = if exec.program.as_bytes().contains(&b'/') {
        format!("it is looked for in the new root only, and {program} does not exist there")
    } else {
        format!("it is in no directory of PATH there: {}", path_of(exec, facts).unwrap_or_default().display())
    };
    let hint =
        Hint::new("XNS-E24-not-in-root", format!("there is no program {program} in the new root {root}"))
            .because(evidence);
    if view.pivots() {
        hint.cure("--bind-ro SRC:DST", "shows a file or directory of the host there")
    } else {
        hint
    }
}

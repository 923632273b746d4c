//! D1 to D5: a path that leads nowhere, and at which of its parts (path_resolution(7)).

use super::Site;
use super::view::View;
use crate::Op;
use crate::process::Op as Process;
use std::path::{Path, PathBuf};
use xns_core::{Errno, Facts, Hint, Seen, SeenKind, shell};

/// For a directory that could not be gone to, opened or made the root.
pub(super) fn directory(site: &Site<'_>, path: &Path, errno: Errno, facts: &Facts) -> Option<Hint> {
    let view = View::of(site, facts)?;
    why(path, errno, &view).or_else(|| not_entered(path, errno, &view))
}

/// Why nothing was reached at this path; `None` when it is reached, when only its last part is missing, or when the reason
/// cannot be seen.
pub(super) fn why(path: &Path, errno: Errno, view: &View<'_>) -> Option<Hint> {
    /// How many links are followed in search of the cause.
    const MOST_LINKS: u8 = 40;
    search(&plain(path), errno, view, MOST_LINKS)
}

fn search(path: &Path, errno: Errno, view: &View<'_>, links: u8) -> Option<Hint> {
    let mut above: Option<(&Path, Seen)> = None;
    for part in parts(path) {
        let found = view.look(part);
        if found.as_ref().err() == Some(&errno)
            && errno != Errno::ELOOP
            && let Some(target) = view.link(part)
        {
            return behind(part, &target, errno, view, links);
        }
        match (found, errno) {
            (Ok(seen), Errno::ENOTDIR) if part != path && seen.kind != SeenKind::Directory => {
                return Some(no_directory(part, view));
            }
            (Ok(seen), _) => above = Some((part, seen)),
            (Err(Errno::ENOENT), Errno::ENOENT) if view.is_missing(part) => {
                let above = above.as_ref().map(|(above, _)| *above);
                return (part != path).then(|| missing(part, above, view));
            }
            (Err(Errno::EACCES), Errno::EACCES) => {
                return above.map(|(above, seen)| not_searchable(above, &seen, view));
            }
            (Err(Errno::ELOOP), Errno::ELOOP) => return Some(loops(part, view)),
            (Err(_), _) => return None,
        }
    }
    None
}

/// The cause lies where a link leads; for one that leads nowhere that is the link itself.
fn behind(link: &Path, target: &Path, errno: Errno, view: &View<'_>, links: u8) -> Option<Hint> {
    let next = plain(&link.parent().unwrap_or(Path::new("")).join(target));
    let found = links.checked_sub(1).and_then(|links| search(&next, errno, view, links));
    if errno == Errno::ENOENT {
        let further = found.filter(|hint| hint.id == DANGLING);
        return further.or_else(|| Some(dangling(link, target, view)));
    }
    found
}

/// Without a slash at the end, and `.` in between.
fn plain(path: &Path) -> PathBuf {
    path.components().collect()
}

/// Its last part is missing, or cannot be a working directory or a root.
fn not_entered(path: &Path, errno: Errno, view: &View<'_>) -> Option<Hint> {
    if errno == Errno::ENOENT && path.as_os_str().is_empty() {
        return Some(
            Hint::new("XNS-D1-missing", "the path is empty, and an empty path leads nowhere")
                .because("no file has the empty name (path_resolution(7))")
                .cure(".", "is the present directory"),
        );
    }
    if errno == Errno::ENOENT && view.is_missing(path) {
        let above = path.parent().filter(|above| !above.as_os_str().is_empty());
        return Some(missing(path, above, view));
    }
    let seen = view.look(&plain(path)).ok()?;
    match errno {
        Errno::ENOTDIR if seen.kind != SeenKind::Directory => Some(no_directory(&plain(path), view)),
        Errno::EACCES if seen.kind == SeenKind::Directory => Some(not_searchable(path, &seen, view)),
        _ => None,
    }
}

/// `/`, `/a`, `/a/b`.
fn parts(path: &Path) -> impl Iterator<Item = &Path> {
    let mut all: Vec<_> = path.ancestors().filter(|part| !part.as_os_str().is_empty()).collect();
    all.reverse();
    all.into_iter()
}

pub(super) const DANGLING: &str = "XNS-D2-dangling";

fn dangling(link: &Path, target: &Path, view: &View<'_>) -> Hint {
    let (shown, target, place) = (link.display(), target.display(), view.place());
    Hint::new(DANGLING, format!("{shown} is a symbolic link to {target}, which does not exist{place}"))
        .because(format!("readlink(2) of {shown} answers {target}"))
        .cure(format!("ls -l {}", shell::path(view.typed(link))), "shows the link")
}

fn missing(part: &Path, above: Option<&Path>, view: &View<'_>) -> Hint {
    if view.is_removed() {
        return Hint::new("XNS-D1-missing", "the working directory has been removed")
            .because("/proc/self/cwd leads to a directory that is deleted")
            .cure("cd /", "or to another directory that is there");
    }
    let hint = Hint::new("XNS-D1-missing", format!("there is no {}{}", part.display(), view.place()));
    let hint = match above {
        Some(above) => hint.because(format!("{} is there, {} is not", above.display(), part.display())),
        None => hint.because(format!("no {} in the working directory", part.display())),
    };
    let above = above.unwrap_or(Path::new("."));
    hint.cure(format!("ls {}", shell::path(view.typed(above))), "shows what is there")
}

fn no_directory(part: &Path, view: &View<'_>) -> Hint {
    Hint::new("XNS-D3-no-directory", format!("{} is no directory", part.display()))
        .because(format!("stat(2) of {} says so", part.display()))
        .cure(format!("ls -l {}", shell::path(view.typed(part))), "shows what it is")
}

fn not_searchable(part: &Path, seen: &Seen, view: &View<'_>) -> Hint {
    let Seen { mode, owner, group, .. } = *seen;
    Hint::new(
        "XNS-D4-not-searchable",
        format!("you have no permission to search the directory {}", part.display()),
    )
    .because(view.permissions(mode, owner, group))
    .cure(format!("ls -ldL {}", shell::path(view.typed(part))), "shows who may (x)")
}

fn loops(part: &Path, view: &View<'_>) -> Hint {
    let cause = format!(
        "{} is a symbolic link that leads over more than 40 others, or back to itself",
        part.display()
    );
    Hint::new("XNS-D5-loop", cause)
        .because("the kernel gives up after 40 links (path_resolution(7))")
        .cure(format!("ls -l {}", shell::path(view.typed(part))), "shows the link")
}

/// E35: a working directory that was opened before the root was another one.
pub(super) fn outside(site: &Site<'_>) -> Hint {
    let entered = site.before.iter().any(|step| matches!(step.op, Op::Process(Process::OpenTarget(_))));
    let hint = Hint::new(
        "XNS-E35-outside",
        "the program would start in a directory that its own root does not have",
    )
    .because("getcwd(2) answers a path outside the root: who starts there can reach what lies around it");
    if entered {
        hint.cure("-WDIR", "means DIR as it is in there; -w without a value is the target's own")
    } else {
        hint.cure("-w /DIR", "a directory of the new root")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::{ChangeDirectory, NewRoot};
    use crate::{Phase, Plan, hint, process};
    use xns_core::{Actor, Format, Recorded};

    /// The hint for a chdir to `to` where these are there: directories by a final slash.
    fn ask(to: &str, there: &[&str], errno: Errno) -> Option<(&'static str, String)> {
        let mut plan = Plan::default();
        let change = ChangeDirectory { to: to.into(), root: NewRoot::No, opened: false };
        plan.push(Actor::Caller, Phase::Directory, process::Op::ChangeDirectory(change), "");
        let seen = |path: &&str| {
            let mut seen = Seen::file(0o700, Format::Unread);
            if path.ends_with('/') {
                seen.kind = SeenKind::Directory;
            }
            let path = if *path == "/" { path } else { path.trim_end_matches('/') };
            (PathBuf::from(path), seen)
        };
        let seen = there.iter().map(seen).collect();
        let facts = Facts::recorded(Recorded { seen, ..Recorded::default() });
        hint(&plan, 0, &errno.into(), &facts).map(|hint| (hint.id, hint.because[0].clone()))
    }

    #[test]
    fn the_part_that_is_the_matter_is_named() {
        let told = |id, evidence: &str| Some((id, evidence.to_owned()));
        assert_eq!(
            ask("/a/b/c", &["/", "/a/"], Errno::ENOENT),
            told("XNS-D1-missing", "/a is there, /a/b is not")
        );
        assert_eq!(ask("a", &[], Errno::ENOENT), told("XNS-D1-missing", "no a in the working directory"));
        assert_eq!(
            ask("/a/b", &["/", "/a"], Errno::ENOTDIR),
            told("XNS-D3-no-directory", "stat(2) of /a says so")
        );
        assert_eq!(
            ask("/a", &["/", "/a"], Errno::ENOTDIR),
            told("XNS-D3-no-directory", "stat(2) of /a says so")
        );
        let mode = "its mode is 0700, its owner uid 0, its group gid 0";
        assert_eq!(ask("/a", &["/", "/a/"], Errno::EACCES), told("XNS-D4-not-searchable", mode));
        assert_eq!(ask("/a", &["/", "/a/"], Errno::ENOENT), None);
    }
}

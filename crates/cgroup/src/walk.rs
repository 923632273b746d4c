//! The groups below a directory, in one hierarchy and in several.
//!
//! A group is a directory; links, which version 1 has beside co-mounted controllers, are none. Each is looked at once, and only one
//! that has groups below it is opened: its links are two more than those. (`kernfs_refresh_inode` in the kernel; find(1) relies on the
//! same.) What goes away meanwhile is passed over.

use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use xns_core::Errno;
use xns_sys::proc::{Room, room};
use xns_sys::{directory, fs};

/// How many directories are kept open: of a deeper tree those above are opened again on the way back.
const KEPT: usize = 32;

/// What a directory has as links that has no directories in it.
const LEAF: u32 = 2;

/// A group that a walk has come to.
#[derive(Clone, Copy, Debug)]
pub struct Group<'w> {
    /// Its path from where the walk began, which has the empty one.
    pub path: &'w Path,
    /// How many groups are above it, up to where the walk began.
    pub depth: usize,
    /// Why the groups below it could not be seen.
    pub refused: Option<Errno>,
}

/// Tells the group of a directory, and those below it, each before those below it, in the order of their names.
///
/// # Errors
/// What opening the directory answered: ENOENT where there is no such group; and in a deep tree, what opening a directory by its `..`
/// answered on the way back.
pub fn walk(directory: &Path, mut tell: impl FnMut(Group<'_>)) -> Result<(), Errno> {
    // Only here a link is followed: `cpu` may be one to `cpu,cpuacct`.
    let start = fs::open_directory(directory)?;
    let mut walk = Walk { levels: Vec::new(), path: Vec::new(), room: room() };
    let here = Path::new(".");
    let is_leaf = directory::look(&start, here)?.links == LEAF;
    let enter = |walk: &mut Walk| directory::open(&start, here).and_then(|opened| walk.enter(opened));
    let refused = if is_leaf { None } else { enter(&mut walk).err() };
    tell(Group { path: Path::new(""), depth: 0, refused });
    while let Some(level) = walk.levels.last_mut() {
        let Some(name) = level.names.next() else {
            walk.leave()?;
            continue;
        };
        let depth = walk.levels.len();
        if let Some(refused) = walk.step(Path::new(&name)) {
            tell(Group { path: Path::new(OsStr::from_bytes(&walk.path)), depth, refused });
        }
    }
    Ok(())
}

/// Where a walk is.
struct Walk {
    /// The directories that lead there, whose groups are not all told yet.
    levels: Vec<Level>,
    /// The group told last.
    path: Vec<u8>,
    room: Room,
}

/// A directory that has groups in it.
struct Level {
    /// The deepest [`KEPT`] have it.
    directory: Option<OwnedFd>,
    /// Those not told yet.
    names: std::vec::IntoIter<OsString>,
    /// How much of the path is this directory's.
    length: usize,
}

impl Walk {
    /// Goes on to a directory in the last level; answers why what is below it cannot be seen. `None` when it is no group of ours.
    fn step(&mut self, name: &Path) -> Option<Option<Errno>> {
        let level = self.levels.last()?;
        let above = level.directory.as_ref()?;
        let looked = directory::look(above, name).ok().filter(|looked| !looked.is_mount_root)?;
        self.path.truncate(level.length);
        if level.length > 0 {
            self.path.push(b'/');
        }
        self.path.extend_from_slice(name.as_os_str().as_bytes());
        if looked.links == LEAF {
            return Some(None);
        }
        let opened = directory::open(above, name);
        match opened.and_then(|opened| self.enter(opened)) {
            Ok(()) => Some(None),
            Err(Errno::ENOENT | Errno::ENODEV) => None,
            Err(refused) => Some(Some(refused)),
        }
    }

    /// Makes a directory the last level.
    fn enter(&mut self, opened: OwnedFd) -> Result<(), Errno> {
        let mut names = Vec::new();
        directory::directories_in(&opened, &mut self.room, |name| names.push(name.to_owned()))?;
        names.sort_unstable();
        let length = self.path.len();
        self.levels.push(Level { directory: Some(opened), names: names.into_iter(), length });
        if let Some(far) = self.levels.len().checked_sub(KEPT + 1) {
            self.levels[far].directory = None;
        }
        Ok(())
    }

    /// Leaves the last level.
    fn leave(&mut self) -> Result<(), Errno> {
        let left = self.levels.pop().and_then(|level| level.directory);
        if let (Some(left), Some(above)) = (left, self.levels.last_mut())
            && above.directory.is_none()
        {
            above.directory = Some(directory::open(left, Path::new(".."))?);
        }
        Ok(())
    }
}

/// A group by its path, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Below the directories that were looked through; empty for themselves.
    pub path: PathBuf,
    /// Which of them have it, by their place in the list, in its order.
    pub trees: Vec<usize>,
}

/// The groups of several hierarchies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Each path once, before those below it, in the order of their names.
    pub groups: Vec<Listed>,
    /// What could not be looked through: the directory, and why.
    pub refused: Vec<(PathBuf, Errno)>,
}

impl Listing {
    /// Of the groups below these directories, and themselves: mount points of hierarchies, or the directories that one group has in
    /// each. One that is not there has no groups.
    pub fn of<P: AsRef<Path>>(directories: &[P]) -> Listing {
        let mut keys: Vec<(Vec<u8>, usize)> = Vec::new();
        let mut refused = Vec::new();
        for (tree, directory) in directories.iter().map(AsRef::as_ref).enumerate() {
            let walked = walk(directory, |group| {
                keys.push((key(group.path), tree));
                refused.extend(group.refused.map(|errno| (directory.join(group.path), errno)));
            });
            match walked {
                Ok(()) | Err(Errno::ENOENT) => {}
                Err(errno) => refused.push((directory.to_owned(), errno)),
            }
        }
        // It finds that they are sorted lists one after the other, and merges those.
        keys.sort();
        let mut groups: Vec<Listed> = Vec::new();
        let mut last: Option<Vec<u8>> = None;
        for (key, tree) in keys {
            match groups.last_mut() {
                Some(group) if last.as_ref() == Some(&key) => group.trees.push(tree),
                _ => {
                    groups.push(Listed { path: path(&key), trees: vec![tree] });
                    last = Some(key);
                }
            }
        }
        Listing { groups, refused }
    }
}

/// Bytes that are in the same order as a walk: `a/x` comes before `a-b`. No name has a NUL in it.
fn key(path: &Path) -> Vec<u8> {
    path.as_os_str().as_bytes().iter().map(|byte| if *byte == b'/' { 0 } else { *byte }).collect()
}

fn path(key: &[u8]) -> PathBuf {
    let bytes = key.iter().map(|byte| if *byte == 0 { b'/' } else { *byte }).collect();
    PathBuf::from(OsString::from_vec(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs as files;
    use std::os::unix::fs::symlink;

    fn tree(paths: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for path in paths {
            files::create_dir_all(dir.path().join(path)).unwrap();
        }
        dir
    }

    fn walked(directory: &Path) -> Vec<(String, usize)> {
        let mut found = Vec::new();
        walk(directory, |group| {
            assert_eq!(group.refused, None);
            found.push((group.path.display().to_string(), group.depth));
        })
        .unwrap();
        found
    }

    #[test]
    fn each_before_those_below_it_in_the_order_of_names() {
        let dir = tree(&["b", "a/y/z", "a/x", "a-b"]);
        files::write(dir.path().join("cgroup.procs"), "").unwrap();
        symlink("a", dir.path().join("link")).unwrap();
        let want = [("", 0), ("a", 1), ("a/x", 2), ("a/y", 2), ("a/y/z", 3), ("a-b", 1), ("b", 1)];
        assert_eq!(walked(dir.path()), want.map(|(path, depth)| (path.to_owned(), depth)));
        // Where it begins, a link is followed.
        assert_eq!(walked(&dir.path().join("link")).len(), 4);
        assert_eq!(walk(&dir.path().join("none"), |_| {}), Err(Errno::ENOENT));
        assert_eq!(walk(&dir.path().join("cgroup.procs"), |_| {}), Err(Errno::ENOTDIR));
    }

    #[test]
    fn deeper_than_a_path_can_be_and_back() {
        let dir = tempfile::tempdir().unwrap();
        let name = "n".repeat(100);
        let mut at = fs::open_directory(dir.path()).unwrap();
        for _ in 0..60 {
            fs::make_directory(&at, Path::new(&name)).unwrap();
            fs::make_directory(&at, Path::new("zz")).unwrap();
            at = fs::open_directory_in(&at, Path::new(&name)).unwrap();
        }
        let found = walked(dir.path());
        assert_eq!(found.len(), 121);
        assert_eq!(found[60], (vec![name.as_str(); 60].join("/"), 60));
        assert_eq!((found[61].1, found[61].0.len()), (60, 59 * 101 + 2));
        assert_eq!(found[120], ("zz".to_owned(), 1));
    }

    #[test]
    fn what_goes_away_meanwhile_is_passed_over() {
        let dir = tree(&["a/x", "b/x", "c/x", "d"]);
        let at = |path: &str| dir.path().join(path);
        let mut found = Vec::new();
        walk(dir.path(), |group| {
            found.push(group.path.display().to_string());
            if group.path == Path::new("a") {
                // The one it is in, the one that comes next, and what is below one.
                for path in ["a", "b", "c/x"] {
                    files::remove_dir_all(at(path)).unwrap();
                }
            }
        })
        .unwrap();
        assert_eq!(found, ["", "a", "c", "d"]);
    }

    #[test]
    fn the_same_name_in_several_hierarchies_is_one_group() {
        let (one, other) = (tree(&["a/x", "a-b"]), tree(&["a/y", "a-b", "c"]));
        let listing = Listing::of(&[one.path(), Path::new("/none"), other.path()]);
        let rows: Vec<_> = listing
            .groups
            .iter()
            .map(|group| (group.path.to_str().unwrap(), group.trees.as_slice()))
            .collect();
        assert_eq!(
            rows,
            [("", &[0, 2][..]), ("a", &[0, 2]), ("a/x", &[0]), ("a/y", &[2]), ("a-b", &[0, 2]), ("c", &[2])]
        );
        assert_eq!(listing.refused, []);
        let file = one.path().join("file");
        files::write(&file, "").unwrap();
        assert_eq!(Listing::of(&[&file]).refused, [(file, Errno::ENOTDIR)]);
    }
}

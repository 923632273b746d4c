//! What may have changed since it was read, and what a directory of control groups shows.

use super::Facts;
use crate::Errno;
use std::cell::{OnceCell, RefCell};
use std::path::Path;
use xns_sys::fs;

impl Facts {
    /// The same machine and caller, looked at anew: what was read before a failure may be another by now. What a test made up
    /// stays as it is.
    #[must_use]
    pub fn anew(&self) -> Self {
        let known = if self.live { Vec::new() } else { self.files.borrow().clone() };
        let probes = if self.live { Vec::new() } else { self.probes.borrow().clone() };
        Facts {
            live: self.live,
            single: self.single,
            command: self.command.clone(),
            pid: self.pid.clone(),
            ids: OnceCell::from(*self.ids()),
            files: RefCell::new(known),
            probes: RefCell::new(probes),
            own: RefCell::default(),
            own_numbers: RefCell::default(),
            numbers: RefCell::default(),
            variables: self.variables.clone(),
            interactive: self.interactive,
            seen: self.seen.clone(),
        }
    }

    /// Why a file that could not be read cannot be; `None` when it can. Recorded, a file that is not there is missing.
    pub fn why_unread(&self, path: &str) -> Option<Errno> {
        let missing = || self.file(path).is_none().then_some(Errno::ENOENT);
        if self.live { fs::read(Path::new(path)).err() } else { missing() }
    }

    /// The names of the directories in a directory, sorted; none when it cannot be read. Recorded as the file `directories:PATH`, a
    /// line each.
    pub fn directories_in(&self, directory: &str) -> Vec<String> {
        let names = self.once(&format!("directories:{directory}"), |_| {
            let entries = std::fs::read_dir(directory).ok()?.flatten();
            let directories = entries.filter(|entry| entry.file_type().is_ok_and(|file| file.is_dir()));
            let mut names: Vec<_> =
                directories.filter_map(|entry| entry.file_name().into_string().ok()).collect();
            names.retain(|name| !name.contains('\n'));
            names.sort();
            Some(names.join("\n").into_bytes())
        });
        String::from_utf8_lossy(names.as_deref().unwrap_or_default()).lines().map(str::to_owned).collect()
    }

    /// The value of an extended attribute (xattr(7)) of a file, without the NUL that may end it; `None` when it cannot be read.
    /// Recorded as the file `attribute:NAME:PATH`.
    pub fn attribute(&self, path: &str, name: &str) -> Option<String> {
        let value =
            self.once(&format!("attribute:{name}:{path}"), |_| fs::attribute(Path::new(path), name))?;
        Some(std::str::from_utf8(&value).ok()?.trim_end_matches('\0').to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_anew_is_no_memory() {
        let directory = std::env::temp_dir().join(format!("xns-facts-{}", std::process::id()));
        std::fs::create_dir(&directory).unwrap();
        let (path, file) = (directory.to_str().unwrap(), directory.join("file"));
        std::fs::write(&file, "1\n").unwrap();
        let facts = Facts::without_probes(Vec::new());
        let number = |facts: &Facts| facts.number(file.to_str().unwrap());
        let before = (number(&facts), facts.directories_in(path));
        std::fs::write(&file, "2\n").unwrap();
        std::fs::create_dir(directory.join("a b")).unwrap();
        let (same, anew) = (number(&facts), facts.anew());
        let after = (number(&anew), anew.directories_in(path));
        std::fs::remove_dir_all(&directory).unwrap();
        assert_eq!((before, same), ((Some(1), Vec::new()), Some(1)));
        assert_eq!(after, (Some(2), vec!["a b".to_owned()]));
    }
}

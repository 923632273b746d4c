//! A root file system in memory, and the archive from which the kernel takes it (cpio, "newc", as the kernel's
//! driver-api/early-userspace/buffer-format describes it).

use crate::error::{Error, at};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Everything belongs to root. Paths are relative to the root, and sorted: a directory stands before what is in it.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    entries: BTreeMap<PathBuf, Entry>,
}

#[derive(Debug)]
struct Entry {
    /// Type and permissions, as in stat(2).
    mode: u32,
    data: Vec<u8>,
}

const DIRECTORY: u32 = 0o040_755;
const PROGRAM: u32 = 0o100_755;
const LINK: u32 = 0o120_777;

impl Tree {
    /// A directory, and those above it.
    pub(crate) fn dir(&mut self, path: impl AsRef<Path>) {
        let path = path.as_ref();
        for dir in path.ancestors().filter(|dir| dir.parent().is_some()) {
            self.entries.entry(relative(dir)).or_insert(Entry { mode: DIRECTORY, data: Vec::new() });
        }
    }

    /// A file that all may read and run, and the directories above it.
    pub(crate) fn file(&mut self, path: impl AsRef<Path>, data: impl Into<Vec<u8>>) {
        let path = path.as_ref();
        if let Some(parent) = path.parent() {
            self.dir(parent);
        }
        self.entries.insert(relative(path), Entry { mode: PROGRAM, data: data.into() });
    }

    /// A symbolic link.
    pub(crate) fn link(&mut self, path: &str, to: &str) {
        self.entries.insert(relative(Path::new(path)), Entry { mode: LINK, data: to.into() });
    }

    /// A file of the host.
    pub(crate) fn copy(&mut self, path: impl AsRef<Path>, from: &Path) -> Result<(), Error> {
        self.file(path, fs::read(from).map_err(at(from))?);
        Ok(())
    }

    /// Is it there?
    pub(crate) fn has(&self, path: impl AsRef<Path>) -> bool {
        self.entries.contains_key(&relative(path.as_ref()))
    }

    /// Writes the archive.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        for (number, (path, entry)) in (1..).zip(&self.entries) {
            record(out, number, path.as_os_str().as_bytes(), entry)?;
        }
        record(out, 0, b"TRAILER!!!", &Entry { mode: 0, data: Vec::new() })
    }
}

fn relative(path: &Path) -> PathBuf {
    path.strip_prefix("/").unwrap_or(path).to_owned()
}

/// Thirteen numbers of eight hexadecimal digits, the name, the data; name and data end at a multiple of four.
fn record(out: &mut impl Write, inode: u32, name: &[u8], entry: &Entry) -> io::Result<()> {
    let too_large = |_| io::Error::from(io::ErrorKind::FileTooLarge);
    let size = u32::try_from(entry.data.len()).map_err(too_large)?;
    let name_size = u32::try_from(name.len() + 1).map_err(too_large)?;
    let (links, nobody, time, device, check) = (1, 0, 0, 0, 0);
    let fields = [
        inode, entry.mode, nobody, nobody, links, time, size, device, device, device, device, name_size,
        check,
    ];
    let mut head = b"070701".to_vec();
    for field in fields {
        write!(head, "{field:08x}")?;
    }
    head.extend(name);
    head.push(0);
    out.write_all(&head)?;
    pad(out, head.len())?;
    out.write_all(&entry.data)?;
    pad(out, entry.data.len())
}

fn pad(out: &mut impl Write, length: usize) -> io::Result<()> {
    out.write_all(&[0; 3][..length.next_multiple_of(4) - length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_begin_at_multiples_of_four() {
        let mut tree = Tree::default();
        tree.file("/a/b", *b"hello");
        assert!(tree.has("/a") && tree.has("/a/b") && !tree.has("/b"));
        let mut out = Vec::new();
        tree.write(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let starts: Vec<_> = text.match_indices("070701").map(|(at, _)| at).collect();
        // 110 bytes of head, the name with its NUL, padding; five bytes of data, padding.
        assert_eq!(starts, [0, 112, 112 + 116 + 8]);
        assert!(text[112 + 110..].starts_with("a/b\0\0\0hello\0\0\0"), "{text:?}");
        assert!(text.ends_with("TRAILER!!!\0\0\0\0"), "{text:?}");
        let mode = u32::from_str_radix(&text[112 + 14..112 + 22], 16).unwrap();
        assert_eq!(mode, PROGRAM);
    }
}

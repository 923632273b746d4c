//! What a file is to somebody who wants to execute it, or to mount on it: looked at after something has failed.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::path::Path;
use xns_sys::{Errno, Result, fs};

/// A file, as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What sort of file.
    pub kind: SeenKind,
    /// The permission bits, with set-user-ID and its like.
    pub mode: u32,
    /// The owner, as a number of this user namespace.
    pub owner: u32,
    /// The group, likewise.
    pub group: u32,
    /// Is it on a mount on which nothing is executed (`noexec`)?
    pub noexec: bool,
    /// Is it on a mount on which programs get no rights of their own (`nosuid`)?
    pub nosuid: bool,
    /// The mount that it is on, by its number in `/proc/self/mountinfo`.
    pub mount: Option<i32>,
    /// What execve(2) would make of its contents.
    pub format: Format,
}

/// What sort of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeenKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// Something else: a device, a socket, a fifo.
    Other,
}

/// The contents of a file, as execve(2) sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// It could not be read, or is no regular file.
    Unread,
    /// A text that starts with `#!` and this path; what follows the path on its line may be a carriage return.
    Script {
        /// The interpreter's path, as it stands there.
        interpreter: String,
    },
    /// A program (elf(5)).
    Elf {
        /// `e_machine`: the architecture.
        machine: u16,
        /// PT_INTERP: the loader's path, if it has one that could be read.
        loader: Option<String>,
    },
    /// Neither.
    Plain,
}

impl Seen {
    /// An ordinary directory of root's.
    pub(crate) fn directory() -> Self {
        Seen {
            kind: SeenKind::Directory,
            mode: 0o755,
            owner: 0,
            group: 0,
            noexec: false,
            nosuid: false,
            mount: None,
            format: Format::Unread,
        }
    }

    /// Looks at `path`; with `root` as a process sees it that has this root directory.
    ///
    /// # Errors
    /// What the search for it answered: ENOENT when there is no such file.
    pub(crate) fn at(root: Option<&Path>, path: &Path) -> Result<Self> {
        let root = root.map(fs::open_directory).transpose()?;
        let file = fs::open_seen(root.as_ref(), path, fs::Access::Path)?;
        let status = fs::status(&file)?;
        let kind = match status.kind {
            fs::Kind::Regular => SeenKind::File,
            fs::Kind::Directory => SeenKind::Directory,
            fs::Kind::Symlink | fs::Kind::Other => SeenKind::Other,
        };
        // Only a regular file is opened for reading: a fifo or a device could answer in its own way.
        let readable = kind == SeenKind::File;
        let opened = readable.then(|| fs::open_seen(root.as_ref(), path, fs::Access::Read).ok()).flatten();
        let flags = fs::mount_flags(&file)?;
        Ok(Seen {
            kind,
            mode: status.mode,
            owner: status.uid,
            group: status.gid,
            noexec: flags.noexec,
            nosuid: flags.nosuid,
            mount: fs::mount_id(&file),
            format: opened.map_or(Format::Unread, Format::of),
        })
    }

    /// A regular file with these permission bits and this format, root's, on an ordinary mount: for recorded facts.
    pub const fn file(mode: u32, format: Format) -> Self {
        Seen {
            kind: SeenKind::File,
            mode,
            owner: 0,
            group: 0,
            noexec: false,
            nosuid: false,
            mount: None,
            format,
        }
    }
}

impl Format {
    fn of(file: OwnedFd) -> Self {
        let file = File::from(file);
        Format::parse(|offset, count| {
            let mut bytes = vec![0; count];
            let got = file.read_at(&mut bytes, offset).ok()?;
            bytes.truncate(got);
            Some(bytes)
        })
    }

    /// From what `read(offset, count)` answers, which may be less than `count`.
    fn parse(read: impl Fn(u64, usize) -> Option<Vec<u8>>) -> Self {
        // As much as the kernel looks at (BINPRM_BUF_SIZE, execve(2)).
        const HEAD: usize = 256;
        let Some(head) = read(0, HEAD) else { return Format::Unread };
        if let Some(line) = head.strip_prefix(b"#!") {
            let line = line.split(|&byte| byte == b'\n').next().unwrap_or_default();
            let words = line.split(|&byte| byte == b' ' || byte == b'\t').filter(|word| !word.is_empty());
            let first = words.into_iter().next().unwrap_or_default();
            return Format::Script { interpreter: String::from_utf8_lossy(first).into_owned() };
        }
        elf(&head, read).unwrap_or(Format::Plain)
    }
}

/// The ELF header and the program headers, of either class and byte order (elf(5)).
fn elf(head: &[u8], read: impl Fn(u64, usize) -> Option<Vec<u8>>) -> Option<Format> {
    const PT_INTERP: u64 = 3;
    const LONGEST_PATH: u64 = 4096;
    const MOST_HEADERS: usize = 64 * 1024;
    head.strip_prefix(b"\x7fELF")?;
    let (wide, little) = (*head.get(4)? == 2, *head.get(5)? == 1);
    let number = |bytes: &[u8], at: usize, size: usize| {
        let field = bytes.get(at..at + size)?;
        let fold = |n: u64, byte: &u8| n << 8 | u64::from(*byte);
        Some(if little { field.iter().rev().fold(0, fold) } else { field.iter().fold(0, fold) })
    };
    let machine = u16::try_from(number(head, 18, 2)?).ok()?;
    let loader = || {
        let (table, size, count) = if wide { (32, 54, 56) } else { (28, 42, 44) };
        let word = if wide { 8 } else { 4 };
        let (start, size) = (number(head, table, word)?, usize::try_from(number(head, size, 2)?).ok()?);
        let all = size * usize::try_from(number(head, count, 2)?).ok()?;
        let headers = read(start, all.min(MOST_HEADERS))?;
        let own = headers.chunks_exact(size.max(1)).find(|header| number(header, 0, 4) == Some(PT_INTERP))?;
        let (offset, length) = if wide { (8, 32) } else { (4, 16) };
        let length = number(own, length, word).filter(|&length| length <= LONGEST_PATH)?;
        let mut path = read(number(own, offset, word)?, usize::try_from(length).ok()?)?;
        path.truncate(path.iter().position(|&byte| byte == 0)?);
        String::from_utf8(path).ok()
    };
    Some(Format::Elf { machine, loader: loader() })
}

/// What is not recorded is not there.
pub(crate) const NOT_RECORDED: Errno = Errno::ENOENT;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8]) -> Format {
        Format::parse(|offset, count| {
            let start = bytes.len().min(usize::try_from(offset).unwrap());
            Some(bytes[start..bytes.len().min(start + count)].to_vec())
        })
    }

    fn script(interpreter: &str) -> Format {
        Format::Script { interpreter: interpreter.into() }
    }

    #[test]
    fn the_interpreter_is_the_first_word_after_the_mark() {
        assert_eq!(parse(b"#!/bin/sh\nx"), script("/bin/sh"));
        assert_eq!(parse(b"#! \t/usr/bin/env python3\n"), script("/usr/bin/env"));
        assert_eq!(parse(b"#!/bin/sh\r\nx"), script("/bin/sh\r"));
        assert_eq!(parse(b"#!"), script(""));
        assert_eq!(parse(b"echo"), Format::Plain);
        assert_eq!(parse(b""), Format::Plain);
    }

    #[test]
    fn the_loader_is_found_in_either_class_and_order() {
        let mut wide = vec![0; 256];
        wide[..6].copy_from_slice(b"\x7fELF\x02\x01");
        wide[18] = 62;
        wide[32] = 64;
        (wide[54], wide[56]) = (56, 2);
        let second = 64 + 56;
        (wide[second], wide[second + 8], wide[second + 32]) = (3, 200, 4);
        wide[200..204].copy_from_slice(b"/ld\0");
        assert_eq!(parse(&wide), Format::Elf { machine: 62, loader: Some("/ld".into()) });
        wide[second] = 1;
        assert_eq!(parse(&wide), Format::Elf { machine: 62, loader: None });
        let mut narrow = vec![0; 128];
        narrow[..6].copy_from_slice(b"\x7fELF\x01\x02");
        (narrow[19], narrow[31], narrow[43], narrow[45]) = (8, 52, 32, 1);
        (narrow[55], narrow[59], narrow[71]) = (3, 100, 3);
        narrow[100..103].copy_from_slice(b"/l\0");
        assert_eq!(parse(&narrow), Format::Elf { machine: 8, loader: Some("/l".into()) });
    }

    #[test]
    fn a_header_that_lies_is_no_danger() {
        assert_eq!(parse(b"\x7fELF"), Format::Plain);
        let mut all = vec![0xff; 256];
        all[..6].copy_from_slice(b"\x7fELF\x02\x01");
        assert_eq!(parse(&all), Format::Elf { machine: 0xffff, loader: None });
    }

    #[test]
    fn this_program_is_seen_as_it_is() {
        let own = Seen::at(None, Path::new("/proc/self/exe")).unwrap();
        assert!(own.kind == SeenKind::File && own.mode & 0o111 != 0, "{own:?}");
        assert!(matches!(own.format, Format::Elf { .. }), "{own:?}");
        assert_eq!(Seen::at(None, Path::new("/no/such")), Err(Errno::ENOENT));
        assert_eq!(
            Seen::at(Some(Path::new("/proc")), Path::new("/../version")).unwrap().kind,
            SeenKind::File
        );
    }
}

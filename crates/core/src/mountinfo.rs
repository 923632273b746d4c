//! The mount table: proc_pid_mountinfo(5), of which every byte counts. A path may hold any but NUL; the kernel writes blank,
//! tab, line end and backslash as three octal digits.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use xns_sys::{Errno, Result};

/// One mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mounted {
    /// Its number.
    pub id: i32,
    /// The number of the mount that it is mounted on.
    pub parent: i32,
    /// Major and minor number of the file system's device: two mounts with the same show the same file system.
    pub device: (u32, u32),
    /// The directory of its file system that is shown.
    pub root: PathBuf,
    /// Where, as seen from this process's root.
    pub point: PathBuf,
    /// Its flags, with commas between.
    options: Vec<u8>,
    /// `shared:N`, `master:N` and the like (mount_namespaces(7)).
    tags: Vec<String>,
    /// The type of what is mounted.
    pub fs_type: Vec<u8>,
    /// What is mounted, in the file system's own form: `/dev/vda1`, `none`.
    pub source: Vec<u8>,
    /// Its own options, with commas between.
    super_options: Vec<u8>,
}

impl Mounted {
    /// Has it this flag?
    pub fn has(&self, option: &str) -> bool {
        has(&self.options, option)
    }

    /// Has the file system this option?
    pub fn fs_has(&self, option: &str) -> bool {
        has(&self.super_options, option)
    }

    /// Its flags, with commas between, as the kernel writes them.
    pub fn flags(&self) -> &[u8] {
        &self.options
    }

    /// Can it not be bound elsewhere (mount_namespaces(7), MS_UNBINDABLE)?
    pub fn is_unbindable(&self) -> bool {
        self.tag("unbindable").is_some()
    }

    /// The tag that makes it a member of a peer group: what happens here happens elsewhere.
    pub fn shared(&self) -> Option<&str> {
        self.tag("shared:")
    }

    /// The tag of the group from which it receives.
    pub fn master(&self) -> Option<&str> {
        self.tag("master:")
    }

    fn tag(&self, start: &str) -> Option<&str> {
        self.tags.iter().map(String::as_str).find(|tag| tag.starts_with(start))
    }
}

/// Is the word in the list?
fn has(list: &[u8], word: &str) -> bool {
    list.split(|byte| *byte == b',').any(|found| found == word.as_bytes())
}

/// All mounts that this process sees.
///
/// # Errors
/// What the file answered; EINVAL when a line cannot be read.
pub fn read() -> Result<Vec<Mounted>> {
    let text = xns_sys::fs::read(Path::new("/proc/self/mountinfo"))?;
    // One that is passed over would stay as it is: better none at all.
    parse(&text).ok_or(Errno::EINVAL)
}

/// `None` unless every line is one of mountinfo.
pub fn parse(text: &[u8]) -> Option<Vec<Mounted>> {
    text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(line).collect()
}

/// `ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG]… - TYPE SOURCE SUPER-OPTIONS`
fn line(line: &[u8]) -> Option<Mounted> {
    let mut fields = line.split(|byte| *byte == b' ');
    let (id, parent) = (number(fields.next()?)?, number(fields.next()?)?);
    let device = device(fields.next()?)?;
    let (root, point) = (path(fields.next()?)?, path(fields.next()?)?);
    let options = fields.next()?.to_vec();
    let mut tags = Vec::new();
    loop {
        match fields.next()? {
            b"-" => break,
            tag => tags.push(String::from_utf8_lossy(tag).into_owned()),
        }
    }
    let fs_type = fields.next()?.to_vec();
    // An empty source leaves two blanks.
    let source = unescaped(fields.next().unwrap_or_default()).unwrap_or_default();
    let super_options = fields.next().unwrap_or_default().to_vec();
    Some(Mounted { id, parent, device, root, point, options, tags, fs_type, source, super_options })
}

fn path(text: &[u8]) -> Option<PathBuf> {
    Some(PathBuf::from(OsString::from_vec(unescaped(text)?)))
}

fn number<N: std::str::FromStr>(text: &[u8]) -> Option<N> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// `MAJOR:MINOR`
fn device(text: &[u8]) -> Option<(u32, u32)> {
    let colon = text.iter().position(|byte| *byte == b':')?;
    Some((number(&text[..colon])?, number(&text[colon + 1..])?))
}

/// `\040` is a blank. What the kernel does not write is `None`.
fn unescaped(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(3)?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok()?);
        rest = after;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_of_the_kernel() {
        let text = b"22 27 0:21 / /proc rw,relatime - proc proc rw\n\
                     30 25 0:27 /a /with\\040blank\\134\\011\\012 ro,nosuid,noatime shared:1 master:2 - tmpfs x\\040y rw\n";
        let mounts = parse(text).unwrap_or_default();
        assert_eq!(mounts.len(), 2);
        assert_eq!((mounts[0].id, mounts[0].parent, mounts[0].fs_type.as_slice()), (22, 27, &b"proc"[..]));
        assert_eq!(mounts[1].point, PathBuf::from("/with blank\\\t\n"));
        assert_eq!((mounts[1].device, mounts[1].source.as_slice()), ((0, 27), &b"x y"[..]));
        assert_eq!(mounts[1].flags(), b"ro,nosuid,noatime");
        assert!(mounts[1].has("nosuid") && mounts[1].has("ro"));
        assert_eq!((mounts[1].shared(), mounts[1].master()), (Some("shared:1"), Some("master:2")));
        assert_eq!((mounts[0].shared(), mounts[1].root.to_str()), (None, Some("/a")));
        assert!(mounts[1].fs_has("rw") && !mounts[1].fs_has("ro"));
        assert!(!mounts[1].has("suid") && !mounts[1].has("relatime"));
        assert_eq!(parse(b""), Some(Vec::new()));
    }

    #[test]
    fn what_is_no_such_line_is_refused() {
        for text in [
            "x 27 0:21 / /proc rw - proc proc rw",
            "22 27 0:21 / /proc rw proc proc rw",
            "22 27 0:21 / /proc rw -",
            "22 27 0:21 / /a\\04 rw - proc proc rw",
            "22 27 0:21 / /a\\999 rw - proc proc rw",
            "22 27 0:21 / /proc rw - proc proc rw\nmore",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    fn escaped(path: &[u8]) -> Vec<u8> {
        let escape = |byte: &u8| match byte {
            b' ' | b'\t' | b'\n' | b'\\' => format!("\\{byte:03o}").into_bytes(),
            _ => vec![*byte],
        };
        path.iter().flat_map(escape).collect()
    }

    proptest! {
        #[test]
        fn any_path_is_read_back(path in prop::collection::vec(1..=255_u8, 1..40), id: i32, parent: i32) {
            let mut text = format!("{id} {parent} 0:1 / ").into_bytes();
            text.extend(escaped(&path));
            text.extend(b" rw shared:7 - tmpfs tmpfs rw\n");
            let mounts = parse(&text).unwrap_or_default();
            prop_assert_eq!(mounts.len(), 1);
            prop_assert_eq!((mounts[0].id, mounts[0].parent), (id, parent));
            prop_assert_eq!(&mounts[0].point, &PathBuf::from(OsString::from_vec(path)));
        }

        #[test]
        fn any_bytes(text: Vec<u8>) {
            let _ = parse(&text);
        }
    }
}

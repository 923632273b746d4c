//! The mount table: proc_pid_mountinfo(5), of which every byte counts. A path may hold any but NUL; the kernel writes blank,
//! tab, line end and backslash as three octal digits.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use xns_core::Errno;
use xns_sys::Result;

/// One mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mounted {
    /// Its number.
    pub(super) id: i32,
    /// The number of the mount that it is mounted on.
    pub(super) parent: i32,
    /// Where, as seen from this process's root.
    pub(super) point: PathBuf,
    /// Its flags, with commas between.
    options: Vec<u8>,
    /// The type of what is mounted.
    pub(super) fs_type: Vec<u8>,
}

impl Mounted {
    /// Has it this flag?
    pub(super) fn has(&self, option: &str) -> bool {
        self.options.split(|byte| *byte == b',').any(|word| word == option.as_bytes())
    }
}

/// All mounts that this process sees.
pub(super) fn read() -> Result<Vec<Mounted>> {
    let text = std::fs::read("/proc/self/mountinfo")
        .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or_default()))?;
    // One that is passed over would stay as it is: better none at all.
    parse(&text).ok_or(Errno::EINVAL)
}

/// `None` unless every line is one of mountinfo.
fn parse(text: &[u8]) -> Option<Vec<Mounted>> {
    text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(line).collect()
}

/// `ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG]… - TYPE SOURCE SUPER-OPTIONS`
fn line(line: &[u8]) -> Option<Mounted> {
    let mut fields = line.split(|byte| *byte == b' ');
    let (id, parent) = (number(fields.next()?)?, number(fields.next()?)?);
    let (point, options) = (fields.nth(2)?, fields.next()?.to_vec());
    fields.find(|field| *field == b"-")?;
    let fs_type = fields.next()?.to_vec();
    let point = PathBuf::from(OsString::from_vec(unescaped(point)?));
    Some(Mounted { id, parent, point, options, fs_type })
}

fn number(text: &[u8]) -> Option<i32> {
    std::str::from_utf8(text).ok()?.parse().ok()
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
        assert!(mounts[1].has("nosuid") && mounts[1].has("ro"));
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

//! `/proc/self/mountinfo`, line by line (proc_pid_mountinfo(5)).

/// A mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount<'a> {
    /// Its number in this boot.
    pub number: i32,
    /// The directory of the file system that is its root.
    pub root: String,
    /// Where it is, as this process sees it.
    pub point: String,
    /// `shared:N`, `master:N` and the like.
    pub propagation: Vec<&'a str>,
    /// The type of the file system.
    pub kind: &'a str,
    /// The file system's own options.
    pub options: &'a str,
}

impl Mount<'_> {
    /// Is it a member of a peer group: does what happens here happen elsewhere? The group, as the file has it.
    pub fn shared(&self) -> Option<&str> {
        self.propagation.iter().copied().find(|field| field.starts_with("shared:"))
    }

    /// The group from which it receives.
    pub fn master(&self) -> Option<&str> {
        self.propagation.iter().copied().find(|field| field.starts_with("master:"))
    }
}

/// The mounts, in the file's order. A line that is none is passed over.
pub fn mounts(text: &str) -> impl Iterator<Item = Mount<'_>> {
    text.lines().filter_map(mount)
}

fn mount(line: &str) -> Option<Mount<'_>> {
    let (own, system) = line.split_once(" - ")?;
    let (mut own, mut system) = (own.split(' '), system.split(' '));
    Some(Mount {
        number: own.next()?.parse().ok()?,
        root: unescaped(own.nth(2)?),
        point: unescaped(own.next()?),
        propagation: own.skip(1).collect(),
        kind: system.next()?,
        options: system.nth(1).unwrap_or(""),
    })
}

/// Blanks and backslashes of a path stand there as `\040` and so on.
fn unescaped(path: &str) -> String {
    let mut parts = path.split('\\');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match code {
            Some(byte) => {
                out.push(char::from(byte));
                out.push_str(&part[3..]);
            }
            None => {
                out.push('\\');
                out.push_str(part);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_optional_fields_and_escapes() {
        const TEXT: &str = "44 67 0:39 / /a\\040b\\134 rw,relatime shared:1 master:2 - tmpfs t rw,mode=755\nnone\n23 22 0:2 /x /y rw - ext4 /dev/vda rw\n";
        let found: Vec<_> = mounts(TEXT).collect();
        assert_eq!(found.len(), 2);
        let first = &found[0];
        assert_eq!((first.number, first.root.as_str(), first.point.as_str()), (44, "/", "/a b\\"));
        assert_eq!((first.shared(), first.master()), (Some("shared:1"), Some("master:2")));
        assert_eq!((first.kind, first.options), ("tmpfs", "rw,mode=755"));
        assert_eq!((found[1].root.as_str(), found[1].shared(), found[1].kind), ("/x", None, "ext4"));
    }
}

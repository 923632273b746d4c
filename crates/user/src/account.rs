//! Users and groups in the text of passwd(5) and group(5).
//!
//! Read here and not through NSS: with a static glibc that would load a second libc, and after a mount namespace was
//! entered the container's. So users of LDAP and the like are known by number only.
//!
//! What is read as glibc's `files` reads it: leading blanks, fields that are missing at the end. Passed over are
//! comments, NIS lines (`+`, `-`), and lines with too few or too many fields or with ids that are none.

use crate::idmap::{NO_ID, number};

/// One line of passwd(5), borrowed from its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User<'a> {
    /// The login name; never empty.
    pub name: &'a [u8],
    /// The user id as a plain number: which namespace it counts in is the reader's affair. Never [`NO_ID`].
    pub uid: u32,
    /// The id of the primary group. Never [`NO_ID`].
    pub gid: u32,
    /// The home directory; may be empty.
    pub home: &'a [u8],
    /// The login shell; empty means `/bin/sh` (passwd(5)).
    pub shell: &'a [u8],
}

/// One line of group(5), borrowed from its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group<'a> {
    /// The name; never empty.
    pub name: &'a [u8],
    /// The group id. Never [`NO_ID`].
    pub gid: u32,
}

/// The first user of that name in the text of `/etc/passwd`.
#[must_use]
pub fn user_by_name<'a>(passwd: &'a [u8], name: &[u8]) -> Option<User<'a>> {
    users(passwd).find(|user| user.name == name)
}

/// The first user with that id in the text of `/etc/passwd`.
#[must_use]
pub fn user_by_uid(passwd: &[u8], uid: u32) -> Option<User<'_>> {
    users(passwd).find(|user| user.uid == uid)
}

/// The first group of that name in the text of `/etc/group`.
#[must_use]
pub fn group_by_name<'a>(group: &'a [u8], name: &[u8]) -> Option<Group<'a>> {
    groups(group).find(|group| group.name == name)
}

fn users(text: &[u8]) -> impl Iterator<Item = User<'_>> {
    lines(text).filter_map(|line| {
        let mut fields = line.split(|b| *b == b':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        let _password = fields.next()?;
        let (uid, gid) = (id(fields.next()?)?, id(fields.next()?)?);
        let _comment = fields.next();
        let (home, shell) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        fields.next().is_none().then_some(User { name, uid, gid, home, shell })
    })
}

fn groups(text: &[u8]) -> impl Iterator<Item = Group<'_>> {
    lines(text).filter_map(|line| {
        let mut fields = line.split(|b| *b == b':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        let _password = fields.next()?;
        let gid = id(fields.next()?)?;
        let _members = fields.next();
        fields.next().is_none().then_some(Group { name, gid })
    })
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|b| *b == b'\n')
        // A carriage return would become part of the shell's path.
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line).trim_ascii_start())
        .filter(|line| !matches!(line.first(), None | Some(b'#' | b'+' | b'-')))
}

fn id(field: &[u8]) -> Option<u32> {
    number(field).ok().filter(|id| *id != NO_ID)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn users_are_found() {
        let text =
            b"root:x:0:0:root:/root:/bin/bash\njoe:x:1000:100:Joe,,,:/home/joe:/bin/zsh\ntoor:x:0:0:::";
        let joe = User { name: b"joe", uid: 1000, gid: 100, home: b"/home/joe", shell: b"/bin/zsh" };
        assert_eq!(user_by_name(text, b"joe"), Some(joe));
        assert_eq!(user_by_uid(text, 1000), Some(joe));
        assert_eq!(user_by_uid(text, 0).map(|u| u.name), Some(&b"root"[..]));
        assert_eq!(user_by_name(text, b"toor").map(|u| u.shell), Some(&b""[..]));
        assert_eq!(user_by_name(text, b"jo"), None);
        assert_eq!(user_by_name(text, b""), None);
        assert_eq!(user_by_uid(text, 5), None);
        assert_eq!(user_by_uid(b"", 0), None);
    }

    #[test]
    fn odd_user_lines() {
        let zz = |home, shell| Some(User { name: b"zz", uid: 5, gid: 6, home, shell });
        let cases: &[(&[u8], Option<User<'_>>)] = &[
            // As getent answers.
            (b"zz:x:5:6:g:/h:/s", zz(b"/h", b"/s")),
            (b"zz:x:5:6", zz(b"", b"")),
            (b"zz:x:5:6:g:/h", zz(b"/h", b"")),
            (b"  zz:x: 5:+6:g:/h:/s", zz(b"/h", b"/s")),
            (b"zz:x:5", None),
            (b"zz:x::6:g:/h:/s", None),
            (b"zz:x:5:6:g:/h:/s:more", None),
            (b"zz:x:4294967296:6:g:/h:/s", None),
            (b"+zz:x:5:6:g:/h:/s\n+\n-zz\n", None),
            (b"#zz:x:1:1\n\n:\nzz\nzz:x:-1:0:::\nzz:x:5:6:g:/h", zz(b"/h", b"")),
            // Ours.
            (b"zz:x:5:6:g:/h:/s\r\n", zz(b"/h", b"/s")),
            (b"zz:x:4294967295:6:g:/h:/s", None),
            (b"\xff\xfe:x:1:1::\xff:\nzz:x:5:6:\xe9:/h\xff:/s\n", zz(b"/h\xff", b"/s")),
        ];
        for (text, want) in cases {
            assert_eq!(user_by_name(text, b"zz"), *want, "{}", text.escape_ascii());
        }
        assert_eq!(user_by_name(b"\xff:x:1:1", b"\xff").map(|u| u.uid), Some(1));
    }

    #[test]
    fn groups_are_found() {
        let text =
            b"root:x:0:\n#wheel:x:1:\n+wheel:x:2\nwheel:x\nwheel:x:x:\nwheel:x:10:root,joe\r\nwheel:x:11:\n";
        assert_eq!(group_by_name(text, b"wheel"), Some(Group { name: b"wheel", gid: 10 }));
        assert_eq!(group_by_name(b"a:x:7", b"a").map(|g| g.gid), Some(7));
        assert_eq!(group_by_name(text, b"nope"), None);
    }

    #[test]
    fn lines_may_be_huge_and_the_last_one_open() {
        let mut text = b"big:x:1:1:".to_vec();
        text.resize(3 << 20, b'g');
        text.extend(b":/h:/s\n");
        text.resize(text.len() + (1 << 20), b'\n');
        text.extend(b"zz:x:5:6:::/s");
        assert_eq!(user_by_name(&text, b"big").map(|u| (u.uid, u.shell)), Some((1, &b"/s"[..])));
        assert_eq!(user_by_name(&text, b"zz").map(|u| (u.uid, u.shell)), Some((5, &b"/s"[..])));
        assert_eq!(user_by_uid(&text, 5).map(|u| u.name), Some(&b"zz"[..]));
        let mut text = b"many:x:7:".to_vec();
        text.resize(3 << 20, b',');
        assert_eq!(group_by_name(&text, b"many").map(|g| g.gid), Some(7));
        assert_eq!(group_by_name(&vec![b':'; 1 << 20], b""), None);
    }

    /// Lines of anybody else, and any bytes that are no such line.
    fn other_lines() -> impl Strategy<Value = Vec<u8>> {
        let bytes = any::<u8>().prop_filter("a line", |b| !b"\n:".contains(b));
        let line = prop_oneof![
            "(#|[+]|-)?[a-y]{1,4}:x:[0-9]{1,3}:[0-9]{1,3}:::\n".prop_map(String::into_bytes),
            "zz(:x(:[a-z]*|:9999999999|:-1|:4294967295)?)?\n".prop_map(String::into_bytes),
            prop::collection::vec(bytes, 0..9).prop_map(|mut bytes| {
                bytes.push(b'\n');
                bytes
            }),
        ];
        prop::collection::vec(line, 0..6).prop_map(|lines| lines.concat())
    }

    proptest! {
        #[test]
        fn any_bytes(text: Vec<u8>, name: Vec<u8>, uid: u32) {
            let _ = user_by_name(&text, &name);
            let _ = user_by_uid(&text, uid);
            let _ = group_by_name(&text, &name);
        }

        #[test]
        fn a_well_formed_user_is_found(before in other_lines(), uid in 1000..u32::MAX, gid in 0..u32::MAX, ends: bool) {
            let mut text = before;
            let end = if ends { "\n" } else { "" };
            text.extend(format!("zz:x:{uid}:{gid}:Z,,,:/h:/s{end}").as_bytes());
            let zz = Some(User { name: b"zz", uid, gid, home: b"/h", shell: b"/s" });
            prop_assert_eq!(user_by_name(&text, b"zz"), zz);
            prop_assert_eq!(user_by_uid(&text, uid), zz);
        }

        #[test]
        fn a_well_formed_group_is_found(before in other_lines(), gid in 0..u32::MAX, ends: bool) {
            let mut text = before;
            let end = if ends { "\n" } else { "" };
            text.extend(format!("zz:x:{gid}:a,b{end}").as_bytes());
            prop_assert_eq!(group_by_name(&text, b"zz"), Some(Group { name: b"zz", gid }));
        }

        /// Nobody becomes root because a number was cut to 32 bits.
        #[test]
        fn larger_ids_are_nobodys(id in u64::from(u32::MAX)..) {
            let text = format!("zz:x:{id}:0:::\nyy:x:0:{id}:::\n");
            prop_assert_eq!(users(text.as_bytes()).count(), 0);
            prop_assert_eq!(groups(text.replace(":::", "").as_bytes()).filter(|g| g.name == b"zz").count(), 0);
        }

        #[test]
        fn what_is_found_is_one_line(text: Vec<u8>) {
            for user in users(&text) {
                prop_assert!(!user.name.is_empty() && user.uid != NO_ID && user.gid != NO_ID);
                let parts = [user.name, user.home, user.shell];
                prop_assert!(parts.iter().all(|part| !part.contains(&b':') && !part.contains(&b'\n')));
            }
        }

        #[test]
        fn any_lines(text in "[a:0-9\n+# \r]{0,60}") {
            for user in users(text.as_bytes()) {
                prop_assert_eq!(user_by_name(text.as_bytes(), user.name).map(|u| u.name), Some(user.name));
            }
        }
    }
}

//! The caller's block of subordinate ids: subuid(5), subgid(5).

use std::num::NonZeroU32;

use thiserror::Error;

use crate::idmap::{Block, ExtentError, IdKind, NumberError, OutsideId, number, number_as, shown};

/// Why there is no usable block.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SubidError {
    /// No line is for this user.
    #[error("no line matching user \"{name}\" in {}", kind.subid_file())]
    NoEntry {
        /// Which file.
        kind: IdKind,
        /// The login name, made printable.
        name: String,
    },
    /// No line is for this number, and the user has no name to look for.
    #[error("you (user {uid}) don't exist.")]
    NoAccount {
        /// The effective uid.
        uid: u32,
    },
    /// The line is there, but one of its numbers is none.
    #[error("failed to parse subid map: '{field}'{}", cause.suffix())]
    Number {
        /// Which file.
        kind: IdKind,
        /// The field, made printable.
        field: String,
        /// What is wrong with it.
        cause: NumberError,
    },
    /// The line is there, but goes beyond the last id.
    #[error("{}: {cause}", kind.subid_file())]
    Overflow {
        /// Which file.
        kind: IdKind,
        /// Where it starts, and how many ids.
        cause: ExtentError,
    },
}

/// Finds the block of the user `uid` (the effective uid, for groups too) in the text of [`IdKind::subid_file`].
///
/// Only the first line counts whose first field is `login` (the name of that user, if it has one) or the number.
/// Lines of fewer than three fields are passed over, as the originals do.
///
/// # Errors
/// No line; or numbers in it that are no block of ids.
pub fn find(kind: IdKind, text: &[u8], login: Option<&[u8]>, uid: u32) -> Result<Block, SubidError> {
    for line in text.split(|b| *b == b'\n') {
        let mut fields = line.splitn(3, |b| *b == b':');
        let (Some(owner), Some(first), Some(count)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let owner = owner.trim_ascii();
        let named = login.is_some_and(|login| login == owner && !login.is_empty());
        if named || number(owner) == Ok(uid) {
            return block(kind, first, count);
        }
    }
    Err(match login {
        Some(login) => SubidError::NoEntry { kind, name: shown(login) },
        None => SubidError::NoAccount { uid },
    })
}

fn block(kind: IdKind, first: &[u8], count: &[u8]) -> Result<Block, SubidError> {
    let wrong = |field: &[u8], cause| SubidError::Number { kind, field: shown(field), cause };
    let start =
        number_as(first, OutsideId::new, NumberError::Reserved).map_err(|cause| wrong(first, cause))?;
    let count =
        number_as(count, NonZeroU32::new, NumberError::ZeroCount).map_err(|cause| wrong(count, cause))?;
    Block::new(start, count).map_err(|cause| SubidError::Overflow { kind, cause })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn say(text: &str) -> Result<(u32, u32), String> {
        find(IdKind::User, text.as_bytes(), Some(b"root"), 0)
            .map(|block| (block.first().get(), block.count().get()))
            .map_err(|e| e.to_string())
    }

    #[test]
    fn lines_that_match() {
        for (text, want) in [
            ("root:100000:65536\n", (100_000, 65536)),
            ("root:100000:65536", (100_000, 65536)),
            ("0:5:6\nroot:7:8\n", (5, 6)),
            ("#c\n\nrooty:1:2\nroot:5:6\nroot:7:8\n", (5, 6)),
            (" root :5:6\n", (5, 6)),
            ("00:5:6\n", (5, 6)),
            ("root: 5: 6\n", (5, 6)),
            ("root:1\nroot\nroot:5:6\n", (5, 6)),
            ("root:0:4294967295\n", (0, u32::MAX)),
        ] {
            assert_eq!(say(text), Ok(want), "{text:?}");
        }
    }

    #[test]
    fn refusals() {
        for (text, want) in [
            ("", "no line matching user \"root\" in /etc/subuid"),
            ("user:1:2\n1:3:4\n", "no line matching user \"root\" in /etc/subuid"),
            ("root:100000\n", "no line matching user \"root\" in /etc/subuid"),
            ("root:bad:1\nroot:5:6\n", "failed to parse subid map: 'bad'"),
            ("root:1:10:zz\n", "failed to parse subid map: '10:zz'"),
            ("root::10\n", "failed to parse subid map: ''"),
            ("root:1:10\r\n", "failed to parse subid map: '10\\r'"),
            ("root:1:0\n", "failed to parse subid map: '0': a range needs at least one id"),
            ("root:-1:5\n", "failed to parse subid map: '-1': Numerical result out of range"),
            (
                "root:1:99999999999\n",
                "failed to parse subid map: '99999999999': Numerical result out of range",
            ),
            (
                "root:4294967295:1\n",
                "failed to parse subid map: '4294967295': 4294967295 stands for \"no id\"",
            ),
            (
                "root:4294967290:6\n",
                "/etc/subuid: 6 ids from outer id 4294967290 go beyond 4294967294, the last id",
            ),
        ] {
            assert_eq!(say(text), Err(want.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn users_without_name() {
        let nobody = |text: &[u8]| find(IdKind::Group, text, None, 4242).map_err(|e| e.to_string());
        assert!(nobody(b"4242:5:6\n").is_ok());
        assert_eq!(nobody(b":5:6\n"), Err("you (user 4242) don't exist.".to_owned()));
        let named = find(IdKind::Group, b"", Some(b"joe"), 4242).map_err(|e| e.to_string());
        assert_eq!(named, Err("no line matching user \"joe\" in /etc/subgid".to_owned()));
    }

    /// A line that is not for joe, 4242; with its end.
    fn others_line() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            "(#|jo|joey|root|42|4243|42420):[0-9]{1,9}:[0-9]{1,9}(:x)?\n".prop_map(String::into_bytes),
            "(joe|4242|:|joe:5)?\n".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>().prop_filter("a line", |b| !b"\n:".contains(b)), 0..9).prop_map(
                |mut bytes| {
                    bytes.push(b'\n');
                    bytes
                }
            ),
        ]
    }

    /// Numbers around the edges of 32 and 64 bits.
    fn wide() -> impl Strategy<Value = u128> {
        let around = |edge: u128| edge.saturating_sub(3)..edge + 3;
        prop_oneof![
            around(0),
            around(1 << 32),
            around(1 << 64),
            around(u128::MAX / 4),
            0..u128::from(u32::MAX)
        ]
    }

    proptest! {
        #[test]
        fn any_text(text in "[a:0-9\n -]{0,40}", login in "a?", uid in 0..20_u32) {
            let _ = find(IdKind::User, text.as_bytes(), Some(login.as_bytes()), uid);
        }

        #[test]
        fn any_bytes(text: Vec<u8>, login: Option<Vec<u8>>, uid: u32) {
            let found = find(IdKind::Group, &text, login.as_deref(), uid);
            // What is said of it is for a terminal.
            prop_assert!(!found.is_err_and(|error| error.to_string().chars().any(char::is_control)));
        }

        /// Among lines of others, of too few fields, and of any bytes; only the first one counts.
        #[test]
        fn a_well_formed_line_is_found(
            before in prop::collection::vec(others_line(), 0..5),
            after in prop::collection::vec(any::<u8>(), 0..40),
            owner in prop_oneof![Just("joe"), Just("4242"), Just(" joe\t"), Just("+4242")],
            first in 0..u32::MAX - 1,
            count: u32,
            ends: bool,
        ) {
            let count = count.clamp(1, u32::MAX - first);
            let mut text = before.concat();
            text.extend(format!("{owner}:{first}:{count}").as_bytes());
            if ends {
                text.push(b'\n');
                text.extend(after);
            }
            let found = find(IdKind::User, &text, Some(b"joe"), 4242);
            let found = found.map(|block| (block.first().get(), block.count().get()));
            prop_assert_eq!(found, Ok((first, count)));
        }

        /// Nothing is cut to 32 bits.
        #[test]
        fn larger_numbers_are_refused(first in wide(), count in wide()) {
            let found = find(IdKind::User, format!("7:{first}:{count}").as_bytes(), None, 7);
            let fits = count > 0 && first + count <= u128::from(u32::MAX);
            prop_assert_eq!(found.is_ok(), fits, "{:?}", &found);
            if let Ok(block) = found {
                prop_assert_eq!((u128::from(block.first().get()), u128::from(block.count().get())), (first, count));
            }
        }

        #[test]
        fn any_numbers(first: u32, count: u32) {
            let found = find(IdKind::User, format!("7:{first}:{count}").as_bytes(), None, 7);
            prop_assert_eq!(found.is_ok(), count > 0 && first.checked_add(count).is_some());
        }
    }
}

//! Ids as numbers: the two newtypes, how a number is read, and the values of `-S`, `-G`, `--map-user`, `--map-group`.

use std::fmt;

use thiserror::Error;

use crate::account;

/// The number that the kernel uses for "no id" (`(uid_t) -1`); no user and no group has it.
pub const NO_ID: u32 = u32::MAX;

/// Which of the two id spaces a map, a number or a file is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IdKind {
    /// User ids: `uid_map`, `/etc/passwd`, `/etc/subuid`.
    User,
    /// Group ids: `gid_map`, `/etc/group`, `/etc/subgid`.
    Group,
}

impl IdKind {
    /// The short name of such an id: `uid` or `gid`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::User => "uid",
            Self::Group => "gid",
        }
    }

    /// The file of the subordinate ids: subuid(5), subgid(5).
    #[must_use]
    pub const fn subid_file(self) -> &'static str {
        match self {
            Self::User => "/etc/subuid",
            Self::Group => "/etc/subgid",
        }
    }

    /// The file that gives such ids their names: passwd(5), group(5).
    #[must_use]
    pub const fn account_file(self) -> &'static str {
        match self {
            Self::User => "/etc/passwd",
            Self::Group => "/etc/group",
        }
    }

    /// The file below `/proc/PID` that holds the map: user_namespaces(7).
    #[must_use]
    pub const fn map_file(self) -> &'static str {
        match self {
            Self::User => "uid_map",
            Self::Group => "gid_map",
        }
    }
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u32);

        impl $name {
            /// The id 0.
            pub const ROOT: Self = Self(0);

            /// `None` for [`NO_ID`].
            #[must_use]
            pub const fn new(id: u32) -> Option<Self> {
                if id == NO_ID { None } else { Some(Self(id)) }
            }

            /// The plain number, for system calls and printing.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0
            }

            /// Reads the value of a numeric option: decimal only, leading blanks and a `+` accepted.
            ///
            /// # Errors
            /// Text that is not a decimal number, a number that does not fit (util-linux cuts it to 32 bits, and so
            /// makes root of 4294967296), and [`NO_ID`].
            pub fn parse(kind: IdKind, text: &[u8]) -> Result<Self, IdError> {
                number_as(text, Self::new, NumberError::Reserved)
                    .map_err(|cause| IdError { kind, value: shown(text), cause })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id_type! {
    /// A user or group id as it is seen inside a user namespace (the first column of its map). Never [`NO_ID`].
    InsideId
}

id_type! {
    /// A user or group id as it is seen in the parent of a user namespace (the second column of its map). Never [`NO_ID`].
    OutsideId
}

impl InsideId {
    /// What is inside for this namespace is outside for its children.
    #[must_use]
    pub const fn outside_for_child(self) -> OutsideId {
        OutsideId(self.0)
    }
}

impl OutsideId {
    /// The same number inside: what `-c` and `subids` map to.
    #[must_use]
    pub const fn same_inside(self) -> InsideId {
        InsideId(self.0)
    }
}

/// Why a text is not a usable number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NumberError {
    /// Something else than decimal digits (after blanks and a sign).
    #[error("not a decimal number")]
    NotANumber,
    /// Negative, or more than 32 bits.
    #[error("Numerical result out of range")]
    OutOfRange,
    /// [`NO_ID`].
    #[error("4294967295 stands for \"no id\"")]
    Reserved,
    /// A count of 0 ids.
    #[error("a range needs at least one id")]
    ZeroCount,
}

impl NumberError {
    /// What follows the quoted value in a message: nothing where the original says nothing more.
    pub(crate) fn suffix(self) -> String {
        if self == Self::NotANumber { String::new() } else { format!(": {self}") }
    }
}

/// The value of `-S`, `-G`, `--map-user` or `--map-group` (or one half of `--owner`) is no id.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("failed to parse {}: '{value}'{}", kind.word(), cause.suffix())]
pub struct IdError {
    /// Which id was asked for.
    pub kind: IdKind,
    /// What was typed, made printable.
    pub value: String,
    /// What is wrong with it as a number; for `--map-user` and `--map-group` [`NumberError::NotANumber`] means that
    /// there is no such name either.
    pub cause: NumberError,
}

/// The value of `--map-user` or `--map-group`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdOrName<'a> {
    /// A number.
    Id(InsideId),
    /// Anything else: to be looked up in [`IdKind::account_file`].
    Name(&'a [u8]),
}

impl<'a> IdOrName<'a> {
    /// A number is taken as a number, whatever users are called.
    #[must_use]
    pub fn parse(text: &'a [u8]) -> Self {
        number(text).ok().and_then(InsideId::new).map_or(Self::Name(text), Self::Id)
    }

    /// The id, with the text of passwd(5) or group(5), which is only looked at for a name.
    ///
    /// # Errors
    /// No such name; the cause tells whether it was a number that does not fit.
    pub fn resolve(self, kind: IdKind, accounts: &[u8]) -> Result<InsideId, IdError> {
        let name = match self {
            Self::Id(id) => return Ok(id),
            Self::Name(name) => name,
        };
        let found = match kind {
            IdKind::User => account::user_by_name(accounts, name).map(|user| user.uid),
            IdKind::Group => account::group_by_name(accounts, name).map(|group| group.gid),
        };
        found.and_then(InsideId::new).map_or_else(|| InsideId::parse(kind, name), Ok)
    }
}

/// Reads a decimal number as the originals do (leading blanks and a `+` accepted, nothing may follow), but never wraps.
pub(crate) fn number(text: &[u8]) -> Result<u32, NumberError> {
    let blanks = text.iter().take_while(|b| matches!(b, b' ' | b'\t'..=b'\r')).count();
    let text = text.get(blanks..).unwrap_or_default();
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(NumberError::NotANumber);
    }
    if negative {
        return Err(NumberError::OutOfRange);
    }
    digits
        .iter()
        .try_fold(0_u32, |n, digit| n.checked_mul(10)?.checked_add(u32::from(digit - b'0')))
        .ok_or(NumberError::OutOfRange)
}

/// Reads a number of which not every value will do.
pub(crate) fn number_as<T>(
    text: &[u8],
    new: impl FnOnce(u32) -> Option<T>,
    else_cause: NumberError,
) -> Result<T, NumberError> {
    new(number(text)?).ok_or(else_cause)
}

/// Bytes for a message: replacement characters for what is not UTF-8, and no control character reaches the terminal.
pub(crate) fn shown(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in String::from_utf8_lossy(text).chars() {
        if c.is_control() { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers() {
        use NumberError::{NotANumber, OutOfRange};
        for (text, want) in [
            ("0", Ok(0)),
            ("007", Ok(7)),
            (" \t\n\u{b}\u{c}\r+12", Ok(12)),
            ("4294967295", Ok(u32::MAX)),
            ("4294967296", Err(OutOfRange)),
            ("18446744073709551616", Err(OutOfRange)),
            ("99999999999999999999999", Err(OutOfRange)),
            ("-1", Err(OutOfRange)),
            ("", Err(NotANumber)),
            (" ", Err(NotANumber)),
            ("+", Err(NotANumber)),
            ("-", Err(NotANumber)),
            ("+-1", Err(NotANumber)),
            ("+ 1", Err(NotANumber)),
            ("1 ", Err(NotANumber)),
            ("0x1", Err(NotANumber)),
            ("1e3", Err(NotANumber)),
            ("1_000", Err(NotANumber)),
        ] {
            assert_eq!(number(text.as_bytes()), want, "{text:?}");
        }
    }

    #[test]
    fn setuid_values() {
        let say = |text: &str| InsideId::parse(IdKind::User, text.as_bytes()).map_err(|e| e.to_string());
        assert_eq!(say(" +0"), Ok(InsideId::ROOT));
        assert_eq!(say("4294967294"), Ok(InsideId(u32::MAX - 1)));
        for (text, want) in [
            ("root", "failed to parse uid: 'root'"),
            ("", "failed to parse uid: ''"),
            ("0 ", "failed to parse uid: '0 '"),
            ("4294967296", "failed to parse uid: '4294967296': Numerical result out of range"),
            ("4294967295", "failed to parse uid: '4294967295': 4294967295 stands for \"no id\""),
            ("a\u{1b}[2J", "failed to parse uid: 'a\\u{1b}[2J'"),
        ] {
            assert_eq!(say(text), Err(want.to_owned()));
        }
        assert_eq!(
            OutsideId::parse(IdKind::Group, b"x").unwrap_err().to_string(),
            "failed to parse gid: 'x'"
        );
    }

    #[test]
    fn map_user_values() {
        let passwd = b"root:x:0:0::/root:/bin/sh\n7:x:8:8:::\nbad:x:4294967295:0:::\n4294967296:x:9:9:::\n";
        let say = |text: &str| {
            IdOrName::parse(text.as_bytes()).resolve(IdKind::User, passwd).map_err(|e| e.to_string())
        };
        assert_eq!(say("root"), Ok(InsideId::ROOT));
        assert_eq!(say("7"), Ok(InsideId(7)));
        assert_eq!(say("4294967296"), Ok(InsideId(9)));
        assert_eq!(say("nope"), Err("failed to parse uid: 'nope'".to_owned()));
        assert_eq!(say("bad"), Err("failed to parse uid: 'bad'".to_owned()));
        assert!(say("4294967295").unwrap_err().ends_with("stands for \"no id\""));
        assert_eq!(say("-1"), Err("failed to parse uid: '-1': Numerical result out of range".to_owned()));
        let group = b"wheel:x:10:a,b\n";
        assert_eq!(IdOrName::parse(b"wheel").resolve(IdKind::Group, group), Ok(InsideId(10)));
    }

    proptest! {
        #[test]
        fn numbers_read_back(n: u32) {
            prop_assert_eq!(number(n.to_string().as_bytes()), Ok(n));
        }

        #[test]
        fn larger_numbers_never_wrap(n in u64::from(u32::MAX) + 1..) {
            prop_assert_eq!(number(n.to_string().as_bytes()), Err(NumberError::OutOfRange));
        }

        /// `-S 4294967296` is not root, nor is any other number another id.
        #[test]
        fn an_id_is_the_number_that_was_typed(n in prop_oneof![0..1_u128 << 33, any::<u64>().prop_map(u128::from), any::<u128>()]) {
            let text = n.to_string();
            let typed = u32::try_from(n).ok().and_then(InsideId::new);
            prop_assert_eq!(InsideId::parse(IdKind::User, text.as_bytes()).ok(), typed);
            prop_assert_eq!(IdOrName::parse(text.as_bytes()).resolve(IdKind::Group, b"").ok(), typed);
            prop_assert_eq!(InsideId::parse(IdKind::User, format!("-{n}").as_bytes()).ok(), None);
        }

        #[test]
        fn any_bytes(text: Vec<u8>) {
            let _ = number(&text);
            prop_assert!(!shown(&text).chars().any(char::is_control));
            let _ = IdOrName::parse(&text).resolve(IdKind::User, &text);
        }
    }
}

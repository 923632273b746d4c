//! Reading a rule. The kernel answers every mistake with EINVAL, and takes `a 1:3 r` for all devices; here the wrong place is named.

use super::{Access, Nodes, Rule, Sort};
use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use thiserror::Error;
use xns_core::{Errno, Facts, errno};

/// Why a text is no rule, and where in it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{cause}")]
pub struct RuleError {
    /// How many bytes of the text are before the wrong place.
    pub offset: usize,
    /// What is wrong there.
    pub cause: RuleCause,
}

/// What is wrong.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum RuleCause {
    #[error("a rule starts with c, b, a, or the path of a device: 'c 1:3 rw', '/dev/null rw'")]
    Start,
    #[error("a blank is missing")]
    Blank,
    #[error("a number or * is wanted here, as in 1:3 or 136:*")]
    Number,
    #[error("no {what} number is larger than {largest}")]
    Large { what: Half, largest: u32 },
    #[error("a colon is wanted between the major and the minor number")]
    Colon,
    #[error("the access is of the letters r (read), w (write) and m (mknod)")]
    Access,
    #[error("nothing may follow the access")]
    Rest,
    #[error("a is every device and every access: the kernel would not look at what follows it")]
    AfterAll,
    #[error("no device '{}': {}", .path.display(), errno::text(*.errno))]
    NoSuch { path: PathBuf, errno: Errno },
    #[error("'{}' is no device node", .path.display())]
    NoDevice { path: PathBuf },
}

/// One of the two numbers of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Half {
    Major,
    Minor,
}

impl Half {
    /// The kernel has 12 and 20 bits for them (linux/kdev_t.h).
    const fn largest(self) -> u32 {
        match self {
            Half::Major => (1 << 12) - 1,
            Half::Minor => (1 << 20) - 1,
        }
    }
}

impl fmt::Display for Half {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Half::Major => "major",
            Half::Minor => "minor",
        })
    }
}

impl Rule {
    /// Reads `TYPE MAJOR:MINOR ACCESS`, where TYPE is b or c and a number may be `*`; `a`; or `PATH ACCESS`. Without an access all
    /// three are meant. Blanks around and between do not matter.
    ///
    /// # Errors
    /// The wrong place, and what should be there; a path that leads to no device.
    pub fn parse(text: &OsStr, facts: &Facts) -> Result<Self, RuleError> {
        let text = text.as_bytes();
        let start = text.iter().take_while(|byte| is_blank(**byte)).count();
        match text.get(start) {
            Some(b'/' | b'.') => path(text, start, facts),
            _ => Rule::parse_numbers(text),
        }
    }

    /// The same without paths: as the kernel writes it into `devices.list`.
    pub(in crate::device) fn parse_numbers(text: &[u8]) -> Result<Self, RuleError> {
        let mut cursor = Cursor { text, at: 0 };
        cursor.blanks();
        let start = cursor.at;
        let sort = match cursor.next() {
            Some(b'a') => return cursor.all(),
            Some(b'b') => Sort::Block,
            Some(b'c') => Sort::Char,
            _ => return Err(RuleError { offset: start, cause: RuleCause::Start }),
        };
        // "char" is none of these.
        if cursor.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            return Err(RuleError { offset: start, cause: RuleCause::Start });
        }
        cursor.blank()?;
        let major = cursor.number(Half::Major)?;
        if cursor.next() != Some(b':') {
            return Err(cursor.wrong_before(RuleCause::Colon));
        }
        let minor = cursor.number(Half::Minor)?;
        let access = match cursor.is_at_end() {
            true => Access::ALL,
            false => {
                cursor.blank()?;
                cursor.access()?
            }
        };
        Ok(Rule::Nodes(Nodes { sort, major, minor, access }))
    }
}

/// `PATH`, `PATH ACCESS`: a path may have blanks in it, so the access is the last word, if that is of its letters.
fn path(text: &[u8], start: usize, facts: &Facts) -> Result<Rule, RuleError> {
    let end = text.len() - text.iter().rev().take_while(|byte| is_blank(**byte)).count();
    let whole = &text[start..end];
    let word = whole.iter().rposition(|byte| is_blank(*byte)).map(|blank| blank + 1);
    let split = word.and_then(|word| Some((word, access_of(&whole[word..])?)));
    let (path, access) = match split {
        Some((word, access)) => (whole[..word].trim_ascii_end(), access),
        None => (whole, Access::ALL),
    };
    let path = Path::new(OsStr::from_bytes(path));
    if let Some(node) = facts.node(path) {
        return Ok(Rule::Nodes(Nodes::of(node, access)));
    }
    let Err(errno) = facts.look(None, path) else {
        return Err(RuleError { offset: start, cause: RuleCause::NoDevice { path: path.to_owned() } });
    };
    // "/dev/null rx": the path is good, what follows it is not.
    if let (None, Some(word)) = (split, word)
        && facts.node(Path::new(OsStr::from_bytes(whole[..word].trim_ascii_end()))).is_some()
    {
        let good = whole[word..].iter().take_while(|byte| letter(**byte).is_some()).count();
        return Err(RuleError { offset: start + word + good, cause: RuleCause::Access });
    }
    Err(RuleError { offset: start, cause: RuleCause::NoSuch { path: path.to_owned(), errno } })
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn letter(byte: u8) -> Option<Access> {
    match byte {
        b'r' => Some(Access::READ),
        b'w' => Some(Access::WRITE),
        b'm' => Some(Access::MKNOD),
        _ => None,
    }
}

/// The letters in any order.
fn access_of(word: &[u8]) -> Option<Access> {
    word.iter().try_fold(Access::NONE, |access, byte| Some(access | letter(*byte)?)).filter(|a| !a.is_none())
}

struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek();
        self.at += 1;
        byte
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(is_blank) {
            self.at += 1;
        }
    }

    /// Is there nothing but blanks before the end?
    fn is_at_end(&self) -> bool {
        self.text.iter().skip(self.at).all(|byte| is_blank(*byte))
    }

    /// One blank at least.
    fn blank(&mut self) -> Result<(), RuleError> {
        let start = self.at;
        self.blanks();
        if self.at == start { Err(self.wrong(RuleCause::Blank)) } else { Ok(()) }
    }

    fn wrong(&self, cause: RuleCause) -> RuleError {
        RuleError { offset: self.at.min(self.text.len()), cause }
    }

    /// The byte that was read last is wrong.
    fn wrong_before(&self, cause: RuleCause) -> RuleError {
        RuleError { offset: self.at.saturating_sub(1).min(self.text.len()), cause }
    }

    /// `a` alone, or with what it stands for after it.
    fn all(&self) -> Result<Rule, RuleError> {
        let rest = &self.text[self.at..];
        let words: Vec<_> = rest.split(|byte| is_blank(*byte)).filter(|word| !word.is_empty()).collect();
        let spelled = matches!(words[..], [b"*:*", access] if access_of(access) == Some(Access::ALL));
        if rest.first().is_some_and(u8::is_ascii_alphabetic) {
            return Err(self.wrong_before(RuleCause::Start));
        }
        match words.is_empty() || (spelled && is_blank(rest[0])) {
            true => Ok(Rule::All),
            false => {
                let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
                Err(RuleError { offset: self.at + blanks, cause: RuleCause::AfterAll })
            }
        }
    }

    /// Digits, or `*`, which is `None`.
    fn number(&mut self, half: Half) -> Result<Option<u32>, RuleError> {
        if self.peek() == Some(b'*') {
            self.at += 1;
            return Ok(None);
        }
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.wrong(RuleCause::Number));
        }
        let digits = std::str::from_utf8(&self.text[start..self.at]).ok();
        let number = digits.and_then(|digits| digits.parse().ok()).filter(|number| *number <= half.largest());
        let large = RuleCause::Large { what: half, largest: half.largest() };
        number.map(Some).ok_or(RuleError { offset: start, cause: large })
    }

    /// The last word.
    fn access(&mut self) -> Result<Access, RuleError> {
        let mut access = Access::NONE;
        while let Some(byte) = self.peek().filter(|byte| !is_blank(*byte)) {
            access = access | letter(byte).ok_or_else(|| self.wrong(RuleCause::Access))?;
            self.at += 1;
        }
        self.blanks();
        if self.at < self.text.len() { Err(self.wrong(RuleCause::Rest)) } else { Ok(access) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    use xns_core::{Format, Recorded, Seen};

    fn facts() -> Facts {
        let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
        Facts::recorded(Recorded {
            files: vec![
                file("node:/dev/null", "c 1:3"),
                file("node:/dev/my disk", "b 8:0"),
                file("node:./rw", "c 5:1"),
            ],
            seen: vec![("/etc/passwd".into(), Seen::file(0o644, Format::Plain))],
            ..Recorded::default()
        })
    }

    fn said(text: &str) -> String {
        Rule::parse(OsStr::new(text), &facts()).unwrap().to_string()
    }

    #[test]
    fn rules_are_read_with_blanks_and_without_access() {
        for (text, rule) in [
            ("c 1:3 rwm", "c 1:3 rwm"),
            ("  c\t1:3   mr ", "c 1:3 rm"),
            ("b *:* m", "b *:* m"),
            ("b 8:* w", "b 8:* w"),
            ("c *:7", "c *:7 rwm"),
            ("c 4095:1048575 r", "c 4095:1048575 r"),
            ("a", "a"),
            (" a ", "a"),
            ("a *:* rwm", "a"),
            ("/dev/null rw", "c 1:3 rw"),
            (" /dev/null", "c 1:3 rwm"),
            ("/dev/my disk r", "b 8:0 r"),
            ("/dev/my disk ", "b 8:0 rwm"),
            ("./rw rw", "c 5:1 rw"),
        ] {
            assert_eq!(said(text), rule, "{text}");
        }
    }

    #[test]
    fn mistakes_are_shown_where_they_are() {
        use RuleCause::{Access, AfterAll, Blank, Colon, Number, Rest, Start};
        let large =
            |what| RuleCause::Large { what, largest: if what == Half::Major { 4095 } else { 1_048_575 } };
        for (text, offset, cause) in [
            ("", 0, Start),
            ("  ", 2, Start),
            ("x 1:3 r", 0, Start),
            ("char 1:3 r", 0, Start),
            ("all", 0, Start),
            ("c", 1, Blank),
            ("c1:3 r", 1, Blank),
            ("c ", 2, Number),
            ("c x:3 r", 2, Number),
            ("c -1:3 r", 2, Number),
            ("c 1 r", 3, Colon),
            ("c 1", 3, Colon),
            ("c 1: r", 4, Number),
            ("c 4096:3 r", 2, large(Half::Major)),
            ("c 99999999999:3 r", 2, large(Half::Major)),
            ("c 1:1048576 r", 4, large(Half::Minor)),
            ("c 1:3x r", 5, Blank),
            ("c 1:3 rx", 7, Access),
            ("c 1:3 r w", 8, Rest),
            ("a 1:3 r", 2, AfterAll),
            ("a *:* r", 2, AfterAll),
            ("/dev/null rx", 11, Access),
            ("/dev/null x", 10, Access),
            ("/etc/passwd r", 0, RuleCause::NoDevice { path: "/etc/passwd".into() }),
            (" /dev/no r", 1, RuleCause::NoSuch { path: "/dev/no".into(), errno: Errno::ENOENT }),
        ] {
            let answer = Rule::parse(OsStr::new(text), &facts());
            assert_eq!(answer, Err(RuleError { offset, cause }), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_rule_is_read_as_it_is_shown(block: bool, major in 0..4096u32, minor in 0..1u32 << 20, bits in 1..8u8, stars in 0..4u8) {
            let letters: String = ['r', 'w', 'm'].iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1).map(|(_, c)| c).collect();
            let major = if stars & 1 == 1 { "*".to_owned() } else { major.to_string() };
            let minor = if stars & 2 == 2 { "*".to_owned() } else { minor.to_string() };
            let text = format!("{} {major}:{minor} {letters}", if block { 'b' } else { 'c' });
            prop_assert_eq!(said(&text), text);
        }

        #[test]
        fn any_bytes_are_read_or_refused_at_a_place_in_them(bytes: Vec<u8>, start in "[abc/]? ?[0-9*]{0,6}:?") {
            let text: Vec<u8> = start.into_bytes().into_iter().chain(bytes).collect();
            if let Err(error) = Rule::parse(&OsString::from_vec(text.clone()), &facts()) {
                prop_assert!(error.offset <= text.len());
            }
        }
    }
}

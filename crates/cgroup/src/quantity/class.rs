//! The class of a group's packets.

use super::scan::Scanner;
use super::{QuantityError, Reason};
use std::ffi::OsStr;
use std::fmt;

/// A class id of net_cls: major and minor number of a class of tc(8), 16 bits each.
///
/// `0x00010001` as in the file, `1:1` as in tc (hexadecimal without 0x), or a decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassId(pub u32);

impl ClassId {
    /// Reads it. The kernel would cut off what is beyond 32 bits.
    ///
    /// # Errors
    /// A text that is none, with the place.
    pub fn parse(text: &OsStr) -> Result<Self, QuantityError> {
        let mut scanner = Scanner::new(text)?;
        let id = if scanner.take_word("0x") || scanner.take_word("0X") {
            hexadecimal(&mut scanner, 8)?
        } else if text.as_encoded_bytes().contains(&b':') {
            let major = hexadecimal(&mut scanner, 4)?;
            if !scanner.take(b':') {
                return Err(scanner.wrong(Reason::Hexadecimal(4)));
            }
            major << 16 | if scanner.peek().is_none() { 0 } else { hexadecimal(&mut scanner, 4)? }
        } else {
            u32::try_from(scanner.whole(0, u32::MAX.into())?).unwrap_or(u32::MAX)
        };
        scanner.end(Reason::Rest)?;
        Ok(ClassId(id))
    }
}

fn hexadecimal(scanner: &mut Scanner<'_>, most: usize) -> Result<u32, QuantityError> {
    let (start, mut number) = (scanner.at(), 0);
    while let Some(digit) = scanner.take_if(|byte| byte.is_ascii_hexdigit()) {
        if scanner.at() - start > most {
            return Err(scanner.wrong_at(scanner.at() - 1, Reason::Hexadecimal(most)));
        }
        number = number << 4 | char::from(digit).to_digit(16).unwrap_or(0);
    }
    if scanner.at() == start { Err(scanner.wrong(Reason::Hexadecimal(most))) } else { Ok(number) }
}

/// `65537 (tc class 1:1)`: the file shows the number.
impl fmt::Display for ClassId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (tc class {:x}:{:x})", self.0, self.0 >> 16, self.0 & 0xffff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<u32, (usize, Reason)> {
        ClassId::parse(OsStr::new(text)).map(|class| class.0).map_err(|error| (error.at, error.reason))
    }

    #[test]
    fn three_ways_to_write_a_class() {
        for (text, id) in [
            ("0x00010001", 0x1_0001),
            ("1:1", 0x1_0001),
            ("65537", 0x1_0001),
            ("ffff:", 0xffff_0000),
            ("0xA", 10),
        ] {
            assert_eq!(parse(text), Ok(id), "{text}");
        }
        for (text, at, reason) in [
            ("", 0, Reason::Empty),
            ("0x", 2, Reason::Hexadecimal(8)),
            ("0x100010001", 10, Reason::Hexadecimal(8)),
            ("1:10000", 6, Reason::Hexadecimal(4)),
            (":1", 0, Reason::Hexadecimal(4)),
            ("1:1:1", 3, Reason::Rest),
            ("ab", 0, Reason::NoNumber),
            ("4294967296", 0, Reason::Range { least: 0, most: 4_294_967_295 }),
        ] {
            assert_eq!(parse(text), Err((at, reason)), "{text}");
        }
        assert_eq!(ClassId(0x1_0001).to_string(), "65537 (tc class 1:1)");
    }

    proptest! {
        #[test]
        fn the_ways_agree(id: u32) {
            let tc = format!("{:x}:{:x}", id >> 16, id & 0xffff);
            for text in [format!("{id:#010x}"), tc, id.to_string()] {
                prop_assert_eq!(parse(&text), Ok(id));
            }
        }
    }
}

//! What of a cell's bytes is shown as it is, and how wide that is.

use super::Charset;
use unicode_width::UnicodeWidthChar;
use xns_core::shell::is_unsafe_to_print;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// The width of the bytes as they are shown to people.
pub(super) fn width(bytes: &[u8], charset: Charset) -> usize {
    if bytes.iter().copied().all(is_plain) {
        return bytes.len();
    }
    let mut width = 0;
    each(bytes, charset, &mut |_, columns| {
        width += columns;
        true
    });
    width
}

/// Text that ends at a width.
pub(super) struct Cut<'o> {
    out: &'o mut String,
    left: usize,
    /// Something did not fit: nothing follows.
    full: bool,
}

impl<'o> Cut<'o> {
    /// What is written from now on has this many columns at most.
    pub(super) fn at(out: &'o mut String, width: usize) -> Self {
        Cut { out, left: width, full: false }
    }

    /// The columns that are not used.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// Adds bytes in the form for people: control characters and `\x` sequences, what is no UTF-8 and what cannot be printed
    /// become `\xHH`. A wide character for which one column is left ends the text.
    pub(super) fn bytes(&mut self, bytes: &[u8], charset: Charset) {
        if !self.full && bytes.len() <= self.left && bytes.iter().copied().all(is_plain) {
            self.left -= bytes.len();
            // ASCII is valid UTF-8.
            self.out.push_str(std::str::from_utf8(bytes).unwrap_or_default());
            return;
        }
        each(bytes, charset, &mut |character, columns| self.character(character, columns));
    }

    /// Adds text that is known to be printable, every character in one column.
    pub(super) fn plain(&mut self, text: &str) {
        for character in text.chars() {
            if !self.character(character, 1) {
                break;
            }
        }
    }

    /// Adds a sequence for the terminal, of no width.
    pub(super) fn sequence(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn character(&mut self, character: char, columns: usize) -> bool {
        self.full |= columns > self.left;
        if !self.full {
            self.out.push(character);
            self.left -= columns;
        }
        !self.full
    }
}

/// Adds bytes in the raw form: printable ASCII without blank and backslash, all else as `\xHH`.
pub(super) fn raw(out: &mut String, bytes: &[u8]) {
    for &byte in bytes {
        if byte.is_ascii_graphic() && byte != b'\\' {
            out.push(char::from(byte));
        } else {
            out.extend(escaped(byte));
        }
    }
}

/// Adds the bytes between quotation marks, as JSON. What is no UTF-8 becomes the text `\xHH`.
pub(super) fn json(out: &mut String, lines: impl Iterator<Item = impl AsRef<[u8]>>, between: char) {
    out.push('"');
    for (at, line) in lines.enumerate() {
        if at > 0 {
            json_character(out, between);
        }
        let line = line.as_ref();
        if line.iter().all(|&byte| is_plain(byte) && byte != b'"') {
            // ASCII is valid UTF-8.
            out.push_str(std::str::from_utf8(line).unwrap_or_default());
            continue;
        }
        for chunk in line.utf8_chunks() {
            chunk.valid().chars().for_each(|character| json_character(out, character));
            for character in chunk.invalid().iter().flat_map(|&byte| escaped(byte)) {
                json_character(out, character);
            }
        }
    }
    out.push('"');
}

fn json_character(out: &mut String, character: char) {
    match character {
        '"' | '\\' => out.extend(['\\', character]),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        // The same data, and no terminal obeys it. All of these have four digits at most.
        _ if is_unsafe_to_print(character) => {
            out.push_str("\\u");
            let digits = [12, 8, 4, 0].map(|shift| HEX[(character as usize >> shift) & 0xf]);
            out.extend(digits.map(char::from));
        }
        _ => out.push(character),
    }
}

/// A byte that is shown as it is: printable ASCII, except the backslash that could start a sequence.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'\\'
}

fn escaped(byte: u8) -> [char; 4] {
    let digit = |half: u8| char::from(HEX[usize::from(half & 0xf)]);
    ['\\', 'x', digit(byte >> 4), digit(byte)]
}

/// Gives every character that is shown, with its width, until the answer is `false`.
fn each(bytes: &[u8], charset: Charset, give: &mut impl FnMut(char, usize) -> bool) -> bool {
    if charset == Charset::Ascii {
        return bytes.iter().enumerate().all(|(at, &byte)| {
            let starts_sequence = byte == b'\\' && bytes.get(at + 1) == Some(&b'x');
            if matches!(byte, b' '..=b'~') && !starts_sequence {
                give(char::from(byte), 1)
            } else {
                escape(&[byte], give)
            }
        });
    }
    bytes.utf8_chunks().all(|chunk| {
        let mut characters = chunk.valid().chars().peekable();
        while let Some(character) = characters.next() {
            let starts_sequence = character == '\\' && characters.peek() == Some(&'x');
            let go_on = match columns(character) {
                Some(columns) if !starts_sequence => give(character, columns),
                _ => escape(character.encode_utf8(&mut [0; 4]).as_bytes(), give),
            };
            if !go_on {
                return false;
            }
        }
        escape(chunk.invalid(), give)
    })
}

fn escape(bytes: &[u8], give: &mut impl FnMut(char, usize) -> bool) -> bool {
    bytes.iter().flat_map(|&byte| escaped(byte)).all(|character| give(character, 1))
}

/// The width of a character as wcwidth(3) has it; `None` when it cannot be printed.
fn columns(character: char) -> Option<usize> {
    match character {
        ' '..='~' => Some(1),
        // It is a hyphen where it is shown, and terminals show it.
        '\u{ad}' => Some(1),
        '\u{2028}' | '\u{2029}' => None,
        _ if character as u32 & 0xfffe == 0xfffe || matches!(character, '\u{fdd0}'..='\u{fdef}') => None,
        _ if is_unsafe_to_print(character) => None,
        _ => character.width(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8], charset: Charset, limit: usize) -> (String, usize) {
        let mut out = String::new();
        let mut cut = Cut::at(&mut out, limit);
        cut.bytes(bytes, charset);
        let used = limit - cut.left();
        (out, used)
    }

    #[test]
    fn odd_bytes_are_shown_as_the_original_does() {
        let rows: [(&[u8], &str, &str, usize); 18] = [
            (b"a b\"q\"", "a b\"q\"", "a b\"q\"", 6),
            (b"\x01\x1f\x7f\n", r"\x01\x1f\x7f\x0a", r"\x01\x1f\x7f\x0a", 16),
            (b"\\x41", r"\x5cx41", r"\x5cx41", 7),
            (b"\\\\xZ", r"\\x5cxZ", r"\\x5cxZ", 7),
            (b"\\n \\", r"\n \", r"\n \", 4),
            (b"\xff\xc3\xa9", "\\xff\u{e9}", r"\xff\xc3\xa9", 5),
            (b"\xe2\x82x", r"\xe2\x82x", r"\xe2\x82x", 9),
            (b"\xc2\x85", r"\xc2\x85", r"\xc2\x85", 8),
            (b"\xe2\x80\xa8", r"\xe2\x80\xa8", r"\xe2\x80\xa8", 12),
            (b"\xed\xa0\x80", r"\xed\xa0\x80", r"\xed\xa0\x80", 12),
            (b"\xef\xbf\xbf", r"\xef\xbf\xbf", r"\xef\xbf\xbf", 12),
            ("\u{e000}".as_bytes(), "\u{e000}", r"\xee\x80\x80", 1),
            ("e\u{301}".as_bytes(), "e\u{301}", r"e\xcc\x81", 1),
            ("\u{4e2d}x".as_bytes(), "\u{4e2d}x", r"\xe4\xb8\xadx", 3),
            ("\u{200b}".as_bytes(), "\u{200b}", r"\xe2\x80\x8b", 0),
            ("\u{ad}\u{a0}".as_bytes(), "\u{ad}\u{a0}", r"\xc2\xad\xc2\xa0", 2),
            ("\u{1f600}".as_bytes(), "\u{1f600}", r"\xf0\x9f\x98\x80", 2),
            // Ours: the original lets it turn the line.
            ("\u{202e}".as_bytes(), r"\xe2\x80\xae", r"\xe2\x80\xae", 12),
        ];
        for (bytes, utf8, ascii, columns) in rows {
            assert_eq!(shown(bytes, Charset::Utf8, 99), (utf8.to_owned(), columns), "{bytes:?}");
            assert_eq!(shown(bytes, Charset::Ascii, 99), (ascii.to_owned(), ascii.len()), "{bytes:?}");
            assert_eq!((width(bytes, Charset::Utf8), width(bytes, Charset::Ascii)), (columns, ascii.len()));
        }
    }

    #[test]
    fn text_ends_at_the_width() {
        let wide = "a\u{4e2d}\u{4e2d}b".as_bytes();
        let cuts = [0, 1, 2, 3, 4, 5, 6].map(|limit| shown(wide, Charset::Utf8, limit).0);
        let expected = ["", "a", "a", "a\u{4e2d}", "a\u{4e2d}", "a\u{4e2d}\u{4e2d}", "a\u{4e2d}\u{4e2d}b"]
            .map(str::to_owned);
        assert_eq!(cuts, expected);
        assert_eq!(shown(b"a\x01b", Charset::Utf8, 3).0, "a\\x");
        assert_eq!(shown("e\u{301}x".as_bytes(), Charset::Utf8, 1).0, "e\u{301}");
    }

    #[test]
    fn raw_has_no_blank_and_no_backslash_but_its_own() {
        let mut out = String::new();
        raw(&mut out, b"a b\\x\n\x7f\xc3\xa9\"~!");
        assert_eq!(out, r#"a\x20b\x5cx\x0a\x7f\xc3\xa9"~!"#);
    }

    #[test]
    fn json_escapes_what_it_must_and_what_terminals_obey() {
        let mut out = String::new();
        json(&mut out, [&b"\"\\/\x08\x0c\n\r\t\x01\x1b\x7f"[..], b"\xc3\xa9\xff\\xff\xc2\x9b"].iter(), '\n');
        assert_eq!(out, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001b\\u007f\\n\u{e9}\\\\xff\\\\xff\\u009b\"");
    }
}

//! Text of others (commands, paths, names of devices) as it is shown: printable, on one line, and in JSON.

use crate::table::Charset;
use serde::Serialize;
use std::fmt::Write;
use xns_core::shell::is_unsafe_to_print;

/// The bytes for people: control characters, marks that turn the direction of text, what is no UTF-8 and what cannot be printed
/// become `\xHH`, and so does a backslash before an x.
pub fn shown(bytes: &[u8], charset: Charset) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        let mut characters = chunk.valid().chars().peekable();
        while let Some(character) = characters.next() {
            let starts_sequence = character == '\\' && characters.peek() == Some(&'x');
            let foreign = charset == Charset::Ascii && !character.is_ascii();
            if starts_sequence || foreign || is_odd(character) {
                hex(&mut out, character.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                out.push(character);
            }
        }
        hex(&mut out, chunk.invalid());
    }
    out
}

/// The same, of so many characters at most; what is cut off leaves a mark.
pub fn cut(bytes: &[u8], most: usize, charset: Charset) -> String {
    // Each byte is a character or none: what is behind these cannot matter, except that it is there.
    let mut text = shown(&bytes[..bytes.len().min(most.saturating_mul(4) + 4)], charset);
    if let Some((end, _)) = text.char_indices().nth(most) {
        let mark = if charset == Charset::Utf8 { '…' } else { '~' };
        text.truncate(end);
        text.pop();
        text.push(mark);
    }
    text
}

/// Characters that no text for people has: besides the unsafe ones those that XML forbids, and the separators of lines.
fn is_odd(character: char) -> bool {
    is_unsafe_to_print(character)
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200d}' | '\u{feff}')
        || character as u32 & 0xfffe == 0xfffe
}

fn hex(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(out, "\\x{byte:02x}");
    }
}

/// Text that is printable, with what is not ASCII as `\xHH`.
pub fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            out.push(character)
        } else {
            hex(&mut out, character.encode_utf8(&mut [0; 4]).as_bytes())
        }
    }
    out
}

/// The bytes as a string of JSON, in which only what is no UTF-8 becomes `\xHH`.
pub fn text(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        hex(&mut out, chunk.invalid());
    }
    out
}

/// JSON on one line, in which no terminal finds anything to obey.
pub fn json(value: &impl Serialize) -> String {
    // Strings, numbers and lists of them have no way to fail.
    safe(&serde_json::to_string(value).unwrap_or_default())
}

/// The same for people: a line for each value.
pub fn json_pretty(value: &impl Serialize) -> String {
    safe(&serde_json::to_string_pretty(value).unwrap_or_default())
}

/// The same data: outside of strings JSON has no such characters, and in them serde has escaped those that it must.
fn safe(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if is_unsafe_to_print(character) && character != '\n' {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn odd_bytes() {
        let both = |bytes| (shown(bytes, Charset::Utf8), shown(bytes, Charset::Ascii));
        assert_eq!(both("a é\\n".as_bytes()), ("a é\\n".into(), r"a \xc3\xa9\n".into()));
        assert_eq!(both(b"\n\x1b\\x41\xff"), (r"\x0a\x1b\x5cx41\xff".into(), r"\x0a\x1b\x5cx41\xff".into()));
        assert_eq!(cut("äbcdef".as_bytes(), 4, Charset::Utf8), "äbc…");
        assert_eq!(cut(b"abcd", 4, Charset::Utf8), "abcd");
        assert_eq!(cut(b"abcde", 4, Charset::Ascii), "abc~");
        assert_eq!(cut(b"abcde", 0, Charset::Ascii), "~");
    }

    proptest! {
        #[test]
        fn nothing_to_obey(bytes: Vec<u8>, most in 1usize..50) {
            for charset in [Charset::Utf8, Charset::Ascii] {
                let text = shown(&bytes, charset);
                prop_assert!(!text.chars().any(is_odd));
                let short = cut(&bytes, most, charset);
                prop_assert!(short.chars().count() <= most);
                prop_assert_eq!(short == text, text.chars().count() <= most);
            }
            let line = json(&text(&bytes));
            prop_assert!(!line.chars().any(is_unsafe_to_print));
            prop_assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text(&bytes));
        }

        #[test]
        fn utf8_is_data(words: String) {
            prop_assert_eq!(serde_json::from_str::<String>(&json(&text(words.as_bytes()))).unwrap(), words);
        }
    }
}

//! Quoting for a POSIX shell, and for a C string.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The word as it would be typed in a shell: bare when nothing in it is special, else in single quotes. Bytes that are not
/// UTF-8 come from printf, since the script itself is text; and so does what a terminal would obey, but a line's end and a tab, which
/// do no harm.
pub fn quote(word: impl AsRef<OsStr>) -> String {
    let word = word.as_ref();
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_-./:=,@%+".contains(b);
    if word.is_empty() {
        return "''".to_owned();
    }
    if word.as_bytes().iter().all(plain) {
        return word.to_string_lossy().into_owned();
    }
    let mut out = String::new();
    let printed = |bytes: &[u8], out: &mut String| {
        let octal: String = bytes.iter().map(|byte| format!("\\{byte:03o}")).collect();
        let _ = write!(out, "\"$(printf '{octal}')\"");
    };
    let is_odd = |c: char| !matches!(c, '\n' | '\t') && is_unsafe_to_print(c);
    for chunk in word.as_bytes().utf8_chunks() {
        let mut rest = chunk.valid();
        while !rest.is_empty() {
            let odd = rest.find(|c| !is_odd(c)).unwrap_or(rest.len());
            let (first, others) = rest.split_at(odd);
            let (second, others) = others.split_at(others.find(is_odd).unwrap_or(others.len()));
            if !first.is_empty() {
                printed(first.as_bytes(), &mut out);
            }
            if !second.is_empty() {
                out.push('\'');
                out.push_str(&second.replace('\'', r"'\''"));
                out.push('\'');
            }
            rest = others;
        }
        if !chunk.invalid().is_empty() {
            printed(chunk.invalid(), &mut out);
        }
    }
    out
}

/// The path as an argument. A relative one starts with a dot: so it is no option, not what `cd` finds in CDPATH, and not
/// what `mount` takes for a label.
pub fn path(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    let dotted = [".", ".."].iter().any(|dot| path.starts_with(dot));
    if path.is_absolute() || dotted || path.as_os_str().is_empty() {
        return quote(path);
    }
    let prefixed: OsString = [OsStr::new("./"), path.as_os_str()].into_iter().collect();
    quote(prefixed)
}

/// The words as one line to type.
pub fn line<W: AsRef<OsStr>>(words: impl IntoIterator<Item = W>) -> String {
    words.into_iter().map(quote).collect::<Vec<_>>().join(" ")
}

/// The word as a C string literal; control characters and bytes that are not UTF-8 are escaped.
pub fn c_string(word: impl AsRef<OsStr>) -> String {
    let mut out = String::from("\"");
    for chunk in word.as_ref().as_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                c if is_unsafe_to_print(c) => out.extend(c.escape_unicode()),
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push('"');
    out
}

/// Characters that change what a terminal shows: controls, and the marks that turn the direction of text.
pub fn is_unsafe_to_print(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A line for people, in which words of others may stand: what would steer the terminal, or begin another line, becomes `\xHH`.
pub fn one_line(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c != '\t' && is_unsafe_to_print(c);
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(out, "\\x{byte:02x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_only_when_they_must_be() {
        assert_eq!(quote("/bin/sh"), "/bin/sh");
        assert_eq!(quote(""), "''");
        assert_eq!(quote("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(line(["echo", "a b"]), "echo 'a b'");
        assert_eq!(quote("\x1b[31m it"), r#""$(printf '\033')"'[31m it'"#);
        assert_eq!(
            quote(OsStr::from_bytes(b"it's \xff\n")),
            r#"'it'\''s '"$(printf '\377')"'"#.to_owned() + "\n'"
        );
    }

    #[test]
    fn relative_paths_start_with_a_dot() {
        let words = ["-", "a b", "LABEL=x", "/-", ".", "../a", "./a", ".a", ""];
        let expected = ["./-", "'./a b'", "./LABEL=x", "/-", ".", "../a", "./a", "./.a", "''"];
        assert_eq!(words.map(path), expected);
    }

    #[test]
    fn a_line_stays_one() {
        assert_eq!(one_line("a\u{1b}[0m\nb\t\u{202e}"), "a\\x1b[0m\\x0ab\t\\xe2\\x80\\xae");
        assert!(matches!(one_line("plain \\x1b"), Cow::Borrowed("plain \\x1b")));
    }

    #[test]
    fn c_strings_hide_controls_and_direction_marks() {
        assert_eq!(c_string("a\"b\u{1b}[0m\n"), r#""a\"b\u{1b}[0m\n""#);
        assert_eq!(c_string("\u{202e}x"), r#""\u{202e}x""#);
        assert_eq!(c_string(OsStr::from_bytes(b"\xff")), r#""\xff""#);
    }
}

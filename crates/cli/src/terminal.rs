//! What is known of the reader: the width of the terminal, and the characters it has.

use crate::table::Charset;
use std::ffi::{OsStr, OsString};
use std::os::fd::AsFd;
use xns_sys::{fd, terminal};

/// The width that a terminal is taken to have when nobody says.
const USUAL: usize = 80;

/// The width of the terminal in columns, or `None` when this is none: what it says itself, else `$COLUMNS`, else 80.
/// `variable` looks into the environment.
pub fn width(output: impl AsFd, variable: impl Fn(&str) -> Option<OsString>) -> Option<usize> {
    fd::is_terminal(&output).then(|| match terminal::columns(&output) {
        Ok(columns @ 1..) => usize::from(columns),
        _ => variable("COLUMNS").as_deref().and_then(columns).unwrap_or(USUAL),
    })
}

/// As strtol(3) reads it: blanks and a plus sign may be before it, nothing after it.
fn columns(text: &OsStr) -> Option<usize> {
    let text = text.to_str()?.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let number = text.parse::<i32>().ok()?;
    usize::try_from(number).ok().filter(|&columns| columns > 0)
}

/// The characters of the locale: UTF-8 when the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set names that codeset
/// (locale(7)). Whether the locale is installed is not asked.
pub fn charset(variable: impl Fn(&str) -> Option<OsString>) -> Charset {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variable).find(|locale| !locale.is_empty());
    if locale.is_some_and(|locale| is_utf8(&locale)) { Charset::Utf8 } else { Charset::Ascii }
}

/// `language_TERRITORY.codeset@modifier`; the codeset's case and punctuation are free.
fn is_utf8(locale: &OsStr) -> bool {
    let locale = locale.to_string_lossy();
    let codeset = locale.split_once('.').map_or("", |(_, codeset)| codeset);
    let codeset = codeset.split('@').next().unwrap_or_default();
    codeset.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).eq("utf8".chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(text: &str) -> impl Fn(&str) -> Option<OsString> {
        let pairs: Vec<_> = text
            .split(' ')
            .filter_map(|pair| pair.split_once('='))
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .collect();
        move |name| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| OsString::from(value))
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let utf8 = [
            "LANG=C.UTF-8",
            "LANG=C LC_CTYPE=de_DE.utf8",
            "LANG=C LC_CTYPE=C LC_ALL=en_US.UTF8",
            "LC_ALL= LANG=x.Utf-8@euro",
        ];
        for text in utf8 {
            assert_eq!(charset(environment(text)), Charset::Utf8, "{text}");
        }
        for text in
            ["", "LANG=C", "LANG=UTF-8", "LANG=de_DE.ISO-8859-1", "LC_ALL=C LANG=C.UTF-8", "LANG=x.y@UTF-8"]
        {
            assert_eq!(charset(environment(text)), Charset::Ascii, "{text}");
        }
    }

    #[test]
    fn columns_are_a_number_above_zero() {
        for (text, expected) in
            [("50", Some(50)), (" 50", Some(50)), ("+50", Some(50)), ("99999", Some(99999))]
        {
            assert_eq!(columns(OsStr::new(text)), expected);
        }
        for text in ["", "0", "-5", "50x", "50 ", "abc", "2147483648"] {
            assert_eq!(columns(OsStr::new(text)), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_terminal_has_no_width() -> std::io::Result<()> {
        let file = std::fs::File::open("/dev/null")?;
        assert_eq!(width(&file, environment("COLUMNS=50")), None);
        Ok(())
    }
}

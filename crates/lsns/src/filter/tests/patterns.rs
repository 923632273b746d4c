//! Regular expressions. What the tables say is what glibc 2.36 answers, but where the name of the test says otherwise.

use super::super::error::PatternFault;
use super::super::pattern::Pattern;
use super::{accepts, all};

fn is_match(pattern: impl AsRef<[u8]>, text: impl AsRef<[u8]>) -> bool {
    let pattern = pattern.as_ref();
    match Pattern::new(pattern) {
        Ok(compiled) => compiled.is_match(text.as_ref()),
        Err(fault) => panic!("{}: {fault}", String::from_utf8_lossy(pattern)),
    }
}

fn fault(pattern: &str) -> PatternFault {
    Pattern::new(pattern.as_bytes()).map(|_| pattern).expect_err(pattern)
}

#[test]
fn what_matches() {
    let table: [(&str, &[&str], &[&str]); 31] = [
        ("", &["", "x"], &[]),
        ("a", &["a", "bab"], &["", "A", "b"]),
        ("^a$", &["a"], &["ab", "ba", "b\na\nb"]),
        (".", &["x", "\n", "é"], &[""]),
        ("^.$", &["é"], &["éé"]),
        ("a|^b$", &["xa", "b"], &["bb"]),
        ("^(a|b)*c$", &["c", "abbac"], &["ad"]),
        ("^ab?$", &["a", "ab"], &["abb"]),
        ("^ab+$", &["ab", "abb"], &["a"]),
        ("^a{2}$", &["aa"], &["a", "aaa"]),
        ("^a{2,}$", &["aa", "aaaa"], &["a"]),
        ("^a{1,2}$", &["a", "aa"], &["", "aaa"]),
        ("^a{,2}$", &["", "aa"], &["aaa"]),
        ("^a{,}$", &["", "aaa"], &["b"]),
        ("^a{0}$", &[""], &["a"]),
        // (a+)?, where other languages have a frugal +.
        ("^a+?$", &["", "a", "aa"], &["b"]),
        ("^a{2}{2}$", &["aaaa"], &["aa", "aaa"]),
        ("^(ab){2}*$", &["", "abab"], &["ab"]),
        ("a^b|a$b", &[], &["ab", "a^b", "a$b"]),
        ("()|a||b", &["x", ""], &[]),
        ("^a)$", &["a)"], &["a"]),
        ("^a}$", &["a}"], &["a"]),
        (r"^\.\a\{\\$", &[r".a{\"], &[r"xa{\"]),
        (r"^\w\W\s\S$", &["a- x", "_. -"], &["a-xx"]),
        (r"\<ab\>", &["ab", "x ab."], &["xab", "abx"]),
        (r"\bab\B", &["abx"], &["ab", "xabx"]),
        (r"\`ab\'", &["ab"], &["ab\n"]),
        ("^x#y z$", &["x#y z"], &["x"]),
        ("a&&b~~c--d", &["a&&b~~c--d"], &["a"]),
        (r"^\d$", &["d"], &["5"]),
        ("^(^a)$", &["a"], &["aa"]),
    ];
    for (pattern, yes, no) in table {
        yes.iter().for_each(|text| assert!(is_match(pattern, text), "{pattern} {text:?}"));
        no.iter().for_each(|text| assert!(!is_match(pattern, text), "{pattern} {text:?}"));
    }
}

#[test]
fn brackets() {
    for (pattern, members, others) in [
        ("[abc]", "abc", "dA[]"),
        ("[^abc]", "dé\n", "abc"),
        ("[]a]", "]a", "[b"),
        ("[^]a]", "[b", "]a"),
        ("[a-]", "a-", "b"),
        ("[-a]", "a-", "b"),
        ("[--/]", "-./", ",0"),
        ("[a-c]", "abc", "d-"),
        ("[%--]", "%&'()*+,-", ".$"),
        (r"[\d]", r"\d", "5"),
        ("[a^]", "a^", "b"),
        ("[[]", "[", "]"),
        ("[a&&b]", "a&b", "c"),
        ("[a~~b]", "a~b", "c"),
        ("[[:alpha:]_]", "azAZ_", "0- "),
        ("[^[:alpha:]]", "0- ", "azAZ"),
        ("[[:digit:][:blank:]]", "09 \t", "a\n"),
        ("[[:alnum:]]", "aZ0", "_-"),
        ("[[:upper:]]", "AZ", "az"),
        ("[[:lower:]]", "az", "AZ"),
        ("[[:space:]]", " \t\n\r\u{b}\u{c}", "a"),
        ("[[:punct:]]", "!~[]\\", "a 0"),
        ("[[:print:]]", "a ~", "\n\u{7f}"),
        ("[[:graph:]]", "a~", " \n"),
        ("[[:cntrl:]]", "\u{1}\n\u{7f}", "a "),
        ("[[:xdigit:]]", "09afAF", "gG"),
        ("[:alpha:]", ":alph", "[z"),
        ("[[.-.]a]", "-a", "."),
        ("[[.a.]-c]", "abc", "d-"),
        ("[[=a=]b]", "ab", "="),
        ("[é-ü]", "éêü", "eÿ"),
    ] {
        let whole = format!("^{pattern}$");
        members.chars().for_each(|c| assert!(is_match(&whole, c.to_string()), "{pattern} {c:?}"));
        others.chars().for_each(|c| assert!(!is_match(&whole, c.to_string()), "{pattern} {c:?}"));
    }
}

#[test]
fn what_is_none() {
    for (expected, patterns) in [
        (PatternFault::NothingToRepeat, r"*a ^* ^+ a|*b (*a) + ? {1} $* \b* (?:a) (?i)a"),
        (PatternFault::Interval, "a{ a{x a{1 a{2,1} a{1a} a{1,2 a{}"),
        (PatternFault::Parenthesis, "( a(b (a)("),
        (PatternFault::Bracket, "[ [] [^] [a [[:alpha: [[:alpha:] [[.a] [a-"),
        (PatternFault::Range, "[z-a] [a-c-e] [a-c--/] [[:alpha:]-z] [a-[:alpha:]] [[=a=]-c]"),
        (PatternFault::Class, "[[:word:]] [[:ALPHA:]] [[::]] [[:^alpha:]]"),
        (PatternFault::Collation, "[[.hyphen.]] [[=ab=]] [[..]]"),
        (PatternFault::Backslash, r"\ a\"),
        (PatternFault::TooBig, "a{32768} a{99999999999999999999}"),
    ] {
        patterns.split(' ').for_each(|pattern| assert_eq!(fault(pattern), expected, "{pattern}"));
    }
}

#[test]
fn unlike_glibc_without_back_references() {
    assert_eq!(fault(r"(a)\1"), PatternFault::BackReference);
}

#[test]
fn unlike_glibc_classes_are_ascii_and_a_byte_that_is_not_utf_8_is_a_character() {
    assert!(!is_match("[[:alpha:]]", "é") && is_match(r"\W", "é"));
    for text in [&b"\xff"[..], b"\x80", b"\xc3"] {
        assert!(is_match("^.$", text) && is_match("^[^a]$", text));
        assert!(is_match(text, text) && !is_match(text, b"\xfe") && !is_match(text, "\u{fffd}"));
    }
    assert!(is_match(b"^a[\xfe\xff]b$", b"a\xffb"));
    assert!(is_match("^/run/./é$", b"/run/\xff/\xc3\xa9"));
}

/// A match that takes exponential time, or memory, elsewhere.
#[test]
fn no_pattern_is_too_much() {
    let text = "a".repeat(8000);
    assert!(!is_match("^(a*)*b$", &text));
    assert!(!is_match("^(a|a)*b$", &text));
    for bomb in ["(((a{255}){255}){255}){255}", "(){32767}{32767}{32767}", "([[:alpha:]]{9999}){9999}"] {
        assert_eq!(fault(bomb), PatternFault::TooBig);
    }
    let deep = format!("{}a{}", "(".repeat(127), ")".repeat(127));
    assert!(is_match(&deep, "a"));
    assert!(is_match(format!("a{}", "*".repeat(255)), "b"));
}

#[test]
fn every_operand_is_matched_as_text() {
    all(
        true,
        r#" PID =~ "^42$"
            ONS =~ "^0$"
            PNS =~ "^$"
            NSFS =~ "^$"
            NSFS !~ "."
            "abc" =~ 'b'
            1K =~ "^1024$"
            1.50 =~ "^1\.5$"
            true =~ "^true$"
            (PID and PNS) =~ "^false$"
            COMMAND =~ "splash.x$"
            COMMAND =~ ''
            USER =~ "[[:digit:]]""#,
    );
    assert!(accepts(b"PATH =~ '/\xff/'"));
}

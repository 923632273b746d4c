//! What is no expression, why, and where.

use super::super::{Filter, FilterError, MAX_LENGTH, MAX_NODES, MAX_PATTERN};
use super::Of;

fn error(expression: impl AsRef<[u8]>) -> FilterError {
    match Filter::<Of>::parse(expression.as_ref()) {
        Err(error) => error,
        Ok(_) => panic!("{} is accepted", String::from_utf8_lossy(expression.as_ref())),
    }
}

/// All of the message but its beginning, which repeats the expression.
fn reason(expression: &str) -> String {
    let text = error(expression).to_string();
    let start = format!("failed to parse \"{expression}\": ");
    text.strip_prefix(&start).map(str::to_owned).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn the_reason_and_the_place() {
    const OPERAND: &str = "a column, a number, a string or '(' is expected";
    const OPERATOR: &str = "an operator is expected";
    const PATTERN: &str = "a regular expression in quotes is expected after =~ and !~";
    for (expression, expected, position) in [
        ("PID ==", OPERAND, 7),
        ("== 1", OPERAND, 1),
        ("PID == == 1", OPERAND, 8),
        ("PID and or UID", OPERAND, 9),
        ("PID and", OPERAND, 8),
        ("!", OPERAND, 2),
        ("()", OPERAND, 2),
        ("(", OPERAND, 2),
        ("PID UID", OPERATOR, 5),
        ("PID 'é' UID", OPERATOR, 5),
        ("PID not UID", OPERATOR, 5),
        ("PID (UID)", OPERATOR, 5),
        ("(PID", "this '(' is not closed", 1),
        ("PID and ((UID) or NS", "this '(' is not closed", 9),
        ("PID)", "this ')' closes nothing", 4),
        ("(PID) == 1)", "this ')' closes nothing", 11),
        ("TYPE = 'net'", "'=' is no operator, '==' is", 6),
        ("PID & UID", "'&' is no operator, '&&' is", 5),
        ("PID | UID", "'|' is no operator, '||' is", 5),
        ("TYPE ~ 'n'", "'~' is no operator, '=~' is", 6),
        ("'é' == é", "unexpected 'é'", 8),
        ("PID == -1", "unexpected '-'", 8),
        ("PID == .5", "unexpected '.'", 8),
        ("PID; UID", "unexpected ';'", 4),
        ("TYPE == \"net", "the string has no closing \"", 9),
        ("TYPE == 'net\"", "the string has no closing '", 9),
        ("'", "the string has no closing '", 1),
        ("TYPE =~ net", PATTERN, 9),
        ("TYPE =~ PID", PATTERN, 9),
        ("TYPE =~ ('n')", PATTERN, 9),
        ("TYPE =~ 5", PATTERN, 9),
        ("TYPE !~", PATTERN, 8),
        ("TYPE =~ 'a('", "regular expression: unmatched (", 9),
    ] {
        assert_eq!(reason(expression), format!("{expected}, at character {position}"));
    }
}

#[test]
fn numbers_that_are_none_or_do_not_fit() {
    let suffixes = "the suffixes are K, M, G, T, P, E, Z and Y, with or without iB, of whole ones";
    for number in ["5k", "5KB", "5iB", "5Ki", "5x", "1.5K", "1.", "1.2.3", "0x10", "1and", "5-3"] {
        let expected = format!("\"{number}\" is not a number; {suffixes}, at character 8");
        assert_eq!(reason(&format!("PID == {number}")), expected);
    }
    let infinite = format!("{}.0", "9".repeat(400));
    for number in ["18446744073709551616", "16E", "16EiB", "1Z", "1YiB", "99999999999999999999K", &infinite] {
        assert_eq!(reason(&format!("PID == {number}")), format!("\"{number}\" is too large, at character 8"));
    }
}

#[test]
fn columns_that_there_are_not() {
    let expected = FilterError::UnknownColumn {
        expression: "PID or not FSUSE%".to_owned(),
        position: 12,
        name: "FSUSE%".to_owned(),
    };
    assert_eq!(error("PID or not FSUSE%"), expected);
    assert_eq!(
        expected.to_string(),
        "failed to initialize filter: unknown column: FSUSE%, at character 12 of \"PID or not FSUSE%\""
    );
    assert!(matches!(error("TYPE == net"), FilterError::UnknownColumn { position: 9, .. }));
}

#[test]
fn limits() {
    let long = format!("PID{}", " ".repeat(MAX_LENGTH - 3));
    assert!(Filter::<Of>::parse(&long).is_ok());
    let text = error(format!("{long} ")).to_string();
    assert!(text.ends_with(" …\": 1025 bytes are too many, 1024 are allowed, at character 1025"), "{text}");

    let nots = "!".repeat(MAX_NODES - 1);
    assert!(Filter::<Of>::parse(format!("{nots}1")).is_ok());
    assert!(reason(&format!("{nots}!1")).starts_with("there are more than 256 operands and operators, at"));
    let operands = vec!["1"; MAX_NODES / 2].join("||");
    assert!(Filter::<Of>::parse(&operands).is_ok());
    assert!(
        reason(&format!("{operands}||1")).starts_with("there are more than 256 operands and operators, at")
    );

    let pattern = "a".repeat(MAX_PATTERN);
    assert!(Filter::<Of>::parse(format!("TYPE =~ '{pattern}'")).is_ok());
    let expected = "the regular expression has 257 bytes, 256 are allowed, at character 9";
    assert_eq!(reason(&format!("TYPE =~ 'a{pattern}'")), expected);
}

#[test]
fn bytes_that_are_not_utf_8() {
    let text = error(b"PID \xff").to_string();
    assert_eq!(text, "failed to parse \"PID \u{fffd}\": unexpected '\u{fffd}', at character 5");
    assert_eq!(error(b"'\xff\xe2\x82' 1").to_string().rsplit(' ').next(), Some("6"));
    assert!(Filter::<Of>::parse(b"PID \x00").is_err());
}

//! What expressions mean.

use super::super::{MAX_LENGTH, MAX_NODES};
use super::{Of, accepts, all, cell, parse};

#[test]
fn an_empty_expression_accepts_all() {
    for expression in ["", " ", " \t\r\n "] {
        assert!(accepts(expression));
        assert_eq!(parse(expression).columns().count(), 0);
    }
}

#[test]
fn an_operand_alone_is_true_unless_empty_or_zero() {
    all(
        true,
        "PID \n TYPE \n pid \n nEtNsId \n USER \n 1 \n 0.5 \n 1K \n 'a' \n '0' \n \" \" \n true \n TRUE \n True",
    );
    all(false, "PNS \n NSFS \n ONS \n 0 \n 0K \n 0.0 \n '' \n \"\" \n false \n FALSE \n False");
}

#[test]
fn every_spelling_of_every_operator() {
    all(
        true,
        r#" PID == 42
            PID eq 42
            PID EQ 42
            PID != 41
            PID ne 41
            PID NE 41
            PID < 43
            PID lt 43
            PID LT 43
            PID <= 42
            PID le 42
            PID LE 42
            PID > 41
            PID gt 41
            PID GT 41
            PID >= 42
            PID ge 42
            PID GE 42
            TYPE =~ "^n"
            TYPE !~ "^m"
            PID && TYPE
            PID and TYPE
            PID AND TYPE
            PNS || TYPE
            PNS or TYPE
            PNS OR TYPE
            !PNS
            not PNS
            NOT PNS
            Not PNS And True"#,
    );
    all(
        false,
        r#" PID == 41
            PID != 42
            PID < 42
            PID <= 41
            PID > 42
            PID >= 43
            TYPE =~ "^m"
            TYPE !~ "^n"
            PID && PNS
            PNS && PID
            PNS || NSFS
            !PID"#,
    );
}

#[test]
fn blanks_are_needed_between_words_only() {
    all(
        true,
        r#" PID==42&&TYPE=="net"
            !PNS&&!(PNS)
            'net'eq TYPE
            "net"and"x"
            ((((PID))))
            (PID)and(TYPE)
            TYPE=~'n'&&TYPE!~'m'
            PID<43&&PID>41"#,
    );
}

#[test]
fn the_strength_of_operators() {
    all(
        true,
        r#" true or false and false
            true || true && false
            false && false || true
            false and true or true
            not TYPE == "mnt"
            !TYPE == "mnt"
            not false and true
            !!PID
            not not PID == 42
            not (true and false) and true
            not PID < 42 and not PID > 42
            false == !PID
            1 == 1 == true
            PID == 42 == TYPE =~ "^true$"
            TYPE =~ "n" == true
            TYPE =~ "n" =~ "^true$""#,
    );
    all(
        false,
        r#" not TYPE == "net"
            !TYPE == "net"
            ! PID == 42 and true
            (true or false) and false
            not true or false
            not (true or false)
            not PID == 42 == true"#,
    );
}

#[test]
fn numbers_and_their_suffixes() {
    all(
        true,
        "1K == 1024 \n 1KiB == 1K \n 1M == 1024K \n 1MiB == 1M \n 1G == 1024M \n 1GiB == 1G \n 1T == 1024G \n 1TiB == 1T
         1P == 1024T \n 1PiB == 1P \n 1E == 1024P \n 15EiB == 15E \n 0Z == 0 \n 0YiB == 0 \n 0042 == PID
         15E == 17293822569102704640 \n 18446744073709551615 > 18446744073709551614
         1.5 == 1.50 \n 001.5 == 1.5 \n 1.5 < 1.75",
    );
}

#[test]
fn a_literals_type_beats_the_columns() {
    all(
        true,
        r#" PID == "42"
            PID < "5"
            PID != "042"
            "42" == PID
            USER == 0
            USER == 0.0
            0 == USER
            USER < 1
            PID == 42.0
            PID > 41.5
            41.5 < PID
            PNS == ""
            NSFS == ""
            PID == true
            TYPE == true
            USER == true
            ONS == false
            NSFS == false
            PNS == false
            PID == (TYPE == "net")
            PID == !ONS
            TYPE == (PID and UID)"#,
    );
    all(false, "PID < 5 \n PID == '42 ' \n USER == 'x' \n PID == false \n UID < '1' \n PID == ONS");
}

#[test]
fn of_two_literals_or_two_columns_the_wider_type_decides() {
    all(
        true,
        r#" 1 < 1.5
            1.5 > 1
            "10" > 9
            9 < "10"
            "1.5" < 2.0
            "10" < "9"
            "a" < "b"
            "a" < "ab"
            "B" < "a"
            true > false
            true == 7
            true == "x"
            false == ""
            false == 0.0
            PID < UID
            UID < NS
            PID > USER
            USER < PID
            TYPE < NETNSID
            NSFS < TYPE
            NSFS == NSFS
            NSFS != TYPE"#,
    );
    // As text, 42 would be behind 1000 and 4026531840.
    all(false, "PID > UID \n PID > NS \n '10' < 9 \n TYPE == NETNSID");
}

#[test]
fn what_is_no_number_makes_comparisons_of_numbers_false() {
    for operator in ["==", "!=", "<", "<=", ">", ">="] {
        let pairs = [
            "NETNSID _ 77",
            "NETNSID _ 77.5",
            "77 _ NETNSID",
            "PNS _ 0",
            "0 _ PNS",
            "PNS _ 0.5",
            "NSFS _ 0",
            "PNS _ PNS",
            "PNS _ PID",
            "PID _ PNS",
            "PID _ NETNSID",
            "PID _ NSFS",
            "'' _ 0",
            "'-1' _ 1",
            "'+1' _ 1",
            "' 1' _ 1",
            "'1K' _ 1024",
            "'1.5' _ 1",
            "'1.' _ 1.5",
            "'.5' _ 1.5",
            "'1e3' _ 1.5",
            "'inf' _ 1.5",
            "'NaN' _ 1.5",
            "'18446744073709551616' _ 1",
            "PATH _ 1",
        ];
        for pair in pairs {
            all(false, &pair.replace('_', operator));
        }
    }
    // The other side of an OR is still looked at.
    all(true, "NETNSID == 77 or PID == 42 \n not NETNSID == 77 \n PNS != 1 or true");
}

#[test]
fn strings_have_no_escapes() {
    all(true, r#" "a'b" == "a'b" "#);
    all(true, r#" 'a"b' != "ab" "#);
    all(true, r"'\' < 'a'");
    assert!(accepts(b"PATH == '/run/\xff/\xc3\xa9'"));
    assert!(!accepts(b"PATH == '/run/\xfe/\xc3\xa9'"));
    assert!(accepts("COMMAND == \"/sbin/init splash\nx\""));
}

#[test]
fn each_column_is_told_once() {
    let columns = |expression| parse(expression).columns().collect::<Vec<_>>();
    assert_eq!(
        columns("PID == 1 or pid == 2 and (TYPE or NSFS =~ 'x') and Type"),
        [Of::Pid, Of::Type, Of::Nsfs]
    );
    assert_eq!(columns("1 == 1"), []);
}

#[test]
fn a_cell_is_asked_for_only_if_the_outcome_depends_on_it() {
    let asked = |expression| {
        let mut asked = Vec::new();
        parse(expression).accepts(|column| {
            asked.push(column);
            cell(column)
        });
        asked
    };
    assert_eq!(asked("PID == 42 or TYPE"), [Of::Pid]);
    assert_eq!(asked("PID == 41 or TYPE"), [Of::Pid, Of::Type]);
    assert_eq!(asked("PID == 41 and TYPE"), [Of::Pid]);
    assert_eq!(asked("true"), []);
}

/// As deep and as long as it may be, on a small stack.
#[test]
fn the_largest_expressions() {
    let nots = "!".repeat(MAX_NODES - 1);
    let ands = vec!["PID"; MAX_NODES / 2].join("&&");
    let comparisons = format!("!{}", vec!["1"; MAX_NODES / 2].join("=="));
    let right = format!("{}1{}", "1==(".repeat(MAX_NODES / 2 - 1), ")".repeat(MAX_NODES / 2 - 1));
    let parentheses = format!("{}1{}", "(".repeat(MAX_LENGTH / 2 - 1), ")".repeat(MAX_LENGTH / 2 - 1));
    let blanks = " ".repeat(MAX_LENGTH);
    let test = move || {
        assert!(!accepts(format!("{nots}PID")));
        assert!(accepts(ands));
        assert!(!accepts(comparisons));
        assert!(accepts(right));
        assert!(accepts(parentheses));
        assert!(accepts(blanks));
    };
    std::thread::Builder::new().stack_size(512 * 1024).spawn(test).unwrap().join().unwrap();
}

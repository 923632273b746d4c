//! Options of ours change nothing about those of the original: every abbreviation means what it means where ours do not
//! exist, down to the candidates of an ambiguous one. And ours can always be reached, spelled out.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::ffi::OsString;
use xns_cli::options::{Opt, Parser, Table, Value};
use xunshare::options::{Key, TABLE};

/// The long options of util-linux's unshare at its development head (2.43).
const ORIGINALS: [&str; 36] = [
    "boottime",
    "cgroup",
    "clear-env",
    "fork",
    "forward-signals",
    "help",
    "ipc",
    "keep-caps",
    "kill-child",
    "load-interp",
    "map-auto",
    "map-current-user",
    "map-group",
    "map-groups",
    "map-root-user",
    "map-subids",
    "map-user",
    "map-users",
    "monotonic",
    "mount",
    "mount-binfmt",
    "mount-proc",
    "net",
    "owner",
    "pid",
    "propagation",
    "root",
    "setgid",
    "setgroups",
    "setuid",
    "time",
    "user",
    "uts",
    "version",
    "wd",
    "whitelist-env",
];

/// The table without what is ours.
fn original() -> Table<Key> {
    let rows: Vec<Opt<Key>> = TABLE.options.iter().filter(|row| row.since.is_original()).copied().collect();
    Table { options: rows.leak(), ..TABLE }
}

/// What a word is read as, with another word after it: the option and its value, or the whole message.
fn read(table: &Table<Key>, word: &str) -> Result<(&'static str, Option<OsString>), String> {
    let item = Parser::new(table, [word, "value"]).next().map_err(|error| error.to_string())?;
    let item = item.unwrap_or_else(|| panic!("{word} is no option"));
    Ok((item.option.long, item.value))
}

/// Every beginning of a name, the whole name among them, also with a value.
fn beginnings(name: &str) -> impl Iterator<Item = String> {
    (1..=name.len())
        .flat_map(move |end| ["", "=", "=value"].map(|value| format!("--{}{value}", &name[..end])))
}

#[test]
fn what_the_original_reads_is_read_the_same() {
    let original = original();
    for row in original.options {
        for word in beginnings(row.long) {
            assert_eq!(read(&TABLE, &word), read(&original, &word), "{word}");
        }
        let letter = row.short.map(|letter| format!("-{letter}"));
        for word in
            letter.iter().flat_map(|letter| [letter.clone(), format!("{letter}fu"), format!("{letter}=x")])
        {
            assert_eq!(read(&TABLE, &word), read(&original, &word), "{word}");
        }
    }
}

/// An ambiguous word names the original's options only, all of them, in their order.
#[test]
fn the_candidates_are_the_originals() {
    let original = original();
    let mut ambiguous = 0;
    for word in
        original.options.iter().flat_map(|row| beginnings(row.long)).filter(|word| !word.contains('='))
    {
        let prefix = &word[2..];
        let begin = original.options.iter().map(|row| row.long).filter(|long| long.starts_with(prefix));
        let begin: Vec<_> = begin.collect();
        if begin.len() < 2 || begin.contains(&prefix) {
            continue;
        }
        let names: String = begin.iter().map(|name| format!(" '--{name}'")).collect();
        let message = format!("option '{word}' is ambiguous; possibilities:{names}");
        assert_eq!(read(&TABLE, &word), Err(message));
        ambiguous += 1;
    }
    assert!(ambiguous > 20, "{ambiguous}");
}

#[test]
fn ours_can_always_be_spelled_out() {
    let ours: Vec<_> = TABLE.options.iter().filter(|row| !row.since.is_original()).collect();
    assert!(!ours.is_empty());
    for row in ours {
        let word = format!("--{}", row.long);
        let expected = match row.value {
            Value::Required(_) => Some("value".into()),
            Value::Optional { .. } | Value::None => None,
        };
        assert_eq!(read(&TABLE, &word), Ok((row.long, expected)));
        if row.value != Value::None {
            assert_eq!(read(&TABLE, &format!("{word}=a=b")), Ok((row.long, Some("a=b".into()))));
        }
    }
}

/// A word that is ours alone, or one of ours as a whole, is nothing that the original knows.
#[test]
fn no_name_of_ours_hides_one_of_the_originals() {
    let original = original();
    for row in TABLE.options.iter().filter(|row| !row.since.is_original()) {
        assert!(!original.options.iter().any(|theirs| theirs.long.starts_with(row.long)), "{}", row.long);
        assert_eq!(row.short, None, "--{}: letters are the original's to give", row.long);
    }
}

#[test]
fn the_originals_are_known_as_such() {
    let named = |name: &str| TABLE.options.iter().find(|row| row.long == name);
    for name in ORIGINALS {
        assert!(named(name).is_some_and(|row| row.since.is_original()), "--{name}");
    }
    for row in TABLE.options.iter().filter(|row| row.since.is_original()) {
        assert!(ORIGINALS.contains(&row.long), "--{} is not the original's", row.long);
    }
}

/// The installed unshare lists the same candidates, but for those that came after it.
#[test]
fn the_installed_unshare_agrees() {
    use xns_tests::{Cmd, Need, need};
    if !need("the_installed_unshare_agrees", &[Need::Original("unshare")]) {
        return;
    }
    let help = Cmd::new("unshare").args(["--help"]).run();
    let has = |name: &str| help.stdout.split([' ', '[', '=', ',']).any(|word| word == format!("--{name}"));
    let mut asked = 0;
    for word in TABLE.options.iter().flat_map(|row| beginnings(row.long)).filter(|word| !word.contains('=')) {
        let Err(message) = read(&TABLE, &word) else { continue };
        let Some((start, names)) = message.split_once("possibilities:") else { continue };
        let names: Vec<_> = names.split(['\'', ' ']).filter(|name| !name.is_empty()).collect();
        let names: Vec<_> = names.into_iter().filter(|name| has(&name[2..])).collect();
        if names.len() < 2 {
            continue;
        }
        let listed: String = names.iter().map(|name| format!(" '{name}'")).collect();
        let theirs = Cmd::new("unshare").args([&word]).run();
        theirs.fails(1, &format!("unshare: {start}possibilities:{listed}"));
        asked += 1;
    }
    assert!(asked > 10, "{asked}");
}

//! Options of ours change nothing about those of the original: every abbreviation means what it means where ours do not
//! exist, down to the candidates of an ambiguous one. And ours can always be reached, spelled out.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::ffi::OsString;
use xns_cli::options::{Opt, Parser, Table, Value};
use xnsenter::options::TABLE as NSENTER_TABLE;
use xunshare::options::TABLE as UNSHARE_TABLE;

/// The long options of util-linux's unshare at its development head (2.43).
const UNSHARE: [&str; 36] = [
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

/// Those of its nsenter.
const NSENTER: [&str; 25] = [
    "all",
    "cgroup",
    "env",
    "follow-context",
    "help",
    "ipc",
    "join-cgroup",
    "keep-caps",
    "mount",
    "net",
    "net-socket",
    "no-fork",
    "pid",
    "preserve-credentials",
    "root",
    "setgid",
    "setuid",
    "target",
    "time",
    "user",
    "user-parent",
    "uts",
    "version",
    "wd",
    "wdns",
];

/// The table without what is ours.
fn original<K: Copy + PartialEq>(table: &Table<K>) -> Table<K> {
    let rows: Vec<Opt<K>> = table.options.iter().filter(|row| row.since.is_original()).copied().collect();
    Table { options: rows.leak(), ..*table }
}

/// What a word is read as, with another word after it: the option and its value, or the whole message.
fn read<K: Copy + PartialEq>(
    table: &Table<K>,
    word: &str,
) -> Result<(&'static str, Option<OsString>), String> {
    let item = Parser::new(table, [word, "value"]).next().map_err(|error| error.to_string())?;
    let item = item.unwrap_or_else(|| panic!("{word} is no option"));
    Ok((item.option.long, item.value))
}

/// Every beginning of a name, the whole name among them, also with a value.
fn beginnings(name: &str) -> impl Iterator<Item = String> {
    (1..=name.len())
        .flat_map(move |end| ["", "=", "=value"].map(|value| format!("--{}{value}", &name[..end])))
}

fn what_the_original_reads_is_read_the_same<K: Copy + PartialEq>(table: &Table<K>) {
    let original = original(table);
    for row in original.options {
        for word in beginnings(row.long) {
            assert_eq!(read(table, &word), read(&original, &word), "{word}");
        }
        let letter = row.short.map(|letter| format!("-{letter}"));
        for word in
            letter.iter().flat_map(|letter| [letter.clone(), format!("{letter}fu"), format!("{letter}=x")])
        {
            assert_eq!(read(table, &word), read(&original, &word), "{word}");
        }
    }
}

/// An ambiguous word names the original's options only, all of them, in their order.
fn the_candidates_are_the_originals<K: Copy + PartialEq>(table: &Table<K>, at_least: usize) {
    let original = original(table);
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
        assert_eq!(read(table, &word), Err(message));
        ambiguous += 1;
    }
    assert!(ambiguous >= at_least, "{ambiguous}");
}

fn ours_can_always_be_spelled_out<K: Copy + PartialEq>(table: &Table<K>) {
    let ours: Vec<_> = table.options.iter().filter(|row| !row.since.is_original()).collect();
    assert!(!ours.is_empty());
    for row in ours {
        let word = format!("--{}", row.long);
        let expected = match row.value {
            Value::Required(_) => Some("value".into()),
            Value::Optional { .. } | Value::None => None,
        };
        assert_eq!(read(table, &word), Ok((row.long, expected)));
        if row.value != Value::None {
            assert_eq!(read(table, &format!("{word}=a=b")), Ok((row.long, Some("a=b".into()))));
        }
    }
}

/// A word that is ours alone, or one of ours as a whole, is nothing that the original knows.
fn no_name_of_ours_hides_one_of_the_originals<K: Copy + PartialEq>(table: &Table<K>) {
    let original = original(table);
    for row in table.options.iter().filter(|row| !row.since.is_original()) {
        assert!(!original.options.iter().any(|theirs| theirs.long.starts_with(row.long)), "{}", row.long);
        assert_eq!(row.short, None, "--{}: letters are the original's to give", row.long);
    }
}

fn the_originals_are_known_as_such<K>(table: &Table<K>, originals: &[&str]) {
    let named = |name: &str| table.options.iter().find(|row| row.long == name);
    for name in originals {
        assert!(named(name).is_some_and(|row| row.since.is_original()), "--{name}");
    }
    for row in table.options.iter().filter(|row| row.since.is_original()) {
        assert!(originals.contains(&row.long), "--{} is not the original's", row.long);
    }
}

/// The installed tool lists the same candidates, but for those that came after it.
fn the_installed_one_agrees<K: Copy + PartialEq>(
    test: &str,
    table: &Table<K>,
    tool: &'static str,
    at_least: usize,
) {
    use xns_tests::{Cmd, Need, need};
    if !need(test, &[Need::Original(tool)]) {
        return;
    }
    let help = Cmd::new(tool).args(["--help"]).run();
    let has = |name: &str| help.stdout.split([' ', '[', '=', ',']).any(|word| word == format!("--{name}"));
    let mut asked = 0;
    for word in table.options.iter().flat_map(|row| beginnings(row.long)).filter(|word| !word.contains('=')) {
        let Err(message) = read(table, &word) else { continue };
        let Some((start, names)) = message.split_once("possibilities:") else { continue };
        let names: Vec<_> = names.split(['\'', ' ']).filter(|name| !name.is_empty()).collect();
        let names: Vec<_> = names.into_iter().filter(|name| has(&name[2..])).collect();
        if names.len() < 2 {
            continue;
        }
        let listed: String = names.iter().map(|name| format!(" '{name}'")).collect();
        let theirs = Cmd::new(tool).args([&word]).run();
        theirs.fails(1, &format!("{tool}: {start}possibilities:{listed}"));
        asked += 1;
    }
    assert!(asked >= at_least, "{asked}");
}

#[test]
fn of_unshare() {
    holds(&UNSHARE_TABLE, &UNSHARE, 20);
}

#[test]
fn of_nsenter() {
    holds(&NSENTER_TABLE, &NSENTER, 8);
}

fn holds<K: Copy + PartialEq>(table: &Table<K>, originals: &[&str], ambiguous: usize) {
    the_originals_are_known_as_such(table, originals);
    what_the_original_reads_is_read_the_same(table);
    the_candidates_are_the_originals(table, ambiguous);
    ours_can_always_be_spelled_out(table);
    no_name_of_ours_hides_one_of_the_originals(table);
}

#[test]
fn the_installed_unshare_agrees() {
    the_installed_one_agrees("the_installed_unshare_agrees", &UNSHARE_TABLE, "unshare", 10);
}

#[test]
fn the_installed_nsenter_agrees() {
    the_installed_one_agrees("the_installed_nsenter_agrees", &NSENTER_TABLE, "nsenter", 5);
}

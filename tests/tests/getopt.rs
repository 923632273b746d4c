//! The command line is read as glibc's getopt_long(3) reads it: that function is the oracle, on the same table, of each tool.
#![cfg(target_env = "gnu")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use proptest::prelude::*;
use std::ffi::{CStr, CString, c_char, c_int};
use std::fmt::Debug;
use std::sync::Mutex;
use xns_cli::options::{Parser, Spelling, Table, UsageError, Value};
use xnsenter::options::TABLE as NSENTER_TABLE;
use xunshare::options::TABLE as UNSHARE_TABLE;

/// `struct option` of getopt.h.
#[repr(C)]
struct LongOption {
    name: *const c_char,
    has_arg: c_int,
    flag: *mut c_int,
    val: c_int,
}

unsafe extern "C" {
    static mut optarg: *mut c_char;
    static mut optind: c_int;
    static mut opterr: c_int;
    static mut optopt: c_int;
    fn getopt_long(
        argc: c_int,
        argv: *const *mut c_char,
        short: *const c_char,
        long: *const LongOption,
        index: *mut c_int,
    ) -> c_int;
}

/// getopt's state is the process's: one run at a time.
static ORACLE: Mutex<()> = Mutex::new(());

/// What was read: options as `key=value`, then the operands, or the kind of the first error.
#[derive(Debug, PartialEq, Eq)]
struct Reading {
    options: Vec<String>,
    end: Result<Vec<String>, &'static str>,
}

/// Values of long options start here: above every letter.
const LONG: c_int = 1000;

/// The table, in getopt's form. The texts have to outlive the pointers.
struct Form {
    short: CString,
    _names: Vec<CString>,
    long: Vec<LongOption>,
}

impl Form {
    fn new<K>(table: &Table<K>, only_original: bool) -> Self {
        let rows =
            || table.options.iter().enumerate().filter(|(_, row)| row.since.is_original() || !only_original);
        let letters = rows().filter_map(|(_, row)| {
            let letter = row.short?;
            let takes = match row.value {
                Value::Optional { .. } => "::",
                _ => ":",
            };
            Some(format!("{letter}{}", if row.short_has_value() { takes } else { "" }))
        });
        let short = CString::new(format!("+{}", letters.collect::<String>())).unwrap();
        let names: Vec<CString> = rows().map(|(_, row)| CString::new(row.long).unwrap()).collect();
        let long = rows().zip(&names).map(|((at, row), name)| LongOption {
            name: name.as_ptr(),
            has_arg: match row.value {
                Value::None => 0,
                Value::Required(_) => 1,
                Value::Optional { .. } => 2,
            },
            flag: std::ptr::null_mut(),
            val: LONG + c_int::try_from(at).unwrap(),
        });
        let end = LongOption { name: std::ptr::null(), has_arg: 0, flag: std::ptr::null_mut(), val: 0 };
        let long = long.chain([end]).collect();
        Form { short, _names: names, long }
    }
}

/// Reads the words with getopt_long. An abbreviation that is one of the original's is looked up among those alone: ours
/// are not to make it ambiguous. With `only_original` there are no others at all.
fn oracle<K: Copy + PartialEq + Debug>(table: &Table<K>, words: &[String], only_original: bool) -> Reading {
    let _alone = ORACLE.lock().unwrap();
    let (all, original) = (Form::new(table, only_original), Form::new(table, true));
    let typed = [table.name].into_iter().chain(words.iter().map(String::as_str));
    let args: Vec<CString> = typed.map(|word| CString::new(word).unwrap()).collect();
    let null = std::ptr::null_mut();
    let argv: Vec<*mut c_char> = args.iter().map(|word| word.as_ptr().cast_mut()).chain([null]).collect();
    let mut options = Vec::new();
    // SAFETY: the lock keeps every other user of getopt's variables out. 0 starts it anew (getopt(3)).
    unsafe {
        optind = 0;
        opterr = 0;
    }
    let mut index = 1;
    loop {
        let next = words.get(usize::try_from(index).unwrap() - 1);
        let form = if next.is_some_and(|word| abbreviates_original(table, word)) { &original } else { &all };
        let argc = c_int::try_from(args.len()).unwrap();
        // SAFETY: argv ends with NULL and points into `args`, the table ends with zeros and points into its names; all
        // live through the loop. With "+" getopt_long changes neither argv's strings nor their order.
        let answer = unsafe {
            getopt_long(argc, argv.as_ptr(), form.short.as_ptr(), form.long.as_ptr(), std::ptr::null_mut())
        };
        // SAFETY: reads what the call has just set, under the lock; optarg is NULL or points into `args`.
        let (value, wrong) = unsafe {
            index = optind;
            let value = optarg;
            ((!value.is_null()).then(|| CStr::from_ptr(value).to_str().unwrap().to_owned()), optopt)
        };
        let key = match answer {
            -1 => {
                let operands = words[usize::try_from(index).unwrap() - 1..].to_vec();
                return Reading { options, end: Ok(operands) };
            }
            QUESTION => return Reading { options, end: Err(kind_of(table, wrong, words, index)) },
            LONG.. => table.options[usize::try_from(answer - LONG).unwrap()].key,
            letter => by_letter(table, letter).unwrap(),
        };
        options.push(format!("{key:?}={value:?}"));
    }
}

/// getopt's answer to what is wrong.
const QUESTION: c_int = b'?' as c_int;

fn by_letter<K: Copy>(table: &Table<K>, letter: c_int) -> Option<K> {
    let letter = char::from(u8::try_from(letter).unwrap());
    table.options.iter().find(|row| row.short == Some(letter)).map(|row| row.key)
}

fn abbreviates_original<K>(table: &Table<K>, word: &str) -> bool {
    let Some(name) = word.strip_prefix("--").and_then(|name| name.split('=').next()) else { return false };
    let exact = table.options.iter().any(|row| row.long == name);
    let begins = table.options.iter().any(|row| row.since.is_original() && row.long.starts_with(name));
    !name.is_empty() && !exact && begins
}

/// The kind of error behind a '?': optopt is 0 for an unknown or ambiguous long option, else the letter or the value of
/// the option whose argument is wrong (getopt(3)).
fn kind_of<K: Copy>(table: &Table<K>, optopt_: c_int, words: &[String], index: c_int) -> &'static str {
    match optopt_ {
        0 => "unknown or ambiguous",
        LONG.. => {
            let last = &words[usize::try_from(index).unwrap() - 2];
            if last.contains('=') { "unexpected argument" } else { "missing argument" }
        }
        letter if by_letter(table, letter).is_some() => "missing argument",
        _ => "unknown letter",
    }
}

/// Reads the words with our parser.
fn ours<K: Copy + PartialEq + Debug>(table: &Table<K>, words: &[String]) -> Reading {
    let mut parser = Parser::new(table, words);
    let mut options = Vec::new();
    loop {
        match parser.next() {
            Ok(Some(item)) => {
                let value = item.value.map(|value| value.into_string().unwrap());
                options.push(format!("{:?}={value:?}", item.key));
            }
            Ok(None) => break,
            Err(error) => return Reading { options, end: Err(kind(&error)) },
        }
    }
    let operands = parser.operands().into_iter().map(|word| word.into_string().unwrap()).collect();
    Reading { options, end: Ok(operands) }
}

fn kind(error: &UsageError) -> &'static str {
    match error {
        UsageError::UnknownLong { .. } | UsageError::Ambiguous { .. } => "unknown or ambiguous",
        UsageError::UnknownShort { .. } => "unknown letter",
        UsageError::MissingLongArgument { .. } | UsageError::MissingShortArgument { .. } => {
            "missing argument"
        }
        UsageError::UnexpectedArgument { .. } => "unexpected argument",
        UsageError::Lexopt(_) => "lexopt",
    }
}

/// Words made from the table: whole names, prefixes, values, letters and bundles, and what looks like any of these.
fn word<K: Copy + Debug>(table: &'static Table<K>) -> impl Strategy<Value = String> {
    let rows = || prop::sample::select(table.options);
    let known: String = table.options.iter().filter_map(|row| row.short).chain("xz=-/0".chars()).collect();
    let letters = move || prop::sample::select(known.chars().collect::<Vec<_>>());
    let value = || prop::sample::select(vec!["", "0", "/f", "=", "-f", "--", "--uts", "a=b", "\u{e9}"]);
    prop_oneof![
        5 => rows().prop_map(|row| format!("--{}", row.long)),
        3 => (rows(), value()).prop_map(|(row, value)| format!("--{}={value}", row.long)),
        4 => (rows(), any::<prop::sample::Index>()).prop_map(|(row, end)| format!("--{}", &row.long[..=end.index(row.long.len())])),
        2 => (rows(), any::<prop::sample::Index>(), value())
            .prop_map(|(row, end, value)| format!("--{}={value}", &row.long[..=end.index(row.long.len())])),
        6 => prop::collection::vec(letters(), 1..5).prop_map(|letters| format!("-{}", letters.iter().collect::<String>())),
        2 => value().prop_map(str::to_owned),
        1 => prop::sample::select(vec!["-", "---", "--=", "---uts", "--no-such", "true"]).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn command_lines_of_unshare(words in prop::collection::vec(word(&UNSHARE_TABLE), 0..6)) {
        prop_assert_eq!(ours(&UNSHARE_TABLE, &words), oracle(&UNSHARE_TABLE, &words, false));
    }

    #[test]
    fn command_lines_of_nsenter(words in prop::collection::vec(word(&NSENTER_TABLE), 0..6)) {
        prop_assert_eq!(ours(&NSENTER_TABLE, &words), oracle(&NSENTER_TABLE, &words, false));
    }
}

/// Every prefix of every option of the original means what it means there, whatever we have added.
fn every_prefix_of_the_originals_options_is_theirs<K: Copy + PartialEq + Debug>(table: &Table<K>) {
    for row in table.options.iter().filter(|row| row.since.is_original()) {
        for end in 1..=row.long.len() {
            let words = [format!("--{}", &row.long[..end]), "value".to_owned()];
            assert_eq!(ours(table, &words), oracle(table, &words, true), "{}", words[0]);
        }
    }
}

/// Ours can be abbreviated too, down to where an option of the original begins alike.
fn prefixes_of_ours_do_not_mean_something_else<K: Copy + PartialEq + Debug>(table: &Table<K>) {
    for row in table.options.iter().filter(|row| !row.since.is_original()) {
        for end in 1..=row.long.len() {
            let prefix = &row.long[..end];
            let mut parser = Parser::new(table, [format!("--{prefix}"), "value".to_owned()]);
            let read = parser.next().map(|item| item.unwrap().key);
            let begins = |original: bool| {
                table
                    .options
                    .iter()
                    .filter(|r| r.since.is_original() == original && r.long.starts_with(prefix))
                    .count()
            };
            match (begins(true), begins(false)) {
                _ if table.options.iter().any(|r| r.long == prefix && r.key != row.key) => {}
                _ if end == row.long.len() => assert_eq!(read.unwrap(), row.key, "{prefix}"),
                (0, 1) => assert_eq!(read.unwrap(), row.key, "{prefix}"),
                (0, _) => assert!(matches!(read, Err(UsageError::Ambiguous { .. })), "{prefix}: {read:?}"),
                (1, _) => assert!(read.is_ok_and(|key| key != row.key), "{prefix}"),
                _ => assert!(read.as_ref().map_or(true, |key| *key != row.key), "{prefix}"),
            }
        }
    }
}

#[test]
fn prefixes_mean_the_originals_options() {
    every_prefix_of_the_originals_options_is_theirs(&UNSHARE_TABLE);
    every_prefix_of_the_originals_options_is_theirs(&NSENTER_TABLE);
}

#[test]
fn prefixes_of_ours() {
    prefixes_of_ours_do_not_mean_something_else(&UNSHARE_TABLE);
    prefixes_of_ours_do_not_mean_something_else(&NSENTER_TABLE);
}

/// How an option was written is kept for messages.
#[test]
fn the_spelling_is_kept() {
    let mut parser = Parser::new(&UNSHARE_TABLE, ["-u", "--ut"]);
    assert_eq!(parser.next().unwrap().unwrap().spelling, Spelling::Short('u'));
    assert_eq!(parser.next().unwrap().unwrap().spelling, Spelling::Long("uts"));
}

//! Reads argv through a table, by the rules of getopt_long(3): with a leading `+` (stop at the first operand) where the operands
//! are another program's words, else without.

use std::ffi::{OsStr, OsString};
use std::fmt;

use super::table::{Opt, Table, Value};

/// argv as a stream of options, so that a tool reports a wrong value before it looks at a later option.
#[derive(Debug)]
pub struct Parser<'t, K: 'static> {
    table: &'t Table<K>,
    args: lexopt::Parser,
    /// The operands between the options; only the one that ended them, where one does: the others are still in `args`.
    operands: Vec<OsString>,
}

/// One option as it was given.
#[derive(Debug)]
pub struct Item<K: 'static> {
    /// Which option.
    pub key: K,
    /// Its value, if one was given; see [`Item::value_or_default`].
    pub value: Option<OsString>,
    /// How it was written, for messages.
    pub spelling: Spelling,
    /// Its row.
    pub option: &'static Opt<K>,
}

impl<K> Item<K> {
    /// The value, or what the table says that its absence stands for.
    pub fn value_or_default(&self) -> Option<&OsStr> {
        self.value.as_deref().or_else(|| self.option.value.default().map(OsStr::new))
    }
}

/// How an option was written. Displays as `--map-user` (always in full) or `-S`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// With two dashes, perhaps abbreviated.
    Long(&'static str),
    /// With one dash, alone or in a bundle.
    Short(char),
}

impl fmt::Display for Spelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Long(name) => write!(f, "--{name}"),
            Self::Short(letter) => write!(f, "-{letter}"),
        }
    }
}

/// argv does not follow the table. Displays as glibc's getopt_long(3) words it, without the `prog: ` before it.
///
/// Two differences: of an unknown short option that is not ASCII, getopt prints the first byte, we the character;
/// bytes that are not UTF-8 are shown as U+FFFD.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// No option has this name or begins with it.
    #[error("unrecognized option '--{typed}'")]
    UnknownLong {
        /// As typed, with its value.
        typed: String,
    },
    /// No option has this letter.
    #[error("invalid option -- '{letter}'")]
    UnknownShort {
        /// The letter.
        letter: char,
    },
    /// Several options begin with this name.
    #[error("option '--{typed}' is ambiguous; possibilities:{}", listed(possibilities))]
    Ambiguous {
        /// As typed, with its value.
        typed: String,
        /// The full names, in table order.
        possibilities: Vec<&'static str>,
    },
    /// A long option lacks its value.
    #[error("option '--{long}' requires an argument")]
    MissingLongArgument {
        /// The full name.
        long: &'static str,
    },
    /// A short option lacks its value.
    #[error("option requires an argument -- '{letter}'")]
    MissingShortArgument {
        /// The letter.
        letter: char,
    },
    /// A long option that has no value was given one.
    #[error("option '--{long}' doesn't allow an argument")]
    UnexpectedArgument {
        /// The full name.
        long: &'static str,
    },
    /// What lexopt refuses: a value that nobody took. Cannot happen, since values are taken at once.
    #[error(transparent)]
    Lexopt(#[from] lexopt::Error),
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!(" '--{name}'")).collect()
}

impl<'t, K: Copy + PartialEq> Parser<'t, K> {
    /// A parser over `args`: what follows `argv[0]`.
    pub fn new<I>(table: &'t Table<K>, args: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let mut args = lexopt::Parser::from_args(args);
        // getopt knows no `-S=5`: there the value is `=5`, and in `-m=5` the `=` is one more letter.
        args.set_short_equals(false);
        Self { table, args, operands: Vec::new() }
    }

    /// The next option; `None` at the end, after `--`, and at the first operand where that ends the options.
    ///
    /// # Errors
    ///
    /// The first violation of the table. The tools stop there.
    #[expect(clippy::should_implement_trait, reason = "a fallible stream, as lexopt's own")]
    pub fn next(&mut self) -> Result<Option<Item<K>>, UsageError> {
        let table = self.table;
        if table.operands.end_options() && !self.operands.is_empty() {
            return Ok(None);
        }
        loop {
            return match self.args.next()? {
                None => Ok(None),
                Some(lexopt::Arg::Value(operand)) => {
                    self.operands.push(operand);
                    if !table.operands.end_options() {
                        continue;
                    }
                    Ok(None)
                }
                Some(lexopt::Arg::Short(letter)) => self.short(letter).map(Some),
                Some(lexopt::Arg::Long(typed)) => match lookup(table, typed) {
                    Lookup::Found(option) => self.long(option).map(Some),
                    Lookup::Ambiguous(possibilities) => {
                        let typed = typed.to_owned();
                        Err(UsageError::Ambiguous { typed: self.with_value(typed), possibilities })
                    }
                    Lookup::Unknown => {
                        let typed = typed.to_owned();
                        Err(UsageError::UnknownLong { typed: self.with_value(typed) })
                    }
                },
            };
        }
    }

    /// The operands, untouched. To be called when [`Parser::next`] has returned `None`.
    pub fn operands(mut self) -> Vec<OsString> {
        let rest = self.args.try_raw_args();
        self.operands.reserve_exact(rest.as_ref().map_or(0, |rest| rest.as_slice().len()));
        self.operands.extend(rest.into_iter().flatten());
        self.operands
    }

    fn short(&mut self, letter: char) -> Result<Item<K>, UsageError> {
        let Some(option) = self.table.options.iter().find(|row| row.short == Some(letter)) else {
            return Err(UsageError::UnknownShort { letter });
        };
        let value = match option.value {
            Value::Required(_) => {
                let value = self.args.value().map_err(|_| UsageError::MissingShortArgument { letter })?;
                Some(value)
            }
            Value::Optional { .. } if option.short_takes_value => self.args.optional_value(),
            // What follows in this word are more letters.
            Value::Optional { .. } | Value::None => None,
        };
        Ok(Item { key: option.key, value, spelling: Spelling::Short(letter), option })
    }

    fn long(&mut self, option: &'static Opt<K>) -> Result<Item<K>, UsageError> {
        let long = option.long;
        let value = match option.value {
            Value::Required(_) => {
                let value = self.args.value().map_err(|_| UsageError::MissingLongArgument { long })?;
                Some(value)
            }
            Value::Optional { .. } => self.args.optional_value(),
            Value::None if self.args.optional_value().is_some() => {
                return Err(UsageError::UnexpectedArgument { long });
            }
            Value::None => None,
        };
        Ok(Item { key: option.key, value, spelling: Spelling::Long(long), option })
    }

    /// Restores the word as it was typed: getopt quotes it with its value where it did not find the option.
    fn with_value(&mut self, mut typed: String) -> String {
        if let Some(value) = self.args.optional_value() {
            typed.push('=');
            typed.push_str(&value.to_string_lossy());
        }
        typed
    }
}

enum Lookup<K: 'static> {
    Found(&'static Opt<K>),
    Ambiguous(Vec<&'static str>),
    Unknown,
}

/// Finds a long option by its full name, or else by an abbreviation: among the original's first, so that no
/// option of ours makes ambiguous what the original accepts.
fn lookup<K: Copy + PartialEq>(table: &Table<K>, typed: &str) -> Lookup<K> {
    if let Some(exact) = table.options.iter().find(|row| row.long == typed) {
        return Lookup::Found(exact);
    }
    for original in [true, false] {
        let mut candidates = table
            .options
            .iter()
            .filter(|row| row.since.is_original() == original && row.long.starts_with(typed));
        let Some(first) = candidates.next() else { continue };
        // getopt compares every other candidate with the first, and leaves out those that mean the same.
        let others = candidates.filter(|row| row.key != first.key || !row.value.same_kind(first.value));
        let mut possibilities: Vec<&'static str> = others.map(|row| row.long).collect();
        if possibilities.is_empty() {
            return Lookup::Found(first);
        }
        possibilities.insert(0, first.long);
        return Lookup::Ambiguous(possibilities);
    }
    Lookup::Unknown
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Key, TABLE};
    use super::*;

    /// Options as `key=value` words, then `|`, then the operands; or the error's text.
    fn read(args: &[&str]) -> String {
        let mut parser = Parser::new(&TABLE, args);
        let mut words = Vec::new();
        loop {
            match parser.next() {
                Ok(Some(item)) => words.push(match item.value {
                    Some(value) => format!("{:?}={}", item.key, value.to_string_lossy()),
                    None => format!("{:?}", item.key),
                }),
                Ok(None) => break,
                Err(error) => return error.to_string(),
            }
        }
        words.push("|".to_owned());
        words.extend(parser.operands().iter().map(|word| word.to_string_lossy().into_owned()));
        words.join(" ")
    }

    #[test]
    fn values_are_found_where_getopt_finds_them() {
        for (args, expected) in [
            (&["-ufS5", "-S", "6", "-S", "--", "x"] as &[&str], "Uts Fork Setuid=5 Setuid=6 Setuid=-- | x"),
            (&["--root=/a", "--root", "/b", "--root="], "Root=/a Root=/b Root= |"),
            (&["--uts=/f", "--uts", "/f"], "Uts=/f Uts | /f"),
            (&["-S=5"], "Setuid==5 |"),
            (&["-tFILE", "-t", "FILE"], "Target=FILE Target | FILE"),
            (&["-u", "-", "-u"], "Uts | - -u"),
            (&["-u", "--", "--", "-u"], "Uts | -- -u"),
            (&["sh", "-c", "--"], "| sh -c --"),
            (&["--"], "|"),
            (&[""], "| "),
        ] {
            assert_eq!(read(args), expected, "{args:?}");
        }
    }

    #[test]
    fn errors_read_as_getopts() {
        for (args, expected) in [
            (&["--foo"] as &[&str], "unrecognized option '--foo'"),
            (&["--foo=bar"], "unrecognized option '--foo=bar'"),
            (&["---uts"], "unrecognized option '---uts'"),
            (&["-ux"], "invalid option -- 'x'"),
            (&["-u=/f"], "invalid option -- '='"),
            (&["-u/f"], "invalid option -- '/'"),
            (&["-u-"], "invalid option -- '-'"),
            (&["-S"], "option requires an argument -- 'S'"),
            (&["--ro"], "option '--root' requires an argument"),
            (&["--fo=1"], "option '--fork' doesn't allow an argument"),
            (&["--map=x"], "option '--map=x' is ambiguous; possibilities: '--map-user' '--map-users'"),
        ] {
            assert_eq!(read(args), expected, "{args:?}");
        }
    }

    #[test]
    fn abbreviations_belong_to_the_original_first() {
        // `--fo` also begins --forget, `--u` --until: both ours.
        assert_eq!(read(&["--fo", "--u=/f"]), "Fork Uts=/f |");
        assert_eq!(read(&["--forg", "--un=1"]), "Forget Until=1 |");
        // An exact name wins over longer ones; two names of one option are not ambiguous.
        assert_eq!(read(&["--map-user=0", "--alias", "--al"]), "MapUser=0 Alias Alias |");
    }

    #[cfg(unix)]
    #[test]
    fn values_need_not_be_unicode() {
        use std::os::unix::ffi::{OsStrExt, OsStringExt};
        let bytes = b"--root=\xff/\xfe".to_vec();
        let mut parser = Parser::new(&TABLE, [OsString::from_vec(bytes)]);
        let item = parser.next().ok().flatten();
        assert_eq!(item.as_ref().map(|item| item.key), Some(Key::Root));
        assert_eq!(item.and_then(|item| item.value).as_deref(), Some(OsStr::from_bytes(b"\xff/\xfe")));
    }
}

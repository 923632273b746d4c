//! POSIX extended regular expressions, as glibc reads them, in the syntax of `regex_lite`.
//!
//! What decides is whether there is a match at all: that the two prefer different ones of several makes no difference.
//! Compared on a million generated pairs, they differ in what the module names, and where glibc lets `.^` and `$.` match at
//! a line end within the text, which POSIX does not.

use super::error::PatternFault as Fault;
use regex_lite::{Regex, RegexBuilder};
use std::borrow::Cow;
use std::collections::VecDeque;

/// As in glibc (RE_DUP_MAX).
const MAX_REPETITIONS: u32 = 32767;

/// Of the compiled expression, in bytes. Some twenty thousand characters, when every repetition is written out.
const MAX_SIZE: usize = 1 << 20;

const CLASSES: [&str; 12] = [
    "alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
    "xdigit",
];

/// A regular expression.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Regex);

impl Pattern {
    pub(super) fn new(pattern: &[u8]) -> Result<Self, Fault> {
        let nesting = u32::try_from(pattern.len()).map_err(|_| Fault::TooBig)?;
        RegexBuilder::new(&translated(&characters(pattern))?)
            .dot_matches_new_line(true)
            .size_limit(MAX_SIZE)
            .nest_limit(nesting + 1)
            .build()
            .map(Pattern)
            .map_err(|_| Fault::TooBig)
    }

    /// Does it match anywhere in the text?
    pub(super) fn is_match(&self, text: &[u8]) -> bool {
        self.0.is_match(&characters(text))
    }
}

/// A byte that is not UTF-8 becomes one of the last characters that there are, which mean nothing to anybody.
fn characters(text: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(text) {
        return Cow::Borrowed(text);
    }
    let mut characters = String::with_capacity(text.len() * 2);
    for chunk in text.utf8_chunks() {
        characters.push_str(chunk.valid());
        characters
            .extend(chunk.invalid().iter().filter_map(|byte| char::from_u32(0x0010_FF00 + u32::from(*byte))));
    }
    Cow::Owned(characters)
}

fn translated(pattern: &str) -> Result<String, Fault> {
    let mut translator = Translator {
        rest: pattern.chars().collect(),
        out: String::with_capacity(pattern.len() * 6),
        groups: Vec::new(),
        atom: None,
        repeated: false,
    };
    while let Some(character) = translator.next() {
        translator.element(character)?;
    }
    if translator.groups.is_empty() { Ok(translator.out) } else { Err(Fault::Parenthesis) }
}

struct Translator {
    rest: VecDeque<char>,
    out: String,
    /// Where in `out` the groups start that are open.
    groups: Vec<usize>,
    /// Where in `out` that starts to which a repetition applies.
    atom: Option<usize>,
    /// It ends in a repetition.
    repeated: bool,
}

impl Translator {
    fn next(&mut self) -> Option<char> {
        self.rest.pop_front()
    }

    fn next_if(&mut self, character: char) -> bool {
        let is_next = self.is_next(0, character);
        if is_next {
            self.next();
        }
        is_next
    }

    fn element(&mut self, character: char) -> Result<(), Fault> {
        match character {
            '(' => {
                self.groups.push(self.out.len());
                self.no_atom("(?:");
            }
            ')' => match self.groups.pop() {
                Some(start) => {
                    self.atom(")");
                    self.atom = Some(start);
                }
                None => self.atom(&literal(')')),
            },
            '|' => self.no_atom("|"),
            '^' => self.no_atom("^"),
            '$' => self.no_atom("$"),
            '.' => self.atom("."),
            '*' => self.repeat("*")?,
            '+' => self.repeat("+")?,
            '?' => self.repeat("?")?,
            '{' => self.interval()?,
            '[' => self.bracket()?,
            '\\' => self.escape()?,
            other => self.atom(&literal(other)),
        }
        Ok(())
    }

    fn atom(&mut self, text: &str) {
        self.atom = Some(self.out.len());
        self.repeated = false;
        self.out.push_str(text);
    }

    fn no_atom(&mut self, text: &str) {
        self.atom = None;
        self.out.push_str(text);
    }

    /// `a+?` is `(a+)?` here and something else there.
    fn repeat(&mut self, repetition: &str) -> Result<(), Fault> {
        let start = self.atom.ok_or(Fault::NothingToRepeat)?;
        if self.repeated {
            self.out.insert_str(start, "(?:");
            self.out.push(')');
        }
        self.out.push_str(repetition);
        self.repeated = true;
        Ok(())
    }

    /// `{2}`, `{2,}`, `{2,5}`, `{,5}`, after the brace.
    fn interval(&mut self) -> Result<(), Fault> {
        if self.atom.is_none() {
            return Err(Fault::NothingToRepeat);
        }
        let least = self.number()?;
        let most = if self.next_if(',') { self.number()? } else { Some(least.ok_or(Fault::Interval)?) };
        let least = least.unwrap_or(0);
        if !self.next_if('}') || most.is_some_and(|most| most < least) {
            return Err(Fault::Interval);
        }
        match most {
            Some(most) => self.repeat(&format!("{{{least},{most}}}")),
            None => self.repeat(&format!("{{{least},}}")),
        }
    }

    fn number(&mut self) -> Result<Option<u32>, Fault> {
        let mut number = None;
        while let Some(digit) = self.rest.front().and_then(|digit| digit.to_digit(10)) {
            self.next();
            number = Some(number.unwrap_or(0) * 10 + digit);
            if number > Some(MAX_REPETITIONS) {
                return Err(Fault::TooBig);
            }
        }
        Ok(number)
    }

    /// After a backslash. GNU's additions are understood; before any other character it takes away its meaning.
    fn escape(&mut self) -> Result<(), Fault> {
        match self.next().ok_or(Fault::Backslash)? {
            '1'..='9' => return Err(Fault::BackReference),
            'w' => self.atom(r"\w"),
            'W' => self.atom(r"\W"),
            's' => self.atom(r"\s"),
            'S' => self.atom(r"\S"),
            'b' => self.no_atom(r"\b"),
            'B' => self.no_atom(r"\B"),
            '<' => self.no_atom(r"\<"),
            '>' => self.no_atom(r"\>"),
            '`' => self.no_atom("^"),
            '\'' => self.no_atom("$"),
            other => self.atom(&literal(other)),
        }
        Ok(())
    }

    /// `[…]`, after the first bracket. A backslash is one of its characters.
    fn bracket(&mut self) -> Result<(), Fault> {
        self.atom("[");
        if self.next_if('^') {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let character = self.next().ok_or(Fault::Bracket)?;
            if character == ']' && !first {
                self.out.push(']');
                return Ok(());
            }
            // In the middle it would belong to two ranges.
            if character == '-' && !first && !self.is_next(0, ']') {
                return Err(Fault::Range);
            }
            first = false;
            let start = self.member(character)?;
            if self.is_next(0, '-') && !self.is_next(1, ']') {
                self.next();
                self.range(start)?;
            } else if let Some(start) = start {
                self.out.push_str(&literal(start));
            }
        }
    }

    fn is_next(&self, ahead: usize, character: char) -> bool {
        self.rest.get(ahead) == Some(&character)
    }

    /// The end of a range whose start is this, after the hyphen.
    fn range(&mut self, start: Option<char>) -> Result<(), Fault> {
        let character = self.next().ok_or(Fault::Bracket)?;
        let end = self.member(character)?;
        let (start, end) = start.zip(end).filter(|(start, end)| start <= end).ok_or(Fault::Range)?;
        self.out.push_str(&literal(start));
        self.out.push('-');
        self.out.push_str(&literal(end));
        Ok(())
    }

    /// A character of a bracket, or, `None`, a class that has been written.
    fn member(&mut self, character: char) -> Result<Option<char>, Fault> {
        let kind = match self.rest.front() {
            Some(&kind @ (':' | '.' | '=')) if character == '[' => kind,
            _ => return Ok(Some(character)),
        };
        self.next();
        let mut name = String::new();
        while !(self.is_next(0, kind) && self.is_next(1, ']')) {
            name.push(self.next().ok_or(Fault::Bracket)?);
        }
        self.rest.drain(..2);
        let mut characters = name.chars();
        match (kind, characters.next(), characters.next()) {
            (':', ..) if CLASSES.contains(&name.as_str()) => {
                self.out.push_str(&format!("[:{name}:]"));
                Ok(None)
            }
            (':', ..) => Err(Fault::Class),
            ('.', Some(only), None) => Ok(Some(only)),
            (_, Some(only), None) => {
                self.out.push_str(&literal(only));
                Ok(None)
            }
            _ => Err(Fault::Collation),
        }
    }
}

/// A character that stands for itself, in a bracket as well.
fn literal(character: char) -> String {
    format!(r"\x{{{:x}}}", u32::from(character))
}

//! The words of an expression.

use super::Literal;
use super::error::{Fault, Reason};
use super::evaluate::Comparison;

#[derive(Debug, PartialEq)]
pub(super) enum Token<'t> {
    Open,
    Close,
    Not,
    And,
    Or,
    Compare(Comparison),
    Matches {
        negated: bool,
    },
    Literal(Literal),
    /// Of a column.
    Name(&'t str),
    End,
}

/// Reads one word after the other.
pub(super) struct Tokens<'t> {
    text: &'t [u8],
    /// The byte that is read next.
    at: usize,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Tokens { text, at: 0 }
    }

    /// The next word and where it starts. After the last one [`Token::End`], as often as asked.
    pub(super) fn next(&mut self) -> Result<(usize, Token<'t>), Fault> {
        self.take(u8::is_ascii_whitespace);
        let start = self.at;
        let rest = &self.text[start..];
        let token = match rest.first() {
            None => Token::End,
            Some(quote @ (b'"' | b'\'')) => self.string(*quote)?,
            Some(b'0'..=b'9') => self.number()?,
            Some(byte) if is_name_start(*byte) => self.word(),
            Some(_) => {
                let (length, token) = symbol(rest).ok_or_else(|| Fault::new(start, unexpected(rest)))?;
                self.at += length;
                token
            }
        };
        Ok((start, token))
    }

    /// The bytes from here for which this holds.
    fn take(&mut self, holds: impl Fn(&u8) -> bool) -> &'t [u8] {
        let rest = &self.text[self.at..];
        let length = rest.iter().take_while(|byte| holds(byte)).count();
        self.at += length;
        &rest[..length]
    }

    fn string(&mut self, quote: u8) -> Result<Token<'t>, Fault> {
        let start = self.at;
        self.at += 1;
        let text = self.take(|byte| *byte != quote);
        if self.at == self.text.len() {
            return Err(Fault::new(start, Reason::Unterminated(char::from(quote))));
        }
        self.at += 1;
        Ok(Token::Literal(Literal::Text(text.into())))
    }

    /// Digits, and what is written directly behind them.
    fn number(&mut self) -> Result<Token<'t>, Fault> {
        let start = self.at;
        let text = ascii(self.take(|byte| is_name(*byte)));
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, rest) = text.split_at(digits);
        let too_large = || Fault::new(start, Reason::TooLarge(text.to_owned()));
        if let Some(decimal) = decimal(text).filter(|_| rest.starts_with('.')) {
            // So many digits that it is infinite.
            return decimal
                .is_finite()
                .then_some(Token::Literal(Literal::Decimal(decimal)))
                .ok_or_else(too_large);
        }
        let exponent = match rest.strip_suffix("iB").unwrap_or(rest) {
            "" if rest.is_empty() => Some(0),
            "" => None,
            suffix => {
                ["K", "M", "G", "T", "P", "E", "Z", "Y"].iter().position(|s| *s == suffix).map(|at| at + 1)
            }
        };
        let exponent = exponent.ok_or_else(|| Fault::new(start, Reason::NotANumber(text.to_owned())))?;
        let number =
            (0..exponent).try_fold(integer(whole).ok_or_else(too_large)?, |n, _| n.checked_mul(1024));
        Ok(Token::Literal(Literal::Number(number.ok_or_else(too_large)?)))
    }

    fn word(&mut self) -> Token<'t> {
        let word = ascii(self.take(|byte| is_name(*byte)));
        match word.to_ascii_lowercase().as_str() {
            "and" => Token::And,
            "or" => Token::Or,
            "not" => Token::Not,
            "eq" => Token::Compare(Comparison::Equal),
            "ne" => Token::Compare(Comparison::NotEqual),
            "lt" => Token::Compare(Comparison::Less),
            "le" => Token::Compare(Comparison::AtMost),
            "gt" => Token::Compare(Comparison::Greater),
            "ge" => Token::Compare(Comparison::AtLeast),
            "true" => Token::Literal(Literal::Truth(true)),
            "false" => Token::Literal(Literal::Truth(false)),
            _ => Token::Name(word),
        }
    }
}

/// An operator of punctuation marks and its length.
fn symbol(rest: &[u8]) -> Option<(usize, Token<'static>)> {
    Some(match rest {
        [b'=', b'=', ..] => (2, Token::Compare(Comparison::Equal)),
        [b'!', b'=', ..] => (2, Token::Compare(Comparison::NotEqual)),
        [b'<', b'=', ..] => (2, Token::Compare(Comparison::AtMost)),
        [b'>', b'=', ..] => (2, Token::Compare(Comparison::AtLeast)),
        [b'=', b'~', ..] => (2, Token::Matches { negated: false }),
        [b'!', b'~', ..] => (2, Token::Matches { negated: true }),
        [b'&', b'&', ..] => (2, Token::And),
        [b'|', b'|', ..] => (2, Token::Or),
        [b'<', ..] => (1, Token::Compare(Comparison::Less)),
        [b'>', ..] => (1, Token::Compare(Comparison::Greater)),
        [b'!', ..] => (1, Token::Not),
        [b'(', ..] => (1, Token::Open),
        [b')', ..] => (1, Token::Close),
        _ => return None,
    })
}

fn unexpected(rest: &[u8]) -> Reason {
    match rest.first() {
        Some(b'=') => Reason::HalfAnOperator('=', "=="),
        Some(b'&') => Reason::HalfAnOperator('&', "&&"),
        Some(b'|') => Reason::HalfAnOperator('|', "||"),
        Some(b'~') => Reason::HalfAnOperator('~', "=~"),
        // Four bytes are enough for a character.
        _ => Reason::Unexpected(
            String::from_utf8_lossy(&rest[..rest.len().min(4)]).chars().next().unwrap_or_default(),
        ),
    }
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// Names of columns elsewhere are like `FSUSE%` and `MAJ:MIN`; none of these marks is an operator.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.:/%".contains(&byte)
}

/// What [`is_name`] has let through is ASCII.
fn ascii(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap_or_default()
}

/// Digits only. `None` also when they do not fit.
pub(super) fn integer(text: &str) -> Option<u64> {
    is_digits(text).then(|| text.parse().ok())?
}

/// Digits, perhaps with a point and more digits.
pub(super) fn decimal(text: &str) -> Option<f64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    (is_digits(whole) && is_digits(part)).then(|| text.parse().ok())?
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

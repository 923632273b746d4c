//! What can be wrong with an expression.

use super::{MAX_LENGTH, MAX_NODES, MAX_PATTERN};

/// Why there is no filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// It is no expression.
    #[error("failed to parse \"{expression}\": {reason}, at character {position}")]
    Syntax {
        /// As it was given; U+FFFD for what is not UTF-8, and cut when it is too long.
        expression: String,
        /// Where, in characters from 1; one more than there are for its end.
        position: usize,
        /// What is wrong there.
        reason: Reason,
    },
    /// It asks about a column that there is not.
    #[error(
        "failed to initialize filter: unknown column: {name}, at character {position} of \"{expression}\""
    )]
    UnknownColumn {
        /// As it was given.
        expression: String,
        /// Where, in characters from 1.
        position: usize,
        /// As it was written.
        name: String,
    },
}

/// What is wrong at a place in an expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// More than [`MAX_LENGTH`] bytes; here is the first that is too many.
    #[error("{0} bytes are too many, {MAX_LENGTH} are allowed")]
    TooLong(usize),
    /// More than [`MAX_NODES`] operands and operators.
    #[error("there are more than {MAX_NODES} operands and operators")]
    TooManyNodes,
    /// A character that starts nothing.
    #[error("unexpected '{0}'")]
    Unexpected(char),
    /// A character that is the half of an operator.
    #[error("'{0}' is no operator, '{1}' is")]
    HalfAnOperator(char, &'static str),
    /// The closing quote is missing.
    #[error("the string has no closing {0}")]
    Unterminated(char),
    /// Digits with something behind them.
    #[error(
        "\"{0}\" is not a number; the suffixes are K, M, G, T, P, E, Z and Y, with or without iB, of whole ones"
    )]
    NotANumber(String),
    /// A number of more than 64 bits.
    #[error("\"{0}\" is too large")]
    TooLarge(String),
    /// There is something else, or the end.
    #[error("a column, a number, a string or '(' is expected")]
    OperandExpected,
    /// There is something else.
    #[error("an operator is expected")]
    OperatorExpected,
    /// A parenthesis that is never closed.
    #[error("this '(' is not closed")]
    Unclosed,
    /// A parenthesis that was never opened.
    #[error("this ')' closes nothing")]
    Unopened,
    /// Something other than a string literal after `=~` or `!~`.
    #[error("a regular expression in quotes is expected after =~ and !~")]
    PatternExpected,
    /// More than [`MAX_PATTERN`] bytes.
    #[error("the regular expression has {0} bytes, {MAX_PATTERN} are allowed")]
    PatternTooLong(usize),
    /// It is no regular expression.
    #[error("regular expression: {0}")]
    Pattern(PatternFault),
    /// Told as [`FilterError::UnknownColumn`].
    #[error("unknown column: {0}")]
    UnknownColumn(String),
}

/// What is wrong with a regular expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternFault {
    /// A repetition at the start, or of an anchor.
    #[error("there is nothing to repeat")]
    NothingToRepeat,
    /// `{` without numbers that make sense, or without `}`.
    #[error("invalid content of {{}}")]
    Interval,
    /// A `(` that is never closed.
    #[error("unmatched (")]
    Parenthesis,
    /// A `[` that is never closed, also within one: `[:`, `[.`, `[=`.
    #[error("unmatched [, [:, [. or [=")]
    Bracket,
    /// Its end is before its start, or one of them is no character.
    #[error("invalid range end")]
    Range,
    /// There is none of this name.
    #[error("invalid character class name")]
    Class,
    /// `[.name.]` or `[=name=]` of more than a character.
    #[error("invalid collation character")]
    Collation,
    /// `\1` to `\9`.
    #[error("back-references are not supported")]
    BackReference,
    /// A backslash at the end.
    #[error("trailing backslash")]
    Backslash,
    /// Too many repetitions of too much.
    #[error("regular expression too big")]
    TooBig,
}

/// A reason, and the byte where it is.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) reason: Reason,
}

impl Fault {
    pub(super) fn new(at: usize, reason: Reason) -> Self {
        Fault { at, reason }
    }
}

impl FilterError {
    pub(super) fn new(text: &[u8], Fault { at, reason }: Fault) -> Self {
        let position = String::from_utf8_lossy(&text[..at.min(text.len())]).chars().count() + 1;
        let mut expression = String::from_utf8_lossy(&text[..text.len().min(MAX_LENGTH)]).into_owned();
        if text.len() > MAX_LENGTH {
            expression.push('…');
        }
        match reason {
            Reason::UnknownColumn(name) => FilterError::UnknownColumn { expression, position, name },
            reason => FilterError::Syntax { expression, position, reason },
        }
    }
}

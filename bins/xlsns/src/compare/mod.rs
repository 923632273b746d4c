//! `--compare`: processes side by side.

mod json;
mod table;

pub use json::json;
pub use table::table;

use std::ffi::{OsStr, OsString};
use thiserror::Error;

/// What is wrong with the operands.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OperandError {
    /// One process, or none.
    #[error("--compare needs two or more PIDs")]
    TooFew,
    /// Not a decimal number from 1 on.
    #[error("failed to parse pid: '{}'", .0.display())]
    NoPid(OsString),
}

/// The PIDs.
///
/// # Errors
/// When they are fewer than two, or one is none.
pub fn pids(words: &[OsString]) -> Result<Vec<u32>, OperandError> {
    let pids = words.iter().map(|word| pid(word)).collect::<Result<Vec<_>, _>>()?;
    if pids.len() < 2 { Err(OperandError::TooFew) } else { Ok(pids) }
}

fn pid(word: &OsStr) -> Result<u32, OperandError> {
    let digits = word.to_str().filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let number = digits.and_then(|digits| digits.parse().ok());
    // A PID is a positive int (PID_MAX_LIMIT, proc_sys_kernel(5)).
    number
        .filter(|pid| *pid > 0 && i32::try_from(*pid).is_ok())
        .ok_or_else(|| OperandError::NoPid(word.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands() {
        let pids = |words: &[&str]| pids(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(pids(&["1", "4711", "1"]), Ok(vec![1, 4711, 1]));
        assert_eq!(pids(&["1"]), Err(OperandError::TooFew));
        assert_eq!(pids(&[]), Err(OperandError::TooFew));
        for word in ["0", "-1", "+1", "self", "", " 1", "1x", "2147483648", "99999999999"] {
            assert_eq!(pids(&["1", word]), Err(OperandError::NoPid(word.into())));
        }
    }
}

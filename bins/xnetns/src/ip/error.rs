//! What is wrong with the words, said as `ip` says it.

use std::ffi::{OsStr, OsString};
use thiserror::Error;
use xns_cli::Diagnostic;
use xns_cli::shown::shown;
use xns_cli::table::Charset;
use xns_core::{Facts, Hint};
use xns_net::{DeviceName, NetnsName, NetnsNameError};
use xns_tool::{Asks, Refusal};

/// Why the words are not taken.
#[derive(Debug, Error)]
pub(crate) enum WordsError {
    #[error("help asked for")]
    Help,
    #[error(transparent)]
    Name(#[from] NetnsNameError),
    #[error("Command line is not complete. Try option \"help\"")]
    Incomplete,
    #[error("Not enough information: \"{word}\" argument is required{}", if *.status == 1 && *.word == "type" { "" } else { "." })]
    Missing { word: &'static str, status: u8 },
    #[error("Error: duplicate \"{word}\": \"{}\" is the second value.", Shown(second))]
    Duplicate { word: &'static str, second: OsString },
    #[error("Error: either \"{of}\" is duplicate, or \"{}\" is a garbage.", Shown(word))]
    Garbage { of: &'static str, word: OsString },
    #[error("both \"name\" and \"dev\" cannot be used when creating devices.")]
    NameAndDevice,
    #[error("Error: argument \"{}\" is wrong: {what}{}", Shown(word), if *.gap { "\n" } else { "" })]
    Argument { word: OsString, what: String, gap: bool },
    #[error("Error: argument of \"{of}\" must be {choices}, not \"{}\"", Shown(word))]
    Choice { of: &'static str, choices: String, word: OsString },
    #[error("Error: {wanted} is expected rather than \"{}\".", Shown(word))]
    Expected { wanted: String, word: OsString },
    #[error("\"{}\" is invalid lladdr.", Shown(.0))]
    Hardware(OsString),
    #[error("Invalid address length {0} - must be 6 bytes")]
    HardwareLength(usize),
    #[error("Cannot find device \"{}\"", Shown(word))]
    NoDevice { word: OsString, status: u8 },
    #[error("Device \"{}\" does not exist.", Shown(.0))]
    NotThere(OsString),
    #[error("Error: Attribute failed policy validation.")]
    LongName(OsString),
    #[error("Command \"{}\" is unknown, try \"ip {object} help\".", Shown(word))]
    Verb { object: &'static str, word: OsString },
    #[error("{kind}: unknown command \"{}\"?", Shown(word))]
    Setting { kind: String, word: OsString },
    #[error("Error: \"nexthop\" or end of line is expected instead of \"{}\"", Shown(.0))]
    NoHop(OsString),
    #[error("{0}")]
    Said(&'static str, u8),
    #[error("{at}: xnetns has no \"{}\": use ip {at} …", Shown(word))]
    Foreign { at: &'static str, word: OsString },
}

/// The keyword for a network namespace.
const NETNS: &str = "netns";

impl WordsError {
    /// `Invalid "mtu" value`, after which `ip` leaves a line.
    pub(crate) fn invalid(of: &str, word: impl Into<OsString>) -> Self {
        WordsError::Argument { word: word.into(), what: format!("Invalid \"{of}\" value"), gap: true }
    }

    /// `invalid "scope" value`, likewise.
    pub(crate) fn invalid_value(of: &str, word: impl Into<OsString>) -> Self {
        WordsError::Argument { word: word.into(), what: format!("invalid \"{of}\" value"), gap: true }
    }

    /// A network namespace that is none: neither a name, a PID nor a file.
    pub(crate) fn no_netns(word: impl Into<OsString>) -> Self {
        Self::invalid(NETNS, word)
    }

    /// The name that was meant, if the word could be one.
    fn missing_name(&self) -> Option<NetnsName> {
        match self {
            WordsError::Argument { word, what, .. } if *what == format!("Invalid \"{NETNS}\" value") => {
                NetnsName::existing(word).ok()
            }
            _ => None,
        }
    }

    /// The status that `ip` ends with.
    fn status(&self) -> u8 {
        match self {
            WordsError::Missing { status, .. }
            | WordsError::NoDevice { status, .. }
            | WordsError::Said(_, status) => *status,
            WordsError::Choice { .. }
            | WordsError::Expected { .. }
            | WordsError::Hardware(_)
            | WordsError::HardwareLength(_)
            | WordsError::NotThere(_)
            | WordsError::Setting { .. } => 1,
            WordsError::LongName(_) => 2,
            _ => 255,
        }
    }
}

/// The same line for `ip`: without our options, which have two dashes.
fn as_ip(command: &[OsString]) -> String {
    let mut words: Vec<&OsStr> = vec!["ip".as_ref()];
    let mut rest = command.iter().skip(1);
    while let Some(word) = rest.next() {
        match word.to_str() {
            Some("--hints" | "--error-format") => _ = rest.next(),
            Some(option) if option.starts_with("--") => {}
            _ => words.push(word),
        }
    }
    xns_core::shell::line(words)
}

/// Why no device has this name.
pub(crate) fn device_name(word: &OsString) -> Hint {
    let cause = format!(
        "a device's name is 1 to {} bytes without '/', ':', blanks and control characters",
        DeviceName::LONGEST
    );
    Hint::new("XNS-E60-device-name", cause).because(format!("\"{}\" has {}", Shown(word), word.len()))
}

/// For a terminal.
struct Shown<'a>(&'a OsString);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&shown(self.0.as_encoded_bytes(), Charset::Utf8))
    }
}

impl Refusal for WordsError {
    fn asks(&self) -> Option<Asks> {
        matches!(self, WordsError::Help).then_some(Asks::Help)
    }

    fn hint(&self, facts: &Facts) -> Option<Hint> {
        match self {
            WordsError::Foreign { word, .. } | WordsError::Setting { word, .. } => {
                let line = as_ip(facts.command());
                let cause = format!("xnetns has not all of ip: \"{}\" is left to it", Shown(word));
                Some(Hint::new("XNS-NET-word", cause).cure(line, "the same by ip"))
            }
            WordsError::LongName(word) => Some(
                Hint::new("XNS-E60-device-name", "the name of a device has 15 bytes at most")
                    .because(format!("\"{}\" has {}", Shown(word), word.len())),
            ),
            WordsError::Argument { word, what, .. } if what.ends_with("not a valid ifname") => {
                Some(device_name(word))
            }
            error => xns_net::why_unusable(&error.missing_name()?, facts),
        }
    }

    fn into_diagnostic(self) -> Diagnostic {
        let (status, foreign) = (self.status(), matches!(self, WordsError::Foreign { .. }));
        let diagnostic = Diagnostic::new(self.to_string(), status);
        if foreign { diagnostic } else { diagnostic.retold(self.to_string(), status) }
    }
}

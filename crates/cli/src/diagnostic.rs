//! How a failure is told: line one in the original's form; cause, evidence and cure after it; or all of it as JSON.

use crate::shown;
use serde::Serialize;
use std::ffi::OsStr;
use std::fmt::Write;
use xns_core::shell::one_line;
use xns_core::{Errno, Hint, errno};
use xns_sys::fd;

/// Everything there is to say about a failure.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    message: String,
    /// Lines that show the wrong place.
    pointed: Option<String>,
    errno: Option<Errno>,
    usage: bool,
    silent: bool,
    /// Is the message all of the first line, without the tool's name?
    bare: bool,
    step: Option<usize>,
    call: Option<String>,
    hint: Option<Hint>,
    /// The exit status.
    pub status: u8,
}

/// Text for people or JSON for programs (`--error-format`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorFormat {
    /// The original's line, and a hint.
    #[default]
    Text,
    /// One line of JSON, always with the hint.
    Json,
}

/// When hints are shown (`--hints`, `XNS_HINTS`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HintMode {
    /// When standard error is a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl HintMode {
    /// The word after `--hints` or in `XNS_HINTS`.
    pub fn parse(word: &OsStr) -> Option<Self> {
        match word.to_str()? {
            "auto" => Some(HintMode::Auto),
            "always" => Some(HintMode::Always),
            "never" => Some(HintMode::Never),
            _ => None,
        }
    }

    /// Is a hint to be shown, and so worth finding out?
    pub fn wanted(self) -> bool {
        match self {
            HintMode::Auto => fd::is_terminal(fd::stderr()),
            HintMode::Always => true,
            HintMode::Never => false,
        }
    }
}

impl ErrorFormat {
    /// The word after `--error-format`.
    pub fn parse(word: &OsStr) -> Option<Self> {
        match word.to_str()? {
            "text" => Some(ErrorFormat::Text),
            "json" => Some(ErrorFormat::Json),
            _ => None,
        }
    }
}

impl Diagnostic {
    /// A failure with this message, which ends the tool with this status.
    pub fn new(message: String, status: u8) -> Self {
        Diagnostic {
            message,
            pointed: None,
            errno: None,
            usage: false,
            silent: false,
            bare: false,
            step: None,
            call: None,
            hint: None,
            status,
        }
    }

    /// A misuse of the command line: a pointer to `--help` follows.
    pub fn usage(message: String) -> Self {
        Diagnostic { usage: true, ..Diagnostic::new(message, 1) }
    }

    /// The error that the system answered.
    pub fn cause(&self) -> Option<Errno> {
        self.errno
    }

    /// In the words of an original that does not say its name, and with its status.
    #[must_use]
    pub fn retold(self, message: String, status: u8) -> Self {
        Diagnostic { message, pointed: None, status, errno: None, usage: false, bare: true, ..self }
    }

    /// The first line without the tool's name and the system's error.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Is it in an original's words?
    pub fn is_retold(&self) -> bool {
        self.bare
    }

    /// With the error that the system answered.
    #[must_use]
    pub fn errno(mut self, errno: Errno) -> Self {
        self.errno = Some(errno);
        self
    }

    /// Somebody else (newuidmap) has said the first line already.
    #[must_use]
    pub fn already_told(mut self) -> Self {
        self.silent = true;
        self
    }

    /// With lines that show the wrong place in what was typed.
    #[must_use]
    pub fn pointed(mut self, lines: Option<String>) -> Self {
        self.pointed = lines;
        self
    }

    /// With the step of the plan that failed: its number from 1, and its call.
    #[must_use]
    pub fn step(mut self, number: usize, call: String) -> Self {
        self.step = Some(number);
        self.call = Some(call);
        self
    }

    /// With the cause.
    #[must_use]
    pub fn hint(mut self, hint: Option<Hint>) -> Self {
        self.hint = hint;
        self
    }

    /// With this status instead.
    #[must_use]
    pub fn with_status(mut self, status: u8) -> Self {
        self.status = status;
        self
    }

    /// Tells it on standard error. `name` is argv\[0\] as typed, which getopt's messages start with; the others start
    /// with its last component.
    pub fn tell(&self, name: &str, format: ErrorFormat) {
        let text = match format {
            ErrorFormat::Text => self.text(name),
            ErrorFormat::Json => self.json(name),
        };
        let _ = fd::write_all(fd::stderr(), text.as_bytes());
    }

    fn full_message(&self) -> String {
        match self.errno.filter(|_| !self.bare) {
            Some(e) => format!("{}: {}", self.message, errno::text(e)),
            None => self.message.clone(),
        }
    }

    fn text(&self, name: &str) -> String {
        let mut out = String::new();
        let (name, short) = (one_line(name), one_line(base_name(name)));
        if self.usage {
            let message = one_line(&self.message);
            let _ = writeln!(out, "{name}: {message}\nTry '{short} --help' for more information.");
        } else if self.bare {
            // An original may have two lines.
            self.message.lines().for_each(|line| out.extend([&*one_line(line), "\n"]));
        } else if !self.silent {
            let _ = writeln!(out, "{short}: {}", one_line(&self.full_message()));
        }
        if let Some(lines) = self.pointed.as_ref().filter(|_| !self.silent) {
            out.extend([lines, "\n"]);
        }
        if let Some(hint) = &self.hint {
            out.push_str("  ");
            out.push_str(&hint_text(hint));
        }
        out
    }

    fn json(&self, name: &str) -> String {
        let document = Json {
            tool: base_name(name),
            message: match &self.pointed {
                Some(lines) => format!("{}\n{lines}", self.full_message()),
                // An original may leave an empty line behind.
                None => self.full_message().trim_end().to_owned(),
            },
            errno: self.errno.map(errno::name),
            step: self.step,
            call: self.call.as_deref(),
            status: self.status,
            hint: self.hint.as_ref().map(JsonHint::of),
        };
        shown::json(&document) + "\n"
    }
}

/// Cause, evidence and cures, a line each.
fn hint_text(hint: &Hint) -> String {
    let mut out = format!("hint[{}]: {}\n", hint.id, one_line(&hint.cause));
    for evidence in &hint.because {
        let _ = writeln!(out, "  because: {}", one_line(evidence));
    }
    for (i, cure) in hint.cures.iter().enumerate() {
        let label = if i == 0 { "try:" } else { "or: " };
        let note = if cure.note.is_empty() { String::new() } else { format!("   ({})", cure.note) };
        let _ = writeln!(out, "  {label} {}{note}", one_line(&cure.action));
    }
    out
}

/// A hint without a failure, as it is told: `tool` is the last component of argv\[0\].
pub fn note(tool: &str, hint: &Hint, format: ErrorFormat) -> String {
    match format {
        ErrorFormat::Text => format!("{}: {}", one_line(tool), hint_text(hint)),
        ErrorFormat::Json => {
            let note = JsonNote { tool, hint: JsonHint::of(hint) };
            shown::json(&note) + "\n"
        }
    }
}

#[derive(Serialize)]
struct Json<'a> {
    tool: &'a str,
    message: String,
    errno: Option<String>,
    step: Option<usize>,
    call: Option<&'a str>,
    status: u8,
    hint: Option<JsonHint<'a>>,
}

#[derive(Serialize)]
struct JsonHint<'a> {
    id: &'a str,
    cause: &'a str,
    because: &'a [String],
    cures: Vec<JsonCure<'a>>,
}

impl<'a> JsonHint<'a> {
    fn of(hint: &'a Hint) -> Self {
        JsonHint {
            id: hint.id,
            cause: &hint.cause,
            because: &hint.because,
            cures: hint.cures.iter().map(|cure| JsonCure { action: &cure.action, note: cure.note }).collect(),
        }
    }
}

/// A hint without a failure.
#[derive(Serialize)]
struct JsonNote<'a> {
    tool: &'a str,
    hint: JsonHint<'a>,
}

#[derive(Serialize)]
struct JsonCure<'a> {
    action: &'a str,
    note: &'a str,
}

/// The last component of argv\[0\], as error(3)'s program_invocation_short_name.
pub fn base_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure() -> Diagnostic {
        let hint = Hint::new("XNS-E99-test", "it is a test")
            .because("it says so")
            .cure("stop", "now")
            .cure("go", "");
        Diagnostic::new("unshare failed".into(), 1).errno(Errno::EPERM).hint(Some(hint))
    }

    #[test]
    fn the_first_line_is_the_originals_and_the_cause_follows() {
        assert_eq!(
            failure().text("/usr/bin/xunshare"),
            "xunshare: unshare failed: Operation not permitted\n  hint[XNS-E99-test]: it is a test\n  \
             because: it says so\n  try: stop   (now)\n  or:  go\n"
        );
    }

    #[test]
    fn getopts_messages_start_with_the_name_as_typed() {
        let usage = Diagnostic::usage("invalid option -- 'x'".into());
        assert_eq!(
            usage.text("./xunshare"),
            "./xunshare: invalid option -- 'x'\nTry 'xunshare --help' for more information.\n"
        );
    }

    #[test]
    fn json_is_one_line_with_everything() {
        let json = failure().step(2, "unshare(CLONE_NEWNET)".into()).json("xunshare");
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json.lines().count(), 1);
        assert_eq!(
            (&value["errno"], &value["step"], &value["status"]),
            (&"EPERM".into(), &2.into(), &1.into())
        );
        assert_eq!(value["hint"]["cures"][0]["action"], "stop");
        let gap = Diagnostic::new(String::new(), 1).retold("Error: wrong\n".into(), 255).json("xnetns");
        assert!(gap.contains("\"Error: wrong\""), "{gap}");
    }
}

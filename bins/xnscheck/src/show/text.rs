//! The report for people: a row for each question, below a missing one its cause and what to try.

use crate::check::{Found, Outcome, Report, Walk};
use unicode_width::UnicodeWidthStr;
use xns_cli::table::Charset;
use xns_cli::{shown, terminal};
use xns_core::Facts;
use xns_sys::fd;

/// What is known of the reader.
pub(crate) struct Look {
    /// The width of the terminal; 80 where there is none.
    pub(crate) width: usize,
    pub(crate) charset: Charset,
}

pub(crate) fn look(facts: &Facts) -> Look {
    const USUAL: usize = 80;
    let variable = |name: &str| facts.variable(name);
    let width = terminal::width(fd::stdout(), variable).unwrap_or(USUAL);
    Look { width, charset: terminal::charset(variable) }
}

/// Where the columns begin, and how wide text is at least.
const RESULT: usize = 18;
const EVIDENCE: usize = 26;
const NARROWEST: usize = 24;

/// The table, and what it comes to.
pub(crate) fn text(report: &Report, look: &Look) -> String {
    let mut out = Lines { text: String::new(), look };
    let mut group = None;
    for (check, found) in &report.rows {
        if group != Some(check.group) {
            let gap = if group.is_some() { "\n" } else { "" };
            out.text += &format!("{gap}{}\n", check.group.heading());
            group = Some(check.group);
        }
        out.row(check.what, found);
    }
    if group.is_some() {
        out.text.push('\n');
    }
    let works: Vec<Walk> =
        report.walks.iter().copied().filter(|walk| !report.hindered().contains(walk)).collect();
    if report.works() && report.walks.len() == Walk::ALL.len() {
        out.wrapped("", 0, "The whole course works here, W1 to W10.");
        return out.text;
    }
    if !works.is_empty() {
        out.wrapped("", 0, &format!("Works here: {}.", names(&works)));
    }
    if !report.works() {
        out.wrapped("", 0, &format!("Something is missing for: {}.", names(&report.hindered())));
    }
    out.text
}

fn names(walks: &[Walk]) -> String {
    walks.iter().map(|walk| walk.name()).collect::<Vec<_>>().join(" ")
}

struct Lines<'l> {
    text: String,
    look: &'l Look,
}

impl Lines<'_> {
    fn row(&mut self, what: &str, found: &Found) {
        let result = match found.outcome {
            Outcome::Works => "ok",
            Outcome::Missing(_) => "missing",
            Outcome::Unknown { .. } => "?",
            Outcome::NotAsked { .. } => "-",
        };
        let head = format!("  {what:<column$}{result:<rest$}", column = RESULT - 2, rest = EVIDENCE - RESULT);
        let mut lines = found.all_evidence();
        if let Outcome::Unknown { why } | Outcome::NotAsked { why } = &found.outcome {
            lines.push(why);
        }
        match lines.split_first() {
            None => self.text += &format!("{}\n", head.trim_end()),
            Some((first, more)) => {
                self.wrapped(&head, EVIDENCE, first);
                more.iter().for_each(|line| self.wrapped("", EVIDENCE, line));
            }
        }
        let Outcome::Missing(hint) = &found.outcome else { return };
        self.wrapped("    cause: ", 11, &format!("{} [{}]", hint.cause, hint.id));
        for (at, cure) in hint.cures.iter().enumerate() {
            let label = if at == 0 { "    try:   " } else { "    or:    " };
            let note = if cure.note.is_empty() { String::new() } else { format!("   ({})", cure.note) };
            self.wrapped(label, 11, &format!("{}{note}", cure.action));
        }
    }

    /// `head`, and the words after it, from the column `indent` on, broken at the edge. A word that is too long stays whole: it is to be
    /// copied.
    fn wrapped(&mut self, head: &str, indent: usize, words: &str) {
        let words = shown::shown(words.as_bytes(), self.look.charset);
        let edge = self.look.width.max(indent + NARROWEST);
        let mut line = format!("{head:indent$}");
        let mut column = indent;
        for (at, word) in words.split(' ').enumerate() {
            let width = word.width();
            if at > 0 && column + 1 + width > edge && !word.is_empty() {
                self.text += &format!("{}\n", line.trim_end());
                line = " ".repeat(indent);
                column = indent;
            } else if at > 0 {
                line.push(' ');
                column += 1;
            }
            line += word;
            column += width;
        }
        self.text += &format!("{}\n", line.trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Hint;

    fn row(found: &Found) -> String {
        let look = Look { width: 60, charset: Charset::Ascii };
        let mut lines = Lines { text: String::new(), look: &look };
        lines.row("network", found);
        lines.text
    }

    #[test]
    fn a_row_is_broken_at_the_edge_and_keeps_its_columns() {
        let found = Found::works("unshare(CLONE_NEWNET): EPERM; with -r: ok, and more words");
        assert_eq!(
            row(&found),
            "  network         ok      unshare(CLONE_NEWNET): EPERM; with\n                          -r: ok, and more words\n"
        );
    }

    #[test]
    fn below_a_missing_row_are_its_cause_and_its_cures() {
        let hint = Hint::new("XNS-E99-test", "it is off")
            .because("it says 0")
            .cure("sysctl", "now")
            .cure("sudo", "");
        let found = Found::missing(hint, vec!["it says 0".to_owned()]);
        assert_eq!(
            row(&found),
            "  network         missing it says 0\n    cause: it is off [XNS-E99-test]\n    try:   sysctl   (now)\n    or:    sudo\n"
        );
    }

    #[test]
    fn what_others_named_moves_no_terminal() {
        assert!(!row(&Found::works("\u{1b}]0;x\u{7}")).contains('\u{1b}'));
    }
}

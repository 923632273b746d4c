//! `--help`, rendered by clap from the options table, into a text that the tool has compiled in. clap in the tool itself
//! would be a third of it, of which every launch maps pages; and building a Command of this size takes longer than the
//! rest of a launch.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command};

use xns_cli::options::{Domain, Opt, Table, Value, VerbRow};

/// The width `--help` is wrapped to: fixed, so that it reads the same everywhere.
const WIDTH: usize = 80;

/// What `-h` and `--help` print: plain text, grouped by heading.
pub(crate) fn help_text<K>(table: &Table<K>) -> String {
    let mut text = command(table).render_help().to_string();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// The table as a [`clap::Command`], for rendering only.
pub(crate) fn command<K>(table: &Table<K>) -> Command {
    let rows = table.headings.iter().flat_map(|heading| table.under(heading));
    Command::new(table.name)
        .about(table.about)
        .override_usage(table.usage.join("\n       ") + &verbs(table))
        .after_help(table.after_help)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .term_width(WIDTH)
        .args(rows.enumerate().map(|(order, row)| arg(row).display_order(order)))
}

/// What stands between usage and options: the verbs, where there are some.
fn verbs<K>(table: &Table<K>) -> String {
    let rows = table.operands.verbs();
    let form = |row: &VerbRow| format!("{} {}", row.name, row.operands).trim_end().to_owned();
    let width = rows.iter().map(|row| form(row).len()).max().unwrap_or(0);
    let lines = rows.iter().map(|row| format!("\n  {:width$}  {}", form(row), row.about));
    if rows.is_empty() { String::new() } else { "\n\nVerbs:".to_owned() + &lines.collect::<String>() }
}

fn arg<K>(row: &Opt<K>) -> Arg {
    let arg = Arg::new(row.long).long(row.long).help_heading(row.heading).help(help(row));
    let arg = match row.short {
        Some(letter) => arg.short(letter),
        None => arg,
    };
    let arg = match row.value {
        Value::None => return arg.action(ArgAction::SetTrue),
        Value::Required(name) => arg.value_name(name).num_args(1),
        Value::Optional { name, .. } => arg.value_name(name).num_args(0..=1).require_equals(true),
    };
    match row.domain {
        Domain::OneOf(words) => arg.value_parser(PossibleValuesParser::new(words)),
        _ => arg,
    }
}

/// clap shows the default of an option that is absent; ours is that of a value that is absent.
fn help<K>(row: &Opt<K>) -> String {
    match row.value.default() {
        Some(default) => format!("{} [default: {default}]", row.help),
        None => row.help.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_shows_each_form_and_fits_the_width() {
        let text = help_text(&xunshare::options::TABLE);
        for part in [
            "Usage: xunshare [OPTIONS] [PROGRAM [ARGUMENT]...]",
            "  -u, --uts[=<FILE>]  ",
            "  -R, --root <DIR>  ",
            "  -f, --fork  ",
            "      --mount-proc[=<DIR>]  ",
            "[default: /proc]",
            "[possible values:",
            "\nNamespaces:\n",
        ] {
            assert!(text.contains(part), "{part} is missing in:\n{text}");
        }
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert!(!text.contains('\u{1b}'));
    }
}

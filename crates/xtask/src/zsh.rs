//! The zsh completion, by clap_complete. What it has no word for is set right in its lines.

use crate::help::command;
use clap::{Arg, ArgAction, ValueHint};
use clap_complete::Shell;
use xns_cli::options::{Domain, Operands, Opt, Table, Value, complete};

/// The last part of clap_complete's script, which calls its function, begins so.
const END: &str = "if [ \"$funcstack[1]\"";

/// The completion script: a function `_NAME` for a directory in `fpath`.
pub(crate) fn script<K>(table: &Table<K>) -> String {
    let mut command = command(table).mut_args(|arg| shape(arg, table));
    if matches!(table.operands, Operands::Namespaces | Operands::Verbs(_)) {
        command = command.arg(Arg::new("operands").num_args(0..));
    } else if let Some(hint) = operand_hint(table.operands) {
        let operands = Arg::new("operands").num_args(0..).trailing_var_arg(true).value_hint(hint);
        command = command.arg(operands);
    }
    let mut script = Vec::new();
    clap_complete::generate(Shell::Zsh, &mut command, table.name, &mut script);
    let script = String::from_utf8_lossy(&script);
    let script: String = script.lines().map(|line| adapt(line, table) + "\n").collect();
    script.replacen(END, &format!("{}{END}", complete::zsh_functions(table)), 1)
}

fn shape<K>(arg: Arg, table: &Table<K>) -> Arg {
    let Some(row) = table.options.iter().find(|row| row.long == arg.get_id().as_str()) else { return arg };
    let arg = arg.help(row.first_sentence());
    if row.value == Value::None {
        return arg;
    }
    // Append is what clap_complete calls repeatable, as every option is.
    let arg = arg.action(ArgAction::Append);
    match row.domain {
        Domain::File => arg.value_hint(ValueHint::AnyPath),
        Domain::Dir => arg.value_hint(ValueHint::DirPath),
        Domain::User => arg.value_hint(ValueHint::Username),
        Domain::Text | Domain::Number => arg.value_hint(ValueHint::Other),
        _ => arg,
    }
}

fn operand_hint(operands: Operands) -> Option<ValueHint> {
    match operands {
        Operands::None | Operands::Namespaces | Operands::Verbs(_) => None,
        Operands::Command => Some(ValueHint::CommandWithArguments),
        Operands::Files => Some(ValueHint::AnyPath),
    }
}

/// Corrects the line of an option with a value, such as `'*-m+[help]::FILE:_files' \`: see `_arguments` in zshcompsys(1).
fn adapt<K>(line: &str, table: &Table<K>) -> String {
    if line.starts_with("'*::operands:_default'") {
        return format!("'*:operand:_{}_operand' \\", table.name);
    }
    let start = line.trim_start_matches(['\'', '*']);
    let is_long = |row: &Opt<K>| {
        start
            .strip_prefix("--")
            .and_then(|rest| rest.strip_prefix(row.long))
            .is_some_and(|rest| rest.starts_with("=["))
    };
    let is_short = |row: &Opt<K>| {
        let after = |letter| start.strip_prefix('-')?.strip_prefix(letter);
        row.short.and_then(after).is_some_and(|rest| rest.starts_with("+["))
    };
    let Some(row) = table.options.iter().find(|row| is_long(row) || is_short(row)) else {
        return line.to_owned();
    };
    if is_short(row) && !row.short_has_value() {
        let end = line.rfind("]:").unwrap_or(line.len());
        return format!("{}]' \\", &line[..end]).replacen("+[", "[", 1);
    }
    let mut line = line.to_owned();
    if matches!(row.value, Value::Optional { .. }) {
        // An optional value is never the next word.
        line = line.replacen("=[", "=-[", 1).replacen("+[", "-[", 1);
    }
    let action = match row.domain {
        Domain::Group => "_groups".to_owned(),
        Domain::Signal => "_signals".to_owned(),
        Domain::FilePair => "{compset -P \"*\\:\"; _files}".to_owned(),
        Domain::Process => format!("_{}_target", table.name),
        Domain::Pid => format!("_{}_pid", table.name),
        Domain::Netns => format!("_{}_netns", table.name),
        Domain::CgroupSpec => format!("_{}_spec", table.name),
        Domain::OneOfOr(words) => format!("({})", words.join(" ")),
        Domain::ListOf(words) => {
            let letters = "m:{a-z}={A-Z}".replace(':', "\\:");
            format!("{{compset -P \"+\"; _sequence compadd -M \"{letters}\" - {}}}", words.join(" "))
        }
        _ => return line,
    };
    let name = row.value.name().unwrap_or_default();
    line.replace(&format!(":{name}:_default'"), &format!(":{}:{action}'", name.replace(':', "\\:")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_where_the_parser_takes_them() {
        let script = script(&xunshare::options::TABLE);
        for part in [
            "'*-m[New mount namespace]' ",
            "'*--mount=-[New mount namespace]::FILE:_files' ",
            "'*-R+[",
            "'*--root=[",
            ":GROUP:_groups' ",
            ":RANGE:(auto subids all)' ",
            ":SRC\\:DST:{compset -P \"*\\:\"; _files}' ",
            "'*::operands:_cmdambivalent' ",
        ] {
            assert!(script.contains(part), "{part} is missing in:\n{script}");
        }
    }

    #[test]
    fn what_can_be_entered_is_looked_for_by_a_function_of_its_own() {
        let ours = script(&xnsenter::options::TABLE);
        for part in [":TARGET:_xnsenter_target' ", "_xnsenter_target() {\n"] {
            assert!(ours.contains(part), "{part} is missing in:\n{ours}");
        }
        assert!(!script(&xunshare::options::TABLE).contains("_target"));
    }

    #[test]
    fn namespaces_and_processes_are_looked_for_too() {
        let ours = script(&xlsns::options::TABLE);
        for part in
            [":PID:_xlsns_pid' ", "'*:operand:_xlsns_operand' ", "_xlsns_pid() {\n", "_sequence compadd"]
        {
            assert!(ours.contains(part), "{part} is missing in:\n{ours}");
        }
        assert!(!ours.contains("@NAME@") && !ours.contains("_xlsns_target"));
    }

    #[test]
    fn verbs_and_control_groups_are_looked_for_too() {
        let ours = script(&xcgroup::options::TABLE);
        for part in [
            "'*:operand:_xcgroup_operand' ",
            "        'layout:none none:show where each controller is on this machine'\n",
            "        setting)\n",
            "_xcgroup_pid() {\n",
        ] {
            assert!(ours.contains(part), "{part} is missing in:\n{ours}");
        }
        assert!(!ours.contains("@NAME@") && !ours.contains("_xcgroup_spec"));
        assert!(script(&xcgexec::options::TABLE).contains(":CONTROLLERS\\:PATH:_xcgexec_spec' "));
    }
}

//! The fish completion.

use super::super::table::{Domain, Operands, Opt, Table, Value};
use super::super::verbs::Noun;
use super::{CGROUPS, Functions, functions, long_with_next_word, valued_letters, verbs};

/// The completion script for fish 3.1 and later.
pub fn fish<K>(table: &Table<K>) -> String {
    let options: String = table.options.iter().map(option).collect();
    let in_verbs = |text| if table.operands.verbs().is_empty() { "" } else { text };
    include_str!("fish.fish")
        .replace("@FUNCTIONS@\n", &functions(table, &FUNCTIONS))
        .replace("@PENDING@\n", &pending(table))
        .replace("@LETTERS@\n", &letters(table))
        .replace("@FIRST@\n", first(table.operands))
        .replace("@GIVEN@\n", in_verbs("    set -l given\n"))
        .replace("@BEFORE@", in_verbs("$given "))
        .replace("@LAST@\n", in_verbs("    string join \\n -- $given\n"))
        .replace("@OPERANDS@\n", operands(table.operands))
        .replace("@OPTIONS@\n", &options)
        // Between single quotes fish reads two backslashes as one.
        .replace("@CGROUPS@", &CGROUPS.replace('\\', "\\\\"))
        .replace("@VERBS@\n", &verb_rows(table))
        .replace("@NOUNS@\n", &verbs::branches(table, branch))
        .replace("@NAME@", table.name)
        .replace("@ID@", &table.name.replace('-', "_"))
}

const FUNCTIONS: Functions = Functions {
    targets: include_str!("targets.fish"),
    list: include_str!("list.fish"),
    // Fish has its own.
    pids: "",
    // These stand with the operands.
    namespaces: "",
    verbs: "",
    cgroups: include_str!("cgroups.fish"),
    netns: include_str!("netns.fish"),
    cgroup_spec: include_str!("cgroup_spec.fish"),
};

fn pending<K>(table: &Table<K>) -> String {
    let patterns: Vec<_> = long_with_next_word(table).collect();
    if patterns.is_empty() {
        return String::new();
    }
    format!("            case {}\n                set -e words[1]\n", patterns.join(" "))
}

/// In a bundle the first letter with a value takes the rest of the word or, if it stands last, the next word.
fn letters<K>(table: &Table<K>) -> String {
    let (next_word, attached) = valued_letters(table);
    if next_word.is_empty() {
        return "            case '-?*'\n".to_owned();
    }
    format!(
        "            case '-?*'\n                \
         string match -qr -- '^-[^{next_word}{attached}]*[{next_word}]$' $word\n                \
         and set -e words[1]\n"
    )
}

/// A short form without the value is a row of its own, or fish would complete the value behind it.
fn option<K>(row: &Opt<K>) -> String {
    let start = "complete -c @NAME@ -n __fish_@ID@_options";
    let description = quoted(row.first_sentence());
    let short = row.short.map(|letter| format!(" -s {letter}")).unwrap_or_default();
    let value = match row.value {
        Value::None => String::new(),
        Value::Required(_) => required(row),
        Value::Optional { .. } => optional(row),
    };
    if row.short.is_some() && row.value != Value::None && !row.short_has_value() {
        return format!("{start}{short} -d {description}\n{start} -l {}{value} -d {description}\n", row.long);
    }
    let old = super::old_spelling(row).map(|old| format!(" -o {}", &old[1..])).unwrap_or_default();
    format!("{start}{short} -l {}{old}{value} -d {description}\n", row.long)
}

fn required<K>(row: &Opt<K>) -> String {
    match row.domain {
        Domain::File | Domain::FilePair => " -r -F".to_owned(),
        _ => format!(" -x{}", candidates(row)),
    }
}

fn optional<K>(row: &Opt<K>) -> String {
    format!(" -f{}", candidates(row))
}

fn candidates<K>(row: &Opt<K>) -> String {
    let source = match row.domain {
        Domain::None | Domain::Text | Domain::Number => return String::new(),
        Domain::File | Domain::FilePair => "(__fish_@ID@_files)".to_owned(),
        Domain::Dir => "(__fish_complete_directories)".to_owned(),
        Domain::Process => "(__fish_@ID@_targets)".to_owned(),
        Domain::User => "(__fish_complete_users)".to_owned(),
        Domain::Group => "(__fish_complete_groups)".to_owned(),
        Domain::Signal => "(kill -l | string split ' ')".to_owned(),
        Domain::Pid => "(__fish_complete_pids)".to_owned(),
        Domain::Netns => "(__fish_@ID@_netns)".to_owned(),
        Domain::CgroupSpec => {
            let letter = row.short.map_or_else(|| "=".to_owned(), String::from);
            format!("(__fish_@ID@_spec {letter})")
        }
        Domain::ListOf(words) => {
            let letter = row.short.map_or_else(|| "=".to_owned(), String::from);
            format!("(__fish_@ID@_list {letter} {})", words.join(" "))
        }
        Domain::OneOf(words) | Domain::OneOfOr(words) => words.join(" "),
    };
    format!(" -a {}", quoted(&source))
}

/// A word that is no option is the first operand, unless options may follow it, or one of several.
const fn first(operands: Operands) -> &'static str {
    match operands {
        Operands::Verbs(_) => "            case '*'\n                set -a given $word\n",
        _ if operands.end_options() => {
            "            case '*'\n                string join \\n -- $word $words\n                return 0\n"
        }
        _ => "",
    }
}

/// The last one ends the list.
fn verb_rows<K>(table: &Table<K>) -> String {
    let rows = verbs::rows(table, |row| format!("        {} \\\n", quoted(row)));
    rows.trim_end_matches(" \\\n").to_owned() + "\n"
}

fn branch(word: &str, noun: Noun) -> String {
    let action = match noun {
        Noun::None => "",
        Noun::Cgroup => {
            "for name in (__fish_@ID@_cgroups groups any \"$typed\")\n                \
             printf '%s\\tcontrol group\\n' $name\n            \
             end"
        }
        Noun::CgroupFile => "__fish_@ID@_cgroups files /444 (string unescape -- $given[2])",
        Noun::CgroupSetting => {
            "__fish_@ID@_cgroups files /222 (string unescape -- $given[2]) | string replace -r '$' '='"
        }
        Noun::Pid => "__fish_complete_pids",
        Noun::Netns => "__fish_@ID@_netns",
        Noun::Program => "__fish_complete_command",
        Noun::OneOf(_) => "string split , -- (string sub -s 2 -- $nouns[1])",
        // The verb was looked for again.
        Noun::OfVerb => "",
        Noun::AfterNetns => "test \"$given[-1]\" = netns; and __fish_@ID@_netns",
        Noun::Owner => {
            "if set -l user (string match -r -- '^[^:]*:' $typed)\n                \
             __fish_complete_groups | string replace -r '^' \"$user\"\n            \
             else\n                \
             __fish_complete_users\n            \
             end"
        }
    };
    // Unquoted an asterisk stands for files.
    let word = if matches!(noun, Noun::OneOf(_)) { "'=*'" } else { word };
    format!("        case {word}\n            {action}\n")
}

fn operands(operands: Operands) -> &'static str {
    match operands {
        Operands::None => "complete -c @NAME@ -f\n",
        Operands::Namespaces => include_str!("namespaces.fish"),
        Operands::Files => "",
        Operands::Command => COMMAND,
        Operands::Verbs(_) => include_str!("verbs.fish"),
    }
}

const COMMAND: &str = "\
# A program, or what that program completes.
function __fish_@ID@_program
    set -l words (__fish_@ID@_operands)
    set -l token (commandline -ct)
    # What starts with a dash before the program is an option.
    not set -q words[1]; and string match -q -- '-*' $token; and return
    __fish_complete_subcommand --commandline $words $token
end

complete -c @NAME@ -f -a '(__fish_@ID@_program)'
";

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::{TABLE, VERBS};
    use super::super::left_over;
    use super::*;

    #[test]
    fn each_shape_of_option_is_told_apart() {
        let script = fish(&TABLE);
        for part in [
            "_options -s u -d 'New UTS namespace'\n",
            "_options -l uts -f -a '(__fish_sample_files)' -d ",
            "_options -s t -l target -f -a ",
            "_options -s R -l root -x -a '(__fish_complete_directories)' -d ",
            "_options -l propagation -x -a 'slave private' -d ",
            "_options -l into -x -a '(__fish_sample_targets)' -d ",
            "\nfunction __fish_sample_targets\n",
            "_options -l bind -r -F -d ",
            "'^-[^RSt]*[RS]$'",
            "complete -c sample -f -a '(__fish_sample_program)'\n",
        ] {
            assert!(script.contains(part), "{part} is missing in:\n{script}");
        }
        assert_eq!(left_over(&script), None);
    }

    #[test]
    fn verbs_have_their_words_and_nouns() {
        let script = fish(&VERBS);
        for part in [
            "'make:cgroup cgroup:make a teacher\\'s groups' \\\n",
            "'count:none none:say how many: all'\n            set -l row",
            "        case cgroup\n            for name in (__fish_verbs_cgroups ",
            "        case owner\n",
            "                set -a given $word\n",
            "-l into -x -a '(__fish_verbs_spec g)' -d ",
        ] {
            assert!(script.contains(part), "{part} is missing in:\n{script}");
        }
        assert!(!script.contains("        case pid\n"));
        assert_eq!(left_over(&script), None);
        assert!(!fish(&TABLE).contains("given"));
    }
}

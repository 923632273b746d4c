//! The bash completion.

use super::super::table::{Domain, Operands, Table, Value};
use super::super::verbs::Noun;
use super::{CGROUPS, Functions, functions, long_with_next_word, old_spelling, valued_letters, verbs};

/// The completion script for bash 4.3 and later, with or without the bash-completion package.
pub fn bash<K>(table: &Table<K>) -> String {
    include_str!("bash.sh")
        .replace("@FUNCTIONS@\n", &functions(table, &FUNCTIONS))
        .replace("@VALUES@\n", &values(table))
        .replace("@PENDING@\n", &pending(table))
        .replace("@LETTERS@\n", &letters(table))
        .replace("@FIRST@", first(table.operands))
        .replace("@GIVEN@\n", if table.operands.verbs().is_empty() { "" } else { "    local -a given=()\n" })
        .replace("@OPTIONS@", &options(table))
        .replace("@OPERANDS@\n", operands(table.operands))
        .replace("@CGROUPS@", CGROUPS)
        .replace("@VERBS@\n", &verbs::rows(table, |row| format!("{row}\n")))
        .replace("@NOUNS@\n", &verbs::branches(table, branch))
        .replace("@NAME@", table.name)
}

const FUNCTIONS: Functions = Functions {
    targets: include_str!("targets.bash"),
    list: include_str!("list.bash"),
    pids: include_str!("pids.bash"),
    namespaces: include_str!("namespaces.bash"),
    cgroups: include_str!("cgroups.bash"),
    cgroup_spec: include_str!("cgroup_spec.bash"),
    netns: include_str!("netns.bash"),
    verbs: include_str!("verbs.bash"),
};

/// One `case` branch for each domain that can be completed, with the options that have it.
fn values<K>(table: &Table<K>) -> String {
    let mut branches: Vec<(String, Vec<String>)> = Vec::new();
    for row in table.options {
        let Some(action) = action(row.domain) else { continue };
        let mut patterns = vec![format!("--{}", row.long)];
        patterns.extend(old_spelling(row));
        patterns.extend(row.short.filter(|_| row.short_has_value()).map(|letter| format!("-{letter}")));
        match branches.iter_mut().find(|(known, _)| *known == action) {
            Some((_, known)) => known.append(&mut patterns),
            None => branches.push((action, patterns)),
        }
    }
    let branch = |(action, patterns): &(String, Vec<String>)| {
        format!("        {})\n            {action}\n            ;;\n", patterns.join(" | "))
    };
    branches.iter().map(branch).collect()
}

fn action(domain: Domain) -> Option<String> {
    let action = match domain {
        Domain::None | Domain::Text | Domain::Number => return None,
        Domain::File => "kind=file\n            __@NAME@_reply -f -- \"$2\"".to_owned(),
        Domain::Dir => "kind=file\n            __@NAME@_reply -d -- \"$2\"".to_owned(),
        Domain::Process => "__@NAME@_target \"$2\"".to_owned(),
        Domain::User => "__@NAME@_reply -u -- \"$2\"".to_owned(),
        Domain::Group => "__@NAME@_reply -g -- \"$2\"".to_owned(),
        Domain::Signal => "__@NAME@_reply -A signal -- \"$2\"".to_owned(),
        Domain::FilePair => "__@NAME@_pair \"$@\"".to_owned(),
        Domain::Pid => "__@NAME@_pid \"$2\"".to_owned(),
        Domain::Netns => "__@NAME@_netns \"$2\"".to_owned(),
        Domain::CgroupSpec => "__@NAME@_spec \"$2\"".to_owned(),
        Domain::ListOf(words) => format!("__@NAME@_list \"$2\" {}", words.join(" ")),
        Domain::OneOf(words) | Domain::OneOfOr(words) => {
            format!("__@NAME@_reply -W '{}' -- \"$2\"", words.join(" "))
        }
    };
    Some(action)
}

fn pending<K>(table: &Table<K>) -> String {
    let patterns: Vec<_> = long_with_next_word(table).collect();
    if patterns.is_empty() {
        return String::new();
    }
    format!("            {}) pending=$word ;;\n", patterns.join(" | "))
}

/// In a bundle the first letter with a value takes the rest of the word or, if it stands last, the next word.
fn letters<K>(table: &Table<K>) -> String {
    let (next_word, attached) = valued_letters(table);
    if next_word.is_empty() {
        return "            -?*) ;;\n".to_owned();
    }
    format!(
        "            -?*)\n                \
         word=${{word#-}}\n                \
         word=${{word#\"${{word%%[{next_word}{attached}]*}}\"}}\n                \
         [[ $word == [{next_word}] ]] && pending=-$word\n                \
         ;;\n"
    )
}

/// An option with a required value ends in `=`; one with an optional value is offered with and without.
fn options<K>(table: &Table<K>) -> String {
    let mut words = Vec::new();
    for row in table.options {
        words.extend(row.short.map(|letter| format!("-{letter}")));
        match row.value {
            Value::None => words.push(format!("--{}", row.long)),
            Value::Required(_) => words.push(format!("--{}=", row.long)),
            Value::Optional { .. } => words.extend([format!("--{}", row.long), format!("--{}=", row.long)]),
        }
    }
    words.join(" ")
}

/// What a word that is no option is: the first operand, unless options may follow it, or one of several.
const fn first(operands: Operands) -> &'static str {
    match operands {
        Operands::Verbs(_) => "*) given+=(\"$word\") ;;",
        _ if operands.end_options() => "*) operands=$i ;;",
        _ => "*) ;;",
    }
}

fn operands(operands: Operands) -> &'static str {
    match operands {
        Operands::None => "        return 0\n",
        Operands::Namespaces => "        __@NAME@_operand \"$cur\" \"${words[@]:1:last-1}\"\n",
        Operands::Files => "        kind=file\n        __@NAME@_reply -f -- \"$cur\"\n",
        Operands::Command => COMMAND,
        Operands::Verbs(_) => {
            "        given+=(\"${words[@]:operands:last-operands}\")\n        __@NAME@_operand \"$cur\" \"${given[@]}\"\n"
        }
    }
}

fn branch(word: &str, noun: Noun) -> String {
    let action = match noun {
        Noun::None => "",
        Noun::Cgroup => "__@NAME@_cgroup \"$typed\"",
        Noun::CgroupFile => {
            "while IFS= read -r word; do\n                \
             [[ $word == \"$typed\"* ]] && COMPREPLY+=(\"$word\")\n            \
             done < <(__@NAME@_cgroups files /444 \"${2//\\\\/}\")"
        }
        Noun::CgroupSetting => {
            "kind=option\n            \
             while IFS= read -r word; do\n                \
             [[ $word == \"$typed\"* ]] && COMPREPLY+=(\"$word=\")\n            \
             done < <(__@NAME@_cgroups files /222 \"${2//\\\\/}\")"
        }
        Noun::Pid => "__@NAME@_pid \"$typed\"",
        Noun::Netns => "__@NAME@_netns \"$typed\"",
        Noun::Program => "__@NAME@_reply -c -- \"$typed\"",
        Noun::OneOf(_) => "nouns=${nouns#=}\n            __@NAME@_reply -W \"${nouns//,/ }\" -- \"$typed\"",
        Noun::OfVerb => "__@NAME@_operand \"$typed\" \"${@:2}\"",
        Noun::AfterNetns => "[[ ${!#} == netns ]] && __@NAME@_netns \"$typed\"",
        Noun::Owner => {
            "if [[ $typed == *:* ]]; then\n                \
             prefix+=${typed%%:*}:\n                \
             __@NAME@_reply -g -- \"${typed#*:}\"\n            \
             else\n                \
             __@NAME@_reply -u -- \"$typed\"\n            \
             fi"
        }
    };
    format!("        {word})\n            {action}\n            ;;\n")
}

/// bash-completion knows how to complete another command's line; without it: command names, then files.
const COMMAND: &str = r#"        if declare -F _comp_command_offset >/dev/null; then
            _comp_command_offset "${starts[operands]}"
            return
        elif declare -F _command_offset >/dev/null; then
            _command_offset "${starts[operands]}"
            return
        elif ((operands < last)); then
            compopt -o bashdefault -o default
            return
        fi
        [[ $cur == */* ]] && kind=file
        __@NAME@_reply -c -- "$cur"
"#;

#[cfg(test)]
mod tests {
    use super::super::super::sample::{TABLE, VERBS};
    use super::super::left_over;
    use super::*;

    #[test]
    fn each_shape_of_option_is_told_apart() {
        let script = bash(&TABLE);
        for part in [
            "--uts --uts= ",
            " -R --root= ",
            "        --uts | --target | -t)\n",
            "        --root | -R | --mount-proc)\n",
            "        --into)\n            __sample_target \"$2\"\n",
            "\n__sample_target() {\n",
            "_reply -W 'slave private' -- \"$2\"",
            "word%%[RSt]*",
            "== [RS] ]]",
            "complete -F _sample sample\n",
        ] {
            assert!(script.contains(part), "{part} is missing in:\n{script}");
        }
        assert_eq!(left_over(&script), None);
    }

    #[test]
    fn verbs_have_their_words_and_nouns() {
        let script = bash(&VERBS);
        for part in [
            "\nmake:cgroup cgroup:make a teacher's groups\n",
            "\ncount:none none:say how many: all\n",
            "        cgroup)\n            __verbs_cgroup \"$typed\"\n",
            "        owner)\n",
            "*) given+=(\"$word\") ;;",
            "        --into | -g)\n            __verbs_spec \"$2\"\n",
            "\n__verbs_shown() {\n",
        ] {
            assert!(script.contains(part), "{part} is missing in:\n{script}");
        }
        assert!(!script.contains("        pid)\n"));
        assert_eq!(left_over(&script), None);
        assert!(!bash(&TABLE).contains("given"));
    }

    /// It stands between single quotes.
    #[test]
    fn the_program_for_sh_has_no_quote_in_it() {
        assert!(!CGROUPS.contains('\''));
    }
}

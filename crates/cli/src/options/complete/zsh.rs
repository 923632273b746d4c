//! The parts of the zsh completion that clap_complete has no word for.

use super::super::table::Table;
use super::super::verbs::Noun;
use super::{CGROUPS, Functions, verbs};

/// The functions that find out what there is.
pub fn functions<K>(table: &Table<K>) -> String {
    super::functions(table, &FUNCTIONS)
        .replace("@CGROUPS@", CGROUPS)
        .replace(
            "@VERBS@\n",
            &verbs::rows(table, |row| format!("        '{}'\n", row.replace('\'', "'\\''"))),
        )
        .replace("@NOUNS@\n", &verbs::branches(table, branch))
        .replace("@NAME@", table.name)
}

const FUNCTIONS: Functions = Functions {
    targets: include_str!("targets.zsh"),
    list: "",
    pids: include_str!("pids.zsh"),
    namespaces: include_str!("namespaces.zsh"),
    cgroups: include_str!("cgroups.zsh"),
    netns: include_str!("netns.zsh"),
    cgroup_spec: include_str!("cgroup_spec.zsh"),
    verbs: include_str!("verbs.zsh"),
};

fn branch(word: &str, noun: Noun) -> String {
    let action = match noun {
        Noun::None => "",
        Noun::Cgroup => "_@NAME@_cgroup",
        Noun::CgroupFile => {
            "row=(${(f)\"$(_@NAME@_cgroups files /444 \"${(Q)line[2]}\")\"})\n            \
             _wanted files word 'file' compadd -a row"
        }
        Noun::CgroupSetting => {
            "compset -P '*=' && return 1\n            \
             row=(${(f)\"$(_@NAME@_cgroups files /222 \"${(Q)line[2]}\")\"})\n            \
             _wanted files word 'file' compadd -S = -a row"
        }
        Noun::Pid => "_@NAME@_pid",
        Noun::Netns => "_@NAME@_netns",
        Noun::Program => "_command_names -e",
        Noun::OneOf(_) => "row=(${(s.,.)row[1]#'='})\n            _wanted words word 'word' compadd -a row",
        // The verb was looked for again.
        Noun::OfVerb => "",
        Noun::AfterNetns => "[[ $line[-2] == netns ]] && _@NAME@_netns",
        Noun::Owner => "if compset -P '*:'; then _groups; else _users; fi",
    };
    format!("        {word})\n            {action}\n            ;;\n")
}

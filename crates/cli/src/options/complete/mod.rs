//! Shell completions written from the table. clap_complete's for bash and fish treat optional values wrongly and
//! complete no command after the options; for zsh xtask uses clap_complete.

mod bash;
mod fish;
mod verbs;
mod zsh;

pub use bash::bash;
pub use fish::fish;
pub use zsh::functions as zsh_functions;

use super::table::{Domain, Operands, Opt, Table, Value};
use super::verbs::Noun;

/// The functions that a script may have, each for what it completes.
struct Functions {
    targets: &'static str,
    list: &'static str,
    pids: &'static str,
    namespaces: &'static str,
    cgroups: &'static str,
    cgroup_spec: &'static str,
    netns: &'static str,
    verbs: &'static str,
}

/// Finds control groups, in each shell by a program for sh.
const CGROUPS: &str = include_str!("cgroups.sh");

/// Those that this table needs.
fn functions<K>(table: &Table<K>, all: &Functions) -> String {
    let has = |wanted: fn(Domain) -> bool| table.options.iter().any(|row| wanted(row.domain));
    let namespaces = table.operands == Operands::Namespaces;
    let verbs = !table.operands.verbs().is_empty();
    let cgroup_spec = has(|domain| domain == Domain::CgroupSpec);
    let needed = [
        (has(|domain| domain == Domain::Process), all.targets),
        (has(|domain| matches!(domain, Domain::ListOf(_))), all.list),
        (has(|domain| domain == Domain::Pid) || namespaces || verbs, all.pids),
        (namespaces, all.namespaces),
        (cgroup_spec || verbs::has(table, Noun::Cgroup), all.cgroups),
        (cgroup_spec, all.cgroup_spec),
        (
            has(|domain| domain == Domain::Netns)
                || verbs::has(table, Noun::Netns)
                || verbs::has(table, Noun::AfterNetns),
            all.netns,
        ),
        (verbs, all.verbs),
    ];
    needed.into_iter().filter_map(|(needed, text)| needed.then_some(text)).collect()
}

/// Letters whose value can be the next word, and letters whose value can only be attached.
fn valued_letters<K>(table: &Table<K>) -> (String, String) {
    let required = |row: &&Opt<K>| matches!(row.value, Value::Required(_));
    let valued = table.options.iter().filter(|row| row.short_has_value());
    let (next_word, attached): (Vec<_>, Vec<_>) = valued.partition(required);
    let letters = |rows: Vec<&Opt<K>>| rows.iter().filter_map(|row| row.short).collect();
    (letters(next_word), letters(attached))
}

/// The long options whose value can be the next word.
fn long_with_next_word<K>(table: &Table<K>) -> impl Iterator<Item = String> {
    let rows = table.options.iter().filter(|row| matches!(row.value, Value::Required(_)));
    rows.flat_map(|row| std::iter::once(format!("--{}", row.long)).chain(old_spelling(row)))
}

/// `-netns`, as `ip` has it.
fn old_spelling<K>(row: &Opt<K>) -> Option<String> {
    (row.domain == Domain::Netns).then(|| format!("-{}", row.long))
}

/// A mark such as `@NAME@` that nothing was put in for.
#[cfg(test)]
fn left_over(script: &str) -> Option<&str> {
    let is_mark = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase());
    script.split('@').find(is_mark)
}

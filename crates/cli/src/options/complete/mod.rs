//! Shell completions written from the table. clap_complete's for bash and fish treat optional values wrongly and
//! complete no command after the options; for zsh xtask uses clap_complete.

mod bash;
mod fish;

pub use bash::bash;
pub use fish::fish;

use super::table::{Domain, Operands, Opt, Table, Value};

/// The functions of the zsh completion that find out what there is.
pub fn zsh_functions<K>(table: &Table<K>) -> String {
    const FUNCTIONS: Functions = Functions {
        targets: include_str!("targets.zsh"),
        list: "",
        pids: include_str!("pids.zsh"),
        namespaces: include_str!("namespaces.zsh"),
    };
    functions(table, &FUNCTIONS).replace("@NAME@", table.name)
}

/// The functions that a script may have, each for what it completes.
struct Functions {
    targets: &'static str,
    list: &'static str,
    pids: &'static str,
    namespaces: &'static str,
}

/// Those that this table needs.
fn functions<K>(table: &Table<K>, all: &Functions) -> String {
    let has = |wanted: fn(Domain) -> bool| table.options.iter().any(|row| wanted(row.domain));
    let namespaces = table.operands == Operands::Namespaces;
    let needed = [
        (has(|domain| domain == Domain::Process), all.targets),
        (has(|domain| matches!(domain, Domain::ListOf(_))), all.list),
        (has(|domain| domain == Domain::Pid) || namespaces, all.pids),
        (namespaces, all.namespaces),
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
    table
        .options
        .iter()
        .filter(|row| matches!(row.value, Value::Required(_)))
        .map(|row| format!("--{}", row.long))
}

/// A mark such as `@NAME@` that nothing was put in for.
#[cfg(test)]
fn left_over(script: &str) -> Option<&str> {
    let is_mark = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase());
    script.split('@').find(is_mark)
}

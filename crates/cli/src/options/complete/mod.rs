//! Shell completions written from the table. clap_complete's for bash and fish treat optional values wrongly and
//! complete no command after the options; for zsh xtask uses clap_complete.

mod bash;
mod fish;

pub use bash::bash;
pub use fish::fish;

use super::table::{Domain, Opt, Table, Value};

/// The function `_NAME_target` of the zsh completion, for a table with [`Domain::Process`].
pub fn zsh_targets<K>(table: &Table<K>) -> String {
    let function = if names_targets(table) { include_str!("targets.zsh") } else { "" };
    function.replace("@NAME@", table.name)
}

fn names_targets<K>(table: &Table<K>) -> bool {
    table.options.iter().any(|row| row.domain == Domain::Process)
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

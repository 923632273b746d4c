//! Shell completions written from the table. clap_complete's for bash and fish treat optional values wrongly and
//! complete no command after the options; for zsh xtask uses clap_complete.

mod bash;
mod fish;

pub use bash::bash;
pub use fish::fish;

use super::table::{Opt, Table, Value};

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

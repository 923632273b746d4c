//! Text of others (commands, paths, names of devices) as it is shown: printable, on one line, and in JSON.

pub(crate) use xns_cli::shown::{ascii, cut, json, json_pretty, shown, text};
pub(crate) use xns_cli::table::Charset;

use xns_lsns::Pin;

/// What keeps a namespace, in words.
pub(crate) fn pin(pin: &Pin, charset: Charset) -> String {
    shown(&pin.words(|_| None), charset)
}

//! `xlsns`: lists namespaces, as util-linux's `lsns`, and compares processes, looks inside, and draws.
#![forbid(unsafe_code)]

pub mod compare;
pub mod graph;
pub mod options;
pub mod shown;
pub mod watch;

use xns_cli::Start;
use xns_lsns::{Want, scan};

/// x
pub fn main(start: Start) -> u8 {
    let found = scan(&Want { kept: start.args.len() < 2, ..Want::default() }, start.single);
    let mut text = String::new();
    for n in found.unwrap_or_default().namespaces {
        use std::fmt::Write;
        let _ = writeln!(
            text,
            "{:10} {:6} {:6} {:?} {:?} {:?} {:?}",
            n.ino, n.kind, n.processes, n.pid, n.owner, n.parent, n.pins
        );
    }
    let _ = xns_cli::print(&text);
    0
}

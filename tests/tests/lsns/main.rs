//! What xlsns finds, and what it says it has not: in populations that are alone in their `/proc`, and in containers.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod compare;
#[allow(dead_code, unreachable_pub, reason = "the tests of xnsenter use the rest of it")]
#[path = "../containers/container.rs"]
mod container;
mod containers;
mod detail;
mod filter;
mod head;
mod honest;
mod kept;
mod names;
mod pictures;
mod storm;

use serde_json::Value;
use std::collections::HashMap;
use xns_tests::{Done, Need, OTHER_PID, Population, bin, need};

/// A population, and what its script said of it.
struct Here {
    among: Population,
    said: HashMap<String, String>,
}

impl Here {
    /// Nothing where it cannot be made.
    fn start(test: &str, script: &str) -> Option<Self> {
        let needs = [
            Need::Root,
            Need::UserNamespaces,
            Need::Program("bash"),
            Need::Program("ip"),
            Need::Program("nsenter"),
        ];
        need(test, &needs).then(|| {
            let among = Population::start(env!("CARGO_BIN_EXE_hold"), script);
            let said = among.variables();
            Here { among, said }
        })
    }

    /// A number that the script said.
    fn number(&self, name: &str) -> u64 {
        self.said.get(name).unwrap_or_else(|| panic!("nobody said {name}")).parse().unwrap()
    }

    /// A shell's command, in which xlsns has that name; `before` comes before it in a word.
    fn run(&self, ordinary: bool, script: &str) -> Done {
        let directory = self.among.tool("xlsns", &bin("xlsns"));
        loop {
            let done = self.among.cmd(&directory, ordinary, script).run();
            if done.status != Some(OTHER_PID) {
                return done;
            }
        }
    }

    /// xlsns with these words, as root, which has to succeed.
    fn xlsns(&self, words: &str) -> String {
        self.run(false, &format!("exec xlsns {words}")).out().to_owned()
    }

    /// The rows of the JSON that it writes.
    fn rows(&self, words: &str) -> Vec<Value> {
        let text = self.xlsns(&format!("-J {words}"));
        let table: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
        table["namespaces"].as_array().unwrap().clone()
    }
}

/// The row about this namespace.
fn about(rows: &[Value], ino: u64) -> Option<&Value> {
    rows.iter().find(|row| row["ns"] == ino)
}

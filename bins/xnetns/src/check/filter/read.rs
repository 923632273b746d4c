//! Asks the programs that list rules, in the namespace.

use super::save::Program;
use super::{Filter, nft, save};
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use xns_core::inside::{self, Answer};
use xns_core::{Errno, NsKind, SingleThreaded};

/// As `nft` lists it, which knows what `iptables` of our days has made, too; what its older form has made, it lists itself.
pub(in super::super) fn read(single: SingleThreaded, namespace: BorrowedFd<'_>) -> Filter {
    const NEWER: [Program; 2] = [
        Program { list: "iptables-save", change: "iptables", family: "ip" },
        Program { list: "ip6tables-save", change: "ip6tables", family: "ip6" },
    ];
    const OLDER: [Program; 2] = [
        Program { list: "iptables-legacy-save", change: "iptables-legacy", family: "ip" },
        Program { list: "ip6tables-legacy-save", change: "ip6tables-legacy", family: "ip6" },
    ];
    let list = |name: &str, words: &[&str]| listed(single, namespace, name, words);
    let saved = |program: Program| Some(save::chains(program, &list(program.list, &[])?));
    let mut chains = match list("nft", &["-a", "list", "ruleset"]) {
        Some(text) => nft::chains(&text),
        None => match saved(NEWER[0]) {
            Some(mut found) => {
                found.extend(saved(NEWER[1]).unwrap_or_default());
                found
            }
            None => {
                return Filter::Unknown("neither nft nor iptables lists the rules".to_owned());
            }
        },
    };
    for (program, tables) in OLDER.into_iter().zip(["ip_tables_names", "ip6_tables_names"]) {
        if !has_tables(single, namespace, tables) {
            continue;
        }
        match saved(program) {
            Some(found) => chains.extend(found),
            None => {
                let tables =
                    format!("/proc/net/{tables} names tables, and {} does not list them", program.list);
                return Filter::Unknown(tables);
            }
        }
    }
    Filter::Known(chains)
}

/// Asked without the older `iptables`, which makes the table that it is asked for.
fn has_tables(single: SingleThreaded, namespace: BorrowedFd<'_>, file: &str) -> bool {
    let path = PathBuf::from(format!("/proc/net/{file}"));
    let read = || Ok(Answer { bytes: xns_sys::fs::read(&path)?, ..Answer::default() });
    let names = inside::ask(single, NsKind::Net, namespace, read).map(|(answer, _)| answer.bytes);
    !names.unwrap_or_default().is_empty()
}

/// What a program prints that a child runs in the namespace; `None` when it is not there, or fails.
fn listed(
    single: SingleThreaded,
    namespace: BorrowedFd<'_>,
    program: &str,
    words: &[&str],
) -> Option<String> {
    // Those of root: what an ordinary user has in his PATH is not run here.
    let directories = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"].map(Path::new);
    let program = directories.into_iter().map(|dir| dir.join(program)).find(|path| path.is_file())?;
    let run = || {
        let done = Command::new(&program).args(words).env("LC_ALL", "C").stdin(Stdio::null()).output();
        let done = done.map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or_default()))?;
        if !done.status.success() {
            return Err(Errno::EIO);
        }
        let mut bytes = done.stdout;
        bytes.truncate(inside::MOST_BYTES);
        Ok(Answer { bytes, ..Answer::default() })
    };
    let (answer, _) = inside::ask(single, NsKind::Net, namespace, run).ok()?;
    Some(String::from_utf8_lossy(&answer.bytes).into_owned())
}

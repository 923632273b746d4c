//! What a firewall does to packets that pass through a namespace: the policy of its chains at the forward hook.

use std::os::fd::BorrowedFd;
use std::path::Path;
use std::process::{Command, Stdio};
use xns_core::inside::{self, Answer};
use xns_core::{Errno, NsKind, SingleThreaded};

/// What it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    /// Nothing drops all.
    Open,
    /// What no rule accepts is dropped.
    Drops {
        /// Who says so: `nft list ruleset: table ip filter, chain FORWARD: policy drop`.
        evidence: String,
        /// Does a rule there accept something?
        accepts: bool,
        /// The line that changes it.
        cure: String,
    },
    /// It cannot be known, and why.
    Unknown(String),
}

/// As `nft` lists it, which knows what `iptables` of our days has made, too; what its older form has made, it lists itself.
pub(super) fn read(single: SingleThreaded, namespace: BorrowedFd<'_>) -> Filter {
    let list = |program: &str, words: &[&str]| listed(single, namespace, program, words);
    let legacy =
        || list("iptables-legacy", &["-S", "FORWARD"]).map(|text| iptables("iptables-legacy", &text));
    let newer = match list("nft", &["list", "ruleset"]) {
        Some(text) => Some(nft(&text)),
        None => list("iptables", &["-S", "FORWARD"]).map(|text| iptables("iptables", &text)),
    };
    match (newer, has_legacy(single, namespace)) {
        (Some(Filter::Open) | None, true) => legacy(),
        (newer, _) => newer,
    }
    .unwrap_or_else(|| Filter::Unknown("neither nft nor iptables is there to list the rules".to_owned()))
}

/// Asked without the older `iptables`, which makes the table that it is asked for.
fn has_legacy(single: SingleThreaded, namespace: BorrowedFd<'_>) -> bool {
    let read = || {
        let bytes = xns_sys::fs::read(Path::new("/proc/net/ip_tables_names"))?;
        Ok(Answer { bytes, ..Answer::default() })
    };
    let names = inside::ask(single, NsKind::Net, namespace, read).map(|(answer, _)| answer.bytes);
    names.unwrap_or_default().split(|byte| *byte == b'\n').any(|name| name == b"filter")
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

/// Of `nft list ruleset`.
fn nft(text: &str) -> Filter {
    let (mut table, mut chain) = (String::new(), String::new());
    let mut found = Filter::Open;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("table ") {
            table = name.trim_end_matches(" {").to_owned();
        } else if let Some(name) = line.strip_prefix("chain ") {
            chain = name.trim_end_matches(" {").to_owned();
        } else if line.contains("hook forward") && line.contains("policy drop") {
            found = Filter::Drops {
                evidence: format!(
                    "nft list ruleset: table {table}, chain {chain}: hook forward, policy drop"
                ),
                accepts: text.lines().any(|line| line.contains(" accept") && !line.contains("policy accept")),
                cure: format!("nft chain {table} {chain} '{{ policy accept; }}'"),
            };
        }
    }
    found
}

/// Of `iptables -S FORWARD`.
fn iptables(program: &str, text: &str) -> Filter {
    if !text.lines().any(|line| line.trim() == "-P FORWARD DROP") {
        return Filter::Open;
    }
    Filter::Drops {
        evidence: format!("{program} -S FORWARD: -P FORWARD DROP"),
        accepts: text.lines().any(|line| line.contains("-A FORWARD")),
        cure: format!("{program} -P FORWARD ACCEPT"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_as_nft_and_iptables_list_them() {
        let drop = "table ip filter {\n\tchain FORWARD {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}\n";
        let Filter::Drops { evidence, accepts, cure } = nft(drop) else { panic!("open") };
        assert_eq!(evidence, "nft list ruleset: table ip filter, chain FORWARD: hook forward, policy drop");
        assert_eq!((accepts, cure.as_str()), (false, "nft chain ip filter FORWARD '{ policy accept; }'"));
        assert_eq!(nft(&drop.replace("policy drop", "policy accept")), Filter::Open);
        let some = drop.replace("policy drop;", "policy drop;\n\t\tiifname \"br0\" accept");
        assert!(matches!(nft(&some), Filter::Drops { accepts: true, .. }));
        assert_eq!(iptables("iptables", "-P FORWARD ACCEPT\n"), Filter::Open);
        assert!(matches!(iptables("iptables", "-P FORWARD DROP\n"), Filter::Drops { accepts: false, .. }));
    }
}

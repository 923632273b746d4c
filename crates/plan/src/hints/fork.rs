//! E06, E07: a fork that fails for want of a living PID 1, of memory, or by a limit.

use super::limits;
use xns_core::{Errno, Facts, Hint, NsKind, NsSet, Probe};

/// For a refused fork. `gone`: a process that was there at that time has ended since; `made`: what the plan had made by then. A PID
/// namespace among it cannot be dead: the child that was refused is its first process.
pub(super) fn fork_failed(errno: Errno, made: NsSet, gone: bool, facts: &Facts) -> Option<Hint> {
    match errno {
        Errno::ENOMEM if made.contains(NsKind::Pid) => no_memory(facts),
        Errno::ENOMEM => dead_pid_namespace(facts).or_else(|| no_memory(facts)),
        Errno::EAGAIN => limits::reached(!made.contains(NsKind::User), gone, facts),
        _ => None,
    }
}

/// This process's children would be in a PID namespace whose first process has ended.
fn dead_pid_namespace(facts: &Facts) -> Option<Hint> {
    let evidence = children_elsewhere(facts)?;
    Some(
        Hint::new("XNS-E06-pid-namespace-dead", "not a memory problem: PID 1 of the new PID namespace has ended, and nothing can be started in it any more")
            .because(evidence)
            .cure("xunshare --pid --fork …", "--fork makes the program itself PID 1, so that it lives as long as the program")
            .cure("xunshare --init --pid=FILE …", "keeps a PID 1 in it, for those who enter by FILE"),
    )
}

/// A process whose children are in another PID namespace than itself cannot make one more (unshare(2), EINVAL).
pub(super) fn second_pid_namespace(facts: &Facts) -> Option<Hint> {
    let evidence = children_elsewhere(facts)?;
    // A probe is a child: none can be made when PID 1 has ended.
    if facts.probe(Probe::Unshare(NsSet::EMPTY)).is_none() {
        return dead_pid_namespace(facts);
    }
    Some(
        Hint::new(
            "XNS-E05-second-pid-namespace",
            "this process has a PID namespace for its children already, and cannot make another one",
        )
        .because(evidence)
        .cure("xunshare --pid --fork …", "outside: with --fork the program is in the namespace, and can"),
    )
}

/// The evidence that children are in another PID namespace.
fn children_elsewhere(facts: &Facts) -> Option<String> {
    let own = facts.link("/proc/self/ns/pid")?;
    // Once PID 1 has gone the link cannot be read any more, or it still differs from our own.
    let children = facts.link("/proc/self/ns/pid_for_children");
    if children.as_ref() == Some(&own) {
        return None;
    }
    let shown = children
        .map_or_else(|| "not readable".to_owned(), |link| String::from_utf8_lossy(&link).into_owned());
    Some(format!("/proc/self/ns/pid is {}, pid_for_children is {shown}", String::from_utf8_lossy(&own)))
}

pub(super) fn no_memory(facts: &Facts) -> Option<Hint> {
    let text = facts.line("/proc/meminfo")?;
    let available = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?.trim().to_owned();
    let hint = Hint::new("XNS-E06-memory", "the kernel has no memory for another process")
        .because(format!("MemAvailable of /proc/meminfo: {available}"));
    // Under strict accounting (2) what is promised counts, not what is used (proc_sys_vm(5)).
    if facts.number("/proc/sys/vm/overcommit_memory") != Some(2) {
        return Some(hint.cure("end what uses it", "ps --sort=-rss shows that"));
    }
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map_or("", str::trim);
    let (used, most) = (field("Committed_AS:"), field("CommitLimit:"));
    Some(
        hint.because(format!("vm.overcommit_memory is 2: {used} of {most} are promised"))
            .cure("sudo sysctl -w vm.overcommit_memory=0", "for the whole machine"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Recorded;

    fn facts(files: &[(&str, &str)]) -> Facts {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        Facts::recorded(Recorded { files, ..Recorded::default() })
    }

    #[test]
    fn a_pid_namespace_of_children_that_is_not_ours_is_the_cause() {
        let dead = facts(&[("/proc/self/ns/pid", "pid:[1]"), ("/proc/self/ns/pid_for_children", "pid:[2]")]);
        let dead_or_alive = |probes| {
            let files = [("/proc/self/ns/pid", "pid:[1]"), ("/proc/self/ns/pid_for_children", "pid:[2]")];
            let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).to_vec();
            second_pid_namespace(&Facts::recorded(Recorded { files, probes, ..Recorded::default() }))
                .unwrap()
                .id
        };
        assert_eq!(dead_or_alive(vec![]), "XNS-E06-pid-namespace-dead");
        assert_eq!(dead_or_alive(vec![(Probe::Unshare(NsSet::EMPTY), 0)]), "XNS-E05-second-pid-namespace");
        assert_eq!(
            fork_failed(Errno::ENOMEM, NsSet::EMPTY, false, &dead).unwrap().id,
            "XNS-E06-pid-namespace-dead"
        );
        let same = [("/proc/self/ns/pid", "pid:[1]"), ("/proc/self/ns/pid_for_children", "pid:[1]")];
        let full = facts(&[same[0], same[1], ("/proc/meminfo", "MemAvailable:  12 kB\n")]);
        assert_eq!(fork_failed(Errno::ENOMEM, NsSet::EMPTY.with(NsKind::Pid), false, &dead), None);
        let hint = fork_failed(Errno::ENOMEM, NsSet::EMPTY, false, &full).unwrap();
        assert_eq!(
            (hint.id, hint.because[0].as_str()),
            ("XNS-E06-memory", "MemAvailable of /proc/meminfo: 12 kB")
        );
        assert_eq!(fork_failed(Errno::EAGAIN, NsSet::EMPTY, false, &full), None);
    }
}

//! E03: Ubuntu lets anybody make a user namespace, and then takes its rights away.

use xns_core::{Errno, Facts, Failure, Hint, Probe};

const SYSCTL: &str = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";

/// For a refusal in a user namespace that was made without one.
pub(super) fn restricted(failure: &Failure, facts: &Facts) -> Option<Hint> {
    let refused = matches!(failure.errno()?, Errno::EPERM | Errno::EACCES);
    if !refused || facts.number(SYSCTL)? != 1 || facts.probe(Probe::UserNamespaceConfined)? != 1 {
        return None;
    }
    Some(
        Hint::new(
            "XNS-E03-apparmor",
            "AppArmor lets ordinary users make a user namespace here, but leaves them no rights in it",
        )
        .because(format!("{SYSCTL} is 1"))
        .because("a process in a new user namespace runs under the profile unprivileged_userns")
        .cure(facts.command_with(&["sudo"], &[""; 0]), "")
        .cure("an AppArmor profile with `userns,` for this program", "for every user; see apparmor.d(5)")
        .cure(
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
            "for the whole machine: a lab VM only",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Recorded;

    #[test]
    fn the_profile_of_a_child_is_the_proof() {
        let facts = |label| {
            Facts::recorded(Recorded {
                files: vec![(SYSCTL.into(), b"1\n".to_vec())],
                probes: vec![(Probe::UserNamespaceConfined, label)],
                ..Recorded::default()
            })
        };
        assert_eq!(restricted(&Errno::EPERM.into(), &facts(1)).unwrap().id, "XNS-E03-apparmor");
        assert_eq!(restricted(&Errno::EPERM.into(), &facts(0)), None);
        assert_eq!(restricted(&Errno::EINVAL.into(), &facts(1)), None);
    }
}

//! What a process may do: its capabilities by name, its seccomp mode, and no-new-privs (proc_pid_status(5)).

use std::fmt;
use std::os::fd::BorrowedFd;
use std::path::Path;
use xns_core::{Errno, status_field};
use xns_sys::fs;

/// The names, by number (capabilities(7), linux/capability.h).
const NAMES: [&str; 41] = [
    "cap_chown",
    "cap_dac_override",
    "cap_dac_read_search",
    "cap_fowner",
    "cap_fsetid",
    "cap_kill",
    "cap_setgid",
    "cap_setuid",
    "cap_setpcap",
    "cap_linux_immutable",
    "cap_net_bind_service",
    "cap_net_broadcast",
    "cap_net_admin",
    "cap_net_raw",
    "cap_ipc_lock",
    "cap_ipc_owner",
    "cap_sys_module",
    "cap_sys_rawio",
    "cap_sys_chroot",
    "cap_sys_ptrace",
    "cap_sys_pacct",
    "cap_sys_admin",
    "cap_sys_boot",
    "cap_sys_nice",
    "cap_sys_resource",
    "cap_sys_time",
    "cap_sys_tty_config",
    "cap_mknod",
    "cap_lease",
    "cap_audit_write",
    "cap_audit_control",
    "cap_setfcap",
    "cap_mac_override",
    "cap_mac_admin",
    "cap_syslog",
    "cap_wake_alarm",
    "cap_block_suspend",
    "cap_audit_read",
    "cap_perfmon",
    "cap_bpf",
    "cap_checkpoint_restore",
];

/// A set of capabilities, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CapabilitySet(pub u64);

impl CapabilitySet {
    /// All that this kernel knows, by `/proc/sys/kernel/cap_last_cap`; where that cannot be read, all that have a name here.
    pub fn of_kernel() -> Self {
        let last = std::fs::read_to_string("/proc/sys/kernel/cap_last_cap");
        let last = last.ok().and_then(|text| text.trim().parse().ok());
        Self::up_to(last.unwrap_or(NAMES.len() as u32 - 1))
    }

    /// Those with the numbers 0 to `last`.
    pub fn up_to(last: u32) -> Self {
        CapabilitySet(u64::MAX.checked_shr(63_u32.saturating_sub(last)).unwrap_or(u64::MAX))
    }

    /// The names in the order of their numbers; `cap_N` for one that is newer than this program.
    pub fn names(self) -> Vec<String> {
        let numbers = (0..u64::BITS).filter(|number| self.0 >> number & 1 == 1);
        let name = |number: u32| match NAMES.get(number as usize) {
            Some(name) => (*name).to_owned(),
            None => format!("cap_{number}"),
        };
        numbers.map(name).collect()
    }

    /// Is it in the set?
    pub const fn has(self, number: u32) -> bool {
        number < u64::BITS && self.0 >> number & 1 == 1
    }

    /// `none`, `all`, `all but cap_sys_resource`, `cap_chown, cap_kill`: `all` is what the kernel has.
    pub fn words(self, all: CapabilitySet) -> String {
        let missing = CapabilitySet(all.0 & !self.0);
        // Fewer words for what is nearly all.
        let is_most = self.0.count_ones() > all.0.count_ones() / 2 && self.0 & !all.0 == 0;
        match self.0 {
            0 => "none".to_owned(),
            _ if missing.0 == 0 && self.0 == all.0 => "all".to_owned(),
            _ if is_most => format!("all but {}", missing.names().join(", ")),
            _ => self.names().join(", "),
        }
    }
}

/// The lower-case names, with commas between: empty for none.
impl fmt::Display for CapabilitySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(","))
    }
}

/// The seccomp mode of a process (seccomp(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seccomp {
    /// No filter.
    Disabled,
    /// read, write, _exit and sigreturn only.
    Strict,
    /// Filters decide.
    Filter,
    /// A mode that is newer than this program.
    Other(u32),
}

impl fmt::Display for Seccomp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Seccomp::Disabled => f.write_str("disabled"),
            Seccomp::Strict => f.write_str("strict"),
            Seccomp::Filter => f.write_str("filter"),
            Seccomp::Other(mode) => write!(f, "mode {mode}"),
        }
    }
}

/// What a process may do. The capabilities are those in the user namespace that it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    /// That an exec may hand on.
    pub inheritable: CapabilitySet,
    /// That may be put in force.
    pub permitted: CapabilitySet,
    /// In force.
    pub effective: CapabilitySet,
    /// That an exec may give at all.
    pub bounding: CapabilitySet,
    /// That an exec keeps; `None` below Linux 4.3.
    pub ambient: Option<CapabilitySet>,
    /// Does no exec give it more rights (PR_SET_NO_NEW_PRIVS)? `None` below Linux 4.10.
    pub no_new_privileges: Option<bool>,
    /// `None` where the kernel has no seccomp.
    pub seccomp: Option<Seccomp>,
    /// How many filters; `None` below Linux 5.9.
    pub seccomp_filters: Option<u32>,
}

impl Rights {
    /// Of a process, by its directory in `/proc`. Anybody may read them.
    ///
    /// # Errors
    /// What reading `status` answered; EINVAL when it lacks the capabilities.
    pub fn of(process: BorrowedFd<'_>) -> Result<Self, Errno> {
        Self::parse(&fs::read_in(process, Path::new("status"))?).ok_or(Errno::EINVAL)
    }

    /// From the text of `/proc/PID/status`.
    pub fn parse(status: &[u8]) -> Option<Self> {
        let set = |field: &str| {
            let bits = u64::from_str_radix(status_field(status, field)?, 16).ok()?;
            Some(CapabilitySet(bits))
        };
        let number = |field: &str| status_field(status, field)?.parse::<u32>().ok();
        Some(Rights {
            inheritable: set("CapInh:")?,
            permitted: set("CapPrm:")?,
            effective: set("CapEff:")?,
            bounding: set("CapBnd:")?,
            ambient: set("CapAmb:"),
            no_new_privileges: number("NoNewPrivs:").map(|value| value != 0),
            seccomp: number("Seccomp:").map(|mode| match mode {
                0 => Seccomp::Disabled,
                1 => Seccomp::Strict,
                2 => Seccomp::Filter,
                other => Seccomp::Other(other),
            }),
            seccomp_filters: number("Seccomp_filters:"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::os::fd::AsFd;

    #[test]
    fn sets_are_told_by_name() {
        let all = CapabilitySet::up_to(40);
        assert_eq!(all.0, 0x1ff_ffff_ffff);
        assert_eq!(CapabilitySet::up_to(63).0, u64::MAX);
        assert_eq!(CapabilitySet::up_to(99).0, u64::MAX);
        assert_eq!((all.words(all), CapabilitySet(0).words(all)), ("all".into(), "none".into()));
        assert_eq!(CapabilitySet(0x1ff_feff_ffff).words(all), "all but cap_sys_resource");
        assert_eq!(CapabilitySet(0x21).words(all), "cap_chown, cap_kill");
        assert_eq!(CapabilitySet(1 << 40 | 1 << 63).to_string(), "cap_checkpoint_restore,cap_63");
        // More than this kernel should have is not "all".
        assert!(CapabilitySet(u64::MAX).words(all).contains("cap_41"));
        assert!(all.has(21) && !all.has(41) && !all.has(64));
    }

    #[test]
    fn a_status_of_the_kernel() {
        const STATUS: &[u8] = b"Name:\tx\nCapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\n\
            CapEff:\t00000000a80425fb\nCapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n\
            Seccomp_filters:\t3\nSpeculation_Store_Bypass:\tvulnerable\n";
        let rights = Rights::parse(STATUS).unwrap();
        // What Docker gives.
        assert_eq!(
            rights.effective.to_string(),
            "cap_chown,cap_dac_override,cap_fowner,cap_fsetid,cap_kill,cap_setgid,cap_setuid,cap_setpcap,\
             cap_net_bind_service,cap_net_raw,cap_sys_chroot,cap_mknod,cap_audit_write,cap_setfcap"
        );
        assert_eq!((rights.no_new_privileges, rights.seccomp_filters), (Some(true), Some(3)));
        assert_eq!(rights.seccomp, Some(Seccomp::Filter));
        assert_eq!(Rights::parse(b"Name:\tx\n"), None);
    }

    #[test]
    fn ones_own() {
        let own = fs::open_directory(Path::new("/proc/self")).unwrap();
        let rights = Rights::of(own.as_fd()).unwrap();
        assert_eq!(rights.effective.0, xns_sys::identity::capabilities().unwrap().effective);
        assert_eq!(rights.effective.0 & !CapabilitySet::of_kernel().0, 0);
    }

    proptest! {
        #[test]
        fn any_set_has_words(bits: u64, last in 0..70_u32) {
            prop_assert!(!CapabilitySet(bits).words(CapabilitySet::up_to(last)).is_empty());
        }

        #[test]
        fn any_bytes(text: Vec<u8>) {
            let _ = Rights::parse(&text);
        }
    }
}

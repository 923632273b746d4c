//! `without CALL[,CALL…] PROGRAM [ARGUMENT]…`: runs a program that finds these system calls missing (ENOSYS), as on an older
//! kernel. `waitid-pidfd` is waitid(2) by pidfd, which Linux 5.3 refuses with EINVAL.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test's helper fails with the reason")]

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};
use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;

/// The calls that can be taken away.
const CALLS: [(&str, i64); 12] = [
    ("clone3", libc::SYS_clone3),
    ("close_range", libc::SYS_close_range),
    ("fsconfig", libc::SYS_fsconfig),
    ("fsmount", libc::SYS_fsmount),
    ("fsopen", libc::SYS_fsopen),
    ("mount_setattr", libc::SYS_mount_setattr),
    ("move_mount", libc::SYS_move_mount),
    ("open_tree", libc::SYS_open_tree),
    ("openat2", libc::SYS_openat2),
    ("pidfd_getfd", libc::SYS_pidfd_getfd),
    ("pidfd_open", libc::SYS_pidfd_open),
    ("pidfd_send_signal", libc::SYS_pidfd_send_signal),
];

/// P_PIDFD of waitid(2).
const P_PIDFD: u64 = 3;

fn main() {
    let mut args = std::env::args_os().skip(1);
    let (calls, program) = (args.next().unwrap(), args.next().unwrap());
    let calls = calls.into_string().unwrap();
    let (by_pidfd, names): (Vec<_>, Vec<_>) = calls.split(',').partition(|name| *name == "waitid-pidfd");
    let number = |name: &&str| CALLS.iter().find(|(known, _)| known == name).map(|(_, number)| *number);
    let missing = names.iter().map(|name| number(name).unwrap_or_else(|| panic!("unknown call: {name}")));
    refuse(missing.map(|number| (number, Vec::new())).collect(), libc::ENOSYS);
    if !by_pidfd.is_empty() {
        let first = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, P_PIDFD).unwrap();
        let rule = SeccompRule::new(vec![first]).unwrap();
        refuse(BTreeMap::from([(libc::SYS_waitid, vec![rule])]), libc::EINVAL);
    }
    let error = std::process::Command::new(&program).args(args).exec();
    eprintln!("without: {}: {error}", program.display());
    std::process::exit(127);
}

/// From now on, here and in every child, these calls answer this error.
fn refuse(rules: BTreeMap<i64, Vec<SeccompRule>>, errno: i32) {
    if rules.is_empty() {
        return;
    }
    let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
    let refusal = SeccompAction::Errno(errno.cast_unsigned());
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refusal, arch).unwrap();
    seccompiler::apply_filter(&BpfProgram::try_from(filter).unwrap()).unwrap();
}

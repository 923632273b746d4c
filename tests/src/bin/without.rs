//! `without CALL[,CALL…] PROGRAM [ARGUMENT]…`: runs a program that finds these system calls missing (ENOSYS), as on an older
//! kernel. Of some calls only what is newer is refused, with the errors of the kernels before: `waitid-pidfd` is waitid(2) by
//! pidfd (EINVAL, Linux 5.3), `setns-pidfd` setns(2) into several namespaces by one (EINVAL, 5.7), `pidfd-ioctls` the questions
//! for a pidfd's namespaces (ENOTTY, 6.10), `pid-in-namespace` that for a process by its PID in another namespace (ENOTTY, 6.10);
//! `unshare` is all of unshare(2), refused as containers' filters do it (EPERM).
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test's helper fails with the reason")]

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};
use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;

/// The calls that can be taken away.
const CALLS: [(&str, i64); 13] = [
    ("clone3", libc::SYS_clone3),
    ("close_range", libc::SYS_close_range),
    ("fsconfig", libc::SYS_fsconfig),
    ("fsmount", libc::SYS_fsmount),
    ("fsopen", libc::SYS_fsopen),
    ("mount_setattr", libc::SYS_mount_setattr),
    ("move_mount", libc::SYS_move_mount),
    ("open_by_handle_at", libc::SYS_open_by_handle_at),
    ("open_tree", libc::SYS_open_tree),
    ("openat2", libc::SYS_openat2),
    ("pidfd_getfd", libc::SYS_pidfd_getfd),
    ("pidfd_open", libc::SYS_pidfd_open),
    ("pidfd_send_signal", libc::SYS_pidfd_send_signal),
];

/// Calls of which a part can be taken away.
const PARTS: [&str; 5] = ["waitid-pidfd", "setns-pidfd", "pidfd-ioctls", "pid-in-namespace", "unshare"];

fn main() {
    let mut args = std::env::args_os().skip(1);
    let (calls, program) = (args.next().unwrap(), args.next().unwrap());
    let calls = calls.into_string().unwrap();
    let (parts, names): (Vec<_>, Vec<_>) = calls.split(',').partition(|name| PARTS.contains(name));
    let number = |name: &&str| CALLS.iter().find(|(known, _)| known == name).map(|(_, number)| *number);
    let missing = names.iter().map(|name| number(name).unwrap_or_else(|| panic!("unknown call: {name}")));
    refuse(missing.map(|number| (number, Vec::new())).collect(), libc::ENOSYS);
    parts.into_iter().for_each(refuse_part);
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

fn refuse_part(name: &str) {
    if name == "unshare" {
        return refuse([(libc::SYS_unshare, Vec::new())].into(), libc::EPERM);
    }
    let compare = |arg, op, value| SeccompCondition::new(arg, SeccompCmpArgLen::Dword, op, value).unwrap();
    let (call, conditions, errno) = match name {
        "waitid-pidfd" => {
            (libc::SYS_waitid, vec![compare(0, SeccompCmpOp::Eq, u64::from(libc::P_PIDFD))], libc::EINVAL)
        }
        "setns-pidfd" => {
            // One kind, or any: that may be a namespace's file.
            const CLONE_NEWTIME: i32 = 0x80;
            let kinds = [
                0,
                libc::CLONE_NEWNS,
                libc::CLONE_NEWUTS,
                libc::CLONE_NEWIPC,
                libc::CLONE_NEWNET,
                libc::CLONE_NEWPID,
                libc::CLONE_NEWUSER,
                libc::CLONE_NEWCGROUP,
                CLONE_NEWTIME,
            ];
            let others = kinds.map(|kind| compare(1, SeccompCmpOp::Ne, u64::from(kind.cast_unsigned())));
            (libc::SYS_setns, others.to_vec(), libc::EINVAL)
        }
        "pid-in-namespace" => {
            const NS_GET_TGID_FROM_PIDNS: u64 = 0x8004_b707;
            (libc::SYS_ioctl, vec![compare(1, SeccompCmpOp::Eq, NS_GET_TGID_FROM_PIDNS)], libc::ENOTTY)
        }
        _ => {
            // PIDFD_GET_…_NAMESPACE: `_IO(0xff, 1)` to `_IO(0xff, 10)`.
            let [from, to] = [compare(1, SeccompCmpOp::Ge, 0xff01), compare(1, SeccompCmpOp::Le, 0xff0a)];
            (libc::SYS_ioctl, vec![from, to], libc::ENOTTY)
        }
    };
    refuse(BTreeMap::from([(call, vec![SeccompRule::new(conditions).unwrap()])]), errno);
}

//! E14, M1, M2: proc or mqueue that could not be mounted.

use super::view::View;
use super::{Site, reach};
use crate::Op;
use std::path::{Path, PathBuf};
use xns_core::{Actor, Errno, Facts, Failure, Hint, NsKind};
use xns_mnt::KernelFs;
use xns_mnt::root::Content;

const NO_WORDS: &[&str] = &[];

/// The kernel's file system that an operation mounts, and where, as the user can reach it.
pub(crate) fn kernel_fs(op: &Op) -> Option<(KernelFs, PathBuf)> {
    match op {
        Op::Mnt(xns_mnt::Op::Mount(mount)) => {
            Some((mount.fs, mount.outside_root.as_ref().unwrap_or(&mount.at).clone()))
        }
        Op::Mnt(xns_mnt::Op::Fill(fill)) => match fill.content {
            Content::Kernel(fs) => Some((fs, fill.at.clone())),
            _ => None,
        },
        _ => None,
    }
}

/// For a refused operation on mounts.
pub(super) fn refused(site: &Site<'_>, failure: &Failure, facts: &Facts) -> Option<Hint> {
    let (fs, at) = kernel_fs(&site.failed.op)?;
    match (failure.errno()?, fs) {
        (Errno::ENOENT, _) if matches!(site.failed.op, Op::Mnt(xns_mnt::Op::Mount(_))) => {
            let view = View::of(site, facts);
            let link = view.and_then(|view| reach::why(&at, Errno::ENOENT, &view));
            let link = link.filter(|hint| hint.id == reach::DANGLING);
            Some(link.unwrap_or_else(|| no_directory(fs, &at)))
        }
        (Errno::ENODEV, _) => missing_file_system(fs.name(), facts),
        (Errno::EPERM, _) if !site.made(NsKind::User) => None,
        (Errno::EPERM, KernelFs::Proc) => proc_refused(site, facts),
        (Errno::EPERM, KernelFs::Mqueue) => mqueue_refused(site, facts),
        (Errno::EPERM, KernelFs::Binfmt) => binfmt_refused(facts),
        _ => None,
    }
}

/// E20: `/` of a chroot is no mount point, and pivot_root needs one.
pub(super) fn own_root_in_chroot(errno: Errno, facts: &Facts) -> Option<Hint> {
    let evidence = (errno == Errno::EINVAL).then(|| facts.in_chroot()).flatten()?;
    Some(
        Hint::new("XNS-E20-chroot", "a root of one's own cannot be made from within a chroot")
            .because(evidence)
            .cure("start outside the chroot", "or --root DIR, a chroot in the chroot"),
    )
}

pub(super) fn missing_file_system(name: &str, facts: &Facts) -> Option<Hint> {
    let known = String::from_utf8_lossy(&facts.file("/proc/filesystems")?).into_owned();
    let missing = !known.lines().any(|line| line.split_whitespace().last() == Some(name));
    missing.then(|| {
        Hint::new("XNS-M4-no-file-system", format!("this kernel does not have {name}, or not yet"))
            .because(format!("/proc/filesystems does not list {name}"))
            .cure(format!("sudo modprobe {name}"), "when it is a module")
    })
}

fn no_directory(fs: KernelFs, at: &Path) -> Hint {
    let name = fs.name();
    let mkdir = xns_core::shell::line(["mkdir".as_ref(), "-p".as_ref(), at.as_os_str()]);
    Hint::new("XNS-M1-no-directory", format!("there is no directory {} to mount {name} on", at.display()))
        .because("mount(2) answers ENOENT when its target does not exist")
        .cure(mkdir, "as its owner, or with sudo")
        .cure(format!("--mount-{name}=DIR"), "on a directory that exists")
}

/// binfmt_misc belongs to the user namespace since Linux 6.7.
fn binfmt_refused(facts: &Facts) -> Option<Hint> {
    let release = facts.older_kernel((6, 7))?;
    Some(
        Hint::new("XNS-M3-old-kernel", "a user namespace may mount binfmt_misc since Linux 6.7")
            .because(format!("this is Linux {release}"))
            .cure("register the interpreter on the host, as root", "then it is everybody's"),
    )
}

/// E21: overlay belongs to the user namespace since Linux 5.11.
pub(super) fn old_overlay(facts: &Facts) -> Option<Hint> {
    let release = facts.older_kernel((5, 11))?;
    Some(
        Hint::new("XNS-E21-old-kernel", "a user namespace may mount overlay since Linux 5.11")
            .because(format!("this is Linux {release}"))
            .cure(facts.command_with(&["sudo"], NO_WORDS), "root mounts it on every kernel"),
    )
}

/// E14: a user namespace may mount proc only for a PID namespace that it owns.
fn proc_refused(site: &Site<'_>, facts: &Facts) -> Option<Hint> {
    if !site.made(NsKind::Pid) {
        return Some(
            Hint::new(
                "XNS-E14-no-pid-namespace",
                "a user namespace may mount proc only for a PID namespace that was made with it",
            )
            .because("the plan makes a user namespace, but no PID namespace")
            .cure(facts.command_with(NO_WORDS, &site.words_inside()), "a PID namespace, and a child in it"),
        );
    }
    if site.failed.actor == Actor::Caller {
        return Some(
            Hint::new(
                "XNS-E14-not-forked",
                "proc would show the old PID namespace: only children are in the new one",
            )
            .because("the plan makes a PID namespace, but mounts proc in the process that made it")
            .cure(facts.command_with(NO_WORDS, &["-f"]), "a child, which is in the new namespace, mounts it"),
        );
    }
    masked(facts)
}

/// The kernel shows no more of proc than is seen already: a container covers parts of it.
pub(super) fn masked(facts: &Facts) -> Option<Hint> {
    // Directories that are empty below the mount count as nothing covered.
    const HARMLESS: [&str; 3] = ["/proc/sys/fs/binfmt_misc", "/proc/fs/nfsd", "/proc/openprom"];
    let evidence = covered("/proc", &HARMLESS, facts)?;
    Some(
        Hint::new(
            "XNS-E14-masked-proc",
            "/proc is not seen, or parts of it are covered, probably by your container: the kernel allows no proc that shows more",
        )
        .because(evidence)
        .cure("docker run --security-opt systempaths=unconfined …", "a lab machine only")
        .cure("podman run --security-opt unmask=ALL …", "a lab machine only"),
    )
}

/// E15: the same of sysfs.
pub(super) fn masked_sys(facts: &Facts) -> Option<Hint> {
    const HARMLESS: [&str; 9] = [
        "/sys/fs/cgroup",
        "/sys/fs/bpf",
        "/sys/fs/fuse/connections",
        "/sys/fs/pstore",
        "/sys/fs/selinux",
        "/sys/kernel/config",
        "/sys/kernel/debug",
        "/sys/kernel/security",
        "/sys/kernel/tracing",
    ];
    let evidence = covered("/sys", &HARMLESS, facts)?;
    Some(
        Hint::new(
            "XNS-E15-masked-sys",
            "/sys is read-only or parts of it are covered, probably by your container: the kernel allows no sysfs that shows more",
        )
        .because(evidence)
        .cure("docker run --security-opt systempaths=unconfined …", "a lab machine only")
        .cure("--bind /sys:/sys", "shows the host's, in a root of your own"),
    )
}

/// The mounts below one of the kernel's file systems, but for those on directories that are empty there; or that it is read-only, or not
/// mounted at all.
fn covered(top: &str, harmless: &[&str], facts: &Facts) -> Option<String> {
    let mounts = facts.mounts()?;
    let whole: Vec<_> = mounts.iter().filter(|mount| mount.point == Path::new(top)).collect();
    let below = |point: &Path| {
        let point = point.to_string_lossy().into_owned();
        let within = point.strip_prefix(top).is_some_and(|rest| rest.starts_with('/'));
        let empty = harmless.iter().any(|known| Path::new(&point).starts_with(known));
        (within && !empty).then_some(point)
    };
    let mut masks: Vec<_> = mounts.iter().filter_map(|mount| below(&mount.point)).collect();
    masks.dedup();
    match (masks.as_slice(), whole.as_slice()) {
        ([], []) => Some(format!("/proc/self/mountinfo has no mount on {top}")),
        ([], [whole, ..]) if whole.has("ro") => Some(format!("/proc/self/mountinfo has {top} read-only")),
        ([], _) => None,
        ([only], _) => Some(format!("/proc/self/mountinfo has a mount on {only}")),
        ([first, ..], _) => {
            Some(format!("/proc/self/mountinfo has {} mounts below {top}, the first on {first}", masks.len()))
        }
    }
}

fn mqueue_refused(site: &Site<'_>, facts: &Facts) -> Option<Hint> {
    (!site.made(NsKind::Ipc)).then(|| {
        Hint::new(
            "XNS-M2-no-ipc-namespace",
            "a user namespace may mount mqueue only for an IPC namespace that was made with it",
        )
        .because("the plan makes a user namespace, but no IPC namespace")
        .cure(facts.command_with(NO_WORDS, &["-i"]), "")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::{Op as Process, Unshare};
    use crate::{Control, Phase, Plan, hint};
    use xns_core::Recorded;
    use xns_mnt::Mount;

    fn ask(fs: KernelFs, kinds: &[NsKind], fork: bool, errno: Errno, mountinfo: &str) -> Option<Hint> {
        let mut plan = Plan::default();
        let unshare =
            Process::Unshare(Unshare { kinds: kinds.iter().copied().collect(), child_shows_pid: false });
        plan.push(Actor::Caller, Phase::Create, unshare, "");
        let actor = if fork { Actor::Child } else { Actor::Caller };
        if fork {
            plan.push(Actor::Caller, Phase::Fork, Control::Fork(Actor::Child), "");
        }
        let at = PathBuf::from("/x y");
        let mount = Mount { fs, at, private_first: false, outside_root: None };
        plan.push(actor, Phase::Mounts, xns_mnt::Op::Mount(mount), "");
        let facts = Facts::recorded(Recorded {
            command: ["xunshare", "true"].map(Into::into).to_vec(),
            files: vec![
                ("/proc/self/mountinfo".into(), mountinfo.as_bytes().to_vec()),
                ("/proc/filesystems".into(), b"nodev\tproc\n\text4\n".to_vec()),
                ("/proc/sys/kernel/osrelease".into(), b"6.1.0-56-cloud-amd64\n".to_vec()),
            ],
            ..Recorded::default()
        });
        hint(&plan, plan.steps.len() - 1, &Failure::in_part(1, errno), &facts)
    }

    fn told(hint: Option<Hint>) -> Option<(&'static str, String)> {
        hint.map(|hint| (hint.id, hint.cures[0].action.clone()))
    }

    #[test]
    fn e14_tells_its_causes_apart() {
        use NsKind::{Mnt, Pid, User};
        const BARE: &str = "22 1 0:21 / /proc rw - proc proc rw\n";
        const HARMLESS: &str =
            "22 1 0:21 / /proc rw - proc proc rw\n23 22 0:22 / /proc/sys/fs/binfmt_misc rw - autofs a rw\n";
        const MASKED: &str =
            "22 1 0:21 / /proc rw - proc proc rw\n23 22 0:22 /null /proc/kcore rw - tmpfs t rw\n";
        let proc = |kinds: &[NsKind], fork, text| told(ask(KernelFs::Proc, kinds, fork, Errno::EPERM, text));
        let id = |id, cure: &str| Some((id, cure.to_owned()));
        assert_eq!(proc(&[User, Mnt], false, MASKED), id("XNS-E14-no-pid-namespace", "xunshare -p -f true"));
        assert_eq!(proc(&[User, Mnt], true, MASKED), id("XNS-E14-no-pid-namespace", "xunshare -p true"));
        assert_eq!(proc(&[User, Mnt, Pid], false, MASKED), id("XNS-E14-not-forked", "xunshare -f true"));
        assert_eq!(
            proc(&[User, Mnt, Pid], true, MASKED),
            id("XNS-E14-masked-proc", "docker run --security-opt systempaths=unconfined …")
        );
        assert_eq!(proc(&[User, Mnt, Pid], true, BARE), None);
        assert_eq!(proc(&[User, Mnt, Pid], true, HARMLESS), None);
        // Where none is seen, none may be shown.
        const NONE: &str = "23 22 0:22 / / rw - ext4 a rw\n";
        let hint = ask(KernelFs::Proc, &[User, Mnt, Pid], true, Errno::EPERM, NONE).unwrap();
        assert_eq!(hint.because, ["/proc/self/mountinfo has no mount on /proc"]);
        assert_eq!(proc(&[Mnt, Pid], true, MASKED), None);
    }

    #[test]
    fn binfmt_misc_wants_a_kernel_that_has_it() {
        use NsKind::{Mnt, Pid, User};
        let ask = |fs, errno| told(ask(fs, &[User, Mnt, Pid], true, errno, ""));
        let id = |id, cure: &str| Some((id, cure.to_owned()));
        assert_eq!(
            ask(KernelFs::Binfmt, Errno::ENODEV),
            id("XNS-M4-no-file-system", "sudo modprobe binfmt_misc")
        );
        assert_eq!(
            ask(KernelFs::Binfmt, Errno::EPERM),
            id("XNS-M3-old-kernel", "register the interpreter on the host, as root")
        );
        // It is listed: then it is something else.
        assert_eq!(ask(KernelFs::Proc, Errno::ENODEV), None);
    }

    #[test]
    fn mqueue_wants_a_directory_and_an_ipc_namespace() {
        use NsKind::{Ipc, Mnt, User};
        let mqueue = |kinds: &[NsKind], errno| told(ask(KernelFs::Mqueue, kinds, false, errno, ""));
        assert_eq!(
            mqueue(&[Mnt], Errno::ENOENT),
            Some(("XNS-M1-no-directory", "mkdir -p '/x y'".to_owned()))
        );
        assert_eq!(
            mqueue(&[User, Mnt], Errno::EPERM),
            Some(("XNS-M2-no-ipc-namespace", "xunshare -i true".to_owned()))
        );
        assert_eq!(mqueue(&[User, Mnt, Ipc], Errno::EPERM), None);
    }
}

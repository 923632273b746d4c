//! Pinning: a namespace that a bind mount keeps, without any process in it (namespaces(7)).

use std::path::{Path, PathBuf};
use xns_core::shell::{self, c_string, path};
use xns_core::{
    Apply, Call, Errno, Facts, Failure, Hint, NsKind, Operation, Outcome, Seen, SeenKind, Shell, Slots,
};
use xns_sys::fs;
use xns_sys::mount::{self, MntFlags, MsFlags};

/// `mount("/proc/PID/ns/KIND", file, NULL, MS_BIND, NULL)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Which namespace of the caller.
    pub kind: NsKind,
    /// The file to pin it on. It has to exist, and for a mount namespace must not lie on a shared mount.
    pub file: PathBuf,
    /// The caller's PID: the binder sees the caller's namespaces under it.
    pub caller: u32,
}

impl Pin {
    fn source(&self) -> String {
        format!("/proc/{}/ns/{}", self.caller, self.kind.unshared_file())
    }
}

impl Pin {
    /// A mount namespace is pinned only in an older one, and Linux 6.18 takes its numbers, which it gives out in a batch for
    /// each CPU, for the age.
    fn seems_older(facts: &Facts) -> Option<Hint> {
        let parent = facts.status("PPid")?;
        let number = |process: &str| facts.mount_namespace(&format!("/proc/{process}/ns/mnt"));
        let (own, old) = (number("self")?, number(&parent)?);
        (own < old).then(|| {
            Hint::new(
                "XNS-E17-number",
                "the kernel takes the new mount namespace for older than the one to pin it in, by its number",
            )
            .because(format!(
                "NS_GET_MNTNS_ID answers {own} for the new one, {old} for that of process {parent}"
            ))
            .cure("start it again, on another CPU: taskset -c NUMBER …", "each CPU has numbers of its own")
        })
    }
}

/// E17, E18: why it could not be pinned.
impl Pin {
    fn missing(&self, facts: &Facts) -> Hint {
        if self.file.as_os_str().is_empty() {
            let option = format!("--{}", self.kind.option());
            return Hint::new("XNS-E18-no-file", format!("there is no file's name after {option}="))
                .because(format!("{option}= was given without one"))
                .cure(format!("{option}=FILE"), "an empty file will do");
        }
        let file = shell::path(&self.file);
        let hint = Hint::new(
            "XNS-E18-no-file",
            format!("there is no file {} to pin the namespace on", self.file.display()),
        )
        .because(format!("stat(2) of {} answers ENOENT", self.file.display()));
        let dir = self.file.parent().filter(|dir| !dir.as_os_str().is_empty());
        match dir.filter(|dir| facts.look(None, dir).is_err()) {
            Some(dir) => hint.cure(format!("mkdir -p {} && touch {file}", shell::path(dir)), ""),
            None => hint.cure(format!("touch {file}"), "an empty file will do"),
        }
    }

    fn directory(&self, seen: &Seen) -> Option<Hint> {
        (seen.kind == SeenKind::Directory).then(|| {
            let inside = self.file.join(self.kind.name());
            Hint::new("XNS-E18-directory", "a namespace can be pinned on a file only")
                .because(format!("{} is a directory", self.file.display()))
                .cure(format!("touch {}", shell::path(&inside)), "and that file instead")
        })
    }

    /// Before it has a process a PID namespace cannot be referred to.
    fn not_forked(&self, facts: &Facts) -> Option<Hint> {
        let unborn = self.kind == NsKind::Pid && facts.link("/proc/self/ns/pid_for_children").is_none();
        unborn.then(|| {
            Hint::new("XNS-E18-no-process", "a PID namespace can be pinned only when it has a process")
                .because("/proc/self/ns/pid_for_children cannot be read")
                .cure(facts.command_with(&[], &["-f"]), "the program is its first process")
        })
    }

    fn no_privileges(&self, facts: &Facts) -> Option<Hint> {
        (facts.euid() != 0).then(|| {
            Hint::new(
                "XNS-E18-no-privileges",
                "pinning is a mount outside the new namespaces, where you have no privileges",
            )
            .because(format!("you are uid {} there", facts.euid()))
            .cure(facts.command_with::<&str>(&["sudo"], &[]), "")
        })
    }

    /// The mount would arrive in the namespace that it holds, which the kernel does not allow (mount_namespaces(7)).
    fn on_shared_mount(&self, seen: &Seen, facts: &Facts) -> Option<Hint> {
        let mounts = facts.mounts()?;
        let mount = mounts.iter().find(|mount| Some(mount.id) == seen.mount)?;
        // The copy in a namespace of other users only receives, from the group that it was copied from.
        let group = mount.shared().or(mount.master())?;
        let dir = self.file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let dir = shell::path(dir);
        Some(
            Hint::new(
                "XNS-E17-shared",
                format!(
                    "a mount namespace cannot be pinned on a shared mount: {} is on one",
                    self.file.display()
                ),
            )
            .because(format!("/proc/self/mountinfo has {group} for {}", mount.point.display()))
            .cure(
                format!("mount --bind {dir} {dir} && mount --make-private {dir}"),
                "a private mount of its own; the file stays",
            ),
        )
    }
}

impl Operation for Pin {
    fn calls(&self) -> Vec<Call> {
        let (source, file) = (c_string(self.source()), c_string(&self.file));
        vec![Call::new(format!("mount({source}, {file}, \"none\", MS_BIND, NULL)"))]
    }

    fn shell(&self) -> Vec<Shell> {
        let kind = self.kind.unshared_file();
        vec![Shell::Outside(format!("mount --bind /proc/$$/ns/{kind} {}", path(&self.file)))]
    }

    fn failed(&self, _: u8) -> String {
        format!("mount {} on {} failed", self.source(), self.file.display())
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        let file = facts.look(None, &self.file);
        match (failure.errno()?, file) {
            (Errno::ENOENT, Err(Errno::ENOENT)) => Some(self.missing(facts)),
            (Errno::ENOENT, Ok(_)) => self.not_forked(facts),
            (Errno::ENOTDIR, Ok(seen)) => self.directory(&seen),
            (Errno::EPERM, _) => self.no_privileges(facts),
            (Errno::EINVAL, Ok(seen)) if self.kind == NsKind::Mnt => {
                self.on_shared_mount(&seen, facts).or_else(|| Pin::seems_older(facts))
            }
            _ => None,
        }
    }
}

impl Apply for Pin {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        fs::proc_is_ours()?;
        let source = self.source();
        mount::mount(Some(Path::new(&source)), &self.file, Some("none"), MsFlags::MS_BIND, None)?;
        Ok(Outcome::Done)
    }

    fn undo(&self) {
        let _ = mount::unmount(&self.file, MntFlags::MNT_DETACH);
    }

    fn leaves_something(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::{Format, Recorded};

    fn told(kind: NsKind, errno: Errno, recorded: Recorded) -> Option<Hint> {
        let pin = Pin { kind, file: "dir/file".into(), caller: 1 };
        let command = ["xunshare", "true"].map(Into::into).to_vec();
        pin.hint(&errno.into(), &Facts::recorded(Recorded { command, ..recorded }))
    }

    fn seen(kind: SeenKind) -> Recorded {
        let file = Seen { kind, mount: Some(44), ..Seen::file(0o644, Format::Plain) };
        Recorded { seen: vec![("dir/file".into(), file)], ..Recorded::default() }
    }

    fn with(mut recorded: Recorded, files: &[(&str, &str)]) -> Recorded {
        recorded.files =
            files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        recorded
    }

    #[test]
    fn causes_are_told_apart_by_what_is_there() {
        let id = |kind, errno, recorded| told(kind, errno, recorded).map_or("none", |hint| hint.id);
        let file = || seen(SeenKind::File);
        assert_eq!(id(NsKind::Uts, Errno::ENOENT, Recorded::default()), "XNS-E18-no-file");
        assert_eq!(id(NsKind::Uts, Errno::ENOENT, file()), "none");
        assert_eq!(id(NsKind::Pid, Errno::ENOENT, file()), "XNS-E18-no-process");
        assert_eq!(id(NsKind::Uts, Errno::ENOTDIR, seen(SeenKind::Directory)), "XNS-E18-directory");
        assert_eq!(id(NsKind::Uts, Errno::ENOTDIR, file()), "none");
        assert_eq!(id(NsKind::Uts, Errno::EPERM, Recorded { uid: 7, ..file() }), "XNS-E18-no-privileges");
        assert_eq!(id(NsKind::Uts, Errno::EPERM, file()), "none");
    }

    #[test]
    fn a_mount_namespace_wants_a_private_mount_and_an_older_namespace() {
        const SHARED: &str = "43 1 0:1 / / rw - ext4 d rw\n44 43 0:2 / /x/dir rw shared:1 - tmpfs t rw\n";
        const PRIVATE: &str = "43 1 0:1 / / rw shared:2 - ext4 d rw\n44 43 0:2 / /x/dir rw - tmpfs t rw\n";
        let ask = |kind, files: &[(&str, &str)]| told(kind, Errno::EINVAL, with(seen(SeenKind::File), files));
        let shared = ask(NsKind::Mnt, &[("/proc/self/mountinfo", SHARED)]).unwrap();
        assert_eq!(
            (shared.id, shared.because[0].as_str()),
            ("XNS-E17-shared", "/proc/self/mountinfo has shared:1 for /x/dir")
        );
        assert_eq!(shared.cures[0].action, "mount --bind ./dir ./dir && mount --make-private ./dir");
        assert_eq!(ask(NsKind::Uts, &[("/proc/self/mountinfo", SHARED)]), None);
        let numbers = |own, old| {
            [
                ("/proc/self/mountinfo", PRIVATE),
                ("/proc/self/status", "PPid:\t9\n"),
                ("mount-namespace:/proc/self/ns/mnt", own),
                ("mount-namespace:/proc/9/ns/mnt", old),
            ]
        };
        let older = ask(NsKind::Mnt, &numbers("5", "6")).unwrap();
        assert_eq!(
            (older.id, older.because[0].as_str()),
            ("XNS-E17-number", "NS_GET_MNTNS_ID answers 5 for the new one, 6 for that of process 9")
        );
        assert_eq!(ask(NsKind::Mnt, &numbers("7", "6")), None);
    }
}

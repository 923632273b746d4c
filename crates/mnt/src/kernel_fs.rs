//! File systems that show a namespace's own things: proc, mqueue and binfmt_misc.

use std::path::{Path, PathBuf};
use xns_core::shell::{c_string, path};
use xns_core::{Apply, Call, Errno, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::mount::{self, MsFlags};

/// Which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KernelFs {
    /// proc(5): the processes of a PID namespace.
    Proc,
    /// mq_overview(7): the POSIX message queues of an IPC namespace.
    Mqueue,
    /// The interpreters of a user namespace, of its own since Linux 6.7 (Documentation/admin-guide/binfmt-misc.rst).
    Binfmt,
}

impl KernelFs {
    /// The type for mount(2).
    pub const fn name(self) -> &'static str {
        match self {
            KernelFs::Proc => "proc",
            KernelFs::Mqueue => "mqueue",
            KernelFs::Binfmt => "binfmt_misc",
        }
    }
}

/// How a kernel file system is mounted, here and in the original.
const FLAGS: MsFlags = MsFlags::MS_NOSUID.union(MsFlags::MS_NODEV).union(MsFlags::MS_NOEXEC);

/// `mount(type, at, type, MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Which file system.
    pub fs: KernelFs,
    /// Where.
    pub at: PathBuf,
    /// First make the mount that is there private, recursively: under a propagation that is not private the new one
    /// would otherwise reach the host. Nothing mounted there is fine.
    pub private_first: bool,
    /// The same place seen from outside a chroot that has been done by then: for the shell, which mounts before it.
    pub outside_root: Option<PathBuf>,
}

impl Operation for Mount {
    fn calls(&self) -> Vec<Call> {
        let (fs, at) = (self.fs.name(), c_string(&self.at));
        let private = format!("mount(\"none\", {at}, NULL, MS_REC|MS_PRIVATE, NULL)");
        let mount = format!("mount(\"{fs}\", {at}, \"{fs}\", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)");
        self.private_first.then_some(private).into_iter().chain([mount]).map(Call::new).collect()
    }

    fn shell(&self) -> Vec<Shell> {
        let (fs, at) = (self.fs.name(), path(self.outside_root.as_ref().unwrap_or(&self.at)));
        let private = format!("mount --make-rprivate {at} || true");
        let mount = format!("mount -t {fs} -o nosuid,nodev,noexec {fs} {at}");
        self.private_first.then_some(private).into_iter().chain([mount]).map(Shell::Inside).collect()
    }

    fn failed(&self, part: u8) -> String {
        let at = self.at.display();
        if part == 0 {
            return format!("cannot change propagation of {at}");
        }
        format!("mount {at} failed")
    }
}

impl Apply for Mount {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        if self.private_first {
            match mount::mount(
                Some(Path::new("none")),
                &self.at,
                None,
                MsFlags::MS_REC | MsFlags::MS_PRIVATE,
                None,
            ) {
                // EINVAL: no mount point.
                Ok(()) | Err(Errno::EINVAL) => {}
                Err(e) => return Err(Failure::in_part(0, e)),
            }
        }
        let fs = self.fs.name();
        mount::mount(Some(Path::new(fs)), &self.at, Some(fs), FLAGS, None)
            .map_err(|e| Failure::in_part(1, e))?;
        Ok(Outcome::Done)
    }
}

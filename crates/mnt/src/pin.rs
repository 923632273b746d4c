//! Pinning: a namespace that a bind mount keeps, without any process in it (namespaces(7)).

use std::path::{Path, PathBuf};
use xns_core::shell::{c_string, path};
use xns_core::{Apply, Call, Failure, NsKind, Operation, Outcome, Shell, Slots};
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

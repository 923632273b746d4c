//! A name for a network namespace that is there.

use super::make_name::{self, CREATE};
use crate::NetnsName;
use crate::hint;
use crate::store::State;
use std::path::{Path, PathBuf};
use xns_core::shell::{c_string, quote};
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slots, errno};
use xns_sys::mount::{self, MsFlags};
use xns_sys::{fs, namespace};

/// Gives the network namespace of a process a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attach {
    /// The name.
    pub name: NetnsName,
    /// The process.
    pub pid: u32,
}

/// The parts: beside [`CREATE`] the process's file, and the binding.
const OPEN: u8 = 1;
const BIND: u8 = 2;

impl Attach {
    fn source(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/ns/net", self.pid))
    }
}

impl Operation for Attach {
    fn calls(&self) -> Vec<Call> {
        let (source, file) = (c_string(self.source()), c_string(self.name.path()));
        let calls = [
            format!("open({source}, O_RDONLY) = N"),
            format!("close(openat(AT_FDCWD, {file}, O_RDONLY|O_CREAT|O_EXCL|O_NOFOLLOW, 0))"),
            format!("mount(\"/proc/self/fd/N\", {file}, NULL, MS_BIND, NULL)"),
        ];
        calls.into_iter().map(Call::new).collect()
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Outside(format!("ip netns attach {} {}", quote(self.name.as_os_str()), self.pid))]
    }

    fn failed(&self, part: u8) -> String {
        let file = self.name.path();
        match part {
            CREATE => format!("Cannot create namespace file \"{}\"", file.display()),
            _ => format!("Bind {} -> {} failed", self.source().display(), file.display()),
        }
    }

    fn original(&self, failure: &Failure) -> Option<(String, u8)> {
        Some((format!("{}: {}", self.failed(failure.part), errno::text(failure.errno()?)), 1))
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        match (failure.part, failure.errno()?) {
            (CREATE, Errno::EEXIST) => Some(hint::name_taken(&self.name, State::of(&self.name, facts)?)),
            (OPEN, Errno::ENOENT | Errno::ESRCH) => Some(hint::no_process(self.pid)),
            (OPEN, Errno::EACCES | Errno::EPERM) => Some(hint::not_looked_into(self.pid, facts)),
            (CREATE, errno) => hint::store_refused(super::use_store::MAKE, errno, facts),
            _ => None,
        }
    }
}

impl Apply for Attach {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        let in_part = |part| move |errno| Failure::in_part(part, errno);
        fs::proc_is_ours().map_err(in_part(OPEN))?;
        let path = self.name.path();
        // Opened first: what is bound is what was looked for, and nothing is made for a process that is not there.
        let source = fs::open_namespace_file(&self.source(), true).map_err(in_part(OPEN))?;
        namespace::kind_of(&source).map_err(in_part(OPEN))?;
        drop(fs::make_mount_point(fs::cwd(), &path).map_err(in_part(CREATE))?);
        let source: &Path = &fs::proc_path(&source);
        mount::mount(Some(source), &path, None, MsFlags::MS_BIND, None).map_err(|errno| {
            let _ = fs::remove(fs::cwd(), &path, false);
            Failure::in_part(BIND, errno)
        })?;
        Ok(Outcome::Done)
    }

    fn undo(&self) {
        make_name::remove(&self.name.path());
    }

    fn leaves_something(&self) -> bool {
        true
    }
}

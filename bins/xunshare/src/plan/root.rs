//! The root directory, what is put into it, and the file systems that show the new namespaces.

use super::Builder;
use crate::cli::{FillRequest, PropagationChoice};
use std::path::{Path, PathBuf};
use xns_core::NsKind;
use xns_mnt::root::{Content, Fill, OpenRoot, Pivot};
use xns_mnt::{Chroot, KernelFs, Mount, Propagation, RegisterInterpreter, SetPropagation};
use xns_plan::Phase;
use xns_plan::process::{self, ChangeDirectory, NewRoot};

/// Where binfmt_misc is mounted by default.
const BINFMT: &str = "/proc/sys/fs/binfmt_misc";

impl Builder<'_> {
    pub(super) fn root(&mut self) {
        if self.registers_before_root() {
            let place = PathBuf::from(BINFMT);
            let mount =
                Mount { fs: KernelFs::Binfmt, at: place.clone(), private_first: false, outside_root: None };
            self.inside(Phase::Root, xns_mnt::Op::Mount(mount), "the old root has the interpreter");
            self.register(Phase::Root, place);
        }
        if let Some(dir) = self.cli.pivot_root.clone() {
            self.own_root(dir);
        }
        if let Some(dir) = &self.cli.root {
            self.inside(Phase::Root, xns_mnt::Op::Chroot(Chroot(dir.clone())), "asked for by --root");
        }
        let new_root = self.cli.root.is_some() || self.cli.pivot_root.is_some();
        let to = match &self.cli.wd {
            Some(dir) => Some((dir.clone(), "asked for by --wd")),
            None if self.cli.root.is_some() => {
                Some((PathBuf::from("/"), "the old one lies outside the new root"))
            }
            None => None,
        };
        // A relative directory means one in the new root: from the old working directory it would lead outside.
        let relative = self.cli.root.is_some() && to.as_ref().is_some_and(|(to, _)| to.is_relative());
        let first = relative.then(|| (PathBuf::from("/"), "the old one lies outside the new root"));
        for (to, why) in first.into_iter().chain(to) {
            let root = match (new_root, &self.cli.pivot_root) {
                (false, _) => NewRoot::No,
                (true, None) => NewRoot::Chroot,
                (true, Some(_)) => NewRoot::Other,
            };
            let op = ChangeDirectory { to, root, opened: false };
            self.inside(Phase::Directory, process::Op::ChangeDirectory(op), why);
        }
    }

    fn own_root(&mut self, dir: PathBuf) {
        let phase = Phase::Root;
        self.inside(phase, xns_mnt::Op::OpenRoot(OpenRoot(dir)), "pivot_root wants a mount point");
        let proc_dir =
            self.cli.mount_proc.clone().or_else(|| self.has(NsKind::Pid).then(|| PathBuf::from("/proc")));
        if let Some(at) = proc_dir {
            self.fill(at, Content::Kernel(KernelFs::Proc), "shows the processes of the new PID namespace");
        }
        for request in &self.cli.fills {
            self.fill_request(request);
        }
        if let Some(at) = self.cli.mount_binfmt.clone() {
            self.fill(at, Content::Kernel(KernelFs::Binfmt), "shows the interpreters of this user namespace");
        }
        if let Some(at) = self.cli.mount_mqueue.clone() {
            self.fill(at, Content::Kernel(KernelFs::Mqueue), "shows the queues of this IPC namespace");
        }
        self.inside(
            phase,
            xns_mnt::Op::Pivot(Pivot),
            "the directory becomes /, and the host's mounts are gone from view",
        );
        if self.cli.propagation == PropagationChoice::Set(Propagation::Shared) {
            let share = SetPropagation(Propagation::Shared);
            self.inside(phase, xns_mnt::Op::Propagation(share), "asked for by --propagation");
        }
    }

    fn fill(&mut self, at: PathBuf, content: Content, why: &'static str) {
        self.inside(Phase::Root, xns_mnt::Op::Fill(Fill { at, content }), why);
    }

    fn fill_request(&mut self, request: &FillRequest) {
        match request {
            FillRequest::Bind { source, at, read_only } => {
                let content = Content::Bind { source: source.clone(), read_only: *read_only };
                let why = if *read_only { "the host's files, not to be changed" } else { "the host's files" };
                self.fill(at.clone(), content, why);
            }
            FillRequest::Tmpfs(at) => {
                self.fill(at.clone(), Content::Tmpfs { mode: "1777" }, "gone with the namespace")
            }
            FillRequest::Dev(at) => self.dev(at),
        }
    }

    /// A minimal /dev. The devices are bound: making device nodes is refused in a user namespace.
    fn dev(&mut self, at: &Path) {
        self.fill(at.to_owned(), Content::Tmpfs { mode: "0755" }, "a minimal /dev");
        for name in ["null", "zero", "full", "random", "urandom", "tty"] {
            let source = Path::new("/dev").join(name);
            self.fill(
                at.join(name),
                Content::Bind { source, read_only: false },
                "a device that every program expects",
            );
        }
        let links = [
            ("fd", "/proc/self/fd"),
            ("stdin", "/proc/self/fd/0"),
            ("stdout", "/proc/self/fd/1"),
            ("stderr", "/proc/self/fd/2"),
            ("ptmx", "pts/ptmx"),
        ];
        for (name, target) in links {
            self.fill(at.join(name), Content::Symlink(target), "a name that programs expect");
        }
        self.fill(at.join("pts"), Content::Terminals, "pseudo-terminals of its own");
        self.fill(at.join("shm"), Content::Tmpfs { mode: "1777" }, "POSIX shared memory");
    }

    /// With the flag F the kernel opens the interpreter at once: in the old root, as typed.
    fn registers_before_root(&self) -> bool {
        let new_root = self.cli.root.is_some() || self.cli.pivot_root.is_some();
        new_root && self.cli.load_interp.as_ref().is_some_and(RegisterInterpreter::opens_at_once)
    }

    fn register(&mut self, phase: Phase, at: PathBuf) {
        if let Some(rule) = self.cli.load_interp.clone() {
            let op = RegisterInterpreter { at, rule };
            self.inside(phase, xns_mnt::Op::RegisterInterpreter(op), "asked for by --load-interp");
        }
    }

    pub(super) fn mounts(&mut self) {
        if self.cli.pivot_root.is_none() {
            self.mount_kernel_files();
        }
        if let Some(at) = self.cli.mount_binfmt.clone().filter(|_| !self.registers_before_root()) {
            self.register(Phase::Mounts, at);
        }
    }

    fn mount_kernel_files(&mut self) {
        let proc_first = self.cli.root.is_none() && self.cli.propagation != PropagationChoice::default();
        let wanted = [
            (KernelFs::Proc, &self.cli.mount_proc, proc_first, "shows the processes of the PID namespace"),
            (
                KernelFs::Binfmt,
                &self.cli.mount_binfmt,
                false,
                "shows the interpreters of this user namespace",
            ),
            (KernelFs::Mqueue, &self.cli.mount_mqueue, false, "shows the queues of this IPC namespace"),
        ];
        for (fs, at, private_first, why) in wanted {
            if let Some(at) = at.clone() {
                let outside_root =
                    self.cli.root.as_ref().map(|root| root.join(at.strip_prefix("/").unwrap_or(&at)));
                let mount = Mount { fs, at, private_first, outside_root };
                self.inside(Phase::Mounts, xns_mnt::Op::Mount(mount), why);
            }
        }
    }
}

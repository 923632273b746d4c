//! What is in the guest.

use crate::build::{self, Program};
use crate::error::{Error, at};
use crate::kernel::Kernel;
use crate::modules;
use crate::tree::Tree;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;
use std::{fmt, fs};

/// How the cgroup hierarchies are mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Version 1 only: each controller on a mount of its own, but for two pairs, as Debian has them.
    V1,
    /// Version 2 only.
    V2,
    /// Version 1 with most controllers, and version 2 at `/sys/fs/cgroup/unified`.
    Hybrid,
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Layout::V1 => "v1",
            Layout::V2 => "v2",
            Layout::Hybrid => "hybrid",
        })
    }
}

impl FromStr for Layout {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [Layout::V1, Layout::V2, Layout::Hybrid]
            .into_iter()
            .find(|layout| layout.to_string() == word)
            .ok_or(())
    }
}

/// A program that the guest runs, as root in `/root`.
#[derive(Clone, Debug)]
pub struct Job {
    /// A file name.
    pub name: String,
    /// For the shell.
    pub script: String,
}

/// The root file system of a guest.
#[derive(Debug)]
pub struct Machine {
    pub(crate) tree: Tree,
    jobs: usize,
}

/// Ours, as far as they are there.
const TOOLS: [&str; 8] =
    ["xunshare", "xnsenter", "xlsns", "xcgexec", "xcgroup", "xnetns", "xnscheck", "try-group"];

/// Programs of the host that tests use or compare ours with, as far as the host has them. The rest is busybox, which starts
/// faster; its shell would take its own commands for these, and its sleep is none under another argv[0], which populations give it.
const PROGRAMS: &str = "\
    sh bash env true sleep chroot readlink xargs timeout stat dd nproc kill ps uptime hostname strace \
    mount umount unshare nsenter lsns setpriv setsid taskset ipcmk ipcrm ipcs newuidmap newgidmap ip tc ping nft crun \
    cgexec cgcreate cgdelete cgset cgget cgclassify lscgroup lssubsys cgsnapshot";

/// One with UTF-8, which tmux wants, and bash for those who ask for it; it is in the C library's own package.
const LOCALE: &str = "/usr/lib/locale/C.utf8";

/// With what follows as parameters of the module.
const MODULES: [(&str, &str); 18] = [
    ("virtio_pci", ""),
    ("virtio_console", ""),
    ("virtio_blk", ""),
    ("virtio_net", ""),
    ("ext4", ""),
    ("overlay", ""),
    ("binfmt_misc", ""),
    // Partitions.
    ("loop", "max_part=4"),
    ("null_blk", "nr_devices=1 gb=1"),
    ("bfq", ""),
    ("veth", ""),
    ("bridge", ""),
    ("vxlan", ""),
    ("dummy", "numdummies=0"),
    ("tun", ""),
    ("cls_cgroup", ""),
    ("sch_htb", ""),
    ("nf_tables", ""),
];

const DIRECTORIES: [&str; 12] = [
    "dev",
    "etc",
    "home/student",
    "mnt",
    "proc",
    "root",
    "run",
    "srv",
    "sys",
    "tmp",
    "usr/local/bin",
    "var/tmp",
];

const ACCOUNTS: [(&str, &str); 5] = [
    ("etc/passwd", "root:x:0:0:root:/root:/bin/bash\nstudent:x:1000:1000:student:/home/student:/bin/bash\n"),
    ("etc/group", "root:x:0:\ntty:x:5:\nstudent:x:1000:\n"),
    ("etc/shadow", "root:*:20000:0:99999:7:::\nstudent:*:20000:0:99999:7:::\n"),
    ("etc/subuid", "student:100000:65536\n"),
    ("etc/subgid", "student:100000:65536\n"),
];

const INIT: &str = include_str!("../guest/init");
const SCRIPTS: [(&str, &str); 3] = [
    ("vm/setup", include_str!("../guest/setup")),
    ("vm/cgroups", include_str!("../guest/cgroups")),
    ("vm/jobs-in-turn", include_str!("../guest/jobs-in-turn")),
];

impl Machine {
    /// A machine with this layout, and with our tools that are in the directory.
    ///
    /// # Errors
    /// [`Error::Lacks`] when the host has no static busybox.
    pub fn new(kernel: &Kernel, layout: Layout, tools: &Path) -> Result<Self, Error> {
        let busybox = in_path("busybox").filter(|path| libraries(path).is_ok_and(|found| found.is_empty()));
        let busybox =
            busybox.ok_or_else(|| Error::Lacks("no static busybox (package busybox-static)".to_owned()))?;
        let mut tree = Tree::default();
        tree.file("init", INIT);
        tree.copy("busybox", &busybox)?;
        tree.dir("newroot");
        let mut machine = Machine { tree, jobs: 0 };
        machine.copy("usr/bin/busybox", &busybox)?;
        // As Debian has it: a program is found by both of its names.
        machine.tree.link("guest/bin", "usr/bin");
        machine.tree.link("guest/sbin", "usr/bin");
        for dir in DIRECTORIES {
            machine.tree.dir(Path::new("guest").join(dir));
        }
        for (path, text) in ACCOUNTS.into_iter().chain(SCRIPTS) {
            machine.file(path, text);
        }
        machine.file("vm/layout", format!("{layout}\n"));
        machine.modules(kernel)?;
        for tool in TOOLS.map(|name| tools.join(name)).iter().filter(|tool| tool.is_file()) {
            machine.libraries_of(tool)?;
            let name = tool.file_name().unwrap_or_default();
            machine.file(Path::new("usr/local/bin").join(name), build::stripped(tool)?);
        }
        machine.programs(PROGRAMS)?;
        if Path::new(LOCALE).is_dir() {
            machine.copy_dir(Path::new(LOCALE), Path::new(LOCALE))?;
        }
        Ok(machine)
    }

    /// These programs of the host, as far as it has them, with their libraries.
    pub(crate) fn programs(&mut self, names: &str) -> Result<(), Error> {
        for program in names.split_whitespace().filter_map(in_path) {
            self.libraries_of(&program)?;
            self.copy(Path::new("usr/bin").join(program.file_name().unwrap_or_default()), &program)?;
        }
        Ok(())
    }

    /// A file that all may read and run.
    pub fn file(&mut self, path: impl AsRef<Path>, data: impl Into<Vec<u8>>) {
        self.tree.file(in_guest(path.as_ref()), data);
    }

    /// The same, of the host.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn copy(&mut self, path: impl AsRef<Path>, from: &Path) -> Result<(), Error> {
        self.tree.copy(in_guest(path.as_ref()), from)
    }

    /// A directory of the host with all that is below it.
    pub(crate) fn copy_dir(&mut self, path: &Path, from: &Path) -> Result<(), Error> {
        for entry in files(from)? {
            let to = path.join(entry.file_name().unwrap_or_default());
            if entry.is_dir() { self.copy_dir(&to, &entry)? } else { self.copy(to, &entry)? }
        }
        Ok(())
    }

    /// A symbolic link.
    pub(crate) fn link(&mut self, path: &str, to: &str) {
        self.tree.link(&in_guest(Path::new(path)).to_string_lossy(), to);
    }

    /// The libraries that a program of the host is linked to, at their places.
    fn libraries_of(&mut self, program: &Path) -> Result<(), Error> {
        for library in libraries(program)? {
            if !self.tree.has(in_guest(&library)) {
                self.copy(&library, &library)?;
            }
        }
        Ok(())
    }

    /// A shell on the person's terminal, in the place of jobs.
    pub fn on_terminal(&mut self) {
        self.file("vm/on-terminal", "");
    }

    /// Jobs are run in the order in which they come here.
    pub fn job(&mut self, Job { name, script }: Job) {
        self.jobs += 1;
        self.file(format!("vm/jobs/{:02}/{name}", self.jobs), format!("#!/bin/sh\n{script}\n"));
    }

    /// Jobs that run test programs one after another, each with the words that are answered for its name; and what these
    /// tests run, at the paths that they have compiled in. Those without an answer are left out.
    pub fn tests(&mut self, programs: &[Program], words: impl Fn(&str) -> Option<Vec<String>>) {
        for Program { name, is_test, path, data } in programs {
            if *is_test {
                let Some(words) = words(name) else { continue };
                let quoted = |word: &String| format!(" '{}'", word.replace('\'', r"'\''"));
                let words: String = words.iter().map(quoted).collect();
                self.job(Job { name: name.clone(), script: format!("exec {}{words}", path.display()) });
            }
            self.file(path, data.clone());
        }
    }

    fn modules(&mut self, kernel: &Kernel) -> Result<(), Error> {
        let mut order = String::new();
        for module in modules::closure(&kernel.modules, &MODULES.map(|(name, _)| name))? {
            let parameters =
                MODULES.iter().find(|(name, _)| *name == module.name).map_or("", |found| found.1);
            order += &format!("{} {parameters}\n", module.name);
            self.file(format!("vm/modules/{}.ko", module.name), module.data);
        }
        self.file("vm/modules/order", order);
        Ok(())
    }
}

pub(crate) fn files(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(dir).map_err(at(dir))?;
    entries.map(|entry| entry.map(|entry| entry.path()).map_err(at(dir))).collect()
}

/// What will be the guest's root lies in a directory of the initramfs.
fn in_guest(path: &Path) -> PathBuf {
    Path::new("guest").join(path.strip_prefix("/").unwrap_or(path))
}

pub(crate) fn in_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Of administrators' programs, too, for those who have not their directories in PATH.
    let more = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(more).map(|dir| dir.join(name)).find(|path| path.is_file())
}

/// What the dynamic linker would load: the paths in ldd(1)'s lines `NAME => PATH (0x…)` and `PATH (0x…)`. A static program
/// needs nothing.
fn libraries(program: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::Program { program: "ldd", source };
    let done = Command::new("ldd").arg(program).env("LC_ALL", "C").output().map_err(failed)?;
    let text = String::from_utf8_lossy(&done.stdout);
    let path = |line: &str| {
        let (what, _) = line.trim().rsplit_once(" (0x")?;
        let path = what.rsplit_once(" => ").map_or(what, |(_, path)| path);
        path.starts_with('/').then(|| PathBuf::from(path))
    };
    Ok(text.lines().filter_map(path).collect())
}

//! What a test needs from the machine. One that lacks it says so, and is counted as skipped.

use std::io::Write;
use std::path::Path;

/// The uid of the ordinary user that tests run by root become: one that no account has.
pub const ORDINARY_UID: u32 = 54321;

/// A condition for a test.
#[derive(Clone, Copy, Debug)]
pub enum Need {
    /// Root in the initial user namespace.
    Root,
    /// User namespaces for an ordinary user.
    UserNamespaces,
    /// A file, as of a guest's disk.
    File(&'static str),
    /// A program in PATH.
    Program(&'static str),
    /// A cgroup controller that counts processes, of either version.
    PidsController,
    /// A hierarchy of version 2 in which cgroups can be made.
    Cgroup2,
    /// One of these controllers, in the hierarchy of version 2.
    Unified(&'static [&'static str]),
    /// A controller of cgroups, in a hierarchy of either version.
    Controller(&'static str),
    /// Namespaces that have 64-bit ids, and can be opened by them (Linux 6.18).
    NamespaceIds,
    /// Hierarchies of version 1 with these controllers, each at its usual place.
    Version1(&'static [&'static str]),
    /// A hierarchy of version 2 whose root gives these controllers to the groups below.
    Version2(&'static [&'static str]),
    /// libcgroup's cgexec, of the version whose statuses ours has (2.0; the third has others).
    Cgexec,
    /// util-linux's tool of this name.
    Original(&'static str),
    /// util-linux's tool of this name, in this version.
    Version(&'static str, &'static str),
}

/// Is this root?
pub fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// `true` when every condition holds. Otherwise the test has to return at once: the reason is printed, and appended to the
/// file that `cargo xtask test` counts (`XNS_SKIPPED`).
///
/// `TEST (PART)` leaves out only that part: the test has to run the rest, and is counted as run. The parts `root` and
/// `ordinary user` are together the whole test.
#[must_use]
pub fn need(test: &str, needs: &[Need]) -> bool {
    let missing = needs.iter().find_map(|need| need.missing());
    if let Some(reason) = &missing {
        skip(test, reason);
    }
    missing.is_none()
}

/// Says that this test is not run, as [`need`] does.
pub fn skip(test: &str, reason: &str) {
    eprintln!("skipped {test}: {reason}");
    if let Some(file) = std::env::var_os("XNS_SKIPPED") {
        let mut file = std::fs::File::options().append(true).create(true).open(file).unwrap();
        // One write, or the lines of tests that run at the same time would mix.
        file.write_all(format!("{}\t{test}\t{reason}\n", program()).as_bytes()).unwrap();
    }
}

/// This program's file name, by which cargo's output names it, too.
fn program() -> String {
    let program = std::env::current_exe().unwrap();
    program.file_name().unwrap().to_string_lossy().into_owned()
}

impl Need {
    fn missing(self) -> Option<String> {
        match self {
            Need::Root => (!is_root()).then(|| "needs root".to_owned()),
            Need::UserNamespaces => {
                let works = crate::Cmd::new("unshare").args(["-U", "true"]).ordinary().run().ok();
                (!works).then(|| "an ordinary user cannot create user namespaces here".to_owned())
            }
            Need::PidsController => pids_root().is_none().then(|| "no cgroup controller pids".to_owned()),
            Need::Unified(names) => {
                let root = crate::groups::hierarchies().into_iter().find(|one| one.is_v2);
                let there = root.map(|root| std::fs::read_to_string(root.point.join("cgroup.controllers")));
                let there = there.and_then(Result::ok).unwrap_or_default();
                let has = |name: &&str| there.split_whitespace().any(|one| one == *name);
                (!names.iter().any(has)).then(|| format!("version 2 has none of {}", names.join(", ")))
            }
            Need::Cgroup2 => {
                cgroup2_root().is_none().then(|| "no cgroup of version 2 can be made".to_owned())
            }
            Need::Controller(name) => crate::groups::controller(name)
                .is_none()
                .then(|| format!("the controller {name} is in no hierarchy that is mounted here")),
            Need::NamespaceIds => {
                (!can_open_by_id()).then(|| "this kernel opens no namespace by its id".to_owned())
            }
            Need::Version1(controllers) => {
                let there = |name: &&&str| Path::new("/sys/fs/cgroup").join(name).join("tasks").is_file();
                let missing = controllers.iter().find(|name| !there(name));
                missing.map(|name| format!("no hierarchy of version 1 for {name}"))
            }
            Need::Version2(controllers) => {
                let given =
                    std::fs::read_to_string("/sys/fs/cgroup/cgroup.subtree_control").unwrap_or_default();
                let missing =
                    controllers.iter().find(|name| !given.split_whitespace().any(|one| one == **name));
                missing.map(|name| format!("version 2 does not give the controller {name}"))
            }
            Need::Cgexec => {
                let found = in_path("cgexec") && crate::Cmd::new("cgexec").run().status == Some(1);
                (!found).then(|| "cgexec of libcgroup 2.0 is not installed".to_owned())
            }
            Need::File(path) => (!Path::new(path).exists()).then(|| format!("there is no {path} here")),
            Need::Program(name) => (!in_path(name)).then(|| format!("{name} is not installed")),
            Need::Original(name) => (!in_path(name)).then(|| format!("util-linux's {name} is not installed")),
            Need::Version(name, version) => {
                let found = in_path(name) && has_version(name, version);
                (!found).then(|| format!("{name} of util-linux {version} is not installed"))
            }
        }
    }
}

/// The directory in which cgroups that count processes can be made.
pub fn pids_root() -> Option<&'static str> {
    let enabled = std::fs::read_to_string("/sys/fs/cgroup/cgroup.subtree_control").unwrap_or_default();
    let one = "/sys/fs/cgroup/pids";
    if enabled.split_whitespace().any(|name| name == "pids") {
        return Some("/sys/fs/cgroup");
    }
    Path::new(one).join("cgroup.procs").is_file().then_some(one)
}

/// Where the hierarchy of version 2 is mounted, writable: alone, or beside those of version 1.
pub fn cgroup2_root() -> Option<&'static Path> {
    use nix::unistd::{AccessFlags, access};
    let writable = |root: &Path| access(&root.join("cgroup.procs"), AccessFlags::W_OK).is_ok();
    ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].map(Path::new).into_iter().find(|root| writable(root))
}

/// Does open_by_handle_at(2) know the root of nsfs? (EBADF where it does not.)
fn can_open_by_id() -> bool {
    const FD_NSFS_ROOT: i32 = -10003;
    let handle = [16u32, 0xf1, 0, 0, 0, 0];
    // SAFETY: a `struct file_handle` of as many bytes as its first field says, which lives through the call.
    let answer = unsafe { libc::syscall(libc::SYS_open_by_handle_at, FD_NSFS_ROOT, handle.as_ptr(), 0) };
    answer < 0 && nix::errno::Errno::last() == nix::errno::Errno::ESTALE
}

fn in_path(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(name).is_file())
}

/// `unshare from util-linux 2.38.1` is of version 2.38.
fn has_version(program: &str, version: &str) -> bool {
    let done = crate::Cmd::new(program).args(["--version"]).run();
    let word = done.stdout.trim_end().rsplit(' ').next().unwrap_or("").to_owned();
    word.strip_prefix(version).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// How many times as long as elsewhere things take here, for a test that cannot wait for them: more than once in an emulated
/// machine, which says so (`XNS_SLOWNESS`).
pub fn slowness() -> u32 {
    std::env::var("XNS_SLOWNESS").ok().and_then(|word| word.parse().ok()).unwrap_or(1)
}

/// Keeps this test, and what it starts, on the CPU it runs on.
pub fn stay_on_one_cpu() {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    let me = nix::unistd::Pid::from_raw(0);
    let allowed = sched_getaffinity(me).unwrap();
    let first = (0..CpuSet::count()).find(|&cpu| allowed.is_set(cpu).unwrap_or(false)).unwrap();
    let mut one = CpuSet::new();
    one.set(first).unwrap();
    sched_setaffinity(me, &one).unwrap();
}

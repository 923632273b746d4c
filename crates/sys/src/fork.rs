//! Making a process and waiting for it.

use crate::{Errno, Result, errno};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use std::marker::PhantomData;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

/// The proof that this process has one thread: what a fork leaves to the child is then in no other thread's hands. Made
/// by the entry alone.
#[derive(Clone, Copy)]
pub struct SingleThreaded(PhantomData<*const ()>);

impl SingleThreaded {
    /// # Safety
    /// The process has one thread now, and starts no other while the token is alive, but by [`crate::thread::halves`].
    pub(crate) unsafe fn assume() -> Self {
        SingleThreaded(PhantomData)
    }
}

/// A child of this process that has not been waited for.
#[derive(Debug)]
pub struct Child {
    /// Its number here: for printing and paths. It cannot be reused before the child is waited for.
    pub pid: u32,
    /// Its pidfd (Linux 5.3); older kernels leave none, and the number serves.
    pub pidfd: Option<OwnedFd>,
}

/// Which of the two processes a fork has returned in.
pub enum Fork {
    /// The process that called.
    Parent(Child),
    /// The new process.
    Child {
        /// Was it made by the older clone(2)?
        by_clone: bool,
    },
}

/// How a child ended, or that it stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It exited with this status.
    Exited(u8),
    /// This signal killed it; whether it dumped core does not matter here.
    Killed(i32),
    /// This signal stopped it; it is still there.
    Stopped(i32),
}

/// The libc crate's overflows, or is missing.
const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

/// `long clone3(struct clone_args *, size_t)` with CLONE_PIDFD, as fork(2): nothing is shared.
///
/// Below Linux 5.3, and where a seccomp filter answers ENOSYS (Docker's), `clone(SIGCHLD)` without a pidfd.
pub fn fork(_: SingleThreaded) -> Result<Fork> {
    match clone3() {
        Err(Errno::ENOSYS) => fork_old(),
        answer => answer,
    }
}

/// `long clone3(struct clone_args *, size_t)` with CLONE_PIDFD, which shares nothing. The caller holds the
/// [`SingleThreaded`] token.
fn clone3() -> Result<Fork> {
    let mut pidfd: i32 = -1;
    // SAFETY: all-zero is a valid clone_args: no flags, no stack of its own, nothing shared.
    let mut args: libc::clone_args = unsafe { std::mem::zeroed() };
    args.flags = libc::CLONE_PIDFD as u64;
    args.pidfd = &raw mut pidfd as u64;
    args.exit_signal = libc::SIGCHLD as u64;
    // SAFETY: without CLONE_VM the child has its own copy of everything, so this is fork(2). The token proves that
    // no other thread held a lock (the allocator's) whose copy would stay locked in the child. `args` is of the size
    // given, and the kernel writes only `pidfd`, which outlives the call.
    let answer = unsafe { libc::syscall(libc::SYS_clone3, &raw mut args, size_of::<libc::clone_args>()) };
    match Errno::result(answer) {
        Ok(0) => Ok(Fork::Child { by_clone: false }),
        Ok(pid) => {
            // SAFETY: clone3 succeeded with CLONE_PIDFD, so `pidfd` is a new descriptor that nobody else owns.
            let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
            Ok(Fork::Parent(Child { pid: number(pid), pidfd: Some(pidfd) }))
        }
        Err(e) => Err(e),
    }
}

/// `long clone3(NULL, 0)`, which makes nothing: EINVAL from a kernel that has the call, ENOSYS from one that has not, and what a filter
/// (seccomp) says instead.
pub fn clone3_nothing() -> Errno {
    const NONE: usize = 0;
    // SAFETY: the kernel refuses a size of 0 before it reads the structure, of which there is none.
    let answer = unsafe { libc::syscall(libc::SYS_clone3, NONE, NONE) };
    Errno::result(answer).err().unwrap_or(Errno::UnknownErrno)
}

/// `long clone(SIGCHLD)`: fork(2) as every kernel has it. The caller holds the [`SingleThreaded`] token.
fn fork_old() -> Result<Fork> {
    const NONE: usize = 0;
    // SAFETY: as in `fork`: flags without CLONE_VM, no stack, no tid pointers (zeros, in the order of x86-64, aarch64 and
    // riscv64).
    let answer = unsafe { libc::syscall(libc::SYS_clone, libc::SIGCHLD as usize, NONE, NONE, NONE, NONE) };
    Ok(match Errno::result(answer)? {
        0 => Fork::Child { by_clone: true },
        pid => Fork::Parent(Child { pid: number(pid), pidfd: None }),
    })
}

/// A child that runs `child` in this process's memory, while this process stands still until the child has execed, or has ended
/// with `child`'s answer.
///
/// Signals are blocked in between: one that stopped the child would leave this process standing.
pub fn spawn(_: SingleThreaded, child: impl FnMut() -> u8) -> Result<Child> {
    let mut child = child;
    let mask = crate::signal::block(&crate::signal::SignalSet::all())?;
    // SAFETY: `child` lives through the call, and CLONE_VFORK holds this process until the child uses it no more, so there is no
    // data race: two processes use the memory, but never at the same time. The token proves that no third thread does.
    // `run_child` gets a pointer to just the type that it casts to, and ends by _exit, so it never returns into a frame.
    let answer = unsafe { clone_below(run_child_of(&child), (&raw mut child).cast()) };
    crate::signal::set_mask(&mask)?;
    answer
}

/// The same, in this group of version 2 from its first instruction (Linux 5.7). `group` is its directory.
///
/// # Errors
/// ENOSYS, E2BIG or EINVAL where the kernel does not know it, ENOSYS also on a processor for which this is not written; else what
/// joining the group answers (clone3(2)).
pub fn spawn_into(_: SingleThreaded, group: impl AsFd, child: impl FnMut() -> u8) -> Result<Child> {
    let mut child = child;
    let mask = crate::signal::block(&crate::signal::SignalSet::all())?;
    let mut pidfd: i32 = -1;
    // SAFETY: all-zero is a valid clone_args.
    let mut args: libc::clone_args = unsafe { std::mem::zeroed() };
    args.flags = (libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD) as u64 | CLONE_INTO_CGROUP;
    args.cgroup = u64::try_from(group.as_fd().as_raw_fd()).map_err(|_| Errno::EBADF)?;
    args.pidfd = &raw mut pidfd as u64;
    args.exit_signal = libc::SIGCHLD as u64;
    // SAFETY: as in `spawn`.
    let answer = unsafe { clone3_below(&mut args, run_child_of(&child), (&raw mut child).cast()) };
    crate::signal::set_mask(&mask)?;
    let pid = number(answer?);
    // SAFETY: clone3 succeeded with CLONE_PIDFD, so `pidfd` is a new descriptor that nobody else owns.
    Ok(Child { pid, pidfd: Some(unsafe { OwnedFd::from_raw_fd(pidfd) }) })
}

/// `long clone3(struct clone_args *, size_t)` with CLONE_VM and CLONE_VFORK, after which the child calls `run`: the C libraries have no
/// function for it. The child's stack is what is free of this process's own, as in [`clone_below`].
///
/// # Safety
/// `run` may be called with `argument` while this process stands still, and never returns.
#[inline(never)]
unsafe fn clone3_below(
    args: &mut libc::clone_args,
    run: extern "C" fn(*mut libc::c_void) -> libc::c_int,
    argument: *mut libc::c_void,
) -> Result<libc::c_long> {
    const LENGTH: u64 = 64 * 1024;
    let here = 0_u8;
    let top = below(&raw const here);
    // The kernel takes the lowest address, which it does not look at, and the length.
    args.stack = top.addr() as u64 - LENGTH;
    args.stack_size = LENGTH;
    let (call, size) = (libc::SYS_clone3, size_of::<libc::clone_args>());
    let answer: libc::c_long;
    // SAFETY: in this process nothing but the registers named changes, which are those that the kernel writes to. The child begins
    // after the call with the same registers but for its own stack, aligned as every ABI wants it, which is nobody's (`below`); it calls
    // `run`, for which the caller answers, and comes no further.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!(
            "syscall", "test rax, rax", "jnz 2f",
            "xor ebp, ebp", "mov rdi, {argument}", "call {run}", "ud2",
            "2:",
            argument = in(reg) argument, run = in(reg) run,
            inlateout("rax") call => answer, in("rdi") &raw mut *args, in("rsi") size,
            out("rcx") _, out("r11") _,
        );
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!(
            "svc 0", "cbnz x0, 2f",
            "mov x29, xzr", "mov x30, xzr", "mov x0, {argument}", "blr {run}", "brk 1",
            "2:",
            argument = in(reg) argument, run = in(reg) run,
            inlateout("x0") &raw mut *args => answer, in("x1") size, in("x8") call,
        );
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        let _ = (run, argument, call, size);
        answer = -libc::c_long::from(libc::ENOSYS);
    }
    // A negative answer is an errno: this is the call itself, without the C library.
    if answer < 0 { Err(Errno::from_raw(i32::try_from(-answer).unwrap_or(0))) } else { Ok(answer) }
}

/// What lies below the frame of who calls this, and below the next, is nobody's until that returns; aligned for every ABI.
fn below<T>(local: *const T) -> *mut u8 {
    const FRAMES: usize = 2048;
    const ALIGNED: usize = !15;
    local.cast::<u8>().cast_mut().wrapping_sub(FRAMES).map_addr(|address| address & ALIGNED)
}

/// `int clone(fn, stack, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, arg, int *pidfd)`: the child's stack is what is free of
/// this process's own, as for a function that it calls. The kernel makes that larger as it is used, up to RLIMIT_STACK. A mapping
/// of its own would cost seven microseconds, most of them for the tables of another part of the address space.
///
/// Not inlined, so that the frame is a small one, and the C library's `clone` has the next (312 bytes in musl for x86-64).
///
/// # Safety
/// `run` may be called with `argument` while this process stands still, and never returns.
#[inline(never)]
unsafe fn clone_below(
    run: extern "C" fn(*mut libc::c_void) -> libc::c_int,
    argument: *mut libc::c_void,
) -> Result<Child> {
    let here = 0_u8;
    let stack = below(&raw const here);
    // SAFETY: what lies below this frame and the next, in which this process stands in clone(2), is nobody's until that
    // returns: no signal is handled meanwhile, since all are blocked. For `run` the caller answers.
    unsafe { clone_on(stack, libc::CLONE_VFORK, run, argument) }
}

/// `int clone(fn, stack, CLONE_VM | CLONE_PIDFD | SIGCHLD, arg, int *pidfd)`: a child in this process's memory, which goes on.
///
/// # Safety
/// What lies below `stack`, which is aligned for every ABI, is nobody else's while the child lives; `run` never returns, and may use
/// `argument`, and what else it uses of this memory, beside this process.
pub(crate) unsafe fn share(
    stack: *mut u8,
    run: extern "C" fn(*mut libc::c_void) -> libc::c_int,
    argument: *mut libc::c_void,
) -> Result<Child> {
    // SAFETY: the caller's promises are handed on.
    unsafe { clone_on(stack, 0, run, argument) }
}

/// `int clone(fn, stack, CLONE_VM | CLONE_PIDFD | SIGCHLD | …, arg, int *pidfd)`.
///
/// # Safety
/// As for [`share`]; or, with CLONE_VFORK, while this process stands still.
unsafe fn clone_on(
    stack: *mut u8,
    besides: libc::c_int,
    run: extern "C" fn(*mut libc::c_void) -> libc::c_int,
    argument: *mut libc::c_void,
) -> Result<Child> {
    let mut pidfd: i32 = -1;
    let flags = libc::CLONE_VM | libc::CLONE_PIDFD | libc::SIGCHLD | besides;
    // SAFETY: `pidfd` lives through the call. For the rest the caller answers.
    let answer = Errno::result(unsafe { libc::clone(run, stack.cast(), flags, argument, &raw mut pidfd) });
    // Who is refused late, by a full cgroup, has been given a number that is closed again.
    let pid = number(libc::c_long::from(answer?));
    // SAFETY: a kernel that knows CLONE_PIDFD (5.2) has stored a new descriptor that nobody else owns; others leave -1.
    let pidfd = (pidfd >= 0).then(|| unsafe { OwnedFd::from_raw_fd(pidfd) });
    Ok(Child { pid, pidfd })
}

/// The function that clone(2) starts, for this closure type.
fn run_child_of<F: FnMut() -> u8>(_: &F) -> extern "C" fn(*mut libc::c_void) -> libc::c_int {
    extern "C" fn run_child<F: FnMut() -> u8>(child: *mut libc::c_void) -> libc::c_int {
        // SAFETY: `spawn` passes a pointer to its `F`, which it does not touch while this runs.
        let child = unsafe { &mut *child.cast::<F>() };
        crate::exec::exit_now(child())
    }
    run_child::<F>
}

fn number(pid: libc::c_long) -> u32 {
    u32::try_from(pid).unwrap_or(0)
}

/// `int waitid(P_PIDFD | P_PID, id, siginfo_t *, WEXITED [| WSTOPPED])`: blocks until the child has ended, or with
/// `stops` until it has stopped.
///
/// The kernel refuses P_PIDFD below 5.4 with EINVAL; then by number.
pub fn wait(child: &Child, stops: bool) -> Result<Status> {
    let mut options = WaitIdOptions::EXITED;
    options.set(WaitIdOptions::STOPPED, stops);
    loop {
        if let Some(status) = wait_with(child, options)? {
            return status_of(&status);
        }
    }
}

/// The same without blocking: `None` while nothing has happened.
pub fn wait_now(child: &Child, stops: bool) -> Result<Option<Status>> {
    let mut options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
    options.set(WaitIdOptions::STOPPED, stops);
    wait_with(child, options)?.as_ref().map(status_of).transpose()
}

/// `int pidfd_send_signal(int pidfd, int sig, NULL, 0)`; kill(2) by number where there is no pidfd (below Linux 5.3): a child
/// that has not been waited for keeps its number.
pub fn send(child: &Child, signal: crate::signal::Signal) -> Result<()> {
    let by_number = || crate::signal::kill(child.pid, signal.number());
    let Some(pidfd) = &child.pidfd else { return by_number() };
    let number = signal.number();
    // SAFETY: passes numbers; the descriptor is borrowed for the call, and no siginfo is given.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            pidfd.as_fd().as_raw_fd(),
            number,
            std::ptr::null::<libc::siginfo_t>(),
            0,
        )
    };
    match Errno::result(answer) {
        // Linux 5.2 has CLONE_PIDFD without this call; a filter may refuse it.
        Err(Errno::ENOSYS) => by_number(),
        other => other.map(drop),
    }
}

/// `int pidfd_open(getpid(), 0)` (Linux 5.3): for a child, to see whether its parent lives.
pub fn open_self() -> Result<OwnedFd> {
    rustix::process::pidfd_open(rustix::process::getpid(), rustix::process::PidfdFlags::empty())
        .map_err(errno)
}

/// `int pidfd_open(pid_t pid, 0)` (Linux 5.3); for a thread that is no process, which that refuses (EINVAL, since 6.9 ENOENT), with
/// PIDFD_THREAD (Linux 6.9).
pub fn open_process(number: u32) -> Result<OwnedFd> {
    use rustix::process::PidfdFlags;
    let open = |flags| rustix::process::pidfd_open(pid(number)?, flags).map_err(errno);
    match open(PidfdFlags::empty()) {
        Err(Errno::EINVAL | Errno::ENOENT) => {
            open(PidfdFlags::from_bits_retain(libc::O_EXCL.cast_unsigned()))
        }
        answer => answer,
    }
}

/// `int pidfd_getfd(int pidfd, int fd, 0)` (Linux 5.6): a descriptor of another process, close-on-exec here.
pub fn borrow_descriptor(pidfd: impl AsFd, number: i32) -> Result<OwnedFd> {
    rustix::process::pidfd_getfd(pidfd, number, rustix::process::PidfdGetfdFlags::empty()).map_err(errno)
}

/// `poll(pidfd, POLLIN, 0)`: has this process ended?
pub fn has_ended(pidfd: impl AsFd) -> Result<bool> {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    let mut fds = [PollFd::new(pidfd.as_fd(), PollFlags::POLLIN)];
    poll(&mut fds, PollTimeout::ZERO).map(|ready| ready > 0)
}

/// `pid_t getppid(void)`: 0 when the parent is in another PID namespace.
pub fn parent_pid() -> u32 {
    std::os::unix::process::parent_id()
}

/// `waitid(…, WCONTINUED | WNOHANG)`: has the child been continued since it stopped?
pub fn was_continued(child: &Child) -> bool {
    let options = WaitIdOptions::CONTINUED | WaitIdOptions::NOHANG;
    wait_with(child, options).is_ok_and(|status| status.is_some_and(|status| status.continued()))
}

fn wait_with(child: &Child, options: WaitIdOptions) -> Result<Option<rustix::process::WaitIdStatus>> {
    let mut by_number = child.pidfd.is_none();
    loop {
        let id = match &child.pidfd {
            Some(fd) if !by_number => WaitId::PidFd(fd.as_fd()),
            _ => WaitId::Pid(pid(child.pid)?),
        };
        match waitid(id, options) {
            Ok(status) => return Ok(status),
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::INVAL) if !by_number => by_number = true,
            Err(e) => return Err(errno(e)),
        }
    }
}

/// `waitid(P_ALL, …, WEXITED | WSTOPPED | WNOHANG)`: the next child of any kind whose state changed, or `None`.
pub fn wait_any(stops: bool) -> Result<Option<(u32, Status)>> {
    let mut options = rustix::process::WaitOptions::NOHANG;
    options.set(rustix::process::WaitOptions::UNTRACED, stops);
    loop {
        match rustix::process::wait(options) {
            Ok(None) => return Ok(None),
            Ok(Some((pid, status))) => {
                let status = match (status.exit_status(), status.terminating_signal()) {
                    (Some(code), _) => Status::Exited(low_byte(code)),
                    (_, Some(signal)) => Status::Killed(signal),
                    _ => Status::Stopped(status.stopping_signal().unwrap_or(libc::SIGSTOP)),
                };
                return Ok(Some((pid.as_raw_nonzero().get().unsigned_abs(), status)));
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::CHILD) => return Ok(None),
            Err(e) => return Err(errno(e)),
        }
    }
}

fn status_of(status: &rustix::process::WaitIdStatus) -> Result<Status> {
    if let Some(code) = status.exit_status() {
        return Ok(Status::Exited(low_byte(code)));
    }
    if let Some(signal) = status.terminating_signal() {
        return Ok(Status::Killed(signal));
    }
    status.stopping_signal().map(Status::Stopped).ok_or(Errno::EINVAL)
}

/// Exit statuses are eight bits wide (wait(2)).
fn low_byte(code: i32) -> u8 {
    (code & 0xff) as u8
}

fn pid(number: u32) -> Result<Pid> {
    i32::try_from(number).ok().and_then(Pid::from_raw).ok_or(Errno::ESRCH)
}

/// `pid_t setsid(void)`: what is sent to the caller's process group, and its terminal's keys, do not reach this process.
pub fn leave_session() -> Result<()> {
    rustix::process::setsid().map(drop).map_err(errno)
}

/// `pid_t getpid(void)`.
pub fn own_pid() -> u32 {
    std::process::id()
}

/// Runs `probe` in a forked child and answers its result, which has to fit a byte; `None` when that failed.
///
/// For questions whose answer changes the asker (may I create a user namespace?).
pub fn in_child(single: SingleThreaded, probe: impl FnOnce() -> u8) -> Option<u8> {
    match fork(single).ok()? {
        Fork::Child { .. } => crate::exec::exit_now(probe()),
        Fork::Parent(child) => match wait(&child, false) {
            Ok(Status::Exited(answer)) => Some(answer),
            _ => None,
        },
    }
}

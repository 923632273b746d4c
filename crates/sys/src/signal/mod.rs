//! Signal masks, waiting for signals, and ending by one.

mod name;
mod queue;

pub use name::Signal;
pub use queue::Queue;

use crate::{Errno, Result};
use std::mem::MaybeUninit;

pub use libc::{
    SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH,
};

/// A set of signals as the kernel has it: bit N-1 for signal N.
///
/// Not the C library's sigset_t: musl's functions keep the signals 32 to 34 to themselves, of which the last is
/// SIGRTMIN to every program built with glibc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalSet(u64);

/// The size of the kernel's set in bytes, which its calls ask for.
const SET_SIZE: usize = size_of::<SignalSet>();

impl SignalSet {
    /// Exactly these.
    pub fn of(signals: &[i32]) -> Self {
        SignalSet(signals.iter().fold(0, |set, signal| set | 1 << (signal - 1)))
    }

    /// From the mask that proc_pid_status(5) shows.
    pub const fn from_bits(bits: u64) -> Self {
        SignalSet(bits)
    }

    /// Is it in there?
    pub const fn contains(self, signal: Signal) -> bool {
        self.0 >> (signal.number() - 1) & 1 == 1
    }

    /// Every signal.
    pub const fn all() -> Self {
        SignalSet(u64::MAX)
    }
}

/// `rt_sigprocmask(SIG_BLOCK, set, old, 8)`: answers what was blocked before.
pub fn block(set: &SignalSet) -> Result<SignalSet> {
    change_mask(libc::SIG_BLOCK, set)
}

/// `rt_sigprocmask(SIG_BLOCK, [], old, 8)`: what is blocked.
pub fn mask() -> Result<SignalSet> {
    block(&SignalSet(0))
}

/// `rt_sigprocmask(SIG_SETMASK, set, NULL, 8)`.
pub fn set_mask(set: &SignalSet) -> Result<()> {
    change_mask(libc::SIG_SETMASK, set).map(drop)
}

/// `rt_sigpending(set, 8)`: has one of these come, that is blocked?
pub fn is_pending(signals: &SignalSet) -> bool {
    let mut pending = SignalSet(0);
    // SAFETY: the set is of the size given, lives through the call, and the kernel writes it.
    let answer = unsafe { libc::syscall(libc::SYS_rt_sigpending, &raw mut pending.0, size_of::<u64>()) };
    answer == 0 && pending.0 & signals.0 != 0
}

fn change_mask(how: i32, set: &SignalSet) -> Result<SignalSet> {
    let mut old = SignalSet(0);
    // SAFETY: both sets are of the size given and live through the call; the kernel reads one and writes the other.
    let answer =
        unsafe { libc::syscall(libc::SYS_rt_sigprocmask, how, &raw const *set, &raw mut old, SET_SIZE) };
    Errno::result(answer).map(|_| old)
}

/// A signal that was waited for.
#[derive(Clone, Copy, Debug)]
pub struct Arrived {
    /// Which.
    pub signal: i32,
    /// The process that sent it (si_code <= 0), as numbered here, 0 for one of another PID namespace; `None` when it came
    /// from the kernel or the terminal.
    pub sender: Option<u32>,
}

/// `rt_sigtimedwait(set, info, NULL, 8)`; the signals in `set` are blocked.
pub fn wait(set: &SignalSet) -> Result<Arrived> {
    loop {
        let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
        let forever = std::ptr::null::<libc::timespec>();
        // SAFETY: `set` is of the size given; it and `info` live through the call; the kernel fills `info` on success.
        let answer = unsafe {
            libc::syscall(libc::SYS_rt_sigtimedwait, &raw const *set, info.as_mut_ptr(), forever, SET_SIZE)
        };
        match Errno::result(answer) {
            Ok(signal) => {
                // SAFETY: initialised by the successful call.
                let info = unsafe { info.assume_init() };
                // SAFETY: every siginfo of si_code <= 0 that this process can get (kill, sigqueue, tgkill) has si_pid; it makes no
                // timers and does no asynchronous input or output.
                let pid = || u32::try_from(unsafe { info.si_pid() }).unwrap_or(0);
                let signal = i32::try_from(signal).unwrap_or(0);
                return Ok(Arrived { signal, sender: (info.si_code <= 0).then(pid) });
            }
            Err(Errno::EINTR) => {}
            Err(e) => return Err(e),
        }
    }
}

/// `int kill(getpid(), sig)` after giving `sig` its default action and unblocking it: how a parent tells its own
/// parent that the program was killed. Returns when the signal does not end this process.
pub fn die_by(signal: i32) {
    // The kernel's struct sigaction: handler (SIG_DFL is 0), flags, restorer, mask.
    let default = [0u64; 4];
    let only = SignalSet::of(&[signal]);
    // SAFETY: `default` has the size and form of the kernel's struct and installs no handler; kill passes numbers.
    unsafe {
        libc::syscall(
            libc::SYS_rt_sigaction,
            signal,
            &raw const default,
            std::ptr::null_mut::<u64>(),
            SET_SIZE,
        );
        libc::syscall(
            libc::SYS_rt_sigprocmask,
            libc::SIG_UNBLOCK,
            &raw const only,
            std::ptr::null_mut::<u64>(),
            SET_SIZE,
        );
        libc::kill(libc::getpid(), signal);
    }
}

/// `int kill(getpid(), SIGSTOP)`: returns when somebody continues this process.
pub fn stop_self() {
    // SAFETY: passes numbers.
    unsafe { libc::kill(libc::getpid(), libc::SIGSTOP) };
}

/// `int kill(pid, SIGTSTP)`, for this process or its whole group, as Ctrl-Z does it; then SIGTSTP, which is blocked, is let through
/// for a moment. Returns when somebody continues this process; at once where the kernel lets nobody stop whom nobody could
/// continue (an orphaned process group), and where SIGTSTP is ignored.
pub fn stop_as_job(whole_group: bool) -> Result<()> {
    let stop = SignalSet::of(&[libc::SIGTSTP]);
    // SAFETY: passes numbers.
    Errno::result(unsafe { libc::kill(if whole_group { 0 } else { libc::getpid() }, libc::SIGTSTP) })?;
    let before = change_mask(libc::SIG_UNBLOCK, &stop)?;
    set_mask(&before)
}

/// `rt_sigaction(signal, NULL, old)`: is it ignored?
pub fn is_ignored(signal: i32) -> bool {
    // The kernel's struct sigaction: handler (SIG_IGN is 1), flags, restorer, mask.
    let mut old = [0u64; 4];
    // SAFETY: nothing is set; `old` has the size and form of the kernel's struct.
    let answer = unsafe {
        libc::syscall(libc::SYS_rt_sigaction, signal, std::ptr::null::<u64>(), &raw mut old, SET_SIZE)
    };
    answer == 0 && old[0] == 1
}

/// `sighandler_t signal(SIGCHLD, SIG_DFL)`: an ignored SIGCHLD would let children vanish before they are waited for.
/// Answers whether it was ignored.
pub fn default_child_signal() -> bool {
    // SAFETY: SIG_DFL installs no handler.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) == libc::SIG_IGN }
}

/// `int prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE)`: until the next exec only the rights over the user namespace in which this
/// program was started let anybody see its /proc/PID/fd, or trace it.
pub fn hide() -> Result<()> {
    const SUID_DUMP_DISABLE: libc::c_ulong = 0;
    // SAFETY: passes numbers.
    Errno::result(unsafe { libc::prctl(libc::PR_SET_DUMPABLE, SUID_DUMP_DISABLE) }).map(drop)
}

/// `rt_sigtimedwait` without waiting, for the signals with which a terminal stops a process: those pending are dropped.
pub fn discard_stops() {
    let stops = SignalSet::of(&[libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU]);
    let now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let nowhere = std::ptr::null_mut::<libc::siginfo_t>();
    // SAFETY: `stops` is of the size given; it and `now` live through the call; no siginfo is asked for.
    while unsafe {
        libc::syscall(libc::SYS_rt_sigtimedwait, &raw const stops, nowhere, &raw const now, SET_SIZE)
    } > 0
    {}
}

/// The disposition of SIGPIPE that the caller had: see [`ignore_broken_pipes`].
#[derive(Clone, Copy)]
pub struct BrokenPipes([u64; 4]);

/// `rt_sigaction(SIGPIPE, SIG_IGN, old)`: whoever has stopped reading what we tell becomes an error that can be handled.
/// The program gets the old disposition back by [`restore_broken_pipes`].
pub fn ignore_broken_pipes() -> BrokenPipes {
    // The kernel's struct sigaction: handler (SIG_IGN is 1), flags, restorer, mask.
    let ignore = [1u64, 0, 0, 0];
    let mut old = [0u64; 4];
    // SAFETY: both have the size and form of the kernel's struct; no handler is installed.
    unsafe {
        libc::syscall(libc::SYS_rt_sigaction, libc::SIGPIPE, &raw const ignore, &raw mut old, SET_SIZE)
    };
    BrokenPipes(old)
}

/// `rt_sigaction(SIGPIPE, old, NULL)`.
pub fn restore_broken_pipes(old: &BrokenPipes) {
    // SAFETY: what the kernel itself has answered; no handler of ours is in it, since this program installs none.
    unsafe {
        libc::syscall(
            libc::SYS_rt_sigaction,
            libc::SIGPIPE,
            &raw const old.0,
            std::ptr::null_mut::<u64>(),
            SET_SIZE,
        )
    };
}

/// A process group (credentials(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group(nix::unistd::Pid);

impl Group {
    /// That of this process: `getpgrp()`.
    pub fn own() -> Self {
        Group(nix::unistd::getpgrp())
    }

    /// `getpgid(pid)`, for a child that has not been waited for.
    pub fn of(pid: u32) -> Result<Self> {
        let pid = nix::unistd::Pid::from_raw(libc::pid_t::try_from(pid).map_err(|_| Errno::ESRCH)?);
        nix::unistd::getpgid(Some(pid)).map(Group)
    }

    /// `tcgetpgrp(fd)` of the first standard descriptor that is a terminal: whose the terminal is.
    pub fn in_foreground() -> Option<Self> {
        standard().into_iter().find_map(|fd| nix::unistd::tcgetpgrp(fd).ok()).map(Group)
    }

    /// `tcsetpgrp(fd, group)`: gives it the terminal. Only for who has it: others are stopped for trying (SIGTTOU).
    pub fn put_in_foreground(self) {
        let terminal = standard().into_iter().find(|fd| nix::unistd::tcgetpgrp(*fd).is_ok());
        if let Some(fd) = terminal {
            let _ = nix::unistd::tcsetpgrp(fd, self.0);
        }
    }

    /// `killpg(group, SIGHUP)` and, for who has stopped, `killpg(group, SIGCONT)`.
    pub fn hang_up(self) {
        let _ = nix::sys::signal::killpg(self.0, nix::sys::signal::Signal::SIGHUP);
        self.go_on();
    }

    /// `killpg(group, SIGCONT)`.
    pub fn go_on(self) {
        let _ = nix::sys::signal::killpg(self.0, nix::sys::signal::Signal::SIGCONT);
    }
}

impl From<nix::unistd::Pid> for Group {
    fn from(pid: nix::unistd::Pid) -> Self {
        Group(pid)
    }
}

/// `getsid(0) == getpid()`: does this process lead its session?
pub fn leads_session() -> bool {
    nix::unistd::getsid(None) == Ok(nix::unistd::getpid())
}

fn standard() -> [std::os::fd::BorrowedFd<'static>; 3] {
    [crate::fd::stdin(), crate::fd::stdout(), crate::fd::stderr()]
}

/// `int prctl(PR_SET_PDEATHSIG, signal)`: the kernel sends this process the signal when its parent ends. A change of
/// credentials, and the exec of a set-user-ID program, clear it.
pub fn set_parent_death_signal(signal: Signal) -> Result<()> {
    let number = libc::c_ulong::try_from(signal.number()).unwrap_or(0);
    // SAFETY: passes numbers.
    Errno::result(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, number) }).map(drop)
}

/// `int kill(pid_t pid, 0)`: might this process send that one a signal?
pub fn may_signal(pid: u32) -> bool {
    kill(pid, 0).is_ok()
}

/// `int kill(-pid, int sig)`, for the group that a child of this process leads, which has not been waited for.
pub fn kill_group(pid: u32, signal: i32) -> Result<()> {
    // -1 and 0 mean many others (kill(2)).
    let pid = libc::pid_t::try_from(pid).ok().filter(|&pid| pid > 1).ok_or(Errno::ESRCH)?;
    // SAFETY: passes numbers.
    Errno::result(unsafe { libc::kill(-pid, signal) }).map(drop)
}

/// `int kill(pid_t pid, int sig)`, for a child of this process that has not been waited for.
pub fn kill(pid: u32, signal: i32) -> Result<()> {
    let pid = libc::pid_t::try_from(pid).map_err(|_| Errno::ESRCH)?;
    // SAFETY: passes numbers.
    Errno::result(unsafe { libc::kill(pid, signal) }).map(drop)
}

//! Signal masks, waiting for signals, and ending by one.

use crate::{Errno, Result};
use std::mem::MaybeUninit;

/// A set of signals (sigset_t).
#[derive(Clone, Copy)]
pub struct SignalSet(libc::sigset_t);

impl SignalSet {
    /// Exactly these.
    pub fn of(signals: &[i32]) -> Self {
        let mut set = MaybeUninit::uninit();
        // SAFETY: sigemptyset initialises the whole set, and sigaddset changes an initialised one.
        unsafe {
            libc::sigemptyset(set.as_mut_ptr());
            for &signal in signals {
                libc::sigaddset(set.as_mut_ptr(), signal);
            }
            SignalSet(set.assume_init())
        }
    }

    /// Every signal.
    pub fn all() -> Self {
        let mut set = MaybeUninit::uninit();
        // SAFETY: sigfillset initialises the whole set.
        unsafe {
            libc::sigfillset(set.as_mut_ptr());
            SignalSet(set.assume_init())
        }
    }
}

/// `int sigprocmask(SIG_BLOCK, set, old)`: answers what was blocked before.
pub fn block(set: &SignalSet) -> Result<SignalSet> {
    change_mask(libc::SIG_BLOCK, set)
}

/// `int sigprocmask(SIG_SETMASK, set, NULL)`.
pub fn set_mask(set: &SignalSet) -> Result<()> {
    change_mask(libc::SIG_SETMASK, set).map(drop)
}

fn change_mask(how: i32, set: &SignalSet) -> Result<SignalSet> {
    let mut old = MaybeUninit::uninit();
    // SAFETY: both sets live through the call; the kernel fills `old` on success.
    Errno::result(unsafe { libc::sigprocmask(how, &raw const set.0, old.as_mut_ptr()) })?;
    // SAFETY: initialised by the successful call.
    Ok(SignalSet(unsafe { old.assume_init() }))
}

/// A signal that was waited for.
#[derive(Clone, Copy, Debug)]
pub struct Arrived {
    /// Which.
    pub signal: i32,
    /// Did a process send it (si_code <= 0), rather than the kernel or the terminal?
    pub sent_by_process: bool,
    /// The sender's PID in our PID namespace; 0 when it is outside.
    pub sender: u32,
}

/// `int sigwaitinfo(const sigset_t *set, siginfo_t *info)`; the signals in `set` are blocked.
pub fn wait(set: &SignalSet) -> Result<Arrived> {
    loop {
        let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
        // SAFETY: both live through the call; the kernel fills `info` on success.
        match Errno::result(unsafe { libc::sigwaitinfo(&raw const set.0, info.as_mut_ptr()) }) {
            Ok(signal) => {
                // SAFETY: initialised by the successful call; si_pid is plain data in a zeroed union.
                let (code, sender) = unsafe {
                    let info = info.assume_init();
                    (info.si_code, info.si_pid())
                };
                return Ok(Arrived { signal, sent_by_process: code <= 0, sender: sender.unsigned_abs() });
            }
            Err(Errno::EINTR) => {}
            Err(e) => return Err(e),
        }
    }
}

/// `int kill(getpid(), sig)` after giving `sig` its default action and unblocking it: how a parent tells its own
/// parent that the program was killed. Returns when the signal does not end this process.
pub fn die_by(signal: i32) {
    let only = SignalSet::of(&[signal]);
    // SAFETY: SIG_DFL installs no handler; the sets are initialised by `SignalSet::of`; kill passes numbers.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::sigprocmask(libc::SIG_UNBLOCK, &raw const only.0, std::ptr::null_mut());
        libc::kill(libc::getpid(), signal);
    }
}

/// `int kill(getpid(), SIGSTOP)`: returns when somebody continues this process.
pub fn stop_self() {
    // SAFETY: passes numbers.
    unsafe { libc::kill(libc::getpid(), libc::SIGSTOP) };
}

/// `sighandler_t signal(SIGCHLD, SIG_DFL)`: an ignored SIGCHLD would let children vanish before they are waited for.
/// Answers whether it was ignored.
pub fn default_child_signal() -> bool {
    // SAFETY: SIG_DFL installs no handler.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) == libc::SIG_IGN }
}

/// `int prctl(PR_SET_PDEATHSIG, sig)`: the signal this process gets when its parent dies.
pub fn set_parent_death_signal(signal: i32) -> Result<()> {
    // SAFETY: passes numbers.
    Errno::result(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, signal as libc::c_ulong) }).map(drop)
}

/// `int kill(pid_t pid, int sig)`, for a child of this process that has not been waited for.
pub fn kill(pid: u32, signal: i32) -> Result<()> {
    let pid = libc::pid_t::try_from(pid).map_err(|_| Errno::ESRCH)?;
    // SAFETY: passes numbers.
    Errno::result(unsafe { libc::kill(pid, signal) }).map(drop)
}

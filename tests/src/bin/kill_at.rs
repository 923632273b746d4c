//! `kill-at TOOL PROCESS CALL COMMAND [ARGUMENT]…`: runs a command, and kills (SIGKILL) the PROCESS-th process of TOOL, the
//! program's name in it, just before its CALL-th system call; both count from 0. Calls that leave nothing are not counted.
//! Says on standard output what it has seen: `pid NUMBER` of the command; `killed NUMBER`, the call's number; `exec NAME` for each program that a process
//! of TOOL has become, which from then on is left alone; `exited STATUS` or `signalled NUMBER`, how the command ended.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test's helper fails with the reason")]

use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::collections::{HashMap, HashSet};
use std::os::unix::process::CommandExt;

/// Calls without a trace outside the process: to be killed before or after them is the same.
const TRACELESS: [i64; 12] = [
    libc::SYS_close,
    libc::SYS_fcntl,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_openat2, // ours only look up
    libc::SYS_readlinkat,
    libc::SYS_statx,
    libc::SYS_fstatfs,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_munmap,
    libc::SYS_brk,
];

/// What is known of the traced processes.
struct Tracer {
    /// The command.
    first: Pid,
    /// Which process is to die, and at which of its calls.
    at: (usize, usize),
    tool: String,
    /// For each process of the tool: which one it is, and how many calls it has begun.
    processes: HashMap<Pid, (usize, usize)>,
    tool_runs: bool,
    /// Every traced process, of which its parent or itself has been seen.
    known: HashSet<Pid>,
    /// Seen at their parents', and not for themselves.
    unborn: HashSet<Pid>,
    /// Seen for themselves before their parents said so: they wait.
    early: HashSet<Pid>,
}

fn main() {
    let mut args = std::env::args_os().skip(1);
    let tool = args.next().unwrap().into_string().unwrap();
    let mut number = || args.next().unwrap().to_str().unwrap().parse().unwrap();
    let at = (number(), number());
    let mut command = std::process::Command::new(args.next().unwrap());
    command.args(args);
    // SAFETY: one system call, which is what a child may do between fork and exec.
    unsafe {
        command.pre_exec(|| Ok(ptrace::traceme()?));
    }
    let first = Pid::from_raw(command.spawn().unwrap().id().cast_signed());
    println!("pid {first}");
    assert!(matches!(waitpid(first, None), Ok(WaitStatus::Stopped(_, Signal::SIGTRAP))));
    let follow = Options::PTRACE_O_TRACEFORK | Options::PTRACE_O_TRACEVFORK | Options::PTRACE_O_TRACECLONE;
    let more = Options::PTRACE_O_TRACEEXEC | Options::PTRACE_O_TRACESYSGOOD;
    ptrace::setoptions(first, follow | more).unwrap();
    let mut tracer = Tracer {
        first,
        at,
        tool,
        processes: HashMap::new(),
        tool_runs: false,
        known: HashSet::from([first]),
        unborn: HashSet::new(),
        early: HashSet::new(),
    };
    // The command itself may be the tool.
    tracer.execed(first);
    // Until the last of them has ended, or is left alone.
    while let Ok(status) = waitpid(None, Some(WaitPidFlag::__WALL)) {
        tracer.see(status);
    }
}

impl Tracer {
    fn see(&mut self, status: WaitStatus) {
        match status {
            WaitStatus::PtraceSyscall(pid) => {
                if self.dies_here(pid) {
                    let _ = kill(pid, Signal::SIGKILL);
                } else {
                    go_on(pid, None);
                }
            }
            WaitStatus::PtraceEvent(pid, _, event) if event == libc::PTRACE_EVENT_EXEC => self.execed(pid),
            WaitStatus::PtraceEvent(pid, ..) => {
                // Its parent counts a new process: they are seen for themselves in any order.
                let Ok(child) = ptrace::getevent(pid) else { return };
                let child = Pid::from_raw(i32::try_from(child).unwrap());
                self.count(child);
                if self.early.remove(&child) {
                    go_on(child, None);
                } else {
                    self.unborn.insert(child);
                }
                go_on(pid, None);
            }
            // Every new process begins so.
            WaitStatus::Stopped(pid, Signal::SIGSTOP) if self.unborn.remove(&pid) => go_on(pid, None),
            WaitStatus::Stopped(pid, Signal::SIGSTOP) if !self.known.contains(&pid) => {
                self.early.insert(pid);
            }
            WaitStatus::Stopped(pid, signal) => go_on(pid, Some(signal)),
            WaitStatus::Exited(pid, status) if pid == self.first => println!("exited {status}"),
            WaitStatus::Signaled(pid, signal, _) if pid == self.first => {
                println!("signalled {}", signal as i32);
            }
            _ => {}
        }
    }

    fn count(&mut self, pid: Pid) {
        self.known.insert(pid);
        if self.tool_runs {
            let next = self.processes.len();
            self.processes.insert(pid, (next, 0));
            println!("process {next}");
        }
    }

    /// Is this where it is to die? Every call stops twice, where it begins and where it ends.
    fn dies_here(&mut self, pid: Pid) -> bool {
        let Some((process, calls)) = self.processes.get_mut(&pid) else { return false };
        let Ok(info) = ptrace::syscall_info(pid) else { return false };
        if info.op != libc::PTRACE_SYSCALL_INFO_ENTRY {
            return false;
        }
        // SAFETY: the kernel has filled in this variant, as `op` says.
        let number = unsafe { info.u.entry }.nr.cast_signed();
        if TRACELESS.contains(&number) {
            return false;
        }
        let here = (*process, *calls) == self.at;
        *calls += 1;
        if here {
            println!("killed {number}");
        }
        here
    }

    fn execed(&mut self, pid: Pid) {
        let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        let name = name.trim_end();
        if self.tool_runs {
            println!("exec {name}");
            let _ = ptrace::detach(pid, None);
            return;
        }
        if name == self.tool {
            self.tool_runs = true;
            self.count(pid);
        }
        go_on(pid, None);
    }
}

/// One that has been killed meanwhile cannot, and need not.
fn go_on(pid: Pid, signal: Option<Signal>) {
    let _ = ptrace::syscall(pid, signal);
}

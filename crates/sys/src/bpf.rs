//! bpf(2): programs that the kernel checks and runs, as far as the control groups of version 2 need them.

use crate::{Errno, Result};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

/// One instruction of a program: `struct bpf_insn` (linux/bpf.h).
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Operation, and what its operands are.
    pub code: u8,
    /// The destination's register in the low four bits, the source's in the high ones.
    pub registers: u8,
    /// A distance of a jump, from the next instruction, or of a field from its start.
    pub offset: i16,
    /// A number.
    pub immediate: i32,
}

/// The part of `union bpf_attr` that BPF_PROG_LOAD reads up to Linux 4.15; it may be shorter than the kernel's.
#[repr(C)]
struct Load {
    kind: u32,
    count: u32,
    instructions: u64,
    license: u64,
    log_level: u32,
    log_size: u32,
    log: u64,
    kernel_version: u32,
    flags: u32,
    name: [u8; 16],
}

/// The part that BPF_PROG_ATTACH reads.
#[repr(C)]
struct Attach {
    target: u32,
    program: u32,
    kind: u32,
    flags: u32,
}

const BPF_PROG_LOAD: libc::c_int = 5;
const BPF_PROG_ATTACH: libc::c_int = 8;

/// `int bpf(BPF_PROG_LOAD, {.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE, .insns = …, .prog_name = name}, …)` (Linux 4.15): a program that
/// decides about opening and making device nodes. The descriptor is close-on-exec.
///
/// # Errors
/// EPERM without CAP_BPF and CAP_NET_ADMIN, or CAP_SYS_ADMIN, of the initial user namespace, and before Linux 5.11 when
/// RLIMIT_MEMLOCK is used up; EINVAL where the kernel knows no such programs; EACCES for one that the verifier refuses; ENOSYS.
pub fn load_device_program(instructions: &[Instruction], name: [u8; 16]) -> Result<OwnedFd> {
    const BPF_PROG_TYPE_CGROUP_DEVICE: u32 = 15;
    let load = Load {
        kind: BPF_PROG_TYPE_CGROUP_DEVICE,
        count: u32::try_from(instructions.len()).map_err(|_| Errno::E2BIG)?,
        instructions: instructions.as_ptr() as u64,
        license: c"MIT".as_ptr() as u64,
        log_level: 0,
        log_size: 0,
        log: 0,
        kernel_version: 0,
        flags: 0,
        name,
    };
    // SAFETY: `load` is of the size given; the instructions, as many as it says, and the license, a C string, live through the call,
    // which only reads them. There is no log to write to.
    let answer = unsafe { libc::syscall(libc::SYS_bpf, BPF_PROG_LOAD, &raw const load, size_of::<Load>()) };
    let fd = Errno::result(answer)?;
    // SAFETY: a new descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// `int bpf(BPF_PROG_ATTACH, {.target_fd = group, .attach_bpf_fd = program, .attach_type = BPF_CGROUP_DEVICE, .attach_flags =
/// BPF_F_ALLOW_MULTI}, …)` (Linux 4.15): from now on each open and mknod of a process in the group, or in one below, is asked of this
/// program too. It goes with the group.
///
/// # Errors
/// EPERM without the right, and where a group above has a program that lets none below stand beside it; EBADF, EINVAL when that is no
/// directory of a hierarchy of version 2, or the kernel has no CONFIG_CGROUP_BPF; E2BIG for the 65th program.
pub fn attach_device_program(group: impl AsFd, program: impl AsFd) -> Result<()> {
    const BPF_CGROUP_DEVICE: u32 = 6;
    const BPF_F_ALLOW_MULTI: u32 = 2;
    let attach = Attach {
        target: group.as_fd().as_raw_fd().cast_unsigned(),
        program: program.as_fd().as_raw_fd().cast_unsigned(),
        kind: BPF_CGROUP_DEVICE,
        flags: BPF_F_ALLOW_MULTI,
    };
    // SAFETY: `attach` is of the size given, and lives through the call, which only reads it.
    let answer =
        unsafe { libc::syscall(libc::SYS_bpf, BPF_PROG_ATTACH, &raw const attach, size_of::<Attach>()) };
    Errno::result(answer).map(drop)
}

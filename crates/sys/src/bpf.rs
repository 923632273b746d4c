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

/// The part that BPF_PROG_ATTACH and BPF_PROG_DETACH read.
#[repr(C)]
struct Attach {
    target: u32,
    program: u32,
    kind: u32,
    flags: u32,
}

/// The part that BPF_PROG_QUERY reads, and writes `count` of.
#[repr(C)]
struct Query {
    target: u32,
    kind: u32,
    query_flags: u32,
    attach_flags: u32,
    ids: u64,
    count: u32,
    padding: u32,
}

/// The part that BPF_OBJ_GET_INFO_BY_FD reads, and writes `length` of.
#[repr(C)]
struct GetInfo {
    program: u32,
    length: u32,
    info: u64,
}

/// `struct bpf_prog_info` up to the name (Linux 4.15); the kernel fills no more than it is told that there is.
#[repr(C)]
struct Info {
    before: [u64; 8],
    name: [u8; 16],
}

const BPF_PROG_LOAD: libc::c_int = 5;
const BPF_PROG_ATTACH: libc::c_int = 8;
const BPF_PROG_DETACH: libc::c_int = 9;
const BPF_PROG_GET_FD_BY_ID: libc::c_int = 13;
const BPF_OBJ_GET_INFO_BY_FD: libc::c_int = 15;
const BPF_PROG_QUERY: libc::c_int = 16;

const BPF_PROG_TYPE_CGROUP_DEVICE: u32 = 15;
const BPF_CGROUP_DEVICE: u32 = 6;

/// How many programs a group can have for one purpose (BPF_CGROUP_MAX_PROGS).
const MOST_PROGRAMS: usize = 64;

/// `int bpf(int command, union bpf_attr *attr, unsigned int size)`.
///
/// # Safety
/// `attr` is what the command reads, as far as it goes, and its pointers are good for what the command does with them.
unsafe fn bpf<A>(command: libc::c_int, attr: &mut A) -> Result<libc::c_long> {
    // SAFETY: `attr` is of the size given, and lives through the call; the rest is the caller's promise.
    Errno::result(unsafe { libc::syscall(libc::SYS_bpf, command, std::ptr::from_mut(attr), size_of::<A>()) })
}

/// `int bpf(BPF_PROG_LOAD, {.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE, .insns = …, .prog_name = name}, …)` (Linux 4.15): a program that
/// decides about opening and making device nodes. The descriptor is close-on-exec.
///
/// # Errors
/// EPERM without CAP_BPF and CAP_NET_ADMIN, or CAP_SYS_ADMIN, of the initial user namespace, and before Linux 5.11 when
/// RLIMIT_MEMLOCK is used up; EINVAL where the kernel knows no such programs; EACCES for one that the verifier refuses; ENOSYS.
pub fn load_device_program(instructions: &[Instruction], name: [u8; 16]) -> Result<OwnedFd> {
    let mut load = Load {
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
    // SAFETY: the instructions, as many as it says, and the license, a C string, live through the call, which only reads them. There
    // is no log to write to.
    let fd = unsafe { bpf(BPF_PROG_LOAD, &mut load) }?;
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
    const BPF_F_ALLOW_MULTI: u32 = 2;
    let mut attach = attachment(group, program, BPF_F_ALLOW_MULTI);
    // SAFETY: numbers only.
    unsafe { bpf(BPF_PROG_ATTACH, &mut attach) }.map(drop)
}

/// `int bpf(BPF_PROG_DETACH, {.target_fd = group, .attach_bpf_fd = program, .attach_type = BPF_CGROUP_DEVICE}, …)` (Linux 4.15).
///
/// # Errors
/// ENOENT when it is not attached there; otherwise as for [`attach_device_program`].
pub fn detach_device_program(group: impl AsFd, program: impl AsFd) -> Result<()> {
    let mut attach = attachment(group, program, 0);
    // SAFETY: numbers only.
    unsafe { bpf(BPF_PROG_DETACH, &mut attach) }.map(drop)
}

fn attachment(group: impl AsFd, program: impl AsFd, flags: u32) -> Attach {
    Attach {
        target: group.as_fd().as_raw_fd().cast_unsigned(),
        program: program.as_fd().as_raw_fd().cast_unsigned(),
        kind: BPF_CGROUP_DEVICE,
        flags,
    }
}

/// `int bpf(BPF_PROG_QUERY, {.target_fd = group, .attach_type = BPF_CGROUP_DEVICE, .prog_ids = …}, …)` (Linux 4.15): the ids of the
/// programs that are attached to this very group, the oldest first.
///
/// # Errors
/// EPERM without CAP_NET_ADMIN or CAP_SYS_ADMIN; EINVAL as for [`attach_device_program`].
pub fn device_programs(group: impl AsFd) -> Result<Vec<u32>> {
    let mut ids = [0u32; MOST_PROGRAMS];
    let mut query = Query {
        target: group.as_fd().as_raw_fd().cast_unsigned(),
        kind: BPF_CGROUP_DEVICE,
        query_flags: 0,
        attach_flags: 0,
        ids: ids.as_mut_ptr() as u64,
        count: MOST_PROGRAMS as u32,
        padding: 0,
    };
    // SAFETY: the kernel writes no more ids than `count` says there is room for, and `ids` lives through the call.
    unsafe { bpf(BPF_PROG_QUERY, &mut query) }?;
    Ok(ids.into_iter().take(query.count as usize).collect())
}

/// `int bpf(BPF_PROG_GET_FD_BY_ID, {.prog_id = id}, …)` (Linux 4.13). The descriptor is close-on-exec.
///
/// # Errors
/// EPERM without CAP_SYS_ADMIN; ENOENT when it is gone.
pub fn open_program(id: u32) -> Result<OwnedFd> {
    // The id, the next one (of another command), the flags.
    let mut which = [id, 0, 0];
    // SAFETY: numbers only.
    let fd = unsafe { bpf(BPF_PROG_GET_FD_BY_ID, &mut which) }?;
    // SAFETY: a new descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// `int bpf(BPF_OBJ_GET_INFO_BY_FD, {.bpf_fd = program, .info = …}, …)` (Linux 4.15): the name that a program was loaded with.
pub fn program_name(program: impl AsFd) -> Result<[u8; 16]> {
    let mut info = Info { before: [0; 8], name: [0; 16] };
    let mut get = GetInfo {
        program: program.as_fd().as_raw_fd().cast_unsigned(),
        length: size_of::<Info>() as u32,
        info: (&raw mut info) as u64,
    };
    // SAFETY: the kernel writes no more than `length` bytes to `info`, which lives through the call; the pointers in it, to where
    // it would write the instructions, are null.
    unsafe { bpf(BPF_OBJ_GET_INFO_BY_FD, &mut get) }?;
    Ok(info.name)
}

//! The options that limit a group.

use std::fmt;

/// One option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is named and explained by its option's row")]
pub enum LimitKey {
    Memory,
    MemoryRequest,
    Swap,
    Cpu,
    CpuRequest,
    CpuWeight,
    CpuShares,
    Cpuset,
    CpusetMems,
    Pids,
    IoRead,
    IoWrite,
    IoReadIops,
    IoWriteIops,
    IoWeight,
    NetClass,
    Set,
}

impl LimitKey {
    /// All of them, in the order of the help.
    pub const ALL: [LimitKey; 17] = [
        LimitKey::Memory,
        LimitKey::MemoryRequest,
        LimitKey::Swap,
        LimitKey::Cpu,
        LimitKey::CpuRequest,
        LimitKey::CpuWeight,
        LimitKey::CpuShares,
        LimitKey::Cpuset,
        LimitKey::CpusetMems,
        LimitKey::Pids,
        LimitKey::IoRead,
        LimitKey::IoWrite,
        LimitKey::IoReadIops,
        LimitKey::IoWriteIops,
        LimitKey::IoWeight,
        LimitKey::NetClass,
        LimitKey::Set,
    ];

    /// The long name, without the dashes.
    pub const fn long(self) -> &'static str {
        match self {
            LimitKey::Memory => "memory",
            LimitKey::MemoryRequest => "memory-request",
            LimitKey::Swap => "swap",
            LimitKey::Cpu => "cpu",
            LimitKey::CpuRequest => "cpu-request",
            LimitKey::CpuWeight => "cpu-weight",
            LimitKey::CpuShares => "cpu-shares",
            LimitKey::Cpuset => "cpuset",
            LimitKey::CpusetMems => "cpuset-mems",
            LimitKey::Pids => "pids",
            LimitKey::IoRead => "io-read",
            LimitKey::IoWrite => "io-write",
            LimitKey::IoReadIops => "io-read-iops",
            LimitKey::IoWriteIops => "io-write-iops",
            LimitKey::IoWeight => "io-weight",
            LimitKey::NetClass => "net-class",
            LimitKey::Set => "set",
        }
    }
}

/// `--memory`
impl fmt::Display for LimitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "--{}", self.long())
    }
}

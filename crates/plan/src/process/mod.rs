//! Operations of a process that belong to no single kind of namespace.

mod create;
mod directory;
mod report;

pub use create::Unshare;
pub use directory::ChangeDirectory;
pub use report::{Adopt, AwaitEnd, OpenPidFile, OpenProc, WriteInfo, WritePid};

use xns_core::{Apply, Operation};

/// Every one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// New namespaces.
    Unshare(Unshare),
    /// The working directory.
    ChangeDirectory(ChangeDirectory),
    /// The caller's `/proc`, kept.
    OpenProc(OpenProc),
    /// The file for the PID, opened.
    OpenPidFile(OpenPidFile),
    /// A descriptor that the user gave.
    Adopt(Adopt),
    /// The PID, written.
    WritePid(WritePid),
    /// The line for scripts, written.
    WriteInfo(WriteInfo),
    /// Somebody else's part, waited for.
    AwaitEnd(AwaitEnd),
}

macro_rules! each {
    ($self:ident, $op:ident => $result:expr) => {
        match $self {
            Op::Unshare($op) => $result,
            Op::ChangeDirectory($op) => $result,
            Op::OpenProc($op) => $result,
            Op::OpenPidFile($op) => $result,
            Op::Adopt($op) => $result,
            Op::WritePid($op) => $result,
            Op::WriteInfo($op) => $result,
            Op::AwaitEnd($op) => $result,
        }
    };
}

impl Op {
    /// The operation's description.
    pub fn describe(&self) -> &dyn Operation {
        each!(self, op => op)
    }

    /// The operation itself.
    pub fn action(&self) -> &dyn Apply {
        each!(self, op => op)
    }
}

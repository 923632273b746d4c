//! Operations of a process that belong to no single kind of namespace.

mod announce;
mod create;
mod directory;
mod enter;
mod environment;
mod open_namespace;
mod places;
mod report;
mod run_report;
mod target;
mod tell;

pub use announce::{Announce, Identity};
pub use create::{BeFirst, Unshare};
pub(crate) use directory::OUTSIDE;
pub use directory::{ChangeDirectory, NewRoot};
pub use enter::Enter;
pub use environment::{CloseDescriptors, FollowContext, ReadEnvironment};
pub use open_namespace::{NamespaceSource, OpenNamespace};
pub use places::{OpenDirectory, UsePlace};
pub use report::{Adopt, AwaitEnd, OpenPidFile, OpenProc, WriteInfo, WritePid};
pub use run_report::{Channel, Form, OpenReport, ReportRun, StartClock};
pub use target::{First, OpenTarget};
pub use tell::Tell;

use xns_core::Apply;

/// Every one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// New namespaces.
    Unshare(Unshare),
    /// A look at whether the PID namespace is new.
    BeFirst(BeFirst),
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
    /// Another process, held.
    OpenTarget(OpenTarget),
    /// A namespace that is not the target's, opened.
    OpenNamespace(OpenNamespace),
    /// A directory to be the root or the working directory, opened.
    OpenDirectory(OpenDirectory),
    /// Namespaces of others, entered.
    Enter(Enter),
    /// The directory that was opened, gone to.
    UsePlace(UsePlace),
    /// The target's environment, read.
    ReadEnvironment(ReadEnvironment),
    /// The target's SELinux context, for the program.
    FollowContext(FollowContext),
    /// The caller's descriptors, not passed on.
    CloseDescriptors(CloseDescriptors),
    /// The time, taken.
    StartClock(StartClock),
    /// The file of a report, opened.
    OpenReport(OpenReport),
    /// What happened, told.
    ReportRun(ReportRun),
    /// Words for a person, on standard error.
    Tell(Tell),
    /// What is isolated, for the person at the shell.
    Announce(Announce),
}

impl Op {
    /// The operation.
    pub fn action(&self) -> &dyn Apply {
        match self {
            Op::Unshare(op) => op,
            Op::BeFirst(op) => op,
            Op::ChangeDirectory(op) => op,
            Op::OpenProc(op) => op,
            Op::OpenPidFile(op) => op,
            Op::Adopt(op) => op,
            Op::WritePid(op) => op,
            Op::WriteInfo(op) => op,
            Op::AwaitEnd(op) => op,
            Op::OpenTarget(op) => op,
            Op::OpenNamespace(op) => op,
            Op::OpenDirectory(op) => op,
            Op::Enter(op) => op,
            Op::UsePlace(op) => op,
            Op::ReadEnvironment(op) => op,
            Op::FollowContext(op) => op,
            Op::CloseDescriptors(op) => op,
            Op::StartClock(op) => op,
            Op::OpenReport(op) => op,
            Op::ReportRun(op) => op,
            Op::Tell(op) => op,
            Op::Announce(op) => op,
        }
    }
}

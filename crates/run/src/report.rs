//! The pipe on which the other processes tell the caller what became of their part.

use std::os::fd::OwnedFd;
use xns_core::{Cause, Errno, Failure};
use xns_pid::Ended;
use xns_sys::fd;

/// What a process tells before it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// This step failed.
    Failed { step: usize, failure: Failure },
    /// An init's program has ended so; a PID 1 cannot itself end by a signal of its own.
    Ended(Ended),
    /// An init's program has stopped, and the terminal stands idle; a PID 1 cannot itself stop.
    Stopped,
}

/// A record on the pipe: less than PIPE_BUF, so each is written in one piece.
const SIZE: usize = 8;

impl Record {
    fn to_bytes(self) -> [u8; SIZE] {
        let (tag, part, step, value) = match self {
            Record::Failed { step, failure } => match failure.cause {
                Cause::Errno(e) => (0, failure.part, step, e as i32),
                Cause::Exited(status) => (1, failure.part, step, i32::from(status)),
                Cause::Killed(signal) => (2, failure.part, step, signal),
                Cause::Lost => (5, failure.part, step, 0),
            },
            Record::Ended(Ended::Exited(status)) => (3, 0, 0, i32::from(status)),
            Record::Ended(Ended::Killed(signal)) => (4, 0, 0, signal),
            Record::Stopped => (6, 0, 0, 0),
        };
        let mut bytes = [0; SIZE];
        bytes[0] = tag;
        bytes[1] = part;
        bytes[2..4].copy_from_slice(&u16::try_from(step).unwrap_or(u16::MAX).to_ne_bytes());
        bytes[4..].copy_from_slice(&value.to_ne_bytes());
        bytes
    }

    fn from_bytes([tag, part, s0, s1, v0, v1, v2, v3]: [u8; SIZE]) -> Option<Self> {
        let step = usize::from(u16::from_ne_bytes([s0, s1]));
        let value = i32::from_ne_bytes([v0, v1, v2, v3]);
        let failed = |cause| Some(Record::Failed { step, failure: Failure { part, cause } });
        let byte = (value & 0xff) as u8;
        match tag {
            0 => failed(Cause::Errno(Errno::from_raw(value))),
            1 => failed(Cause::Exited(byte)),
            2 => failed(Cause::Killed(value)),
            5 => failed(Cause::Lost),
            3 => Some(Record::Ended(Ended::Exited(byte))),
            4 => Some(Record::Ended(Ended::Killed(value))),
            6 => Some(Record::Stopped),
            _ => None,
        }
    }
}

/// The ends of the report pipe: the caller reads, the others write. Empty without other processes. A forked process
/// keeps the reading end until its exec or exit: only a writing end would hide that somebody has died.
#[derive(Default)]
pub(crate) struct Report {
    read: Option<OwnedFd>,
    write: Option<OwnedFd>,
    /// Read while the program ran.
    early: Vec<Record>,
}

impl Report {
    /// Both ends.
    pub(crate) fn open() -> Result<Self, Errno> {
        let (read, write) = fd::pipe()?;
        Ok(Report { read: Some(read), write: Some(write), early: Vec::new() })
    }

    /// Tells the caller. If that is gone, there is nobody to tell.
    pub(crate) fn send(&self, record: Record) {
        if let Some(write) = &self.write {
            let _ = fd::write_all(write, &record.to_bytes());
        }
    }

    /// All records, read until nobody is left who could write one.
    pub(crate) fn collect(&mut self) -> Vec<Record> {
        self.write = None;
        let mut records = std::mem::take(&mut self.early);
        let Some(read) = &self.read else { return records };
        while let Some(record) = next(read) {
            records.push(record);
        }
        records
    }

    /// From now on SIGCHLD says that something has been told.
    pub(crate) fn by_signal(&self) -> Result<(), Errno> {
        self.read.as_ref().map_or(Ok(()), fd::tell_as_child_signal)
    }

    /// Has [`Record::Stopped`] been told since the last time? Does not wait.
    pub(crate) fn has_stopped(&mut self) -> bool {
        let mut stopped = false;
        let Some(read) = &self.read else { return false };
        while fd::has_input(read)
            && let Some(record) = next(read)
        {
            match record {
                Record::Stopped => stopped = true,
                other => self.early.push(other),
            }
        }
        stopped
    }
}

/// The next record; `None` at the end of the file.
fn next(read: &OwnedFd) -> Option<Record> {
    let mut bytes = [0; SIZE];
    match fd::read(read, &mut bytes) {
        Ok(SIZE) => Record::from_bytes(bytes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_survive_the_pipe() {
        let failed = |cause| Record::Failed { step: 300, failure: Failure { part: 3, cause } };
        let records = [
            failed(Cause::Errno(Errno::EPERM)),
            failed(Cause::Exited(3)),
            failed(Cause::Killed(9)),
            failed(Cause::Lost),
            Record::Ended(Ended::Exited(255)),
            Record::Ended(Ended::Killed(64)),
            Record::Stopped,
        ];
        for record in records {
            assert_eq!(Record::from_bytes(record.to_bytes()), Some(record));
        }
        assert_eq!(Record::from_bytes([9; SIZE]), None);
    }
}

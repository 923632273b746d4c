//! Rates of disks.

use super::ground::Ground;
use super::{LimitError, LimitKey, Setting};
use crate::Version;
use crate::device::{Disk, whole_disk};
use crate::quantity::{Amount, Iops, QuantityError, Rate, Reason, Typed};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// What is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IoKind {
    /// Bytes read in a second.
    Read,
    /// Bytes written.
    Write,
    /// Reads.
    ReadIops,
    /// Writes.
    WriteIops,
}

impl IoKind {
    pub(super) const ALL: [IoKind; 4] = [IoKind::Read, IoKind::Write, IoKind::ReadIops, IoKind::WriteIops];

    /// The option.
    pub fn key(self) -> LimitKey {
        match self {
            IoKind::Read => LimitKey::IoRead,
            IoKind::Write => LimitKey::IoWrite,
            IoKind::ReadIops => LimitKey::IoReadIops,
            IoKind::WriteIops => LimitKey::IoWriteIops,
        }
    }

    /// Version 1's file.
    pub(super) fn file(self) -> &'static str {
        match self {
            IoKind::Read => "blkio.throttle.read_bps_device",
            IoKind::Write => "blkio.throttle.write_bps_device",
            IoKind::ReadIops => "blkio.throttle.read_iops_device",
            IoKind::WriteIops => "blkio.throttle.write_iops_device",
        }
    }

    /// Version 2's word in `io.max`.
    pub(super) fn word(self) -> &'static str {
        match self {
            IoKind::Read => "rbps",
            IoKind::Write => "wbps",
            IoKind::ReadIops => "riops",
            IoKind::WriteIops => "wiops",
        }
    }

    /// In words, before the disk's name.
    fn deed(self) -> &'static str {
        match self {
            IoKind::Read | IoKind::ReadIops => "reading",
            IoKind::Write | IoKind::WriteIops => "writing",
        }
    }

    /// Is it about writing?
    pub fn is_write(self) -> bool {
        matches!(self, IoKind::Write | IoKind::WriteIops)
    }

    pub(super) fn counts_operations(self) -> bool {
        matches!(self, IoKind::ReadIops | IoKind::WriteIops)
    }
}

/// A rate for a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IoLimit {
    /// What is bounded.
    pub kind: IoKind,
    /// The device as typed.
    pub device: OsString,
    /// How much.
    pub amount: Amount,
    /// What is told of it: `100M = 104857600 bytes/s`.
    pub exactly: String,
}

impl IoLimit {
    /// Reads `DEVICE=RATE`; the last `=` counts, since a path may have one.
    pub(super) fn parse(kind: IoKind, text: &OsStr) -> Result<Self, QuantityError> {
        let bytes = text.as_bytes();
        let Some(place) = bytes.iter().rposition(|byte| *byte == b'=') else {
            return Err(QuantityError { text: text.to_owned(), at: bytes.len(), reason: Reason::NoDevice });
        };
        if place == 0 {
            return Err(QuantityError { text: text.to_owned(), at: 0, reason: Reason::NoDevice });
        }
        let device = OsStr::from_bytes(&bytes[..place]).to_owned();
        let rate = OsStr::from_bytes(&bytes[place + 1..]);
        let within = |error: QuantityError| error.within(text);
        let (amount, exactly) = if kind.counts_operations() {
            let typed = Typed::read(rate, Iops::parse).map_err(within)?;
            (typed.value.0, typed.to_string())
        } else {
            let typed = Typed::read(rate, Rate::parse).map_err(within)?;
            (typed.value.0, typed.to_string())
        };
        Ok(IoLimit { kind, device, amount, exactly })
    }
}

/// A disk and what is bounded of it, with what is said of the name that stood for it.
struct Bounded<'l> {
    disk: Disk,
    limits: Vec<(&'l IoLimit, Option<String>)>,
}

pub(super) fn settings(limits: &[IoLimit], ground: &Ground<'_>) -> Result<Vec<Setting>, LimitError> {
    let Some(first) = limits.first() else { return Ok(Vec::new()) };
    let home = ground.disks(first.kind.key())?;
    let mut settings = Vec::new();
    for Bounded { disk, limits } in by_disk(limits, ground)? {
        let number = format!("{}:{}", disk.major, disk.minor);
        let told = |limit: &IoLimit| format!("{} {}: {}", limit.kind.deed(), disk.name, limit.exactly);
        match home.tree.version() {
            Version::V1 => settings.extend(limits.into_iter().map(|(limit, note)| {
                let setting = home
                    .of(limit.kind.key())
                    .setting(limit.kind.file(), format!("{number} {}", limit.amount.or("0")));
                setting.noted(told(limit)).telling(note).telling(unbuffered(limit.kind))
            })),
            Version::V2 => {
                let words =
                    limits.iter().map(|(limit, _)| format!(" {}={}", limit.kind.word(), limit.amount));
                let setting = home.setting("io.max", words.fold(number, |line, word| line + &word));
                let mut notes: Vec<_> = limits.iter().map(|(limit, _)| told(limit)).collect();
                notes.dedup();
                let mut said: Vec<_> = limits.into_iter().filter_map(|(_, note)| note).collect();
                said.dedup();
                let said = (!said.is_empty()).then(|| said.join("; "));
                settings.push(setting.noted(notes.join("; ")).telling(said));
            }
        }
    }
    Ok(settings)
}

/// The limits of each disk, which several names may stand for; of several of one kind the last counts.
fn by_disk<'l>(limits: &'l [IoLimit], ground: &Ground<'_>) -> Result<Vec<Bounded<'l>>, LimitError> {
    let mut disks: Vec<Bounded<'_>> = Vec::new();
    for limit in limits {
        let mut disk = whole_disk(&limit.device, ground.facts)
            .map_err(|error| LimitError::Disk { key: limit.kind.key(), error })?;
        let bounded = (limit, disk.note.take());
        let same =
            |known: &&mut Bounded<'_>| (known.disk.major, known.disk.minor) == (disk.major, disk.minor);
        match disks.iter_mut().find(same) {
            None => disks.push(Bounded { disk, limits: vec![bounded] }),
            Some(known) => {
                known.limits.retain(|(known, _)| known.kind != limit.kind);
                known.limits.push(bounded);
            }
        }
    }
    Ok(disks)
}

fn unbuffered(kind: IoKind) -> Option<String> {
    kind.is_write().then(|| {
        "version 1 bounds what is written directly (O_DIRECT, O_SYNC): what goes through the page cache is written by the kernel, \
         unbounded"
            .to_owned()
    })
}

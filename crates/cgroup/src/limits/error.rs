//! Why limits cannot be set.

use super::LimitKey;
use crate::device::DiskError;
use crate::quantity::QuantityError;
use crate::{Layout, Place, Version};
use std::ffi::OsString;
use std::fmt;
use thiserror::Error;
use xns_core::Facts;

/// Why a limit, or several together, cannot be set.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum LimitError {
    /// A value that is none of the option's.
    #[error("unsupported {key} argument {error}")]
    Value {
        /// The option.
        key: LimitKey,
        /// Where it is wrong, and why.
        error: QuantityError,
    },
    /// Two options that say the same in different words.
    #[error("{one} and {other} set the same weight: only one of them can be given")]
    Conflict {
        /// The first.
        one: LimitKey,
        /// The second.
        other: LimitKey,
    },
    /// A controller that is nowhere.
    #[error("{key} needs the controller {controller}: {nowhere}")]
    NoController {
        /// The option.
        key: LimitKey,
        /// The controller.
        controller: String,
        /// Why it is not there.
        nowhere: Nowhere,
    },
    /// A file of one version, for which the other has none.
    #[error("{key}: {name} is of version {}, and here is version {}, which has no such file: {instead}", digit(.version), digit(&other(.version)))]
    NoCounterpart {
        /// The option.
        key: LimitKey,
        /// What was asked for.
        name: String,
        /// The version that it is of.
        version: Version,
        /// What takes its place.
        instead: &'static str,
    },
    /// `--net-class` where no hierarchy has the controller net_cls.
    #[error(
        "--net-class needs the controller net_cls, which is one of version 1: {nowhere}; {}",
        super::net::INSTEAD
    )]
    NoNetClass {
        /// Why it is not there.
        nowhere: Nowhere,
    },
    /// A file that no value is written to.
    #[error("{key}: {name} is not to be set: {instead}")]
    NotSet {
        /// The option.
        key: LimitKey,
        /// The file.
        name: String,
        /// What to do.
        instead: &'static str,
    },
    /// Version 1 bounds swap only together with memory.
    #[error(
        "{key} needs --memory here: version 1 has one limit for both together (memory.memsw.limit_in_bytes), which is the sum of the two"
    )]
    SwapAlone {
        /// The option.
        key: LimitKey,
    },
    /// Memory and swap together are less than memory.
    #[error("{key}: memory and swap together ({sum}) cannot be less than memory ({memory})")]
    SumBelow {
        /// The option.
        key: LimitKey,
        /// Of both, in bytes.
        sum: u64,
        /// In bytes.
        memory: u64,
    },
    /// Memory and swap together are more than there can be.
    #[error("{key}: memory and swap together are more than the kernel can count; write max for no limit")]
    SumLarge {
        /// The option.
        key: LimitKey,
    },
    /// A value that has none in the other version.
    #[error("{key}: '{value}' cannot be translated into a value of {file}, as {name} is called here", value = .value.display())]
    NoTranslation {
        /// The option.
        key: LimitKey,
        /// The file as typed.
        name: String,
        /// Its value as typed.
        value: OsString,
        /// The file here.
        file: String,
    },
    /// No file for weights of input and output.
    #[error("--io-weight: {0}")]
    NoIoWeight(NoIoWeight),
    /// A device that is no disk.
    #[error("{key}: {error}")]
    Disk {
        /// The option.
        key: LimitKey,
        /// Why.
        error: DiskError,
    },
}

impl LimitError {
    /// What takes the place of something that this version has not.
    pub fn instead(&self) -> Option<&'static str> {
        match self {
            LimitError::NoNetClass { .. } => Some(super::net::INSTEAD),
            LimitError::NoCounterpart { instead, .. } => Some(instead),
            _ => None,
        }
    }

    /// The option that is wrong.
    pub fn key(&self) -> LimitKey {
        match self {
            LimitError::Value { key, .. }
            | LimitError::NoController { key, .. }
            | LimitError::NoCounterpart { key, .. }
            | LimitError::NotSet { key, .. }
            | LimitError::SwapAlone { key }
            | LimitError::SumBelow { key, .. }
            | LimitError::SumLarge { key }
            | LimitError::NoTranslation { key, .. }
            | LimitError::Disk { key, .. }
            | LimitError::Conflict { other: key, .. } => *key,
            LimitError::NoNetClass { .. } => LimitKey::NetClass,
            LimitError::NoIoWeight(_) => LimitKey::IoWeight,
        }
    }

    /// The text that is wrong, with a caret under the place: two lines.
    pub fn pointed(&self) -> Option<String> {
        match self {
            LimitError::Value { error, .. } => error.pointed(),
            _ => None,
        }
    }
}

/// Why there is no file for weights of input and output.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NoIoWeight {
    /// Version 1 without BFQ.
    #[error(
        "no file takes a weight here: version 1 has blkio.bfq.weight only with the scheduler BFQ, which this kernel has not, or has \
         not loaded (modprobe bfq)"
    )]
    Version1,
    /// Version 2 with neither BFQ nor iocost.
    #[error(
        "no file takes a weight here: version 2 has io.weight with the cost model (CONFIG_BLK_CGROUP_IOCOST) and io.bfq.weight with the \
         scheduler BFQ (modprobe bfq), and this kernel shows neither"
    )]
    Version2,
}

/// Why a controller is nowhere: [`Place`] without the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nowhere {
    /// In a hierarchy of version 1 with this number, which is mounted nowhere here.
    Unmounted(u32),
    /// Disabled at boot.
    Disabled,
    /// In no hierarchy that is seen here.
    NotHere,
    /// Unknown to the kernel.
    Unknown,
}

impl Nowhere {
    pub(super) fn of(controller: &str, layout: &Layout, facts: &Facts) -> Self {
        match layout.place(controller, facts) {
            Place::Unmounted(number) => Nowhere::Unmounted(number),
            Place::Disabled => Nowhere::Disabled,
            Place::NotHere | Place::In(_) => Nowhere::NotHere,
            Place::Unknown => Nowhere::Unknown,
        }
    }
}

impl fmt::Display for Nowhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Nowhere::Unmounted(number) => {
                write!(f, "it is in hierarchy {number} of version 1, which is mounted nowhere here")
            }
            Nowhere::Disabled => f.write_str("it was disabled at boot (cgroup_disable=)"),
            Nowhere::NotHere => f.write_str("the kernel has it, but no hierarchy that is mounted here"),
            Nowhere::Unknown => f.write_str("this kernel knows no such controller"),
        }
    }
}

fn digit(version: &Version) -> u8 {
    match version {
        Version::V1 => 1,
        Version::V2 => 2,
    }
}

fn other(version: &Version) -> Version {
    match version {
        Version::V1 => Version::V2,
        Version::V2 => Version::V1,
    }
}

//! A stub until the merge, which knows numbers only: the file of helper "devices" takes its place.

use std::ffi::OsStr;
use thiserror::Error;
use xns_core::Facts;

/// A whole disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Its driver.
    pub major: u32,
    /// Which of the driver's.
    pub minor: u32,
    /// Its name in /sys/block.
    pub name: String,
    /// What is said of it.
    pub note: Option<String>,
}

/// Why a text is no disk.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("no device or file")]
pub struct DiskError;

/// By its number.
///
/// # Errors
/// Any other text.
pub fn whole_disk(text: &OsStr, _: &Facts) -> Result<Disk, DiskError> {
    let (major, minor) = text.to_str().and_then(|text| text.split_once(':')).ok_or(DiskError)?;
    let number = |text: &str| text.parse().map_err(|_| DiskError);
    Ok(Disk { major: number(major)?, minor: number(minor)?, name: text.to_string_lossy().into(), note: None })
}

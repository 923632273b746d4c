//! A value for a file of a group.

use crate::Hierarchy;

/// Which file of a group gets which value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The hierarchy whose group's directory the file is in.
    pub hierarchy: Hierarchy,
    /// The controller that the file belongs to.
    pub controller: String,
    /// Its name.
    pub file: String,
    /// What is written, in one write(2).
    pub value: String,
    /// What it means when there is no such file.
    pub if_missing: IfMissing,
    /// What is to be said about it.
    pub note: Option<String>,
}

/// What it means when there is no such file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfMissing {
    /// The limit cannot be set.
    Fail,
    /// It is not needed, for this reason.
    Pass(&'static str),
}

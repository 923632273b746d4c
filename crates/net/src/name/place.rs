//! Which network namespace a step speaks to.

use super::NetnsName;
use std::fmt;
use std::path::PathBuf;
use xns_core::shell;

/// A network namespace, by how it is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The one that this process was started in.
    Here,
    /// By its name.
    Name(NetnsName),
    /// That of a process.
    Process(u32),
    /// By a file that holds it.
    File(PathBuf),
}

impl Place {
    /// Its file.
    pub fn path(&self) -> PathBuf {
        match self {
            Place::Here => "/proc/self/ns/net".into(),
            Place::Name(name) => name.path(),
            Place::Process(pid) => format!("/proc/{pid}/ns/net").into(),
            Place::File(path) => path.clone(),
        }
    }

    /// What tells it from all others: a name may be `host`, or `process 7`, too.
    pub fn key(&self) -> String {
        shell::c_string(self.path())
    }

    /// How a plan names it: `host`, `RED`, `process 7`.
    pub fn label(&self) -> String {
        match self {
            Place::Here => "host".to_owned(),
            Place::Name(name) => name.to_string(),
            Place::Process(pid) => format!("process {pid}"),
            Place::File(path) => shell::path(path),
        }
    }
}

/// As [`Place::label`].
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_for_no_other_place() {
        let named = |name: &str| Place::Name(NetnsName::existing(name.as_ref()).unwrap());
        for (place, name) in [(Place::Here, "host"), (Place::Process(7), "process 7")] {
            assert_eq!(place.label(), named(name).label());
            assert_ne!(place.key(), named(name).key());
        }
    }
}

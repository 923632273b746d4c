//! `/run/netns`: the directory in which network namespaces have names, each a file with the namespace bound to it (ip-netns(8)).

/// The directory.
pub const DIRECTORY: &str = "/run/netns";

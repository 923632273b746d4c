//! The names, and what they lead to.

use xns_net::NetnsName;
use xns_net::store::{self, State};

/// A name, and what it stands for.
pub(crate) struct Named {
    pub(crate) name: NetnsName,
    pub(crate) state: State,
}

/// All of the directory, sorted; none when it is not there, or may not be read.
pub(crate) fn all() -> Vec<Named> {
    let mut names = store::names().unwrap_or_default();
    names.sort();
    // One may have gone since.
    names.into_iter().filter_map(|name| Some(Named { state: State::look(&name)?, name })).collect()
}

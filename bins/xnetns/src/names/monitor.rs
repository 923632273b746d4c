//! `monitor`: names as they come and go.

use super::{NamesError, Work};
use crate::TOOL;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use xns_cli::shown::shown;
use xns_cli::table::Charset;
use xns_cli::{Diagnostic, print};
use xns_core::Errno;
use xns_net::store::DIRECTORY;
use xns_sys::fs;
use xns_sys::inotify::{self, Event};

impl Work<'_> {
    /// Until it is ended, or the directory is gone.
    pub(super) fn monitor(&self) -> Result<u8, Box<Diagnostic>> {
        let directory = Path::new(DIRECTORY);
        let watched = match inotify::watch(directory) {
            Err(Errno::ENOENT) => {
                fs::make_directory(fs::cwd(), directory).and_then(|()| inotify::watch(directory))
            }
            answer => answer,
        };
        let watched = match watched {
            Ok(watched) => watched,
            Err(errno) => return TOOL.refuse(NamesError::Unread(errno), self.facts),
        };
        loop {
            let events = match inotify::events(&watched) {
                Ok(events) => events,
                Err(errno) => return TOOL.refuse(NamesError::Unread(errno), self.facts),
            };
            for event in events {
                let (what, name) = match event {
                    Event::Came(name) => ("add", name),
                    Event::Gone(name) => ("delete", name),
                    Event::Lost => return Ok(0),
                };
                print(&format!("{what} {}\n", shown(name.as_bytes(), Charset::Utf8)))?;
            }
        }
    }
}

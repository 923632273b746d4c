//! Files of groups that a test made up.

use std::path::{Path, PathBuf};
use xns_cgroup::stat::Source;
use xns_core::Errno;

/// Paths, and what stands there.
pub(super) struct Files(pub(super) &'static [(&'static str, &'static str)]);

impl Source for Files {
    fn read(&self, directory: &Path, file: &str) -> Result<Vec<u8>, Errno> {
        let path = directory.join(file);
        let found = self.0.iter().find(|(known, _)| Path::new(known) == path);
        found.map(|(_, text)| text.as_bytes().to_vec()).ok_or(Errno::ENOENT)
    }

    fn below(&self, _: &Path) -> Vec<PathBuf> {
        Vec::new()
    }

    fn disk(&self, device: &str) -> Option<String> {
        (device == "254:0").then(|| "vda".to_owned())
    }
}

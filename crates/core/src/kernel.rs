//! Which Linux this is.

use crate::Facts;

impl Facts {
    /// The kernel's version, as far as it is compared, and its whole release (`uname -r`).
    pub fn kernel(&self) -> Option<((u32, u32), String)> {
        let release = self.line("/proc/sys/kernel/osrelease")?;
        let mut numbers = release.split(['.', '-', '+']).map(|number| number.parse::<u32>().unwrap_or(0));
        let version = (numbers.next()?, numbers.next()?);
        Some((version, release))
    }

    /// The release of a kernel that is older than this.
    pub fn older_kernel(&self, than: (u32, u32)) -> Option<String> {
        self.kernel().and_then(|(version, release)| (version < than).then_some(release))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Facts, Recorded};

    #[test]
    fn versions_are_compared_by_number() {
        for (release, than, older) in [
            ("6.1.0-56-cloud-amd64\n", (6, 2), true),
            ("6.12.117+deb12-cloud-amd64\n", (6, 2), false),
            ("6.2-rc1\n", (6, 2), false),
            ("5.10.0\n", (6, 2), true),
            ("6\n", (6, 2), false),
            ("", (6, 2), false),
        ] {
            let files = vec![("/proc/sys/kernel/osrelease".to_owned(), release.into())];
            let facts = Facts::recorded(Recorded { files, ..Recorded::default() });
            assert_eq!(facts.older_kernel(than).is_some(), older, "{release}");
        }
    }
}

//! Debian's cloud kernels: found and downloaded with apt, unpacked, and not installed.

use crate::error::{Error, at};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// An unpacked kernel.
#[derive(Clone, Debug)]
pub struct Kernel {
    /// As asked for: `6.1`.
    pub series: String,
    /// What can be booted.
    pub image: PathBuf,
    /// The directory of `lib/modules` with its modules.
    pub modules: PathBuf,
}

impl Kernel {
    /// Is it there without a download?
    #[must_use]
    pub fn is_cached(series: &str, target: &Path) -> bool {
        cache(target).join(series).is_dir()
    }

    /// The newest kernel of a series, `6.1`: from the cache (`$XNS_VM_CACHE`, else `TARGET/vm`) when it is there, else
    /// downloaded into it.
    ///
    /// # Errors
    /// [`Error::Lacks`] when apt is not there, does not know such a kernel, or cannot get it.
    pub fn of(series: &str, target: &Path) -> Result<Self, Error> {
        let cache = cache(target);
        let dir = cache.join(series);
        if !dir.is_dir() {
            fs::create_dir_all(&cache).map_err(at(&cache))?;
            let new = cache.join(format!(".{series}.{}", std::process::id()));
            let unpacked = download(series, &new).and_then(|package| unpack(&package, &new));
            // Somebody else may have been faster: then theirs is as good.
            let moved = unpacked.and_then(|()| fs::rename(&new, &dir).map_err(at(&dir)));
            let _ = fs::remove_dir_all(&new);
            if !dir.is_dir() {
                moved?;
            }
        }
        let only = |sub: &str, prefix: &str| {
            let sub = dir.join(sub);
            entries(&sub)?.into_iter().find(|path| name(path).starts_with(prefix)).ok_or_else(|| {
                Error::Lacks(format!("there is no kernel in {}: remove that directory", sub.display()))
            })
        };
        Ok(Kernel {
            series: series.to_owned(),
            image: only("boot", "vmlinuz-")?,
            modules: only("lib/modules", series)?,
        })
    }
}

fn cache(target: &Path) -> PathBuf {
    env::var_os("XNS_VM_CACHE").map_or_else(|| target.join("vm"), PathBuf::from)
}

/// Asks apt for the newest package of the series, and has it put into the directory.
fn download(series: &str, dir: &Path) -> Result<PathBuf, Error> {
    let lacks = |why: String| {
        Error::Lacks(format!("kernel {series} is not here yet, and cannot be downloaded: {why}"))
    };
    let mut known = Command::new("apt-cache");
    known.args(["pkgnames", &format!("linux-image-{series}.")]);
    let known = known.output().map_err(|error| lacks(format!("apt-cache: {error}")))?;
    let names = String::from_utf8_lossy(&known.stdout);
    let package =
        newest(&names).ok_or_else(|| lacks("apt knows no such package of linux-image".to_owned()))?;
    fs::create_dir_all(dir).map_err(at(dir))?;
    let mut get = Command::new("apt-get");
    get.args(["download", "-q", package]).current_dir(dir);
    let got = get.output().map_err(|error| lacks(format!("apt-get: {error}")))?;
    let found = entries(dir)?.into_iter().find(|path| name(path).ends_with(".deb"));
    found.filter(|_| got.status.success()).ok_or_else(|| {
        let complaint = String::from_utf8_lossy(&got.stderr).trim().lines().last().unwrap_or("").to_owned();
        lacks(format!("apt-get download {package}: {complaint}"))
    })
}

/// The newest of packages whose names differ in their versions; the signed images, without debugging symbols.
fn newest(names: &str) -> Option<&str> {
    let numbers = |name: &str| -> Vec<u64> {
        name.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect()
    };
    names.lines().filter(|name| name.ends_with("-cloud-amd64")).max_by_key(|name| numbers(name))
}

fn unpack(package: &Path, dir: &Path) -> Result<(), Error> {
    let failed = |source| Error::Program { program: "dpkg-deb", source };
    let done = Command::new("dpkg-deb").arg("-x").args([package, dir]).output().map_err(failed)?;
    if !done.status.success() {
        let complaint = String::from_utf8_lossy(&done.stderr).into_owned();
        return Err(Error::Failed { program: "dpkg-deb", status: done.status, complaint });
    }
    fs::remove_file(package).map_err(at(package))
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let read = fs::read_dir(dir).map_err(at(dir))?;
    read.map(|entry| entry.map(|entry| entry.path()).map_err(at(dir))).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::newest;

    #[test]
    fn versions_are_numbers() {
        let names = "linux-image-6.12.100+deb12-cloud-amd64\nlinux-image-6.12.117+deb12-cloud-amd64-unsigned\n\
                     linux-image-6.12.99+deb12-cloud-amd64\nlinux-image-6.12.101+deb12-amd64\n";
        assert_eq!(newest(names), Some("linux-image-6.12.100+deb12-cloud-amd64"));
        assert_eq!(newest("linux-image-6.1.0-9-cloud-amd64-dbg"), None);
    }
}

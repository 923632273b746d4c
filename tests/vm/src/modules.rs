//! The modules of an unpacked kernel. Its package has no modules.dep, which depmod(8) would write at installation: each
//! module itself says what it needs (its section .modinfo).

use crate::error::{Error, at};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A module, decompressed.
#[derive(Debug)]
pub(crate) struct Module {
    /// With underscores.
    pub(crate) name: String,
    pub(crate) data: Vec<u8>,
}

/// These modules of a directory of `lib/modules`, and all that they need, in an order in which they can be loaded. What
/// is built into the kernel is left out.
pub(crate) fn closure(dir: &Path, wanted: &[&str]) -> Result<Vec<Module>, Error> {
    let mut files = BTreeMap::new();
    collect(dir, &mut files)?;
    let builtin = dir.join("modules.builtin");
    let builtin = fs::read_to_string(&builtin).map_err(at(&builtin))?;
    let mut found = Found { files, builtin, modules: Vec::new() };
    for name in wanted {
        found.add(name)?;
    }
    Ok(found.modules)
}

struct Found {
    files: BTreeMap<String, PathBuf>,
    builtin: String,
    modules: Vec<Module>,
}

impl Found {
    fn add(&mut self, name: &str) -> Result<(), Error> {
        let name = name.replace('-', "_");
        if self.modules.iter().any(|module| module.name == name) {
            return Ok(());
        }
        let Some(file) = self.files.get(&name) else {
            let built_in =
                self.builtin.lines().any(|line| module_name(Path::new(line)) == Some(name.clone()));
            return if built_in { Ok(()) } else { Err(Error::Module(name)) };
        };
        let data = read(file)?;
        for needed in needed(&data) {
            self.add(&needed)?;
        }
        self.modules.push(Module { name, data });
        Ok(())
    }
}

/// Modules by name, those in directories below included.
fn collect(dir: &Path, found: &mut BTreeMap<String, PathBuf>) -> Result<(), Error> {
    for entry in fs::read_dir(dir).map_err(at(dir))? {
        let path = entry.map_err(at(dir))?.path();
        if path.is_dir() && !path.is_symlink() {
            collect(&path, found)?;
        } else if let Some(name) = module_name(&path) {
            found.insert(name, path);
        }
    }
    Ok(())
}

/// `null_blk` for `…/null_blk.ko` and `…/null-blk.ko.xz`.
fn module_name(path: &Path) -> Option<String> {
    let file = path.file_name()?.to_str()?;
    let (name, _) = file.split_once(".ko").filter(|(_, rest)| rest.is_empty() || *rest == ".xz")?;
    Some(name.replace('-', "_"))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    if path.extension().is_none_or(|extension| extension != "xz") {
        return fs::read(path).map_err(at(path));
    }
    let failed = |source| Error::Program { program: "xz", source };
    let done = Command::new("xz").arg("-dc").arg(path).output().map_err(failed)?;
    if done.status.success() {
        return Ok(done.stdout);
    }
    let complaint = String::from_utf8_lossy(&done.stderr).into_owned();
    Err(Error::Failed { program: "xz", status: done.status, complaint })
}

/// `depends=a,b` is one of the strings of .modinfo, which end with NUL.
fn needed(module: &[u8]) -> Vec<String> {
    let strings = module.split(|&byte| byte == 0);
    let list = strings.filter_map(|string| string.strip_prefix(b"depends=")).next().unwrap_or_default();
    let list = String::from_utf8_lossy(list);
    list.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first() {
        let dir = tempfile::tempdir().unwrap();
        let module = |name: &str, needs: &str| {
            fs::write(dir.path().join(name), format!("\x7fELF\0license=GPL\0depends={needs}\0")).unwrap();
        };
        module("a-top.ko", "middle,base");
        module("middle.ko", "base");
        module("base.ko", "");
        fs::write(dir.path().join("modules.builtin"), "kernel/drivers/virtio-pci.ko\n").unwrap();
        let names = |wanted: &[&str]| {
            let modules = closure(dir.path(), wanted)?;
            Ok::<_, Error>(modules.into_iter().map(|module| module.name).collect::<Vec<_>>())
        };
        assert_eq!(names(&["a_top", "virtio_pci", "base"]).unwrap(), ["base", "middle", "a_top"]);
        assert!(matches!(names(&["none"]), Err(Error::Module(name)) if name == "none"));
    }
}

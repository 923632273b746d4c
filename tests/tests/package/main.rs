//! The packages xns and xns-replace, in a small Debian 12: installed, upgraded, removed, failing half-way; and scripts of the
//! distribution that call what they replace. Each test is a script beside this file, with a machine of its own: a copy
//! of one root that mmdebstrap has made.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use xns_tests::{Need, Scene, bin, need, skip};

const NEEDS: [Need; 4] =
    [Need::Root, Need::Program("mmdebstrap"), Need::Program("dpkg-deb"), Need::Program("make")];

/// Packages that tests install, or take scripts from.
const DOWNLOADED: &str = "cgroup-tools libcgroup2 util-linux autopkgtest postgresql-common uidmap libsubid4";

/// What runs a test: the machine's root is a copy in memory. (An overlay would do, but for a package that fails: dpkg renames a
/// file onto another link of it, which overlayfs refuses with ESTALE.)
const ENTER: &str = r#"
set -eu
mount -t tmpfs tmpfs "$2" && cd "$2"
cp -a "$1"/. .
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
cp "$3"/*.deb debs
cat "$4" "$5" >test
# Not chroot: in one nobody may make a user namespace.
pivot_root . . && umount -l .
exec env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C sh /test
"#;

/// The root of a Debian 12, made once; or why there is none.
fn debian() -> Result<&'static Path, String> {
    static ROOT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let root = ROOT.get_or_init(|| {
        let cache = std::env::var_os("XNS_VM_CACHE")
            .map_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("../vm"), PathBuf::from);
        let root = cache.join("debian-12");
        if !root.is_dir() {
            make_debian(&cache.join(format!(".debian-12.{}", std::process::id())), &root)?;
        }
        root.canonicalize().map_err(|error| error.to_string())
    });
    root.as_deref().map_err(Clone::clone)
}

fn make_debian(new: &Path, root: &Path) -> Result<(), String> {
    let download =
        format!("chroot \"$1\" sh -c 'mkdir /debs && cd /debs && apt-get download -q {DOWNLOADED}'");
    let mut command = Command::new("timeout");
    // What is downloaded lies in the lists of its apt: these stay until then.
    command.args(["300", "mmdebstrap", "--variant=apt", "--include=mount,hostname", "--skip=cleanup/apt"]);
    command.args(["--aptopt=Acquire::Languages \"none\"", &format!("--customize-hook={download}")]);
    command.args(["--customize-hook=rm -rf \"$1\"/var/lib/apt/lists/* \"$1\"/var/cache/apt/*", "bookworm"]);
    let done = command.arg(new).stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if done.status.success() {
        return std::fs::rename(new, root).map_err(|error| error.to_string());
    }
    let _ = std::fs::remove_dir_all(new);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    let said = said.lines().filter(|line| line.starts_with("E: ")).collect::<Vec<_>>().join(" ");
    Err(format!("mmdebstrap makes no Debian here: {said}"))
}

/// The packages, made of the tools that are tested.
fn packages() -> &'static Path {
    static PACKAGES: OnceLock<Scene> = OnceLock::new();
    let scene = PACKAGES.get_or_init(|| {
        let scene = Scene::new();
        let make = scene.cmd("make").dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let tools = bin("xunshare").parent().unwrap().display().to_string();
        let done =
            make.args(["deb", &format!("BIN={tools}"), &format!("DEB_DIR={}", scene.dir().display())]).run();
        assert!(done.ok(), "{done:?}");
        scene
    });
    scene.dir()
}

fn runs(name: &str) {
    if !need(name, &NEEDS) {
        return;
    }
    let root = match debian() {
        Ok(root) => root,
        Err(reason) => return skip(name, &reason),
    };
    let scene = Scene::new();
    let script = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/package").join(name);
    let enter = scene.cmd(bin("xunshare")).words("-mfp --kill-child sh -c").args([ENTER, "sh"]);
    let enter = enter.args([root, &scene.subdir("machine"), packages()]);
    let done = enter.args([script("begin.sh"), script(&format!("{name}.sh"))]).run();
    assert!(done.ok(), "{}\n{}", done.stdout, done.stderr);
    assert!(done.stdout.ends_with("the end\n"), "{}\n{}", done.stdout, done.stderr);
}

#[test]
fn installed_and_removed() {
    runs("installed_and_removed");
}

#[test]
fn originals_that_come_and_go() {
    runs("originals_that_come_and_go");
}

#[test]
fn upgrades() {
    runs("upgrades");
}

#[test]
fn failing_half_way() {
    runs("failing_half_way");
}

#[test]
fn scripts_of_the_distribution() {
    runs("scripts_of_the_distribution");
}

//! Names of one's own in a user namespace: an empty file system in the place of a directory that belongs to somebody else.

use crate::store::{Cover, DIRECTORY};
use std::ffi::OsString;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use xns_core::{Apply, Call, Errno, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::fs;
use xns_sys::mount::{self, Attributes, MsFlags};

/// Mounts a tmpfs, in this mount namespace only. In the place of `/run` it has all that is there: directories, files and sockets are
/// bound, links are made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoverStore(pub Cover);

/// The parts.
const LIST: u8 = 0;
const MAKE: u8 = 1;
const FILL: u8 = 2;
const ATTACH: u8 = 3;

const RUN: &str = "/run";

impl CoverStore {
    const fn place(self) -> &'static str {
        match self.0 {
            Cover::Names => DIRECTORY,
            Cover::Run => RUN,
        }
    }
}

impl Operation for CoverStore {
    fn calls(&self) -> Vec<Call> {
        let place = self.place();
        match self.0 {
            Cover::Names => {
                vec![Call::new(format!("mount(\"tmpfs\", \"{place}\", \"tmpfs\", 0, \"mode=755\")"))]
            }
            Cover::Run => vec![
                Call::new("fsmount(fsopen(\"tmpfs\", FSOPEN_CLOEXEC), FSMOUNT_CLOEXEC, 0) = NEW"),
                Call::only(
                    "for all in it",
                    format!("open_tree(AT_FDCWD, \"{place}/…\", OPEN_TREE_CLONE|AT_RECURSIVE) = OLD"),
                ),
                Call::only("for all of them", "move_mount(OLD, \"\", NEW, \"…\", MOVE_MOUNT_F_EMPTY_PATH)"),
                Call::new(format!("move_mount(NEW, \"\", AT_FDCWD, \"{place}\", MOVE_MOUNT_F_EMPTY_PATH)")),
            ],
        }
    }

    fn shell(&self) -> Vec<Shell> {
        let lines: &[&str] = match self.0 {
            Cover::Names => &["mount -t tmpfs -o mode=755 tmpfs /run/netns"],
            Cover::Run => &[
                "old=$(mktemp -d); mount --rbind /run \"$old\"; mount -t tmpfs -o mode=755 tmpfs /run",
                "for file in \"$old\"/* \"$old\"/.[!.]*; do",
                "  new=/run/${file##*/}",
                "  if [ -L \"$file\" ]; then cp -P \"$file\" \"$new\"; continue; fi",
                "  if [ -d \"$file\" ]; then mkdir \"$new\"; elif [ -e \"$file\" ]; then : > \"$new\"; else continue; fi",
                "  mount --rbind \"$file\" \"$new\"",
                "done",
            ],
        };
        lines.iter().map(|line| Shell::Outside((*line).to_owned())).collect()
    }

    fn failed(&self, part: u8) -> String {
        match part {
            LIST => format!("cannot read {RUN}"),
            MAKE => "cannot make an empty file system for names".to_owned(),
            FILL => format!("cannot bind what is in {RUN}"),
            _ => format!("cannot mount an empty file system on {}", self.place()),
        }
    }
}

impl Apply for CoverStore {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        let in_part = |part| move |errno| Failure::in_part(part, errno);
        let place = Path::new(self.place());
        if self.0 == Cover::Names {
            mount::mount(Some(Path::new("tmpfs")), place, Some("tmpfs"), MsFlags::empty(), Some("mode=755"))
                .map_err(in_part(ATTACH))?;
            return Ok(Outcome::Done);
        }
        let old = fs::open_directory(place).map_err(in_part(LIST))?;
        let names = fs::names_in(&old).map_err(in_part(LIST))?;
        let new = mount::new_file_system("tmpfs", &[("mode", "755")], Attributes::empty())
            .map_err(in_part(MAKE))?;
        // Filled where it is, since nothing can be mounted in what is nowhere.
        let target = fs::open_directory(place).map_err(in_part(ATTACH))?;
        mount::attach(&new, target).map_err(in_part(ATTACH))?;
        let fill = || names.iter().try_for_each(|name| show(&old, name, &new));
        if let Err(errno) = fill() {
            let _ = mount::unmount(place, xns_sys::mount::MntFlags::MNT_DETACH);
            return Err(Failure::in_part(FILL, errno));
        }
        Ok(Outcome::Done)
    }
}

/// An entry of the old directory in the new one. What has gone meanwhile, or may not be looked at, is left out.
fn show(old: &OwnedFd, name: &OsString, new: &OwnedFd) -> Result<(), Errno> {
    let name = Path::new(name);
    let entry = match fs::open_path(old, name, fs::NO_FOLLOW) {
        Err(Errno::ENOENT | Errno::EACCES) => return Ok(()),
        answer => answer?,
    };
    match fs::status(&entry)?.kind {
        fs::Kind::Symlink => return fs::make_symlink(Path::new(&fs::read_link(old, name)?), new, name),
        fs::Kind::Directory => fs::make_directory(new, name)?,
        fs::Kind::Regular | fs::Kind::Other => drop(fs::make_mount_point(new, name)?),
    }
    let tree = mount::clone_tree(&fs::proc_path(&entry), true)?;
    mount::attach(tree, fs::open_path(new.as_fd(), name, fs::NO_FOLLOW)?)
}

//! A group made for real, and removed at once: what the caller can do with groups.

use std::path::Path;
use std::time::Duration;
use xns_core::{Errno, Facts, NsSet, Rights, SingleThreaded, Tried};
use xns_sys::bpf::{self, Instruction};
use xns_sys::{exec, fd, fork, fs};

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed<'a> {
    /// Nothing more.
    Make,
    /// A value is written into this file of its; without one, the file is opened for writing.
    Write {
        /// The file's name.
        file: &'a str,
        /// The value, or nothing.
        value: &'a str,
    },
    /// A process of the caller's own is moved into it, and ends there.
    Join,
}

/// Makes a group below `parent`, does it, and removes the group; `None` when no child could be made.
///
/// No errno says which of the two was refused: [`Deed::Make`] is to be tried first.
pub fn group(parent: &Path, deed: Deed<'_>, facts: &Facts) -> Option<Tried> {
    let what = match deed {
        Deed::Make => "make".to_owned(),
        Deed::Write { file, .. } => file.to_owned(),
        Deed::Join => "join".to_owned(),
    };
    let single = facts.single_threaded();
    let pid = facts.pid();
    facts.tried(&format!("{what}:{}", parent.display()), Rights::Own, NsSet::EMPTY, || {
        let directory = parent.join(format!("xnscheck-{pid}"));
        fs::make_directory(fs::cwd(), &directory)?;
        let done = match deed {
            Deed::Make => Ok(()),
            Deed::Write { file, value } => write(&directory.join(file), value),
            Deed::Join => single.map_or(Err(Errno::ENOSYS), |single| join(single, &directory)),
        };
        remove(&directory);
        done
    })
}

/// Can a program that limits devices be loaded, as version 2 wants one? It is attached to no group, and goes with the child.
pub fn device_program(facts: &Facts) -> Option<Tried> {
    // r0 = 1: every device is allowed.
    const ALLOW: [Instruction; 2] = [
        Instruction { code: 0xb7, registers: 0, offset: 0, immediate: 1 },
        Instruction { code: 0x95, registers: 0, offset: 0, immediate: 0 },
    ];
    facts.tried("device-program", Rights::Own, NsSet::EMPTY, || {
        bpf::load_device_program(&ALLOW, *b"xnscheck\0\0\0\0\0\0\0\0").map(drop)
    })
}

fn write(file: &Path, value: &str) -> Result<(), Errno> {
    const WRITE_ONLY: i32 = 1;
    let opened = fd::open(file, WRITE_ONLY)?;
    if value.is_empty() { Ok(()) } else { fd::write_all(opened, value.as_bytes()) }
}

fn join(single: SingleThreaded, directory: &Path) -> Result<(), Errno> {
    let answer = fork::in_child(single, || {
        let joined = write(&directory.join("cgroup.procs"), "0");
        exec::exit_now(joined.map_or_else(|errno| u8::try_from(errno as i32).unwrap_or(u8::MAX), |()| 0))
    });
    match answer {
        Some(0) => Ok(()),
        Some(errno) => Err(Errno::from_raw(i32::from(errno))),
        None => Err(Errno::EAGAIN),
    }
}

/// Who was in it has ended, but may be counted for a moment.
fn remove(directory: &Path) {
    const TRIES: u32 = 100;
    for _ in 0..TRIES {
        match fs::remove(fs::cwd(), directory, true) {
            Err(Errno::EBUSY) => std::thread::sleep(Duration::from_millis(10)),
            _ => return,
        }
    }
}

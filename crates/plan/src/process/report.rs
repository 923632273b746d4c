//! Telling others about the program, and waiting for them: what a script needs to move a device or join a cgroup.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use xns_core::shell::{c_string, quote};
use xns_core::{Apply, Call, Errno, Failure, Kept, Made, NsKind, Operation, Outcome, Shell, Slot, Slots};
use xns_sys::{fd, fs, namespace};

/// Opens the caller's `/proc` before anything is mounted over it: in it every process has the number that the caller
/// sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenProc {
    /// Is it fine when there is none?
    pub may_be_missing: bool,
}

/// A part of [`OpenProc`]: nothing is mounted there.
const NO_PROC: u8 = 1;

impl Operation for OpenProc {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new("openat(AT_FDCWD, \"/proc\", O_PATH|O_DIRECTORY) = PROC")]
    }

    fn shell(&self) -> Vec<Shell> {
        Vec::new()
    }

    fn failed(&self, part: u8) -> String {
        if part == NO_PROC { "no proc file system on /proc" } else { "cannot open /proc" }.to_owned()
    }

    fn fills(&self) -> &'static [Slot] {
        &[Slot::Proc]
    }
}

impl Apply for OpenProc {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let open = || {
            let proc = fs::open_directory(Path::new("/proc"))?;
            fs::read_link(&proc, Path::new("self")).map_err(|errno| Failure::in_part(NO_PROC, errno))?;
            Ok(proc)
        };
        match open() {
            Ok(proc) => slots.fill(Slot::Proc, proc),
            Err(_) if self.may_be_missing => return Ok(Outcome::Tolerated("no /proc here")),
            Err(failure) => return Err(failure),
        }
        Ok(Outcome::Done)
    }
}

/// Opens the file that is to hold the program's PID; it is removed again when no program comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPidFile {
    /// The file.
    pub file: PathBuf,
    /// Does the caller itself become the program? Then a shell knows the PID: its own.
    pub of_caller: bool,
}

impl Operation for OpenPidFile {
    fn calls(&self) -> Vec<Call> {
        let file = c_string(&self.file);
        vec![
            Call::only(
                "if it is not there",
                format!("openat(AT_FDCWD, {file}, O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW) = PIDFILE"),
            ),
            Call::only("if it is there", format!("openat(AT_FDCWD, {file}, O_RDWR) = PIDFILE")),
        ]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![if self.of_caller {
            Shell::Outside(format!("echo $$ > {}", quote(&self.file)))
        } else {
            Shell::Comment(
                "--pid-file: the program is a child here, whose PID a shell outside is not told".to_owned(),
            )
        }]
    }

    fn failed(&self, _: u8) -> String {
        format!("cannot open {}", self.file.display())
    }

    fn fills(&self) -> &'static [Slot] {
        &[Slot::PidFile]
    }
}

impl Apply for OpenPidFile {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let file = open_file(&self.file, slots)?;
        slots.fill(Slot::PidFile, file);
        Ok(Outcome::Done)
    }

    fn leaves_something(&self) -> bool {
        true
    }
}

/// Opens a file to be written when the time comes; one that is made is removed, and one that was there is as it was, when no program
/// comes to be.
pub(super) fn open_file(path: &Path, slots: &mut Slots) -> Result<OwnedFd, Errno> {
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let parent = fs::open_directory(dir)?;
    if path.as_os_str().is_empty() {
        return Err(Errno::ENOENT);
    }
    let name = Path::new(path.file_name().ok_or(Errno::EISDIR)?);
    match fs::make_file(&parent, name) {
        Ok(file) => {
            slots.made.push(Made { parent, name: name.to_owned(), directory: false, mount_point: false });
            Ok(file)
        }
        Err(Errno::EEXIST) => open_existing(path, slots),
        Err(errno) => Err(errno),
    }
}

/// O_WRONLY and O_RDWR (open(2)).
const WRITE_ONLY: i32 = 1;
const READ_WRITE: i32 = 2;

/// What is in it comes back when no program comes to be; from one that may only be written to it cannot be kept.
fn open_existing(path: &Path, slots: &mut Slots) -> Result<OwnedFd, Errno> {
    let file = match fd::open(path, READ_WRITE) {
        Ok(file) => std::fs::File::from(file),
        Err(Errno::EACCES) => return fd::open(path, WRITE_ONLY),
        Err(errno) => return Err(errno),
    };
    let failed = |e: std::io::Error| Errno::from_raw(e.raw_os_error().unwrap_or(0));
    if file.metadata().map_err(failed)?.is_file() {
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut &file, &mut text).map_err(failed)?;
        slots.kept = Some(Kept { file: file.try_clone().map_err(failed)?.into(), text });
    }
    Ok(file.into())
}

/// Takes over a descriptor number that the user gave: close-on-exec, so that the program does not get it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adopt {
    /// The number.
    pub number: i32,
    /// What it serves for: [`Slot::Info`] or [`Slot::Wait`].
    pub slot: Slot,
}

impl Operation for Adopt {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(if self.number > 2 {
            format!("fcntl({}, F_SETFD, FD_CLOEXEC)", self.number)
        } else {
            format!("fcntl({}, F_DUPFD_CLOEXEC, 3) = {}", self.number, self.slot.name())
        })]
    }

    fn shell(&self) -> Vec<Shell> {
        Vec::new()
    }

    fn failed(&self, _: u8) -> String {
        format!("cannot use descriptor {}", self.number)
    }

    fn fills(&self) -> &'static [Slot] {
        match self.slot {
            Slot::Info => &[Slot::Info],
            _ => &[Slot::Wait],
        }
    }
}

impl Apply for Adopt {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        slots.fill(self.slot, fd::adopt(self.number)?);
        Ok(Outcome::Done)
    }
}

/// Writes the program's PID, as the caller sees it, and a line end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WritePid;

impl Operation for WritePid {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new("ftruncate(PIDFILE, 0)"), Call::new("pwrite64(PIDFILE, \"PID\\n\")")]
    }

    fn shell(&self) -> Vec<Shell> {
        Vec::new() // said where the file is opened
    }

    fn failed(&self, _: u8) -> String {
        "cannot write the PID file".to_owned()
    }

    fn reads(&self) -> &'static [Slot] {
        &[Slot::PidFile, Slot::Proc]
    }
}

impl Apply for WritePid {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let pid = own_number(slots)?;
        let file = slots.get(Slot::PidFile)?;
        // A file that was there before keeps its contents until they are replaced.
        let file: OwnedFd = file.try_clone_to_owned().map_err(|_| Errno::EMFILE)?;
        fd::replace(file, format!("{pid}\n").as_bytes())?;
        slots.empty(Slot::PidFile);
        Ok(Outcome::Done)
    }
}

/// This process's number in the caller's `/proc`.
pub(super) fn own_number(slots: &Slots) -> Result<u32, Errno> {
    let link = fs::read_link(slots.get(Slot::Proc)?, Path::new("self"))?;
    link.to_str().and_then(|number| number.parse().ok()).ok_or(Errno::ENOENT)
}

/// Writes one line of JSON: the program's PID as the caller sees it, and the ids of its namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteInfo {
    /// The caller's PID.
    pub caller: u32,
}

impl Operation for WriteInfo {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new("write(INFO, {\"pid\": PID, \"caller\": PID, \"namespaces\": {…}})")]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Comment("--info-fd: ls -l /proc/PID/ns shows the same from outside".to_owned())]
    }

    fn failed(&self, _: u8) -> String {
        "cannot write the information line".to_owned()
    }

    fn reads(&self) -> &'static [Slot] {
        &[Slot::Info, Slot::Proc]
    }
}

impl Apply for WriteInfo {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let mut namespaces = serde_json::Map::new();
        for kind in NsKind::ALL {
            // The program's exec enters the new time namespace; before it only the children's file shows it.
            let file = if kind == NsKind::Time { "time_for_children" } else { kind.name() };
            if let Some(id) = namespace_number(slots, file)? {
                namespaces.insert(kind.name().to_owned(), id.into());
            }
        }
        let line =
            serde_json::json!({ "pid": own_number(slots)?, "caller": self.caller, "namespaces": namespaces });
        fd::write_all(slots.get(Slot::Info)?, format!("{line}\n").as_bytes())?;
        slots.empty(Slot::Info);
        Ok(Outcome::Done)
    }
}

/// N of `KIND:[N]`; `None` for a kind that this kernel does not have.
fn namespace_number(slots: &Slots, file: &str) -> Result<Option<u64>, Errno> {
    match namespace::number_at(slots.get(Slot::Proc)?, &format!("self/ns/{file}")) {
        Err(Errno::ENOENT) => Ok(None),
        number => number.map(Some),
    }
}

/// Reads until the end of file: somebody outside finishes their part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AwaitEnd;

impl Operation for AwaitEnd {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new("read(WAIT) until it answers 0")]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Comment(
            "--wait-fd: here the program waits for the end of file on a descriptor".to_owned(),
        )]
    }

    fn failed(&self, _: u8) -> String {
        "cannot wait for the end of file".to_owned()
    }

    fn reads(&self) -> &'static [Slot] {
        &[Slot::Wait]
    }
}

impl Apply for AwaitEnd {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let mut buffer = [0u8; 512];
        while fd::read(slots.get(Slot::Wait)?, &mut buffer)? > 0 {}
        slots.empty(Slot::Wait);
        Ok(Outcome::Done)
    }
}

//! A running guest: QEMU with two serial ports. The first one has the kernel's messages; on the second one the jobs print,
//! and the guest's scripts tell where they are, in lines that begin with the ASCII record separator.

use crate::error::{Error, at};
use crate::kernel::Kernel;
use crate::machine::{Machine, in_path};
use crate::terminal::{self, Terminal};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const QEMU: &str = "qemu-system-x86_64";

/// What stands before a line of the guest's scripts.
const SEPARATOR: char = '\u{1e}';

/// Far more than a boot takes: 3 to 14 seconds on a machine that does nothing else.
const BOOT: Duration = Duration::from_secs(180);

/// How long jobs may take together, unless it is said.
const LIMIT: Duration = Duration::from_secs(900);

/// `-cpu max` with software emulation: needs neither rights nor a host that can run nested machines. Both processors in one
/// thread: with one each, a kernel that patches its own code while the other runs it oopses now and then (int3, after minutes),
/// and it is no faster. A panic ends it.
const QEMU_OPTIONS: &str =
    "-accel tcg,thread=single -cpu max -smp 2 -m 2048 -nodefaults -no-user-config -display none -no-reboot";
/// Ctrl-], which shells have no use for: QEMU's own, Ctrl-a, is theirs.
const ESCAPE: &str = "0x1d";
const KERNEL_OPTIONS: &str = "console=ttyS0 loglevel=4 panic=-1 oops=panic";

/// What a guest tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// This job begins.
    Begin(&'a str),
    /// A line that it has printed.
    Line(&'a str),
    /// What a test has said of itself: a line of `XNS_SKIPPED`.
    Skipped(&'a str),
    /// The job has ended, with this status (as a shell has it).
    End(i32),
}

/// How a guest has ended that came up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every job has run.
    Done,
    /// Its kernel has panicked, its time was over, or it went away; with the last messages of its kernel.
    Lost {
        /// Which of them.
        reason: &'static str,
        /// Lines.
        console: String,
    },
}

/// A guest that can be started.
#[derive(Debug)]
pub struct Guest {
    kernel: Kernel,
    /// With the initramfs, the console's file and the disk; it goes away with this value.
    dir: TempDir,
    /// How long its jobs may take together.
    pub limit: Duration,
    /// More words for the kernel's command line.
    pub append: String,
    /// How many boots were lost.
    pub panicked_at_boot: usize,
}

impl Guest {
    /// Can this machine run guests?
    ///
    /// # Errors
    /// [`Error::Lacks`] when it has no QEMU.
    pub fn is_possible() -> Result<(), Error> {
        match in_path(QEMU) {
            _ if !cfg!(target_arch = "x86_64") => Err(Error::Lacks("guests are x86-64 machines".to_owned())),
            Some(_) => Ok(()),
            None => Err(Error::Lacks(format!("{QEMU} is not installed (package qemu-system-x86)"))),
        }
    }

    /// Writes what the machine boots from, below the target directory.
    ///
    /// # Errors
    /// As of [`is_possible`](Self::is_possible), and when there is no space for it.
    pub fn new(kernel: &Kernel, machine: &Machine, target: &Path) -> Result<Self, Error> {
        Self::is_possible()?;
        let parent = target.join("vm");
        fs::create_dir_all(&parent).map_err(at(&parent))?;
        sweep(&parent);
        let prefix = format!("guest-{}-", std::process::id());
        let dir = tempfile::Builder::new().prefix(&prefix).tempdir_in(&parent).map_err(at(&parent))?;
        let guest =
            Guest { kernel: kernel.clone(), dir, limit: LIMIT, append: String::new(), panicked_at_boot: 0 };
        let path = guest.path("initramfs");
        let mut file = BufWriter::new(File::create(&path).map_err(at(&path))?);
        machine.tree.write(&mut file).and_then(|()| file.flush()).map_err(at(&path))?;
        guest.write_disk()?;
        Ok(guest)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// An empty disk with two partitions, for tests that need one: `/dev/vda`, `vda1`, `vda2`, 256, 128 and 127 MiB.
    fn write_disk(&self) -> Result<(), Error> {
        const MIB: u32 = 2048;
        let path = self.path("disk");
        // A master boot record: type (Linux), first sector, number of sectors.
        let mut record = [0; 512];
        for (number, (first, sectors)) in [(MIB, 128 * MIB), (129 * MIB, 127 * MIB)].into_iter().enumerate() {
            let entry = &mut record[446 + 16 * number..][..16];
            entry[4] = 0x83;
            entry[8..12].copy_from_slice(&first.to_le_bytes());
            entry[12..].copy_from_slice(&sectors.to_le_bytes());
        }
        record[510..].copy_from_slice(&[0x55, 0xaa]);
        fs::write(&path, record).map_err(at(&path))?;
        let file = File::options().write(true).open(&path).map_err(at(&path))?;
        file.set_len(256 << 20).map_err(at(&path))
    }

    /// With more words for the kernel's command line.
    fn qemu(&self, words: &str) -> Command {
        let mut qemu = Command::new(QEMU);
        qemu.args(QEMU_OPTIONS.split(' '));
        qemu.arg("-kernel").arg(&self.kernel.image).arg("-initrd").arg(self.path("initramfs"));
        // What the kernel does not know becomes an environment variable of its first process.
        let limit = (BOOT + self.limit).as_secs();
        qemu.args(["-append", &format!("{KERNEL_OPTIONS} VM_LIMIT={limit} {words} {}", self.append)]);
        // A card that leads nowhere.
        qemu.args(["-netdev", "hubport,id=card,hubid=0", "-device", "virtio-net-pci,netdev=card,romfile="]);
        qemu.arg("-drive")
            .arg(format!("file={},format=raw,if=virtio,cache=unsafe", self.path("disk").display()));
        qemu.arg("-serial").arg(format!("file:{}", self.path("console").display()));
        qemu
    }

    /// Runs it to its end; `hear` is told what it says. A guest that does not come up is started once more.
    ///
    /// # Errors
    /// [`Error::Boot`] when it did not come up the second time either.
    pub fn run(&mut self, hear: &mut dyn FnMut(Event<'_>)) -> Result<Outcome, Error> {
        for last in [false, true] {
            let mut qemu = self.qemu("");
            qemu.args(["-serial", "stdio"]).stdin(Stdio::null()).stdout(Stdio::piped());
            let running = Running::start(qemu)?;
            let mut up = false;
            let lost = running.listen(self.limit, &mut up, hear);
            let console = self.console();
            let Some(mut reason) = lost else { return Ok(Outcome::Done) };
            if console.contains("Kernel panic") {
                reason = "its kernel panicked";
            }
            if up {
                return Ok(Outcome::Lost { reason, console });
            }
            self.panicked_at_boot += 1;
            if last {
                return Err(Error::Boot { reason, console });
            }
        }
        unreachable!("the last round returns")
    }

    /// Runs it with this program's terminal as its second serial port. `Ctrl-] x` there ends it in any case. A guest whose
    /// kernel panics at boot is started once more.
    ///
    /// # Errors
    /// QEMU cannot be run; the kernel panicked, at last.
    pub fn on_terminal(&mut self) -> Result<(), Error> {
        let size = self.path("size");
        terminal::follow_size(size.clone());
        for last in [false, true] {
            let terminal = Terminal::of_stdin();
            let mut qemu = self.qemu(&terminal::words());
            qemu.args([
                "-chardev",
                "stdio,id=jobs,mux=on,signal=off",
                "-serial",
                "chardev:jobs",
                "-echr",
                ESCAPE,
            ]);
            qemu.arg("-chardev").arg(format!("socket,id=size,server=on,wait=off,path={}", size.display()));
            qemu.args(["-device", "virtio-serial-pci", "-device", "virtserialport,chardev=size"]);
            // It warns of a network card that leads nowhere: said only when it fails.
            qemu.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::piped());
            let start = Instant::now();
            let done = qemu.spawn().and_then(Child::wait_with_output);
            drop(terminal);
            let done = done.map_err(|source| Error::Program { program: QEMU, source })?;
            if !done.status.success() {
                let complaint = String::from_utf8_lossy(&done.stderr).into_owned();
                return Err(Error::Failed { program: QEMU, status: done.status, complaint });
            }
            let console = self.console();
            if !console.contains("Kernel panic") {
                break;
            }
            if last || start.elapsed() > BOOT {
                return Err(Error::Boot { reason: "its kernel panicked", console });
            }
            self.panicked_at_boot += 1;
        }
        Ok(())
    }

    /// The last lines of the kernel's messages.
    fn console(&self) -> String {
        let text = fs::read(self.path("console")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).replace('\r', "");
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }
}

/// Removes what was left behind by processes that were killed.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix("guest-")?.split_once('-'));
        if pid.is_some_and(|(pid, _)| !Path::new("/proc").join(pid).exists()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// QEMU, and the lines it prints. It ends with this value.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(mut qemu: Command) -> Result<Self, Error> {
        let mut child = qemu.spawn().map_err(|source| Error::Program { program: QEMU, source })?;
        let (sender, lines) = channel();
        let stdout = child.stdout.take();
        let read = move |stdout: ChildStdout| {
            let mut stdout = BufReader::new(stdout);
            let mut line = Vec::new();
            while stdout.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
                let text = String::from_utf8_lossy(&line).trim_end_matches('\n').to_owned();
                line.clear();
                if sender.send(text).is_err() {
                    break;
                }
            }
        };
        thread::spawn(move || stdout.map(read));
        Ok(Running { child, lines })
    }

    /// To the guest's last word; else why that did not come.
    fn listen(self, limit: Duration, up: &mut bool, hear: &mut dyn FnMut(Event<'_>)) -> Option<&'static str> {
        let mut end = Instant::now() + BOOT;
        loop {
            let line = match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => line,
                Err(RecvTimeoutError::Timeout) => return Some("its time was over"),
                Err(RecvTimeoutError::Disconnected) => return Some("it went away"),
            };
            // What a job has printed last may have no line end.
            let (printed, told) = match line.split_once(SEPARATOR) {
                Some((printed, told)) => (Some(printed).filter(|text| !text.is_empty()), Some(told)),
                None => (Some(&*line), None),
            };
            if let Some(text) = printed.filter(|_| *up) {
                hear(Event::Line(text));
            }
            let (word, rest) = told.map_or(("", ""), |told| told.split_once(' ').unwrap_or((told, "")));
            match word {
                "up" => {
                    *up = true;
                    end = Instant::now() + limit;
                }
                "begin" => hear(Event::Begin(rest)),
                "skipped" => hear(Event::Skipped(rest)),
                "end" => hear(Event::End(rest.parse().unwrap_or(-1))),
                "done" => return None,
                _ => {}
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is heard of a program that prints this, and why it was lost.
    fn heard(script: &str, limit: Duration) -> (Vec<String>, bool, Option<&'static str>) {
        let mut qemu = Command::new("sh");
        qemu.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped());
        let (mut heard, mut up) = (Vec::new(), false);
        let mut hear = |event: Event<'_>| heard.push(format!("{event:?}"));
        let lost = Running::start(qemu).unwrap().listen(limit, &mut up, &mut hear);
        (heard, up, lost)
    }

    #[test]
    fn what_the_scripts_tell_is_not_what_jobs_print() {
        let script = r"printf 'SeaBIOS\n\036up\n\036begin a b\none\n\ntwo\036skipped p\tt\twhy\n\036end 3\n\036done\n'; sleep 99";
        let (heard, up, lost) = heard(script, LIMIT);
        let events = [
            r#"Begin("a b")"#,
            r#"Line("one")"#,
            r#"Line("")"#,
            r#"Line("two")"#,
            r#"Skipped("p\tt\twhy")"#,
            "End(3)",
        ];
        assert_eq!((heard, up, lost), (events.map(str::to_owned).to_vec(), true, None));
    }

    #[test]
    fn a_guest_without_a_last_word_is_lost() {
        let (_, up, lost) = heard("echo Kernel panic", LIMIT);
        assert_eq!((up, lost), (false, Some("it went away")));
        let (_, up, lost) = heard(r"printf '\036up\n'; exec sleep 99", Duration::from_millis(1));
        assert_eq!((up, lost), (true, Some("its time was over")));
    }
}

//! A program on a terminal of its own, as a person sits at it.

use nix::fcntl::OFlag;
use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

/// The terminal's other end, and the session's first process. Dropping it hangs up and kills that process.
pub struct Terminal {
    keyboard: File,
    screen: Receiver<String>,
    child: Child,
    /// What was shown and has not been waited for.
    shown: String,
}

/// Reads what is shown, and 0 at the end: when nobody has the terminal open any more the kernel answers EIO, once also when
/// the last of the output came and the terminal was closed while it looked (n_tty_read looks for output first).
fn read(terminal: &mut File, bytes: &mut [u8]) -> usize {
    terminal.read(bytes).or_else(|_| terminal.read(bytes)).unwrap_or(0)
}

/// What a command shows on a terminal of so many columns, whole, with its line ends.
pub fn shown(command: &mut Command, columns: u16) -> String {
    let (master, slave) = of_width(columns);
    let mut child = command.stdin(Stdio::null()).stdout(slave).spawn().unwrap();
    // The command has a copy of the terminal, which would never end.
    command.stdout(Stdio::null());
    let (mut screen, mut text, mut bytes) = (File::from(OwnedFd::from(master)), Vec::new(), [0; 4096]);
    while let count @ 1.. = read(&mut screen, &mut bytes) {
        text.extend(&bytes[..count]);
    }
    assert!(child.wait().unwrap().success());
    String::from_utf8(text).unwrap().replace("\r\n", "\n")
}

/// A terminal's two ends, both close-on-exec: tests run beside each other, and a program that one of them starts shall
/// not inherit the other's terminal (as it does from openpty(3)).
fn pair() -> (PtyMaster, File) {
    let master = posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname_r(&master).unwrap();
    let slave = File::options().read(true).write(true).custom_flags(libc::O_NOCTTY).open(name).unwrap();
    (master, slave)
}

/// A terminal of so many columns.
pub fn of_width(columns: u16) -> (PtyMaster, File) {
    let (master, slave) = pair();
    set_size(&master, 24, columns);
    (master, slave)
}

fn set_size(terminal: &impl AsRawFd, rows: u16, columns: u16) {
    let size = libc::winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the descriptor lives, and the kernel reads one winsize.
    assert_eq!(unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCSWINSZ, &raw const size) }, 0);
}

impl Terminal {
    /// Starts `command` as the leader of a session whose terminal this is.
    pub fn start(command: &mut Command) -> Self {
        let (master, slave) = pair();
        // What is typed is not shown again, so that a test sees only what programs print.
        let mut settings = tcgetattr(&slave).unwrap();
        settings.local_flags.remove(LocalFlags::ECHO | LocalFlags::ECHOCTL);
        tcsetattr(&slave, SetArg::TCSANOW, &settings).unwrap();
        let end = || Stdio::from(slave.try_clone().unwrap());
        command.stdin(end()).stdout(end()).stderr(end());
        // SAFETY: both are system calls and allocate nothing, which is what a child may do between fork and exec.
        // Descriptor 0 is the terminal by then.
        unsafe {
            command.pre_exec(|| {
                if libc::setsid() < 0 || libc::ioctl(0, libc::TIOCSCTTY, 0) < 0 {
                    return Err(std::io::Error::last_os_error());
                }
                Ok(())
            });
        }
        let child = command.spawn().unwrap();
        // The command keeps copies of the terminal's end; the screen ends when the last of them is closed.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        drop(slave);
        let keyboard = File::from(OwnedFd::from(master));
        let mut reader = keyboard.try_clone().unwrap();
        let (sender, screen) = channel();
        std::thread::spawn(move || {
            let (mut bytes, mut kept) = ([0; 4096], 0);
            while let count @ 1.. = read(&mut reader, &mut bytes[kept..]) {
                let read = &bytes[..kept + count];
                // A character may come in two parts.
                let whole = match std::str::from_utf8(read) {
                    Err(error) if error.error_len().is_none() => error.valid_up_to(),
                    _ => read.len(),
                };
                if sender.send(String::from_utf8_lossy(&read[..whole]).into_owned()).is_err() {
                    return;
                }
                kept = read.len() - whole;
                bytes.copy_within(whole..whole + kept, 0);
            }
        });
        Terminal { keyboard, screen, child, shown: String::new() }
    }

    /// Types this.
    pub fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Types a line.
    pub fn line(&mut self, line: &str) {
        self.press(&format!("{line}\n"));
    }

    /// Waits until this is shown; answers what was shown before it.
    #[track_caller]
    pub fn expect(&mut self, text: &str) -> String {
        self.expect_within(text, PATIENCE)
    }

    /// The same for what takes longer.
    #[track_caller]
    pub fn expect_within(&mut self, text: &str, patience: Duration) -> String {
        let start = Instant::now();
        loop {
            if let Some((before, after)) = self.shown.split_once(text) {
                let (before, after) = (before.to_owned(), after.to_owned());
                self.shown = after;
                return before;
            }
            assert!(start.elapsed() < patience, "waited in vain for {text:?}; shown: {:?}", self.shown);
            match self.screen.recv_timeout(Duration::from_millis(100)) {
                Ok(more) => self.shown += &more,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
                Err(_) => panic!("ended without {text:?}; shown: {:?}", self.shown),
            }
        }
    }

    /// Makes the window so large.
    pub fn resize(&mut self, rows: u16, columns: u16) {
        set_size(&self.keyboard, rows, columns);
    }

    /// The modes of the terminal, as its programs have left them: input, output, control, local.
    pub fn modes(&self) -> [u32; 4] {
        let settings = tcgetattr(&self.keyboard).unwrap();
        [
            settings.input_flags.bits(),
            settings.output_flags.bits(),
            settings.control_flags.bits(),
            settings.local_flags.bits(),
        ]
    }

    /// The first process's PID.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the session's first process, a shell, has given the terminal to a job.
    #[track_caller]
    pub fn given_away(&self) {
        crate::wait_for("a job in the foreground", || {
            nix::unistd::tcgetpgrp(&self.keyboard)
                .is_ok_and(|group| group.as_raw() != self.pid().cast_signed())
        });
    }

    /// Waits for the end of the session's first process: status and signal, and what was shown since the last `expect`.
    #[track_caller]
    pub fn end(mut self) -> (Option<i32>, Option<i32>, String) {
        let mut status = None;
        crate::wait_for("the end of the session", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        while let Ok(more) = self.screen.recv_timeout(Duration::from_millis(200)) {
            self.shown += &more;
        }
        let status = status.unwrap();
        (status.code(), status.signal(), std::mem::take(&mut self.shown))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

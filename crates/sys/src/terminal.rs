//! Terminals and pseudo-terminals (pty(7), termios(3), ioctl_tty(2)).

use crate::signal::Group;
use crate::{Errno, Result, errno};
use rustix::pty::OpenptFlags;
use rustix::termios::{self, LocalModes, OptionalActions, SpecialCodeIndex};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

/// `int open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)`: the master of a new pseudo-terminal. Nobody else has
/// this open file, so nobody is surprised that it does not block.
pub fn open_master() -> Result<OwnedFd> {
    crate::fd::open("/dev/ptmx", libc::O_RDWR | libc::O_NOCTTY | libc::O_NONBLOCK)
}

/// `int ioctl(master, TIOCSPTLCK, &0)`: the slave may be opened.
pub fn unlock(master: impl AsFd) -> Result<()> {
    rustix::pty::unlockpt(master).map_err(errno)
}

/// `int ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC)` (Linux 4.13): the slave itself, whatever lies at its path.
pub fn open_slave(master: impl AsFd) -> Result<OwnedFd> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    rustix::pty::ioctl_tiocgptpeer(master, flags).map_err(errno)
}

/// `pid_t setsid(void)` and `int ioctl(terminal, TIOCSCTTY, 0)`: a session of its own, whose terminal this is.
pub fn lead_session(terminal: impl AsFd) -> Result<()> {
    rustix::process::setsid().map_err(errno)?;
    rustix::process::ioctl_tiocsctty(terminal).map_err(errno)
}

/// `dup2(fd, 0)`, `dup2(fd, 1)`, `dup2(fd, 2)`.
pub fn use_as_standard(fd: impl AsFd) -> Result<()> {
    let fd = fd.as_fd();
    rustix::stdio::dup2_stdin(fd).map_err(errno)?;
    rustix::stdio::dup2_stdout(fd).map_err(errno)?;
    rustix::stdio::dup2_stderr(fd).map_err(errno)
}

/// `int setpgid(0, 0)` and `int tcsetpgrp(0, getpid())`: a process group of its own, which has the terminal. To be called with
/// SIGTTOU blocked, or the kernel stops who takes the terminal from another group.
pub fn take_foreground() -> Result<()> {
    rustix::process::setpgid(None, None).map_err(errno)?;
    termios::tcsetpgrp(crate::fd::stdin(), rustix::process::getpid()).map_err(errno)
}

/// The first of the standard descriptors that is a terminal.
pub fn standard() -> Option<BorrowedFd<'static>> {
    [crate::fd::stdin(), crate::fd::stdout(), crate::fd::stderr()]
        .into_iter()
        .find(|fd| crate::fd::is_terminal(fd))
}

/// How a terminal treats what passes through it.
#[derive(Clone)]
pub struct Settings(termios::Termios);

impl Settings {
    /// `int tcgetattr(terminal, termios)`; of a master, those of its slave.
    pub fn of(terminal: impl AsFd) -> Result<Self> {
        termios::tcgetattr(terminal).map(Settings).map_err(errno)
    }

    /// `int tcsetattr(terminal, TCSANOW, termios)`.
    pub fn set(&self, terminal: impl AsFd) -> Result<()> {
        termios::tcsetattr(terminal, OptionalActions::Now, &self.0).map_err(errno)
    }

    /// cfmakeraw(3): bytes pass as they are, and none of them is a signal. `keep_output`: others write to the terminal, too,
    /// and their line ends stay what they were.
    #[must_use]
    pub fn raw(mut self, keep_output: bool) -> Self {
        let output = self.0.output_modes;
        self.0.make_raw();
        if keep_output {
            self.0.output_modes = output;
        }
        self
    }

    /// Each key is read as it is typed, and not shown; keys that are signals (Ctrl-C, Ctrl-Z) still are.
    #[must_use]
    pub fn by_key(mut self) -> Self {
        self.0.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        self.0.special_codes[SpecialCodeIndex::VMIN] = 1;
        self.0.special_codes[SpecialCodeIndex::VTIME] = 0;
        self
    }

    /// What is typed is not shown.
    #[must_use]
    pub fn without_echo(mut self) -> Self {
        self.0.local_modes -= LocalModes::ECHO;
        self
    }

    /// The character that ends the input; `None` when it is switched off.
    pub fn end_of_file(&self) -> Option<u8> {
        Some(self.0.special_codes[SpecialCodeIndex::VEOF]).filter(|&code| code != 0)
    }
}

/// `int ioctl(terminal, TIOCGWINSZ, size)`: how many characters a line has; 0 where nobody has said so.
pub fn columns(terminal: impl AsFd) -> Result<u16> {
    termios::tcgetwinsize(terminal).map(|size| size.ws_col).map_err(errno)
}

/// The same, of lines.
pub fn rows(terminal: impl AsFd) -> Result<u16> {
    termios::tcgetwinsize(terminal).map(|size| size.ws_row).map_err(errno)
}

/// `ioctl(from, TIOCGWINSZ, size)` and `ioctl(to, TIOCSWINSZ, size)`: the other side is told by SIGWINCH when it has changed.
pub fn copy_size(from: impl AsFd, to: impl AsFd) -> Result<()> {
    let size = termios::tcgetwinsize(from).map_err(errno)?;
    termios::tcsetwinsize(to, size).map_err(errno)
}

/// May this process read and set the terminal without being stopped for it (SIGTTIN, SIGTTOU)? Its group has it, or it is not
/// the terminal of this session at all. An error when the terminal has been hung up.
pub fn is_ours(terminal: impl AsFd) -> Result<bool> {
    match nix::unistd::tcgetpgrp(terminal) {
        Ok(group) => Ok(group == nix::unistd::getpgrp()),
        Err(Errno::ENOTTY) => Ok(true),
        Err(e) => Err(e),
    }
}

/// `tcgetpgrp(master)`: the group that has the slave, as numbered here; `None` when there is none.
pub fn foreground_of(master: impl AsFd) -> Option<Group> {
    nix::unistd::tcgetpgrp(master).ok().filter(|group| group.as_raw() > 0).map(Group::from)
}

/// `int ioctl(master, TIOCSIG, signal)`: SIGINT, SIGQUIT or SIGTSTP for the group that has the slave, as if typed there.
pub fn signal_foreground(master: impl AsFd, signal: i32) -> Result<()> {
    // SAFETY: the descriptor is open, being borrowed; the request takes a number.
    Errno::result(unsafe { libc::ioctl(master.as_fd().as_raw_fd(), libc::TIOCSIG, signal) }).map(drop)
}

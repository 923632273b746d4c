//! The terminal of the person who uses a guest.

use rustix::termios::{OptionalActions, OutputModes, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use std::io::{IsTerminal, Write, stdin, stdout};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

/// What a program may have left that was cut off, tmux or less: the other screen, a scrolling region, a hidden cursor, the
/// mouse, colours, another character set. A terminal that is in none of these states shows nothing of it.
const IN_ORDER: &str =
    "\x1b[?47l\x1b7\x1b[r\x1b8\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\x1b(B\x1b[m";

/// How often the size is looked at.
const INTERVAL: Duration = Duration::from_millis(300);

/// The settings of the terminal on standard input, which come back with the end of this value.
#[derive(Debug)]
pub(crate) struct Terminal {
    settings: Termios,
}

impl Terminal {
    /// Nothing when standard input is none. The guest's own terminal makes CR LF of a line's end: QEMU sets this one to raw,
    /// but for that, and a bare LF of tmux, which goes straight down, would become CR LF here.
    pub(crate) fn of_stdin() -> Option<Self> {
        let settings = tcgetattr(stdin()).ok()?;
        let mut without = settings.clone();
        without.output_modes.remove(OutputModes::ONLCR);
        tcsetattr(stdin(), OptionalActions::Drain, &without).ok()?;
        Some(Terminal { settings })
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // There is nobody to tell when the terminal is gone.
        let _ = tcsetattr(stdin(), OptionalActions::Drain, &self.settings);
        if stdout().is_terminal() {
            let mut out = stdout();
            let _ = out.write_all(IN_ORDER.as_bytes()).and_then(|()| out.flush());
        }
    }
}

/// Rows and columns.
fn size() -> Option<(u16, u16)> {
    let size = tcgetwinsize(stdin()).ok()?;
    Some((size.ws_row, size.ws_col)).filter(|&(rows, columns)| rows > 0 && columns > 0)
}

/// Size and kind, as words for the kernel's command line: what the kernel does not know becomes an environment variable of
/// its first process.
pub(crate) fn words() -> String {
    let (rows, columns) = size().unwrap_or((24, 80));
    let kind = std::env::var("TERM").unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '+';
    let kind = if kind.is_empty() || !kind.chars().all(plain) { "vt100" } else { &kind };
    format!("TERM={kind} VM_ROWS={rows} VM_COLUMNS={columns}")
}

/// Tells the size, whenever it is another one, to who listens at the socket: a serial port does not carry it. Goes on for as
/// long as the process lives.
pub(crate) fn follow_size(socket: PathBuf) {
    thread::spawn(move || {
        let mut told = size();
        // Kept open: what is sent before the guest listens is lost when the connection ends.
        let mut listener: Option<UnixStream> = None;
        loop {
            thread::sleep(INTERVAL);
            let now = size();
            let Some((rows, columns)) = now.filter(|_| now != told) else { continue };
            if listener.is_none() {
                listener = UnixStream::connect(&socket).ok();
            }
            match listener.as_mut().map(|stream| writeln!(stream, "{rows} {columns}")) {
                Some(Ok(())) => told = now,
                // A guest that is gone, or not there yet.
                Some(Err(_)) | None => listener = None,
            }
        }
    });
}

//! `type-into TEXT`: has the text typed into every terminal that it can reach (TIOCSTI), and says into how many that was.
#![allow(clippy::print_stdout, reason = "a test program")]

use std::os::fd::{AsRawFd, RawFd};

fn main() {
    let text = std::env::args().nth(1).unwrap_or_default();
    let tty = std::fs::File::options().read(true).write(true).open("/dev/tty").ok();
    let descriptors = (0..64).chain(tty.as_ref().map(AsRawFd::as_raw_fd));
    println!("typed into {}", descriptors.filter(|&fd| is_typed(fd, &text)).count());
}

fn is_typed(fd: RawFd, text: &str) -> bool {
    // SAFETY: the request reads one byte at the address given; a number that is no terminal's answers an error.
    text.bytes().all(|byte| unsafe { libc::ioctl(fd, libc::TIOCSTI, &raw const byte) } == 0)
}

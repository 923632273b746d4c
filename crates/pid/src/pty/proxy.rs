//! The caller's part while the program runs: it copies between its terminal and the program's.

use super::buffer::Buffer;
use super::outer::{HungUp, Outer};
use crate::attend::{Attended, Relayed};
use crate::{Ended, Signal};
use std::os::fd::{AsFd, OwnedFd};
use xns_sys::fd::{self, Ready};
use xns_sys::fork::{self, Status};
use xns_sys::signal::{self, Arrived, Group, Queue, SignalSet};
use xns_sys::terminal::{self, Settings};
use xns_sys::{Errno, Result, exec};

/// Both ends of the program's terminal. The slave is kept so that the master does not end whenever nobody inside has it open.
pub struct Pty {
    /// What is written here is typed there.
    pub master: OwnedFd,
    /// What the program has.
    pub slave: OwnedFd,
}

/// What is still copied when the program has ended, in bytes: more than a terminal holds. Somebody whom it has left behind may go on
/// writing.
const REST: usize = 128 * 1024;

/// In the background: how often is looked whether the terminal is ours, in milliseconds? Shells do not say so.
const LOOK: u16 = 250;

struct Proxy<'a> {
    attended: Attended<'a>,
    relayed: Option<Relayed>,
    signals: Queue,
    outer: Outer,
    /// `None` when it has been hung up.
    pty: Option<Pty>,
    /// To the program.
    input: Buffer,
    input_ended: bool,
    /// From it.
    output: Buffer,
    ended: Option<Ended>,
    /// How much may still be copied after that.
    rest: usize,
}

/// Waits for the program's process and copies, with all signals blocked. The rest is as for [`crate::attend`].
///
/// # Errors
/// When waiting for signals, descriptors or the process fails. The caller's terminal is as it was in any case.
// Away from the code of a launch (.cargo/launch.ld).
#[inline(never)]
pub fn proxy(
    attended: Attended<'_>,
    pty: Pty,
    stopped: &mut dyn FnMut() -> bool,
) -> Result<(Ended, Option<Relayed>)> {
    let mut proxy = Proxy {
        attended,
        relayed: None,
        signals: Queue::open(&SignalSet::all())?,
        outer: Outer::new(),
        pty: Some(pty),
        input: Buffer::new(),
        input_ended: false,
        output: Buffer::new(),
        ended: None,
        rest: REST,
    };
    proxy.resume();
    let ended = proxy.run(stopped)?;
    Ok((ended, proxy.relayed))
}

impl Proxy<'_> {
    fn run(&mut self, stopped: &mut dyn FnMut() -> bool) -> Result<Ended> {
        let mut news = true;
        loop {
            if std::mem::take(&mut news) {
                self.look(stopped)?;
            }
            if let Some(ended) = self.ended {
                self.read_output();
                if self.output.is_empty() {
                    return Ok(ended);
                }
            }
            let [signals, input, output, master] = self.wait()?;
            if signals.read {
                news = true;
                while let Some(arrived) = self.signals.next()? {
                    self.heed(arrived)?;
                }
            }
            if !self.outer.is_ours() {
                self.take_terminal();
            }
            self.copy(input, output, master);
        }
    }

    /// What has become of the program's process?
    fn look(&mut self, stopped: &mut dyn FnMut() -> bool) -> Result<()> {
        let child = self.attended.child;
        while self.ended.is_none()
            && let Some(status) = fork::wait_now(child, true)?
        {
            match status {
                Status::Exited(status) => self.ended = Some(Ended::Exited(status)),
                Status::Killed(signal) => self.ended = Some(Ended::Killed(signal)),
                Status::Stopped(_) if fork::was_continued(child) => {}
                // Its terminal stands idle, unless it has given that to another job.
                Status::Stopped(_) if Group::of(child.pid).ok() == self.foreground() => self.stop(true)?,
                Status::Stopped(_) => {}
            }
        }
        if stopped() { self.stop(true) } else { Ok(()) }
    }

    fn foreground(&self) -> Option<Group> {
        self.pty.as_ref().and_then(|pty| terminal::foreground_of(&pty.master))
    }

    /// Stops as Ctrl-Z would stop us had we left the terminal alone, and goes on when we are continued. `program`: because that has
    /// stopped, which then goes on too. Where we are no job in the foreground a stop is nobody's business but that of
    /// whoever stopped it.
    fn stop(&mut self, program: bool) -> Result<()> {
        if program && Group::in_foreground() != Some(Group::own()) {
            return Ok(());
        }
        self.flush()?;
        self.outer.give_back();
        signal::stop_as_job(program)?;
        self.resume();
        if let Some(group) = self.foreground().filter(|_| program) {
            group.go_on();
        }
        Ok(())
    }

    /// Copies what the program has said by now, as far as that is possible without waiting.
    fn flush(&mut self) -> Result<()> {
        loop {
            self.read_output();
            let wanted = Ready { read: false, write: !self.output.is_empty() };
            if !fd::poll([(fd::stdout(), wanted)], Some(0))?[0].write {
                return Ok(());
            }
            self.write_output();
        }
    }

    fn resume(&mut self) {
        self.take_terminal();
        self.resize();
    }

    fn take_terminal(&mut self) {
        if let Err(HungUp) = self.outer.take() {
            self.hang_up();
        }
    }

    fn resize(&self) {
        if let Some(pty) = &self.pty {
            Outer::copy_size(&pty.master);
        }
    }

    /// Reads and writes of the session inside fail from now on. The kernel tells that to its leader only; the foreground is to end by
    /// it before it sees errors.
    fn hang_up(&mut self) {
        if let Some(group) = self.foreground() {
            group.hang_up();
        }
        self.pty = None;
        self.input.clear();
        self.input_ended = true;
    }

    fn wait(&self) -> Result<[Ready; 4]> {
        let (signals, none) = (self.signals.as_fd(), Ready::default());
        let reads = self.pty.is_some() && self.ended.is_none() && !self.input_ended;
        let input = Ready { read: reads && self.outer.is_ours() && self.input.is_empty(), ..none };
        let output = Ready { write: !self.output.is_empty(), ..none };
        let master = Ready { read: self.output.is_empty(), write: !self.input.is_empty() };
        let master = self.pty.as_ref().map_or((signals, none), |pty| (pty.master.as_fd(), master));
        let timeout = (reads && !self.outer.is_ours()).then_some(LOOK);
        let signals = (signals, Ready { read: true, ..none });
        fd::poll([signals, (fd::stdin(), input), (fd::stdout(), output), master], timeout)
    }

    fn copy(&mut self, input: Ready, output: Ready, master: Ready) {
        if input.read {
            self.read_input();
        }
        if master.write {
            self.write_input();
        }
        if master.read && self.ended.is_none() {
            self.read_output();
        }
        if output.write {
            self.write_output();
        }
    }

    fn read_input(&mut self) {
        match self.input.fill(fd::stdin()) {
            // In raw mode no key ends the input.
            Ok(0) if self.outer.is_terminal() => self.hang_up(),
            Ok(0) => self.end_input(),
            Ok(_) | Err(Errno::EAGAIN) => {}
            // We are in the background, or the terminal is gone: that is found out.
            Err(Errno::EIO) if self.outer.is_terminal() => match terminal::is_ours(fd::stdin()) {
                Ok(false) => self.outer.give_back(),
                _ => self.hang_up(),
            },
            Err(_) => self.end_input(),
        }
    }

    /// The program reads the end of a file once: when a line was begun, the first of two ends that.
    fn end_input(&mut self) {
        self.input_ended = true;
        let Some(pty) = &self.pty else { return };
        let Some(end) = Settings::of(&pty.master).ok().and_then(|settings| settings.end_of_file()) else {
            return;
        };
        let in_line = self.input.last().is_some_and(|byte| byte != b'\n');
        self.input.put(&[end, end][usize::from(!in_line)..]);
    }

    fn write_input(&mut self) {
        let Some(pty) = &self.pty else { return };
        match self.input.write(&pty.master) {
            Ok(()) | Err(Errno::EAGAIN | Errno::EINTR) => {}
            Err(_) => self.input.clear(),
        }
    }

    fn read_output(&mut self) {
        let Some(pty) = self.pty.as_ref().filter(|_| self.output.is_empty() && self.rest > 0) else { return };
        let count = self.output.fill(&pty.master).unwrap_or(0);
        if self.ended.is_some() {
            self.rest = self.rest.saturating_sub(count);
        }
    }

    fn write_output(&mut self) {
        match self.output.write(fd::stdout()) {
            Ok(()) | Err(Errno::EAGAIN | Errno::EINTR) => {}
            Err(errno) => {
                // Nobody reads it any more: the program ends by SIGHUP for what would otherwise be a SIGPIPE.
                if errno == Errno::EPIPE && self.relayed.is_none() {
                    self.relayed = Some(Relayed { asked: Signal::PIPE, sent: Signal::HUP });
                }
                self.output.clear();
                self.hang_up();
            }
        }
    }

    /// All signals come here: none may end us before the terminal is as it was.
    fn heed(&mut self, arrived: Arrived) -> Result<()> {
        use signal::{
            SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH,
        };
        let Some(asked) = Signal::from_number(arrived.signal) else { return Ok(()) };
        match (arrived.signal, arrived.sender) {
            (SIGCHLD, _) => {}
            (SIGWINCH, _) => self.resize(),
            (SIGCONT, _) => self.resume(),
            // The terminal, when it is not raw, sends them to the group that we are in and the program is not.
            (SIGINT | SIGQUIT | SIGTSTP, None) if self.ended.is_none() => self.press(arrived.signal),
            (SIGTSTP | SIGTTIN | SIGTTOU, Some(_)) => self.stop(false)?,
            // Our own writing; the error is handled.
            (SIGPIPE, Some(sender)) if sender == fork::own_pid() => {}
            (SIGHUP, None) => self.end_by(asked),
            // There is nobody left to whom it could be passed on.
            _ if self.ended.is_some() => self.end_by(asked),
            _ if self.attended.relay.signals(false).contains(&asked) => {
                self.attended.pass_on(arrived, &mut self.relayed);
            }
            _ => self.end_by(asked),
        }
        Ok(())
    }

    fn press(&self, signal: i32) {
        if let Some(pty) = &self.pty {
            let _ = terminal::signal_foreground(&pty.master, signal);
        }
    }

    /// As the signal would have done, had it not been blocked.
    fn end_by(&mut self, signal: Signal) {
        if signal.ends_by_default() && !signal::is_ignored(signal.number()) {
            self.outer.give_back();
            signal::die_by(signal.number());
            exec::exit_now(128u8.wrapping_add(u8::try_from(signal.number()).unwrap_or(0)))
        }
    }
}

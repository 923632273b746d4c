//! A program that runs while the test looks at it.

use crate::{Cmd, Done};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A guest is up to thirty times slower than the machine, and it may not be alone there.
const PATIENCE: Duration = Duration::from_secs(120);

/// A program that was started. Dropping it kills it.
pub struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    errors: Receiver<String>,
}

impl Cmd {
    /// Starts it; the test talks with it over its standard input and output.
    pub fn start(mut self) -> Running {
        let command = self.std().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdin = child.stdin.take();
        let (stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let (sender, errors) = channel();
        std::thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text);
            let _ = sender.send(text);
        });
        Running { child, stdin, lines, errors }
    }
}

impl Running {
    /// Its PID.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Writes a line to its standard input.
    pub fn say(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("its input is open");
        writeln!(stdin, "{line}").unwrap();
        stdin.flush().unwrap();
    }

    /// The next line it prints.
    #[track_caller]
    pub fn line(&mut self) -> String {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(e) => {
                let complaint = self.errors.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
                panic!("no line: {e}; it complains: {complaint:?}")
            }
        }
    }

    /// Writes a line and answers the next line it prints.
    #[track_caller]
    pub fn ask(&mut self, line: &str) -> String {
        self.say(line);
        self.line()
    }

    /// Has it printed nothing for this long?
    pub fn silent_for(&mut self, time: Duration) -> bool {
        self.lines.recv_timeout(time).is_err()
    }

    /// Closes its input and waits for its end; what it has printed and nobody read is in the answer.
    #[track_caller]
    pub fn end(mut self) -> Done {
        self.stdin = None;
        let mut status = None;
        crate::wait_for("its end", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        let status = status.unwrap();
        // Somebody whom it has left behind may hold these open: then what came within a moment has to do.
        let mut stdout = String::new();
        while let Ok(line) = self.lines.recv_timeout(Duration::from_secs(1)) {
            stdout += &line;
            stdout.push('\n');
        }
        let stderr = self.errors.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
        Done { status: status.code(), signal: status.signal(), stdout, stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! `make vm` as a person sits at it: one machine, from its login message to the host's own shell again.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use xns_tests::{Need, Terminal, bin, need};
use xns_vm::{Guest, Kernel};

/// QEMU emulates the processor, and other tests run beside this one.
const BOOT: Duration = Duration::from_secs(180);
const PATIENCE: Duration = Duration::from_secs(60);

const SERIES: &str = "6.1";

/// What the guest's shell prints is told from what is typed by quotes, which only the latter has.
struct Sitting(Terminal);

impl Sitting {
    /// Types a line, and waits for what it shows.
    #[track_caller]
    fn line(&mut self, line: &str, shows: &str) -> String {
        self.0.line(line);
        self.shows(shows)
    }

    #[track_caller]
    fn shows(&mut self, text: &str) -> String {
        self.0.expect_within(text, PATIENCE)
    }
}

/// Why there can be no guest here.
fn lacks() -> Option<String> {
    let target = target();
    let kernel = Guest::is_possible().and_then(|()| Kernel::of(SERIES, &target).map(drop));
    kernel.err().filter(xns_vm::Error::lacks).map(|error| error.to_string())
}

/// The target directory.
fn target() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_xtask")).ancestors().nth(2).unwrap().to_owned()
}

#[test]
fn a_person_at_the_machine() {
    let (qemu, busybox) = (Need::Program("qemu-system-x86_64"), Need::Program("busybox"));
    if !need("a_person_at_the_machine", &[qemu, busybox, Need::Program("tmux")]) {
        return;
    }
    if let Some(reason) = lacks() {
        xns_tests::skip("a_person_at_the_machine", &reason);
        return;
    }
    let mut xtask = Command::new("sh");
    let script = r#"stty rows 33 columns 101; "$0" vm --shell --kernel "$1" --bin-dir "$2"; echo status $?; read -r x"#;
    xtask.args(["-c", script, env!("CARGO_BIN_EXE_xtask"), SERIES]).arg(bin("xlsns").parent().unwrap());
    xtask.env("TERM", "xterm");
    let terminal = Terminal::start(&mut xtask);
    let modes = terminal.modes();
    let mut sitting = Sitting(terminal);
    sitting.0.expect_within("nothing that you do here stays", BOOT);
    let message = sitting.shows("root@guest:~# ");
    for line in
        ["xnscheck  ", "su student  ", "tmux  ", "poweroff, or exit  ", "the originals are in /usr/bin"]
    {
        assert!(message.contains(line), "{line}: {message}");
    }
    size(&mut sitting);
    jobs(&mut sitting);
    the_originals_names(&mut sitting);
    an_ordinary_user(&mut sitting);
    two_terminals(&mut sitting);
    // Out of tmux, too.
    sitting.0.line("poweroff");
    sitting.shows("status 0");
    assert_eq!(sitting.0.modes(), modes, "the host's terminal is not as it was");
}

fn size(sitting: &mut Sitting) {
    sitting.line("stty size", "33 101\r\n");
    sitting.0.resize(40, 90);
    sitting.line("until [ \"$(stty size)\" = '40 90' ]; do sleep 0.2; done; echo 'resi''zed'", "resized");
}

fn jobs(sitting: &mut Sitting) {
    sitting.line("echo 'be''gun'; sleep 1000", "begun");
    // What is typed while the shell makes the job is lost with the signal, as on every terminal.
    std::thread::sleep(Duration::from_secs(1));
    sitting.0.press("\x1a");
    sitting.shows("Stopped");
    sitting.line("echo 'fo''reground'; fg", "foreground");
    std::thread::sleep(Duration::from_secs(1));
    sitting.0.press("\x03");
    sitting.line("echo \"sta\"tus $?", "status 130");
    // An arrow brings the line back.
    sitting.0.press("\x1b[A\n");
    sitting.shows("status 0");
}

fn the_originals_names(sitting: &mut Sitting) {
    let version = "(xns ";
    for name in ["unshare", "nsenter", "lsns"] {
        sitting.line(&format!("{name} -V"), &format!("{name} from util-linux"));
        sitting.shows(version);
    }
    sitting.line("unshare -fp --mount-proc sh -c 'readlink /proc/self; echo pid \"\"$$'", "pid 1\r\n");
    sitting.line("man unshare | sed -n 1p", "XUNSHARE(1)");
}

fn an_ordinary_user(sitting: &mut Sitting) {
    sitting.line("su student", "student@guest:~$ ");
    sitting.line(
        "xunshare --quiet --user --map-auto -r sh -c 'echo \"$(id -u)\" of \"$(wc -l </proc/self/uid_map)\"'",
        "0 of 2",
    );
    sitting.line(
        "xcgexec --quiet --memory 20M --report tail /dev/zero 2>&1 | grep -o 'OOM kil''ler'",
        "OOM killer",
    );
    sitting.line("exit", "root@guest:~# ");
}

/// W5: a shell that is PID 1, and its end, from another terminal.
fn two_terminals(sitting: &mut Sitting) {
    sitting.line("tmux", "0:bash");
    sitting.line("xunshare --quiet -fp --mount-proc sleep 4711", "4711");
    sitting.0.press("\x02%");
    sitting.shows("root@guest:~# ");
    sitting
        .line("until pgrep -f '^sleep 47''11'; do sleep 0.2; done; pkill -KILL -f '^sleep 47''11'", "Killed");
}

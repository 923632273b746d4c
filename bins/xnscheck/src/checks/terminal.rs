//! The terminal that a program shares with who started it.

use crate::check::{Check, Found, Group, refused};
use xns_core::{Facts, Hint, NsSet, Rights, Tried, errno};
use xns_sys::fd;

pub(super) static CHECKS: [Check; 2] = [
    Check {
        id: "terminal-injection",
        group: Group::Terminal,
        what: "injection",
        question: "Is a program kept from typing into the terminal that it was started from?",
        needed_by: &[],
        ask: injection,
    },
    Check {
        id: "terminal-pty",
        group: Group::Terminal,
        what: "pty",
        question: "Can a terminal be made for a program (--pty)?",
        needed_by: &[],
        ask: pty,
    },
];

fn injection(facts: &Facts) -> Found {
    const FILE: &str = "/proc/sys/dev/tty/legacy_tiocsti";
    let hint = Hint::new(
        "XNS-K4-injection",
        "a program in a container can type into the terminal that it shares with you, and so run commands outside",
    );
    let (evidence, hint) = match facts.number(FILE) {
        Some(0) => return Found::works("dev.tty.legacy_tiocsti = 0: TIOCSTI is refused"),
        Some(number) => (
            format!("dev.tty.legacy_tiocsti = {number}: TIOCSTI is allowed"),
            hint.cure("sudo sysctl -w dev.tty.legacy_tiocsti=0", "lasting: a file in /etc/sysctl.d"),
        ),
        None => (format!("there is no {FILE} (Linux 6.2): TIOCSTI is allowed"), hint),
    };
    let hint = hint.cure("--pty", "of xunshare and xnsenter: a terminal of its own for the program");
    Found::missing(hint, vec![evidence])
}

fn pty(facts: &Facts) -> Found {
    const READ_WRITE_NO_CONTROL: i32 = 0o402;
    let tried = facts
        .tried("pty", Rights::Own, NsSet::EMPTY, || fd::open("/dev/ptmx", READ_WRITE_NO_CONTROL).map(drop));
    match tried {
        None => Found::unknown("no process could be started to try it"),
        Some(Tried::Done) => Found::works("open /dev/ptmx: ok"),
        Some(Tried::Refused(error)) => {
            let name = errno::name(error);
            let hint =
                Hint::new("XNS-K5-no-pty", format!("there is no /dev/ptmx to make a terminal with ({name})"))
                    .cure(
                        "mount -t devpts devpts /dev/pts -o ptmxmode=666; ln -s pts/ptmx /dev/ptmx",
                        "as root",
                    );
            Found::missing(hint, vec![format!("open /dev/ptmx: {name}")])
        }
        Some(_) => Found::missing(refused("/dev/ptmx"), Vec::new()),
    }
}

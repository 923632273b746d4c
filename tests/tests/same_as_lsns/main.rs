//! The same command lines on util-linux's lsns and on ours under its name, among the same processes: same output, same complaints,
//! same status. Where that is not so, the tables say why, and a difference that is none any more fails the test.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod cases;

use std::path::Path;
use std::process::Stdio;
use xns_tests::side_by_side::Known;
use xns_tests::{Done, Need, OTHER_PID, Population, Terminal, bin, need};

/// Processes of which each namespace has one.
const PLAIN: &str = include_str!("plain.sh");

/// The version that the tables are about.
const VERSION: &str = "2.38";

/// One command line.
#[derive(Clone, Copy, Debug)]
struct Case {
    /// The words behind the tool's name, for a shell.
    words: &'static str,
    /// What is known.
    known: Known,
}

/// Both do the same.
const fn same(words: &'static str) -> Case {
    Case { words, known: Known::Same }
}

/// They do not, for this reason.
const fn differs(words: &'static str, why: &'static str) -> Case {
    Case { words, known: Known::Differs(why) }
}

/// Who runs it, and where.
#[derive(Clone, Copy, Debug)]
struct Way {
    ordinary: bool,
    locale: &'static str,
    /// The terminal's width, if there is one.
    columns: Option<u16>,
}

const ROOT: Way = Way { ordinary: false, locale: "C", columns: None };

/// Status, signal, output, the first line of the complaint.
type Outcome = (Option<i32>, Option<i32>, String, String);

struct Pair {
    among: Population,
    ours: std::path::PathBuf,
}

impl Pair {
    /// Nothing where it cannot be run.
    fn start(test: &str, script: &str) -> Option<Self> {
        let needs = [
            Need::Root,
            Need::Version("lsns", VERSION),
            Need::UserNamespaces,
            Need::Program("bash"),
            Need::Program("ip"),
            Need::Program("pgrep"),
        ];
        need(test, &needs).then(|| {
            let among = Population::start(env!("CARGO_BIN_EXE_hold"), script);
            let ours = among.tool("lsns", &bin("xlsns"));
            Pair { among, ours }
        })
    }

    fn run(&self, directory: &Path, words: &str, way: Way) -> Outcome {
        std::iter::repeat_with(|| self.run_once(directory, words, way))
            .find(|outcome| outcome.0 != Some(OTHER_PID))
            .unwrap()
    }

    fn run_once(&self, directory: &Path, words: &str, way: Way) -> Outcome {
        let tty =
            way.columns.map_or(String::new(), |columns| format!("stty -opost rows 24 cols {columns}; "));
        let cmd = self.among.cmd(directory, way.ordinary, &format!("{tty}exec lsns {words}"));
        let mut cmd = cmd.env("LC_ALL", way.locale);
        cmd.std().env_remove("COLUMNS").env("TERM", "dumb");
        if way.columns.is_some() {
            let (status, signal, shown) = Terminal::start(cmd.std().stdin(Stdio::null())).end();
            return (status, signal, shown, String::new());
        }
        let Done { status, signal, stdout, stderr } = cmd.run();
        (status, signal, stdout, stderr.lines().next().unwrap_or_default().to_owned())
    }

    /// Fails the test unless every case comes out as it is known.
    #[track_caller]
    fn compare(&self, cases: &[Case], way: Way) {
        let wrong: Vec<_> = cases.iter().filter_map(|case| self.judge(*case, way)).collect();
        assert!(wrong.is_empty(), "{} of {}, {way:?}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    }

    fn judge(&self, case: Case, way: Way) -> Option<String> {
        let ours = self.run(&self.ours, case.words, way);
        let theirs = self.run(Path::new("/usr/bin"), case.words, way);
        match case.known {
            Known::Same => {
                (ours != theirs).then(|| format!("lsns {}\n{}", case.words, difference(&ours, &theirs)))
            }
            Known::Differs(why) | Known::Since(_, why) => {
                (ours == theirs).then(|| format!("lsns {}\n    no longer differs: {why}", case.words))
            }
        }
    }
}

/// The first lines that are not the same.
fn difference(ours: &Outcome, theirs: &Outcome) -> String {
    let lines = |outcome: &Outcome| outcome.2.lines().map(str::to_owned).collect::<Vec<_>>();
    let (a, b) = (lines(ours), lines(theirs));
    let line = (0..a.len().max(b.len())).find(|i| a.get(*i) != b.get(*i));
    let at = |lines: &[String]| line.and_then(|i| lines.get(i).map(|line| format!("{i}: {line:?}")));
    let told = |outcome: &Outcome, lines: &[String]| {
        format!("{:?} {:?} {} lines {:?}", outcome.0, outcome.3, lines.len(), at(lines))
    };
    format!("    ours:   {}\n    theirs: {}", told(ours, &a), told(theirs, &b))
}

/// With namespaces that are mounted besides.
fn mounted() -> String {
    format!("set -- mounted\n{PLAIN}")
}

#[test]
fn options_and_operands() {
    let Some(pair) = Pair::start("options_and_operands", &mounted()) else { return };
    pair.compare(cases::WRONG, ROOT);
    pair.compare(cases::CHOICE, ROOT);
}

#[test]
fn forms() {
    let Some(pair) = Pair::start("forms", &mounted()) else { return };
    for locale in ["C", "C.UTF-8"] {
        pair.compare(cases::FORMS, Way { locale, ..ROOT });
    }
    pair.compare(cases::COLUMNS, Way { locale: "C.UTF-8", ..ROOT });
}

/// What is not theirs to read is as if it were not there; so is what only a mount keeps, for them, hence none here.
#[test]
fn as_an_ordinary_user() {
    let Some(pair) = Pair::start("as_an_ordinary_user", PLAIN) else { return };
    let ordinary = Way { ordinary: true, locale: "C.UTF-8", ..ROOT };
    pair.compare(cases::FORMS, ordinary);
    pair.compare(cases::UNREADABLE, ordinary);
}

#[test]
fn on_a_terminal() {
    let Some(pair) = Pair::start("on_a_terminal", &mounted()) else { return };
    for columns in [10, 37, 60, 80, 132, 400] {
        for locale in ["C", "C.UTF-8"] {
            pair.compare(cases::TERMINAL, Way { columns: Some(columns), locale, ..ROOT });
        }
    }
}

/// What has no column of its own to be read in, and what is told apart by no more than a byte.
#[test]
fn odd_bytes() {
    let script = "into number setpriv --reuid=4123456789 --regid=54321 --clear-groups unshare -Ui\n\
                  into $'del\\x7f' unshare -u\ninto $'bad\\xff\\xfe utf' unshare -u\n\
                  into $'c1\\xc2\\x9b' unshare -u\nsettle\n\
                  pin $'/run/pins/new\\nline' /proc/$(pid 1)/ns/uts\n\
                  hold name 61292062 7a6500\nhold name 6e756c6c\nsay PIDNS $(ino /proc/self/ns/pid)\n";
    let Some(pair) = Pair::start("odd_bytes", script) else { return };
    for locale in ["C", "C.UTF-8"] {
        pair.compare(cases::ODD, Way { locale, ..ROOT });
    }
}

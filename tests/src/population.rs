//! Processes that are the only ones in a `/proc`: what lists namespaces then says the same every time.

use crate::{Cmd, ORDINARY_UID, Running, Scene, children};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What the scripts of all populations begin with.
const PRELUDE: &str = include_str!("population.sh");

/// The number that a program gets which is run among them.
pub const NEXT_PID: u32 = 4999;

/// The status of a shell that got another number after all, as it does while its predecessor has not quite gone.
pub const OTHER_PID: i32 = 99;

/// A PID namespace with a `/proc` of its own, and its own mounts, network and IPC. Its processes end with it, and with the test.
pub struct Population {
    // Dropped in this order: its first process, what is left, the directory.
    _init: Running,
    /// Its first process.
    pub pid: u32,
    /// The directory of its files, in which `bin` holds the tools to be called by other names.
    pub scene: Scene,
}

impl Population {
    /// Runs a bash script in it, which has the functions of `population.sh`; `$HOLD` is the program `hold`.
    pub fn start(hold: &str, script: &str) -> Self {
        let scene = Scene::new();
        scene.file("population", &format!("{PRELUDE}\n{script}\nready\n"));
        scene.subdir("bin");
        let words = "-nipfm --mount-proc --propagation private --kill-child bash population";
        let mut init = scene
            .cmd("unshare")
            .words(words)
            .env("HOLD", hold)
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .start();
        assert_eq!(init.line(), "ready");
        let pid = children(init.pid())[0];
        Population { _init: init, pid, scene }
    }

    /// Makes a tool that is called by this name.
    pub fn tool(&self, name: &str, program: &Path) -> PathBuf {
        let directory = self.scene.subdir("bin");
        let _ = std::os::unix::fs::symlink(program, directory.join(name));
        directory
    }

    /// What the script has said of itself with `say NAME VALUE`.
    pub fn variables(&self) -> HashMap<String, String> {
        let text = std::fs::read_to_string(format!("/proc/{}/root/run/variables", self.pid)).unwrap();
        let pair = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        text.lines().filter_map(pair).collect()
    }

    /// A shell that is number [`NEXT_PID`] among them and becomes what `script` executes. A name of a program is looked for in
    /// `directory` first; what was said of the population are variables.
    pub fn cmd(&self, directory: &Path, ordinary: bool, script: &str) -> Cmd {
        self.enter("-m -p -n -i")
            .words("sh -c")
            .args([format!("echo {} > /proc/sys/kernel/ns_last_pid", NEXT_PID - 1)])
            .run()
            .out();
        let user = format!("setpriv --reuid={ORDINARY_UID} --regid={ORDINARY_UID} --clear-groups");
        let path = format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", directory.display());
        let cmd = self.enter("-m -p -n -i").words(if ordinary { &user } else { "" });
        let script = format!("[ $$ = {NEXT_PID} ] || exit {OTHER_PID}; . /run/variables; {script}");
        cmd.args(["sh", "-c", &script]).env("PATH", path)
    }

    fn enter(&self, kinds: &str) -> Cmd {
        self.scene.cmd("nsenter").args(["-t", &self.pid.to_string()]).words(kinds)
    }
}

//! The machine of `make vm`: what a student finds in it beside what every guest has. Our tools stand in the place of
//! util-linux's and libcgroup's; with their manuals, their completions, the lessons, and terminals as a person expects them.

use crate::error::Error;
use crate::machine::{Job, Machine, files};
use std::path::Path;

/// Ours, and the name in whose place it stands: in a directory before that of the original.
const INSTEAD: [(&str, &str); 4] =
    [("xunshare", "unshare"), ("xnsenter", "nsenter"), ("xlsns", "lsns"), ("xcgexec", "cgexec")];

/// Programs of the host for a person: terminals, manuals, a container's runtime.
const PROGRAMS: &str = "tmux mandoc less free top watch vmstat pgrep pkill whoami";

/// What a terminal inside of tmux is, and some that a person may sit at; that of the caller comes to them.
const TERMINALS: &str = "tmux tmux-256color screen screen-256color xterm xterm-256color linux vt100 vt220";
const TERMINFO: [&str; 3] = ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo"];

/// Scripts of the guest, at their places.
const SCRIPTS: [(&str, &str); 7] = [
    ("etc/profile", include_str!("../guest/teaching/profile")),
    ("etc/bash.bashrc", include_str!("../guest/teaching/bashrc")),
    ("vm/teaching", include_str!("../guest/teaching/setup")),
    ("vm/lessons", include_str!("../guest/teaching/lessons")),
    ("usr/local/bin/man", include_str!("../guest/teaching/man")),
    ("usr/local/bin/su", include_str!("../guest/teaching/su")),
    ("usr/local/bin/poweroff", include_str!("../guest/teaching/poweroff")),
];

/// Where the package `xns` has them, too.
const LESSONS: &str = "usr/share/doc/xns/examples/lessons";

impl Machine {
    /// Makes it the machine that is taught in. `root` is the working tree: its manuals, completions and lessons come along.
    ///
    /// # Errors
    /// A file of the working tree or of the host cannot be read.
    pub fn teaching(&mut self, root: &Path) -> Result<(), Error> {
        for (path, text) in SCRIPTS {
            self.file(path, text);
        }
        for (ours, original) in INSTEAD {
            self.link(&format!("usr/local/bin/{original}"), ours);
        }
        self.programs(PROGRAMS)?;
        self.terminals()?;
        self.manuals(&root.join("man"))?;
        self.copy_dir(Path::new("usr/share/bash-completion/completions"), &root.join("completions/bash"))?;
        let lessons = root.join("tests/lessons");
        if lessons.is_dir() {
            self.copy_dir(Path::new(LESSONS), &lessons)?;
        }
        Ok(())
    }

    /// What the jobs are called that [`lessons`](Self::lessons) makes.
    pub const LESSONS: [&str; 2] = ["lessons as root", "lessons as student"];

    /// Jobs that run every lesson, in the machine for learning.
    pub fn lessons(&mut self) {
        for name in Self::LESSONS {
            let who = name.rsplit(' ').next().unwrap_or_default();
            self.job(Job { name: name.to_owned(), script: format!("exec sh /vm/lessons {who}") });
        }
    }

    /// Ours, each under the original's name, too.
    fn manuals(&mut self, from: &Path) -> Result<(), Error> {
        for page in files(from)? {
            let name = page.file_name().unwrap_or_default().to_string_lossy();
            let Some((stem, section)) = name.rsplit_once('.') else { continue };
            let dir = format!("usr/share/man/man{section}");
            self.copy(Path::new(&dir).join(&*name), &page)?;
            if let Some((_, original)) = INSTEAD.iter().find(|(ours, _)| *ours == stem) {
                self.link(&format!("{dir}/{original}.{section}"), &name);
            }
        }
        Ok(())
    }

    fn terminals(&mut self) -> Result<(), Error> {
        let own = std::env::var("TERM").unwrap_or_default();
        for name in TERMINALS.split(' ').chain([&*own]).filter(|name| !name.contains(['/', '.'])) {
            let Some(first) = name.chars().next() else { continue };
            let places = TERMINFO.map(|dir| Path::new(dir).join(first.to_string()).join(name));
            if let Some(found) = places.iter().find(|path| path.is_file()) {
                self.copy(Path::new("usr/share/terminfo").join(first.to_string()).join(name), found)?;
            }
        }
        Ok(())
    }
}

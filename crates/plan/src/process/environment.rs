//! The target's environment for the program, and the caller's descriptors that it is not to have.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use xns_core::{Apply, Call, Errno, Failure, Operation, Outcome, Shell, Slot, Slots};
use xns_sys::{fd, fs};

/// Reads `/proc/PID/environ` (proc_pid_environ(5)), before anything is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadEnvironment {
    /// The target, for the message.
    pub pid: u32,
    /// Whose variables may rule the loader and the shell of the program, too: nobody's but this user's; anybody's with `None`.
    pub trusted: Option<u32>,
}

/// A part of [`ReadEnvironment`]: there is none to read.
const NONE: u8 = 1;

impl Operation for ReadEnvironment {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new("openat(TARGETPROC, \"environ\", O_RDONLY)")]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Flag("--env".to_owned())]
    }

    fn failed(&self, part: u8) -> String {
        match part {
            NONE => format!("process {} has no environment", self.pid),
            _ => format!("cannot open /proc/{}/environ", self.pid),
        }
    }

    fn reads(&self) -> &'static [Slot] {
        &[Slot::TargetProc]
    }
}

impl Apply for ReadEnvironment {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let target = slots.get(Slot::TargetProc)?;
        let text = fs::read_in(target, Path::new("environ"))?;
        // A kernel thread, or a zombie, has no memory that could hold one; an empty environment is one.
        if text.is_empty() && fs::read_link(target, Path::new("exe")).is_err() {
            return Err(Failure::in_part(NONE, Errno::ENOENT));
        }
        let owner = fs::status(target)?.uid;
        let mut variables = parse(&text);
        let all = variables.len();
        if self.trusted.is_some_and(|uid| uid != owner) {
            variables.retain(|(name, _)| !rules_loader_or_shell(name));
        }
        let dropped = variables.len() < all;
        slots.environment = Some(variables);
        Ok(if dropped {
            Outcome::Tolerated("without those of the loader and the shell")
        } else {
            Outcome::Done
        })
    }
}

/// `NAME=VALUE`, each with a NUL after it; what is not so is passed over. The last one of a name counts.
fn parse(text: &[u8]) -> Vec<(OsString, OsString)> {
    let mut variables: Vec<(OsString, OsString)> = Vec::new();
    for entry in text.split(|byte| *byte == 0) {
        let Some(at) = entry.iter().position(|byte| *byte == b'=').filter(|at| *at > 0) else { continue };
        let (name, value) = (OsStr::from_bytes(&entry[..at]), OsStr::from_bytes(&entry[at + 1..]));
        match variables.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value.to_owned(),
            None => variables.push((name.to_owned(), value.to_owned())),
        }
    }
    variables
}

/// Would it make the loader, a shell or another interpreter run somebody else's code? (ld.so(8), bash(1))
fn rules_loader_or_shell(name: &OsStr) -> bool {
    const STARTS: [&[u8]; 8] =
        [b"LD_", b"BASH_", b"MALLOC_", b"PERL5", b"PYTHON", b"RUBY", b"NODE_", b"LESS"];
    const NAMES: [&[u8]; 17] = [
        b"SHELL",
        b"INPUTRC",
        b"ZDOTDIR",
        b"FPATH",
        b"CDPATH",
        b"PAGER",
        b"GLIBC_TUNABLES",
        b"GCONV_PATH",
        b"GETCONF_DIR",
        b"HOSTALIASES",
        b"LOCPATH",
        b"NLSPATH",
        b"ENV",
        b"SHELLOPTS",
        b"BASHOPTS",
        b"IFS",
        b"PROMPT_COMMAND",
    ];
    let name = name.as_bytes();
    STARTS.iter().any(|start| name.starts_with(start)) || NAMES.contains(&name) || prompts(name)
}

/// `PS0` to `PS4`: a shell expands them.
fn prompts(name: &[u8]) -> bool {
    matches!(name, [b'P', b'S', b'0'..=b'4'])
}

/// Writes the target's SELinux context to `/proc/self/attr/exec`: the program starts in it (proc_pid_attr(5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowContext {
    /// The target, for the message.
    pub pid: u32,
}

/// A part of [`FollowContext`]: it is set.
const SET: u8 = 1;

impl Operation for FollowContext {
    fn calls(&self) -> Vec<Call> {
        vec![Call::only("if there is SELinux", "write(\"/proc/self/attr/exec\", {TARGETPROC/attr/current})")]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Flag("--follow-context".to_owned())]
    }

    fn failed(&self, part: u8) -> String {
        match part {
            SET => "failed to set the SELinux context".to_owned(),
            _ => format!("failed to get {} SELinux context", self.pid),
        }
    }

    fn reads(&self) -> &'static [Slot] {
        &[Slot::TargetProc]
    }
}

impl Apply for FollowContext {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        // Other security modules answer at the same place, in their own words.
        if !Path::new("/sys/fs/selinux/enforce").exists() {
            return Ok(Outcome::Tolerated("there is no SELinux here"));
        }
        let context = fs::read_in(slots.get(Slot::TargetProc)?, Path::new("attr/current"))?;
        let written = fd::write_file("/proc/self/attr/exec", &context);
        written.map_err(|(_, errno)| Failure::in_part(SET, errno))?;
        Ok(Outcome::Done)
    }
}

/// `close_range(3, ~0, CLOSE_RANGE_CLOEXEC)`: the program gets standard input, output and error, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloseDescriptors;

impl Operation for CloseDescriptors {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new("close_range(3, ~0, CLOSE_RANGE_CLOEXEC)")]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Comment("--close-fds: a shell closes them one by one: 3>&- 4>&- …".to_owned())]
    }

    fn failed(&self, _: u8) -> String {
        "cannot close the descriptors".to_owned()
    }
}

impl Apply for CloseDescriptors {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        fd::close_at_exec()?;
        Ok(Outcome::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_entries_are_passed_over_and_the_last_one_counts() {
        let pairs = parse(b"A=1\0=x\0noequals\0\0B=\0A=2=3\0C=no end");
        let shown: Vec<_> = pairs.iter().map(|(n, v)| (n.to_str().unwrap(), v.to_str().unwrap())).collect();
        assert_eq!(shown, [("A", "2=3"), ("B", ""), ("C", "no end")]);
        assert_eq!(parse(b""), []);
    }

    #[test]
    fn what_rules_loader_and_shell_is_known() {
        for name in ["LD_PRELOAD", "BASH_ENV", "ENV", "PS4", "BASH_FUNC_ls%%", "GLIBC_TUNABLES"] {
            assert!(rules_loader_or_shell(OsStr::new(name)), "{name}");
        }
        for name in ["PATH", "LANG", "PS", "PS5", "ENVIRONMENT", "HOME"] {
            assert!(!rules_loader_or_shell(OsStr::new(name)), "{name}");
        }
    }
}

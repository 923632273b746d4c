//! Limiting the devices of a group of version 2, which has no file for that.

use super::program::NAME;
use super::{Rules, hint};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slots, shell};
use xns_sys::{bpf, fs};

/// Attaches a program made from the rules to a group of version 2: what it denies, and what one of a group above denies, is denied to
/// all processes in the group and in those below. It goes with the group.
///
/// Rules that allow take the place of those that were attached so before, as they do by version 1; rules that only deny stand beside
/// them. It is not taken back: in a plan for a group that stays, it is the last that can fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachDevices {
    /// The group's directory.
    pub directory: PathBuf,
    /// The rules.
    pub rules: Rules,
}

/// The parts: the program is loaded, the directory opened, the one attached to the other; programs that were there are found, and
/// detached.
pub(super) const LOAD: u8 = 0;
pub(super) const OPEN: u8 = 1;
pub(super) const ATTACH: u8 = 2;
pub(super) const REPLACE: u8 = 3;

impl Operation for AttachDevices {
    fn calls(&self) -> Vec<Call> {
        let count = self.rules.program().len();
        let mut calls = vec![
            Call::new(format!(
                "bpf(BPF_PROG_LOAD, {{.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE, .insn_cnt = {count}, …}})"
            )),
            Call::new(format!("open({}, O_RDONLY|O_DIRECTORY)", shell::c_string(&self.directory))),
            Call::new(
                "bpf(BPF_PROG_ATTACH, {.attach_type = BPF_CGROUP_DEVICE, .attach_flags = BPF_F_ALLOW_MULTI, …})",
            ),
        ];
        if self.rules.resets() {
            let detach = "bpf(BPF_PROG_DETACH, {.attach_type = BPF_CGROUP_DEVICE, …})";
            calls.push(Call::only("for each that was attached so before", detach));
        }
        calls
    }

    fn shell(&self) -> Vec<Shell> {
        let rest = if self.rules.allow_by_default() { "all devices but" } else { "no devices but" };
        let list: Vec<_> = self.rules.exceptions().iter().map(ToString::to_string).collect();
        vec![Shell::Comment(format!(
            "{}: {rest} {}: by a program for bpf(2), which a shell cannot load",
            self.directory.display(),
            if list.is_empty() { "none".to_owned() } else { list.join(", ") }
        ))]
    }

    fn failed(&self, part: u8) -> String {
        let group = self.directory.display();
        match part {
            LOAD => "cannot load the program that limits devices".to_owned(),
            OPEN => format!("cannot open {group}"),
            ATTACH => format!("cannot limit the devices of {group}"),
            _ => format!("cannot take away the older limits of devices of {group}"),
        }
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::not_attached(&self.directory, failure, facts)
    }
}

impl Apply for AttachDevices {
    fn apply(&self, _slots: &mut Slots) -> Result<Outcome, Failure> {
        let part = |part| move |errno| Failure::in_part(part, errno);
        let program = bpf::load_device_program(&self.rules.program(), name()).map_err(part(LOAD))?;
        let group = fs::open_directory_to_read(&self.directory).map_err(part(OPEN))?;
        let before = match self.rules.resets() {
            true => ours(&group).map_err(part(REPLACE))?,
            false => Vec::new(),
        };
        // First the new one: at no moment is anything allowed that neither allows.
        bpf::attach_device_program(&group, &program).map_err(part(ATTACH))?;
        for old in before {
            bpf::detach_device_program(&group, &old).map_err(part(REPLACE))?;
        }
        Ok(Outcome::Done)
    }
}

fn name() -> [u8; 16] {
    let mut name = [0; 16];
    name[..NAME.len()].copy_from_slice(NAME.as_bytes());
    name
}

/// The programs of a group that were attached by this operation before.
fn ours(group: &OwnedFd) -> Result<Vec<OwnedFd>, Errno> {
    let mut found = Vec::new();
    for id in bpf::device_programs(group)? {
        let program = bpf::open_program(id)?;
        if bpf::program_name(&program)? == name() {
            found.push(program);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::Rule;

    fn attach(allow: &[&str], deny: &[&str]) -> AttachDevices {
        let read = |texts: &[&str]| -> Vec<_> {
            texts.iter().map(|text| Rule::parse_numbers(text.as_bytes()).unwrap()).collect()
        };
        let rules = Rules::new(&read(allow), &read(deny)).unwrap();
        AttachDevices { directory: "/sys/fs/cgroup/x".into(), rules }
    }

    #[test]
    fn it_is_told_as_calls_and_to_a_shell() {
        let deny = attach(&[], &["c 1:3 w", "b *:* rw"]);
        let names: Vec<_> = deny.calls().iter().map(|call| call.name().to_owned()).collect();
        assert_eq!(names, ["bpf", "open", "bpf"]);
        let comment = "/sys/fs/cgroup/x: all devices but c 1:3 w, b *:* rw: by a program for bpf(2), which a shell cannot load";
        assert_eq!(deny.shell(), [Shell::Comment(comment.to_owned())]);
        let allow = attach(&["b 7:0"], &[]);
        assert!(allow.calls()[3].text.starts_with("bpf(BPF_PROG_DETACH"));
        let Shell::Comment(comment) = &allow.shell()[0] else { panic!() };
        assert!(comment.contains("no devices but c *:* m, b *:* m, c 1:3 rwm, "), "{comment}");
        let texts = [LOAD, OPEN, ATTACH, REPLACE].map(|part| allow.failed(part));
        assert_eq!(texts[1], "cannot open /sys/fs/cgroup/x");
        assert!(texts.iter().enumerate().all(|(at, text)| !texts[..at].contains(text)), "{texts:?}");
    }
}

//! Limiting the devices of a group of version 2, which has no file for that.

use super::program::NAME;
use super::{Rules, hint};
use std::path::PathBuf;
use xns_core::{Apply, Call, Facts, Failure, Hint, Operation, Outcome, Shell, Slots, shell};
use xns_sys::{bpf, fs};

/// Attaches a program made from the rules to a group of version 2: what it denies, and what one of a group above denies, is denied to
/// all processes in the group and in those below. It goes with the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachDevices {
    /// The group's directory.
    pub directory: PathBuf,
    /// The rules.
    pub rules: Rules,
}

/// The parts: the program is loaded, the directory opened, the one attached to the other.
pub(super) const LOAD: u8 = 0;
pub(super) const OPEN: u8 = 1;
pub(super) const ATTACH: u8 = 2;

impl Operation for AttachDevices {
    fn calls(&self) -> Vec<Call> {
        let count = self.rules.program().len();
        vec![
            Call::new(format!(
                "bpf(BPF_PROG_LOAD, {{.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE, .insn_cnt = {count}, …}})"
            )),
            Call::new(format!("open({}, O_RDONLY|O_DIRECTORY)", shell::c_string(&self.directory))),
            Call::new(
                "bpf(BPF_PROG_ATTACH, {.attach_type = BPF_CGROUP_DEVICE, .attach_flags = BPF_F_ALLOW_MULTI, …})",
            ),
        ]
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
        match part {
            LOAD => "cannot load the program that limits devices".to_owned(),
            OPEN => format!("cannot open {}", self.directory.display()),
            _ => format!("cannot limit the devices of {}", self.directory.display()),
        }
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::not_attached(&self.directory, failure, facts)
    }
}

impl Apply for AttachDevices {
    fn apply(&self, _slots: &mut Slots) -> Result<Outcome, Failure> {
        let part = |part| move |errno| Failure::in_part(part, errno);
        let mut name = [0; 16];
        name[..NAME.len()].copy_from_slice(NAME.as_bytes());
        let program = bpf::load_device_program(&self.rules.program(), name).map_err(part(LOAD))?;
        let group = fs::open_directory_to_read(&self.directory).map_err(part(OPEN))?;
        bpf::attach_device_program(&group, &program).map_err(part(ATTACH))?;
        Ok(Outcome::Done)
    }
}

//! Interpreters for kinds of files (Documentation/admin-guide/binfmt-misc.rst).

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use xns_core::shell::{c_string, path, quote};
use xns_core::{Apply, Call, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::fd::{self, WriteStep};

/// `write("AT/register", rule)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterInterpreter {
    /// Where binfmt_misc is mounted.
    pub at: PathBuf,
    /// `:name:type:offset:magic:mask:interpreter:flags`
    pub rule: OsString,
}

impl RegisterInterpreter {
    /// Does the rule open the interpreter when it is registered (flag F), rather than where it is run?
    pub fn opens_at_once(rule: &OsString) -> bool {
        rule.as_bytes().rsplit(|&byte| byte == b':').next().is_some_and(|flags| flags.contains(&b'F'))
    }

    fn file(&self) -> PathBuf {
        self.at.join("register")
    }
}

impl Operation for RegisterInterpreter {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("write({}, {})", c_string(self.file()), c_string(&self.rule)))]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Inside(format!("printf %s {} > {}", quote(&self.rule), path(self.file())))]
    }

    fn failed(&self, part: u8) -> String {
        let file = self.file();
        if part == WriteStep::Open as u8 {
            format!("cannot open {}", file.display())
        } else {
            format!("write failed {}", file.display())
        }
    }
}

impl Apply for RegisterInterpreter {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        fd::write_file(self.file(), self.rule.as_bytes())
            .map_err(|(step, errno)| Failure::in_part(step as u8, errno))?;
        Ok(Outcome::Done)
    }
}

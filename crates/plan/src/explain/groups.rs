//! The commands for a plan that makes and joins control groups, and no namespaces.

use super::script::Parts;
use crate::{Op, Plan};
use std::fmt;
use xns_cgroup::Set;
use xns_cgroup::limits::LimitKey;
use xns_core::Shell;
use xns_core::shell::quote;

/// Does this form suit the plan?
pub(super) fn is_about(plan: &Plan) -> bool {
    let groups = |op: &Op| matches!(op, Op::Cgroup(op) if !matches!(op, xns_cgroup::Op::Join(_)));
    plan.steps.iter().any(|step| groups(&step.op))
}

/// The lines after the script's head. A child joins what the caller has made, and becomes the program; what is done after its
/// end comes after it, and its status stays.
pub(super) fn lines(parts: &Parts) -> String {
    let text = |lines: &[String]| lines.iter().fold(String::new(), |text, line| text + line + "\n");
    let before = text(&parts.outside);
    if parts.run.is_empty() {
        return before + &text(&parts.inside) + &text(&parts.after);
    }
    let inside = text(&parts.inside) + "exec " + &parts.run;
    if parts.after.is_empty() {
        return before + &inside + "\n";
    }
    before + &in_child(&inside) + "\n" + &text(&parts.after) + EXIT + "\n"
}

/// Who cannot join is not to run without limits.
fn in_child(inside: &str) -> String {
    format!("status=0\nsh -c {} || status=$?", quote(format!("set -eu\n{inside}")))
}

const EXIT: &str = "exit $status";

/// What a line is for, in the order in which that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A group is made or removed, and has its controllers.
    Group,
    /// An option asks for it.
    Limit(LimitKey),
    /// It limits a disk.
    Disks,
    /// It limits devices.
    Devices,
    /// It gives a group to a user.
    Owner,
    /// It is done to processes.
    Processes,
    /// It brings the program into its group.
    Program,
    /// It comes after the program's end.
    End,
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            About::Group => f.write_str("the group"),
            About::Limit(key) => write!(f, "{key}"),
            About::Disks => f.write_str("the disks"),
            About::Devices => f.write_str("the devices"),
            About::Owner => f.write_str("the owner"),
            About::Processes => f.write_str("the processes"),
            About::Program => f.write_str("the program"),
            About::End => f.write_str("after its end"),
        }
    }
}

impl About {
    /// What is about an option.
    pub fn of(key: LimitKey) -> Self {
        match key {
            LimitKey::IoRead | LimitKey::IoWrite | LimitKey::IoReadIops | LimitKey::IoWriteIops => {
                About::Disks
            }
            key => About::Limit(key),
        }
    }

    fn of_step(op: &xns_cgroup::Op) -> Self {
        use xns_cgroup::Op as Of;
        match op {
            Of::Set(Set { asked: Some(key), .. }) => About::of(*key),
            Of::Set(set) if set.controller == "devices" => About::Devices,
            Of::Devices(_) => About::Devices,
            Of::Delegate(_) => About::Owner,
            Of::Move(_) | Of::Freeze(_) | Of::Kill(_) | Of::AwaitEmpty(_) => About::Processes,
            Of::Enter(_) | Of::Open(_) | Of::Join(_) => About::Program,
            _ => About::Group,
        }
    }
}

/// The same lines, each with what it is for.
pub fn by_purpose(plan: &Plan) -> Vec<(About, String)> {
    let (mut found, mut inside, mut run, mut after) = (Vec::new(), Vec::new(), String::new(), Vec::new());
    for step in &plan.steps {
        let about = match &step.op {
            Op::Cgroup(op) => About::of_step(op),
            _ => About::Program,
        };
        for piece in step.op.describe().shell() {
            match piece {
                Shell::Outside(line) => found.push((about, line)),
                Shell::Inside(line) => inside.push(line),
                Shell::Run(line) => run = line,
                Shell::After(line) => after.push((About::End, line)),
                // What it says is of unshare(1).
                Shell::Comment(_) if matches!(step.op, Op::Control(_)) => {}
                Shell::Comment(text) => found.push((about, format!("# {text}"))),
                Shell::Flag(_) | Shell::Wrap(_) => {}
            }
        }
    }
    if !run.is_empty() {
        inside.push(format!("exec {run}"));
        let inside = inside.join("\n");
        let is_last = after.is_empty();
        found.push((About::Program, if is_last { inside } else { in_child(&inside) }));
        after.extend((!is_last).then(|| (About::End, EXIT.to_owned())));
    }
    found.extend(after);
    found
}

//! Support for the tests that need a real kernel: running the tools, as root and as an ordinary user, and saying why a
//! test cannot run.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot set up fails with the reason"
)]

mod command;
pub mod groups;
pub mod inherited;
mod need;
mod population;
mod running;
mod scene;
pub mod side_by_side;
pub mod terminal;
mod trace;
mod who;

pub use command::{Cmd, Done, bin, copy_program, original, xunshare};
pub use need::{Need, ORDINARY_UID, cgroup2_root, is_root, need, pids_root, skip, slowness, stay_on_one_cpu};
pub use population::{NEXT_PID, OTHER_PID, Population};
pub use running::Running;
pub use scene::{Scene, children, exec_enters_time, ns, send, wait_for};
pub use terminal::Terminal;
pub use trace::{Seen, descriptor, split, traced};
pub use who::Who;

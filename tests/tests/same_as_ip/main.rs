//! The same command lines, given to ip(8) of iproute2 and to xnetns: status, output, complaints and effect are the same, but for
//! differences that are named here, and that fail when they are none any more.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod completions;
mod devices;
mod hostile;
mod killed;
mod names;
mod plan;
mod red_and_blue;
mod users;

use xns_tests::{Cmd, Done, Need, bin};

/// What every test of this program needs.
const NEEDS: [Need; 2] = [Need::Root, Need::Program("ip")];

/// Mounts and a network of the script's own, and an empty `/run`: nothing that a name of the machine could meet.
const WORLD: &str = "mount -t tmpfs -o mode=755 run /run";

/// Runs a script there. `$T` is the tool's name in it, `xnetns` and `xunshare` are ours.
fn script(tool: &str, text: &str) -> Done {
    in_world(tool, text).run()
}

fn in_world(tool: &str, text: &str) -> Cmd {
    let directory = bin("xnetns").parent().unwrap().to_owned();
    let path = format!("{}:{}", directory.display(), std::env::var("PATH").unwrap());
    let command = Cmd::new("unshare").args(["-mn", "sh", "-c", &format!("{WORLD}\n{text}")]);
    command.env("T", tool).env("PATH", path)
}

//! The whole disk behind a partition, a mount point and a number, on a loop device with a partition; and what the kernel takes.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::path::{Path, PathBuf};
use xns_tests::{Cmd, Need, Scene, need};

/// A loop device of the test's own, with one partition, which goes with it.
struct Loop {
    device: String,
    image: PathBuf,
}

impl Loop {
    fn make() -> Loop {
        let (_, image) = tempfile::Builder::new().tempfile_in("/var/tmp").unwrap().keep().unwrap();
        std::fs::File::options().write(true).open(&image).unwrap().set_len(16 << 20).unwrap();
        let device = ok(Cmd::new("losetup").args(["-fP", "--show"]).args([&image]));
        let made = Loop { device: device.trim().to_owned(), image };
        // The kernel may read no partition tables: it is told.
        ok(Cmd::new("addpart").args([&made.device, "1", "2048", "20480"]));
        made
    }

    fn name(&self) -> &str {
        self.device.strip_prefix("/dev/").unwrap()
    }

    fn number(&self, part: &str) -> String {
        let file = format!("/sys/class/block/{}{part}/dev", self.name());
        std::fs::read_to_string(file).unwrap().trim().to_owned()
    }

    fn scheduler(&self) -> PathBuf {
        Path::new("/sys/block").join(self.name()).join("queue/scheduler")
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        let _ = std::fs::write(self.scheduler(), "none");
        Cmd::new("losetup").args(["-d", &self.device]).run();
        let _ = std::fs::remove_file(&self.image);
    }
}

fn ok(command: Cmd) -> String {
    let done = command.run();
    assert_eq!(done.status, Some(0), "{}", done.stderr);
    done.stdout
}

fn look_inside() -> &'static str {
    env!("CARGO_BIN_EXE_look-inside")
}

/// Number and name; the scheduler, and who heeds a weight; the note.
fn disk(text: &str) -> Vec<String> {
    ok(Cmd::new(look_inside()).args(["disk", text])).lines().map(str::to_owned).collect()
}

const NEEDS: [Need; 4] =
    [Need::Root, Need::Program("losetup"), Need::Program("addpart"), Need::Program("mkfs.ext4")];

#[test]
fn a_partition_a_mount_point_and_a_number_mean_the_whole_disk() {
    if !need("a_partition_a_mount_point_and_a_number_mean_the_whole_disk", &NEEDS) {
        return;
    }
    let made = Loop::make();
    let (name, whole, part) = (made.name(), made.number(""), made.number("p1"));
    assert_ne!(whole, part);
    let found = format!("{whole} {name}");
    let limits = "limits hold for whole disks";
    let device = &made.device;
    assert_eq!(disk(device), [&found, "Some(\"none\") None", ""]);
    let noted = |text: &str, note: String| assert_eq!((&disk(text)[0], &disk(text)[2]), (&found, &note));
    noted(&format!("{device}p1"), format!("{device}p1 is part of {name}: {limits}"));
    noted(&part, format!("{part} is {name}p1, part of {name}: {limits}"));
    ok(Cmd::new("mkfs.ext4").args(["-q", &format!("{device}p1")]));
    let scene = Scene::new();
    let script =
        format!("mkdir mnt; mount {device}p1 mnt; : > mnt/file; exec {} disk mnt/file", look_inside());
    let said = ok(scene.private_sh(&script));
    assert_eq!(said.lines().nth(2).unwrap(), format!("mnt/file is on {name}p1, part of {name}: {limits}"));
    assert!(said.starts_with(&found), "{said}");
}

#[test]
fn the_kernel_takes_the_disk_and_refuses_the_partition() {
    let needs = [&NEEDS[..], &[Need::Version1(&["blkio"])]].concat();
    if !need("the_kernel_takes_the_disk_and_refuses_the_partition", &needs) {
        return;
    }
    let point = Path::new("/sys/fs/cgroup/blkio");
    let made = Loop::make();
    let group = point.join(format!("xns-disks-{}", std::process::id()));
    std::fs::create_dir(&group).unwrap();
    let write = |number: String| {
        std::fs::write(group.join("blkio.throttle.read_bps_device"), format!("{number} 1048576"))
    };
    let (whole, part) = (write(made.number("")), write(made.number("p1")));
    std::fs::remove_dir(&group).unwrap();
    assert!(whole.is_ok(), "{whole:?}");
    assert_eq!(part.unwrap_err().raw_os_error(), Some(nix::libc::ENODEV));
}

#[test]
fn a_weight_counts_where_the_scheduler_is_bfq() {
    if !need("a_weight_counts_where_the_scheduler_is_bfq", &NEEDS) {
        return;
    }
    let made = Loop::make();
    assert_eq!(disk(&made.device)[1], "Some(\"none\") None");
    // Not every kernel has it.
    let has = std::fs::write(made.scheduler(), "bfq").is_ok();
    let answer = if has { "Some(\"bfq\") Some(Bfq)" } else { "Some(\"none\") None" };
    assert_eq!(disk(&made.device)[1], answer);
}

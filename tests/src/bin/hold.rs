//! `hold WHAT`: keeps a namespace in a way that no shell can, says `ready`, and waits to be killed.
//!
//! * `thread KIND`: a thread leaves its process for a namespace of its own
//! * `for-children`: the time namespace of children to come
//! * `name HEX [HEX]`: has this name, and no words but these, which may be none
#![allow(clippy::unwrap_used, reason = "a test's helper fails with the reason")]

use nix::sched::{CloneFlags, unshare};
use std::io::Write;
use std::os::unix::fs::FileExt;

fn main() {
    let words: Vec<_> = std::env::args().collect();
    match words[1].as_str() {
        "thread" => {
            let flag = match words[2].as_str() {
                "net" => CloneFlags::CLONE_NEWNET,
                "uts" => CloneFlags::CLONE_NEWUTS,
                other => panic!("thread {other}"),
            };
            let (sender, there) = std::sync::mpsc::channel();
            std::thread::spawn(move || {
                unshare(flag).unwrap();
                sender.send(()).unwrap();
                sleep()
            });
            there.recv().unwrap();
        }
        "for-children" => {
            const CLONE_NEWTIME: i32 = 0x80;
            unshare(CloneFlags::from_bits_retain(CLONE_NEWTIME)).unwrap();
        }
        "name" => rename(&bytes(&words[2]), &bytes(words.get(3).map_or("", String::as_str))),
        other => panic!("{other}"),
    }
    std::io::stdout().write_all(b"ready\n").unwrap();
    sleep()
}

fn sleep() -> ! {
    loop {
        std::thread::park();
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

/// The words are where the kernel put them, as `stat` tells; all of them are overwritten (proc_pid_cmdline(5)).
fn rename(name: &[u8], words: &[u8]) {
    std::fs::write("/proc/self/comm", name).unwrap();
    let stat = std::fs::read("/proc/self/stat").unwrap();
    let end = stat.iter().rposition(|byte| *byte == b')').unwrap();
    let fields = String::from_utf8_lossy(&stat[end + 2..]).into_owned();
    let field = |number: usize| fields.split(' ').nth(number - 3).unwrap().parse::<u64>().unwrap();
    let (start, end) = (field(48), field(49));
    let mut memory = vec![0; (end - start) as usize];
    let length = words.len().min(memory.len());
    memory[..length].copy_from_slice(&words[..length]);
    let file = std::fs::File::options().write(true).open("/proc/self/mem").unwrap();
    file.write_all_at(&memory, start).unwrap();
}

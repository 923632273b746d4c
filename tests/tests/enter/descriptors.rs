//! What is open in the program.

use super::{by, of, target};
use xns_tests::{Need, Running, Scene, Who, bin, need};

/// Options of every sort; `{pid}` is the target.
const OPTIONS: &[&str] = &[
    "-t {pid} -a",
    "-t {pid} -a -r -w",
    "-t {pid} -a -r/ -w/",
    "-t {pid} -a -W/tmp",
    "-t {pid} -a -W",
    "-t {pid} -a -e",
    "-t {pid} -a -F",
    "-t {pid} -a -Z",
    "-t {pid} -a --mount-proc",
    "-t {pid} -a -S follow -G follow",
    "-t {pid} -a -S 0 -G 0 --keep-caps",
    "-t {pid} -a --preserve-credentials",
    "-t {pid} -a -n/proc/{pid}/ns/net",
    "-t {pid} -a --forward-signals",
    "-t {pid} -a --explain --hints=always",
    "-t {pid} -a --pty",
    "-t {pid}:{inode} -a",
    "-U/proc/{pid}/ns/user -u/proc/{pid}/ns/uts -n/proc/{pid}/ns/net",
];

/// What only root may.
const ROOTS: &[&str] = &[
    "-t {pid} -u",
    "-t {pid} -c",
    "-t {pid} -a -c",
    "-t {pid} -r",
    "-t {pid} -w",
    "-t {pid} -e",
    "-t {pid} -m -w",
    "-t {pid} -p --mount-proc",
    "-n/proc/{pid}/ns/net",
    "-t {pid} -n/proc/{pid}/ns/net -u",
    "-u/proc/{pid}/ns/uts --user-parent",
];

/// Who starts the tool has more open than the first three; a number between is free.
const STARTER: &str = "exec 5</etc/passwd 9>>out; exec \"$@\"";

fn started(scene: &Scene, who: Who, words: &[String]) -> Running {
    let cmd = by(scene, who, "sh").args(["-ec", STARTER, "sh"]).args(words);
    super::program(cmd)
}

fn open_in(pid: u32) -> Vec<String> {
    let mut open: Vec<_> = std::fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    open.sort();
    open
}

fn inode(pid: u32) -> u64 {
    use std::os::fd::{FromRawFd, OwnedFd};
    use std::os::linux::fs::MetadataExt;
    // SAFETY: a new descriptor, which nobody else owns.
    let pidfd =
        unsafe { OwnedFd::from_raw_fd(i32::try_from(libc::syscall(libc::SYS_pidfd_open, pid, 0)).unwrap()) };
    std::fs::File::from(pidfd).metadata().unwrap().st_ino()
}

/// The program, behind as many processes of the tool's as there are.
fn last(running: &Running) -> u32 {
    let first = of(running);
    xns_tests::children(first).first().copied().unwrap_or(first)
}

#[test]
fn the_program_gets_no_descriptor_of_ours() {
    for who in Who::each("the_program_gets_no_descriptor_of_ours") {
        let scene = Scene::new();
        scene.file("out", "");
        scene.hand_over();
        let (_running, pid) = target(&scene, who, "-mun -fp --mount-proc");
        // What the test itself hands down is there without the tool too.
        let plain = open_in(started(&scene, who, &[]).pid());
        assert!(plain.contains(&"5".to_owned()) && plain.contains(&"9".to_owned()), "{plain:?}");
        let more = if who == Who::Root { ROOTS } else { &[] };
        for options in OPTIONS.iter().chain(more) {
            // Root has no user namespace to enter here.
            let options = if who == Who::Root {
                options.replace("-U/proc/{pid}/ns/user ", "")
            } else {
                (*options).to_owned()
            };
            let options =
                options.replace("{pid}", &pid.to_string()).replace("{inode}", &inode(pid).to_string());
            if who == Who::Root && options.contains("--user-parent") {
                continue; // the first of all has none
            }
            for (close, wanted) in
                [("", &plain[..]), (" --close-fds", &["0", "1", "2"].map(str::to_owned)[..])]
            {
                let words = format!("{} {options}{close}", bin("xnsenter").display());
                let words: Vec<_> = words.split(' ').map(str::to_owned).collect();
                let running = started(&scene, who, &words);
                assert_eq!(open_in(last(&running)), wanted, "{who:?} {options}{close}");
            }
        }
    }
}

/// Nor one of a socket of the target's, or of an id.
#[test]
fn nor_of_a_socket() {
    let test = "nor_of_a_socket";
    if !need(test, &[Need::Root, Need::Program("perl")]) {
        return;
    }
    let scene = Scene::new();
    scene.file("out", "");
    let script = "$| = 1; socket(S, 2, 2, 0) or die; print fileno(S), \"\\n\"; readline STDIN";
    let mut running = scene.xunshare().args(["-n", "perl", "-e", script]).start();
    let number = running.line();
    let plain = open_in(started(&scene, Who::Root, &[]).pid());
    let words = format!("{} -t {} -N {number}", bin("xnsenter").display(), running.pid());
    let words: Vec<_> = words.split(' ').map(str::to_owned).collect();
    assert_eq!(open_in(started(&scene, Who::Root, &words).pid()), plain);
}

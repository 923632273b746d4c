//! What a process hands on to the program that it becomes is the same with and without the tool. All of it is read from
//! outside, in the host's `/proc`, while the program waits.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::collections::BTreeMap;
use std::ffi::CString;
use std::os::unix::process::CommandExt;
use xns_tests::inherited::{STARTERS, differences, inherited};
use xns_tests::{Need, Running, Scene, Terminal, Who, bin, children, need};

/// The program: the same on the host and in a root with busybox.
const PROGRAM: [&str; 4] = ["/bin/busybox", "sh", "-c", "echo up; read -r x"];

/// Options, and how many processes are between the tool and the program. `{n}` is the scene's directory.
struct Mode(&'static str, usize);

/// What an ordinary user can do with `-r`, too.
const MODES: &[Mode] = &[
    Mode("", 0),
    Mode("-u -i --hostname x", 0),
    Mode("-m -n -C -T", 0),
    Mode("-f", 1),
    Mode("-f -p --mount-proc", 1),
    Mode("-f -T -u --pid-file pid", 1),
    Mode("--pid-file pid -w .", 0),
    Mode("--init", 2),
    Mode("--init --mount-proc -i --pid-file pid", 2),
    Mode("--map-user 0", 0),
    Mode("--map-user 0 -S 0 -f", 1),
    Mode("--kill-child", 1),
    Mode("--kill-child=TERM --init -u", 2),
    Mode("--forward-signals -i --pid-file pid", 1),
    Mode("--forward-signals --kill-child --init", 2),
];

/// What needs root.
const ROOTS: &[Mode] = &[
    Mode("--user=pin --fork", 1),
    Mode("--uts=pin -m", 0),
    Mode("--uts=pin -m -f", 1),
    Mode("--uts=pin --init", 2),
    Mode("--map-users=0:0:70000 --map-groups=0:0:70000", 0),
    Mode("--map-users=0:0:70000 --map-groups=0:0:70000 -f -p", 1),
    Mode("--map-users=0:0:70000 --uts=pin --init", 2),
    Mode("--owner 54321:54321", 0),
    Mode("--owner 54321:54321 --map-users=0:0:70000 -f", 1),
];

/// Roots: the directory is another one there.
const OWN_ROOTS: &[Mode] = &[
    Mode("-R root", 0),
    Mode("-f -R root -w /", 1),
    Mode("--pivot-root root", 0),
    Mode("-f -p --pivot-root root --bind-ro /etc:/etc --tmpfs /tmp --dev /dev --mount-proc", 1),
    Mode("--init --pivot-root root", 2),
];

fn scene() -> Scene {
    let scene = Scene::new();
    scene.busybox_root("root");
    scene.subdir("root/etc");
    scene.file("pin", "");
    scene.file("out", "");
    scene.hand_over();
    scene
}

/// Starts the words by this starter.
fn start(scene: &Scene, who: Who, starter: &str, words: &[String]) -> Running {
    let script = format!("{starter} \"$@\"");
    let cmd = scene.cmd("sh").args(["-ec", &script, "sh"]).args(words).args(PROGRAM);
    let mut running = if who == Who::Ordinary { cmd.ordinary() } else { cmd }.start();
    assert_eq!(running.line(), "up", "{starter} {words:?}");
    running
}

/// The tool's words.
fn tool(who: Who, options: &str) -> Vec<String> {
    let tool = bin("xunshare").display().to_string();
    let map = if who == Who::Ordinary { vec!["-r".to_owned()] } else { Vec::new() };
    [tool].into_iter().chain(map).chain(options.split_whitespace().map(str::to_owned)).collect()
}

/// The program behind the tool.
fn program(tool: u32, between: usize) -> u32 {
    (0..between).fold(tool, |pid, _| children(pid)[0])
}

/// Process group and session.
fn group_and_session(pid: u32) -> (u32, u32) {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let stat: Vec<_> = stat.rsplit_once(") ").unwrap().1.split(' ').map(str::to_owned).collect();
    (stat[2].parse().unwrap(), stat[3].parse().unwrap())
}

/// The original sets SIGCHLD to its default, or it could not wait; so do we.
fn with_default_sigchld(mut seen: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let ignored = u64::from_str_radix(&seen["SigIgn"], 16).unwrap();
    seen.insert("SigIgn".to_owned(), format!("{:016x}", ignored & !(1 << (libc::SIGCHLD - 1))));
    seen
}

fn same_with_and_without(modes: &[Mode], who: &[Who]) {
    for &who in who {
        let mut bare = None;
        for starter in STARTERS {
            let scene = scene();
            let plain = start(&scene, who, starter, &[]);
            let expected = with_default_sigchld(inherited(plain.pid()));
            drop(plain);
            assert_ne!(bare.as_ref(), Some(&expected), "{starter} sets nothing");
            bare.get_or_insert_with(|| expected.clone());
            for Mode(options, between) in modes {
                let running = start(&scene, who, starter, &tool(who, options));
                let program = program(running.pid(), *between);
                let seen = inherited(program);
                assert_eq!(differences(&seen, &expected), [] as [&str; 0], "{who:?} {starter} {options}");
                assert_eq!(group_and_session(program), group_and_session(running.pid()), "{options}");
                let dir = std::fs::read_link(format!("/proc/{program}/cwd")).unwrap();
                assert!(dir == scene.dir() || options.contains("root"), "{options}: {}", dir.display());
                drop(running);
                for mount in scene.mounts() {
                    nix::mount::umount(&mount).unwrap();
                }
            }
        }
    }
}

fn can_start(test: &str) -> bool {
    let programs = ["busybox", "setarch", "chrt", "setsid", "setpriv"];
    need(test, &programs.map(Need::Program))
}

#[test]
fn a_program_inherits_what_its_starter_set() {
    let test = "a_program_inherits_what_its_starter_set";
    if can_start(test) {
        same_with_and_without(MODES, &Who::each(test));
    }
}

#[test]
fn so_it_does_with_helpers_and_pins() {
    let test = "so_it_does_with_helpers_and_pins";
    if can_start(test) && need(test, &[Need::Root]) {
        same_with_and_without(ROOTS, &[Who::Root]);
    }
}

#[test]
fn so_it_does_in_a_root_of_its_own() {
    let test = "so_it_does_in_a_root_of_its_own";
    if can_start(test) {
        same_with_and_without(OWN_ROOTS, &Who::each(test));
    }
}

/// The descriptor that serves the tool is closed; its neighbours stay.
#[test]
fn the_tools_own_descriptors_are_not_inherited() {
    for who in Who::each("the_tools_own_descriptors_are_not_inherited") {
        for (options, between) in
            [("", 0), ("-f -p", 1), ("--init --pid-file pid", 2), ("--map-user 0 -m -f", 1)]
        {
            let scene = scene();
            let plain = inherited(start(&scene, who, "exec 3</etc/passwd 5>&- 6>&- 8<pin; exec", &[]).pid());
            let serving = "exec 3</etc/passwd 5>out 6</dev/null 8<pin; exec";
            let words = tool(who, &format!("{options} --info-fd 5 --wait-fd 6"));
            let running = start(&scene, who, serving, &words);
            assert_eq!(inherited(program(running.pid(), between)), plain, "{who:?} {options}");
        }
    }
}

/// Without a fork the tool becomes the program.
#[test]
fn without_a_fork_it_is_the_same_process() {
    let test = "without_a_fork_it_is_the_same_process";
    for who in Who::each(test) {
        for Mode(options, between) in MODES.iter().filter(|mode| mode.1 == 0) {
            let scene = scene();
            let running = start(&scene, who, "exec", &tool(who, options));
            let name = std::fs::read_to_string(format!("/proc/{}/comm", running.pid())).unwrap();
            assert_eq!((name.trim_end(), *between), ("busybox", 0), "{options}");
            assert_eq!(scene.processes(), [running.pid()], "{options}");
        }
    }
}

/// The program belongs to the terminal's session and to its foreground group, whether it is a child or not.
#[test]
fn the_terminal_is_the_callers() {
    for who in Who::each("the_terminal_is_the_callers") {
        for Mode(options, between) in MODES {
            let scene = scene();
            let mut cmd = scene.cmd(bin("xunshare")).args(&tool(who, options)[1..]).args(PROGRAM);
            if who == Who::Ordinary {
                cmd = cmd.ordinary();
            }
            let mut terminal = Terminal::start(cmd.std());
            terminal.expect("up");
            let (leader, program) = (terminal.pid(), program(terminal.pid(), *between));
            assert_eq!(group_and_session(program), (leader, leader), "{who:?} {options}");
            assert_eq!(inherited(program)["terminal"], inherited(leader)["terminal"], "{who:?} {options}");
            assert_eq!(foreground(program), i64::from(leader), "{who:?} {options}");
            terminal.line("");
            assert_eq!(terminal.end().0, Some(0), "{who:?} {options}");
        }
    }
}

/// The foreground process group of a process's terminal.
fn foreground(pid: u32) -> i64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit_once(") ").unwrap().1.split(' ').nth(5).unwrap().parse().unwrap()
}

/// Byte for byte, also what no shell would hand on.
#[test]
fn the_environment_is_handed_on_byte_by_byte() {
    const ODD: [&[u8]; 10] = [
        b"A=1",
        b"A=2",
        b"",
        b"NOTHING",
        b"=x",
        b"=",
        b"EMPTY=",
        b"BYTES=\xff\xfe\x80 =\n",
        b"A=3",
        b"XNS_HINTS=never",
    ];
    for who in Who::each("the_environment_is_handed_on_byte_by_byte") {
        for Mode(options, between) in MODES {
            let scene = scene();
            let (running, given) = with_environment(&scene, who, options, &ODD);
            let seen = std::fs::read(format!("/proc/{}/environ", program(running.pid(), *between))).unwrap();
            assert_eq!(
                seen.escape_ascii().to_string(),
                given.escape_ascii().to_string(),
                "{who:?} {options}"
            );
        }
        // Of several the first one counts, as for getenv(3).
        let scene = scene();
        let (running, _) = with_environment(&scene, who, "--whitelist-env=A,EMPTY,NOTHING,BYTES", &ODD);
        let seen = std::fs::read(format!("/proc/{}/environ", running.pid())).unwrap();
        assert_eq!(
            seen.escape_ascii().to_string(),
            b"A=1\0EMPTY=\0BYTES=\xff\xfe\x80 =\n\0".escape_ascii().to_string()
        );
        let (running, _) = with_environment(&scene, who, "--clear-env", &ODD);
        assert_eq!(std::fs::read(format!("/proc/{}/environ", running.pid())).unwrap(), b"");
    }
}

/// Starts the tool with just these entries, and the scene's mark; answers what `environ` has to show.
fn with_environment(scene: &Scene, who: Who, options: &str, entries: &[&[u8]]) -> (Running, Vec<u8>) {
    let words: Vec<_> = tool(who, options).into_iter().chain(PROGRAM.map(str::to_owned)).collect();
    let words: Vec<CString> = words.into_iter().map(|word| CString::new(word).unwrap()).collect();
    let mut cmd = scene.cmd("/bin/true");
    if who == Who::Ordinary {
        cmd = cmd.ordinary();
    }
    let mark = cmd.std().get_envs().find(|(name, _)| *name == "XNS_TEST_SCENE").unwrap().1.unwrap();
    let mark = format!("XNS_TEST_SCENE={}", mark.to_str().unwrap());
    let entries = entries.iter().copied().chain([mark.as_bytes()]);
    let entries: Vec<CString> = entries.map(|entry| CString::new(entry).unwrap()).collect();
    let given = entries.iter().flat_map(|entry| entry.as_bytes_with_nul()).copied().collect();
    // SAFETY: one system call, with what was made before the fork; the arrays of pointers are the only allocation, and no
    // other thread of the child can hold the allocator's lock for ever: glibc resets it after a fork.
    unsafe {
        cmd.std().pre_exec(move || {
            let Err(error) = nix::unistd::execve(&words[0], &words, &entries);
            Err(error.into())
        });
    }
    let mut running = cmd.start();
    assert_eq!(running.line(), "up", "{options}");
    (running, given)
}

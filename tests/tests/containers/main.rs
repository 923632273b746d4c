//! `xnsenter` in containers that somebody else has made: crun, whose containers are those of docker and podman.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod container;

use container::HOST_NAME;
use container::{Container, EVERY, KINDS, MAPPED, NEEDS, ROOT_OUTSIDE, Spec, WHOLE};
use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt;
use xns_tests::{Cmd, Done, Need, bin, children, need, ns};

/// A way in. In its words `{pid}` is the container's first process, and `{id}` the container's name.
struct Way {
    words: &'static str,
    /// The kinds that are entered; all others stay the caller's.
    enters: &'static [&'static str],
    /// The containers that it leads into.
    into: &'static [Spec],
}

const WAYS: &[Way] = &[
    Way { words: "-t {pid} -a", enters: &KINDS, into: EVERY },
    Way { words: "-a -r -w -t {pid}", enters: &KINDS, into: EVERY },
    Way { words: "-t {pid} -m", enters: &["mnt"], into: EVERY },
    Way { words: "-t {pid} -n", enters: &["net"], into: EVERY },
    Way { words: "-t {pid} -p", enters: &["pid"], into: EVERY },
    Way { words: "-t {pid} -C", enters: &["cgroup"], into: EVERY },
    Way { words: "-t {pid} -m -p", enters: &["mnt", "pid"], into: EVERY },
    Way { words: "-t {pid} -u -i -n", enters: &["uts", "ipc", "net"], into: EVERY },
    Way { words: "--net=/proc/{pid}/ns/net", enters: &["net"], into: EVERY },
    Way { words: "-t {pid} -m -n/proc/self/ns/net", enters: &["mnt"], into: EVERY },
    // One's own user namespace cannot be entered.
    Way { words: "-t {pid} -U", enters: &["user"], into: &[MAPPED] },
    Way { words: "-t {pid} -U -u -n", enters: &["user", "uts", "net"], into: &[MAPPED] },
];

impl Way {
    fn words(&self, container: &Container) -> String {
        self.words.replace("{pid}", &container.pid.to_string()).replace("{id}", &container.id)
    }
}

/// Where a program is.
#[derive(Debug, PartialEq)]
struct Place {
    /// In the order of [`KINDS`].
    namespaces: Vec<String>,
    root: (u64, u64),
    directory: (u64, u64),
    /// As the host numbers them: real, effective, saved, file system.
    uids: String,
    gids: String,
    groups: String,
}

impl Place {
    /// Of a process, seen from the host: what it sees itself depends on the `/proc` that it has.
    fn of(pid: u32) -> Self {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        Place {
            namespaces: KINDS.iter().map(|kind| ns(pid, kind)).collect(),
            root: file(format!("/proc/{pid}/root/.")),
            directory: file(format!("/proc/{pid}/cwd/.")),
            uids: field("Uid:"),
            gids: field("Gid:"),
            groups: field("Groups:"),
        }
    }

    /// Where this way leads.
    fn at_the_end_of(way: &Way, container: &Container) -> Self {
        let own = Place::of(std::process::id());
        let enters = |kind: &str| way.enters.contains(&kind);
        let (root, directory) = if enters("mnt") {
            (file(container.root()), file(container.root()))
        } else {
            (own.root, file(container.scene.dir()))
        };
        let becomes_root = enters("user") && container.spec.has("user");
        let four = [ROOT_OUTSIDE.to_string().as_str(); 4].join(" ");
        Place {
            namespaces: KINDS
                .iter()
                .map(|kind| ns(if enters(kind) { container.pid } else { std::process::id() }, kind))
                .collect(),
            root,
            directory,
            uids: if becomes_root { four.clone() } else { own.uids },
            gids: if becomes_root { four } else { own.gids },
            groups: if becomes_root { String::new() } else { own.groups },
        }
    }
}

/// Which file a path leads to.
fn file(path: impl AsRef<std::path::Path>) -> (u64, u64) {
    let meta = std::fs::metadata(path).unwrap();
    (meta.dev(), meta.ino())
}

/// Where a program is that a tool has started in a container, and its descriptors.
fn look(container: &Container, tool: impl AsRef<OsStr>, words: &str) -> (Place, Vec<String>) {
    let program = ["sh", "-c", "echo there; read line || exit 7"];
    let mut running = tool_in(container, tool).words(words).args(program).start();
    assert_eq!(running.line(), "there", "{words}");
    // The tool waits for it, or has become it.
    let pid = children(running.pid()).first().copied().unwrap_or(running.pid());
    let seen = (Place::of(pid), descriptors(pid));
    assert_eq!(running.end().status, Some(7), "{words}: its status is the program's");
    seen
}

/// What is open in a process.
fn descriptors(pid: u32) -> Vec<String> {
    let entries = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let mut numbers: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    numbers.sort();
    numbers
}

fn tool_in(container: &Container, tool: impl AsRef<OsStr>) -> Cmd {
    container.scene.cmd(tool).env("PATH", "/usr/bin:/bin")
}

/// A script in a container, all of whose namespaces are entered by ours.
fn inside(container: &Container, options: &str, script: &str) -> Done {
    let words = format!("-t {} -a {options}", container.pid);
    tool_in(container, bin("xnsenter")).words(&words).args(["sh", "-c", script]).run()
}

/// Every way into every container.
fn each_way(check: impl Fn(&Container, &Way)) {
    for spec in EVERY {
        let container = Container::start(spec);
        for way in WAYS.iter().filter(|way| way.into.contains(spec)) {
            check(&container, way);
        }
        container.end();
    }
}

#[test]
fn each_way_leads_where_it_says() {
    if !need("each_way_leads_where_it_says", &NEEDS) {
        return;
    }
    each_way(|container, way| {
        let words = way.words(container);
        let (place, open) = look(container, bin("xnsenter"), &words);
        assert_eq!(place, Place::at_the_end_of(way, container), "{}: {words}", container.spec.name);
        // What the test itself hands down is there without the tool, too.
        let (_, given) = look(container, "env", "");
        assert_eq!(open, given, "{}: {words}", container.spec.name);
    });
}

#[test]
fn the_original_leads_to_the_same() {
    if !need("the_original_leads_to_the_same", &[&NEEDS[..], &[Need::Original("nsenter")]].concat()) {
        return;
    }
    each_way(|container, way| {
        let words = way.words(container);
        let (ours, _) = look(container, bin("xnsenter"), &words);
        let (theirs, _) = look(container, "nsenter", &words);
        assert_eq!(ours, theirs, "{}: {words}", container.spec.name);
    });
}

/// As the program itself sees it.
#[test]
fn the_program_sees_the_container() {
    if !need("the_program_sees_the_container", &NEEDS) {
        return;
    }
    for spec in EVERY {
        let container = Container::start(spec);
        let show = "for kind in mnt uts ipc net pid user cgroup; do readlink /proc/self/ns/$kind; done";
        let namespaces: Vec<_> = KINDS.iter().map(|kind| ns(container.pid, kind)).collect();
        assert_eq!(inside(&container, "", show).out(), namespaces.join("\n"), "{}", spec.name);
        for kind in KINDS {
            let host = ns(std::process::id(), kind);
            assert_eq!(ns(container.pid, kind) != host, spec.has(kind), "{kind} of {}", spec.name);
        }
        let done = inside(&container, "", "echo /*; pwd; cat /proc/1/cmdline");
        let first = container.first().map(|word| format!("{word}\0"));
        assert_eq!(done.out(), format!("/bin /dev /proc /tmp\n/\n{}", first.concat()), "{}", spec.name);
        if spec.has("uts") {
            assert_eq!(inside(&container, "", "hostname").out(), HOST_NAME, "{}", spec.name);
        }
        container.end();
    }
}

/// The program is looked up in there, and what the host has is not.
#[test]
fn the_program_is_one_of_the_container() {
    if !need("the_program_is_one_of_the_container", &NEEDS) {
        return;
    }
    let container = Container::start(&WHOLE);
    let [host, guest] = [bin("xnsenter").display().to_string(), "/bin/busybox".to_owned()];
    let run = |program: &str| {
        let words = format!("-t {} -a {program} true", container.pid);
        tool_in(&container, bin("xnsenter")).words(&words).run()
    };
    assert!(run(&guest).ok(), "{:?}", run(&guest));
    run(&host).fails(127, &format!("xnsenter: failed to execute {host}: No such file or directory"));
    container.end();
}

/// Its ids are those inside, and what it makes belongs to whom they mean outside.
#[test]
fn root_of_a_mapped_container_is_root_inside_only() {
    if !need("root_of_a_mapped_container_is_root_inside_only", &NEEDS) {
        return;
    }
    let container = Container::start(&MAPPED);
    let made = |name: &str| {
        let meta = std::fs::metadata(container.root().join("tmp").join(name)).unwrap();
        (meta.uid(), meta.gid())
    };
    let done = inside(&container, "", "id -u; id -g; stat -c %u:%g /bin/busybox; : > /tmp/by-root");
    assert_eq!(done.out(), "0\n0\n0:0");
    assert_eq!(made("by-root"), (ROOT_OUTSIDE, ROOT_OUTSIDE));
    std::fs::set_permissions(
        container.root().join("tmp"),
        std::os::unix::fs::PermissionsExt::from_mode(0o777),
    )
    .unwrap();
    let done = inside(&container, "-S 7 -G 8", "id -u; id -g; : > /tmp/by-seven");
    assert_eq!(done.out(), "7\n8");
    assert_eq!(made("by-seven"), (ROOT_OUTSIDE + 7, ROOT_OUTSIDE + 8));
    // A file of the host's root is nobody's.
    std::fs::write(container.root().join("tmp/hosts"), "").unwrap();
    assert_eq!(inside(&container, "", "stat -c %u /tmp/hosts").out(), "65534");
    container.end();
}

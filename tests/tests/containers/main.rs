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

/// A container's id where its state is found: crun's directory for root, which only the tool sees so. Other containers' states
/// on this machine are hidden from it, and untouched.
fn by_id(containers: &[&Container], words: &str) -> Cmd {
    let states = containers.iter().map(|container| {
        let (state, id) = (container.scene.path("state").join(&container.id), &container.id);
        format!("mkdir /run/crun/{id}; mount --bind {} /run/crun/{id}", state.display())
    });
    let states: Vec<_> = states.collect();
    let script = format!(
        "mount -t tmpfs none /run; mkdir /run/crun; {}; exec \"$E\" {words} \"$@\"",
        states.join("; ")
    );
    containers[0].scene.private_sh(&script).env("E", bin("xnsenter")).env("PATH", "/usr/bin:/bin")
}

/// By the whole id, and by the beginning of it.
#[test]
fn a_container_by_its_id() {
    if !need("a_container_by_its_id", &NEEDS) {
        return;
    }
    for spec in EVERY {
        let container = Container::start(spec);
        let whole = container.id.clone();
        let short = &whole[..whole.len() - 3];
        for words in [
            format!("-t container:{whole} -a"),
            format!("-a -t container:{short} -r -w"),
            format!("--target=container:{short} -a"),
        ] {
            let mut running =
                by_id(&[&container], &words).args(["sh", "-c", "echo there; read line"]).start();
            assert_eq!(running.line(), "there", "{words}");
            let pid = children(running.pid()).first().copied().unwrap_or(running.pid());
            for kind in KINDS {
                assert_eq!(ns(pid, kind), ns(container.pid, kind), "{} {words} {kind}", spec.name);
            }
        }
        let done = by_id(&[&container], &format!("-t container:{short} -u -n"))
            .args(["readlink", "/proc/self/ns/net"])
            .run();
        assert_eq!(done.out(), ns(container.pid, "net"));
        container.end();
    }
}

/// Which container is meant has to be clear, and it has to run.
#[test]
fn ids_that_name_no_running_container() {
    if !need("ids_that_name_no_running_container", &NEEDS) {
        return;
    }
    let (one, other) = (Container::start(&WHOLE), Container::start(&WHOLE));
    let refused = |cmd: Cmd, first: &str, id: &str| {
        let done = cmd.args(["echo", "ran"]).run();
        done.fails(1, &format!("xnsenter: {first}"));
        assert!(done.stderr.contains(&format!("\n  hint[{id}]: ")), "{done:?}");
        assert_eq!(done.stdout, "");
    };
    let begin = "xns-test-";
    assert!(one.id.starts_with(begin) && other.id.starts_with(begin));
    let mut names = [one.id.clone(), other.id.clone()];
    names.sort();
    let first = format!("container '{begin}' may be any of: {}", names.join(" "));
    refused(
        by_id(&[&one, &other], &format!("--hints=always -t container:{begin} -a")),
        &first,
        "XNS-E33-ambiguous",
    );
    refused(
        by_id(&[&one], "--hints=always -t container:none -a"),
        "no container 'none'",
        "XNS-E33-no-container",
    );
    // Its state outlives it: what it names has ended, and may be another process by now.
    let id = one.id.clone();
    let kept = other.scene.subdir("kept");
    std::fs::copy(one.scene.path("state").join(&id).join("status"), kept.join("status")).unwrap();
    one.end();
    let script = format!(
        "mount -t tmpfs none /run; mkdir -p /run/crun/{id}; cp kept/status /run/crun/{id}; \
         exec \"$E\" --hints=always -t container:{id} -a \"$@\""
    );
    let stopped = || other.scene.private_sh(&script).env("E", bin("xnsenter"));
    refused(stopped(), &format!("container '{id}' is not running"), "XNS-E33-stopped");
    // The number is one that runs, but was started at another time.
    let state = std::fs::read_to_string(kept.join("status")).unwrap();
    let mut state: serde_json::Value = serde_json::from_str(&state).unwrap();
    state["pid"] = other.pid.into();
    std::fs::write(kept.join("status"), state.to_string()).unwrap();
    refused(stopped(), &format!("container '{id}' is not running"), "XNS-E33-stopped");
    other.end();
}

//! Graphviz draws what `xlsns --graph=dot` writes.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use xns_core::NsKind::{self, Cgroup, Ipc, Mnt, Net, Pid, Time, User, Uts};
use xns_lsns::graph::{Graph, VethLink, build};
use xns_lsns::model::Member;
use xns_lsns::process::Process;
use xns_lsns::{Found, Namespace, Pin, Relation};
use xns_tests::{Need, need};

/// A machine, made by hand.
#[derive(Default)]
struct Machine {
    found: BTreeMap<u64, Namespace>,
    members: Vec<Member>,
    commands: BTreeMap<u32, String>,
    links: Vec<VethLink>,
}

impl Machine {
    fn space(&mut self, kind: NsKind, number: u64, owner: u64, parent: Option<u64>) -> u64 {
        let ino = ino(number);
        let relation =
            |number: u64| if number == 0 { Relation::Hidden } else { Relation::Of(self::ino(number)) };
        let namespace = Namespace {
            kind,
            ino,
            processes: 0,
            pid: None,
            parent: parent.map_or(Relation::None, relation),
            owner: relation(owner),
            owner_uid: None,
            only_above: false,
            mounts: Vec::new(),
            pins: Vec::new(),
        };
        self.found.insert(ino, namespace);
        ino
    }

    /// A process in these namespaces, and for the other kinds in those of `like`.
    fn process(&mut self, pid: u32, command: &str, like: Option<u32>, own: &[u64]) {
        let like = self.members.iter().find(|member| Some(member.pid) == like);
        let mut namespaces = like.map_or([0; 8], |member| member.namespaces);
        for number in own {
            let ino = ino(*number);
            namespaces[self.found[&ino].kind as usize] = ino;
        }
        for ino in namespaces {
            let namespace = self.found.get_mut(&ino).unwrap();
            namespace.processes += 1;
            namespace.pid = namespace.pid.or(Some(pid));
        }
        self.members.push(Member { pid, namespaces });
        self.commands.insert(pid, command.to_owned());
    }

    fn veth(&mut self, from: u64, name: &str, to: u64, peer: &str) {
        let (from_ns, to_ns) = (ino(from), ino(to));
        self.links.push(VethLink { from_ns, name: name.into(), to_ns, peer_name: peer.into() });
    }

    fn picture(self) -> Graph {
        let found = Found {
            namespaces: self.found.into_values().collect(),
            members: self.members,
            ..Found::default()
        };
        build(&found, &self.links, xlsns::graph::MOST_GROUPS, |pid| {
            let command = self.commands.get(&pid)?.clone().into_bytes();
            // The threads of the kernel are the children of 2, which has no parent.
            let ppid = if [3, 14, 15].contains(&pid) { 2 } else { u32::from(pid > 2) };
            Some(Process { pid, ppid, uid: 0, command })
        })
    }
}

fn ino(number: u64) -> u64 {
    4_026_531_800 + number
}

/// Two containers, a service with a mount table of its own, another user's container with a PID namespace in its PID namespace, and
/// RED and BLUE of the notes.
fn machine() -> Machine {
    let mut machine = Machine::default();
    machine.space(User, 1, 0, Some(0));
    for (number, kind) in [(2, Mnt), (3, Uts), (4, Ipc), (5, Net), (6, Pid), (7, Cgroup), (8, Time)] {
        machine.space(kind, number, 1, None);
    }
    machine.process(1, "/sbin/init", None, &[1, 2, 3, 4, 5, 6, 7, 8]);
    for (pid, name) in [
        (2, "kthreadd"),
        (3, "rcu_gp"),
        (14, "ksoftirqd/0"),
        (15, "migration/0"),
        (300, "/usr/lib/systemd/systemd-journald"),
    ] {
        machine.process(pid, name, Some(1), &[]);
    }
    machine.space(Mnt, 310, 1, None);
    machine.process(310, "/usr/lib/systemd/systemd-udevd", Some(1), &[310]);
    for pid in 400..412 {
        machine.process(pid, "-bash", Some(1), &[]);
    }
    for (first, command, worker) in [
        (4711, "nginx: master process nginx -g daemon off;", "nginx: worker process"),
        (4800, "postgres -D /data", "postgres: checkpointer"),
    ] {
        let start = u64::from(first);
        for (number, kind) in (start..).zip([Mnt, Uts, Ipc, Net, Pid, Cgroup]) {
            machine.space(kind, number, 1, (kind == Pid).then_some(6));
        }
        let own: Vec<_> = (start..start + 6).collect();
        machine.process(first, command, Some(1), &own);
        for worker_pid in 1..4 {
            machine.process(first + worker_pid, worker, Some(first), &[]);
        }
        machine.veth(5, &format!("veth{first}"), start + 3, "eth0");
    }
    machine.space(User, 900, 1, Some(1));
    for (number, kind) in (901..).zip([Mnt, Uts, Net, Pid]) {
        machine.space(kind, number, 900, (kind == Pid).then_some(6));
    }
    machine.process(5000, "catatonit -P", Some(1), &[900, 901, 902, 903, 904]);
    machine.space(Pid, 920, 900, Some(904));
    machine.process(5100, "sh -c 'echo \"a\\b\" <&0; sleep 1000'", Some(5000), &[920]);
    for (number, name) in [(950, "RED"), (951, "BLUE")] {
        let ino = machine.space(Net, number, 1, None);
        let point = std::path::PathBuf::from(format!("/run/netns/{name}"));
        let namespace = machine.found.get_mut(&ino).unwrap();
        namespace.mounts.push(point.clone());
        namespace.pins.push(Pin::Mount(point));
    }
    machine.veth(950, "veth0", 951, "veth1");
    machine.space(User, 970, 1, Some(1));
    let uts = machine.space(Uts, 971, 970, None);
    machine.found.get_mut(&uts).unwrap().pins.push(Pin::Descriptor { pid: 5000, fd: 7 });
    machine
}

/// Runs `dot`, and answers what it wrote; a word of complaint is a failure.
fn draw(form: &str, dot: &str) -> Vec<u8> {
    let mut command = Command::new("dot");
    command.arg(form).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let dot = dot.to_owned();
    let writer = std::thread::spawn(move || input.write_all(dot.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

#[test]
fn graphviz_draws_thirty_namespaces() {
    if !need("graphviz_draws_thirty_namespaces", &[Need::Program("dot")]) {
        return;
    }
    let machine = machine();
    let numbers: Vec<_> = machine.found.keys().copied().collect();
    assert!(numbers.len() >= 30, "{}", numbers.len());
    let links = machine.links.len();
    let graph = machine.picture();
    let dot = xlsns::graph::dot(&graph);
    let (pid_namespaces_in_others, shares_the_rest) = (4, 1);
    let svg = String::from_utf8(draw("-Tsvg", &dot)).unwrap();
    for number in numbers {
        assert!(svg.contains(&number.to_string()), "{number} is missing");
    }
    assert_eq!(svg.matches("class=\"edge\"").count(), links + pid_namespaces_in_others + shares_the_rest);
    assert!(svg.contains("a\\b&quot; &lt;&amp;0") || svg.contains("a\\b\" &lt;&amp;0"), "{svg}");
    // The picture stays, to be looked at.
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(kept.join("namespaces.dot"), &dot).unwrap();
    std::fs::write(kept.join("namespaces.mmd"), xlsns::graph::mermaid(&graph)).unwrap();
    std::fs::write(kept.join("namespaces.txt"), xlsns::graph::text(&graph, xns_cli::table::Charset::Utf8))
        .unwrap();
    std::fs::write(kept.join("namespaces.png"), draw("-Tpng", &dot)).unwrap();
}

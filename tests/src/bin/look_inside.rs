//! `look-inside FACT PID|FILE [PID]`: what the domain crates tell of a process, or of a namespace held by a file, one fact a line. A
//! binary with our entry: only that has the token by which a child can be made.
#![no_main]
#![allow(clippy::unwrap_used, reason = "a test's helper fails with the reason")]

use std::ffi::OsStr;
use std::fmt::Display;
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd};
use xns_cgroup::device::{weight_scheduler, whole_disk};
use xns_cli::Start;
use xns_core::{Facts, SingleThreaded};
use xns_ipc::Ipc;
use xns_mnt::{Difference, Peers};
use xns_net::{Glimpse, Interface, Network};
use xns_time::Offsets;
use xns_user::{CapabilitySet, Maps, Rights, map_words};

xns_cli::main!(look);

fn look(start: Start) -> u8 {
    let words: Vec<_> = start.args.iter().map(|word| word.to_str().unwrap()).collect();
    let (fact, subject) = (words[1], words[2]);
    let asked = Subject { single: start.single, name: subject };
    let text = match fact {
        "uts" => asked.uts(),
        "ipc" => asked.ipc(),
        "net" => asked.net(),
        "glimpse" => format!("{:?}", Glimpse::of(asked.process().as_fd())),
        "nsid" => asked.nsid(words[3]),
        "pid" => asked.pid(),
        "init" => format!("{:?}", xns_pid::init_of(asked.namespace("pid").as_fd())),
        "user" => said(Maps::of(asked.process().as_fd()), maps),
        "user-inside" => said(Maps::inside(asked.single, asked.namespace("user").as_fd()), maps),
        "rights" => asked.rights(),
        "time" => format!("{:?}", Offsets::of_process(asked.process().as_fd())),
        "time-unshared" => {
            const CLONE_NEWTIME: i32 = 0x80;
            nix::sched::unshare(nix::sched::CloneFlags::from_bits_retain(CLONE_NEWTIME)).unwrap();
            format!("{:?}", Offsets::of_process(asked.process().as_fd()))
        }
        "time-inside" => said(Offsets::inside(asked.single, asked.namespace("time").as_fd()), |found| {
            format!("{} {}", found.monotonic, found.boottime)
        }),
        "mnt" => asked.mnt(),
        "cgroup" => asked.cgroup(),
        "disk" => disk(start.single, subject),
        other => format!("no such fact: {other}"),
    };
    let children = std::fs::read_to_string("/proc/thread-self/children").unwrap_or_default();
    assert_eq!(children, "", "no child is left, not even a zombie");
    u8::from(xns_cli::print(&format!("{text}\n")).is_err())
}

/// The whole disk, its name, whether a weight counts there, and what is said of it.
fn disk(single: SingleThreaded, text: &str) -> String {
    let facts = Facts::live(single, Vec::new());
    said(whole_disk(OsStr::new(text), &facts), |disk| {
        let weighed = weight_scheduler(&disk, &facts);
        format!(
            "{disk} {}\n{:?} {:?}\n{}",
            disk.name,
            weighed.scheduler,
            weighed.weighed,
            disk.note.as_deref().unwrap_or_default()
        )
    })
}

/// Whom a fact is about.
struct Subject<'a> {
    single: SingleThreaded,
    name: &'a str,
}

fn said<T, E: Display>(answer: Result<T, E>, words: impl FnOnce(T) -> String) -> String {
    answer.map_or_else(|error| format!("error: {error}"), words)
}

impl Subject<'_> {
    fn is_process(&self) -> bool {
        self.name.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn process(&self) -> File {
        File::open(format!("/proc/{}", self.name)).unwrap()
    }

    fn namespace(&self, kind: &str) -> File {
        let process = format!("/proc/{}/ns/{kind}", self.name);
        File::open(if self.is_process() { &process } else { self.name }).unwrap()
    }

    fn uts(&self) -> String {
        let names = xns_uts::UtsNames::inside(self.single, self.namespace("uts").as_fd());
        said(names, |names| format!("{:?} {:?}", names.host, names.domain))
    }

    fn ipc(&self) -> String {
        said(Ipc::inside(self.single, self.namespace("ipc").as_fd()), |found| {
            let mut lines = vec![format!("{:?}", found.sysv_ids)];
            match found.sysv {
                Err(errno) => lines.push(format!("System V: {errno}")),
                Ok(sysv) => {
                    lines.extend(sysv.segments.iter().map(|it| format!("{it:?}")));
                    lines.extend(sysv.semaphores.iter().map(|it| format!("{it:?}")));
                    lines.extend(sysv.queues.iter().map(|it| format!("{it:?}")));
                }
            }
            match found.posix {
                Err(errno) => lines.push(format!("POSIX: {errno}")),
                Ok(queues) => lines.extend(queues.iter().map(|queue| format!("{queue:?}"))),
            }
            lines.join("\n")
        })
    }

    fn net(&self) -> String {
        let network = Network::inside(self.single, self.namespace("net").as_fd());
        said(network.and_then(|network| network.interfaces()), |found| {
            found.iter().map(interface).collect::<Vec<_>>().join("\n")
        })
    }

    /// The number that the subject's network namespace has for another process's, by its file and by its PID; and ours for that.
    fn nsid(&self, other: &str) -> String {
        let theirs = File::open(format!("/proc/{other}/ns/net")).unwrap();
        let network = Network::inside(self.single, self.namespace("net").as_fd()).unwrap();
        let own = Network::own().unwrap();
        let by_pid = network.id_of_process(other.parse().unwrap());
        format!("{:?} {:?} {:?}", network.id_of(theirs.as_fd()), by_pid, own.id_of(theirs.as_fd()))
    }

    fn pid(&self) -> String {
        said(xns_pid::Levels::of(self.process().as_fd()), |levels| levels.to_string())
    }

    fn rights(&self) -> String {
        let all = CapabilitySet::of_kernel();
        said(Rights::of(self.process().as_fd()), |rights| {
            let sets = [rights.inheritable, rights.permitted, rights.effective, rights.bounding];
            let sets: Vec<_> = sets.iter().map(|set| set.words(all)).collect();
            format!("{}\n{:?} {:?}", sets.join("; "), rights.seccomp, rights.no_new_privileges)
        })
    }

    fn mnt(&self) -> String {
        let process = self.process();
        let (ours, theirs) =
            (xns_core::mountinfo::read().unwrap(), xns_mnt::mounts_of(process.as_fd()).unwrap());
        let found = Difference::between(&ours, &theirs);
        let point = |mount: &xns_core::mountinfo::Mounted| mount.point.display().to_string();
        let mut lines =
            vec![said(xns_mnt::root_of(process.as_fd()), |root| format!("root {}", root.display()))];
        lines.extend(found.added.iter().map(|mount| format!("added {}", point(mount))));
        lines.extend(found.gone.iter().map(|mount| format!("gone {}", point(mount))));
        lines.extend(found.changed.iter().map(|pair| {
            let (flags, peers) = (pair.in_flags(), Peers::of(pair.theirs));
            format!("changed {} flags {flags} {peers}", point(pair.theirs))
        }));
        lines.join("\n")
    }

    fn cgroup(&self) -> String {
        let process = self.is_process().then(|| self.process());
        let process: Option<BorrowedFd<'_>> = process.as_ref().map(AsFd::as_fd);
        said(xns_cgroup::roots(self.single, self.namespace("cgroup").as_fd(), process), |roots| {
            let shown = |path: &std::path::PathBuf| path.display().to_string();
            let line = |root: &xns_cgroup::NamespaceRoot| {
                format!("{} {}", root.hierarchy, root.path.as_ref().map_or("unknown".to_owned(), shown))
            };
            roots.iter().map(line).collect::<Vec<_>>().join("\n")
        })
    }
}

fn maps(found: Maps) -> String {
    let setgroups = found.setgroups.map_or("unknown".to_owned(), |value| value.to_string());
    format!("{}\n{}\n{setgroups}", map_words(&found.uids), map_words(&found.gids))
}

/// `INDEX NAME STATE MTU MAC KIND LINK ADDRESSES`
fn interface(found: &Interface) -> String {
    let link = found.link.map_or("-".to_owned(), |link| match link.namespace {
        Some(namespace) => format!("{}@{namespace}", link.index),
        None => link.index.to_string(),
    });
    let addresses: Vec<_> = found.addresses.iter().map(ToString::to_string).collect();
    let name: &OsStr = &found.name;
    format!(
        "{} {} {} {} {} {} {link} {}",
        found.index,
        name.display(),
        found.state,
        found.mtu,
        found.mac(),
        found.kind.as_deref().unwrap_or("-"),
        addresses.join(",")
    )
}

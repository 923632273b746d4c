//! Watching for a long time takes no more memory than watching for a short one, with the binaries' allocator, which takes back
//! nothing of its first 128 KiB.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use xlsns::watch::{Time, follow, human, json};
use xns_cli::table::Charset;
use xns_core::{Errno, NsKind};
use xns_lsns::process::Process;
use xns_lsns::watch::Watch;
use xns_lsns::{Found, Namespace, Pin, Relation};

#[global_allocator]
static ARENA: xns_cli::Arena = xns_cli::Arena::new();

/// Resident pages of memory that is no file's (proc_pid_statm(5)).
fn pages() -> i64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let fields: Vec<i64> = text.split_whitespace().map(|field| field.parse().unwrap()).collect();
    fields[1] - fields[2]
}

/// In each round a quarter of the namespaces is another one.
fn found(round: u64) -> Found {
    let namespace = |place: u64| Namespace {
        kind: NsKind::ALL[place as usize % 8],
        ino: place * 100_000 + if place.is_multiple_of(4) { round } else { 0 },
        processes: 1,
        pid: (!place.is_multiple_of(3)).then_some(place as u32 + 1),
        parent: Relation::None,
        owner: Relation::Of(1),
        owner_uid: None,
        only_above: false,
        mounts: Vec::new(),
        pins: vec![Pin::Mount(format!("/run/netns/{place}-{round}").into())],
    };
    Found { namespaces: (0..200).map(namespace).collect(), ..Found::default() }
}

#[test]
fn a_thousand_rounds_take_no_more_memory_than_a_hundred() {
    const WARM: u64 = 100;
    const ROUNDS: u64 = 1_000;
    let describe = |namespace: &Namespace| {
        // Commands of very different lengths.
        let command = vec![b'x'; (namespace.ino % 509) as usize];
        Some(Process { pid: namespace.pid?, ppid: 1, uid: 0, command })
    };
    let user = |uid: u32| Some(format!("user{uid}"));
    let mut watch = Watch::new(&found(0), describe);
    let (mut round, mut written, mut warm) = (0, 0, 0);
    let pause = || {
        round += 1;
        if round == WARM {
            warm = pages();
        }
        round <= ROUNDS
    };
    let mut looks = 0;
    let look = || {
        looks += 1;
        Ok::<_, Errno>((Time::of(looks), watch.next(&found(looks), describe)))
    };
    let line = |time, event: &_| human(time, event, Charset::Utf8, Some(80), user) + &json(time, event, user);
    let write = |line: &str| {
        written += line.lines().count();
        Ok(())
    };
    follow(pause, look, line, write).unwrap();
    // Two lines for each of the fifty that go and the fifty that come.
    assert_eq!(written, ROUNDS as usize * 200);
    let grown = pages() - warm;
    assert!(grown <= 16, "{grown} pages more, from {warm}");
}

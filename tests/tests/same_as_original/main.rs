//! The same command lines on the installed `unshare` and on ours: same output, same complaints, same status.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod cases;

use xns_tests::Scene;
use xns_tests::side_by_side::{Case, Pair};

const UNSHARE: Pair = Pair { original: "unshare", ours: "xunshare", files, before: |_| PINS.to_owned() };

const PINS: &str = r#"
    mount --make-rshared /
    mount --make-private --bind pins pins
"#;

fn files(scene: &Scene) {
    for name in ["pins/a", "pins/b"] {
        scene.file(name, "");
    }
    let script = "printf 'echo from a script without a first line: $0 $1\\n' > work/plain; chmod +x work/plain; \
                  printf '#!/no/such/interpreter\\n' > work/orphan; chmod +x work/orphan; \
                  mkdir work/dir work/path; printf '#!/bin/sh\\necho found $0\\n' > work/path/tool; chmod +x work/path/tool; \
                  printf '#!/bin/sh\\necho here\\n' > work/tool; chmod +x work/tool; \
                  cp -r work/path work/refused; chmod -x work/refused/tool; \
                  printf '#!/bin/sh\\nps -o args= $$\\n' > work/shell; chmod +x work/shell";
    assert!(scene.sh(script).run().ok());
}

fn compare(test: &str, cases: &[Case]) {
    UNSHARE.compare(test, cases);
}

#[test]
fn wrong_command_lines() {
    compare("wrong_command_lines", cases::WRONG);
}

#[test]
fn numbers_and_maps() {
    compare("numbers_and_maps", cases::MAPS);
}

#[test]
fn mounts_and_directories() {
    compare("mounts_and_directories", cases::MOUNTS);
}

#[test]
fn statuses_and_signals() {
    compare("statuses_and_signals", cases::ENDS);
}

#[test]
fn programs_and_shells() {
    compare("programs_and_shells", cases::PROGRAMS);
}

#[test]
fn there_are_enough_cases() {
    let all = [cases::WRONG, cases::MAPS, cases::MOUNTS, cases::ENDS, cases::PROGRAMS];
    assert!(all.iter().map(|cases| cases.len()).sum::<usize>() >= 60);
}

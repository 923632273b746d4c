//! Paths with bytes that files of the kernel write in another way, or that are no UTF-8.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use xns_tests::{Need, Scene, need};

/// Blank, tab, line end, backslash, colon, and a byte that is no UTF-8.
const ODD: &[u8] = b"a b\tc\nd\\e:f\xff";

fn os(bytes: &[u8]) -> OsString {
    OsString::from_vec(bytes.to_vec())
}

/// `\` and `:` as the value of --bind has them.
fn escaped(path: &[u8]) -> Vec<u8> {
    let escape = |byte: &u8| if matches!(byte, b'\\' | b':') { vec![b'\\', *byte] } else { vec![*byte] };
    path.iter().flat_map(escape).collect()
}

/// Also on kernels that know read-only trees only mount by mount, each by its path.
#[test]
fn a_tree_with_odd_names_is_read_only_throughout() {
    let test = "a_tree_with_odd_names_is_read_only_throughout";
    if !need(test, &[Need::Root, Need::Program("busybox")]) {
        return;
    }
    const SCRIPT: &str = r#"
        mkdir "src/$ODD"
        mount -t tmpfs inner "src/$ODD"
        mkdir "src/$ODD/deep"
        mount -t tmpfs deeper "src/$ODD/deep"
        exec $WITHOUT "$X" --pivot-root root --bind-ro "src:/$ESCAPED/ro" /bin/sh -c '
            for d in "/$ODD/ro" "/$ODD/ro/$ODD" "/$ODD/ro/$ODD/deep"; do
                [ -d "$d" ] || echo missing
                (echo x > "$d/file") 2>&1
            done; true'"#;
    for missing in ["", "mount_setattr", "open_tree,move_mount,mount_setattr"] {
        let scene = Scene::new();
        scene.busybox_root("root");
        scene.subdir("src");
        let without = env!("CARGO_BIN_EXE_without");
        let without = if missing.is_empty() { String::new() } else { format!("{without} {missing}") };
        let run = scene.private_sh(SCRIPT).env("WITHOUT", without);
        let done = run.env("ODD", os(ODD)).env("ESCAPED", os(&escaped(ODD))).run();
        let text = done.out();
        assert_eq!(text.matches("Read-only file system").count(), 3, "{missing}: {done:?}");
        assert!(!text.contains("missing"), "{missing}: {done:?}");
    }
}

/// Somebody else's mount with an odd name is no reason to refuse.
#[test]
fn a_foreign_mount_with_an_odd_name_does_not_matter() {
    let test = "a_foreign_mount_with_an_odd_name_does_not_matter";
    if !need(test, &[Need::Root, Need::Program("busybox")]) {
        return;
    }
    let scene = Scene::new();
    scene.busybox_root("root");
    scene.subdir("src");
    let script = r#"mkdir "$ODD"; mount -t tmpfs foreign "$ODD"
        exec "$WITHOUT" mount_setattr "$X" --pivot-root root --bind-ro src:/src /bin/sh -c 'echo x > /src/file'"#;
    let run = scene.private_sh(script).env("WITHOUT", env!("CARGO_BIN_EXE_without")).env("ODD", os(ODD));
    let done = run.run();
    assert!(done.stderr.contains("Read-only file system"), "{done:?}");
}

#[test]
fn files_and_directories_may_be_odd() {
    if !need("files_and_directories_may_be_odd", &[Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    std::fs::create_dir(scene.dir().join(os(ODD))).unwrap();
    scene.hand_over();
    let mut pid_file = ODD.to_vec();
    pid_file.extend(b"/pid");
    let words = ["-r".into(), "-w".into(), os(ODD), "--pid-file".into(), os(&pid_file), "sh".into()];
    // The PID file is the caller's, whatever the program's directory is.
    let done = scene.xunshare().args(words).args(["-c", "cat pid; echo $$"]).ordinary().run();
    let lines: Vec<_> = done.out().lines().collect();
    assert!(lines.len() == 2 && lines[0] == lines[1], "{done:?}");
}

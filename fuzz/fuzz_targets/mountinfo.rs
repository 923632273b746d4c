//! `/proc/PID/mountinfo`, in which paths may be any bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::os::unix::ffi::OsStrExt;
use xns_core::mountinfo;

fuzz_target!(|bytes: &[u8]| {
    for mounted in mountinfo::parse(bytes).unwrap_or_default() {
        let _ = (mounted.has("ro"), mounted.fs_has("hidepid=2"));
    }
    // As the kernel writes it, with this for a path.
    if bytes.contains(&0) {
        return;
    }
    let escaped: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| match byte {
            b' ' | b'\t' | b'\n' | b'\\' => format!("\\{byte:03o}").into_bytes(),
            byte => vec![*byte],
        })
        .collect();
    let line =
        [b"36 35 98:0 net:[4026531840] /", &escaped[..], b" rw,nosuid master:1 - nsfs nsfs rw\n"].concat();
    let mounts = mountinfo::parse(&line).expect("a line of the kernel's");
    assert_eq!(mounts.len(), 1);
    assert_eq!(mounts[0].point.as_os_str().as_bytes(), [b"/", bytes].concat());
    assert!(mounts[0].has("nosuid") && mounts[0].fs_type == b"nsfs");
});

//! `/proc/PID/stat`, in which a process chooses its name.
#![no_main]

use libfuzzer_sys::fuzz_target;
use xns_core::{has_ended, start_time, stat_field};
use xns_lsns::process::name;

fuzz_target!(|stat: &[u8]| {
    for number in 0..60 {
        if let Some(field) = stat_field(stat, number) {
            assert!(!field.is_empty() && !field.contains([' ', '\n', ')']), "{field:?}");
        }
    }
    let _ = (start_time(stat), has_ended(stat));
    if let Some(name) = name(stat) {
        assert!(name.len() + 2 <= stat.len());
    }
    // As the kernel writes it, with this for a name.
    let whole = [b"7 (", stat, b") S 1 2 3"].concat();
    assert_eq!(name(&whole), Some(stat));
    assert_eq!(stat_field(&whole, 4), Some("1"));
});

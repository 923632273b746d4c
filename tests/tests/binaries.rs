//! What a binary has the kernel map (elf(5)).
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use xns_tests::bin;

const TOOLS: [&str; 7] = ["xunshare", "xnsenter", "xlsns", "xcgexec", "xcgroup", "xnetns", "xnscheck"];
const PT_LOAD: u64 = 1;
const PT_GNU_STACK: u64 = 0x6474_e551;
const PF_X: u64 = 1;
const PF_W: u64 = 2;

/// A number of so many bytes, the lowest first.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    bytes[at..at + length].iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Type and flags of each program header.
fn headers(file: &[u8]) -> Vec<(u64, u64)> {
    assert_eq!(&file[..6], b"\x7fELF\x02\x01", "64 bits, the lowest byte first");
    let place = |at, length| usize::try_from(number(file, at, length)).unwrap();
    let (first, size, count) = (place(32, 8), place(54, 2), place(56, 2));
    (0..count).map(|i| first + i * size).map(|at| (number(file, at, 4), number(file, at + 4, 4))).collect()
}

/// The linker's script moves parts of them about.
#[test]
fn no_memory_is_both_written_to_and_run() {
    for tool in TOOLS {
        let headers = headers(&std::fs::read(bin(tool)).unwrap());
        let mapped: Vec<_> =
            headers.iter().filter(|(kind, _)| [PT_LOAD, PT_GNU_STACK].contains(kind)).collect();
        assert!(mapped.iter().any(|(_, flags)| flags & PF_X != 0), "{tool}: {mapped:x?}");
        assert!(mapped.iter().any(|(kind, _)| *kind == PT_GNU_STACK), "{tool}: {mapped:x?}");
        let both = PF_W | PF_X;
        assert!(mapped.iter().all(|(_, flags)| flags & both != both), "{tool}: {mapped:x?}");
    }
}

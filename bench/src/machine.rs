//! Facts about the machine, for the reader of the figures.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::Error;

/// Whether the effective user is root.
pub(crate) fn is_root() -> Result<bool, Error> {
    Ok(fs::metadata("/proc/self").map_err(Error::file("/proc/self"))?.uid() == 0)
}

/// The last CPU that this process may use: the first is the one that interrupts tend to go to.
pub(crate) fn last_cpu() -> u64 {
    let list = field("/proc/self/status", "Cpus_allowed_list").unwrap_or_default();
    list.rsplit([',', '-']).next().and_then(|cpu| cpu.parse().ok()).unwrap_or(0)
}

pub(crate) fn kernel() -> String {
    first_line("/proc/sys/kernel/osrelease")
}

pub(crate) fn load() -> String {
    first_line("/proc/loadavg").split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// The model, how many, and whether a hypervisor says that it is there.
pub(crate) fn cpus() -> String {
    let info = "/proc/cpuinfo";
    let model = field(info, "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let text = fs::read_to_string(info).unwrap_or_default();
    let count = text.lines().filter(|line| line.starts_with("processor")).count();
    let flags = field(info, "flags").unwrap_or_default();
    let guest = if flags.split(' ').any(|flag| flag == "hypervisor") { ", virtual machine" } else { "" };
    format!("{count} x {model}{guest}")
}

/// The first line that a tool prints for `--version`.
pub(crate) fn version(tool: &Path) -> String {
    let output = Command::new(tool).arg("--version").stderr(Stdio::null()).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("version unknown").to_owned()
}

/// Whether the program loader maps an interpreter, the dynamic linker, and how large the file is.
pub(crate) fn linkage(tool: &Path) -> String {
    let Ok(bytes) = fs::read(tool) else { return "unreadable".to_owned() };
    let kind = match has_interpreter(&bytes) {
        Some(true) => "dynamic",
        Some(false) => "static",
        None => "not ELF64",
    };
    format!("{kind}, {} KiB", bytes.len() / 1024)
}

/// A program header of type PT_INTERP, in a 64-bit ELF file of this machine's byte order.
fn has_interpreter(elf: &[u8]) -> Option<bool> {
    const PT_INTERP: u32 = 3;
    if elf.get(..5)? != b"\x7fELF\x02" {
        return None;
    }
    let offset = usize::try_from(u64::from_ne_bytes(*elf.get(32..)?.first_chunk()?)).ok()?;
    let size = usize::from(u16::from_ne_bytes(*elf.get(54..)?.first_chunk()?));
    let count = usize::from(u16::from_ne_bytes(*elf.get(56..)?.first_chunk()?));
    let mut found = false;
    for header in 0..count {
        let kind = elf.get(offset + header * size..)?.first_chunk()?;
        found |= u32::from_ne_bytes(*kind) == PT_INTERP;
    }
    Some(found)
}

fn first_line(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default().lines().next().unwrap_or("?").to_owned()
}

/// The value of the first `NAME : VALUE` line.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(value.trim_start_matches(['\t', ' ', ':']).trim().to_owned())
}

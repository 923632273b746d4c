//! Names of network namespaces and of devices, checked before they become paths or attributes.

mod device;
mod netns;
mod place;

pub use device::{DeviceName, DeviceNameError};
pub use netns::{NetnsName, NetnsNameError};
pub use place::Place;

use xns_core::shell::one_line;

/// For a terminal: what could change what it shows becomes `\xHH`.
fn shown(bytes: &[u8], f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    for chunk in bytes.utf8_chunks() {
        f.write_str(&one_line(chunk.valid()).replace('\t', "\\x09"))?;
        for byte in chunk.invalid() {
            write!(f, "\\x{byte:02x}")?;
        }
    }
    Ok(())
}

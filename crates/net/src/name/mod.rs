//! Names of network namespaces and of devices, checked before they become paths or attributes.

mod device;
mod netns;
mod place;

pub use device::{DeviceName, DeviceNameError};
pub use netns::{NetnsName, NetnsNameError};
pub use place::Place;

/// For a terminal: what could change what it shows is escaped.
fn shown(bytes: &[u8], f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                c if xns_core::shell::is_unsafe_to_print(c) => write!(f, "{}", c.escape_unicode())?,
                c => write!(f, "{c}")?,
            }
        }
        for byte in chunk.invalid() {
            write!(f, "\\x{byte:02x}")?;
        }
    }
    Ok(())
}

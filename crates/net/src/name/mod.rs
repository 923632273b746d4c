//! Names that people give: to devices, to network namespaces; and where a step is done.

mod device;
mod netns;
mod place;

pub use device::{DeviceName, DeviceNameError};
pub use netns::{NetnsName, NetnsNameError};
pub use place::Place;

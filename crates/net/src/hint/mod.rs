//! Why the kernel refused: causes E59 to E61, missing rights, and devices that stay where they are.

mod carried;

pub(crate) use carried::refused;

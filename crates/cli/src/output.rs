//! What is printed on standard output: whole, unbuffered, and with its errors reported.

use crate::Diagnostic;
use crate::options::Table;
use xns_core::Errno;
use xns_sys::fd;

/// Writes the text to standard output.
///
/// # Errors
/// `write error`, as the original says it: a full device, a closed descriptor.
pub fn print(text: &str) -> Result<(), Box<Diagnostic>> {
    match fd::write_all(fd::stdout(), text.as_bytes()) {
        // Nobody reads on, and nobody is to be told.
        Ok(()) | Err(Errno::EPIPE) => Ok(()),
        Err(errno) => Err(Box::new(Diagnostic::new("write error".to_owned(), 1).errno(errno))),
    }
}

/// Writes the text to standard error. If nobody reads it, there is nobody to tell.
pub fn tell(text: &str) {
    let _ = fd::write_all(fd::stderr(), text.as_bytes());
}

/// The line that `--version` prints: ours under our name; under the original's name the original's form, for scripts
/// that look for it.
pub fn version<K>(table: &Table<K>, called_as: &str, ours: &str) -> String {
    match table.original {
        Some(original) if original == called_as => format!("{original} from {} (xns {ours})\n", table.suite),
        _ => format!("{} from xns {ours}\n", table.name),
    }
}

//! Becoming another program, and leaving.

use crate::Errno;
use std::ffi::{CStr, CString, c_char};

unsafe extern "C" {
    /// environ(7): the process's own environment, kept by the C library.
    static environ: *const *const c_char;
}

/// Arguments in the form that execve takes, built before a fork so that nothing is allocated after it.
pub struct Words {
    owned: Vec<CString>,
    pointers: Vec<*const c_char>,
}

impl Words {
    /// Keeps `words` and makes the NULL-terminated array of pointers to them.
    pub fn new(owned: Vec<CString>) -> Self {
        let pointers = owned.iter().map(|w| w.as_ptr()).chain([std::ptr::null()]).collect();
        Words { owned, pointers }
    }

    /// The words themselves.
    pub fn as_slice(&self) -> &[CString] {
        &self.owned
    }
}

/// The environment a program gets.
pub enum Environment {
    /// The process's own, untouched.
    Inherited,
    /// Exactly these `NAME=value` strings.
    Exactly(Words),
}

/// `int execve(const char *pathname, char *const argv[], char *const envp[])`. Returns only on failure.
pub fn execve(path: &CStr, argv: &Words, env: &Environment) -> Errno {
    let envp = match env {
        // SAFETY: one thread, and nobody writes `environ` (set_var is not used in this project); the kernel copies it.
        Environment::Inherited => unsafe { environ },
        Environment::Exactly(words) => words.pointers.as_ptr(),
    };
    // SAFETY: `path` is NUL-terminated; both arrays end with NULL and point into strings that outlive the call.
    unsafe { libc::execve(path.as_ptr(), argv.pointers.as_ptr(), envp) };
    Errno::last()
}

/// `void _exit(int status)`: at once, without exit handlers or buffers; the only way out of a forked child.
pub fn exit_now(status: u8) -> ! {
    // SAFETY: ends the process; nothing of ours runs after it.
    unsafe { libc::_exit(i32::from(status)) }
}

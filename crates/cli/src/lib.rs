//! What all binaries share at their edge: the entry, options, output, and how a failure is told.
#![forbid(unsafe_code)]

pub mod diagnostic;
pub mod options;
mod output;
pub mod shown;
pub mod table;
pub mod terminal;

pub use diagnostic::{Diagnostic, ErrorFormat, HintMode};
pub use output::{print, tell, version};
pub use xns_pid::Ended;

#[doc(hidden)]
pub use xns_sys::{
    arena::Arena,
    entry::{Start, enter},
};

/// Ends this process as the program ended: with its status, or by its signal.
pub fn end_as(ended: Ended) -> u8 {
    match ended {
        Ended::Exited(status) => status,
        Ended::Killed(signal) => {
            xns_sys::signal::die_by(signal);
            // The caller ignores that signal, or it is one that PID 1 does not die of: as a shell would say it.
            128u8.wrapping_add(u8::try_from(signal).unwrap_or(0))
        }
    }
}

/// The binary's entry: `xns_cli::main!(tool::main);` with `fn main(Start) -> u8`, in a file that says `#![no_main]`.
#[macro_export]
macro_rules! main {
    ($tool:path) => {
        #[global_allocator]
        static ARENA: $crate::Arena = $crate::Arena::new();

        /// Called by the C runtime.
        // SAFETY: the one symbol of this name in the program, as the C runtime expects it.
        #[unsafe(no_mangle)]
        #[allow(clippy::not_unsafe_ptr_arg_deref, reason = "the C runtime's signature; nobody else calls it")]
        pub extern "C" fn main(
            argc: ::std::ffi::c_int,
            argv: *const *const ::std::ffi::c_char,
        ) -> ::std::ffi::c_int {
            // SAFETY: the C runtime calls `main` once, on the only thread, with the argc and argv that it made.
            unsafe { $crate::enter(argc, argv, $tool) }
        }
    };
}

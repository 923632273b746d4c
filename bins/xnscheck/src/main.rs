//! The entry; everything else is in the library.
#![no_main]

xns_cli::main!(xnscheck::main);

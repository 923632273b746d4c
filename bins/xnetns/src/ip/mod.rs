//! How `ip` reads the words behind its objects, and what `link`, `address` and `route` share.

mod carry;
mod error;
mod interface;
mod object;
mod place;
mod value;
mod words;

pub(crate) use carry::carry;
pub(crate) use error::{WordsError, device_name};
pub(crate) use interface::{Lines, Names, Surroundings, brief_head, json_head, long_head};
pub(crate) use object::{Json, Object, print_json};
pub(crate) use place::{netns, own_place, reach};
pub(crate) use value::{
    address, device, flag, hardware, kind_name, named, number, on_off, prefix, seconds, unsigned,
};
pub(crate) use words::{Keywords, Once, Words, keyword, verb};

//! The number by which one network namespace knows another (`ip netns set`).

use super::{Body, Hole, Message};
use crate::name::Place;
use std::ffi::OsString;

/// Gives a network namespace a number in the one that is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetNumber {
    /// Which gets it.
    pub namespace: Place,
    /// The number; `None`: one that the kernel chooses.
    pub number: Option<u32>,
}

// linux/rtnetlink.h, linux/net_namespace.h
const RTM_NEWNSID: u16 = 88;
const NETNSA_NSID: u16 = 1;
const NETNSA_FD: u16 = 3;

impl SetNumber {
    pub(super) fn message(&self) -> Message {
        const FAMILY_UNSPECIFIED: [u8; 4] = [0; 4];
        // -1: the kernel chooses.
        const ANY: u32 = u32::MAX;
        let mut body = Body::new(&FAMILY_UNSPECIFIED);
        body.later(NETNSA_FD, Hole::Namespace(self.namespace.clone()));
        body.number(NETNSA_NSID, self.number.unwrap_or(ANY));
        Message::new(RTM_NEWNSID, 0, body)
    }

    pub(super) fn words(&self) -> Vec<OsString> {
        let name = match &self.namespace {
            Place::Name(name) => name.as_os_str().to_owned(),
            other => other.path().into_os_string(),
        };
        let number = self.number.map_or_else(|| "auto".to_owned(), |number| number.to_string());
        vec!["netns".into(), "set".into(), name, number.into()]
    }
}

impl From<SetNumber> for super::Request {
    fn from(set: SetNumber) -> Self {
        super::Request::Number(set)
    }
}

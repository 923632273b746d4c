//! Requests, carried out in a network namespace that a step before has reached.

use crate::Interface;
use crate::hint;
use crate::name::{DeviceName, Place};
use crate::network::{Network, Places, Refusal};
use crate::request::{LinkKind, Request, Value};
use std::cell::RefCell;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slots, errno};

/// Requests that go together to the kernel: those after one that is refused may be carried out nevertheless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carry {
    /// Where. A step before has reached it, as all places that the requests name.
    pub place: Place,
    /// What, in order.
    pub requests: Vec<Request>,
    /// What takes it back when a later step fails.
    pub undo: Option<Request>,
    heard: Heard,
}

/// What is remembered of a run. It is no part of what the step is.
#[derive(Debug, Default)]
struct Heard {
    refused: RefCell<Option<Refused>>,
    /// The socket, for taking back.
    socket: RefCell<Option<OwnedFd>>,
}

impl Clone for Heard {
    fn clone(&self) -> Self {
        Heard::default()
    }
}

impl PartialEq for Heard {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Heard {}

/// A refusal, and what was seen at once: afterwards this process may be elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Which of the requests.
    pub(crate) which: usize,
    /// What the kernel answered.
    pub(crate) refusal: Refusal,
    /// The devices there, with their addresses.
    pub(crate) there: Vec<Interface>,
    /// Is the network namespace owned by another user namespace than ours?
    pub(crate) foreign_owner: bool,
}

/// The status with which ip(8) ends when a device is not there, and when the kernel refuses.
const NO_DEVICE: u8 = 1;
const REFUSED: u8 = 2;

impl Carry {
    /// One request.
    pub fn new(place: Place, request: impl Into<Request>) -> Self {
        Self::all(place, vec![request.into()])
    }

    /// Several.
    pub fn all(place: Place, requests: Vec<Request>) -> Self {
        Carry { place, requests, undo: None, heard: Heard::default() }
    }

    /// With what takes it back when a later step fails.
    #[must_use]
    pub fn or_back(mut self, request: impl Into<Request>) -> Self {
        self.undo = Some(request.into());
        self
    }

    /// The refusal, once it has been applied and refused.
    pub fn refusal(&self) -> Option<Refusal> {
        self.heard.refused.borrow().as_ref().map(|refused| refused.refusal.clone())
    }

    /// ip(8)'s first line for the refusal, and the status with which it ends.
    pub fn original_line(&self) -> Option<(String, u8)> {
        let refused = self.heard.refused.borrow();
        let Refused { which, refusal, .. } = refused.as_ref()?;
        let Refusal { errno, sentence, device, .. } = refusal;
        Some(match (device, sentence) {
            (Some(device), _) => no_device(device, self.requests.get(*which)),
            (None, Some(sentence)) => {
                let point = if sentence.ends_with('.') { "" } else { "." };
                (format!("Error: {sentence}{point}"), REFUSED)
            }
            (None, None) => (format!("RTNETLINK answers: {}", errno::text(*errno)), REFUSED),
        })
    }

    fn request(&self, part: u8) -> Option<&Request> {
        self.requests.get(usize::from(part))
    }
}

impl Operation for Carry {
    fn calls(&self) -> Vec<Call> {
        let label = self.place.label();
        let call = |request: &Request| {
            let message = request.message();
            let words = request.line(&Place::Here);
            Call::new(format!(
                "sendto(SOCKET of {label}, {{{}, {}}} /* {} */)",
                kind_name(message.kind),
                flag_names(message.flags),
                // No comment ends in the middle.
                words.replace("*/", "* /"),
            ))
        };
        self.requests.iter().map(call).collect()
    }

    fn shell(&self) -> Vec<Shell> {
        self.requests.iter().map(|request| Shell::Outside(request.line(&self.place))).collect()
    }

    fn failed(&self, part: u8) -> String {
        self.request(part).map_or_else(String::new, |request| request.line(&self.place))
    }

    fn original(&self, _: &Failure) -> Option<(String, u8)> {
        self.original_line()
    }

    fn hint(&self, _: &Failure, facts: &Facts) -> Option<Hint> {
        let refused = self.heard.refused.borrow();
        let refused = refused.as_ref()?;
        hint::refused(&self.place, self.requests.get(refused.which)?, refused, facts)
    }
}

impl Apply for Carry {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let reached = slots.reached(&self.place.key())?;
        let network = Network::over(&reached.socket);
        let done = network.carry_out_together(&self.requests, &Reached(slots));
        let Err((which, refusal)) = done else {
            if self.undo.is_some() {
                *self.heard.socket.borrow_mut() = reached.socket.try_clone().ok();
            }
            return Ok(Outcome::Done);
        };
        let failure = Failure::in_part(u8::try_from(which).unwrap_or(u8::MAX), refusal.errno);
        let there = network.interfaces().unwrap_or_default();
        let foreign_owner = refusal.errno == Errno::EPERM && is_foreign(reached.namespace.as_fd());
        *self.heard.refused.borrow_mut() = Some(Refused { which, refusal, there, foreign_owner });
        Err(failure)
    }

    fn undo(&self) {
        if let (Some(undo), Some(socket)) = (&self.undo, self.heard.socket.take()) {
            let _ = Network::over(socket).carry_out(undo, &crate::NowhereElse);
        }
    }

    fn leaves_something(&self) -> bool {
        self.undo.is_some()
    }
}

/// The places that the steps have reached.
struct Reached<'a>(&'a Slots);

impl Places for Reached<'_> {
    fn namespace(&self, place: &Place) -> Option<BorrowedFd<'_>> {
        self.0.reached(&place.key()).ok().map(|reached| reached.namespace.as_fd())
    }
}

/// Is the namespace owned by another user namespace than ours?
fn is_foreign(namespace: BorrowedFd<'_>) -> bool {
    // NS_GET_USERNS answers EPERM for one that is not ours or below ours.
    match xns_sys::namespace::owner_of(namespace) {
        Err(_) => true,
        Ok(owner) => !xns_core::inside::is_own(xns_core::NsKind::User, owner.as_fd()),
    }
}

/// Who looks for it where it reads the words says it otherwise.
fn no_device(device: &DeviceName, request: Option<&Request>) -> (String, u8) {
    const MISUSE: u8 = 255;
    let (options, kind) = match request {
        Some(Request::NewLink(new)) => (Some(&new.options), Some(&new.kind)),
        Some(Request::ChangeLink(change)) => (Some(&change.options), change.kind.as_ref()),
        _ => (None, None),
    };
    if options
        .and_then(|options| options.master.as_ref())
        .is_some_and(|master| master.as_ref() == Some(device))
    {
        return (format!("Error: argument \"{device}\" is wrong: Device does not exist\n"), MISUSE);
    }
    let of_kind = |kind: &LinkKind| match kind {
        LinkKind::Veth(_) => false,
        LinkKind::Of { settings, .. } => {
            settings.iter().any(|setting| matches!(&setting.value, Value::Device(name) if name == device))
        }
    };
    let status = if kind.is_some_and(of_kind) { MISUSE } else { NO_DEVICE };
    (format!("Cannot find device \"{device}\""), status)
}

/// RTM_… of linux/rtnetlink.h.
fn kind_name(kind: u16) -> &'static str {
    match kind {
        16 => "RTM_NEWLINK",
        17 => "RTM_DELLINK",
        20 => "RTM_NEWADDR",
        21 => "RTM_DELADDR",
        24 => "RTM_NEWROUTE",
        _ => "RTM_DELROUTE",
    }
}

/// NLM_F_… of linux/netlink.h that requests have here.
fn flag_names(flags: u16) -> String {
    let names =
        [(0x400, "NLM_F_CREATE"), (0x200, "NLM_F_EXCL"), (0x100, "NLM_F_REPLACE"), (0x800, "NLM_F_APPEND")];
    let given = names.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| *name);
    given.chain(["NLM_F_ACK"]).collect::<Vec<_>>().join("|")
}

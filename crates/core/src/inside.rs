//! Questions that only a process inside a namespace can answer, put by a child that enters it.
//!
//! The child enters that one namespace (and the user namespace that owns it, where it may not without), so what it reads by a path
//! is ours, never the target's. What it has opened there it can hand back: a socket or a file of `/proc/sysvipc` goes on
//! showing the namespace in which it was opened.

use crate::{NsKind, errno};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::linux::fs::MetadataExt;
use thiserror::Error;
use xns_sys::fork::{self, Fork};
use xns_sys::{Errno, SingleThreaded, exec, fd, message, namespace, signal};

/// What was found out inside.
#[derive(Debug, Default)]
pub struct Answer {
    /// Bytes, of the question's own form; at most [`MOST_BYTES`].
    pub bytes: Vec<u8>,
    /// What was opened there; at most [`MOST_DESCRIPTORS`](message::MOST_DESCRIPTORS).
    pub descriptors: Vec<OwnedFd>,
}

/// Longer answers are refused.
pub const MOST_BYTES: usize = 1 << 20;

/// How the child came to be in the namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Way {
    /// It is ours.
    Own,
    /// With the rights that the caller has.
    Direct,
    /// By the user namespace that owns it, in which it has every capability: user and group ids that it was shown are those of
    /// that namespace.
    Owner,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum InsideError {
    /// There is no child to ask.
    #[error("cannot start a process to look inside: {}", errno::text(*.0))]
    Fork(Errno),
    /// setns(2) refused.
    #[error("cannot enter the {} namespace: {}", kind.word(), errno::text(*errno))]
    Enter {
        /// Which.
        kind: NsKind,
        /// Why: EPERM for who is not privileged over its owner.
        errno: Errno,
    },
    /// It was entered, and the question failed there.
    #[error("cannot be read in the {} namespace: {}", kind.word(), errno::text(*errno))]
    Question {
        /// Which.
        kind: NsKind,
        /// Why.
        errno: Errno,
    },
    /// The child ended without an answer, or with too long a one.
    #[error("the process that looked inside gave no answer")]
    Lost,
}

impl InsideError {
    /// The error number, if a system call refused.
    pub const fn errno(self) -> Option<Errno> {
        match self {
            InsideError::Fork(errno)
            | InsideError::Enter { errno, .. }
            | InsideError::Question { errno, .. } => Some(errno),
            InsideError::Lost => None,
        }
    }
}

/// Lets a child put `question` in the namespace, which has to be of this kind, and waits for its end.
///
/// # Errors
/// When it may not enter, when the question failed there, and when no child could be made.
pub fn ask(
    single: SingleThreaded,
    kind: NsKind,
    namespace: BorrowedFd<'_>,
    question: impl FnOnce() -> Result<Answer, Errno>,
) -> Result<(Answer, Way), InsideError> {
    ask_and_look(single, kind, namespace, question, |answer, way| (answer, way))
}

/// The same; `look` is done with the answer before the child is waited for, so that its directory in `/proc` is still there: as that
/// of a process in the namespace.
///
/// # Errors
/// As for [`ask`].
pub fn ask_and_look<T>(
    single: SingleThreaded,
    kind: NsKind,
    namespace: BorrowedFd<'_>,
    question: impl FnOnce() -> Result<Answer, Errno>,
    look: impl FnOnce(Answer, Way) -> T,
) -> Result<T, InsideError> {
    let own = is_own(kind, namespace);
    let (reader, writer) = fd::channel().map_err(InsideError::Fork)?;
    match fork::fork(single).map_err(InsideError::Fork)? {
        Fork::Child { .. } => {
            drop(reader);
            let outcome = carry_out(own, kind, namespace, question);
            exec::exit_now(u8::from(tell(&writer, outcome).is_err()))
        }
        Fork::Parent(child) => {
            drop(writer);
            let heard = hear(&reader, kind).map(|(answer, way)| look(answer, way));
            // A child that still writes is told by this that nobody reads, and ends.
            drop(reader);
            // ECHILD where the caller ignores SIGCHLD: it is gone as well.
            let _ = fork::wait(&child, false);
            heard
        }
    }
}

/// Is this the namespace that we are in? By device and inode number of its file (ioctl_ns(2)).
pub fn is_own(kind: NsKind, namespace: BorrowedFd<'_>) -> bool {
    let identity = |file: &std::fs::Metadata| (file.st_dev(), file.st_ino());
    let theirs = namespace.try_clone_to_owned().and_then(|fd| std::fs::File::from(fd).metadata());
    let ours = std::fs::metadata(format!("/proc/self/ns/{}", kind.name()));
    matches!((theirs, ours), (Ok(theirs), Ok(ours)) if identity(&theirs) == identity(&ours))
}

/// The steps at which a child can fail.
const ENTER: u8 = 1;
const QUESTION: u8 = 2;

type Outcome = Result<(Answer, Way), (u8, Errno)>;

/// What the child does.
fn carry_out(
    own: bool,
    kind: NsKind,
    namespace: BorrowedFd<'_>,
    question: impl FnOnce() -> Result<Answer, Errno>,
) -> Outcome {
    // Whoever is root in the user namespace that we enter might trace us, and get at our descriptors.
    let _ = signal::hide();
    let way = if own { Ok(Way::Own) } else { enter(kind, namespace) }.map_err(|errno| (ENTER, errno))?;
    question().map(|answer| (answer, way)).map_err(|errno| (QUESTION, errno))
}

fn enter(kind: NsKind, namespace: BorrowedFd<'_>) -> Result<Way, Errno> {
    match namespace::setns(namespace, kind.flag()) {
        Err(Errno::EPERM) => {}
        answer => return answer.map(|()| Way::Direct),
    }
    // An ordinary user has every capability in a user namespace of his own.
    let owner = namespace::owner_of(namespace).map_err(|_| Errno::EPERM)?;
    namespace::setns(&owner, NsKind::User.flag()).map_err(|_| Errno::EPERM)?;
    namespace::setns(namespace, kind.flag()).map(|()| Way::Owner)
}

/// `STEP WAY ERRNO`, with the descriptors, and then the bytes.
fn tell(channel: &OwnedFd, outcome: Outcome) -> Result<(), Errno> {
    let (step, way, errno, answer) = match outcome {
        Ok((answer, way)) => (0, way, 0, answer),
        Err((step, errno)) => (step, Way::Own, errno as i32, Answer::default()),
    };
    let mut head = vec![step, way as u8];
    head.extend(errno.to_ne_bytes());
    let descriptors: Vec<_> = answer.descriptors.iter().map(AsFd::as_fd).collect();
    message::send(channel, &head, &descriptors)?;
    let mut rest = answer.bytes.as_slice();
    while !rest.is_empty() {
        rest = &rest[message::send(channel, rest, &[])?..];
    }
    Ok(())
}

const HEAD: usize = 6;

fn hear(channel: &OwnedFd, kind: NsKind) -> Result<(Answer, Way), InsideError> {
    let (text, descriptors) = receive_all(channel).map_err(|_| InsideError::Lost)?;
    let head = text.first_chunk::<HEAD>().ok_or(InsideError::Lost)?;
    let errno = Errno::from_raw(i32::from_ne_bytes([head[2], head[3], head[4], head[5]]));
    let way = [Way::Own, Way::Direct, Way::Owner].into_iter().find(|way| *way as u8 == head[1]);
    match head[0] {
        0 => Ok((Answer { bytes: text[HEAD..].to_vec(), descriptors }, way.ok_or(InsideError::Lost)?)),
        ENTER => Err(InsideError::Enter { kind, errno }),
        _ => Err(InsideError::Question { kind, errno }),
    }
}

/// Everything up to the end; EMSGSIZE when that is too much.
fn receive_all(channel: &OwnedFd) -> Result<(Vec<u8>, Vec<OwnedFd>), Errno> {
    let (mut text, mut descriptors) = (Vec::new(), Vec::new());
    let mut buffer = [0; 4096];
    loop {
        let (bytes, more) = message::receive(channel, &mut buffer)?;
        descriptors.extend(more);
        match bytes {
            0 => return Ok((text, descriptors)),
            _ if text.len() + bytes > MOST_BYTES + HEAD => return Err(Errno::EMSGSIZE),
            _ => text.extend_from_slice(&buffer[..bytes]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What arrives of it when it is told over a channel.
    fn told(outcome: Outcome) -> Result<(Answer, Way), InsideError> {
        let (reader, writer) = fd::channel().unwrap();
        let teller = std::thread::spawn(move || tell(&writer, outcome));
        let heard = hear(&reader, NsKind::Uts);
        drop(reader);
        let _ = teller.join();
        heard
    }

    #[test]
    fn an_answer_arrives_whole() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|i| (i % 251) as u8).collect();
        let descriptors = vec![fd::open("/dev/null", 0).unwrap()];
        let (answer, way) = told(Ok((Answer { bytes: bytes.clone(), descriptors }, Way::Owner))).unwrap();
        assert!(answer.bytes == bytes && answer.descriptors.len() == 1 && way == Way::Owner);
    }

    #[test]
    fn a_refusal_says_where() {
        let kind = NsKind::Uts;
        let error = told(Err((ENTER, Errno::EPERM))).unwrap_err();
        assert_eq!(error, InsideError::Enter { kind, errno: Errno::EPERM });
        assert_eq!(error.to_string(), "cannot enter the UTS namespace: Operation not permitted");
        let error = told(Err((QUESTION, Errno::ENOENT))).unwrap_err();
        assert_eq!(error, InsideError::Question { kind, errno: Errno::ENOENT });
    }

    #[test]
    fn neither_silence_nor_a_flood_is_an_answer() {
        let (reader, writer) = fd::channel().unwrap();
        drop(writer);
        assert_eq!(hear(&reader, NsKind::Net).unwrap_err(), InsideError::Lost);
        let flood = Answer { bytes: vec![0; MOST_BYTES + 1], descriptors: Vec::new() };
        assert_eq!(told(Ok((flood, Way::Own))).unwrap_err(), InsideError::Lost);
    }

    #[test]
    fn ones_own_namespace_is_known() {
        let own = std::fs::File::open("/proc/self/ns/uts").unwrap();
        assert!(is_own(NsKind::Uts, own.as_fd()));
        assert!(!is_own(NsKind::Net, own.as_fd()));
    }
}

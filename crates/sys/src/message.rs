//! Messages between processes that carry descriptors (unix(7), SCM_RIGHTS).

use crate::{Result, errno};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};
use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The most descriptors that one message carries.
pub const MOST_DESCRIPTORS: usize = 8;

/// `ssize_t sendmsg(int fd, {bytes, SCM_RIGHTS}, MSG_NOSIGNAL)`: how many of the bytes were sent, and the descriptors with the
/// first. EPIPE, and no signal, when nobody reads any more; EMSGSIZE for more descriptors than [`MOST_DESCRIPTORS`].
pub fn send(channel: impl AsFd, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) -> Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let fits = descriptors.len() <= MOST_DESCRIPTORS
        && (descriptors.is_empty() || control.push(SendAncillaryMessage::ScmRights(descriptors)));
    if !fits {
        return Err(crate::Errno::EMSGSIZE);
    }
    loop {
        match sendmsg(channel.as_fd(), &[IoSlice::new(bytes)], &mut control, SendFlags::NOSIGNAL) {
            Err(rustix::io::Errno::INTR) => {}
            answer => return answer.map_err(errno),
        }
    }
}

/// `ssize_t recvmsg(int fd, …, MSG_CMSG_CLOEXEC)`: how many bytes came, 0 at the end, and the descriptors that came with them.
pub fn receive(channel: impl AsFd, buffer: &mut [u8]) -> Result<(usize, Vec<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        let mut parts = [IoSliceMut::new(buffer)];
        match recvmsg(channel.as_fd(), &mut parts, &mut control, RecvFlags::CMSG_CLOEXEC) {
            Err(rustix::io::Errno::INTR) => {}
            answer => break answer.map_err(errno)?,
        }
    };
    let mut descriptors = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            descriptors.extend(rights);
        }
    }
    Ok((received.bytes, descriptors))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_come_with_the_bytes() {
        let (reader, writer) = crate::fd::channel().unwrap();
        let null = crate::fd::open("/dev/null", 0).unwrap();
        assert_eq!(send(&writer, b"ab", &[null.as_fd(), null.as_fd()]), Ok(2));
        drop(writer);
        let mut buffer = [0; 8];
        let (bytes, descriptors) = receive(&reader, &mut buffer).unwrap();
        assert_eq!((&buffer[..bytes], descriptors.len()), (&b"ab"[..], 2));
        assert_eq!(crate::fs::inode(&descriptors[1]), crate::fs::inode(&null));
        assert_eq!(receive(&reader, &mut buffer).unwrap().0, 0);
    }

    #[test]
    fn too_many_are_refused() {
        let (_reader, writer) = crate::fd::channel().unwrap();
        let null = crate::fd::open("/dev/null", 0).unwrap();
        assert_eq!(send(&writer, b"a", &[null.as_fd(); MOST_DESCRIPTORS + 1]), Err(crate::Errno::EMSGSIZE));
    }
}

//! The kernel's routing socket (rtnetlink(7)).

use crate::{Errno, Result, errno};
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recvfrom, sendto, socket_with,
};
use std::os::fd::{AsFd, OwnedFd};

/// `int socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)`: it speaks for the network namespace that this process is in,
/// also when the process has left it.
pub fn socket() -> Result<OwnedFd> {
    // NETLINK_ROUTE is 0, the default protocol.
    socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None).map_err(errno)
}

/// `ssize_t sendto(int fd, …, {.nl_pid = 0})`: to the kernel.
pub fn send(socket: impl AsFd, message: &[u8]) -> Result<()> {
    let kernel = SocketAddrNetlink::new(0, 0);
    sendto(socket, message, SendFlags::empty(), &kernel).map(drop).map_err(errno)
}

/// `ssize_t recvfrom(int fd, …, MSG_TRUNC)`: the next datagram of the kernel. What others send is dropped: root in a network
/// namespace may send to any socket there. EMSGSIZE when the buffer is too small for it.
pub fn receive(socket: impl AsFd, buffer: &mut [u8]) -> Result<usize> {
    loop {
        let (received, whole, sender) = match recvfrom(socket.as_fd(), &mut buffer[..], RecvFlags::TRUNC) {
            Err(rustix::io::Errno::INTR) => continue,
            answer => answer.map_err(errno)?,
        };
        let port = sender.and_then(|sender| SocketAddrNetlink::try_from(sender).ok()).map(|from| from.pid());
        match port {
            Some(0) if whole > received => return Err(Errno::EMSGSIZE),
            Some(0) => return Ok(received),
            _ => {}
        }
    }
}

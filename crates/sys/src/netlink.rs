//! The kernel's routing socket (rtnetlink(7)).

use crate::{Errno, Result, errno};
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recvfrom, sendto, socket_with,
};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

/// `int socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)`: it speaks for the network namespace that this process is in,
/// also when the process has left it.
pub fn socket() -> Result<OwnedFd> {
    // NETLINK_ROUTE is 0, the default protocol.
    socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None).map_err(errno)
}

/// What a socket can be told about answers (netlink(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Answers {
    /// NETLINK_CAP_ACK: a refusal holds the request's header, and not all of it. Since Linux 4.3.
    Capped = libc::NETLINK_CAP_ACK,
    /// NETLINK_EXT_ACK: a refusal says why in words. Since Linux 4.12.
    Extended = libc::NETLINK_EXT_ACK,
    /// NETLINK_GET_STRICT_CHK: a dump heeds what it is asked for. Since Linux 4.20.
    Strict = libc::NETLINK_GET_STRICT_CHK,
}

/// `int setsockopt(int fd, SOL_NETLINK, int option, &(int){1}, sizeof (int))`. ENOPROTOOPT when the kernel is older.
pub fn set(socket: impl AsFd, answers: Answers) -> Result<()> {
    let on: libc::c_int = 1;
    let length = libc::socklen_t::try_from(size_of_val(&on)).map_err(|_| Errno::EINVAL)?;
    // SAFETY: the descriptor is open for as long as it is borrowed; the kernel reads `length` bytes from `on`, which lives here.
    let answer = unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            libc::SOL_NETLINK,
            answers as libc::c_int,
            std::ptr::from_ref(&on).cast(),
            length,
        )
    };
    Errno::result(answer).map(drop)
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

/// `int ioctl(int fd, SIOCGIFNAME, {.ifr_ifindex = index})` (netdevice(7)): the name of a device of the network namespace of any socket;
/// ENODEV when no device there has this index.
pub fn device_name(socket: impl AsFd, index: u32) -> Result<Vec<u8>> {
    let mut request = device_request();
    request.ifr_ifru.ifru_ifindex = libc::c_int::try_from(index).map_err(|_| Errno::ENODEV)?;
    let fd = socket.as_fd().as_raw_fd();
    // SAFETY: the kernel reads the index from `request`, which lives through the call, and writes a name with its NUL to it.
    Errno::result(unsafe { libc::ioctl(fd, libc::SIOCGIFNAME as _, &raw mut request) })?;
    let name = request.ifr_name.map(|c| c.to_ne_bytes()[0]);
    Ok(name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec())
}

/// `int ioctl(int fd, SIOCGIFINDEX, {.ifr_name = name})`: the index of a device; ENODEV when none there has this name.
pub fn device_index(socket: impl AsFd, name: &[u8]) -> Result<u32> {
    let mut request = device_request();
    // The last byte stays NUL.
    if name.len() >= request.ifr_name.len() {
        return Err(Errno::ENODEV);
    }
    for (to, from) in request.ifr_name.iter_mut().zip(name) {
        *to = libc::c_char::from_ne_bytes([*from]);
    }
    let fd = socket.as_fd().as_raw_fd();
    // SAFETY: the kernel reads the name, which ends in NUL, from `request`, which lives through the call, and writes the index to it.
    Errno::result(unsafe { libc::ioctl(fd, libc::SIOCGIFINDEX as _, &raw mut request) })?;
    // SAFETY: the call has written the index there; all bytes were zero before.
    let index = unsafe { request.ifr_ifru.ifru_ifindex };
    u32::try_from(index).map_err(|_| Errno::ENODEV)
}

/// One that is empty.
fn device_request() -> libc::ifreq {
    // SAFETY: a struct of integers and arrays of them, and a union of such and a pointer: all bytes zero is a value of each.
    unsafe { std::mem::zeroed() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RTM_GETLINK of all, with this sequence number.
    fn request(sequence: u8) -> Vec<u8> {
        let mut bytes = vec![32, 0, 0, 0, 18, 0, 1, 3, sequence, 0, 0, 0, 0, 0, 0, 0];
        bytes.resize(32, 0);
        bytes
    }

    #[test]
    fn sockets_take_options() {
        let socket = socket().unwrap();
        for answers in [Answers::Capped, Answers::Extended, Answers::Strict] {
            assert_eq!(set(&socket, answers), Ok(()), "{answers:?}");
        }
        let other = std::fs::File::open("/dev/null").unwrap();
        assert_eq!(set(&other, Answers::Capped), Err(Errno::ENOTSOCK));
    }

    #[test]
    fn only_the_kernel_is_heard() {
        let (ours, other) = (socket().unwrap(), socket().unwrap());
        let mut buffer = vec![0; 32 * 1024];
        send(&ours, &request(1)).unwrap();
        // Up to NLMSG_DONE.
        while receive(&ours, &mut buffer).unwrap() > 0 && buffer[4] != 3 {}
        let address = rustix::net::getsockname(&ours).unwrap();
        let port = SocketAddrNetlink::try_from(address).unwrap().pid();
        let to_ours = SocketAddrNetlink::new(port, 0);
        match sendto(&other, b"not from the kernel", SendFlags::empty(), &to_ours) {
            // Only root in the namespace may.
            Err(refused) => assert_eq!(refused, rustix::io::Errno::PERM),
            Ok(sent) => assert_eq!(sent, 19),
        }
        send(&ours, &request(2)).unwrap();
        let length = receive(&ours, &mut buffer).unwrap();
        assert_eq!((length > 32, buffer[8]), (true, 2));
        assert_eq!(receive(&ours, &mut [0; 8]), Err(Errno::EMSGSIZE));
    }
}

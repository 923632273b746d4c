//! Into a network namespace and back.

use std::os::fd::{BorrowedFd, OwnedFd};
use xns_core::inside::{self, Answer, InsideError};
use xns_core::{Errno, NsKind, SingleThreaded};
use xns_net::{NetError, Network};
use xns_sys::{fd, namespace, netlink};

/// Puts questions in network namespaces: this process goes in and comes back, which costs two system calls; where it may not, or could
/// not come back, a child goes.
pub(crate) struct Visitor {
    single: SingleThreaded,
    /// Ours, if we may enter it again.
    home: Option<OwnedFd>,
}

impl Visitor {
    pub(crate) fn new(single: SingleThreaded) -> Self {
        const READ_ONLY: i32 = 0;
        let home = fd::open("/proc/self/ns/net", READ_ONLY).ok();
        // In a user namespace whose network is its parent's there is no way back.
        let home = home.filter(|home| namespace::setns(home, NsKind::Net.flag()).is_ok());
        Visitor { single, home }
    }

    pub(crate) const fn single(&self) -> SingleThreaded {
        self.single
    }

    /// The answer, given by who is in the namespace.
    pub(crate) fn ask(
        &self,
        of: BorrowedFd<'_>,
        question: impl FnOnce() -> Result<Answer, Errno>,
    ) -> Result<Answer, NetError> {
        let kind = NsKind::Net;
        if let Some(home) = &self.home
            && namespace::setns(of, kind.flag()).is_ok()
        {
            let answer = question();
            namespace::setns(home, kind.flag()).map_err(|errno| InsideError::Enter { kind, errno })?;
            return answer.map_err(|errno| InsideError::Question { kind, errno }.into());
        }
        Ok(inside::ask(self.single, kind, of, question).map(|(answer, _)| answer)?)
    }

    /// Its routing socket.
    pub(crate) fn network(&self, of: BorrowedFd<'_>) -> Result<Network, NetError> {
        let socket = || Ok(Answer { descriptors: vec![netlink::socket()?], ..Answer::default() });
        let socket = self.ask(of, socket)?.descriptors.into_iter().next();
        Ok(Network::over(socket.ok_or(InsideError::Lost)?))
    }

    /// The first lines of files of `/proc/sys/net`, which shows the network namespace of the reader; `None` for what cannot be read.
    pub(crate) fn settings(
        &self,
        of: BorrowedFd<'_>,
        names: &[String],
    ) -> Result<Vec<Option<String>>, NetError> {
        let answer = self.ask(of, || {
            let read = |name: &String| {
                let text = xns_sys::fs::read(std::path::Path::new(&format!("/proc/sys/net/{name}"))).ok()?;
                let line = text.split(|byte| *byte == b'\n').next()?;
                Some(String::from_utf8_lossy(line).replace('\0', ""))
            };
            let line = |name| read(name).unwrap_or_else(|| "\0".to_owned());
            let lines: Vec<String> = names.iter().map(line).collect();
            Ok(Answer { bytes: lines.join("\n").into_bytes(), ..Answer::default() })
        })?;
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        let mut lines = text.split('\n').map(|line| (line != "\0").then(|| line.to_owned()));
        Ok(names.iter().map(|_| lines.next().flatten()).collect())
    }
}

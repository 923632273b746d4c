//! `identify` and `pids`: processes and names; and what keeps a network namespace.

use super::change::pid;
use super::{NamesError, Work};
use crate::TOOL;
use crate::processes::{self, Processes};
use std::fmt;
use xns_cli::shown::shown;
use xns_cli::table::Charset;
use xns_cli::{Diagnostic, print, tell};
use xns_net::NetnsName;
use xns_net::store::{self, State};
use xns_sys::{fs, namespace};

/// What keeps a network namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// A process in it, with its command.
    Process(u32, String),
    /// Another name.
    Name(NetnsName),
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Holder::Process(pid, command) => write!(f, "process {pid} ({command})"),
            Holder::Name(name) => write!(f, "the name {name}"),
        }
    }
}

impl Work<'_> {
    pub(super) fn identify(&self) -> Result<u8, Box<Diagnostic>> {
        let number = match self.words.first() {
            None => self.opened().and_then(|own| fs::inode(own).map_err(NamesError::Unread)),
            Some(word) => pid(word).and_then(|pid| {
                let number = namespace::number_of(&format!("/proc/{pid}/ns/net"));
                number.map_err(|errno| NamesError::NoProcess { pid, errno })
            }),
        };
        let names = number.and_then(|number| {
            let mut names = store::names().map_err(NamesError::Unread)?;
            names.retain(|name| store::is_bound_to(name, number));
            Ok(names)
        });
        match names {
            Ok(names) => {
                let names: Vec<_> = names.iter().map(ToString::to_string).collect();
                // A line also where there is no name, as ip has it.
                print(&(names.join("\n") + "\n")).map(|()| 0)
            }
            Err(error) => TOOL.refuse(error, self.facts),
        }
    }

    pub(super) fn pids(&self) -> Result<u8, Box<Diagnostic>> {
        let found = self.name().and_then(|name| match State::of(&name, self.facts) {
            None => Err(NamesError::NotThere(name)),
            Some(State::Live(inode)) => Ok(inode),
            Some(state) => Err(NamesError::NoNetns(name, state)),
        });
        let inode = match found {
            Ok(inode) => inode,
            Err(error) => return TOOL.refuse(error, self.facts),
        };
        let all = Processes::look();
        let unread = all.hidden;
        let reporting = self.reporting();
        if unread > 0 && reporting.hint_mode(self.facts).wanted() && !reporting.is_quiet(self.facts) {
            let name = TOOL.called_as(self.facts);
            let some = if unread == 1 { "1 process".to_owned() } else { format!("{unread} processes") };
            let cure = if self.facts.euid() == 0 { "" } else { ": sudo shows them" };
            tell(&format!("{name}: {some} may not be looked at, and may be in it, too{cure}\n"));
        }
        print(&all.within(inode).iter().map(|pid| format!("{pid}\n")).collect::<String>()).map(|()| 0)
    }
}

/// What keeps it besides this name: processes but this one, and other names.
pub(super) fn holders(inode: u64, name: &NetnsName, all: &Processes) -> Vec<Holder> {
    let process = |pid: u32| Holder::Process(pid, shown(&processes::command(pid), Charset::Utf8));
    let names = store::names().unwrap_or_default().into_iter();
    let others = names.filter(|other| other != name && store::is_bound_to(other, inode));
    all.others(inode).map(process).chain(others.map(Holder::Name)).collect()
}

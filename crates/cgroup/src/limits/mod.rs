//! Limits of a group, asked for in words that are the same everywhere, as values of the files of the version that is here.

mod cpu;
mod cpuset;
mod error;
mod given;
mod ground;
mod io;
mod io_weight;
mod key;
mod memory;
pub mod names;
mod net;
mod setting;

pub use cpuset::inherited as inherited_cpuset;
pub use error::{LimitError, NoIoWeight, Nowhere};
pub use given::Given;
pub use io::{IoKind, IoLimit};
pub use key::LimitKey;
pub use setting::{IfMissing, Setting};

use crate::quantity::{
    Bandwidth, Bytes, ClassId, Cpus, NumberList, Pids, QuantityError, Reason, Shares, Typed, Weight,
};
use crate::{Layout, Tree};
use ground::Ground;
use std::ffi::OsStr;
use std::path::PathBuf;
use xns_core::Facts;

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// `--memory`: how much, and swap with it.
    pub memory: Option<Typed<Bytes>>,
    /// `--memory-request`: how much is kept from being reclaimed.
    pub memory_request: Option<Typed<Bytes>>,
    /// `--swap`: how much beside the memory.
    pub swap: Option<Typed<Bytes>>,
    /// `--cpu`: how much CPU time.
    pub cpu: Option<Typed<Bandwidth>>,
    /// `--cpu-request`: the weight of so many CPUs.
    pub cpu_request: Option<Typed<Cpus>>,
    /// `--cpu-weight`.
    pub cpu_weight: Option<Weight>,
    /// `--cpu-shares`.
    pub cpu_shares: Option<Shares>,
    /// `--cpuset`: which CPUs.
    pub cpuset: Option<Typed<NumberList>>,
    /// `--cpuset-mems`: which memory nodes.
    pub cpuset_mems: Option<Typed<NumberList>>,
    /// `--pids`: how many processes and threads.
    pub pids: Option<Pids>,
    /// `--io-read` and its like, in the order in which they were given.
    pub io: Vec<IoLimit>,
    /// `--io-weight`.
    pub io_weight: Option<Weight>,
    /// `--net-class`.
    pub net_class: Option<Typed<ClassId>>,
    /// `--set`, in the order in which they were given.
    pub set: Vec<Given>,
}

impl Limits {
    /// Takes one option; the last of several wins, except of those for devices and files.
    ///
    /// # Errors
    /// A value that is none of the option's, with the place.
    pub fn take(&mut self, key: LimitKey, text: &OsStr) -> Result<(), LimitError> {
        self.read(key, text).map_err(|error| LimitError::Value { key, error })
    }

    fn read(&mut self, key: LimitKey, text: &OsStr) -> Result<(), QuantityError> {
        match key {
            LimitKey::Memory => self.memory = Some(Typed::read(text, some_memory)?),
            LimitKey::MemoryRequest => self.memory_request = Some(Typed::read(text, Bytes::parse)?),
            LimitKey::Swap => self.swap = Some(Typed::read(text, Bytes::parse)?),
            LimitKey::Cpu => self.cpu = Some(Typed::read(text, Bandwidth::parse)?),
            LimitKey::CpuRequest => self.cpu_request = Some(Typed::read(text, Cpus::parse)?),
            LimitKey::CpuWeight => self.cpu_weight = Some(Weight::parse(text)?),
            LimitKey::CpuShares => self.cpu_shares = Some(Shares::parse(text)?),
            LimitKey::Cpuset => self.cpuset = Some(Typed::read(text, NumberList::parse)?),
            LimitKey::CpusetMems => self.cpuset_mems = Some(Typed::read(text, NumberList::parse)?),
            LimitKey::Pids => self.pids = Some(Pids::parse(text)?),
            LimitKey::IoRead => self.io.push(IoLimit::parse(IoKind::Read, text)?),
            LimitKey::IoWrite => self.io.push(IoLimit::parse(IoKind::Write, text)?),
            LimitKey::IoReadIops => self.io.push(IoLimit::parse(IoKind::ReadIops, text)?),
            LimitKey::IoWriteIops => self.io.push(IoLimit::parse(IoKind::WriteIops, text)?),
            LimitKey::IoWeight => self.io_weight = Some(Weight::parse(text)?),
            LimitKey::NetClass => self.net_class = Some(Typed::read(text, ClassId::parse)?),
            LimitKey::Set => self.set.push(Given::parse(text)?),
        }
        Ok(())
    }

    /// Is nothing asked for?
    pub fn is_empty(&self) -> bool {
        *self == Limits::default()
    }

    /// The same without what an error of [`Limits::settings`] is about; `None` where that is not asked for.
    #[must_use]
    pub fn without(&self, error: &LimitError) -> Option<Self> {
        let mut rest = self.clone();
        match error.key() {
            LimitKey::Memory => rest.memory = None,
            LimitKey::MemoryRequest => rest.memory_request = None,
            LimitKey::Swap => rest.swap = None,
            LimitKey::Cpu => rest.cpu = None,
            LimitKey::CpuRequest => rest.cpu_request = None,
            LimitKey::CpuWeight => rest.cpu_weight = None,
            LimitKey::CpuShares => rest.cpu_shares = None,
            LimitKey::Cpuset => rest.cpuset = None,
            LimitKey::CpusetMems => rest.cpuset_mems = None,
            LimitKey::Pids => rest.pids = None,
            key @ (LimitKey::IoRead | LimitKey::IoWrite | LimitKey::IoReadIops | LimitKey::IoWriteIops) => {
                rest.io.retain(|limit| limit.kind.key() != key);
            }
            LimitKey::IoWeight => rest.io_weight = None,
            LimitKey::NetClass => rest.net_class = None,
            LimitKey::Set => rest.set.retain(|given| !given.is_of(error)),
        }
        (rest != *self).then_some(rest)
    }

    /// Do they go together?
    ///
    /// # Errors
    /// Several words for the weight of the CPU.
    pub fn check(&self) -> Result<(), LimitError> {
        let given = [
            (LimitKey::CpuWeight, self.cpu_weight.is_some()),
            (LimitKey::CpuShares, self.cpu_shares.is_some()),
            (LimitKey::CpuRequest, self.cpu_request.is_some()),
        ];
        let mut given = given.into_iter().filter(|(_, is_given)| *is_given).map(|(key, _)| key);
        match (given.next(), given.next()) {
            (Some(one), Some(other)) => Err(LimitError::Conflict { one, other }),
            _ => Ok(()),
        }
    }

    /// The files and their values, in an order that the kernel takes, also for a group that has limits already.
    ///
    /// `group` answers the group's directory in a hierarchy, whether it is there or will be made; `None` where that is not seen.
    ///
    /// # Errors
    /// What cannot be set here, and why.
    pub fn settings(
        &self,
        layout: &Layout,
        group: &dyn Fn(&Tree) -> Option<PathBuf>,
        facts: &Facts,
    ) -> Result<Vec<Setting>, LimitError> {
        self.check()?;
        let ground = Ground { layout, group, facts };
        let mut settings = memory::settings(self, &ground)?;
        settings.extend(cpu::settings(self, &ground)?);
        settings.extend(cpuset::settings(self, &ground)?);
        if let Some(Pids(amount)) = self.pids {
            let home = ground.home(LimitKey::Pids, "pids")?;
            settings.push(home.setting("pids.max", amount));
        }
        settings.extend(io::settings(&self.io, &ground)?);
        if let Some(weight) = self.io_weight {
            settings.extend(io_weight::settings(weight, &ground)?);
        }
        if let Some(class) = &self.net_class {
            settings.push(net::setting(class, &ground)?);
        }
        for given in &self.set {
            let more = given.settings(&ground, &settings)?;
            settings.extend(more);
        }
        let more = cpuset::completing(&settings, &ground);
        settings.extend(more);
        // The kernel judges a partition by the CPUs that it has already.
        settings.sort_by_key(|setting| setting.file == "cpuset.cpus.partition");
        Ok(settings)
    }

    /// A controller of version 2 that has to be enabled too, though none of its files is written: writes through the page cache
    /// are counted for a group only if that has memory and io both (cgroup-v2.rst, "Writeback").
    pub fn also_enabled(&self, layout: &Layout) -> Option<&'static str> {
        let tree = layout.unified()?;
        let has = |name: &str| tree.controllers.iter().any(|known| known == name);
        let writes = self.io.iter().any(|limit| limit.kind.is_write());
        (writes && has("io") && has("memory")).then_some("memory")
    }
}

fn some_memory(text: &OsStr) -> Result<Bytes, QuantityError> {
    let bytes = Bytes::parse(text)?;
    match bytes.0.number() {
        Some(0) => Err(QuantityError { text: text.to_owned(), at: 0, reason: Reason::NoMemory }),
        _ => Ok(bytes),
    }
}

#[cfg(test)]
mod tests;

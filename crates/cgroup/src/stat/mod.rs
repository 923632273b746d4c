//! What the kernel counts of a group, in one model for both versions: cgroup-v1/*.rst and cgroup-v2.rst in the kernel's
//! documentation name the files.
//!
//! A group may have a directory in several hierarchies: one for each controller of version 1, and beside them one of version 2 that
//! has no controllers but knows CPU time, pressure, and whether anybody is in it.

mod bounds;
mod cpu;
mod io;
mod lost;
mod memory;
mod model;
mod part;
mod pids;
mod pressure;
mod reached;
mod report;
mod source;
mod state;
#[cfg(test)]
mod tests;
mod text;
pub mod words;

pub use bounds::{Bound, Bounds, CpuLimit};
pub use lost::{Lost, kills_of_machine, mark};
pub use model::{Cpu, Disk, Memory, Pids, Pressure, Stall, Stats};
pub use part::Part;
pub use reached::Reached;
pub use report::{Ending, Report, oom_line};
pub use source::{Machine, Source};

impl Stats {
    /// Of the group that has these directories. Nothing fails: what cannot be read, also because the group has gone, is not known.
    pub fn of(parts: &[Part], source: &dyn Source) -> Stats {
        let source = source::Once::new(source);
        let parts = part::Parts { parts, source: &source };
        let state = state::collect(&parts);
        Stats {
            cpu: cpu::collect(&parts),
            memory: memory::collect(&parts),
            pids: pids::collect(&parts),
            io: io::collect(&parts),
            pressure: pressure::collect(&parts),
            populated: state.populated,
            frozen: state.frozen,
            processes: state.processes,
        }
    }

    /// What [`oom_line`] needs, and only if the OOM killer has killed somebody: otherwise no more is read than that it has not.
    pub fn if_oom_killed(parts: &[Part], source: &dyn Source) -> Option<Stats> {
        let parts = part::Parts { parts, source };
        memory::oom_kills(&parts).filter(|kills| *kills > 0)?;
        Some(Stats { memory: memory::collect(&parts), ..Stats::default() })
    }
}

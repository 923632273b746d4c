//! The caller's last step with a pseudo-terminal.

use super::{Failed, Stop, Walker};
use xns_core::{Actor, Errno, Slot};
use xns_pid::pty::{Pty, proxy};
use xns_pid::{Attended, Ended, Relayed};
use xns_plan::Attend;

impl Walker<'_> {
    pub(super) fn proxy(&mut self, step: usize, attend: Attend) -> Result<(), Stop> {
        let failed = |errno: Errno| Stop::Failed(Failed { step, failure: errno.into() });
        let (ended, relayed) = self.copy(attend).map_err(failed)?;
        self.end(step, ended, relayed)
    }

    fn copy(&mut self, attend: Attend) -> Result<(Ended, Option<Relayed>), Errno> {
        let child = self.child(attend.actor)?;
        if attend.actor != Actor::Child {
            self.report.by_signal()?;
        }
        let pty = Pty { master: self.slots.take(Slot::Master)?, slave: self.slots.take(Slot::Slave)? };
        let pid_1 = if attend.pid_1 { self.slots.get(Slot::Proc).ok() } else { None };
        let attended = Attended { child: &child, relay: attend.relay, pid_1 };
        proxy(attended, pty, &mut || self.report.has_stopped())
    }
}

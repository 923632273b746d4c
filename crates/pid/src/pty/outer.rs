//! The caller's terminal, while the program has another one.

use std::os::fd::AsFd;
use xns_sys::terminal::{self, Settings};
use xns_sys::{Errno, fd};

/// The caller's terminal, as far as it has one. Dropping it gives the terminal back.
pub(super) struct Outer {
    is_terminal: bool,
    /// May standard input be read? Not in the background: what is typed is then for others.
    is_ours: bool,
    /// How the terminal was before it was made raw; `None` when it is so again.
    settings: Option<Settings>,
}

/// The terminal is gone.
pub(super) struct HungUp;

impl Outer {
    pub(super) fn new() -> Self {
        let is_terminal = fd::is_terminal(fd::stdin());
        Outer { is_terminal, is_ours: !is_terminal, settings: None }
    }

    pub(super) const fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// May standard input be read?
    pub(super) const fn is_ours(&self) -> bool {
        self.is_ours
    }

    /// Every key is for the program, if the terminal is ours now. Settings that we have made and could not take back (somebody
    /// sent SIGSTOP) are not taken for the person's.
    pub(super) fn take(&mut self) -> Result<(), HungUp> {
        if !self.is_terminal {
            return Ok(());
        }
        self.is_ours = terminal::is_ours(fd::stdin()).map_err(|_| HungUp)?;
        if self.is_ours {
            let mut raw = || {
                let now = Settings::of(fd::stdin())?;
                let settings = self.settings.get_or_insert(now).clone();
                settings.raw(!fd::is_terminal(fd::stdout())).set(fd::stdin())
            };
            raw().map_err(|_: Errno| HungUp)?;
        }
        Ok(())
    }

    /// The terminal is as it was. In the background it is another's to set.
    pub(super) fn give_back(&mut self) {
        if self.settings.is_some()
            && terminal::is_ours(fd::stdin()) == Ok(true)
            && let Some(settings) = self.settings.take()
        {
            let _ = settings.set(fd::stdin());
        }
        self.is_ours = !self.is_terminal;
    }

    /// Gives the other one the size of this one.
    pub(super) fn copy_size(master: impl AsFd) {
        if let Some(theirs) = terminal::standard() {
            let _ = terminal::copy_size(theirs, master);
        }
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        self.give_back();
    }
}

//! `add`, `attach` and `set`.

use super::{NamesError, Work, push};
use crate::TOOL;
use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use xns_core::shell::quote;
use xns_core::{Errno, Facts, Hint};
use xns_net::request::SetNumber;
use xns_net::store::{Cover, Need, State};
use xns_net::{Attach, Carry, CoverStore, MakeName, NetnsName, Op, OpenError, Place, Reach, UseStore};
use xns_plan::Plan;
use xns_tool::say;

/// The directory, and what covers it where it is not ours: that is told.
pub(crate) fn use_store(plan: &mut Plan, facts: &Facts) -> Option<String> {
    let need = Need::of(facts);
    let cover = if let Need::Cover(cover) = need { Some(cover) } else { None };
    if let Some(cover) = cover {
        let why = "the directory belongs to another user; only this mount namespace sees what is in this one";
        push(plan, Op::CoverStore(CoverStore(cover)), why);
    }
    let why = "what is bound there is to be seen in other mount namespaces, as ip has it";
    push(plan, Op::UseStore(UseStore), why);
    let place = cover.map(|cover| match cover {
        Cover::Names => "/run/netns",
        Cover::Run => "/run (with all that was in it)",
    });
    place.map(|place| {
        format!("{place} is covered by a tmpfs of this mount namespace: names are this shell's own")
    })
}

impl Work<'_> {
    pub(super) fn add(&self) -> Result<Plan, NamesError> {
        let word = self.words.first().ok_or(NamesError::NoName)?;
        let name = NetnsName::of_new(word)?;
        let mut plan = Plan::default();
        self.store(&mut plan);
        let make = MakeName { name: name.clone(), mark: None };
        push(&mut plan, Op::MakeName(make), "asked for; a file that is bound to a namespace keeps it");
        self.note(&mut plan, &lo_is_down(&name));
        Ok(plan)
    }

    pub(super) fn attach(&self) -> Result<Plan, NamesError> {
        let [word, pid] = self.words else { return Err(NamesError::NoNameAndPid) };
        let name = NetnsName::of_new(word)?;
        let pid = number(pid).filter(|pid| *pid > 0).ok_or_else(|| NamesError::Pid(pid.clone()))?;
        let mut plan = Plan::default();
        self.store(&mut plan);
        push(&mut plan, Op::Attach(Attach { name, pid }), "asked for; it stays when the process ends");
        Ok(plan)
    }

    fn store(&self, plan: &mut Plan) {
        if let Some(told) = use_store(plan, self.facts) {
            say(&TOOL, plan, &[told], self.reporting(), self.facts);
        }
    }

    pub(super) fn set(&self) -> Result<Plan, NamesError> {
        let name = self.name()?;
        let word = self.words.get(1).ok_or(NamesError::NoNumber)?;
        let number = match word.to_str() {
            Some("auto") => None,
            Some(text) if text.starts_with('-') => return Err(NamesError::Negative(word.clone())),
            _ => Some(self::number(word).ok_or_else(|| NamesError::Number(word.clone()))?),
        };
        let place = self.asked_place()?;
        match State::of(&name, self.facts) {
            None => {
                let (place, error) = (Place::Name(name), OpenError::NotOpened(Errno::ENOENT));
                return Err(NamesError::NotOpened { place, error, status: 1 });
            }
            Some(State::Live(_)) => {}
            Some(_) => return Err(NamesError::NoPeer(name)),
        }
        let mut plan = Plan::default();
        push(&mut plan, Op::Reach(Reach(place.clone())), "it is there that the number counts");
        push(&mut plan, Op::Reach(Reach(Place::Name(name.clone()))), "gets the number");
        let set = SetNumber { namespace: Place::Name(name), number };
        push(&mut plan, Carry::new(place, set), "asked for");
        Ok(plan)
    }

    /// The same, opened.
    pub(super) fn opened(&self) -> Result<OwnedFd, NamesError> {
        let place = self.asked_place()?;
        place.open().map_err(|error| match error {
            OpenError::NoNetns => NamesError::NotEntered(place),
            error => NamesError::NotOpened { place, error, status: 255 },
        })
    }

    /// `-n NAME`, or here.
    pub(super) fn asked_place(&self) -> Result<Place, NamesError> {
        match &self.cli.options.netns {
            Some(word) => Ok(Place::Name(NetnsName::existing(word)?)),
            None => Ok(Place::Here),
        }
    }
}

fn lo_is_down(name: &NetnsName) -> Hint {
    let word = quote(name.as_os_str());
    Hint::new(
        "XNS-E62-lo-down",
        format!("lo is down in {name}, as in each new network namespace: nothing answers there yet"),
    )
    .cure(format!("xnetns -n {word} link set lo up"), "127.0.0.1 answers then")
}

/// A number as `ip` reads it: decimal, with 0x hexadecimal, with 0 octal.
fn number(word: &OsStr) -> Option<u32> {
    let text = word.to_str().filter(|text| !text.starts_with('+'))?;
    let number = match (text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")), text.strip_prefix('0')) {
        (Some(digits), _) => u32::from_str_radix(digits, 16),
        (None, Some(digits)) if !digits.is_empty() => u32::from_str_radix(digits, 8),
        _ => text.parse(),
    };
    number.ok().filter(|number| i32::try_from(*number).is_ok())
}

/// A PID as `ip netns identify` takes it.
pub(super) fn pid(word: &OsString) -> Result<u32, NamesError> {
    let digits =
        word.to_str().filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|text| text.parse().ok()).ok_or_else(|| NamesError::NoPid(word.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_ip_reads_them() {
        let all = ["7", "0x9", "010", "0", "abc", "", "-1", "+1", "2147483648", "0x", "4294967295"];
        let read: Vec<_> = all.iter().map(|word| number(OsStr::new(word))).collect();
        let none = [None; 7];
        assert_eq!(read, [&[Some(7), Some(9), Some(8), Some(0)][..], &none].concat());
    }
}

//! What `add`, `set` and the other end of a veth have in common.

use crate::ip::{
    Keywords, Once, Words, WordsError, device, flag, hardware, keyword, named, netns, on_off, unsigned,
};
use std::ffi::OsStr;
use xns_core::Facts;
use xns_net::DeviceName;
use xns_net::request::{Flag, LinkOptions};

/// In `ip`'s order, with the letters that suffice.
const KEYWORDS: &Keywords = &[
    ("up", 0),
    ("down", 0),
    ("name", 0),
    ("index", 0),
    ("link", 1),
    ("address", 1),
    ("broadcast", 1),
    ("brd", 1),
    ("txqueuelen", 1),
    ("qlen", 0),
    ("mtu", 0),
    ("netns", 0),
    ("multicast", 0),
    ("allmulticast", 0),
    ("promisc", 0),
    ("dynamic", 1),
    ("trailers", 0),
    ("arp", 0),
    ("master", 1),
    ("nomaster", 1),
    ("alias", 2),
    ("group", 0),
    ("type", 2),
    ("numtxqueues", 2),
    ("numrxqueues", 4),
    ("dev", 0),
    ("help", 1),
];

/// Those that are left to `ip`.
const FOREIGN: &Keywords = &[
    ("addrgenmode", 5),
    ("carrier", 0),
    ("gro_max_size", 0),
    ("gso_max_segs", 0),
    ("gso_max_size", 0),
    ("link-netns", 5),
    ("link-netnsid", 0),
    ("mode", 0),
    ("parentdev", 0),
    ("protodown", 0),
    ("protodown_reason", 0),
    ("state", 0),
    ("vf", 0),
    ("vrf", 0),
    ("xdp", 0),
    ("xdpdrv", 0),
    ("xdpgeneric", 0),
    ("xdpoffload", 0),
];

/// What was said of a device.
pub(super) struct Said {
    pub(super) at: &'static str,
    pub(super) options: LinkOptions,
    pub(super) device: Option<DeviceName>,
    pub(super) name: Once<DeviceName>,
    pub(super) index: Once<u32>,
    pub(super) link: Once<DeviceName>,
    pub(super) group: Option<u32>,
    pub(super) queues: (Option<u32>, Option<u32>),
    mtu: Once<()>,
    txqueuelen: Once<()>,
    /// Is the device new? Then a name of it is a wish.
    is_new: bool,
}

impl Said {
    pub(super) fn new(at: &'static str, is_new: bool) -> Self {
        Said {
            at,
            options: LinkOptions::default(),
            device: None,
            name: Once::new("name"),
            index: Once::new("index"),
            link: Once::new("link"),
            group: None,
            queues: (None, None),
            mtu: Once::new("mtu"),
            txqueuelen: Once::new("txqueuelen"),
            is_new,
        }
    }

    /// Reads up to the end or to `type`; answers whether that is next.
    pub(super) fn read(&mut self, words: &mut Words<'_>, facts: &Facts) -> Result<bool, WordsError> {
        while let Some(word) = words.next() {
            match keyword(KEYWORDS, word) {
                Some("type") => return Ok(true),
                Some("help") => return Err(WordsError::Help),
                Some("dev") => {
                    let value = words.value()?;
                    self.take_device(value)?;
                }
                Some(keyword) => self.take(keyword, words, facts)?,
                None if keyword(FOREIGN, word).is_some() => {
                    return Err(WordsError::Foreign { at: self.at, word: word.into() });
                }
                None => self.take_device(word)?,
            }
        }
        Ok(false)
    }

    fn take_device(&mut self, word: &OsStr) -> Result<(), WordsError> {
        if self.device.is_some() {
            return Err(WordsError::Garbage { of: "dev", word: word.into() });
        }
        let name = if self.is_new { new_name(word, "dev")? } else { device(word, 1)? };
        self.device = Some(name);
        Ok(())
    }

    fn take(
        &mut self,
        keyword: &'static str,
        words: &mut Words<'_>,
        facts: &Facts,
    ) -> Result<(), WordsError> {
        match keyword {
            "up" => self.flag(Flag::Up, true),
            "down" => self.flag(Flag::Up, false),
            "nomaster" => self.options.master = Some(None),
            "numtxqueues" => self.queues.0 = Some(unsigned(words.value()?, keyword)?),
            "numrxqueues" => self.queues.1 = Some(unsigned(words.value()?, keyword)?),
            keyword => self.take_value(keyword, words.value()?, facts)?,
        }
        Ok(())
    }

    fn take_value(&mut self, keyword: &'static str, value: &OsStr, facts: &Facts) -> Result<(), WordsError> {
        match keyword {
            "name" => self.name.set(new_name(value, "name")?, value)?,
            "index" => self.index.set(unsigned(value, "index")?, value)?,
            "link" => self.link.set(device(value, 1)?, value)?,
            "address" => self.options.address = Some(hardware(value)?),
            "broadcast" | "brd" => self.options.broadcast = Some(hardware(value)?),
            "txqueuelen" | "qlen" => {
                self.txqueuelen.set((), value)?;
                self.options.txqueuelen = Some(unsigned(value, "txqueuelen")?);
            }
            "mtu" => {
                self.mtu.set((), value)?;
                self.options.mtu = Some(mtu(value)?);
            }
            "netns" => self.options.namespace = Some(netns(value, facts)?),
            "master" => {
                let missing = |_| WordsError::Argument {
                    word: value.into(),
                    what: "Device does not exist".into(),
                    gap: true,
                };
                self.options.master = Some(Some(device(value, 255).map_err(missing)?));
            }
            "alias" => self.options.alias = Some(value.into()),
            "group" => {
                let group = named(value, &[(0, "default")], u32::MAX);
                let group = group.ok_or_else(|| WordsError::invalid("group", value))?;
                // Of no device: all that are in it are meant.
                if self.is_new || self.device.is_some() {
                    self.options.group = Some(group);
                } else {
                    self.group = Some(group);
                }
            }
            keyword => {
                if let Some(flag) = flag(keyword) {
                    self.flag(flag, on_off(value, flag.word())?);
                }
            }
        }
        Ok(())
    }

    fn flag(&mut self, flag: Flag, on: bool) {
        self.options.flags.retain(|(given, _)| *given != flag);
        self.options.flags.push((flag, on));
    }
}

/// `ip` reads it with a sign, and leaves what it means to the kernel.
fn mtu(word: &OsStr) -> Result<u32, WordsError> {
    let text = word.to_str().unwrap_or_default();
    match text.strip_prefix('-').map(|text| unsigned(text.as_ref(), "mtu")) {
        Some(Ok(number)) => Ok(number.wrapping_neg()),
        _ => unsigned(word, "mtu"),
    }
}

/// A name that a device shall get.
pub(super) fn new_name(word: &OsStr, of: &'static str) -> Result<DeviceName, WordsError> {
    let bytes = word.as_encoded_bytes();
    DeviceName::new(word).map_err(|_| {
        let blank = |byte: &u8| *byte == b'/' || byte.is_ascii_whitespace() || *byte == 0x0b;
        // The kernel says this of a long one.
        if of == "dev" && bytes.len() > DeviceName::LONGEST && !bytes.iter().any(blank) {
            return WordsError::LongName(word.into());
        }
        WordsError::Argument { word: word.into(), what: format!("\"{of}\" not a valid ifname"), gap: false }
    })
}

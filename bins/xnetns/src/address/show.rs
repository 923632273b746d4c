//! `address show`.

use super::filter::{self, Filter};
use crate::TOOL;
use crate::cli::{Cli, Version};
use crate::ip::{
    Json, Lines, Names, Object, Surroundings, Words, brief_head, json_head, long_head, print_json, reach,
};
use crate::link::unread;
use std::fmt::Write;
use xns_cli::shown::{shown, text};
use xns_cli::table::Charset;
use xns_cli::{Diagnostic, print};
use xns_core::{Facts, SingleThreaded};
use xns_net::tables::SCOPES;
use xns_net::{Address, Interface};

/// Shows them.
pub(super) fn run(
    words: &mut Words<'_>,
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let filter = match filter::parse(words, cli, "address show") {
        Ok(filter) => filter,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let network = reach(cli, facts, single)?;
    let all = network.interfaces().map_err(unread)?;
    let selected = match filter.select(&all) {
        Ok(selected) => selected,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let (json, brief) = (cli.options.json, cli.options.brief);
    let tied: &[Interface] = if json || brief { &[] } else { &all };
    let names = Names::of(tied, &network, facts);
    let around = Surroundings { all: &all, names: &names };
    // Who asks for one version is not told of hardware.
    let six = filter.version == Some(Version::V6);
    let lines = Lines { mode: false, hardware: filter.version.is_none(), six };
    if json {
        let one = |(of, addresses): &(&Interface, Vec<&Address>)| {
            let mut object =
                json_head(of, &around, Lines { hardware: lines.hardware && !brief, ..lines }, brief);
            let addresses = addresses.iter().map(|address| Json::from(json_address(address, brief)));
            object.put("addr_info", addresses.collect::<Vec<_>>());
            object
        };
        return print_json(selected.iter().map(one).collect(), cli);
    }
    let mut out = String::new();
    for (of, addresses) in &selected {
        match (brief, &filter) {
            (true, _) => out += &brief_head(of, &around, false),
            (false, Filter { label: Some(_), .. }) => {}
            (false, _) => out += &long_head(of, &around, lines),
        }
        for address in addresses {
            out += &if brief { brief_address(address) } else { long_address(address) };
        }
        if brief {
            out.push('\n');
        }
    }
    print(&out).map(|()| 0)
}

/// `10.0.0.1 peer 10.0.0.2/24 metric 7 `
fn brief_address(of: &Address) -> String {
    let mut out = of.ip.to_string();
    if let Some(peer) = of.peer {
        let _ = write!(out, " peer {peer}");
    }
    let _ = write!(out, "/{} ", of.prefix);
    if let Some(metric) = of.metric {
        let _ = write!(out, "metric {metric} ");
    }
    out
}

fn long_address(of: &Address) -> String {
    let mut out = format!("    {} {}", family(of), brief_address(of));
    if let Some(broadcast) = of.broadcast {
        let _ = write!(out, "brd {broadcast} ");
    }
    if let Some(anycast) = of.anycast {
        let _ = write!(out, "any {anycast} ");
    }
    let _ = write!(out, "scope {} ", scope(of));
    for word in flags(of) {
        let _ = write!(out, "{word} ");
    }
    if let Some(label) = &of.label {
        out += &shown(label.as_encoded_bytes(), Charset::Utf8);
    }
    let time =
        |seconds: u32| if seconds == u32::MAX { "forever".to_owned() } else { format!("{seconds}sec") };
    let _ = writeln!(out, "\n       valid_lft {} preferred_lft {}", time(of.valid), time(of.preferred));
    out
}

fn json_address(of: &Address, brief: bool) -> Object {
    let mut object = Object::default();
    if !brief {
        object.put("family", family(of));
    }
    object.put("local", of.ip.to_string());
    object.maybe("address", of.peer.map(|peer| peer.to_string()));
    object.put("prefixlen", of.prefix);
    object.maybe("metric", of.metric);
    if brief {
        return object;
    }
    object.maybe("broadcast", of.broadcast.map(|ip| ip.to_string()));
    object.maybe("anycast", of.anycast.map(|ip| ip.to_string()));
    object.put("scope", scope(of));
    for word in flags(of) {
        object.put(word, true);
    }
    object.maybe("label", of.label.as_ref().map(|label| text(label.as_encoded_bytes())));
    object.put("valid_life_time", of.valid);
    object.put("preferred_life_time", of.preferred);
    object
}

const fn family(of: &Address) -> &'static str {
    if of.ip.is_ipv4() { "inet" } else { "inet6" }
}

fn scope(of: &Address) -> String {
    let named = SCOPES.iter().find(|(number, _)| *number == u32::from(of.scope));
    named.map_or_else(|| of.scope.to_string(), |(_, name)| (*name).to_owned())
}

/// The words of its flags: each but of an address that stays for ever, which is the usual.
fn flags(of: &Address) -> Vec<&'static str> {
    let word = |(word, bit, contrary): (&'static str, u32, bool)| {
        let version = match word {
            "secondary" => of.ip.is_ipv4(),
            "temporary" => of.ip.is_ipv6(),
            "primary" | "permanent" => false,
            _ => true,
        };
        (version && (of.flags & bit != 0) != contrary).then_some(word)
    };
    let stable = (of.flags & 0x800 != 0).then_some("stable-privacy");
    filter::FLAGS.into_iter().filter_map(word).chain(stable).collect()
}

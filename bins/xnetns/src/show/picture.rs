//! The network namespaces as a tree, for people.

use super::words;
use super::world::{Contents, Space, is_pair};
use std::os::unix::ffi::OsStrExt;
use xns_cli::table::{Charset, Column, Form, Look, Style, Table};
use xns_net::store::State;
use xns_net::{Address, Interface, NetnsName};

/// What is drawn.
pub(super) struct Picture<'p> {
    pub(super) spaces: &'p [Space],
    pub(super) shown: &'p [usize],
    pub(super) dead: &'p [(NetnsName, State)],
    /// So many processes did not show where they are.
    pub(super) hidden: usize,
    /// Which addresses and routes: those of version 6?
    pub(super) is_wanted: &'p dyn Fn(bool) -> bool,
}

const COLUMNS: [Column; 1] = [Column::new("NAMESPACE").tree()];

impl Picture<'_> {
    pub(super) fn draw(&self, look: &Look) -> String {
        let mut table = Table::new(&COLUMNS);
        for at in self.shown {
            self.space(&mut table, *at, look.charset);
        }
        for (name, state) in self.dead {
            table
                .row(None)
                .text(join(&[name.as_os_str().as_bytes().to_vec(), state.to_string().into()], look.charset))
                .style(Style::Bold);
        }
        // What is cut off a line is what it would be read for.
        table.render(Form::Human, &Look { no_headings: true, width: None, ..*look })
    }

    fn space(&self, table: &mut Table<'_>, at: usize, charset: Charset) {
        let space = &self.spaces[at];
        let mut heading = vec![title(space), words::processes(space.crowd.count, self.hidden).into()];
        heading.extend(
            space
                .contents
                .as_ref()
                .and_then(|contents| contents.as_ref().err())
                .map(|error| error.to_string().into()),
        );
        let row = table.row(None).text(join(&heading, charset)).style(Style::Bold).id();
        let Some(contents) = space.known() else { return };
        for interface in &contents.interfaces {
            table.row(Some(row)).text(self.interface(interface, at, contents, charset));
        }
        let mut routes = contents.routes.iter().filter(|route| (self.is_wanted)(route.is_six)).peekable();
        if routes.peek().is_none() {
            return;
        }
        let row = table.row(Some(row)).text("routes").id();
        for route in routes {
            table.row(Some(row)).text(words::route(route, contents));
        }
    }

    /// `veth0 ── veth1 in BLUE · UP · 8e:27:0d:71:a9:01 · 11.11.11.2/24`
    fn interface(&self, interface: &Interface, at: usize, contents: &Contents, charset: Charset) -> Vec<u8> {
        let line = if charset == Charset::Utf8 { "──" } else { "--" };
        let mut first = interface.name.as_bytes().to_vec();
        first.extend(words::tied(interface, at, self.spaces, line));
        let is_lo = words::is_loopback(interface);
        let state = words::state(interface);
        let told = if is_lo && state == "DOWN" { "DOWN: nothing is reached at 127.0.0.1" } else { state };
        let mut parts = vec![first, told.into()];
        let kind = interface.kind.as_ref().filter(|_| !is_pair(interface));
        parts.extend(kind.map(|kind| kind.clone().into_bytes()));
        if !is_lo && !interface.hardware.is_empty() {
            parts.push(interface.mac().into_bytes());
        }
        if words::is_unusual_mtu(interface) {
            parts.push(format!("mtu {}", interface.mtu).into_bytes());
        }
        if let Some(master) = interface.master {
            parts.push([b"port of ".as_slice(), &words::device(master, contents)].concat());
        }
        if let Some(alias) = &interface.alias {
            parts.push([b"alias ".as_slice(), alias.as_bytes()].concat());
        }
        let wanted = |address: &&Address| (self.is_wanted)(address.ip.is_ipv6());
        let addresses = interface.addresses.iter().filter(wanted);
        parts.extend(addresses.map(|address| words::address(address, interface)));
        join(&parts, charset)
    }
}

/// All that it is called.
fn title(space: &Space) -> Vec<u8> {
    let mut names: Vec<&[u8]> = space.names.iter().map(|name| name.as_os_str().as_bytes()).collect();
    if names.is_empty() {
        return space.called();
    }
    let here = format!("({})", super::subject::HOST);
    if space.is_here {
        names.push(here.as_bytes());
    }
    names.join(b" ".as_slice())
}

fn join(words: &[Vec<u8>], charset: Charset) -> Vec<u8> {
    words.join(dot(charset).as_bytes())
}

const fn dot(charset: Charset) -> &'static str {
    match charset {
        Charset::Utf8 => " · ",
        Charset::Ascii => ", ",
    }
}

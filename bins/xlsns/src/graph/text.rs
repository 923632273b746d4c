//! The picture as an indented tree.

use super::{about, about_owner, count, group, more, process, title};
use crate::shown::{Charset, shown};
use xns_core::NsKind;
use xns_lsns::graph::{Bundle, Graph, Space};

/// A line, and what is below it.
struct Node {
    line: String,
    below: Vec<Node>,
}

impl Node {
    fn leaf(line: String) -> Self {
        Node { line, below: Vec::new() }
    }
}

/// As a tree of lines.
pub(super) fn text(graph: &Graph, charset: Charset) -> String {
    let drawing = Drawing { graph, charset };
    let mut out = String::with_capacity(4096);
    for root in &graph.roots {
        write(&mut out, &drawing.owner(*root), "", "", charset);
    }
    out
}

/// `first` is before the node's own line, `rest` before those below it.
fn write(out: &mut String, node: &Node, first: &str, rest: &str, charset: Charset) {
    out.push_str(first);
    out.push_str(&node.line);
    out.push('\n');
    let [middle, last, along] = match charset {
        Charset::Utf8 => ["├─ ", "└─ ", "│  "],
        Charset::Ascii => ["|- ", "`- ", "|  "],
    };
    for (place, below) in node.below.iter().enumerate() {
        let is_last = place + 1 == node.below.len();
        let first = format!("{rest}{}", if is_last { last } else { middle });
        let rest = format!("{rest}{}", if is_last { "   " } else { along });
        write(out, below, &first, &rest, charset);
    }
}

struct Drawing<'g> {
    graph: &'g Graph,
    charset: Charset,
}

impl Drawing<'_> {
    /// A user namespace: what it owns, and those in it.
    fn owner(&self, place: usize) -> Node {
        let owner = &self.graph.owners[place];
        // What is in a PID namespace of the same owner stands there.
        let outer = |bundle: &&usize| {
            let around = self.graph.bundles[**bundle].around;
            around.is_none_or(|around| self.graph.bundles[around].owner != place)
        };
        let bundles = owner.bundles.iter().filter(outer).map(|bundle| self.bundle(*bundle));
        let children = owner.children.iter().map(|child| self.owner(*child));
        let line = [vec![title(owner)], about_owner(owner, self.charset)].concat().join(self.dot());
        Node { line, below: bundles.chain(children).collect() }
    }

    fn bundle(&self, place: usize) -> Node {
        let bundle = &self.graph.bundles[place];
        let mut spaces: Vec<Node> =
            bundle.spaces.iter().map(|space| self.space(place, bundle, space)).collect();
        let Some(first) = &bundle.first else {
            // A single one: what has no processes is in no bundle with others.
            return spaces.pop().unwrap_or_else(|| Node::leaf(String::new()));
        };
        if bundle.space(NsKind::Pid).is_none() && bundle.groups.len() + bundle.more > 1 {
            spaces.push(Node { line: "processes".to_owned(), below: self.processes(bundle) });
        }
        Node { line: process(first, self.charset), below: spaces }
    }

    fn space(&self, place: usize, bundle: &Bundle, space: &Space) -> Node {
        let mut words = vec![format!("{:<6} {}", space.kind.name(), space.ino)];
        words.extend(about(space, self.charset));
        let mut below = Vec::new();
        match space.kind {
            NsKind::Net => below.extend(self.links(space.ino)),
            NsKind::Pid => {
                let around = bundle.around.map(|around| self.graph.bundles[around].owner);
                if let Some(parent) = space.parent.filter(|_| around != Some(bundle.owner)) {
                    words.push(format!("in pid {parent}"));
                }
                below.extend(self.processes(bundle));
                let inner = self.graph.bundles[place].inner.iter();
                below.extend(inner.map(|inner| self.inner(*inner, bundle.owner)));
            }
            _ => {}
        }
        Node { line: words.join(self.dot()), below }
    }

    /// A PID namespace in another one: here if it has the same owner, else only a word of it.
    fn inner(&self, place: usize, owner: usize) -> Node {
        let bundle = &self.graph.bundles[place];
        if bundle.owner == owner {
            return self.bundle(place);
        }
        let space = bundle.space(NsKind::Pid);
        let (ino, processes) = space.map_or((0, 0), |space| (space.ino, space.processes));
        let owner = title(&self.graph.owners[bundle.owner]);
        Node::leaf([format!("pid    {ino}"), count(processes), format!("below {owner}")].join(self.dot()))
    }

    fn processes(&self, bundle: &Bundle) -> Vec<Node> {
        let groups = bundle.groups.iter().map(|members| group(members, self.charset));
        groups.chain(more(bundle.more, self.charset)).map(Node::leaf).collect()
    }

    /// The veth pairs that have an end in this network namespace.
    fn links(&self, ino: u64) -> impl Iterator<Item = Node> {
        let both = self.graph.links.iter().flat_map(|link| {
            let forwards = (link.from_ns, &link.name, link.to_ns, &link.peer_name);
            let backwards = (link.to_ns, &link.peer_name, link.from_ns, &link.name);
            [forwards, backwards]
        });
        both.filter(move |(from, ..)| *from == ino).map(|(_, name, to, peer)| {
            let line = if self.charset == Charset::Utf8 { "──" } else { "--" };
            let (name, peer) = (shown(name, self.charset), shown(peer, self.charset));
            Node::leaf(format!("{name} {line} {peer} in net {to}"))
        })
    }

    const fn dot(&self) -> &'static str {
        match self.charset {
            Charset::Utf8 => " · ",
            Charset::Ascii => ", ",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_host_a_container_a_user_and_a_name() {
        let want = "\
user 4026531837 · 1 init · 5 processes
├─ 1 init
│  ├─ net    4026531840 · 4 processes
│  │  ├─ veth0 ── eth0 in net 4026532001
│  │  └─ veth1 ── eth0 in net 4026532101
│  └─ pid    4026531836 · 4 processes
│     ├─ 1 init
│     ├─ 2 worker (and 1 more)
│     ├─ … and 1 more
│     ├─ 11 nginx
│     │  ├─ mnt    4026532002 · 1 process
│     │  ├─ net    4026532001 · 1 process
│     │  │  └─ eth0 ── veth0 in net 4026531840
│     │  └─ pid    4026532003 · 1 process
│     │     └─ 11 nginx
│     └─ pid    4026532203 · 1 process · below user 4026532200
├─ net    4026532101 · no process · /run/netns/RED
│  └─ eth0 ── veth1 in net 4026531840
└─ user 4026532200 · 20 \"a\"<b>&\\x0a#\\x5cx\\xff · 1 process
   └─ 20 \"a\"<b>&\\x0a#\\x5cx\\xff
      └─ pid    4026532203 · 1 process · in pid 4026531836
         └─ 20 \"a\"<b>&\\x0a#\\x5cx\\xff
";
        assert_eq!(text(&sample::small(), Charset::Utf8), want);
        let ascii = want.replace("├─", "|-").replace("└─", "`-").replace('│', "|").replace("──", "--");
        assert_eq!(text(&sample::small(), Charset::Ascii), ascii.replace(" ·", ",").replace('…', "..."));
    }
}

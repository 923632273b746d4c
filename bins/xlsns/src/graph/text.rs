//! The picture as an indented tree.

use super::{about, about_owner, count, process, processes, shares_with, title};
use crate::shown::{Charset, shown};
use std::collections::HashMap;
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
pub fn text(graph: &Graph, charset: Charset) -> String {
    let drawing = Drawing { graph, charset, ends: ends(graph) };
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
    /// By the network namespace that they are in.
    ends: HashMap<u64, Vec<End<'g>>>,
}

/// An end of a veth pair.
struct End<'g> {
    name: &'g [u8],
    peer: &'g [u8],
    /// The peer's network namespace.
    to: u64,
}

fn ends(graph: &Graph) -> HashMap<u64, Vec<End<'_>>> {
    let mut ends: HashMap<u64, Vec<End<'_>>> = HashMap::new();
    for link in &graph.links {
        let (name, peer) = (link.name.as_slice(), link.peer_name.as_slice());
        ends.entry(link.from_ns).or_default().push(End { name, peer, to: link.to_ns });
        ends.entry(link.to_ns).or_default().push(End { name: peer, peer: name, to: link.from_ns });
    }
    ends
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
        let processes = processes(bundle, self.charset);
        if bundle.space(NsKind::Pid).is_none() && !processes.is_empty() {
            let below = processes.into_iter().map(Node::leaf).collect();
            spaces.push(Node { line: "processes".to_owned(), below });
        }
        let mut line = vec![process(first, self.charset)];
        // Most share the rest with the first one of all.
        let like = shares_with(bundle)
            .filter(|like| *like > 0)
            .and_then(|like| self.graph.bundles[like].first.as_ref());
        line.extend(like.map(|like| format!("the rest shared with {}", like.pid)));
        Node { line: line.join(self.dot()), below: spaces }
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
                below.extend(processes(bundle, self.charset).into_iter().map(Node::leaf));
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

    /// The veth pairs that have an end in this network namespace.
    fn links(&self, ino: u64) -> impl Iterator<Item = Node> {
        self.ends.get(&ino).into_iter().flatten().map(|end| {
            let line = if self.charset == Charset::Utf8 { "──" } else { "--" };
            let (name, peer) = (shown(end.name, self.charset), shown(end.peer, self.charset));
            Node::leaf(format!("{name} {line} {peer} in net {}", end.to))
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
│     └─ pid    4026532203 · 1 process · below user 4026532200
├─ net    4026532101 · no process · /run/netns/RED
│  └─ eth0 ── veth1 in net 4026531840
└─ user 4026532200 · 20 \"a\"<b>&\\x0a#\\x5cx\\xff · 1 process
   └─ 20 \"a\"<b>&\\x0a#\\x5cx\\xff · the rest shared with 11
      └─ pid    4026532203 · 1 process · in pid 4026531836
";
        assert_eq!(text(&sample::small(), Charset::Utf8), want);
        let ascii = want.replace("├─", "|-").replace("└─", "`-").replace('│', "|").replace("──", "--");
        assert_eq!(text(&sample::small(), Charset::Ascii), ascii.replace(" ·", ",").replace('…', "..."));
    }
}

//! The picture in the DOT language of Graphviz: user namespaces are frames in each other, what belongs together is a box with a row
//! for each namespace, lines lead from PID namespace to PID namespace and from device to device.

use super::{about, about_owner, networks, process, processes, shares_with, title};
use crate::shown::{Charset, shown};
use std::fmt::Write;
use xns_core::NsKind;
use xns_lsns::graph::{Bundle, Graph};

/// The frames' grounds, from the outermost inwards.
const GROUNDS: [&str; 3] = ["#f4f6f9", "#e6ecf5", "#d8e2f0"];

const HEAD: &str = "\
digraph namespaces {
  graph [rankdir=LR, ranksep=1.3, nodesep=0.3, fontname=\"Helvetica\", fontsize=13, style=rounded, labeljust=l]
  node [shape=plain, fontname=\"Helvetica\", fontsize=11]
  edge [fontname=\"Helvetica\", fontsize=10]
";

/// After the frames, or they would have it too.
const LEGEND: &str = "  \
labelloc=b; label=<<FONT POINT-SIZE=\"11\">frame: a user namespace and what it owns    box: namespaces made for one process    \
&#8943; shares the rest with    \
<FONT COLOR=\"#b36b00\">&#8594; PID namespace in PID namespace</FONT>    \
<FONT COLOR=\"#1f7a3a\">&#8212; veth pair</FONT></FONT>>;
";

/// As DOT.
pub fn dot(graph: &Graph) -> String {
    let mut out = String::with_capacity(16 * 1024);
    out.push_str(HEAD);
    for root in &graph.roots {
        owner(&mut out, graph, *root, 0);
    }
    edges(&mut out, graph);
    out.push_str(LEGEND);
    out.push_str("}\n");
    out
}

/// A frame. Its depth chooses its ground.
fn owner(out: &mut String, graph: &Graph, place: usize, depth: usize) {
    let owner_is = &graph.owners[place];
    let indent = "  ".repeat(depth + 1);
    let mut label = vec![title(owner_is)];
    label.extend(about_owner(owner_is, Charset::Utf8));
    let _ = writeln!(out, "{indent}subgraph cluster_{place} {{");
    let ground = GROUNDS[depth % GROUNDS.len()];
    let _ = writeln!(
        out,
        "{indent}  label=<<B>{}</B>>; style=\"rounded,filled\"; color=\"#7a8ba5\"; fillcolor=\"{ground}\";",
        html(&label.join(" · "))
    );
    if owner_is.bundles.is_empty() && owner_is.children.is_empty() {
        // An empty frame is not drawn.
        let _ = writeln!(out, "{indent}  u{place} [shape=plain, label=\"owns nothing\"];");
    }
    for bundle in &owner_is.bundles {
        let _ = writeln!(out, "{indent}  b{bundle} [label=<{}>];", table(&graph.bundles[*bundle]));
    }
    for child in &owner_is.children {
        owner(out, graph, *child, depth + 1);
    }
    let _ = writeln!(out, "{indent}}}");
}

/// A box: the first process, the namespaces, the processes.
fn table(bundle: &Bundle) -> String {
    let mut out = String::with_capacity(1024);
    out.push_str(
        "<TABLE BORDER=\"1\" COLOR=\"#5b6b82\" BGCOLOR=\"white\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"4\">",
    );
    if let Some(first) = &bundle.first {
        let first = html(&process(first, Charset::Utf8));
        let _ = write!(
            out,
            "<TR><TD COLSPAN=\"3\" ALIGN=\"LEFT\" PORT=\"t\" BGCOLOR=\"#dfe5ee\"><B>{first}</B></TD></TR>"
        );
    }
    for space in &bundle.spaces {
        let (kind, ino) = (space.kind, space.ino);
        let ground = match kind {
            NsKind::Net => " BGCOLOR=\"#dcf0e0\"",
            NsKind::Pid => " BGCOLOR=\"#fdeccf\"",
            _ => "",
        };
        let about = html(&about(space, Charset::Utf8).join(" · "));
        // Lines reach the row from either side.
        let _ = write!(
            out,
            "<TR><TD ALIGN=\"LEFT\" PORT=\"w{ino}\"{ground}>{kind}</TD><TD ALIGN=\"LEFT\"{ground}>{ino}</TD>\
             <TD ALIGN=\"LEFT\" PORT=\"e{ino}\"{ground}>{about}</TD></TR>"
        );
    }
    for line in processes(bundle, Charset::Utf8) {
        let _ = write!(
            out,
            "<TR><TD></TD><TD COLSPAN=\"2\" ALIGN=\"LEFT\"><FONT POINT-SIZE=\"10\" COLOR=\"#444444\">{}</FONT></TD></TR>",
            html(&line)
        );
    }
    out.push_str("</TABLE>");
    out
}

/// From a PID namespace to those in it, from a box to those that share the rest with it, and between the ends of veth pairs.
fn edges(out: &mut String, graph: &Graph) {
    for (place, bundle) in graph.bundles.iter().enumerate() {
        if let Some(like) = shares_with(bundle) {
            let _ =
                writeln!(out, "  b{like}:t:e -> b{place}:t:w [dir=none, style=dotted, color=\"#5b6b82\"];");
        }
        let around =
            bundle.around.and_then(|around| Some((around, graph.bundles[around].space(NsKind::Pid)?)));
        if let (Some((around, outer)), Some(inner)) = (around, bundle.space(NsKind::Pid)) {
            let _ = writeln!(
                out,
                "  b{around}:e{}:e -> b{place}:w{}:w [color=\"#d08a1d\", tooltip=\"PID namespace in PID namespace\"];",
                outer.ino, inner.ino
            );
        }
    }
    let networks = networks(graph);
    let place = |ino: u64| networks.get(&ino).copied();
    for link in &graph.links {
        let (Some(from), Some(to)) = (place(link.from_ns), place(link.to_ns)) else { continue };
        let (name, peer) = (shown(&link.name, Charset::Utf8), shown(&link.peer_name, Charset::Utf8));
        let _ = writeln!(
            out,
            "  b{from}:e{}:e -> b{to}:w{}:w [dir=none, color=\"#2c8a47\", penwidth=1.6, fontcolor=\"#1f7a3a\", label={}];",
            link.from_ns,
            link.to_ns,
            quoted(&format!(" {name} – {peer} "))
        );
    }
}

/// A string of DOT: a backslash is two, or Graphviz takes it for its own.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;"))
}

/// Text in a label like HTML.
fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\\' => out.push_str("&#92;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample::{small, with};
    use super::*;
    use proptest::prelude::*;

    /// The text without what is in quotation marks and between `<` and `>`. Nothing odd is outside of these, and what is opened is
    /// closed.
    fn skeleton(dot: &str) -> String {
        let mut out = String::new();
        let (mut quoted, mut depth) = (false, 0);
        let mut characters = dot.chars();
        while let Some(character) = characters.next() {
            assert!(character == '\n' || !character.is_control(), "{character:?}");
            match character {
                '\\' if quoted => assert!(matches!(characters.next(), Some('\\' | '"'))),
                '"' if depth == 0 => quoted = !quoted,
                '<' if !quoted => depth += 1,
                '>' if !quoted && depth > 0 => depth -= 1,
                _ if quoted => {}
                '&' if depth > 0 => {
                    let entity: String = characters.by_ref().take_while(|c| *c != ';').collect();
                    let known = ["amp", "lt", "gt", "quot", "#92", "#8594", "#8212", "#8943"];
                    assert!(known.contains(&&*entity), "{entity}");
                }
                _ if depth > 0 => {}
                _ => {
                    let plain = character.is_ascii_alphanumeric() || " \n{}[]=,;:->._".contains(character);
                    assert!(plain, "{character:?} in {dot}");
                    out.push(character);
                }
            }
        }
        assert!(!quoted && depth == 0, "{dot}");
        out
    }

    #[test]
    fn odd_names_are_text() {
        let text = dot(&small());
        assert!(text.contains("20 &quot;a&quot;&lt;b&gt;&amp;&#92;x0a#&#92;x5cx&#92;xff"), "{text}");
        assert!(text.contains("b0:e4026531836:e -> b1:w4026532003:w"), "{text}");
        assert!(text.contains("b0:e4026531840:e -> b3:w4026532101:w"), "{text}");
        assert_eq!(quoted("a\"\\n&lt;"), r#""a\"\\n&amp;lt;""#);
    }

    #[test]
    fn what_owns_nothing_is_drawn() {
        let owner = xns_lsns::graph::Owner { ino: Some(7), ..Default::default() };
        let text = dot(&Graph { owners: vec![owner], roots: vec![0], ..Graph::default() });
        assert!(text.contains("owns nothing"), "{text}");
        skeleton(&dot(&Graph::default()));
    }

    proptest! {
        #[test]
        fn no_name_changes_the_picture(command in prop::collection::vec(any::<u8>(), 1..60), device: Vec<u8>) {
            prop_assert_eq!(skeleton(&dot(&with(&command, &device))), skeleton(&dot(&with(b"sh", b"eth0"))));
        }
    }
}

//! The picture as a flowchart of Mermaid, which Markdown viewers draw.

use super::{about, about_owner, networks, process, processes, shares_with, title};
use crate::shown::{Charset, shown};
use std::fmt::Write;
use xns_lsns::graph::{Bundle, Graph};

/// As Mermaid.
pub fn mermaid(graph: &Graph) -> String {
    let mut out = String::with_capacity(8 * 1024);
    out.push_str("flowchart LR\n");
    for root in &graph.roots {
        owner(&mut out, graph, *root, 1);
    }
    edges(&mut out, graph);
    out.push_str("  classDef box text-align:left,fill:#fff,stroke:#5b6b82,color:#000\n");
    out
}

fn owner(out: &mut String, graph: &Graph, place: usize, depth: usize) {
    let owner_is = &graph.owners[place];
    let indent = "  ".repeat(depth);
    let mut label = vec![title(owner_is)];
    label.extend(about_owner(owner_is, Charset::Utf8));
    let _ = writeln!(out, "{indent}subgraph u{place}[\"{}\"]", escaped(&label.join(" · ")));
    if owner_is.bundles.is_empty() && owner_is.children.is_empty() {
        let _ = writeln!(out, "{indent}  n{place}[\"owns nothing\"]:::box");
    }
    for bundle in &owner_is.bundles {
        let _ = writeln!(out, "{indent}  b{bundle}[\"{}\"]:::box", label_of(&graph.bundles[*bundle]));
    }
    for child in &owner_is.children {
        owner(out, graph, *child, depth + 1);
    }
    let _ = writeln!(out, "{indent}end");
}

fn label_of(bundle: &Bundle) -> String {
    let mut lines = Vec::new();
    if let Some(first) = &bundle.first {
        lines.push(format!("<b>{}</b>", escaped(&process(first, Charset::Utf8))));
    }
    for space in &bundle.spaces {
        let about = about(space, Charset::Utf8).join(" · ");
        lines.push(escaped(&format!("{} {} · {about}", space.kind, space.ino)));
    }
    lines.extend(processes(bundle, Charset::Utf8).iter().map(|line| format!("<i>{}</i>", escaped(line))));
    lines.join("<br/>")
}

fn edges(out: &mut String, graph: &Graph) {
    for (place, bundle) in graph.bundles.iter().enumerate() {
        if let Some(like) = shares_with(bundle) {
            let _ = writeln!(out, "  b{like} -.- b{place}");
        }
        if let Some(around) = bundle.around {
            let _ = writeln!(out, "  b{around} -->|\"pid\"| b{place}");
        }
    }
    let networks = networks(graph);
    let place = |ino: u64| networks.get(&ino).copied();
    for link in &graph.links {
        if let (Some(from), Some(to)) = (place(link.from_ns), place(link.to_ns)) {
            let (name, peer) = (shown(&link.name, Charset::Utf8), shown(&link.peer_name, Charset::Utf8));
            let _ = writeln!(out, "  b{from} ---|\"{}\"| b{to}", escaped(&format!("{name} – {peer}")));
        }
    }
}

/// Between quotation marks: all but plain characters as a number, since a label is looked through for comments (`%%`), styles
/// (`style x:#…;`), HTML and Markdown before and after it is taken for a label.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_alphanumeric() || " ·–…./,()-".contains(character) {
            out.push(character);
        } else {
            let _ = write!(out, "#{};", character as u32);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample::{small, with};
    use super::*;
    use proptest::prelude::*;

    /// Each line is one of the few forms that are used; names are replaced by `…`.
    fn forms(text: &str) -> Vec<String> {
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("flowchart LR"));
        let (mut depth, mut forms) = (0, Vec::new());
        for line in lines {
            let (is, label) = match line.trim_start().split_once('"') {
                Some((before, rest)) => {
                    let (label, after) = rest.split_once('"').unwrap();
                    (format!("{before}…{after}"), label)
                }
                None => (line.trim_start().to_owned(), ""),
            };
            plain(label);
            let words: Vec<_> = is.split(' ').collect();
            let id = |word: &str| word.len() > 1 && word[1..].bytes().all(|byte| byte.is_ascii_digit());
            match words.as_slice() {
                ["subgraph", word] => {
                    depth += 1;
                    assert!(id(word.strip_suffix("[…]").unwrap()), "{line}");
                }
                ["end"] => depth -= 1,
                ["classDef", ..] => {}
                [from, "-->|…|" | "---|…|" | "-.-", to] => assert!(id(from) && id(to), "{line}"),
                [word] => assert!(id(word.strip_suffix("[…]:::box").unwrap()), "{line}"),
                _ => panic!("{line}"),
            }
            assert!(depth >= 0);
            forms.push(is);
        }
        assert_eq!(depth, 0);
        forms
    }

    /// Letters, some punctuation, our own tags, and characters by their numbers.
    fn plain(label: &str) {
        let mut text = label.to_owned();
        for tag in ["<b>", "</b>", "<i>", "</i>", "<br/>"] {
            text = text.replace(tag, "");
        }
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('#') {
            assert!(!before.contains([';', '<', '>', '&', '%', '`', '"', '\\', ':']), "{label}");
            let (number, after) = after.split_once(';').unwrap();
            assert!(number.bytes().all(|byte| byte.is_ascii_digit()), "{label}");
            rest = after;
        }
        assert!(!rest.contains([';', '<', '>', '&', '%', '`', '"', '\\', ':']), "{label}");
    }

    #[test]
    fn odd_names_are_text() {
        let text = mermaid(&small());
        assert!(text.contains("20 #34;a#34;#60;b#62;#38;#92;x0a#35;#92;x5cx#92;xff"), "{text}");
        assert_eq!(forms(&text).iter().filter(|form| form.contains("-->|")).count(), 2);
        assert_eq!(forms(&text).iter().filter(|form| form.contains("---|")).count(), 2);
        assert!(forms(&text).contains(&"b1 -.- b2".to_owned()));
    }

    proptest! {
        #[test]
        fn no_name_changes_the_picture(command in prop::collection::vec(any::<u8>(), 1..60), device: Vec<u8>) {
            prop_assert_eq!(forms(&mermaid(&with(&command, &device))), forms(&mermaid(&with(b"sh", b"eth0"))));
        }
    }
}

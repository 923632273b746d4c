//! The ids of hints: each in the sources is in the manual, and the other way round.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

/// Made up for tests.
const NOT_REAL: &str = "XNS-E99-test";

/// What is in one of the two only, a line each.
pub(crate) fn differences(root: &Path, manual: &str) -> io::Result<Vec<String>> {
    let mut given = BTreeSet::new();
    for dir in ["crates", "bins"] {
        collect(&root.join(dir), &mut given)?;
    }
    given.remove(NOT_REAL);
    let listed: BTreeSet<_> = ids(manual).collect();
    let missing = given.difference(&listed).map(|id| format!("the manual does not list {id}"));
    let unused = listed.difference(&given).map(|id| format!("nothing gives {id}, which the manual lists"));
    Ok(missing.chain(unused).collect())
}

/// The ids in the Rust files below a directory, but for this package's.
fn collect(dir: &Path, found: &mut BTreeSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("xtask") {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.extend(literals(&fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

/// Ids that are a whole string, not those that a comment mentions.
fn literals(text: &str) -> impl Iterator<Item = String> {
    text.split('"').filter(|word| ids(word).next().is_some_and(|id| id == **word)).map(str::to_owned)
}

/// `XNS-`, a letter and a number, and small letters.
fn ids(text: &str) -> impl Iterator<Item = String> {
    let letters = |c: char| c == '-' || c.is_ascii_alphanumeric();
    text.split(move |c: char| !letters(c))
        .filter(|word| word.starts_with("XNS-") && word.len() > 8)
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_from_what_looks_like_them() {
        let found: Vec<_> = literals("Hint::new(\"XNS-E01-a-b\", \"see XNS-E02-c\") // XNS-E03-d").collect();
        assert_eq!(found, ["XNS-E01-a-b"]);
        let found: Vec<_> = ids("XNS-E01-a|T{\nXNS_HINTS XNS-S1-hostname.").collect();
        assert_eq!(found, ["XNS-E01-a", "XNS-S1-hostname"]);
    }
}

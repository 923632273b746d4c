//! What was skipped, as the tests say it: `PROGRAM`, `TEST` and `REASON` in a line, with tabs between.
//!
//! `TEST` is the name of a test that ran nothing, or `TEST (PART)`: then the rest of it was run. A test that is done twice, as
//! root and as an ordinary user, has the parts of [`HALVES`]; without both nothing of it was run.

use std::collections::{BTreeMap, BTreeSet};

const HALVES: [&str; 2] = ["root", "ordinary user"];

/// A test, or a part of one, that was skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Skip {
    pub(super) test: String,
    /// Without it: the whole test, which has passed to libtest.
    pub(super) part: Option<String>,
    pub(super) reason: String,
}

/// What each program's tests have skipped; the same line counts once.
pub(super) fn parse(lines: &[String]) -> BTreeMap<&str, Vec<Skip>> {
    // Program, test, part (empty: all of it), reasons.
    type Parts<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;
    let mut programs: BTreeMap<&str, BTreeMap<&str, Parts<'_>>> = BTreeMap::new();
    for line in lines {
        let mut fields = line.splitn(3, '\t');
        let (Some(program), Some(name), Some(reason)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let part = name.strip_suffix(')').and_then(|name| name.split_once(" ("));
        let (test, part) = part.unwrap_or((name, ""));
        let parts = programs.entry(program).or_default().entry(test).or_default();
        parts.entry(part).or_default().insert(reason);
    }
    let skips = |tests: BTreeMap<&str, Parts<'_>>| {
        tests.into_iter().flat_map(|(test, parts)| of_a_test(test, &parts)).collect()
    };
    programs.into_iter().map(|(program, tests)| (program, skips(tests))).collect()
}

fn of_a_test(test: &str, parts: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<Skip> {
    let skip = |part: Option<&str>, reasons: &BTreeSet<&str>| Skip {
        test: test.to_owned(),
        part: part.map(str::to_owned),
        reason: reasons.iter().copied().collect::<Vec<_>>().join("; "),
    };
    if let Some(reasons) = parts.get("") {
        return vec![skip(None, reasons)];
    }
    if let [Some(root), Some(ordinary)] = HALVES.map(|half| parts.get(half)) {
        return vec![skip(None, &(root | ordinary))];
    }
    parts.iter().map(|(part, reasons)| skip(Some(part), reasons)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_not_the_whole() {
        let lines = [
            "p-1\ta (root)\tneeds root",
            "p-1\tb\tneeds root",
            "p-1\tb\tneeds root",
            "p-1\tb (signals)\tneeds root",
            "p-1\tc (root)\tx",
            "p-1\tc (ordinary user)\ty",
            "p-1\td (root)\tx",
            "p-1\td (shellcheck)\ty",
            "q-2\ta\tx",
            "nothing",
        ];
        let lines = lines.map(str::to_owned);
        let skips = parse(&lines);
        let shown = |program: &str| {
            let of = |skip: &Skip| {
                format!("{} {} {}", skip.test, skip.part.as_deref().unwrap_or("-"), skip.reason)
            };
            skips.get(program).map(|skips| skips.iter().map(of).collect::<Vec<_>>()).unwrap_or_default()
        };
        assert_eq!(
            shown("p-1"),
            ["a root needs root", "b - needs root", "c - x; y", "d root x", "d shellcheck y"]
        );
        assert_eq!(shown("q-2"), ["a - x"]);
        assert_eq!(skips.len(), 2);
    }
}

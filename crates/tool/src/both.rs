//! What would be typed with version 1 of cgroups, and with version 2, each thing by both below each other.

use std::fmt::Write;
use xns_cgroup::limits::{LimitError, Limits};
use xns_cgroup::{Version, usual};
use xns_core::{Facts, SingleThreaded};
use xns_plan::Plan;
use xns_plan::explain::{About, by_purpose};

/// Why there is no plan.
pub enum NoPlan {
    /// A limit that this version has not; without it there may be one.
    Limit(LimitError),
    /// Something else.
    Other(String),
}

/// Lines, each with what it is for.
type Lines = Vec<(About, String)>;

/// The lines of both. What one of them cannot do has there a line that says so. `plan` makes the plan for a machine with the given
/// facts and these limits.
pub fn both(
    facts: &Facts,
    single: SingleThreaded,
    limits: &Limits,
    plan: impl Fn(&Facts, &Limits) -> Result<Plan, NoPlan>,
) -> String {
    let lines = |version| {
        let supposed = Facts::live(single, facts.command().to_vec());
        usual::suppose(version, &supposed);
        lines(limits, |limits| plan(&supposed, limits))
    };
    beside(&lines(Version::V1), &lines(Version::V2))
}

fn lines(limits: &Limits, plan: impl Fn(&Limits) -> Result<Plan, NoPlan>) -> Lines {
    let (mut limits, mut lacking) = (limits.clone(), Lines::new());
    let mut found = loop {
        match plan(&limits) {
            Ok(plan) => break by_purpose(&plan),
            Err(NoPlan::Other(error)) => break vec![(About::Group, comment(&error))],
            Err(NoPlan::Limit(error)) => {
                let (about, text) = (About::of(error.key()), lack(&error));
                lacking.push((about, comment(&text)));
                match limits.without(&error) {
                    Some(rest) => limits = rest,
                    None => break Lines::new(),
                }
            }
        }
    };
    found.extend(lacking);
    found
}

fn lack(error: &LimitError) -> String {
    match (error, error.instead()) {
        (LimitError::NoCounterpart { name, .. }, Some(instead)) => {
            format!("{name} is not in this version: {instead}")
        }
        (_, Some(instead)) => format!("not in this version: {instead}"),
        // What it is about stands above it.
        (error, None) => {
            let text = error.to_string();
            text.strip_prefix(&format!("{}: ", error.key())).map(str::to_owned).unwrap_or(text)
        }
    }
}

/// Lines of at most [`WIDTH`] columns that each begin with a `#`.
fn comment(text: &str) -> String {
    const SIGN: &str = "#";
    let mut lines = vec![SIGN.to_owned()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        let is_full = lines[last].chars().count() + 1 + word.chars().count() > WIDTH - MARGIN;
        if is_full && lines[last] != SIGN {
            lines.push(SIGN.to_owned());
        }
        if let Some(last) = lines.last_mut() {
            let _ = write!(last, " {word}");
        }
    }
    lines.join("\n")
}

/// A line's note stands above it; a line that is one is folded.
fn split(line: &str) -> String {
    const NOTE: &str = " # if it is missing: ";
    match line.rsplit_once(NOTE) {
        Some((command, why)) => format!("{}\n{command}", comment(&format!("if it is missing: {why}"))),
        None => {
            let note = line.strip_prefix("# ").filter(|note| !note.contains('\n'));
            note.map_or_else(|| line.to_owned(), comment)
        }
    }
}

/// What explanations are folded to; commands are not.
const WIDTH: usize = 80;
/// The room for the name of the version.
const MARGIN: usize = 4;

fn beside(one: &Lines, two: &Lines) -> String {
    let mut purposes: Vec<About> = one.iter().chain(two).map(|(about, _)| *about).collect();
    purposes.sort_unstable();
    purposes.dedup();
    let mut text = String::new();
    for about in purposes {
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "# {about}");
        for (name, lines) in [("v1", one), ("v2", two)] {
            let commands = lines.iter().filter(|(of, _)| *of == about).map(|(_, line)| split(line));
            let commands = commands.collect::<Vec<_>>().join("\n");
            let mut name = name;
            for line in commands.lines() {
                let _ = writeln!(text, "{name:MARGIN$}{line}");
                name = "";
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_cgroup::limits::LimitKey;

    #[test]
    fn each_thing_stands_below_the_other() {
        let line = |about, text: &str| (about, text.to_owned());
        let memory = About::Limit(LimitKey::Memory);
        let one = vec![line(About::End, "rmdir a"), line(memory, "b || : # if it is missing: c")];
        let two = vec![line(memory, "x\ny"), line(About::Group, "mkdir a")];
        let expected = "# the group\nv2  mkdir a\n\n# --memory\nv1  # if it is missing: c\n    b || :\nv2  x\n    y\n\n\
                        # after its end\nv1  rmdir a\n";
        assert_eq!(beside(&one, &two), expected);
    }

    #[test]
    fn explanations_are_folded() {
        let text = comment(&"word ".repeat(40));
        assert!(text.lines().count() > 2 && text.lines().all(|line| line.len() <= WIDTH - MARGIN), "{text}");
        assert!(text.lines().all(|line| line.starts_with("# word")));
        assert_eq!(comment(&"x".repeat(200)).lines().count(), 1);
        // Once.
        let line = format!("# {}", "word ".repeat(40).trim_end());
        assert_eq!((split(&line), split(&text)), (text.clone(), text));
    }

    #[test]
    fn what_a_version_lacks_hides_nothing_else() {
        let mut limits = Limits::default();
        limits.take(LimitKey::NetClass, "1:1".as_ref()).unwrap();
        limits.take(LimitKey::Pids, "5".as_ref()).unwrap();
        let found = lines(&limits, |limits| match &limits.net_class {
            Some(_) => {
                Err(NoPlan::Limit(LimitError::NoNetClass { nowhere: xns_cgroup::limits::Nowhere::NotHere }))
            }
            None => {
                assert!(limits.pids.is_some());
                Ok(Plan::default())
            }
        });
        assert_eq!(found[0].0, About::Limit(LimitKey::NetClass));
        assert!(found[0].1.starts_with("# not in this version: "));
    }
}

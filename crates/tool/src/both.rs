//! What would be typed with version 1 of cgroups, and beside it with version 2.

use xns_cgroup::{Version, usual};
use xns_core::{Facts, SingleThreaded};
use xns_plan::{Plan, explain};

/// The lines of both, side by side; where one of them cannot do it, why. `plan` makes the plan for a machine with the given facts.
pub fn both(facts: &Facts, single: SingleThreaded, plan: impl Fn(&Facts) -> Result<Plan, String>) -> String {
    let lines = |version| {
        let supposed = Facts::live(single, facts.command().to_vec());
        usual::suppose(version, &supposed);
        match plan(&supposed) {
            Ok(plan) => lines(&explain::script(&plan, facts.command(), facts.euid())),
            Err(error) => error.lines().map(|line| format!("# {line}")).collect(),
        }
    };
    beside(&lines(Version::V1), &lines(Version::V2))
}

/// Without the head, which is the same for all.
fn lines(script: &str) -> Vec<String> {
    let is_head =
        |line: &&str| line.starts_with("#!") || line.starts_with("# the same by hand") || *line == "set -eu";
    script.lines().skip_while(is_head).map(str::to_owned).collect()
}

fn beside(left: &[String], right: &[String]) -> String {
    const HEADS: [&str; 2] = ["# cgroup v1", "# cgroup v2"];
    let width = left.iter().map(|line| line.chars().count()).chain([HEADS[0].len()]).max().unwrap_or(0);
    let mut text = format!("{:width$}  {}\n", HEADS[0], HEADS[1]);
    for row in 0..left.len().max(right.len()) {
        let cell = |lines: &[String]| lines.get(row).cloned().unwrap_or_default();
        let line = format!("{:width$}  {}", cell(left), cell(right));
        text += line.trim_end();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_stand_side_by_side() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let text = beside(&lines("a long line of the left\nb"), &lines("x"));
        let expected = "# cgroup v1              # cgroup v2\na long line of the left  x\nb\n";
        assert_eq!(text, expected);
        assert_eq!(lines("x"), super::lines("#!/bin/sh\n# the same by hand: y\nset -eu\nx\n"));
    }
}

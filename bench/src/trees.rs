//! What it costs to list control groups: ours, libcgroup's lscgroup, and find(1), among groups made for each case.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::cases::{Least, Tool};
use crate::error::Error;
use crate::groups::Groups;
use crate::machine;
use crate::measure::{self, Role, Time};
use crate::options::Options;
use crate::programs::Programs;
use crate::report::judged;
use crate::tools::{self, Pair};

/// One tree, and how often it is listed: for 500 launches of other cases.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) name: &'static str,
    pub(crate) groups: usize,
    rounds: u64,
}

pub(crate) const TOOL: &Tool =
    &Tool { ours: "xcgroup", peer: "lscgroup", suite: "libcgroup", least: Least::Groups };

pub(crate) const TREES: &[Tree] = &[
    Tree { name: "cgls500", groups: 500, rounds: 100 },
    Tree { name: "cgls5000", groups: 5000, rounds: 40 },
];

/// Groups in each group, to the last level but one.
const FAN: usize = 10;

/// A group may cost so much more when there are ten times as many: the caches become too small.
const LINEAR: f64 = 1.5;

const WARMUP: u64 = 2;

/// Makes, measures and prints one tree after the other.
pub(crate) fn run(
    trees: &[&'static Tree],
    programs: &Programs,
    pairs: &[Pair],
    groups: &Groups,
    options: &Options,
    out: &mut impl Write,
) -> Result<(), Error> {
    let mut each = Vec::new();
    for tree in trees {
        let top = PathBuf::from(groups.fill("{pids}/tree"));
        let made = fill(&top, tree.groups);
        let result = made.and_then(|()| measure_one(tree, &top, programs, pairs, groups, options));
        crate::groups::remove(&top);
        let times = result?;
        print(tree, &times, out)?;
        let ours = times.iter().find(|time| time.role == Role::Ours && time.failed == 0);
        each.extend(ours.map(|ours| ours.median_cpu() / tree.groups as f64));
    }
    if let [few, many] = each[..] {
        let label = "CPU time for each of 5,000 groups, to each of 500";
        writeln!(out, "\n    {label:<54}{}", judged(Some(many / few), &[LINEAR]))?;
    }
    Ok(())
}

/// So many groups, the top one among them.
fn fill(top: &Path, count: usize) -> Result<(), Error> {
    let mut made = vec![top.to_path_buf()];
    fs::create_dir(top).map_err(Error::file(top))?;
    for next in 1..count {
        let dir = made[(next - 1) / FAN].join(format!("g{next}"));
        fs::create_dir(&dir).map_err(Error::file(&dir))?;
        made.push(dir);
    }
    Ok(())
}

fn measure_one(
    tree: &Tree,
    top: &Path,
    programs: &Programs,
    pairs: &[Pair],
    groups: &Groups,
    options: &Options,
) -> Result<Vec<Time>, Error> {
    let words =
        |line: &str| line.split(' ').map(|word| OsString::from(groups.fill(word))).collect::<Vec<_>>();
    let mut field = Vec::new();
    if let Some(find) = tools::in_path("find") {
        field.push((Role::Find, [vec![find.into(), top.into()], words("-type d")].concat()));
    }
    for pair in pairs.iter().filter(|pair| pair.tool == TOOL) {
        field.push((Role::Ours, [vec![pair.ours.clone().into()], words("list {name}/tree")].concat()));
        let peer = pair.peer.iter();
        field.extend(peer.map(|peer| (Role::Peer, [vec![peer.into()], words("pids:/{name}/tree")].concat())));
    }
    let cpu = options.cpu.unwrap_or_else(machine::last_cpu).to_string();
    let rounds = (tree.rounds * options.rounds).div_ceil(500).to_string();
    let mut args: Vec<OsString> = vec![(&programs.results).into()];
    args.extend([&cpu, &cpu, &WARMUP.to_string(), &rounds, "1", "0", "0"].map(OsString::from));
    for (_, argv) in &field {
        args.push(":::".into());
        args.extend(argv.iter().cloned());
    }
    measure::run(&programs.launch, &args, Stdio::null())?;
    let roles: Vec<Role> = field.iter().map(|(role, _)| *role).collect();
    Ok(measure::timed(&roles, &measure::take(&programs.results)?))
}

fn print(tree: &Tree, times: &[Time], out: &mut impl Write) -> Result<(), Error> {
    let title = format!("xcgroup list: {} groups", tree.groups);
    writeln!(out, "\n{title:<44}{:>12}{:>12}{:>16}", "CPU time, ms", "wall, ms", "each group, µs")?;
    let of = |role| times.iter().find(|time| time.role == role && time.failed == 0);
    for time in times {
        let name = match time.role {
            Role::Find => "find DIR -type d",
            Role::Peer => "lscgroup",
            _ => "ours",
        };
        if time.failed > 0 {
            writeln!(out, "  {name:<42}{} failed", time.failed)?;
            continue;
        }
        let (cpu, wall) = (time.median_cpu(), time.median());
        let each = cpu / tree.groups as f64;
        writeln!(out, "  {name:<42}{:>12.2}{:>12.2}{each:>16.2}", cpu / 1000.0, wall / 1000.0)?;
    }
    for (label, role) in [("CPU time, ours/find", Role::Find), ("CPU time, ours/lscgroup", Role::Peer)] {
        if let (Some(ours), Some(other)) = (of(Role::Ours), of(role)) {
            writeln!(out, "    {label:<54}{}", judged(Some(ours.cpu_ratio(other)), &[]))?;
        }
    }
    Ok(())
}

//! What it costs to make, join and list network namespaces, beside `ip`: in a network namespace and a `/run` of the benchmark's own,
//! for which it starts itself again.

mod cases;

pub(crate) use cases::NETS;
use cases::{Net, TOOL};

use std::env;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::measure::median;
use crate::options::Options;
use crate::report::judged;
use crate::tools::{self, Pair};

/// The rounds are for so many launches (`--rounds`).
const USUAL_ROUNDS: u64 = 500;
const ROUNDS: u64 = 30;
/// The kernel takes network namespaces apart later, and a new one has to wait for that.
const REST: Duration = Duration::from_millis(100);

/// Measures and prints one case after the other.
pub(crate) fn run(nets: &[&'static Net], out: &mut impl Write) -> Result<(), Error> {
    if nets.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nnetwork namespaces: wall time, medians; median of the ratios within a round")?;
    writeln!(out, "{:<34}{:>14}{:>14}   {:<24}each name", "", "ours, ms", "ip, ms", "ours/ip")?;
    out.flush()?;
    for net in nets {
        let own = env::current_exe().map_err(Error::file("/proc/self/exe"))?;
        let status = Command::new("unshare")
            .args(["-n", "-m", "--propagation", "private"])
            .arg(&own)
            .args(env::args_os().skip(1))
            .args(["--inside", net.name])
            .status()
            .map_err(Error::file("unshare"))?;
        if !status.success() {
            return Err(Error::Failed { program: own, status });
        }
    }
    Ok(())
}

/// One case, where nothing of the machine's network is.
pub(crate) fn inside(name: &str, options: &Options, out: &mut impl Write) -> Result<(), Error> {
    let Some(net) = NETS.iter().find(|net| net.name == name) else {
        return Err(Error::NoCase(name.to_owned()));
    };
    let pairs = tools::find(options, std::iter::once(&TOOL))?;
    let Some(Pair { ours, peer: Some(ip), .. }) = pairs.first() else {
        return Ok(writeln!(out, "skipped     {}: it needs ip", net.title)?);
    };
    command(Path::new("mount"), "-t tmpfs tmpfs /run")?;
    for number in 0..net.population {
        let two = |what: &str| format!("{what}{number}");
        command(ours, &format!("connect {}:10.0.0.1/24 {}:10.0.0.2/24", two("a"), two("b")))?;
    }
    let (mut all_ours, mut all_peer, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..(ROUNDS * options.rounds).div_ceil(USUAL_ROUNDS) + 1 {
        let mut times = [None, None];
        // Each is the first as often.
        for turn in 0..2 {
            let who = (round + turn) % 2;
            let (tool, lines) = if who == 0 { (ours, net.ours) } else { (ip, net.peer) };
            if lines.is_empty() {
                continue;
            }
            let start = Instant::now();
            for line in lines {
                command(tool, line)?;
            }
            times[usize::from(who == 1)] = Some(start.elapsed().as_secs_f64() * 1000.0);
            for line in net.after {
                command(ip, line)?;
            }
            if !net.after.is_empty() {
                sleep(REST);
            }
        }
        // The first is for the caches.
        if round > 0 {
            all_ours.extend(times[0]);
            all_peer.extend(times[1]);
            ratios.extend(times[0].zip(times[1]).map(|(ours, peer)| ours / peer));
        }
    }
    print(net, &all_ours, &all_peer, ratios, out)
}

fn print(net: &Net, ours: &[f64], peer: &[f64], ratios: Vec<f64>, out: &mut impl Write) -> Result<(), Error> {
    let shown = |times: &[f64]| {
        if times.is_empty() { "-".to_owned() } else { format!("{:.2}", median(times.to_vec())) }
    };
    let ratio = (!ratios.is_empty()).then(|| median(ratios));
    let targets: Vec<f64> = net.target.into_iter().collect();
    // A pair of devices has two names.
    let names = net.population * 2;
    let each = median(ours.to_vec()) * 1000.0 / names.max(1) as f64;
    let each = if names > 0 { format!("{each:.1} µs") } else { String::new() };
    let judged = judged(ratio, &targets);
    Ok(writeln!(out, "{:<34}{:>14}{:>14}   {judged:<24}{each}", net.title, shown(ours), shown(peer))?)
}

/// Runs a line to its end; what it prints is nobody's.
fn command(tool: &Path, line: &str) -> Result<(), Error> {
    let own = tool.as_os_str();
    let words = line.split(' ').map(|word| if word == "TOOL" { own } else { word.as_ref() });
    let mut command = Command::new(tool);
    command.args(words).env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = status.map_err(Error::file(tool))?;
    if status.success() { Ok(()) } else { Err(Error::Failed { program: tool.to_owned(), status }) }
}

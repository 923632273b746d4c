//! The command line of the benchmark.

use std::path::PathBuf;
use std::str::FromStr;

use lexopt::prelude::*;

use crate::error::Error;

pub(crate) const HELP: &str = "\
Usage: xns-bench [OPTIONS]

Launches a tiny static program with our tools, with the originals, and with a C program without libc that makes only the
needed system calls (the limit); prints medians, ratios, system calls, peak memory and page faults.

Then it lists namespaces among populations of processes, with our tool, the original, and a C program that makes only the
needed system calls; prints CPU time, wall time, peak memory and ratios.

  --case NAME        only this case (repeatable): uts, user, mnt, pidproc, utsipcnet, all,
                     enter-all, enter-net; cg-join, cg-join1, cg-limits, cg2-join, cg2-wait,
                     cg2-report, cg2-limits, cgls500, cgls5000; ls100, ls1000, ls10000, ls-net, ls-pid, ls-501,
                     ls-namespaces; net-connect, net-steps, net-list100, net-list1000, net-show100, net-show1000
  --rounds N         launches of each contestant, default 500; of lists, each has a number of its own, which is
                     for 500
  --burst N          launches of each contestant in a row before the next one's turn, default 1, at most 16
  --gap MS           time between launches in the second pass, default 10, of the cases with control groups 100;
                     0: no second pass
  --apart            no launches back to back: where each takes long, as in an emulated machine
  --ours PATH        our tool, or the directory of our tools
  --peer PATH        the original, or the directory of the originals
  --cpu N            the CPU, default the last one allowed
  --program-cpu N    move what is launched to another CPU
  --compile DIR      only compile the C programs, into DIR
  --programs DIR     they are in DIR: for a machine without a compiler
  --rivals           other ways of doing what the limit does, where there are any
  --help
";

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) cases: Vec<String>,
    pub(crate) rounds: u64,
    pub(crate) burst: u64,
    /// None: what is usual for the case.
    pub(crate) gap_ms: Option<u64>,
    pub(crate) ours: Option<PathBuf>,
    pub(crate) peer: Option<PathBuf>,
    pub(crate) cpu: Option<u64>,
    pub(crate) program_cpu: Option<u64>,
    pub(crate) rivals: bool,
    /// Only the passes with gaps.
    pub(crate) apart: bool,
    pub(crate) compile: Option<PathBuf>,
    pub(crate) programs: Option<PathBuf>,
    /// The benchmark itself, in network namespaces of its own.
    pub(crate) inside: Option<String>,
}

impl Options {
    /// None: only help is wanted.
    pub(crate) fn read() -> Result<Option<Self>, Error> {
        let mut options = Self {
            cases: Vec::new(),
            rounds: 500,
            burst: 1,
            gap_ms: None,
            ours: None,
            peer: None,
            cpu: None,
            program_cpu: None,
            rivals: false,
            apart: false,
            compile: None,
            programs: None,
            inside: None,
        };
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Long("case") => options.cases.push(parser.value()?.string()?),
                Long("rounds") => options.rounds = number(&mut parser)?,
                Long("inside") => options.inside = Some(parser.value()?.string()?),
                Long("burst") => options.burst = number(&mut parser)?.clamp(1, 16),
                Long("gap") => options.gap_ms = Some(number(&mut parser)?),
                Long("ours") => options.ours = Some(parser.value()?.into()),
                Long("peer") => options.peer = Some(parser.value()?.into()),
                Long("cpu") => options.cpu = Some(number(&mut parser)?),
                Long("program-cpu") => options.program_cpu = Some(number(&mut parser)?),
                Long("rivals") => options.rivals = true,
                Long("apart") => options.apart = true,
                Long("compile") => options.compile = Some(parser.value()?.into()),
                Long("programs") => options.programs = Some(parser.value()?.into()),
                Long("help") | Short('h') => return Ok(None),
                other => return Err(other.unexpected().into()),
            }
        }
        options.rounds = options.rounds.max(1);
        Ok(Some(options))
    }
}

fn number(parser: &mut lexopt::Parser) -> Result<u64, lexopt::Error> {
    parser.value()?.parse_with(u64::from_str)
}

//! `xunshare`: runs a program in new namespaces, as util-linux's `unshare`, and shows its plan.
#![forbid(unsafe_code)]

mod cli;
mod maps;
pub mod options;
mod plan;
mod shell;
mod start;
mod values;

pub use cli::{Cli, CliError, DryRun};
pub use maps::PlanError;
pub use plan::plan;

use std::borrow::Cow;
use std::ffi::OsString;
use xns_cli::diagnostic::base_name;
use xns_cli::{Diagnostic, ErrorFormat, HintMode, Start, end_as, options as cli_options, print, version};
use xns_core::{Actor, Cause, Errno, Facts};
use xns_plan::{Control, Op, Plan, explain};
use xns_run::Failed;

/// The tool: answers its exit status, unless it has become the program.
pub fn main(start: Start) -> u8 {
    let Start { args, single } = start;
    let name = args.first().map_or_else(|| "xunshare".into(), |name| name.to_string_lossy().into_owned());
    let facts = Facts::live(single, args);
    match tool(&name, &facts, single) {
        Ok(status) => status,
        Err(diagnostic) => {
            diagnostic.tell(&name, error_format(facts.command()));
            diagnostic.status
        }
    }
}

fn tool(name: &str, facts: &Facts, single: xns_core::SingleThreaded) -> Result<u8, Box<Diagnostic>> {
    if let Some(refusal) = raised_rights() {
        return Err(Box::new(refusal));
    }
    let cli = match Cli::parse(facts) {
        Ok(cli) => cli,
        Err(CliError::Help) => {
            return print(&help(base_name(name))).map(|()| 0);
        }
        Err(CliError::Version) => {
            return print(&version(&options::TABLE, base_name(name), env!("CARGO_PKG_VERSION"))).map(|()| 0);
        }
        Err(error) => return Err(Box::new(error.into_diagnostic())),
    };
    let hints = || cli.error_format == ErrorFormat::Json || hint_mode(&cli, facts).wanted();
    let mut plan = plan(&cli, facts).map_err(|error| {
        let hint = hints().then(|| error.hint(facts)).flatten();
        Box::new(error.into_diagnostic().hint(hint))
    })?;
    if let Some(form) = cli.dry_run {
        let text = match form {
            DryRun::Text => explain::text(&plan),
            DryRun::Json => explain::json(&plan, facts.command()),
            DryRun::Sh => explain::script(&plan, facts.command(), facts.euid()),
        };
        return print(&text).map(|()| 0);
    }
    start::add_notes(&mut plan, &cli, facts);
    if plan.has(Actor::Mapper) && hints() {
        remember_outside(facts);
    }
    match xns_run::run(&plan, cli.explain, single) {
        Ok(ended) => Ok(end_as(ended)),
        Err(failed) => Err(Box::new(describe(&plan, &failed, hints().then_some(facts)))),
    }
}

/// `--hints`, else `XNS_HINTS`, else on a terminal.
fn hint_mode(cli: &Cli, facts: &Facts) -> HintMode {
    let variable = || facts.variable("XNS_HINTS").and_then(|word| HintMode::parse(&word));
    cli.hints.or_else(variable).unwrap_or_default()
}

/// Written by `cargo xtask man` from the options table; under the original's name with that name.
fn help(called_as: &str) -> String {
    let text = include_str!("help.txt");
    match options::TABLE.original {
        Some(original) if original == called_as => text.replace(options::TABLE.name, original),
        _ => text.to_owned(),
    }
}

/// argv\[0\]'s last component.
fn called_as(facts: &Facts) -> Cow<'_, str> {
    let name =
        facts.command().first().map_or(Cow::Borrowed(options::TABLE.name), |name| name.to_string_lossy());
    match name {
        Cow::Borrowed(name) => Cow::Borrowed(base_name(name)),
        Cow::Owned(name) => Cow::Owned(base_name(&name).to_owned()),
    }
}

/// A set-user-ID copy would give everybody what only its owner may do; nothing here is written for that.
fn raised_rights() -> Option<Diagnostic> {
    xns_core::started_with_raised_rights().then(|| {
        Diagnostic::new("refusing to run set-user-ID, set-group-ID or with file capabilities".to_owned(), 1)
    })
}

/// A map that a helper fails to write is explained by the caller, for whom these by then read differently.
fn remember_outside(facts: &Facts) {
    for file in ["/proc/self/status", "/proc/self/uid_map", "/proc/self/gid_map"] {
        facts.file(file);
    }
    xns_user::look_at_map_tools(facts);
}

/// The words for a failed step, and its hint when facts may be asked for it.
fn describe(plan: &Plan, failed: &Failed, facts: Option<&Facts>) -> Diagnostic {
    let step = &plan.steps[failed.step];
    let op = step.op.describe();
    let message = op.failed(failed.failure.part);
    let is_exec = matches!(step.op, Op::Control(Control::Exec(_)));
    let diagnostic = match failed.failure.cause {
        Cause::Errno(errno) => {
            Diagnostic::new(message, if is_exec { exec_status(errno) } else { 1 }).errno(errno)
        }
        Cause::Exited(status) => {
            let message = format!("{} ended with status {status}", helper_name(plan, failed));
            Diagnostic::new(message, status).already_told()
        }
        Cause::Killed(signal) => {
            Diagnostic::new(format!("{}: killed by signal {signal}", helper_name(plan, failed)), 1)
        }
        Cause::Lost => Diagnostic::new(format!("{} ended without saying why", helper_name(plan, failed)), 1),
    };
    let call = op.calls().first().map(ToString::to_string).unwrap_or_default();
    let hint = facts.and_then(|facts| xns_plan::hint(plan, failed.step, &failed.failure, facts));
    diagnostic.step(failed.step + 1, call).hint(hint)
}

/// 127 when there is no such program, 126 when it cannot be executed.
fn exec_status(errno: Errno) -> u8 {
    if errno == Errno::ENOENT { 127 } else { 126 }
}

fn helper_name(plan: &Plan, failed: &Failed) -> &'static str {
    match &plan.steps[failed.step].op {
        Op::Control(control) if control.waits_for().is_some() => {
            control.waits_for().unwrap_or(Actor::Caller).name()
        }
        Op::User(xns_user::Op::RunMapTool(tool)) => xns_user::RunMapTool::tool(tool.kind),
        _ => plan.steps[failed.step].actor.name(),
    }
}

/// Found whatever else is wrong with the command line: a script wants every error in its format.
fn error_format(args: &[OsString]) -> ErrorFormat {
    let mut parser = cli_options::Parser::new(&options::TABLE, args.iter().skip(1));
    let mut format = ErrorFormat::Text;
    // Each call takes at least one letter, so this ends; a wrong option is stepped over.
    for _ in 0..args.iter().map(|word| word.len() + 1).sum() {
        match parser.next() {
            Ok(Some(item)) if item.key == options::Key::Report(options::ReportKey::ErrorFormat) => {
                format = item.value.as_deref().and_then(ErrorFormat::parse).unwrap_or(format);
            }
            Ok(None) => break,
            Ok(Some(_)) | Err(_) => {}
        }
    }
    format
}

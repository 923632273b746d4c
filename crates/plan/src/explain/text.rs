//! For a person's eyes: one line a step.

use crate::{Plan, Step};
use xns_core::shell::one_line;
use xns_core::{Cause, Failure, Outcome, errno};

/// The whole plan; each line as [`done`] will print it, without the result.
pub fn text(plan: &Plan) -> String {
    let mut out = String::new();
    for number in 0..plan.steps.len() {
        out += &line(plan, number, "");
    }
    out
}

fn line(plan: &Plan, number: usize, result: &str) -> String {
    let step = &plan.steps[number];
    let width = plan.steps.len().to_string().len();
    let actors = plan.steps.iter().map(|s| s.actor.name().len()).max().unwrap_or(0);
    let (actor, calls, why) = (step.actor, calls(step), &step.why);
    let line = format!("{:>width$}  {actor:actors$}  {calls}{result}  # {why}", number + 1);
    one_line(&line).into_owned() + "\n"
}

fn calls(step: &Step) -> String {
    step.op.describe().calls().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The line of a step with its result, for `--explain`: `None` when it is about to happen and does not return.
pub fn done(plan: &Plan, number: usize, result: Option<&Result<Outcome, Failure>>) -> String {
    let result = match result {
        None => "...".to_owned(),
        Some(Ok(Outcome::Done)) => "ok".to_owned(),
        Some(Ok(Outcome::Tolerated(why))) => format!("ok ({why})"),
        Some(Ok(Outcome::Fallback(how))) => format!("ok, by {how}"),
        Some(Err(failure)) => match failure.cause {
            Cause::Errno(e) => format!("{} ({})", errno::name(e), errno::text(e)),
            Cause::Exited(status) => format!("exit status {status}"),
            Cause::Killed(signal) => format!("killed by signal {signal}"),
            Cause::Lost => "lost".to_owned(),
        },
    };
    line(plan, number, &format!(" = {result}"))
}

//! `get`: the limits of a group, or its files.

mod files;

use super::bound::bindings;
use super::group::Group;
use super::limits::{Limit, limits};
use super::{LookError, answer, hierarchies, json, screen, text};
use crate::TOOL;
use crate::cli::{Cli, CliError};
use serde::Serialize;
use xns_cgroup::GroupPath;
use xns_cgroup::stat::{Bounds, Machine};
use xns_cli::table::{Column, Form, Look, Table};
use xns_cli::{Diagnostic, shown, tell};
use xns_core::Facts;
use xns_core::shell::one_line;

/// Prints the limits in words with their files; of files that are named what stands in them.
pub(crate) fn get(cli: &Cli, facts: &Facts) -> Result<u8, Box<Diagnostic>> {
    answer(made(cli, facts), facts)
}

fn made(cli: &Cli, facts: &Facts) -> Result<String, LookError> {
    let layout = hierarchies(facts)?;
    let (name, files) =
        cli.operands.split_first().ok_or(CliError::Missing { verb: "get", operands: "a group" })?;
    let group = Group::of(&GroupPath::parse(name).map_err(CliError::from)?, &layout, facts)?;
    let look = screen::look(cli, facts);
    if files.is_empty() {
        let bounds = Bounds::of(&group.below_points(), &Machine);
        let limits = limits(&group.parts(), &Machine);
        return Ok(if cli.options.json {
            as_json(&group, &limits, &bounds)
        } else {
            human(&limits, &bounds, &look)
        });
    }
    let mut found = Vec::new();
    for file in files {
        found.extend(files::find(file, &group, &layout, facts, &Machine)?);
    }
    if !cli.options.reporting.quiet {
        for note in found.iter().filter_map(|contents| contents.note.as_ref()) {
            let line = format!("{}: {note}", TOOL.called_as(facts));
            tell(&(one_line(&line).into_owned() + "\n"));
        }
    }
    Ok(if cli.options.json { files::as_json(&found) } else { files::human(&found, look.charset) })
}

const COLUMNS: [Column; 3] = [Column::new("LIMIT"), Column::new("VALUE"), Column::new("FILE")];

fn human(limits: &[Limit], bounds: &Bounds, look: &Look) -> String {
    let mut table = Table::new(&COLUMNS);
    for limit in limits {
        table.row(None).text(&limit.name).text(&limit.words).text(limit.file);
    }
    let mut text = table.render(Form::Human, &Look { width: None, ..*look });
    for binding in bindings(bounds).iter().filter(|binding| !binding.is_own) {
        text += &format!("{}\n", shown::shown(binding.long().as_bytes(), look.charset));
    }
    if text.is_empty() {
        text += "The group is in no hierarchy of a controller that limits.\n";
    }
    text
}

#[derive(Serialize)]
struct Json<'g> {
    name: String,
    hierarchies: Vec<String>,
    limits: Vec<JsonLimit<'g>>,
    bounds: &'g Bounds,
}

#[derive(Serialize)]
struct JsonLimit<'g> {
    limit: &'g str,
    is_set: bool,
    value: Option<u64>,
    words: &'g str,
    file: &'g str,
    path: String,
    contents: &'g str,
}

fn as_json(group: &Group, limits: &[Limit], bounds: &Bounds) -> String {
    let limit = |limit: &'_ Limit| text(&limit.path);
    let limits = limits.iter().map(|each| JsonLimit {
        limit: &each.name,
        is_set: each.is_set,
        value: each.value,
        words: &each.words,
        file: each.file,
        path: limit(each),
        contents: &each.contents,
    });
    json(&Json {
        name: text(&group.name),
        hierarchies: group.placed.iter().map(|placed| placed.tree.hierarchy.to_string()).collect(),
        limits: limits.collect(),
        bounds,
    })
}

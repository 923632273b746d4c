//! `list`: the names of groups.

use super::group::Group;
use super::{LookError, answer, json, screen, text};
use crate::TOOL;
use crate::cli::Cli;
use serde::Serialize;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use xns_cgroup::Hierarchy;
use xns_cgroup::walk::Listing;
use xns_cli::table::{Column, Form, Look, Table};
use xns_cli::{Diagnostic, shown, tell};
use xns_core::{Errno, Facts, errno};

/// Prints a line for each group: its name, and the hierarchies that have it.
pub(crate) fn list(cli: &Cli, facts: &Facts) -> Result<u8, Box<Diagnostic>> {
    let top = match Group::top(cli, facts) {
        Ok(top) => top,
        Err(error) => return answer(Err(error), facts),
    };
    let listing = top.listing();
    let text = if cli.options.json {
        as_json(&top, &listing)
    } else {
        table(&top, &listing, &screen::look(cli, facts))
    };
    answer(Ok::<_, LookError>(text), facts)?;
    Ok(tell_refused(&listing.refused, facts))
}

/// Says which directories could not be looked through. Answers the exit status: what is printed is not all that there is.
pub(super) fn tell_refused(refused: &[(PathBuf, Errno)], facts: &Facts) -> u8 {
    for (directory, refusal) in refused {
        let directory = shown::shown(directory.as_os_str().as_bytes(), xns_cli::table::Charset::Utf8);
        tell(&format!(
            "{}: cannot look into {directory}: {}\n",
            TOOL.called_as(facts),
            errno::text(*refusal)
        ));
    }
    u8::from(!refused.is_empty())
}

const COLUMNS: [Column; 2] = [Column::new("NAME"), Column::new("HIERARCHIES")];

fn table(top: &Group, listing: &Listing, look: &Look) -> String {
    let hierarchies: Vec<String> =
        top.placed.iter().map(|placed| placed.tree.hierarchy.to_string()).collect();
    let mut table = Table::with_capacity(&COLUMNS, listing.groups.len(), 64 * listing.groups.len());
    let mut words = String::new();
    for listed in &listing.groups {
        words.clear();
        for hierarchy in listed.trees.iter().filter_map(|tree| hierarchies.get(*tree)) {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(hierarchy);
        }
        table.row(None).text(top.name_of(listed).as_os_str().as_bytes()).text(&words);
    }
    // Every line is one of a group: no headings.
    table.render(Form::Human, &Look { no_headings: true, width: None, ..*look })
}

#[derive(Serialize)]
struct Row {
    name: String,
    hierarchies: Vec<String>,
}

fn as_json(top: &Group, listing: &Listing) -> String {
    let hierarchy =
        |tree: &usize| top.placed.get(*tree).map(|placed| Hierarchy::to_string(&placed.tree.hierarchy));
    let rows = listing.groups.iter().map(|listed| Row {
        name: text(top.name_of(listed)),
        hierarchies: listed.trees.iter().filter_map(hierarchy).collect(),
    });
    json(&rows.collect::<Vec<_>>())
}

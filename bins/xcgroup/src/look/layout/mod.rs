//! `layout`: which hierarchies there are, where each controller is, and what is delegated to the caller.

mod controllers;
mod delegated;

use super::{json, number, screen, text};
use crate::cli::Cli;
use controllers::Controller;
use delegated::Delegated;
use serde::Serialize;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use xns_cgroup::{Layout, Mode, Tree, is_systemds};
use xns_cli::table::{Column, Form, Look, Table};
use xns_cli::{Diagnostic, print, shown};
use xns_core::Facts;

/// Prints it.
pub(crate) fn layout(cli: &Cli, facts: &Facts) -> Result<u8, Box<Diagnostic>> {
    let found = Found::of(facts);
    let text = if cli.options.json { found.json() } else { found.human(&screen::look(cli, facts)) };
    print(&text).map(|()| 0)
}

/// All that there is to say.
struct Found {
    layout: Layout,
    controllers: Vec<Controller>,
    delegated: Delegated,
    systemd: bool,
}

impl Found {
    fn of(facts: &Facts) -> Self {
        let layout = Layout::of(facts);
        let controllers = controllers::all(&layout, facts);
        let delegated = Delegated::of(&layout, facts);
        Found { controllers, delegated, systemd: is_systemds(facts), layout }
    }

    fn human(&self, look: &Look) -> String {
        let mut text = format!("Mode: {}\n", mode(self.layout.mode()));
        if !self.layout.trees.is_empty() {
            text += &format!("\n{}", self.hierarchies(look));
        }
        if !self.controllers.is_empty() {
            text += &format!("\n{}", controllers::table(&self.controllers, look));
        }
        let mut words: Vec<String> =
            self.layout.trees.iter().filter_map(|tree| outside(tree, &self.layout)).collect();
        words.extend(self.delegated.words());
        if self.systemd {
            words.push(
                "systemd owns the tree: a name counts from your own group, unless it begins with a slash."
                    .to_owned(),
            );
        }
        if !words.is_empty() {
            text.push('\n');
        }
        for line in words {
            text += &format!("{}\n", shown::shown(line.as_bytes(), look.charset));
        }
        text
    }

    fn hierarchies(&self, look: &Look) -> String {
        const COLUMNS: [Column; 5] = [
            Column::new("HIERARCHY"),
            Column::new("VERSION"),
            Column::new("MOUNTED AT"),
            Column::new("YOUR GROUP"),
            Column::new("CONTROLLERS"),
        ];
        let mut table = Table::new(&COLUMNS);
        for tree in &self.layout.trees {
            let mut controllers: Vec<&str> = tree
                .controllers
                .iter()
                .filter(|name| !name.starts_with("name="))
                .map(String::as_str)
                .collect();
            if tree.read_only {
                controllers.push("(read-only)");
            }
            table
                .row(None)
                .text(tree.hierarchy.to_string())
                .text(tree.version().to_string())
                .text(tree.point.as_os_str().as_bytes())
                .text(self.own(tree).unwrap_or_else(|| Path::new("-")).as_os_str().as_bytes())
                .text(controllers.join(" "));
        }
        table.render(Form::Human, &Look { width: None, ..*look })
    }

    /// The path of our own group, as the kernel tells it.
    fn own(&self, tree: &Tree) -> Option<&Path> {
        let own = self.layout.own.iter().find(|own| own.hierarchy == tree.hierarchy)?;
        Some(&own.path)
    }

    fn json(&self) -> String {
        let hierarchy = |tree: &Tree| Hierarchy {
            hierarchy: tree.hierarchy.to_string(),
            version: number(tree.version()),
            mount_point: text(&tree.point),
            root: text(&tree.root),
            read_only: tree.read_only,
            controllers: tree.controllers.iter().filter(|name| !name.starts_with("name=")).cloned().collect(),
            own_group: self.own(tree).map(text),
            own_directory: self.layout.own_directory(tree).map(text),
        };
        json(&Json {
            mode: self.layout.mode().to_string(),
            systemd: self.systemd,
            hierarchies: self.layout.trees.iter().map(hierarchy).collect(),
            controllers: &self.controllers,
            delegated: &self.delegated.groups,
        })
    }
}

/// A mount that was made outside of our cgroup namespace: names count from its top all the same, and where our own group is is
/// not to be seen by its path.
fn outside(tree: &Tree, layout: &Layout) -> Option<String> {
    if !tree.is_of_outside() {
        return None;
    }
    let own = match layout.own_directory(tree) {
        Some(own) => format!("your group there is {}", own.display()),
        None => "your group is not found there".to_owned(),
    };
    let (point, hierarchy) = (tree.point.display(), &tree.hierarchy);
    Some(format!("{point} shows {hierarchy} from outside of your cgroup namespace: {own}."))
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::None => "none (no cgroup hierarchy is mounted)",
        Mode::V1 => "v1 (controllers have hierarchies of their own)",
        Mode::V2 => "v2 (one hierarchy for all controllers)",
        Mode::Hybrid => "hybrid (v1 and v2 side by side: each controller is in one hierarchy)",
    }
}

#[derive(Serialize)]
struct Json<'f> {
    mode: String,
    systemd: bool,
    hierarchies: Vec<Hierarchy>,
    controllers: &'f [Controller],
    delegated: &'f [delegated::Group],
}

#[derive(Serialize)]
struct Hierarchy {
    hierarchy: String,
    version: u8,
    mount_point: String,
    root: String,
    read_only: bool,
    controllers: Vec<String>,
    own_group: Option<String>,
    own_directory: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Recorded;

    fn found(uid: u32, files: &[(&str, &str)]) -> Found {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        Found::of(&Facts::recorded(Recorded { uid, files, ..Recorded::default() }))
    }

    const KNOWN: &str = "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t3\t1\t1\ncpu\t1\t1\t1\ncpuacct\t1\t1\t1\n\
        memory\t0\t1\t0\nfreezer\t6\t1\t1\nnet_cls\t0\t1\t1\nhugetlb\t0\t1\t1\n";

    #[test]
    fn hybrid() {
        let found = found(
            0,
            &[
                (
                    "/proc/self/mountinfo",
                    "32 1 0:29 / /cg/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n\
                     33 1 0:30 /c /cg/cpuset ro - cgroup cgroup ro,cpuset\n\
                     34 1 0:31 / /cg/systemd rw - cgroup cgroup rw,name=systemd\n\
                     41 1 0:38 / /cg/unified rw - cgroup2 cgroup2 rw\n",
                ),
                (
                    "/proc/self/cgroup",
                    "6:freezer:/\n3:cpuset:/c\n1:cpu,cpuacct:/a\n9:name=systemd:/../x\n0::/\n",
                ),
                ("/proc/cgroups", KNOWN),
                ("/cg/unified/cgroup.controllers", "hugetlb misc\n"),
                ("/cg/unified/cgroup.subtree_control", "misc\n"),
            ],
        );
        assert_eq!(
            found.human(&Look::default()),
            "Mode: hybrid (v1 and v2 side by side: each controller is in one hierarchy)\n\
             \n\
             HIERARCHY    VERSION MOUNTED AT      YOUR GROUP CONTROLLERS\n\
             cpu,cpuacct  v1      /cg/cpu,cpuacct /a         cpu cpuacct\n\
             cpuset       v1      /cg/cpuset      /c         cpuset (read-only)\n\
             name=systemd v1      /cg/systemd     /../x      \n\
             cgroup2      v2      /cg/unified     /          hugetlb misc\n\
             \n\
             CONTROLLER WHERE\n\
             cpuset     v1 at /cg/cpuset\n\
             cpu        v1 at /cg/cpu,cpuacct, with cpuacct\n\
             cpuacct    v1 at /cg/cpu,cpuacct, with cpu\n\
             memory     disabled at boot (cgroup_disable=memory)\n\
             freezer    v1, mounted nowhere here (hierarchy 6); v2 freezes any group, without a controller (cgroup.freeze)\n\
             net_cls    in no hierarchy; v1 only\n\
             hugetlb    v2 at /cg/unified, not enabled for the groups below its root\n\
             misc       v2 at /cg/unified, enabled for the groups below its root\n"
        );
        let value: serde_json::Value = serde_json::from_str(&found.json()).unwrap();
        assert_eq!(value["mode"], "hybrid");
        assert_eq!(value["hierarchies"][0]["controllers"], serde_json::json!(["cpu", "cpuacct"]));
        assert_eq!(value["hierarchies"][2]["own_directory"], serde_json::Value::Null);
        assert_eq!(value["controllers"][3]["where"], "disabled");
        assert_eq!(value["controllers"][6]["enabled_below_root"], false);
    }

    #[test]
    fn version_2_of_a_user() {
        const OWN: &str = "/cg/user.slice/user-1000.slice/user@1000.service";
        let found = found(
            1000,
            &[
                ("/proc/self/mountinfo", "41 1 0:38 / /cg rw - cgroup2 cgroup2 rw\n"),
                ("/proc/self/cgroup", "0::/user.slice/user-1000.slice/user@1000.service/app.slice\n"),
                (
                    "/proc/cgroups",
                    "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t0\t1\t1\nperf_event\t0\t1\t1\n",
                ),
                ("/cg/cgroup.controllers", "cpuset\n"),
                ("/cg/cgroup.subtree_control", "cpuset\n"),
                (&format!("owner:{OWN}/app.slice"), "1000"),
                (&format!("owner:{OWN}/cgroup.procs"), "1000"),
                (&format!("owner:{OWN}/app.slice/cgroup.procs"), "1000"),
                (&format!("owner:{OWN}"), "1000"),
                ("owner:/cg/user.slice/user-1000.slice", "0"),
                ("owner:/cg/user.slice/user-1000.slice/cgroup.procs", "0"),
                (&format!("{OWN}/cgroup.controllers"), "cpuset\n"),
            ],
        );
        assert_eq!(
            found.human(&Look::default()).split_once("CONTROLLER WHERE\n").unwrap().1,
            "cpuset     v2 at /cg, enabled for the groups below its root\n\
             perf_event in no hierarchy; v2 has it in every group, without a file\n\
             \n\
             Delegated to you: /user.slice/user-1000.slice/user@1000.service in cgroup2 (controllers: cpuset)\n"
        );
    }

    /// A group that the caller is not in is found near the top.
    #[test]
    fn a_group_of_hers() {
        let found = found(
            1000,
            &[
                ("/proc/self/mountinfo", "41 1 0:38 / /cg rw - cgroup2 cgroup2 rw\n"),
                ("/proc/self/cgroup", "0::/\n"),
                ("/cg/cgroup.controllers", "pids\n"),
                ("owner:/cg", "0"),
                ("owner:/cg/cgroup.procs", "0"),
                ("directories:/cg", "labs\nothers"),
                ("directories:/cg/labs", "alice\nbob"),
                ("owner:/cg/labs/alice", "1000"),
                ("owner:/cg/labs/alice/cgroup.procs", "1000"),
                ("owner:/cg/labs/bob", "1001"),
                ("/cg/labs/alice/cgroup.controllers", "pids\n"),
            ],
        );
        let text = found.human(&Look::default());
        let told = "Delegated to you: /labs/alice in cgroup2 (controllers: pids); you are not in it: sudo xcgroup add /labs/alice PID\n";
        assert!(text.ends_with(told), "{text}");
    }

    #[test]
    fn version_1_and_nothing() {
        let v1 = found(
            1000,
            &[
                ("/proc/self/mountinfo", "32 1 0:29 / /cg/memory rw - cgroup cgroup rw,memory\n"),
                ("/proc/self/cgroup", "4:memory:/\n"),
                ("owner:/cg/memory", "0"),
            ],
        );
        let text = v1.human(&Look::default());
        assert!(text.starts_with("Mode: v1 ") && text.contains("memory     v1 at /cg/memory\n"), "{text}");
        assert!(
            text.ends_with(
                "Nothing is delegated to you: your groups are others', and you can make none below them.\n"
            ),
            "{text}"
        );
        let none = found(0, &[]);
        assert_eq!(none.human(&Look::default()), "Mode: none (no cgroup hierarchy is mounted)\n");
    }
}

//! A group as a hint looks at it: by the files in its directory, which may be gone by now.

use crate::{Layout, RUN_PREFIX, Tree, Version};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use xns_core::{Facts, Hint, NsKind, shell};

/// How many processes or groups a line of evidence names.
const SHOWN: usize = 5;

/// A group.
pub(super) struct Group<'f> {
    /// Its directory.
    pub(super) directory: PathBuf,
    /// The hierarchy that it is in, if one is mounted there.
    pub(super) tree: Option<Tree>,
    pub(super) facts: &'f Facts,
}

impl<'f> Group<'f> {
    pub(super) fn of(directory: &Path, facts: &'f Facts) -> Self {
        let trees = Layout::of(facts).trees.into_iter().filter(|tree| directory.starts_with(&tree.point));
        let tree = trees.max_by_key(|tree| tree.point.components().count());
        Group { directory: directory.to_owned(), tree, facts }
    }

    fn beside(&self, directory: PathBuf) -> Self {
        Group { directory, tree: self.tree.clone(), facts: self.facts }
    }

    pub(super) fn is_version_2(&self) -> bool {
        self.tree.as_ref().is_some_and(|tree| tree.version() == Version::V2)
    }

    /// Where the hierarchy is mounted.
    pub(super) fn is_top(&self) -> bool {
        self.tree.as_ref().is_some_and(|tree| tree.point == self.directory)
    }

    /// Is it the real root, which no limits bind? Of version 2 only other groups have a type; of version 1 it alone has an agent.
    pub(super) fn is_root(&self) -> bool {
        let Some(tree) = self.tree.as_ref().filter(|_| self.is_top()) else { return false };
        let may_be = tree.root == Path::new("/") || tree.is_of_outside();
        let is_below = match tree.version() {
            Version::V1 => inside_cgroup_namespace(self.facts) && self.line("release_agent").is_none(),
            Version::V2 => self.line("cgroup.type").is_some(),
        };
        may_be && !is_below
    }

    /// What is not done to the root: whose it is, and what is the caller's own.
    pub(super) fn of_root(&self, cause: String) -> Hint {
        let hint = Hint::new("XNS-C6-root", cause)
            .because(format!("{} is where the hierarchy is mounted", self.directory.display()));
        let own = self.tree.as_ref().filter(|tree| tree.is_of_outside()).and_then(Tree::namespace_root);
        match own {
            Some(own) => hint
                .because("it was mounted outside of your cgroup namespace, and names count from there")
                .cure(self.facts.command_instead("/", &self.beside(own).name()), "your namespace's root"),
            None => hint.cure("a group below it", "xcgroup list shows them"),
        }
    }

    /// The path of a file in it.
    pub(super) fn file(&self, name: &str) -> String {
        self.directory.join(name).display().to_string()
    }

    pub(super) fn line(&self, name: &str) -> Option<String> {
        self.facts.line(&self.file(name))
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.line(name)?.trim().parse().ok()
    }

    /// A file's blank-separated words; none when it cannot be read.
    pub(super) fn words(&self, name: &str) -> Vec<String> {
        self.line(name).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
    }

    pub(super) fn has_word(&self, name: &str, word: &str) -> bool {
        self.words(name).iter().any(|found| found == word)
    }

    /// The value after a key at a line's start, as in `memory.events`.
    pub(super) fn field(&self, name: &str, key: &str) -> Option<u64> {
        let text = self.line(name)?;
        text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '))?.trim().parse().ok()
    }

    pub(super) fn exists(&self) -> bool {
        self.facts.owner(&self.directory.display().to_string()).is_some()
    }

    /// Was it made for this run of xcgexec, and taken back before this hint was asked for?
    pub(super) fn is_taken_back(&self) -> bool {
        let own = format!("{RUN_PREFIX}{}", self.facts.pid());
        let is_own = |part: &OsStr| {
            let rest = part.to_str().and_then(|part| part.strip_prefix(&own));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.directory.iter().any(is_own) && !self.exists()
    }

    /// The group above, unless this is where the hierarchy is mounted.
    pub(super) fn parent(&self) -> Option<Self> {
        if self.is_top() {
            return None;
        }
        self.directory.parent().map(|above| self.beside(above.to_owned()))
    }

    /// Those above, the nearest first, up to the mount point.
    pub(super) fn above(&self) -> Vec<Self> {
        let point = self.tree.as_ref().map(|tree| tree.point.clone());
        let inside = |above: &&Path| point.as_ref().is_some_and(|point| above.starts_with(point));
        let above = self.directory.ancestors().skip(1).take_while(inside);
        above.map(|above| self.beside(above.to_owned())).collect()
    }

    /// It and those above.
    pub(super) fn with_above(&self) -> Vec<Self> {
        std::iter::once(self.beside(self.directory.clone())).chain(self.above()).collect()
    }

    /// The nearest above that is there.
    pub(super) fn nearest(&self) -> Option<Self> {
        self.above().into_iter().find(Self::exists)
    }

    /// The names of the groups right below it.
    pub(super) fn below(&self) -> Vec<String> {
        self.facts.directories_in(&self.directory.display().to_string())
    }

    pub(super) fn child(&self, name: &str) -> Self {
        self.beside(self.directory.join(name))
    }

    /// How `xcgroup` takes it: below the mount point.
    pub(super) fn name(&self) -> String {
        let point = self.tree.as_ref().map_or(Path::new("/"), |tree| &tree.point);
        let below = self.directory.strip_prefix(point).unwrap_or(&self.directory);
        shell::quote(Path::new("/").join(below))
    }

    /// Its own processes, as numbers of this PID namespace; 0 is one of another.
    pub(super) fn processes(&self) -> Vec<u32> {
        // A threaded group shows only its threads.
        let text = self.line("cgroup.procs").or_else(|| self.line("cgroup.threads")).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    /// Those of the groups below as well.
    pub(super) fn members(&self) -> Vec<u32> {
        let mut all = self.processes();
        for name in self.below() {
            all.extend(self.child(&name).members());
        }
        all
    }

    /// `cat FILE` in evidence: "FILE says TEXT".
    pub(super) fn says(&self, name: &str) -> String {
        match self.line(name) {
            Some(text) if text.is_empty() => format!("{} is empty", self.file(name)),
            Some(text) => format!("{} says {text}", self.file(name)),
            None => format!("{} is not there", self.file(name)),
        }
    }
}

fn inside_cgroup_namespace(facts: &Facts) -> bool {
    facts.other_namespace(NsKind::Cgroup).is_some()
}

/// "1 process", "3 processes".
pub(super) fn counted(count: usize) -> String {
    format!("{count} {}", if count == 1 { "process" } else { "processes" })
}

/// "7 (dd)", or the number alone when it has no name.
pub(super) fn process(pid: u32, facts: &Facts) -> String {
    match facts.line(&format!("/proc/{pid}/comm")) {
        Some(name) => format!("{pid} ({name})"),
        None => pid.to_string(),
    }
}

/// The first of them, by name, and how many there are.
pub(super) fn some_processes(pids: &[u32], facts: &Facts) -> String {
    let named: Vec<_> = pids.iter().take(SHOWN).map(|pid| process(*pid, facts)).collect();
    some(&named, pids.len())
}

/// The first of them, and that there are more.
pub(super) fn some_names(names: &[String]) -> String {
    some(&names[..names.len().min(SHOWN)], names.len())
}

fn some(shown: &[String], all: usize) -> String {
    let more = if all > shown.len() { format!(" and {} more", all - shown.len()) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

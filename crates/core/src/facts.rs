//! What the machine is like: raw values, each read when first asked for.

mod anew;

use crate::look::NOT_RECORDED;
use crate::mountinfo::{self, Mounted};
use crate::{NsKind, NsSet, Probe, Rights, Seen, Tried, trial};
use std::cell::{OnceCell, RefCell};
use std::ffi::{OsStr, OsString};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use xns_sys::{Errno, SingleThreaded, fd, fs, identity, namespace};

/// Facts about the machine and the caller. The crates that ask know what they mean.
///
/// Planning is pure in them: a test hands over [`Recorded`] facts, and needs neither privileges nor `/proc`.
pub struct Facts {
    live: bool,
    single: Option<SingleThreaded>,
    command: Vec<OsString>,
    pid: OnceCell<u32>,
    ids: OnceCell<Ids>,
    files: RefCell<Vec<KnownFile>>,
    probes: RefCell<Vec<(Probe, Option<u8>)>>,
    own: RefCell<Option<namespace::Own>>,
    own_numbers: RefCell<Vec<(NsKind, Option<u64>)>>,
    numbers: RefCell<Vec<(String, Option<u64>)>>,
    variables: Vec<(String, OsString)>,
    interactive: bool,
    seen: RefCell<Vec<(PathBuf, Seen)>>,
}

/// A path, and what was read there.
type KnownFile = (String, Option<Rc<[u8]>>);

/// The caller's numbers, as at program start.
#[derive(Clone, Copy, Debug)]
struct Ids {
    uid: u32,
    gid: u32,
    effective_uid: u32,
    effective_gid: u32,
}

/// Facts that a test made up, or that were recorded on another machine. What is not in them is absent.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// The words as typed.
    pub command: Vec<OsString>,
    /// The caller's PID.
    pub pid: u32,
    /// Real and effective user id.
    pub uid: u32,
    /// Real and effective group id.
    pub gid: u32,
    /// Contents of files (and of links, under their path).
    pub files: Vec<(String, Vec<u8>)>,
    /// Answers of probes.
    pub probes: Vec<(Probe, u8)>,
    /// Environment variables.
    pub variables: Vec<(String, OsString)>,
    /// Does a person sit at standard input and standard error?
    pub interactive: bool,
    /// What [`Facts::look`] finds: by path, with the root directory's before it.
    pub seen: Vec<(PathBuf, Seen)>,
}

impl Facts {
    /// Of this machine, now.
    pub fn live(single: SingleThreaded, command: Vec<OsString>) -> Self {
        Facts { single: Some(single), ..Facts::without_probes(command) }
    }

    /// Of this machine, now, for a process with several threads: probes, which fork, are not answered.
    pub fn without_probes(command: Vec<OsString>) -> Self {
        Facts {
            live: true,
            single: None,
            command,
            pid: OnceCell::new(),
            ids: OnceCell::new(),
            files: RefCell::default(),
            probes: RefCell::default(),
            own: RefCell::default(),
            own_numbers: RefCell::default(),
            numbers: RefCell::default(),
            variables: Vec::new(),
            interactive: false,
            seen: RefCell::default(),
        }
    }

    /// Made up.
    pub fn recorded(r: Recorded) -> Self {
        let ids = Ids { uid: r.uid, gid: r.gid, effective_uid: r.uid, effective_gid: r.gid };
        Facts {
            live: false,
            single: None,
            command: r.command,
            pid: OnceCell::from(r.pid),
            ids: OnceCell::from(ids),
            files: RefCell::new(r.files.into_iter().map(|(path, text)| (path, Some(text.into()))).collect()),
            own: RefCell::default(),
            own_numbers: RefCell::default(),
            numbers: RefCell::default(),
            probes: RefCell::new(r.probes.into_iter().map(|(probe, answer)| (probe, Some(answer))).collect()),
            variables: r.variables,
            interactive: r.interactive,
            seen: RefCell::new(r.seen),
        }
    }

    fn ids(&self) -> &Ids {
        self.ids.get_or_init(|| Ids {
            uid: identity::real_uid(),
            gid: identity::real_gid(),
            effective_uid: identity::effective_uid(),
            effective_gid: identity::effective_gid(),
        })
    }

    /// The words as typed, the program's name first.
    pub fn command(&self) -> &[OsString] {
        &self.command
    }

    /// The caller's PID.
    pub fn pid(&self) -> u32 {
        *self.pid.get_or_init(xns_sys::fork::own_pid)
    }

    /// Effective user id, as at program start.
    pub fn euid(&self) -> u32 {
        self.ids().effective_uid
    }

    /// Effective group id, as at program start.
    pub fn egid(&self) -> u32 {
        self.ids().effective_gid
    }

    /// Real user id, as at program start.
    pub fn uid(&self) -> u32 {
        self.ids().uid
    }

    /// Real group id, as at program start.
    pub fn gid(&self) -> u32 {
        self.ids().gid
    }

    /// The contents of a file, read once; `None` when it cannot be read.
    pub fn file(&self, path: &str) -> Option<Rc<[u8]>> {
        self.once(path, |path| fs::read(Path::new(path)).ok())
    }

    /// The number of the namespace of this kind that this process's children are in. Recorded as the link `/proc/self/ns/KIND`.
    pub fn own_namespace(&self, kind: NsKind) -> Option<u64> {
        if !self.live {
            return self.namespace(&format!("/proc/self/ns/{kind}"));
        }
        if let Some((_, number)) = self.own_numbers.borrow().iter().find(|(known, _)| *known == kind) {
            return *number;
        }
        // The first two of /proc/self cost as much as ten such questions.
        let mut own = self.own.borrow_mut();
        let own = own.get_or_insert_with(|| namespace::Own::open(1, false));
        let number = own.number(kind.flag(), kind.unshared_file()).ok();
        self.own_numbers.borrow_mut().push((kind, number));
        number
    }

    /// That number, where it is not the one that the machine begins with; `None` also where nobody knows.
    pub fn other_namespace(&self, kind: NsKind) -> Option<u64> {
        let initial = kind.initial()?;
        self.own_namespace(kind).filter(|&number| number != initial)
    }

    /// The view of our own namespaces, if one was opened: asking goes on with it.
    pub fn take_own(&self) -> Option<namespace::Own> {
        self.own.take()
    }

    /// N of `KIND:[N]`, the number of the namespace to which such a link leads, read once. Recorded as the link.
    pub fn namespace(&self, path: &str) -> Option<u64> {
        if !self.live {
            return namespace::number_in(&self.link(path)?);
        }
        if let Some((_, number)) = self.numbers.borrow().iter().find(|(known, _)| known == path) {
            return *number;
        }
        let number = namespace::number_of(path).ok();
        self.numbers.borrow_mut().push((path.to_owned(), number));
        number
    }

    /// Where a symbolic link points, read once.
    pub fn link(&self, path: &str) -> Option<Rc<[u8]>> {
        use std::os::unix::ffi::OsStringExt;
        self.once(path, |path| std::fs::read_link(path).ok().map(|target| target.into_os_string().into_vec()))
    }

    /// What `read` finds out, once; recorded as a file of this name.
    pub(crate) fn once(&self, path: &str, read: impl FnOnce(&str) -> Option<Vec<u8>>) -> Option<Rc<[u8]>> {
        if let Some((_, known)) = self.files.borrow().iter().find(|(p, _)| p == path) {
            return known.clone();
        }
        let found: Option<Rc<[u8]>> = self.live.then(|| read(path)).flatten().map(Into::into);
        self.files.borrow_mut().push((path.to_owned(), found.clone()));
        found
    }

    /// A number that is found out once, and recorded under a name of its own.
    fn number_once(&self, name: &str, find: impl FnOnce() -> Option<u64>) -> Option<u64> {
        let text = self.once(name, |_| Some(find()?.to_string().into_bytes()))?;
        std::str::from_utf8(&text).ok()?.trim().parse().ok()
    }

    /// Does this program run with rights of its own (root's set-user-ID or file capabilities)? `None` when no program is
    /// there.
    ///
    /// Recorded as the file `rights:PATH` with `yes` or `no`.
    pub fn raises_rights(&self, program: &str) -> Option<bool> {
        const SET_USER_ID: u32 = 0o4000;
        const EXECUTABLE: u32 = 0o111;
        let answer = self.once(&format!("rights:{program}"), |_| {
            let path = Path::new(program);
            let file = std::fs::metadata(path).ok()?;
            if !file.is_file() || file.mode() & EXECUTABLE == 0 {
                return None;
            }
            let roots = file.mode() & SET_USER_ID != 0 && file.uid() == 0;
            let raises = roots || fs::has_file_capabilities(path);
            Some(if raises { b"yes".to_vec() } else { b"no".to_vec() })
        })?;
        Some(&*answer == b"yes")
    }

    /// The owner of a file, as a number of this user namespace. Recorded as the file `owner:PATH`.
    pub fn owner(&self, path: &str) -> Option<u32> {
        let owner =
            self.number_once(&format!("owner:{path}"), || Some(std::fs::metadata(path).ok()?.uid().into()))?;
        u32::try_from(owner).ok()
    }

    /// The group of a file, as [`Facts::owner`]. Recorded as the file `group:PATH`.
    pub fn group(&self, path: &str) -> Option<u32> {
        let group =
            self.number_once(&format!("group:{path}"), || Some(std::fs::metadata(path).ok()?.gid().into()))?;
        u32::try_from(group).ok()
    }

    /// From now on the file has this text, for whoever asks: to show what would be done on another machine.
    pub fn suppose_file(&self, path: &str, text: &str) {
        let mut files = self.files.borrow_mut();
        files.retain(|(known, _)| known != path);
        files.push((path.to_owned(), Some(text.as_bytes().into())));
    }

    /// The same of a directory that is not here.
    pub fn suppose_directory(&self, path: &Path) {
        self.seen.borrow_mut().push((path.to_owned(), Seen::directory()));
    }

    /// Looks at a file; with `root` as a process sees it that has this root directory.
    ///
    /// # Errors
    /// What the search for it answered: ENOENT when there is no such file.
    pub fn look(&self, root: Option<&Path>, path: &Path) -> Result<Seen, Errno> {
        let whole =
            root.map_or_else(|| path.to_owned(), |root| root.join(path.strip_prefix("/").unwrap_or(path)));
        if let Some((_, seen)) = self.seen.borrow().iter().find(|(known, _)| *known == whole) {
            return Ok(seen.clone());
        }
        if self.live { Seen::at(root, path) } else { Err(NOT_RECORDED) }
    }

    /// The names in a directory, sorted; none when it cannot be read. Recorded as the file `names:PATH`, with blanks between.
    pub fn names_in(&self, directory: &str) -> Vec<String> {
        let names = self.once(&format!("names:{directory}"), |_| {
            let entries = std::fs::read_dir(directory).ok()?.flatten();
            let mut names: Vec<_> =
                entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
            names.retain(|name| !name.contains(char::is_whitespace));
            names.sort();
            Some(names.join(" ").into_bytes())
        });
        let text = String::from_utf8_lossy(names.as_deref().unwrap_or_default()).into_owned();
        text.split_whitespace().map(str::to_owned).collect()
    }

    /// The kind of the namespace that a file holds; `None` when it holds none. Recorded as the file `kind:PATH`.
    pub fn namespace_kind(&self, file: &Path) -> Option<NsKind> {
        let flag = self.number_once(&format!("kind:{}", file.display()), || {
            const READ_ONLY_NONBLOCK: i32 = 0o4000;
            let opened = fd::open(file, READ_ONLY_NONBLOCK).ok()?;
            namespace::kind_of(opened).ok().map(u64::from)
        })?;
        NsKind::ALL.into_iter().find(|kind| u64::from(kind.flag()) == flag)
    }

    /// Does the namespace of this file belong to a user namespace that is not below our own? Recorded as the file `above:PATH` with
    /// 1 or 0.
    pub fn is_owned_above(&self, file: &str) -> Option<bool> {
        let answer = self.number_once(&format!("above:{file}"), || {
            let opened = std::fs::File::open(file).ok()?;
            Some(u64::from(namespace::owner_of(opened).err() == Some(Errno::EPERM)))
        })?;
        Some(answer == 1)
    }

    /// What a file is, of which nothing is followed and nothing held up; `None` when there is none. Recorded as the file
    /// `sort:PATH`, in the words of [`Sort`](crate::Sort).
    pub fn sort_of(&self, path: &Path) -> Option<crate::Sort> {
        let text = self.once(&format!("sort:{}", path.display()), |_| {
            Some(crate::Sort::of(path)?.to_string().into_bytes())
        })?;
        crate::Sort::parse(&text)
    }

    /// Is there a directory of this name?
    pub fn is_directory(&self, path: &Path) -> bool {
        let supposed = || self.seen.borrow().iter().any(|(known, _)| known == path);
        if self.live && !supposed() {
            return std::fs::metadata(path).is_ok_and(|file| file.is_dir());
        }
        self.look(None, path).is_ok_and(|seen| seen.kind == crate::SeenKind::Directory)
    }

    /// Processes and threads with this real user id, as far as `/proc` shows them. Recorded as the file `tasks:UID`.
    pub fn tasks_of(&self, uid: u32) -> Option<u64> {
        self.number_once(&format!("tasks:{uid}"), || crate::tasks::count(uid))
    }

    /// The same of the caller's own user, in whatever user namespace it is by now. Recorded as the file `tasks:own`.
    pub fn own_tasks(&self) -> Option<u64> {
        self.number_once("tasks:own", crate::tasks::count_own)
    }

    /// The number of the mount namespace behind a file such as `/proc/self/ns/mnt`: the older one has the lower number.
    /// Recorded as the file `mount-namespace:PATH`.
    pub fn mount_namespace(&self, path: &str) -> Option<u64> {
        self.number_once(&format!("mount-namespace:{path}"), || {
            namespace::mount_namespace_id(std::fs::File::open(path).ok()?).ok()
        })
    }

    /// All mounts that this process sees, by `/proc/self/mountinfo`.
    pub fn mounts(&self) -> Option<Vec<Mounted>> {
        mountinfo::parse(&self.file("/proc/self/mountinfo")?)
    }

    /// A file's text without the line end, when it is UTF-8.
    pub fn line(&self, path: &str) -> Option<String> {
        let bytes = self.file(path)?;
        Some(std::str::from_utf8(&bytes).ok()?.trim_end().to_owned())
    }

    /// A file's one number.
    pub fn number(&self, path: &str) -> Option<u64> {
        self.line(path)?.trim().parse().ok()
    }

    /// The value of a field of `/proc/self/status` (proc_pid_status(5)), without blanks around it.
    pub fn status(&self, field: &str) -> Option<String> {
        let text = self.line("/proc/self/status")?;
        let value = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
        Some(value.trim().to_owned())
    }

    /// Is this capability (capabilities(7), by number) in a set of `/proc/self/status` ("CapEff", "CapBnd")?
    pub fn has_capability(&self, set: &str, number: u32) -> Option<bool> {
        let mask = u64::from_str_radix(&self.status(set)?, 16).ok()?;
        Some(mask >> number & 1 == 1)
    }

    /// The answer of a probe, asked once.
    pub fn probe(&self, probe: Probe) -> Option<u8> {
        if let Some((_, known)) = self.probes.borrow().iter().find(|(p, _)| *p == probe) {
            return *known;
        }
        let answer = self.single.and_then(|single| probe.ask(single));
        self.probes.borrow_mut().push((probe, answer));
        answer
    }

    /// The proof that this process has one thread, where it has.
    pub fn single_threaded(&self) -> Option<SingleThreaded> {
        self.single
    }

    /// What came of something that was tried in a child with new namespaces of these kinds, once; `None` when no child could be made.
    /// Recorded as the file `tried:RIGHTS:NAME` with the errno.
    pub fn tried(
        &self,
        name: &str,
        rights: Rights,
        kinds: NsSet,
        what: impl FnOnce() -> Result<(), Errno>,
    ) -> Option<Tried> {
        let answer = self.number_once(&format!("tried:{rights}:{name}"), || {
            trial::carry_out(self.single?, rights, kinds, what).map(u64::from)
        })?;
        u8::try_from(answer).ok().map(Tried::of)
    }

    /// Is the process in a chroot? What shows it.
    pub fn in_chroot(&self) -> Option<&'static str> {
        match self.probe(Probe::Chrooted)? {
            1 => Some("entering our own mount namespace again moves a process to another root"),
            2 => Some("/ is not the root of any mount (statx)"),
            _ => None,
        }
    }

    /// An environment variable.
    pub fn variable(&self, name: impl AsRef<OsStr>) -> Option<OsString> {
        let name = name.as_ref();
        if self.live {
            return std::env::var_os(name);
        }
        self.variables.iter().find(|(n, _)| name == n.as_str()).map(|(_, value)| value.clone())
    }

    /// Does a person sit here: are standard input and standard error terminals?
    pub fn is_interactive(&self) -> bool {
        if self.live {
            fd::is_terminal(fd::stdin()) && fd::is_terminal(fd::stderr())
        } else {
            self.interactive
        }
    }

    /// How many descriptors above 2 a program inherits. Recorded as the file `descriptors`.
    pub fn passed_descriptors(&self) -> Option<u64> {
        self.number_once("descriptors", || u64::try_from(fd::passed_on()).ok())
    }

    /// The typed command line with the word `old`, or the end of a word that it is, replaced.
    pub fn command_instead(&self, old: &str, new: &str) -> String {
        let replaced = |word: &OsString| match word.to_str().and_then(|text| text.strip_suffix(old)) {
            Some(start) if start.is_empty() || start == "-t" || start.ends_with('=') => {
                OsString::from(format!("{start}{new}"))
            }
            _ => word.clone(),
        };
        let words: Vec<_> = self.command.iter().map(replaced).collect();
        crate::shell::line(words.iter().map(OsString::as_os_str))
    }

    /// The typed command line with `words` put in after the tool's name, quoted for a shell.
    pub fn command_with<W: AsRef<OsStr>>(&self, before: &[&str], words: &[W]) -> String {
        let tool = self.command.first().map_or(OsStr::new("xunshare"), |w| w.as_os_str());
        let added = words.iter().map(AsRef::as_ref);
        let typed = self.command.iter().skip(1).map(OsString::as_os_str);
        let all = before.iter().map(OsStr::new).chain([tool]).chain(added).chain(typed);
        crate::shell::line(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_facts_answer_only_what_was_recorded() {
        let facts = Facts::recorded(Recorded {
            uid: 1000,
            command: ["xunshare", "-n", "echo a"].map(OsString::from).to_vec(),
            files: vec![(
                "/proc/self/status".into(),
                b"Name:\tx\nCapEff:\t0000000000200000\nSeccomp:\t2\n".to_vec(),
            )],
            ..Recorded::default()
        });
        assert_eq!(facts.status("Seccomp").as_deref(), Some("2"));
        assert_eq!(facts.has_capability("CapEff", 21), Some(true));
        assert_eq!(facts.has_capability("CapEff", 20), Some(false));
        assert_eq!(facts.has_capability("CapBnd", 20), None);
        assert_eq!(facts.file("/etc/passwd"), None);
        assert_eq!(facts.probe(Probe::Chrooted), None);
        assert_eq!(facts.command_with(&["sudo"], &["-r"]), "sudo xunshare -r -n 'echo a'");
        assert_eq!(facts.anew().status("Seccomp").as_deref(), Some("2"));
    }
}

//! Containers that crun makes, each in a bundle, a state directory and a cgroup of its own.

use std::path::{Path, PathBuf};
use xns_tests::{Cmd, Need, ORDINARY_UID, Running, Scene, cgroup2_root, send, wait_for};

/// What every test with containers needs.
pub(crate) const NEEDS: [Need; 4] =
    [Need::Root, Need::Program("crun"), Need::Program("busybox"), Need::Cgroup2];

/// The kinds, as `/proc/PID/ns` names them.
pub(crate) const KINDS: [&str; 7] = ["mnt", "uts", "ipc", "net", "pid", "user", "cgroup"];

/// Who root of a container with a user namespace is outside.
pub(crate) const ROOT_OUTSIDE: u32 = ORDINARY_UID;

/// The host name inside, where there is a UTS namespace.
pub(crate) const HOST_NAME: &str = "box";

/// What a container is like.
#[derive(Debug, PartialEq)]
pub(crate) struct Spec {
    pub(crate) name: &'static str,
    /// The kinds that it has of its own; with `user` its ids begin at [`ROOT_OUTSIDE`].
    pub(crate) own: &'static [&'static str],
}

/// As docker and podman make them for root.
pub(crate) const WHOLE: Spec = Spec { name: "whole", own: &["mnt", "uts", "ipc", "net", "pid", "cgroup"] };
/// Only files and processes are its own.
pub(crate) const SOME: Spec = Spec { name: "some", own: &["mnt", "pid"] };
/// Its root is nobody in particular outside.
pub(crate) const MAPPED: Spec = Spec { name: "mapped", own: &KINDS };

pub(crate) const EVERY: &[Spec] = &[WHOLE, SOME, MAPPED];

impl Spec {
    pub(crate) fn has(&self, kind: &str) -> bool {
        self.own.contains(&kind)
    }

    /// The OCI's `config.json`.
    fn config(&self, program: &[String]) -> String {
        let namespaces: Vec<_> =
            self.own.iter().map(|kind| format!(r#"{{"type": "{}"}}"#, oci(kind))).collect();
        let ids = format!(r#"[{{"containerID": 0, "hostID": {ROOT_OUTSIDE}, "size": 1000}}]"#);
        let maps = format!(r#", "uidMappings": {ids}, "gidMappings": {ids}"#);
        let maps = if self.has("user") { maps.as_str() } else { "" };
        let name = format!(r#", "hostname": "{HOST_NAME}""#);
        let name = if self.has("uts") { name.as_str() } else { "" };
        format!(
            r#"{{
                "ociVersion": "1.0.0",
                "process": {{"user": {{"uid": 0, "gid": 0}}, "args": {program:?}, "env": ["PATH=/bin"], "cwd": "/"}},
                "root": {{"path": "rootfs"}},
                "mounts": [{{"destination": "/proc", "type": "proc", "source": "proc"}}],
                "linux": {{"namespaces": [{}]{maps}}}{name}
            }}"#,
            namespaces.join(", ")
        )
    }
}

/// The OCI's word for a kind.
fn oci(kind: &str) -> &str {
    match kind {
        "mnt" => "mount",
        "net" => "network",
        same => same,
    }
}

/// One that runs. Dropping it, also in a test that fails, ends it and removes its cgroup. It also ends when the test is
/// killed (an empty cgroup stays then): its first process reads its input, a pipe from the test, to the end.
pub(crate) struct Container {
    pub(crate) spec: &'static Spec,
    pub(crate) id: String,
    /// Its first process.
    pub(crate) pid: u32,
    // Dropped in this order: crun, what it has left, the directory.
    crun: Running,
    cgroup: Cgroup,
    pub(crate) scene: Scene,
}

impl Container {
    /// Starts one, and waits for its first process.
    pub(crate) fn start(spec: &'static Spec) -> Self {
        let scene = Scene::new();
        let id = scene.dir().file_name().unwrap().to_str().unwrap().to_owned();
        scene.busybox_root("bundle/rootfs");
        scene.file("bundle/config.json", &spec.config(&first(&id)));
        if spec.has("user") {
            scene.hand_over();
        }
        let cgroup = Cgroup::new(&id);
        let pid_file = scene.path("pid");
        let words = ["run", "--bundle", "bundle", "--pid-file", pid_file.to_str().unwrap(), &id];
        let mut crun = crun(&scene, &cgroup.path).args(words).start();
        assert_eq!(crun.line(), "ready", "{}", spec.name);
        // Its first process may be faster than crun.
        let pid = || std::fs::read_to_string(&pid_file).ok()?.parse().ok();
        wait_for("the PID", || pid().is_some());
        let pid = pid().unwrap();
        Container { spec, id, pid, crun, cgroup, scene }
    }

    /// The command line of the first process.
    pub(crate) fn first(&self) -> [String; 4] {
        first(&self.id)
    }

    /// The directory that is its root.
    pub(crate) fn root(&self) -> PathBuf {
        self.scene.path("bundle/rootfs")
    }

    /// Ends it by the end of its input, as crun cleans up after a container, and fails the test if anything is left.
    pub(crate) fn end(self) {
        self.crun.end().out();
        assert_eq!(self.cgroup.below(), Vec::<PathBuf>::new());
        assert_eq!(self.scene.mounts(), Vec::<PathBuf>::new());
        wait_for("the end of every program", || self.scene.processes().is_empty());
    }
}

fn first(id: &str) -> [String; 4] {
    ["sh", "-c", "echo ready; while read line; do :; done", id].map(str::to_owned)
}

/// crun, which finds at `/sys/fs/cgroup` the cgroup of the test, and nothing else. On hybrid machines it wants a hierarchy of
/// version 2 there, and it switches controllers on in what it takes for the topmost cgroup.
fn crun(scene: &Scene, cgroup: &Path) -> Cmd {
    let script = "mount --bind \"$1\" /sys/fs/cgroup; shift; exec crun --cgroup-manager=cgroupfs --root \"$PWD/state\" \"$@\"";
    scene.xunshare().words("-m --propagation private sh -ec").args([script, "sh"]).args([cgroup])
}

/// A cgroup of version 2. Dropping it ends what is in it.
struct Cgroup {
    path: PathBuf,
}

impl Cgroup {
    fn new(name: &str) -> Self {
        let path = cgroup2_root().unwrap().join(name);
        std::fs::create_dir(&path).unwrap();
        Cgroup { path }
    }

    /// Cgroups in it.
    fn below(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.path).into_iter().flatten();
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()).collect()
    }

    /// Ends every process in it, and tries to remove it: a process that dies is in it for a moment yet.
    fn remove(&self) -> std::io::Result<()> {
        for cgroup in self.below() {
            let processes = std::fs::read_to_string(cgroup.join("cgroup.procs")).unwrap_or_default();
            // 0 would be a process that has no number here, and for kill(2) the test's own group.
            for pid in processes.lines().filter_map(|pid| pid.parse().ok()).filter(|pid| *pid != 0) {
                send(pid, nix::sys::signal::Signal::SIGKILL);
            }
            let _ = std::fs::remove_dir(cgroup);
        }
        std::fs::remove_dir(&self.path)
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // Some seconds at most; not `wait_for`, which would panic a second time in a test that fails.
        for _ in 0..500 {
            if self.remove().is_ok() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

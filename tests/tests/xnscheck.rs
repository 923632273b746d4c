//! xnscheck: what it says of this machine is so, an obstacle that is put up is named with its cause, and the cure takes it away.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use serde_json::Value;
use std::path::Path;
use xns_tests::{Cmd, Done, Need, Scene, bin, need, pids_root};

/// The report, and a row of it.
struct Report(Value, i32);

impl Report {
    #[track_caller]
    fn of(done: &Done) -> Self {
        let value = serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"));
        Report(value, done.status.unwrap())
    }

    #[track_caller]
    fn row(&self, id: &str) -> &Value {
        let rows = self.0["checks"].as_array().unwrap();
        rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("no row {id}: {:#}", self.0))
    }

    fn result(&self, id: &str) -> &str {
        self.row(id)["result"].as_str().unwrap()
    }

    /// The row says that it is missing, by this cause, with evidence; answers the first cure.
    #[track_caller]
    fn missing(&self, id: &str, hint: &str) -> String {
        let row = self.row(id);
        assert_eq!((row["result"].as_str(), row["hint"].as_str()), (Some("missing"), Some(hint)), "{row:#}");
        assert!(!row["evidence"].as_array().unwrap().is_empty(), "{row:#}");
        row["cures"][0]["action"].as_str().unwrap_or_default().to_owned()
    }

    fn works_for(&self, walk: &str) -> bool {
        let walks = self.0["walkthroughs"].as_array().unwrap();
        walks.iter().find(|one| one["name"] == walk).unwrap()["works"] == true
    }
}

/// A scene with the tool in it, where an ordinary user finds it, too: `./xnscheck`.
fn scene() -> Scene {
    let scene = Scene::new();
    std::fs::copy(bin("xnscheck"), scene.path("xnscheck")).unwrap();
    scene
}

/// The command as an ordinary user, for a script of root's.
const AS_USER: &str = "setpriv --reuid 54321 --regid 54321 --clear-groups";
const ROOT: [Need; 2] = [Need::Root, Need::Program("setpriv")];

#[track_caller]
fn run(scene: &Scene, script: &str) -> Report {
    Report::of(&scene.private_sh(script).run())
}

/// What could be left: mounts, devices, names, and groups whose maker is gone.
fn traces() -> String {
    let script = "cut -d ' ' -f 5 /proc/self/mountinfo; cut -d : -f 1 /proc/net/dev; ls /run/netns | grep xnscheck; \
                  for group in $(find /sys/fs/cgroup -maxdepth 6 -name 'xnscheck-*'); do \
                  [ -d /proc/${group##*-} ] || echo $group; done";
    Cmd::new("sh").args(["-c", script]).run().stdout
}

#[test]
fn both_forms_have_the_same_rows_and_nothing_is_left() {
    let scene = scene();
    for ordinary in [false, true] {
        let run = |words: &str| {
            let cmd = scene.cmd("./xnscheck").words(words);
            if ordinary { cmd.ordinary().run() } else { cmd.run() }
        };
        let before = traces();
        let (json, text, quiet) = (run("--json"), run(""), run("--quiet"));
        assert_eq!(traces(), before);
        let report = Report::of(&json);
        let rows: Vec<_> =
            text.stdout.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")).collect();
        let checks = report.0["checks"].as_array().unwrap();
        assert_eq!(rows.len(), checks.len(), "{}", text.stdout);
        for (row, check) in rows.iter().zip(checks) {
            assert!(row.trim_start().starts_with(check["what"].as_str().unwrap()), "{row} {check:#}");
            let word = match check["result"].as_str().unwrap() {
                "unknown" => "?",
                "not-asked" => "-",
                word => word,
            };
            assert_eq!(row.get(18..).and_then(|rest| rest.split_whitespace().next()), Some(word), "{row}");
            assert!(
                word == "-" || word == "?" || !check["evidence"].as_array().unwrap().is_empty(),
                "{check:#}"
            );
        }
        // A path may be longer than a line, and stays whole.
        let broken = |line: &&str| line.chars().count() > 80 && !line.trim().contains('/');
        assert_eq!(text.stdout.lines().find(broken), None);
        let works = report.0["works"].as_bool().unwrap();
        assert_eq!(
            (report.1, text.status, quiet.status),
            (i32::from(!works), Some(report.1), Some(report.1))
        );
        assert_eq!((&*quiet.stdout, &*quiet.stderr), ("", ""));
        assert_eq!(works, (1..=10).all(|number| report.works_for(&format!("W{number}"))));
    }
}

/// What it says can be done is done by the tools.
#[test]
fn what_is_said_to_work_works() {
    let scene = scene();
    scene.subdir("queues");
    let report = Report::of(&scene.cmd("./xnscheck").args(["--json"]).run());
    for (id, words) in [
        ("namespace-user", "-r"),
        ("namespace-time", "-rT"),
        ("namespace-cgroup", "-rC"),
        ("mount-proc", "-rfp --mount-proc"),
        ("mount-mqueue", "-ri --mount-mqueue=queues"),
    ] {
        let done = scene.xunshare().words(words).args(["true"]).run();
        assert_eq!(report.result(id) == "ok", done.ok(), "{id} {done:?}");
    }
}

#[test]
fn statuses_and_choices() {
    let tool = |words: &str| Cmd::new(bin("xnscheck")).words(words).run();
    let report = Report::of(&tool("--for W3 -fw7 --json"));
    assert_eq!(report.0["walkthroughs"].as_array().unwrap().len(), 2);
    let rows = report.0["checks"].as_array().unwrap();
    let needed = |row: &Value| row["needed_by"].as_array().unwrap().iter().any(|w| w == "W3" || w == "W7");
    assert!(rows.len() > 2 && rows.iter().all(needed), "{:#}", report.0);
    tool("--for W11").fails(2, "xnscheck: there is no walkthrough 'W11': they are W1 to W10");
    assert_eq!(tool("W1").status, Some(2));
    assert_eq!(tool("--nonsense").status, Some(2));
    assert!(tool("--help").ok() && tool("--version").stdout.starts_with("xnscheck from xns "));
    let full = Cmd::new("sh").args(["-c", "exec \"$0\" >/dev/full"]).args([bin("xnscheck")]).run();
    assert_eq!(full.status, Some(2), "{full:?}");
}

#[test]
fn a_limit_of_0_is_named_and_raising_it_is_the_cure() {
    if !need(
        "a_limit_of_0_is_named_and_raising_it_is_the_cure",
        &[Need::UserNamespaces, Need::Program("unshare")],
    ) {
        return;
    }
    let scene = scene();
    let limited = |more: &str| {
        let script =
            format!("echo 0 >/proc/sys/user/max_user_namespaces; {more} exec ./xnscheck --json --for W7");
        Report::of(&scene.cmd("unshare").args(["-Ur", "sh", "-c", &script]).ordinary().run())
    };
    let report = limited("");
    assert_eq!((report.1, report.works_for("W7")), (1, false));
    for id in ["namespace-user", "user-limit"] {
        assert_eq!(report.missing(id, "XNS-E04-limit"), "sudo sysctl -w user.max_user_namespaces=15000");
    }
    let cured = limited("echo 15000 >/proc/sys/user/max_user_namespaces;");
    assert_eq!((cured.1, cured.result("namespace-user"), cured.result("user-limit")), (0, "ok", "ok"));
}

#[test]
fn a_filter_is_named() {
    let scene = scene();
    let without = scene.cmd(env!("CARGO_BIN_EXE_without")).args(["unshare", "./xnscheck", "--json"]).run();
    let report = Report::of(&without);
    let cure = report.missing("user-seccomp", "XNS-E01-seccomp");
    assert!(cure.contains("seccomp=unconfined"), "{cure}");
    report.missing("namespace-user", "XNS-E02-seccomp");
    report.missing("namespace-net", "XNS-E01-seccomp");
    assert!(report.1 == 1 && !report.works_for("W2") && !report.works_for("W7"));
    let evidence = report.row("user-seccomp")["evidence"].to_string();
    assert!(evidence.contains("unshare(0): EPERM"), "{evidence}");
    let free = Report::of(&scene.cmd("./xnscheck").args(["--json"]).run());
    assert_eq!(free.result("user-seccomp"), "ok");
}

#[test]
fn a_chroot_is_named() {
    if !need("a_chroot_is_named", &[Need::Root, Need::Program("busybox"), Need::Program("chroot")]) {
        return;
    }
    let scene = scene();
    scene.busybox_root("root");
    let inside = "mount --bind /proc root/proc; cp xnscheck root/bin; exec chroot root /bin/xnscheck --json";
    let report = run(&scene, inside);
    assert!(report.missing("user-chroot", "XNS-E02-chroot").starts_with("xunshare --pivot-root"));
    report.missing("namespace-user", "XNS-E02-chroot");
    // Root makes the others; but a mount there could pass to other namespaces, and so is not tried.
    assert_eq!(report.result("namespace-net"), "ok");
    report.missing("mount-tmpfs", "XNS-E20-chroot");
    assert_eq!((report.1, report.works_for("W3"), report.works_for("W7")), (1, true, false));
    // The cure.
    let pivot = "cp xnscheck root/bin; exec \"$X\" --quiet -fp --pivot-root root /bin/xnscheck --json";
    let cured = run(&scene, pivot);
    assert_eq!((cured.result("user-chroot"), cured.result("namespace-user")), ("ok", "ok"), "{:#}", cured.0);
    // A small root has no /etc, and perhaps no /run; and proc is mounted by who asks for it.
    let small = pivot
        .replace("cp xnscheck", "rm -rf root/etc root/run; cp xnscheck")
        .replace("-fp", "-fp --mount-proc");
    let small = run(&scene, &small);
    assert_eq!(small.result("mount-bind-ro"), "ok", "{:#}", small.0);
    assert_eq!(small.missing("net-names", "XNS-E58-no-directory"), "mkdir -p /run/netns");
    let bare = run(&scene, "exec chroot root /bin/xnscheck --json");
    assert_eq!(bare.missing("namespaces-of-1", "XNS-L7-no-proc"), "mount -t proc proc /proc");
}

#[test]
fn map_tools_that_are_not_in_path_are_named() {
    if !need("map_tools_that_are_not_in_path_are_named", &[ROOT[0], ROOT[1], Need::Program("newuidmap")]) {
        return;
    }
    let scene = scene();
    let report = run(&scene, &format!("exec {AS_USER} env PATH=/nowhere ./xnscheck --json"));
    assert_eq!(report.missing("user-map-tools", "XNS-E08-no-tool"), "sudo apt install uidmap");
    let cured = run(&scene, &format!("exec {AS_USER} ./xnscheck --json"));
    assert_eq!(cured.result("user-map-tools"), "ok");
    // Without rights, and where nothing has any.
    let weak =
        "mkdir weak; cp \"$(command -v newuidmap)\" \"$(command -v newgidmap)\" weak; chmod 755 weak weak/*";
    let report = run(&scene, &format!("{weak}; exec {AS_USER} env PATH=$PWD/weak ./xnscheck --json"));
    report.missing("user-map-tools", "XNS-E08-no-setuid");
    let report = run(
        &scene,
        "exec setpriv --no-new-privs --reuid 54321 --regid 54321 --clear-groups ./xnscheck --json",
    );
    report.missing("user-map-tools", "XNS-E08-no-new-privs");
}

#[test]
fn ids_are_granted_by_the_cure() {
    if !need("ids_are_granted_by_the_cure", &ROOT) {
        return;
    }
    let scene = scene();
    let etc = "cp /etc/passwd passwd; echo 'me:x:54321:54321::/:/bin/sh' >>passwd; : >none; \
               mount --bind passwd /etc/passwd; mount --bind ${IDS:-none} /etc/subuid; mount --bind ${IDS:-none} /etc/subgid";
    let report = run(&scene, &format!("{etc}; exec {AS_USER} ./xnscheck --json"));
    let cure = report.missing("user-subids", "XNS-E08-not-granted");
    assert_eq!(cure, "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 me");
    scene.file("ids", "me:100000:65536\n");
    let cured = run(&scene, &format!("IDS=ids; {etc}; exec {AS_USER} ./xnscheck --json"));
    assert_eq!(cured.result("user-subids"), "ok");
}

#[test]
fn a_covered_proc_is_named() {
    if !need("a_covered_proc_is_named", &ROOT) {
        return;
    }
    let scene = scene();
    let report =
        run(&scene, &format!("mount --bind /dev/null /proc/cmdline; exec {AS_USER} ./xnscheck --json"));
    report.missing("mount-proc", "XNS-E14-masked-proc");
    assert!(!report.works_for("W5"));
    let covered = "mount -t tmpfs -o ro covered /sys/kernel";
    let report = run(&scene, &format!("{covered}; exec {AS_USER} ./xnscheck --json"));
    report.missing("mount-sysfs", "XNS-E15-masked-sys");
    assert_eq!(report.result("mount-proc"), "ok");
    let cured = run(&scene, &format!("{covered}; umount /sys/kernel; exec {AS_USER} ./xnscheck --json"));
    assert_eq!((cured.result("mount-proc"), cured.result("mount-sysfs")), ("ok", "ok"));
}

#[test]
fn groups_that_are_not_ones_own_are_named() {
    if !need("groups_that_are_not_ones_own_are_named", &[ROOT[0], ROOT[1], Need::PidsController]) {
        return;
    }
    let scene = scene();
    let report = run(&scene, &format!("exec {AS_USER} ./xnscheck --json --for W8"));
    let cure = report.missing("cgroup-pids", "XNS-C2-not-yours");
    assert!(cure.starts_with("sudo "), "{cure}");
    report.missing("cgroup-make", "XNS-C2-not-yours");
    report.missing("cgroup-join", "XNS-E43-not-yours");
    assert_eq!((report.1, report.works_for("W8")), (1, false));
    // As root, which the cure is; and in a group that was given to the user.
    assert_eq!(run(&scene, "exec ./xnscheck --json --for W8").result("cgroup-pids"), "ok");
    let root = pids_root().unwrap();
    let group = xns_tests::groups::OwnGroup::new();
    let directory = Path::new(root).join(group.name());
    std::fs::create_dir(&directory).unwrap();
    let own = directory.display();
    let cured = run(
        &scene,
        &format!(
            "chown -R 54321 {own}; echo 0 >{own}/cgroup.procs; exec {AS_USER} ./xnscheck --json --for W8"
        ),
    );
    for id in ["cgroup-pids", "cgroup-make"] {
        assert_eq!(cured.result(id), "ok", "{:#}", cured.row(id));
    }
}

#[test]
fn read_only_groups_are_named() {
    if !need("read_only_groups_are_named", &[ROOT[0], Need::PidsController]) {
        return;
    }
    let scene = scene();
    let root = pids_root().unwrap();
    let report = run(&scene, &format!("mount -o remount,bind,ro {root}; exec ./xnscheck --json --for W8"));
    let row = report.row("cgroup-pids");
    assert_eq!(row["result"], "missing", "{row:#}");
    assert!(row["evidence"].to_string().contains("EROFS"), "{row:#}");
}

#[test]
fn the_terminals_sysctl_is_told() {
    let scene = scene();
    let report = Report::of(&scene.cmd("./xnscheck").args(["--json"]).run());
    let known = std::fs::read_to_string("/proc/sys/dev/tty/legacy_tiocsti").unwrap_or_default();
    if known.trim() == "0" {
        assert_eq!(report.result("terminal-injection"), "ok");
    } else {
        let cure = report.missing("terminal-injection", "XNS-K4-injection");
        let sysctl = "sudo sysctl -w dev.tty.legacy_tiocsti=0";
        assert_eq!(cure, if known.is_empty() { "--pty" } else { sysctl });
        // No walkthrough needs it.
        assert_eq!(report.row("terminal-injection")["needed_by"].as_array().unwrap().len(), 0);
    }
    if need("the_terminals_sysctl_is_told (both values)", &ROOT) {
        for (value, result) in [("0", "ok"), ("1", "missing")] {
            let script = format!(
                "echo {value} >v; mount --bind v /proc/sys/dev/tty/legacy_tiocsti; exec ./xnscheck --json"
            );
            if Path::new("/proc/sys/dev/tty/legacy_tiocsti").exists() {
                assert_eq!(run(&scene, &script).result("terminal-injection"), result);
            }
        }
    }
}

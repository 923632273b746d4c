//! Every plan that a command line can make keeps the rules; two plans as they are printed.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use proptest::prelude::*;
use std::ffi::OsString;
use xns_core::{Actor, Facts, Recorded};
use xns_plan::{Control, Op, Plan, births, edges, explain, hands_over, settlers, violations};
use xunshare::{Cli, plan};

/// A machine with one ordinary user, to whom a block of ids is granted.
fn facts(uid: u32, words: &[String]) -> Facts {
    let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
    Facts::recorded(Recorded {
        command: ["xunshare".to_owned()].iter().chain(words).map(OsString::from).collect(),
        pid: 4711,
        uid,
        gid: uid,
        files: vec![
            file("/etc/passwd", "root:x:0:0::/root:/bin/bash\nu:x:1000:1000::/home/u:/bin/zsh\n"),
            file("/etc/group", "root:x:0:\nstaff:x:50:\n"),
            file("/etc/subuid", "u:100000:65536\nroot:200000:65536\n"),
            file("/etc/subgid", "u:100000:65536\nroot:200000:65536\n"),
            file("/proc/self/uid_map", "         0          0 4294967295\n"),
            file("/proc/self/gid_map", "         0          0 4294967295\n"),
        ],
        ..Recorded::default()
    })
}

fn plan_of(uid: u32, words: &[String]) -> Option<Plan> {
    let facts = facts(uid, words);
    plan(&Cli::parse(&facts).ok()?, &facts).ok()
}

/// One or no word of each group; every option of the table is in one of them.
const CHOICES: &[&[&str]] = &[
    &["--mount", "--mount=/run/m", "--mount-proc", "--mount-proc=/p"],
    &["--uts", "--uts=/run/u", "--hostname=box", "--domainname=example"],
    &["--ipc", "--ipc=/run/i", "--mount-mqueue", "--mount-mqueue=/q"],
    &["--net", "--net=/run/n"],
    &["--pid", "--pid=/run/p"],
    &["--user", "--user=/run/U"],
    &["--cgroup", "--cgroup=/run/c"],
    &["--time", "--time=/run/t"],
    &["--fork", "--init", "--forward-signals", "--kill-child", "--kill-child=TERM"],
    &["--pty"],
    &["--kill-child=HUP", "--forward-signals"],
    &["--owner=1:2"],
    &["--mount-binfmt", "--mount-binfmt=/b", "--load-interp=:a:E::x::/i:F", "--load-interp=:a:E::x::/i:"],
    &["--map-root-user", "--map-current-user", "--map-user=5", "--map-user=u"],
    &["--map-group=5", "--map-group=staff"],
    &["--map-auto", "--map-subids", "--map-users=0:300000:10", "--map-users=auto", "--map-users=all"],
    &["--map-groups=0:300000:10", "--map-groups=subids", "--map-groups=300000,0,10"],
    &["--setgroups=allow", "--setgroups=deny"],
    &["--propagation=slave", "--propagation=shared", "--propagation=private", "--propagation=unchanged"],
    &["--root=/r", "--pivot-root=/r"],
    &["--bind=/a:/b", "--bind-ro=/a:/b", "--tmpfs=/t", "--dev=/dev"],
    &["--wd=/w", "--wd=w"],
    &["--setuid=0", "--setuid=7"],
    &["--setgid=0", "--setgid=7"],
    &["--monotonic=5", "--boottime=-5"],
    &["--pid-file=/run/pid"],
    &["--info-fd=3"],
    &["--wait-fd=4"],
    &["--explain", "--quiet"],
    &["--keep-caps"],
    &["--clear-env", "--whitelist-env=A,B"],
];

prop_compose! {
    /// Mostly few options, so that every pair of them comes together often.
    fn command_line()(
        picks in prop::collection::vec((0..CHOICES.len(), any::<prop::sample::Index>()), 0..9),
        own_root in any::<bool>(),
        program in any::<bool>(),
    ) -> Vec<String> {
        let picked = picks.iter().map(|(group, index)| *index.get(CHOICES[*group]));
        let root = own_root.then_some("--pivot-root=/r");
        let words = picked.chain(root).map(str::to_owned);
        words.chain(program.then(|| "true".to_owned())).collect()
    }
}

/// The processes of a plan: the caller and those that are forked.
fn actors(plan: &Plan) -> Vec<Actor> {
    [Actor::Caller].into_iter().chain(births(plan, Actor::Caller)).collect()
}

/// The plan's program is executed once, by a process that nobody outlives but those who wait or settle.
fn executions(plan: &Plan) -> usize {
    plan.steps.iter().filter(|step| matches!(step.op, Op::Control(Control::Exec(_)))).count()
}

fn check(plan: &Plan) -> Result<(), TestCaseError> {
    prop_assert_eq!(violations(plan), []);
    let there = actors(plan);
    for edge in edges(plan) {
        prop_assert!(there.contains(&edge.from) && there.contains(&edge.to), "{:?} of {:?}", edge, there);
        prop_assert!(edge.from != edge.to);
    }
    for step in 0..plan.steps.len() {
        if let Some(edge) = hands_over(plan, step) {
            prop_assert!(edges(plan).contains(&edge));
        }
    }
    for settler in settlers(plan) {
        prop_assert!(there.contains(&settler));
    }
    for actor in &there {
        prop_assert!(plan.has(*actor), "{} is forked and does nothing", actor);
    }
    prop_assert_eq!(executions(plan), 1);
    for step in &plan.steps {
        let op = step.op.describe();
        prop_assert!(!op.calls().is_empty() && !step.why.is_empty());
        prop_assert!(!op.failed(0).is_empty());
    }
    let text = explain::text(plan);
    prop_assert_eq!(text.lines().count(), plan.steps.len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_plan_keeps_the_rules(words in command_line(), uid in prop::sample::select(vec![0_u32, 1000])) {
        if let Some(plan) = plan_of(uid, &words) {
            check(&plan)?;
        }
    }

    /// The same words and the same machine give the same plan.
    #[test]
    fn planning_is_pure(words in command_line()) {
        prop_assert_eq!(plan_of(1000, &words), plan_of(1000, &words));
    }
}

/// The generator is worth its name: most lines make a plan, and each choice is in some plan.
#[test]
fn every_option_takes_part() {
    for word in CHOICES.iter().flat_map(|group| *group) {
        let with = |others: &[&str]| {
            let words: Vec<String> = others.iter().chain([word, &"true"]).map(|w| (*w).to_owned()).collect();
            plan_of(0, &words).is_some_and(|plan| check(&plan).is_ok())
        };
        let needs: [&[&str]; 4] = [&[], &["--pivot-root=/r"], &["--time"], &["--user"]];
        assert!(needs.into_iter().any(with), "{word}");
    }
}

/// A rule that no plan can break would be no rule: each broken plan is found out.
#[test]
fn broken_plans_are_found_out() {
    let words = ["-r", "--map-auto", "--mount-proc", "-fp", "--pid-file=/p", "true"].map(str::to_owned);
    let good = plan_of(1000, &words).unwrap();
    assert_eq!(violations(&good), []);
    for step in 0..good.steps.len() - 1 {
        let mut swapped = good.clone();
        swapped.steps.swap(step, step + 1);
        let (first, second) = (&good.steps[step], &good.steps[step + 1]);
        let matters = first.phase != second.phase || first.op.forks() == Some(second.actor);
        assert_eq!(!violations(&swapped).is_empty(), matters, "{step}: {}", explain::text(&swapped));
    }
    let forks = good.steps.iter().position(|step| matches!(step.op, Op::Control(Control::Fork(_)))).unwrap();
    let mut without = good.clone();
    without.steps.remove(forks);
    assert!(violations(&without).iter().any(|v| v.rule == "a process is forked before its first step"));
}

fn golden(uid: u32, line: &str, expected: &str) {
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let text = explain::text(&plan_of(uid, &words).unwrap());
    let calls: String =
        text.lines().map(|line| format!("{}\n", line.split("  # ").next().unwrap())).collect();
    assert_eq!(calls, expected.trim_start_matches('\n'), "{line}");
}

#[test]
fn the_plan_of_an_ordinary_user() {
    golden(
        1000,
        "-r --map-auto -p --mount-proc --init --hostname box sh",
        r#"
 1  caller  rt_sigaction(SIGCHLD, SIG_DFL)
 2  caller  rt_sigaction(SIGPIPE, SIG_IGN)
 3  caller  clone3({flags=CLONE_PIDFD, exit_signal=SIGCHLD}) = mapper
 4  caller  unshare(CLONE_NEWNS|CLONE_NEWUTS|CLONE_NEWPID|CLONE_NEWUSER)
 5  mapper  execvp("newuidmap", ["newuidmap", "4711", "0", "1000", "1", "1", "100000", "65536"])
 6  mapper  execvp("newgidmap", ["newgidmap", "4711", "0", "1000", "1", "1", "100000", "65536"])
 7  caller  waitid(P_PIDFD, mapper, WEXITED)
 8  caller  rt_sigprocmask(SIG_BLOCK, [SIGINT, SIGTERM, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU])
 9  caller  clone3({flags=CLONE_PIDFD, exit_signal=SIGCHLD}) = init
10  init    getpid()
11  init    sethostname("box", 3)
12  init    mount("none", "/", NULL, MS_REC|MS_PRIVATE, NULL)
13  init    mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)
14  init    rt_sigprocmask(SIG_BLOCK, ~[])
15  init    prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE)
16  init    clone3({flags=CLONE_PIDFD, exit_signal=SIGCHLD}) = child
17  child   rt_sigprocmask(SIG_SETMASK, SAVED)
18  child   rt_sigaction(SIGPIPE, SAVED)
19  child   execvp("sh", ["sh"])
20  init    wait4(-1, WNOHANG|WUNTRACED) until the program has ended
21  caller  waitid(P_PIDFD, init, WEXITED) with WNOHANG when SIGCHLD comes
"#,
    );
}

#[test]
fn the_plan_of_roots_own_root() {
    golden(
        0,
        "--pivot-root /r --bind-ro /usr:/usr --net=/run/n -S 5 true",
        r#"
 1  caller  rt_sigaction(SIGCHLD, SIG_DFL)
 2  caller  rt_sigaction(SIGPIPE, SIG_IGN)
 3  caller  clone3({flags=CLONE_PIDFD, exit_signal=SIGCHLD}) = between; clone3({flags=CLONE_PIDFD, exit_signal=SIGCHLD}) = binder; waitid(P_PIDFD, between, WEXITED)
 4  caller  unshare(CLONE_NEWNS|CLONE_NEWNET)
 5  binder  mount("/proc/4711/ns/net", "/run/n", "none", MS_BIND, NULL)
 6  caller  mount("none", "/", NULL, MS_REC|MS_PRIVATE, NULL)
 7  caller  open_tree(AT_FDCWD, "/r", OPEN_TREE_CLONE|AT_RECURSIVE) = ROOT; move_mount(ROOT, "", "/r", "")
 8  caller  open_tree(AT_FDCWD, "/usr", OPEN_TREE_CLONE|AT_RECURSIVE) = TREE; mount_setattr(TREE, "", AT_EMPTY_PATH|AT_RECURSIVE, {attr_set=MOUNT_ATTR_RDONLY, propagation=MS_PRIVATE}); mkdirat|openat(ROOT, "/usr", O_CREAT|O_EXCL) if it is missing; move_mount(TREE, "", ROOT/"/usr", "")
 9  caller  fchdir(ROOT); pivot_root(".", "."); umount2(".", MNT_DETACH); chdir("/")
10  caller  setuid(5)
11  caller  rt_sigaction(SIGPIPE, SAVED)
12  caller  execvp("true", ["true"])
"#,
    );
}

use super::*;
use crate::process::{ChangeDirectory, NewRoot, Op as Process, Unshare};
use crate::{Control, Op, Phase, Plan, hint};
use xns_core::{Actor, Failure, Format, Recorded, Seen, SeenKind};
use xns_mnt::Chroot;
use xns_mnt::root::{Content, Fill, OpenRoot, Pivot};

/// An exec of `program` after these operations, by the child or the caller.
fn ask(actor: Actor, before: Vec<Op>, program: &str, errno: Errno, seen: &[(&str, Seen)]) -> Option<Hint> {
    let mut plan = Plan::default();
    if actor == Actor::Child {
        plan.push(Actor::Caller, Phase::Fork, Control::Fork(Actor::Child), "");
    }
    for op in before {
        plan.push(actor, Phase::Root, op, "");
    }
    let exec = Exec::of(&[program]);
    plan.push(actor, Phase::Exec, Control::Exec(exec), "");
    let root = ("/", Seen { kind: SeenKind::Directory, ..plain(0o755) });
    let facts = Facts::recorded(Recorded {
        command: ["xunshare", "true"].map(Into::into).to_vec(),
        uid: 1000,
        gid: 1000,
        files: vec![("/proc/self/status".into(), b"CapEff:\t0000000000000000\nGroups:\t7 8\n".to_vec())],
        variables: vec![("PATH".into(), "/a:/b".into())],
        seen: [root].iter().chain(seen).map(|(path, seen)| (path.into(), seen.clone())).collect(),
        ..Recorded::default()
    });
    hint(&plan, plan.steps.len() - 1, &Failure::from(errno), &facts)
}

fn id(program: &str, errno: Errno, seen: &[(&str, Seen)]) -> &'static str {
    ask(Actor::Caller, vec![], program, errno, seen).map_or("none", |hint| hint.id)
}

fn script(interpreter: &str) -> Seen {
    Seen::file(0o755, Format::Script { interpreter: interpreter.into() })
}

fn elf(machine: u16, loader: Option<&str>) -> Seen {
    Seen::file(0o755, Format::Elf { machine, loader: loader.map(Into::into) })
}

fn plain(mode: u32) -> Seen {
    Seen::file(mode, Format::Plain)
}

/// Of the machine that the tests run on, which is one that the tools are made for.
const OWN: u16 = file::native();
const FOREIGN: u16 = 8;

#[test]
fn what_is_missing_is_the_last_of_the_chain() {
    let own = elf(OWN, Some("/lib/ld"));
    assert_eq!(id("/x", Errno::ENOENT, &[("/x", own.clone())]), "XNS-E24-loader");
    assert_eq!(id("/x", Errno::ENOENT, &[("/x", script("/i"))]), "XNS-E24-interpreter");
    assert_eq!(id("/x", Errno::ENOENT, &[("/x", script("/i")), ("/i", own.clone())]), "XNS-E24-loader");
    assert_eq!(id("/x", Errno::ENOENT, &[("/x", plain(0o755))]), "XNS-E24-no-shell");
    assert_eq!(id("/x", Errno::ENOENT, &[("/x", plain(0o755)), ("/bin/sh", own.clone())]), "XNS-E24-loader");
    assert_eq!(id("/x", Errno::ENOENT, &[("/x", elf(FOREIGN, None))]), "XNS-E24-architecture");
    // All is there: then it is something else.
    let all = [("/x", script("/i")), ("/i", own), ("/lib/ld", elf(OWN, None))];
    assert_eq!(id("/x", Errno::ENOENT, &all), "none");
    assert_eq!(id("/x", Errno::ENOENT, &[]), "none");
    assert_eq!(id("/x/y", Errno::ENOENT, &[]), "XNS-D1-missing");
    assert_eq!(id("", Errno::ENOENT, &[]), "none");
    // Scripts that run one another for ever.
    assert_eq!(id("/x", Errno::ENOENT, &[("/x", script("/y")), ("/y", script("/x"))]), "none");
    assert_eq!(id("/x", Errno::ELOOP, &[("/x", script("/x"))]), "none");
}

#[test]
fn a_program_for_another_machine() {
    assert_eq!(id("/x", Errno::ENOEXEC, &[("/x", elf(FOREIGN, None))]), "XNS-E24-architecture");
    assert_eq!(id("/x", Errno::ENOEXEC, &[("/x", elf(OWN, None))]), "none");
    let shell = [("/x", plain(0o755)), ("/bin/sh", elf(FOREIGN, None))];
    assert_eq!(id("/x", Errno::ENOEXEC, &shell), "XNS-E24-architecture");
    let loader = [("/x", elf(OWN, Some("/ld"))), ("/ld", elf(FOREIGN, None))];
    assert_eq!(id("/x", Errno::ELIBBAD, &loader), "XNS-E24-architecture");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_32_bit_program_wants_its_loader() {
    let hint = ask(Actor::Caller, vec![], "/x", Errno::ENOENT, &[("/x", elf(3, Some("/lib/ld-linux.so.2")))]);
    assert_eq!(hint.unwrap().id, "XNS-E24-loader");
    assert_eq!(id("/x", Errno::ENOEXEC, &[("/x", elf(3, None))]), "XNS-E24-architecture");
}

#[test]
fn permissions_count_for_who_asks() {
    let mode = |mode, owner, group| Seen { owner, group, ..plain(mode) };
    let refused = |seen: Seen| id("/x", Errno::EACCES, &[("/x", seen), ("/bin/sh", plain(0o755))]) != "none";
    assert!(refused(mode(0o644, 1000, 1000)));
    assert!(refused(mode(0o655, 1000, 0)) && !refused(mode(0o744, 1000, 0)));
    assert!(refused(mode(0o745, 0, 1000)) && !refused(mode(0o754, 0, 1000)));
    assert!(refused(mode(0o705, 0, 8)) && !refused(mode(0o710, 0, 8)));
    assert!(refused(mode(0o770, 0, 9)) && !refused(mode(0o701, 0, 9)));
    assert_eq!(id("/x", Errno::EACCES, &[("/x", Seen { noexec: true, ..plain(0o755) })]), "XNS-E24-noexec");
    let directory = Seen { kind: SeenKind::Directory, ..plain(0o755) };
    assert_eq!(id("/x", Errno::EACCES, &[("/x", directory)]), "XNS-E24-directory");
    let interpreter = [("/x", script("/i")), ("/i", plain(0o644))];
    assert_eq!(id("/x", Errno::EACCES, &interpreter), "XNS-E24-not-executable");
}

#[test]
fn the_program_is_looked_for_as_it_was() {
    assert_eq!(id("x", Errno::ENOENT, &[("/b/x", script("/i"))]), "XNS-E24-interpreter");
    assert_eq!(id("x", Errno::ENOENT, &[("/c/x", script("/i"))]), "none");
    assert_eq!(
        id("x", Errno::EACCES, &[("/a/x", plain(0o644)), ("/b/x", script("/i"))]),
        "XNS-E24-not-executable"
    );
    let chroot = || vec![Op::Mnt(xns_mnt::Op::Chroot(Chroot("r".into())))];
    let to = |to: &str| {
        Op::Process(Process::ChangeDirectory(ChangeDirectory {
            to: to.into(),
            root: NewRoot::Chroot,
            opened: false,
        }))
    };
    let ask_id =
        |actor, before, program, seen: &[_]| ask(actor, before, program, Errno::ENOENT, seen).unwrap().id;
    // The caller is in the new root itself; a child was, and the caller is not.
    assert_eq!(ask_id(Actor::Caller, chroot(), "/x", &[("/x", script("/i"))]), "XNS-E24-interpreter");
    assert_eq!(ask_id(Actor::Caller, chroot(), "/x", &[("r/x", script("/i"))]), "XNS-E24-not-in-root");
    assert_eq!(ask_id(Actor::Child, chroot(), "/x", &[("r/x", script("/i"))]), "XNS-E24-interpreter");
    let below = [chroot(), vec![to("/"), to("w")]].concat();
    assert_eq!(
        ask_id(Actor::Child, below.clone(), "./x", &[("r/w/./x", script("/i"))]),
        "XNS-E24-interpreter"
    );
    let text = ask(Actor::Child, below, "./x", Errno::EACCES, &[("r/w/./x", plain(0o644))]).unwrap();
    assert_eq!(text.cures[0].action, "chmod +x ./r/w/x");
}

#[test]
fn what_was_mounted_and_is_gone_is_not_called_missing() {
    let pivot = || {
        let content = Content::Bind { source: "/host/usr".into(), read_only: true };
        vec![
            Op::Mnt(xns_mnt::Op::OpenRoot(OpenRoot("r".into()))),
            Op::Mnt(xns_mnt::Op::Fill(Fill { at: "/usr".into(), content })),
            Op::Mnt(xns_mnt::Op::Pivot(Pivot)),
        ]
    };
    let directory = Seen { kind: SeenKind::Directory, ..plain(0o755) };
    for actor in [Actor::Caller, Actor::Child] {
        assert_eq!(ask(actor, pivot(), "/bin/x", Errno::ENOENT, &[]), None);
        let there = [("/usr", directory.clone()), ("/usr/x", elf(OWN, Some("/lib/ld")))];
        let hint = ask(actor, pivot(), "/usr/x", Errno::ENOENT, &there).unwrap();
        assert_eq!(
            (hint.id, hint.cures[0].action.as_str()),
            (
                "XNS-E24-loader",
                "xunshare --bind-ro /usr:/usr --bind-ro /lib:/lib --bind-ro /lib64:/lib64 true"
            )
        );
        let text = [("/usr", directory.clone()), ("/usr/x", plain(0o644))];
        let hint = ask(actor, pivot(), "/usr/x", Errno::EACCES, &text).unwrap();
        assert_eq!(hint.cures[0].action, "chmod +x /host/usr/x");
    }
}

#[test]
fn another_user_over_its_limit() {
    let limits = "Max processes             1                    1                    processes\n";
    let ask = |kinds: &[NsKind]| {
        let mut plan = Plan::default();
        let unshare =
            Process::Unshare(Unshare { kinds: kinds.iter().copied().collect(), child_shows_pid: false });
        plan.push(Actor::Caller, Phase::Create, unshare, "");
        let uid = xns_user::Credentials::SetUid(xns_user::idmap::InsideId::new(7).unwrap());
        plan.push(Actor::Caller, Phase::Identity, xns_user::Op::Credentials(uid), "");
        let exec = Exec::of(&["x"]);
        plan.push(Actor::Caller, Phase::Exec, Control::Exec(exec), "");
        let files = [("/proc/self/limits", limits), ("tasks:7", "2")];
        let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).to_vec();
        let facts = Facts::recorded(Recorded { files, ..Recorded::default() });
        hint(&plan, 2, &Errno::EAGAIN.into(), &facts).map(|hint| hint.id)
    };
    assert_eq!(ask(&[NsKind::Mnt]), Some("XNS-E07-process-limit"));
    assert_eq!(ask(&[NsKind::User]), None);
}

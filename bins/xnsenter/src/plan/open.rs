//! What is opened while paths and numbers still mean what was typed.

use super::Builder;
use crate::cli::{Id, Place};
use xns_core::NsKind;
use xns_plan::Phase;
use xns_plan::process::{
    self, CloseDescriptors, First, FollowContext, NamespaceSource, OpenDirectory, OpenNamespace, OpenTarget,
    ReadEnvironment,
};

const PHASE: Phase = Phase::Prepare;
const AS_TYPED: &str = "while the path still means what was typed";

impl Builder<'_> {
    pub(super) fn open(&mut self) {
        let why = "children are to be waited for, here and in the program";
        self.caller(PHASE, xns_pid::Op::DefaultChildSignal, why);
        if self.cli.pty {
            self.plan.open_pty();
        }
        if self.cli.close_fds {
            let why = "asked for by --close-fds";
            self.caller(PHASE, process::Op::CloseDescriptors(CloseDescriptors), why);
        }
        self.sources(false);
        self.target();
        self.sources(true);
        self.user_parent();
        self.directories();
        if self.cli.env {
            let trusted = (!self.cli.trust_env).then(|| self.facts.euid());
            let read = ReadEnvironment { pid: self.pid(), trusted };
            self.caller(PHASE, process::Op::ReadEnvironment(read), "asked for by --env");
        }
        if self.cli.follow_context {
            let follow = FollowContext { pid: self.pid() };
            self.caller(PHASE, process::Op::FollowContext(follow), "asked for by --follow-context");
        }
    }

    fn sources(&mut self, of_target: bool) {
        let is_socket = |source: &NamespaceSource| matches!(source, NamespaceSource::Socket(_));
        let entered = |kind: NsKind| self.spaces.of_sources.contains(kind);
        let sources = self.cli.sources.iter().filter(|(kind, _)| entered(*kind));
        let wanted = sources.filter(|(_, source)| is_socket(source) == of_target);
        for (kind, source) in wanted.cloned().collect::<Vec<_>>() {
            let open = OpenNamespace { kind, source };
            self.caller(PHASE, process::Op::OpenNamespace(open), AS_TYPED);
        }
    }

    fn target(&mut self) {
        let Some(target) = &self.cli.target else { return };
        let Some(first) = self.asked_first(target.inode) else { return };
        // What was planned from its number has to be still its.
        let open = OpenTarget { pid: target.pid, inode: target.inode, started: target.started, first };
        let why = "held, so that it is this process and no later one";
        self.caller(PHASE, process::Op::OpenTarget(open), why);
    }

    /// In nsenter's order (a namespace that is the same already has been asked for, too); `None` where it is not asked for anything.
    fn asked_first(&self, inode: Option<u64>) -> Option<First> {
        let cli = self.cli;
        if cli.all {
            return Some(First::SameUser);
        }
        let follows = cli.setuid == Some(Id::Follow) || cli.setgid == Some(Id::Follow);
        let files = [
            (cli.root == Some(Place::OfTarget), "root"),
            (cli.wd == Some(Place::OfTarget), "cwd"),
            (cli.env, "environ"),
            (cli.join_cgroup, "cgroup"),
            (cli.follow_context, "attr/current"),
            (follows || inode.is_some(), ""),
        ];
        let file = files.into_iter().find(|(asked, _)| *asked).map(|(_, name)| First::File(name));
        let kind = NsKind::USER_FIRST.into_iter().find(|kind| self.spaces.asked_of_target().contains(*kind));
        let socket = |source: &NamespaceSource| matches!(source, NamespaceSource::Socket(_));
        let of_socket = cli.sources.iter().any(|(_, source)| socket(source)).then_some(NsKind::Net);
        let parent = cli.user_parent.then_some(NsKind::User);
        kind.or(of_socket).or(parent).map(First::Namespace).or(file)
    }

    /// The owner of the user namespace that would be entered; else of the first other one; else of the target's.
    fn user_parent(&mut self) {
        if !self.cli.user_parent {
            return;
        }
        let opened = |kind: NsKind| self.cli.sources.iter().any(|(other, _)| *other == kind);
        let first_opened = NsKind::USER_FIRST.into_iter().find(|kind| opened(*kind));
        let source = match (opened(NsKind::User), &self.cli.target, first_opened) {
            (true, ..) => NamespaceSource::Owner(NsKind::User),
            (false, Some(_), _) => NamespaceSource::OwnerOfTargets(NsKind::User),
            (false, None, first) => NamespaceSource::Owner(first.unwrap_or(NsKind::User)),
        };
        let open = OpenNamespace { kind: NsKind::User, source };
        self.caller(PHASE, process::Op::OpenNamespace(open), "asked for by --user-parent");
    }

    fn directories(&mut self) {
        let pid = self.pid();
        let root = self.cli.root.as_ref().map(|place| match place {
            Place::OfTarget => OpenDirectory::TargetRoot(pid),
            Place::Path(path) => OpenDirectory::Root(path.clone()),
        });
        let wd = self.cli.wd.as_ref().map(|place| match place {
            Place::OfTarget => OpenDirectory::TargetWorkingDirectory(pid),
            Place::Path(path) => OpenDirectory::WorkingDirectory(path.clone()),
        });
        for open in root.into_iter().chain(wd) {
            self.caller(PHASE, process::Op::OpenDirectory(open), AS_TYPED);
        }
    }
}

//! Notes on who the program is, and what it may do.

use super::view::View;
use crate::Op;
use xns_core::{Facts, Hint, NsKind};
use xns_user::idmap::InsideId;

pub(super) fn is_nobody(view: &View<'_>) -> bool {
    view.makes(NsKind::User) && view.inside_uid().is_none() && !view.waits_for_others()
}

/// E11.
pub(super) fn nobody(view: &View<'_>, facts: &Facts) -> Option<Hint> {
    let (cause, evidence) = match view.user_map() {
        None => (
            "no id has a number in the new user namespace: everybody is \"nobody\" there",
            "the plan makes a user namespace, and writes no uid_map",
        ),
        Some(_) => (
            "you have no number in the new user namespace: you are \"nobody\" there",
            "the uid_map that the plan writes does not have your uid",
        ),
    };
    Some(
        Hint::new("XNS-E11-nobody", cause)
            .because(evidence)
            .cure(facts.command_with(&[], &["-r"]), "you are root there")
            .cure(facts.command_with(&[], &["-c"]), "you keep your number"),
    )
}

pub(super) fn loses_capabilities(view: &View<'_>) -> bool {
    let other = view.inside_uid().is_some_and(|id| id != InsideId::ROOT);
    let keeps = view.does(|op| matches!(op, Op::User(xns_user::Op::KeepCapabilities(_))));
    other && !keeps && unused(view).is_some()
}

/// A namespace that only somebody with rights in it can put to use, and that the plan itself does not.
fn unused(view: &View<'_>) -> Option<NsKind> {
    let named = view.does(|op| matches!(op, Op::Uts(_)));
    let used = [(NsKind::Mnt, view.mounts_itself()), (NsKind::Net, false), (NsKind::Uts, named)];
    used.into_iter().find(|&(kind, used)| view.makes(kind) && !used).map(|(kind, _)| kind)
}

/// E13.
pub(super) fn capabilities(view: &View<'_>, facts: &Facts) -> Option<Hint> {
    let (id, word) = (view.inside_uid()?, unused(view)?.word());
    Some(
        Hint::new(
            "XNS-E13-capabilities",
            format!("the program has no rights in its new {word} namespace: its start drops the capabilities of who is not root"),
        )
        .because(format!("it is uid {id} there, and the plan does not keep its capabilities"))
        .cure(facts.command_with(&[], &["--keep-caps"]), "")
        .cure("-r for that map", "root in the namespace keeps them"),
    )
}

pub(super) fn owns_too_little(view: &View<'_>) -> bool {
    view.inside_uid() == Some(InsideId::ROOT) && wants(view).is_some()
}

/// A kind of namespace that the program is going to change, and that is still the host's.
fn wants(view: &View<'_>) -> Option<NsKind> {
    let (name, arguments) = view.command();
    let any = |words: &[&[u8]]| arguments.iter().any(|argument| words.contains(argument));
    let changes: [&[u8]; 8] = [b"add", b"del", b"delete", b"set", b"change", b"replace", b"append", b"flush"];
    let kind = match name {
        b"mount" | b"umount" if !arguments.is_empty() => NsKind::Mnt,
        b"ip" if any(&changes) => NsKind::Net,
        b"iptables" | b"ip6tables" | b"nft" => NsKind::Net,
        _ if names_something(name, &arguments) => NsKind::Uts,
        _ if view.program.is_shell() => {
            // Who asks for more than a user namespace knows what they want isolated.
            return view.created.without(NsKind::User).is_empty().then_some(NsKind::Mnt);
        }
        _ => return None,
    };
    (!view.makes(kind)).then_some(kind)
}

/// Does this command set the host or domain name?
pub(super) fn names_something(name: &[u8], arguments: &[&[u8]]) -> bool {
    let tools: [&[u8]; 4] = [b"hostname", b"domainname", b"nisdomainname", b"ypdomainname"];
    tools.contains(&name)
        && arguments
            .iter()
            .any(|word| !word.starts_with(b"-") || word.starts_with(b"-F") || *word == b"--file")
}

/// E12.
pub(super) fn owner(view: &View<'_>, facts: &Facts) -> Option<Hint> {
    let kind = wants(view)?;
    let (option, note) = match kind {
        NsKind::Net => ("-n", ""),
        NsKind::Uts => ("-u", ""),
        _ if view.program.is_shell() => ("-m", "for mount; -n for the network, -u for the host name"),
        _ => ("-m", ""),
    };
    let (refused, missing) = if view.program.is_shell() {
        ("mount, ip and hostname".to_owned(), "mount, network or UTS")
    } else {
        (String::from_utf8_lossy(view.command().0).into_owned(), kind.word())
    };
    Some(
        Hint::new(
            "XNS-E12-owner",
            format!(
                "root only in the new user namespace: what {refused} would change still belongs to the host"
            ),
        )
        .because(format!("the plan makes a user namespace, but no {missing} namespace"))
        .cure(facts.command_with(&[], &[option]), note),
    )
}

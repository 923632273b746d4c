//! What others may have put into `/run/netns`: nothing of it is followed, and none of it holds a tool up.

use crate::{NEEDS, script};
use xns_tests::need;

/// A link to a namespace, one to a file, a directory, a fifo, a file, an empty file, a socket, a name with a line end, a namespace of
/// another kind, one with an escape sequence.
const HOSTILE: &str = "ip netns add GOOD; cd /run/netns; echo kept > /run/target
    ln -s /run/netns/GOOD link; ln -s /run/target file-link; ln -s /nowhere dangling; mkdir dir; mkfifo fifo; echo hi > foreign; : > stale
    : > \"$(printf 'line\\nend')\"; : > \"$(printf 'esc\\033[31m')\"; : > uts; mount --bind /proc/self/ns/uts uts; : > \"$(printf 'blank name')\"";

const ODD: [(&str, &str); 8] = [
    ("link", "a symbolic link, no network namespace"),
    ("file-link", "a symbolic link, no network namespace"),
    ("dangling", "a symbolic link, no network namespace"),
    ("dir", "a directory, no network namespace"),
    ("fifo", "a fifo, a socket or a device, no network namespace"),
    ("foreign", "a file, no network namespace"),
    ("stale", "stale: no namespace is bound to it here"),
    ("uts", "a UTS namespace"),
];

#[test]
fn a_list_says_what_is_no_namespace() {
    if !need("a_list_says_what_is_no_namespace", &NEEDS) {
        return;
    }
    let done = script(
        "",
        &format!(
            "{HOSTILE}\nxnetns list --hints=always; echo ==; xnetns list | sort; echo ==; xnetns -j list"
        ),
    );
    assert!(done.ok() && done.stderr.is_empty(), "{done:?}");
    let parts: Vec<_> = done.stdout.split("==\n").collect();
    for (name, state) in ODD {
        assert!(parts[0].contains(&format!("{name} ({state})\n")), "{name}: {done:?}");
        assert!(parts[1].lines().any(|line| line == name), "{name}: {done:?}");
    }
    assert!(parts[0].contains("GOOD\n") && parts[0].contains("blank name ("), "{done:?}");
    for name in ["line\\x0aend (stale", "esc\\x1b[31m (stale"] {
        assert!(parts[0].contains(name), "{name}: {done:?}");
    }
    assert!(!done.stdout.contains('\x1b'), "{done:?}");
    let json: serde_json::Value = serde_json::from_str(parts[2]).unwrap();
    let state = |name: &str| {
        json.as_array().unwrap().iter().find(|entry| entry["name"] == name).unwrap()["state"].clone()
    };
    assert_eq!(
        (state("stale"), state("link"), state("GOOD")),
        ("stale".into(), "symlink".into(), serde_json::Value::Null)
    );
}

#[test]
fn nothing_else_is_entered() {
    if !need("nothing_else_is_entered", &NEEDS) {
        return;
    }
    for (name, _) in ODD {
        for line in [format!("xnetns exec {name} true"), format!("xnetns -n {name} set GOOD 5")] {
            let done = script("", &format!("{HOSTILE}\ntimeout 10 {line}"));
            let expected = match name {
                // ip opens what it may not, too.
                _ if line.contains("exec") || name != "none" => {
                    format!("setting the network namespace \"{name}\" failed: Invalid argument\n")
                }
                _ => String::new(),
            };
            assert_eq!((done.status, done.stderr), (Some(255), expected), "{line}");
        }
    }
    let hint = |name: &str| {
        let done = script("", &format!("{HOSTILE}\nxnetns --hints=always exec {name} true"));
        let id = done.stderr.lines().find_map(|line| line.split_once("hint[")?.1.split(']').next());
        id.unwrap_or("none").to_owned()
    };
    assert_eq!(
        ["stale", "link", "uts", "nosuch"].map(hint),
        ["XNS-E57-stale", "XNS-E57-foreign", "XNS-E57-foreign", "XNS-E57-no-name"]
    );
}

/// `add` takes no name that something has; `del` removes what is a name or was one, and neither what a link leads to nor what
/// somebody has written.
#[test]
fn what_is_removed_and_what_stays() {
    if !need("what_is_removed_and_what_stays", &NEEDS) {
        return;
    }
    for (name, _) in ODD {
        let text = format!(
            "{HOSTILE}\nxnetns add {name} 2>/dev/null && exit 9\nxnetns del {name} 2>/dev/null; echo $?\n\
             test -e {name} -o -L {name} && echo there; cat /run/target; xnetns exec GOOD true && echo good"
        );
        let done = script("", &text);
        let stays = ["dir", "foreign"].contains(&name);
        let expected = if stays { "1\nthere\nkept\ngood\n" } else { "0\nkept\ngood\n" };
        assert_eq!((done.stdout.as_str(), done.stderr.as_str()), (expected, ""), "{name}");
    }
}

/// Whoever reads a name tells why it leads nowhere, as text and as JSON.
#[test]
fn each_verb_tells_why_a_name_leads_nowhere() {
    if !need("each_verb_tells_why_a_name_leads_nowhere", &NEEDS) {
        return;
    }
    for (line, id) in [
        ("-n nope link", "XNS-E57-no-name"),
        ("-n stale addr", "XNS-E57-stale"),
        ("-n link route", "XNS-E57-foreign"),
        ("-n nope route get 10.0.0.1", "XNS-E57-no-name"),
        ("-n nope addr flush dev lo", "XNS-E57-no-name"),
        ("-n nope netns identify", "XNS-E57-no-name"),
        ("-n stale netns list", "XNS-E57-stale"),
        ("link set lo netns nope", "XNS-E57-no-name"),
        ("link set lo netns stale", "XNS-E57-stale"),
        ("show nope", "XNS-E57-no-name"),
        ("check nope", "XNS-E57-no-name"),
        ("check stale", "XNS-E57-stale"),
        ("connect GOOD:10.0.0.1/24 stale:10.0.0.2/24", "XNS-E57-stale"),
        ("disconnect nope", "XNS-E57-no-name"),
        ("pids nope", "XNS-E57-no-name"),
    ] {
        for (option, start) in [("--hints=always", "hint["), ("--error-format=json", "\"hint\":{\"id\":\"")] {
            let done = script("", &format!("{HOSTILE}\nxnetns {option} {line}"));
            assert!(done.stderr.contains(&format!("{start}{id}")), "{option} {line}: {done:?}");
        }
    }
    let done =
        script("", "ip netns add A; ln -s /proc/4711/ns/net /run/netns/d; xnetns --hints=always -n d link");
    assert!(done.stderr.contains("try: xnetns del d && xnetns attach d 4711 "), "{done:?}");
}

/// One document, of which a program makes sense.
#[test]
fn a_dry_run_of_all_is_one_document() {
    if !need("a_dry_run_of_all_is_one_document", &NEEDS) {
        return;
    }
    for line in ["-all del", "-all exec true"] {
        let done = script("", &format!("ip netns add A; ip netns add B; xnetns --dry-run=json {line}"));
        let plan: serde_json::Value =
            serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"));
        let text = plan["steps"].to_string();
        assert!(text.contains("/run/netns/A") && text.contains("/run/netns/B"), "{done:?}");
    }
}

/// What `ip` makes, and a terminal would obey, is a name like others: shown with escapes, used and removed.
#[test]
fn names_with_control_characters() {
    if !need("names_with_control_characters", &NEEDS) {
        return;
    }
    let text = "odd=$(printf 'R\\033[2J\\nx'); ip netns add \"$odd\"; exec 2>&1
        xnetns list; xnetns -n \"$odd\" link; xnetns exec \"$odd\" echo in; xnetns show; xnetns pids \"$odd\"; xnetns --dry-run del \"$odd\" > /run/by-hand
        grep -c \"$(printf '\\033')\" /run/by-hand; xnetns exec -all true; xnetns add \"$odd\"; xnetns check \"$odd\"
        xnetns --hints=always -n nope link
        xnetns del \"$odd\" && xnetns list; ip netns add \"$odd\"; sh /run/by-hand && xnetns list";
    let done = script("", text);
    assert!(done.ok() && !done.stdout.contains('\x1b'), "{done:?}");
    let mut lines = done.stdout.lines();
    assert_eq!(lines.next(), Some("R\\x1b[2J\\x0ax"), "{done:?}");
    assert!(done.stdout.contains("\nin\n") && done.stdout.contains("\n0\n"), "{done:?}");
    assert!(done.stdout.contains("netns: R\\x1b[2J\\x0ax\n"), "{done:?}");
    assert!(done.stdout.ends_with("   (makes one)\n"), "{done:?}");
}

/// A directory in which others may write could give a name that leads elsewhere; a link in its place is not followed.
#[test]
fn a_directory_of_others_is_not_used() {
    if !need("a_directory_of_others_is_not_used", &NEEDS) {
        return;
    }
    let others =
        "xnetns: /run/netns is not used: others than root may write there: Operation not permitted\n";
    let no_directory = "Cannot open netns runtime directory \"/run/netns\": Not a directory\n";
    let cases = [
        ("mkdir -m 777 /run/netns", others),
        ("mkdir -m 775 /run/netns", others),
        ("mkdir /run/netns; chown 54321 /run/netns", others),
        ("mkdir /run/x; ln -s /run/x /run/netns", no_directory),
        (": > /run/netns", no_directory),
    ];
    for (before, told) in cases {
        let done = script(
            "",
            &format!("{before}\nxnetns add A; echo $?; ls -A /run/x /run/netns/ 2>/dev/null | grep A"),
        );
        assert_eq!((done.stdout.as_str(), done.stderr.as_str()), ("1\n", told), "{before}");
    }
}

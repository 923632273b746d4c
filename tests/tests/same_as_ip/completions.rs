//! What the shells offer where a network namespace is meant.

use crate::{NEEDS, script};
use xns_tests::{Need, need};

/// Names, and what is none that a shell should see.
const THERE: &str = "ip netns add RED; ip netns add ROSE; ip netns add BLUE
    cd /run/netns; : > '$(>x)'; : > \"$(printf 'R\\033[2J')\"; : > 'R blank'; cd /run";

fn completions(shell: &str) -> String {
    format!("{}/../completions/{shell}", env!("CARGO_MANIFEST_DIR"))
}

/// The candidates for the last of these words, sorted.
fn bash(words: &str) -> Vec<String> {
    let text = format!(
        "{THERE}\nbash --norc -c 'source {}/xnetns; COMP_TYPE=9 COMP_LINE=\"xnetns $*\"; COMP_POINT=${{#COMP_LINE}}
        COMP_WORDS=(xnetns \"$@\"); COMP_CWORD=$#; _xnetns 2>/dev/null; printf \"%s\\n\" \"${{COMPREPLY[@]}}\"' bash {words} | sort; ls /run",
        completions("bash")
    );
    lines(&text)
}

fn fish(words: &str) -> Vec<String> {
    let text = format!(
        "{THERE}\nexport HOME=/run; fish -c 'source {}/xnetns.fish; complete -C \"xnetns {words}\"' | cut -f1 | sort; ls /run | grep -v '^\\.'",
        completions("fish")
    );
    lines(&text)
}

/// Without what is in `/run`: a name that was run would have left a file there.
fn lines(text: &str) -> Vec<String> {
    let done = script("", text);
    let mut lines: Vec<_> = done.stdout.lines().map(str::to_owned).collect();
    assert_eq!(lines.pop().as_deref(), Some("netns"), "{done:?}");
    lines
}

#[test]
fn bash_offers_names() {
    if !need("bash_offers_names", &[NEEDS[0], NEEDS[1], Need::Program("bash")]) {
        return;
    }
    for (words, offered) in [
        ("del R", &["RED", "ROSE"][..]),
        ("exec B", &["BLUE"]),
        ("pids ''", &["BLUE", "RED", "ROSE"]),
        ("-n RO", &["ROSE"]),
        ("link s", &["set", "show"]),
        ("address s", &["show"]),
        ("route g", &["get"]),
        ("mon", &["monitor"]),
        ("delete R", &["RED", "ROSE"]),
        ("check B", &["BLUE"]),
        ("check RED B", &["BLUE"]),
        ("netns p", &["pids"]),
        ("netns delete R", &["RED", "ROSE"]),
        ("netns exec B", &["BLUE"]),
        ("netns", &["netns"]),
        ("link set v netns B", &["BLUE"]),
        ("link set v B", &[""]),
        ("-netns RO", &["ROSE"]),
        ("-netns RED link s", &["set", "show"]),
    ] {
        assert_eq!(bash(words), offered, "{words}");
    }
}

#[test]
fn fish_offers_names() {
    if !need("fish_offers_names", &[NEEDS[0], NEEDS[1], Need::Program("fish")]) {
        return;
    }
    for (words, offered) in [
        ("del R", &["RED", "ROSE"][..]),
        ("-n B", &["BLUE"]),
        ("link s", &["set", "show"]),
        ("address s", &["show"]),
        ("netns delete R", &["RED", "ROSE"]),
        ("check RED B", &["BLUE"]),
        ("link set v netns B", &["BLUE"]),
        ("-netns RO", &["ROSE"]),
    ] {
        assert_eq!(fish(words), offered, "{words}");
    }
}

/// The function that zsh calls, with a compadd that prints.
#[test]
fn zsh_offers_names() {
    if !need("zsh_offers_names", &[NEEDS[0], NEEDS[1], Need::Program("zsh")]) {
        return;
    }
    let text = format!(
        "{THERE}\nzsh -f -c 'source <(sed -n \"/^_xnetns_netns()/,/^}}/p\" {}/_xnetns)
        _wanted() {{ print -l -- ${{(P)5}}; }}; names=(); _xnetns_netns; ' 2>&1 | sort; ls /run",
        completions("zsh")
    );
    let text = text.replace("${(P)5}", "${(P)@[-1]}");
    assert_eq!(lines(&text.replace("local -a names", "typeset -ga names")), ["BLUE", "RED", "ROSE"]);
}

/// The function for words behind verbs, with those that it calls made to print.
#[test]
fn zsh_knows_what_follows_a_verb() {
    if !need("zsh_knows_what_follows_a_verb", &[NEEDS[0], NEEDS[1], Need::Program("zsh")]) {
        return;
    }
    for (words, offered) in [
        ("netns delete R", "names"),
        ("netns exec B", "names"),
        ("netns attach R", ""),
        ("check RED B", "names"),
        ("link set v netns B", "names"),
        ("link set v B", ""),
        ("link s", "words add delete set show"),
    ] {
        let text = format!(
            "zsh -f -c 'source <(sed -n \"/^_xnetns_operand()/,/^}}/p\" {}/_xnetns)
            comparguments() {{ line=({words}) }}; _xnetns_netns() {{ print names }}
            _wanted() {{ eval \"print words \\$$@[-1]\" }}; _xnetns_operand' 2>&1",
            completions("zsh")
        );
        assert_eq!(script("", &text).stdout.trim(), offered, "{words}");
    }
}

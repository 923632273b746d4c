//! The program to become.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use xns_core::shell::{c_string, line};
use xns_core::{Call, Shell};

/// The program to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exec {
    /// What is looked for, in PATH when there is no slash in it.
    pub program: OsString,
    /// The words it gets, the first its own name.
    pub words: Vec<OsString>,
    /// Its environment.
    pub variables: Variables,
    /// Shells that are tried in this order when the program is one, and does not exist.
    pub shells: Vec<OsString>,
}

/// The environment of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variables {
    /// The caller's.
    Inherited,
    /// These and no others.
    Exactly(Vec<(OsString, OsString)>),
    /// That of the target, which a step reads.
    OfTarget,
}

/// Where programs are looked for when PATH is not set (confstr(3), _CS_PATH).
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// Is this the name or path of a shell that a person can type into?
pub fn is_shell(program: &OsStr) -> bool {
    let name = program.as_bytes().rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    matches!(name, b"sh" | b"bash" | b"dash" | b"ash" | b"zsh" | b"fish" | b"ksh")
}

/// The files that execvp(3) tries for a program, in order. The program is looked for in the PATH that it gets.
pub fn candidates(program: &OsStr, path: impl FnOnce() -> Option<OsString>) -> Vec<OsString> {
    if program.is_empty() {
        return Vec::new();
    }
    if program.as_bytes().contains(&b'/') {
        return vec![program.to_owned()];
    }
    let path = path().unwrap_or_else(|| DEFAULT_PATH.into());
    let file = |dir: &[u8]| {
        let slash: &[u8] = if dir.is_empty() { b"" } else { b"/" };
        OsString::from_vec([dir, slash, program.as_bytes()].concat())
    };
    path.as_bytes().split(|&byte| byte == b':').map(file).collect()
}

/// The first word of a login shell: its name with a '-' in front.
pub fn login_name(shell: &OsStr) -> OsString {
    let name = shell.as_bytes().rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    OsString::from_vec([b"-", name].concat())
}

impl Variables {
    /// The value of a variable: `inherited` is asked for the caller's, `None` without an answer.
    pub fn get(&self, name: &str, inherited: impl FnOnce() -> Option<OsString>) -> Option<OsString> {
        match self {
            Variables::Inherited => inherited(),
            Variables::Exactly(variables) => value(variables, name),
            Variables::OfTarget => None,
        }
    }
}

/// The value of a variable in a list.
pub fn value(variables: &[(OsString, OsString)], name: &str) -> Option<OsString> {
    variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

impl Exec {
    /// The first of these words with the others, in the caller's environment.
    pub fn of(words: &[&str]) -> Self {
        Exec {
            program: words.first().copied().unwrap_or_default().into(),
            words: words.iter().map(Into::into).collect(),
            variables: Variables::Inherited,
            shells: Vec::new(),
        }
    }

    /// Is it a shell that a person is going to type into: one without arguments?
    pub fn is_shell(&self) -> bool {
        self.words.len() == 1 && (self.is_login_shell() || is_shell(&self.program))
    }

    fn is_login_shell(&self) -> bool {
        self.words.first().is_some_and(|word| word.as_bytes().starts_with(b"-") && *word != self.program)
    }

    /// The name for messages: a shell's as `$SHELL` has it.
    pub(crate) fn shown(&self) -> String {
        let name = self.program.to_string_lossy().into_owned();
        let login = self.words.first().is_some_and(|word| word.as_bytes().starts_with(b"-"));
        match name.strip_prefix("./") {
            Some(bare) if login && !bare.contains('/') => bare.to_owned(),
            _ => name,
        }
    }

    /// What a shell needs before the program's name, so that it is not taken for an option or a variable.
    fn starter(&self) -> &'static str {
        let name = self.program.as_bytes();
        let option = name.starts_with(b"-");
        if name.contains(&b'=') && (option || self.variables != Variables::Inherited) {
            return "sh -c 'exec \"$@\"' sh ";
        }
        if option { "env -- " } else { "" }
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        let words: Vec<_> = self.words.iter().map(c_string).collect();
        let (program, words) = (c_string(&self.program), words.join(", "));
        let first = Call::new(match &self.variables {
            Variables::Inherited => format!("execvp({program}, [{words}])"),
            Variables::OfTarget => format!("execvpe({program}, [{words}], {{the target's environment}})"),
            Variables::Exactly(variables) => {
                let pairs: Vec<_> = variables.iter().map(pair).map(c_string).collect();
                format!("execvpe({program}, [{words}], [{}])", pairs.join(", "))
            }
        });
        let shell = |shell: &OsString| {
            let text = format!("execvp({}, [{}])", c_string(shell), c_string(login_name(shell)));
            Call::only("if there is none before", text)
        };
        [first].into_iter().chain(self.shells.iter().map(shell)).collect()
    }

    pub(crate) fn shell(&self) -> Vec<Shell> {
        let rest = self.words.iter().skip(1);
        let run = self.starter().to_owned() + &line([&self.program].into_iter().chain(rest));
        let note = self
            .is_login_shell()
            .then(|| Shell::Comment("its first word has a '-' in front: a login shell".into()));
        let environment = match &self.variables {
            Variables::Exactly(variables) => {
                let pairs = variables.iter().map(pair);
                Some(Shell::Wrap(line([OsString::from("env"), "-i".into()].into_iter().chain(pairs))))
            }
            Variables::Inherited | Variables::OfTarget => None,
        };
        note.into_iter().chain(environment).chain([Shell::Run(run)]).collect()
    }
}

/// `NAME=value`.
fn pair((name, value): &(OsString, OsString)) -> OsString {
    [name.as_os_str(), "=".as_ref(), value].into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(program: &str, path: Option<&str>) -> Vec<String> {
        let list = candidates(OsStr::new(program), || path.map(OsString::from));
        list.into_iter().map(|c| c.into_string().unwrap()).collect()
    }

    #[test]
    fn programs_are_looked_for_as_execvp_does() {
        assert_eq!(found("sh", Some("/a:/b")), ["/a/sh", "/b/sh"]);
        assert_eq!(found("sh", None), ["/bin/sh", "/usr/bin/sh"]);
        assert_eq!(found("./sh", Some("/a")), ["./sh"]);
        assert_eq!(found("sh", Some(":/b")), ["sh", "/b/sh"]); // an empty entry is the working directory
        assert_eq!(found("", Some("/a")), [""; 0]);
    }
}

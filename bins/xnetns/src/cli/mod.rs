//! What was typed: argv read into types.

mod command;
mod error;
mod words;

pub use command::{Command, NamesVerb, VERBS};
pub use error::CliError;
pub(crate) use words::{misuse_status, table_form};

use crate::options::{IpKey, Key, TABLE};
use std::ffi::{OsStr, OsString};
use words::Typed;
use xns_cli::options::{Item, Parser};
use xns_core::Facts;
use xns_tool::Reporting;

/// The command line, checked option by option. The words of a command are for its own part.
#[derive(Clone, Debug, PartialEq)]
pub struct Cli {
    /// What is done, with the words that follow.
    pub command: Command,
    /// The options.
    pub options: Options,
}

/// The options of all commands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// `-n`.
    pub netns: Option<OsString>,
    /// `-all`.
    pub all: bool,
    /// `-j`.
    pub json: bool,
    /// `-p`.
    pub pretty: bool,
    /// `-br`.
    pub brief: bool,
    /// `-4` or `-6`, the last of them.
    pub version: Option<Version>,
    /// `--bridge`.
    pub bridge: Option<OsString>,
    /// What is to be told.
    pub reporting: Reporting,
}

/// A version of the internet protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// `-4`.
    V4,
    /// `-6`.
    V6,
}

impl Cli {
    /// Reads the command line; the first thing that is wrong ends it.
    ///
    /// # Errors
    /// What is wrong; or that help or the version is asked for.
    pub fn parse(facts: &Facts) -> Result<Self, CliError> {
        let Typed { options: typed, words, odd } = Typed::read(facts.command());
        let mut options = Options::default();
        if let Some(word) = odd {
            let foreign = words::is_of_ip(&word);
            return Err(if foreign { CliError::ForeignOption } else { CliError::Option }(word));
        }
        let mut parser = Parser::new(&TABLE, typed);
        while let Some(item) = parser.next()? {
            options.take(&item)?;
        }
        Ok(Cli { command: Command::parse(words)?, options })
    }
}

impl Options {
    fn take(&mut self, item: &Item<Key>) -> Result<(), CliError> {
        let value: &OsStr = item.value_or_default().unwrap_or_default();
        match item.key {
            Key::Help => return Err(CliError::Help),
            Key::Version => return Err(CliError::Version),
            Key::Ip(IpKey::Netns) => self.netns = Some(value.to_owned()),
            Key::Ip(IpKey::All) => self.all = true,
            Key::Ip(IpKey::Json) => self.json = true,
            Key::Ip(IpKey::Pretty) => self.pretty = true,
            Key::Ip(IpKey::Brief) => self.brief = true,
            Key::Ip(IpKey::Version4) => self.version = Some(Version::V4),
            Key::Ip(IpKey::Version6) => self.version = Some(Version::V6),
            Key::Bridge => self.bridge = Some(value.to_owned()),
            Key::Report(key) => self.reporting.take(key, item.option.long, value)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Recorded;

    fn parse(line: &str) -> Result<Cli, CliError> {
        let command = line.split(' ').map(OsString::from).collect();
        Cli::parse(&Facts::recorded(Recorded { command, ..Recorded::default() }))
    }

    fn command(line: &str) -> Command {
        parse(line).unwrap_or_else(|error| panic!("{line}: {error}")).command
    }

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').filter(|word| !word.is_empty()).map(OsString::from).collect()
    }

    #[test]
    fn ips_grammar() {
        let both = parse("ip -n RED -j a show dev lo").unwrap();
        assert_eq!(both.command, Command::Address(words("show dev lo")));
        assert_eq!((both.options.netns, both.options.json), (Some("RED".into()), true));
        assert_eq!(command("ip l"), Command::Link(vec![]));
        assert_eq!(command("ip r add default via -4"), Command::Route(words("add default via -4")));
        assert_eq!(command("ip netns add -x"), Command::Names(NamesVerb::Add, words("-x")));
        assert_eq!(command("ip add RED"), Command::Names(NamesVerb::Add, words("RED")));
        assert_eq!(command("ip netns"), Command::Names(NamesVerb::List, vec![]));
        assert_eq!(command("ip netns l"), Command::Names(NamesVerb::List, vec![]));
        assert_eq!(command("ip set RED -1"), Command::Names(NamesVerb::Set, words("RED -1")));
        let brief = parse("ip -br -4 link").unwrap().options;
        assert_eq!((brief.brief, brief.version), (true, Some(Version::V4)));
    }

    #[test]
    fn what_follows_the_name_of_exec_is_the_programs() {
        for start in ["ip", "ip netns", "ip net"] {
            let cli = parse(&format!("{start} exec --quiet RED ls --quiet -j -- -all")).unwrap();
            assert_eq!(cli.command, Command::Names(NamesVerb::Exec, words("RED ls --quiet -j -- -all")));
            assert!(cli.options.reporting.quiet && !cli.options.json);
            let all = parse(&format!("{start} exec -all ls -all")).unwrap();
            assert_eq!(all.command, Command::Names(NamesVerb::Exec, words("ls -all")));
            assert!(all.options.all);
        }
        let all = parse("ip -all netns exec ls --json").unwrap();
        assert_eq!(
            (all.command, all.options.all),
            (Command::Names(NamesVerb::Exec, words("ls --json")), true)
        );
    }

    #[test]
    fn ours_have_two_dashes_anywhere() {
        let cli = parse("ip add RED --dry-run").unwrap();
        assert_eq!(cli.options.reporting.dry_run, Some(xns_tool::DryRun::Sh));
        let cli = parse("ip --netns RED list-id --hints always nsid 3 -j").unwrap();
        assert_eq!(cli.command, Command::Names(NamesVerb::ListId, words("nsid 3")));
        assert_eq!((cli.options.netns, cli.options.json), (Some("RED".into()), true));
    }

    #[test]
    fn ips_options_follow_verbs_of_ours() {
        let cli = parse("ip check -6 RED BLUE").unwrap();
        assert_eq!(
            (cli.command, cli.options.version),
            (Command::Check(words("RED BLUE")), Some(Version::V6))
        );
        let cli = parse("ip show RED -4 -n BLUE").unwrap();
        assert_eq!((cli.command, cli.options.netns), (Command::Show(words("RED")), Some("BLUE".into())));
        assert_eq!(parse("ip show -x").unwrap_err().to_string(), "Option \"-x\" is unknown");
        assert_eq!(command("ip route add -6"), Command::Route(words("add -6")));
    }

    #[test]
    fn what_was_meant_is_proposed() {
        let cure = |line: &str| {
            let facts = Facts::recorded(Recorded {
                command: line.split(' ').map(OsString::from).collect(),
                ..Recorded::default()
            });
            let hint = xns_tool::Refusal::hint(&Cli::parse(&facts).unwrap_err(), &facts);
            hint.map(|hint| hint.cures[0].action.clone())
        };
        for (line, meant) in [
            ("xnetns conect A", "xnetns connect A"),
            ("xnetns shwo", "xnetns show"),
            ("xnetns netns lits", "xnetns netns list"),
            ("xnetns connect --brigde=br0 A", "xnetns connect --bridge=br0 A"),
            ("xnetns check --jsno A", "xnetns check --json A"),
        ] {
            assert_eq!(cure(line).as_deref(), Some(meant), "{line}");
        }
        assert_eq!((cure("xnetns elephant"), cure("xnetns show --elephant")), (None, None));
    }

    #[test]
    fn misuse_of_a_verb_of_ours_has_its_own_status() {
        let status = |line: &str| misuse_status(&words(line));
        assert_eq!((status("xnetns connect --zzz"), status("xnetns -n X disc -x")), (Some(1), Some(1)));
        assert_eq!((status("xnetns show --zzz"), status("xnetns check --zzz")), (Some(1), Some(2)));
        assert_eq!(
            (status("xnetns link --zzz"), status("xnetns --zzz"), status("xnetns")),
            (None, None, None)
        );
    }

    #[test]
    fn what_is_not_there() {
        for (line, told) in [
            ("ip", "no verb: what is to be done?"),
            ("ip foo", "Object \"foo\" is unknown"),
            ("ip netns foo", "Command \"foo\" is unknown"),
            ("ip neigh show", "'neigh' is not one of xnetns' objects"),
            ("ip -batch x", "'-batch' is not one of xnetns' options"),
            ("ip -zzz", "Option \"-zzz\" is unknown"),
            ("ip --zzz", "unrecognized option '--zzz'"),
            ("ip link --zzz", "unrecognized option '--zzz'"),
            ("ip --netns", "option '--netns' requires an argument"),
        ] {
            assert_eq!(parse(line).unwrap_err().to_string(), told, "{line}");
        }
    }
}

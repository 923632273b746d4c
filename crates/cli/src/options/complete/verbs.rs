//! Verbs and what belongs to them, as rows and branches of the scripts.

use super::super::table::Table;
use super::super::verbs::{Noun, VerbRow};

/// A line for each verb: `@name:first others:about@` with the shell's quotes, as `row` has them.
pub(super) fn rows<K>(table: &Table<K>, row: impl Fn(&str) -> String) -> String {
    let line = |verb: &VerbRow| {
        row(&format!("{}:{} {}:{}", verb.name, verb.first.word(), verb.others.word(), verb.about))
    };
    table.operands.verbs().iter().map(line).collect()
}

/// A branch for each noun that the verbs have.
pub(super) fn branches<K>(table: &Table<K>, branch: impl Fn(&str, Noun) -> String) -> String {
    const ALL: [Noun; 9] = [
        Noun::Cgroup,
        Noun::CgroupFile,
        Noun::CgroupSetting,
        Noun::Pid,
        Noun::Owner,
        Noun::Netns,
        Noun::Program,
        Noun::OfVerb,
        Noun::AfterNetns,
    ];
    let words = |noun: &Noun| matches!(noun, Noun::OneOf(_));
    let one_of = table.operands.verbs().iter().flat_map(|verb| [verb.first, verb.others]).find(words);
    let all = ALL.into_iter().filter(|noun| has(table, *noun)).map(|noun| branch(&noun.word(), noun));
    // One branch is for all of them: the row has the words.
    all.chain(one_of.map(|noun| branch("'='*", noun))).collect()
}

/// Has a verb words of this kind?
pub(super) fn has<K>(table: &Table<K>, noun: Noun) -> bool {
    table.operands.verbs().iter().any(|verb| verb.first == noun || verb.others == noun)
}

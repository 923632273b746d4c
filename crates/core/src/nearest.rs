//! What was meant by a misspelt word.

/// The name that a misspelt one most resembles: at most a third of it is otherwise.
pub fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let most = (word.chars().count() / 3).max(1);
    let apart = names.into_iter().map(|name| (distance(word, name), name));
    apart.filter(|(apart, _)| (1..=most).contains(apart)).min().map(|(_, name)| name)
}

/// How many letters have to be put in, left out, replaced or swapped with the next (optimal string alignment).
fn distance(one: &str, other: &str) -> usize {
    let letters = |word: &str| word.to_lowercase().chars().collect::<Vec<_>>();
    let (one, other) = (letters(one), letters(other));
    let (mut before, mut row) = (Vec::new(), (0..=other.len()).collect::<Vec<usize>>());
    for i in 0..one.len() {
        let mut next = vec![i + 1];
        for j in 0..other.len() {
            let replaced = row[j] + usize::from(one[i] != other[j]);
            let least = replaced.min(row[j + 1] + 1).min(next[j] + 1);
            let is_swapped = i > 0 && j > 0 && one[i] == other[j - 1] && one[i - 1] == other[j];
            next.push(if is_swapped { least.min(before[j - 1] + 1) } else { least });
        }
        before = std::mem::replace(&mut row, next);
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_misspelt_name_has_one_that_was_meant() {
        const NAMES: [&str; 5] = ["memory", "pids", "cpu", "cpuset", "connect"];
        assert_eq!(nearest("memroy", NAMES), Some("memory"));
        assert_eq!(nearest("pid", NAMES), Some("pids"));
        assert_eq!(nearest("CPUs", NAMES), Some("cpu"));
        assert_eq!((nearest("conect", NAMES), nearest("cup", NAMES)), (Some("connect"), Some("cpu")));
        assert_eq!((nearest("network", NAMES), nearest("", [])), (None, None));
    }

    proptest! {
        #[test]
        fn distances(one in "[a-d]{0,8}", other in "[a-d]{0,8}") {
            let apart = distance(&one, &other);
            prop_assert_eq!(apart, distance(&other, &one));
            prop_assert_eq!(apart == 0, one == other);
            prop_assert!(apart <= one.len().max(other.len()) && apart >= one.len().abs_diff(other.len()));
        }
    }
}

//! The phrases of walls and stubs, as data.

use std::sync::LazyLock;

use record::fold;

static TABLE: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(|| {
    let lines = include_str!("phrases.txt").lines().filter(|l| !l.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once(": "));
    pairs.map(|(kind, phrase)| (kind, format!(" {} ", fold(phrase)))).collect()
});

/// The first phrase of `kind` in a folded text.
pub(super) fn find(kind: &str, folded: &str) -> Option<&'static str> {
    let text = format!(" {folded} ");
    let has = |phrase: &str| {
        // Scripts without spaces between words cannot be matched by whole words.
        let unspaced = phrase.chars().any(|c| c as u32 >= 0x2e80);
        if unspaced { text.contains(phrase.trim()) } else { text.contains(phrase) }
    };
    TABLE.iter().find(|(k, phrase)| *k == kind && has(phrase)).map(|(_, phrase)| phrase.trim())
}

/// How many different phrases of `kind` are in a folded text.
pub(super) fn count(kind: &str, folded: &str) -> usize {
    let text = format!(" {folded} ");
    TABLE.iter().filter(|(k, phrase)| *k == kind && text.contains(phrase.as_str())).count()
}

/// Does the folded text begin with a phrase of `kind`, or is it one with a name around it?
pub(super) fn is_mostly(kind: &str, folded: &str) -> bool {
    let words = |t: &str| t.split(' ').count();
    find(kind, folded).is_some_and(|phrase| words(phrase) * 2 + 1 >= words(folded))
}

/// The maker's address of `kind` among the addresses of scripts and frames.
pub(super) fn source(kind: &str, sources: &str) -> Option<&'static str> {
    let lines = include_str!("sources.txt").lines().filter(|l| !l.starts_with('#'));
    let mut pairs = lines.filter_map(|line| line.split_once(": "));
    pairs.find(|(k, part)| *k == kind && sources.contains(part)).map(|(_, part)| part)
}

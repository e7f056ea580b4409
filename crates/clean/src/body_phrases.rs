//! How furniture begins, by lists of phrases.

use std::sync::LazyLock;

use foldhash::HashMap;

/// A set of kinds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Phrases {
    bits: u16,
}

impl Phrases {
    /// Does it begin as furniture of any kind? By the held-out blocks: of short lines that do,
    /// one of five was wanted.
    pub(crate) fn are_any(self) -> bool {
        self.bits != 0
    }

    /// Does a line begin as those that point to another article?
    pub(crate) fn are_read_also(self) -> bool {
        self.bits & 1 != 0
    }

    /// Does it name who made a picture?
    pub(crate) fn are_credit(self) -> bool {
        self.bits & 2 != 0
    }

    /// Does it ask to subscribe or to follow?
    pub(crate) fn are_newsletter(self) -> bool {
        self.bits & 8 != 0
    }
}

/// Phrases by their first two characters, each with its kind.
type Phrasebook = HashMap<[char; 2], Vec<(&'static str, u16)>>;

static LIST: LazyLock<Phrasebook> = LazyLock::new(|| {
    let mut list = Phrasebook::default();
    let lines = include_str!("body_phrases.txt").lines().filter(|line| !line.starts_with('#'));
    for (kind, line) in lines.enumerate() {
        let Some((_, phrases)) = line.split_once(": ") else { continue };
        for phrase in phrases.split('|') {
            if let Some(start) = start_of(phrase.chars()) {
                list.entry(start).or_default().push((phrase, 1 << kind));
            }
        }
    }
    list
});

fn start_of(mut chars: impl Iterator<Item = char>) -> Option<[char; 2]> {
    Some([chars.next()?, chars.next().unwrap_or(' ')])
}

/// How much of a block's beginning is looked at, in characters.
const START: usize = 48;

/// The kinds of phrases that `text` begins with, marks before the first letter left out.
pub(crate) fn kinds_in(text: &str) -> Phrases {
    let mark = |c: &char| !c.is_alphanumeric() && !matches!(c, '©' | '(');
    let start = text.trim_start_matches(|c| mark(&c)).chars().take(START);
    let start = start.flat_map(char::to_lowercase);
    let Some(phrases) = start_of(start.clone()).and_then(|two| LIST.get(&two)) else {
        return Phrases::default();
    };
    let start: String = start.collect();
    let mut bits = 0;
    for (phrase, kind) in phrases {
        let Some(rest) = start.strip_prefix(phrase) else { continue };
        let whole = !phrase.ends_with(|c: char| c.is_ascii_alphabetic());
        if whole || !rest.starts_with(char::is_alphanumeric) {
            bits |= kind;
        }
    }
    Phrases { bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_are_told() {
        assert!(kinds_in("► READ ALSO: Rain ends").are_read_also());
        assert!(kinds_in("Читайте также: Дождь").are_read_also());
        assert!(!kinds_in("Addis Ababa was quiet").are_any());
        assert!(!kinds_in("Bystanders waited").are_any());
    }
}

//! Phrases that tell what a line is for, in many languages.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use super::shape::scan;

/// How many kinds of cues `cues.txt` has.
pub(crate) const KINDS: usize = 22;

/// What a phrase is for: the sections of `cues.txt`, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(dead_code, reason = "most kinds are used by their number only")]
pub(crate) enum Kind {
    /// Share bars.
    Share,
    /// Cookies and consent.
    Consent,
    /// Newsletters and subscriptions.
    Newsletter,
    /// Related and further reading.
    More,
    /// Comment forms and lists.
    Comments,
    /// Rights.
    Copyright,
    /// Pictures and their credits.
    Credit,
    /// Who wrote it.
    Byline,
    /// When it was published.
    Published,
    /// When it was changed.
    Updated,
    /// Reading times and relative times.
    ReadingTime,
    /// Advertisements.
    Advert,
    /// Menus.
    Navigation,
    /// Contact and about.
    Contact,
    /// Keywords.
    Tags,
    /// Apps.
    App,
    /// Accounts and subscribers.
    Account,
    /// Donations.
    Donate,
    /// About the author.
    Author,
    /// Players and galleries.
    Media,
    /// Errors and scripts.
    Error,
    /// Terms and privacy.
    Legal,
}

/// The sections' names.
const NAMES: [&str; KINDS] = [
    "share",
    "consent",
    "newsletter",
    "more",
    "comments",
    "copyright",
    "credit",
    "byline",
    "published",
    "updated",
    "reading-time",
    "advert",
    "navigation",
    "contact",
    "tags",
    "app",
    "account",
    "donate",
    "author",
    "media",
    "error",
    "legal",
];

/// What was found in one line, by kind.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cues {
    /// The share of the line's words that belong to phrases of the kind, 0 to 1.
    pub(crate) share: [f32; KINDS],
    /// Bit `k` is set when there is a phrase of kind `k`.
    pub(crate) kinds: u32,
    /// Bit `k` is set when the line begins with a phrase of kind `k`.
    pub(crate) starts: u32,
    /// Bit `k` is set when such a phrase stands among its last words.
    pub(crate) ends: u32,
}

impl Cues {
    /// The share of the line's words that belong to phrases of `kind`.
    pub(crate) fn share_of(&self, kind: Kind) -> f32 {
        self.share.get(kind as usize).copied().unwrap_or_default()
    }

    /// Does the line begin with a phrase of `kind`?
    #[cfg(test)]
    pub(crate) const fn starts_with(&self, kind: Kind) -> bool {
        self.starts & (1 << kind as u32) != 0
    }
}

struct Phrase {
    words: Vec<u32>,
    kind: usize,
}

/// The phrases by their first word, behind a bitmap that most words do not pass.
struct Table {
    seen: Vec<u64>,
    by_first: HashMap<u32, Vec<Phrase>, BuildHasherDefault<AsItIs>>,
}

/// The keys are hashes already, and all of them are known beforehand.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 << 8) | u64::from(*byte);
        }
    }

    fn write_u32(&mut self, word: u32) {
        self.0 = u64::from(word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("cues.txt")));

/// Words looked at, from the start and from the end of a line: a cue in the middle of a long
/// paragraph is no cue.
const HEAD: usize = 32;
const TAIL: usize = 8;

/// Finds the cues among the words of one line. Bounded by a constant, whatever the length.
pub(crate) fn find(words: &[u32]) -> Cues {
    let mut hits = [0_u32; KINDS];
    let mut cues = Cues::default();
    let head = words.len().min(HEAD);
    let tail = words.len().saturating_sub(TAIL).max(head);
    for at in (0..head).chain(tail..words.len()) {
        TABLE.at(words.get(at..).unwrap_or_default(), |phrase| {
            let hit = hits.get_mut(phrase.kind);
            if let Some(hit) = hit {
                *hit += phrase.words.len() as u32;
            }
            cues.kinds |= 1 << phrase.kind;
            cues.starts |= u32::from(at == 0) << phrase.kind;
            cues.ends |= u32::from(at + TAIL >= words.len()) << phrase.kind;
        });
    }
    if cues.kinds == 0 {
        return cues;
    }
    let total = words.len().max(1) as f32;
    for (share, hit) in cues.share.iter_mut().zip(hits) {
        *share = (hit as f32 / total).min(1.0);
    }
    cues
}

impl Table {
    fn read(data: &str) -> Self {
        let mut table = Self { seen: vec![0; 1024], by_first: HashMap::default() };
        let mut kind = KINDS;
        for line in data.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("//")) {
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                kind = NAMES.iter().position(|n| *n == name).unwrap_or(KINDS);
                continue;
            }
            for phrase in line.split('|') {
                table.add(phrase, kind);
            }
        }
        for phrases in table.by_first.values_mut() {
            phrases.sort_by_key(|p| std::cmp::Reverse(p.words.len()));
        }
        table
    }

    fn add(&mut self, phrase: &str, kind: usize) {
        let mut words = Vec::new();
        scan(phrase.trim(), &mut words);
        let Some(&first) = words.first() else { return };
        if let Some(cell) = self.seen.get_mut((first >> 6) as usize & 1023) {
            *cell |= 1 << (first & 63);
        }
        self.by_first.entry(first).or_default().push(Phrase { words, kind });
    }

    /// Calls `found` for the longest phrase of each kind that `words` begins with.
    fn at(&self, words: &[u32], mut found: impl FnMut(&Phrase)) {
        let Some(&first) = words.first() else { return };
        let cell = self.seen.get((first >> 6) as usize & 1023).copied().unwrap_or_default();
        if cell & (1 << (first & 63)) == 0 {
            return;
        }
        let mut done = 0_u32;
        for phrase in self.by_first.get(&first).into_iter().flatten() {
            if done & (1 << phrase.kind) == 0 && words.starts_with(&phrase.words) {
                done |= 1 << phrase.kind;
                found(phrase);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cues(line: &str) -> Cues {
        let mut words = Vec::new();
        scan(line, &mut words);
        find(&words)
    }

    #[test]
    fn every_section_is_a_known_kind() {
        let data = include_str!("cues.txt");
        let sections: Vec<_> = data.lines().filter_map(|l| l.strip_prefix('[')).collect();
        assert_eq!(sections.len(), KINDS);
        for (section, name) in sections.iter().zip(NAMES) {
            assert_eq!(section.strip_suffix(']'), Some(name));
        }
    }

    #[test]
    fn a_cue_is_measured_by_its_share_of_the_line() {
        let reply = cues("Leave a Reply");
        assert_eq!(reply.share_of(Kind::Comments), 1.0);
        assert!(reply.starts_with(Kind::Comments));
        let story = cues("He left a reply on the table of the minister");
        assert!(story.share_of(Kind::Comments) < 0.2 && !story.starts_with(Kind::Comments));
    }
}

//! Word shingles of a given text, to tell how much of a block it holds.

use foldhash::HashSet;

/// The runs of three words of a text, as hashes; single characters count as words in scripts
/// without spaces.
#[derive(Debug, Default)]
pub(crate) struct Shingles {
    seen: HashSet<u64>,
    /// Words in the text.
    pub(crate) words: usize,
}

/// Texts are read up to here, in bytes.
const MAX_GIVEN: usize = 1 << 20;

impl Shingles {
    /// Reads one more text.
    pub(crate) fn add(&mut self, text: &str) {
        let text = text.get(..text.floor_char_boundary(MAX_GIVEN)).unwrap_or_default();
        let words = word_hashes(text);
        self.words += words.len();
        self.seen.extend(shingle_hashes(&words));
    }

    /// The share of the shingles of a text with these words that are known, 0 to 1; -1 where
    /// nothing was given.
    pub(crate) fn share_of(&self, words: &[u64]) -> f32 {
        if self.seen.is_empty() {
            return -1.0;
        }
        let known = shingle_hashes(words).filter(|shingle| self.seen.contains(shingle)).count();
        known as f32 / shingle_hashes(words).count().max(1) as f32
    }
}

/// The words of a text as hashes, case and punctuation left out.
pub(crate) fn word_hashes(text: &str) -> Vec<u64> {
    let mut words = Vec::new();
    add_word_hashes(text, &mut words);
    words
}

/// As [`word_hashes`], appended to `words`.
pub(crate) fn add_word_hashes(text: &str, words: &mut Vec<u64>) {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    let grown = |hash: u64, c: char| (hash ^ u64::from(c)).wrapping_mul(0x0100_0000_01b3);
    let mut hash = START;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            hash = grown(hash, c.to_ascii_lowercase());
            continue;
        }
        let is_letter = !c.is_ascii() && c.is_alphanumeric();
        let unspaced = is_letter && is_unspaced(c);
        if hash != START && (unspaced || !is_letter) {
            words.push(hash);
            hash = START;
        }
        if is_letter {
            hash = c.to_lowercase().fold(hash, grown);
        }
        if unspaced {
            words.push(hash);
            hash = START;
        }
    }
    if hash != START {
        words.push(hash);
    }
}

/// The words of many texts, one after the other.
#[derive(Debug, Default)]
pub(crate) struct WordLists {
    words: Vec<u64>,
    ends: Vec<usize>,
}

impl WordLists {
    /// Reads the texts.
    pub(crate) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut lists = Self::default();
        for text in texts {
            add_word_hashes(text, &mut lists.words);
            lists.ends.push(lists.words.len());
        }
        lists
    }

    /// The words of the text at this place, as hashes; none where there is no such text.
    pub(crate) fn at(&self, at: usize) -> &[u64] {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        let end = self.ends.get(at).copied().unwrap_or(0);
        self.words.get(start.unwrap_or(0)..end).unwrap_or_default()
    }

    /// The words of each text.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u64]> {
        (0..self.ends.len()).map(|at| self.at(at))
    }
}

fn is_unspaced(c: char) -> bool {
    matches!(c as u32,
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// The runs of three words (fewer in shorter texts) as hashes.
pub(crate) fn shingle_hashes(words: &[u64]) -> impl Iterator<Item = u64> {
    let size = words.len().clamp(1, 3);
    let mix = |h: u64, w: &u64| h.rotate_left(21) ^ w.wrapping_mul(31);
    words.windows(size).map(move |run| run.iter().fold(run.len() as u64, mix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_is_known() {
        let mut given = Shingles::default();
        given.add("It rained for three days. Then it stopped!");
        assert_eq!(given.share_of(&word_hashes("it rained for THREE days")), 1.0);
        assert_eq!(given.share_of(&word_hashes("Nothing of this was there")), 0.0);
        assert_eq!(Shingles::default().share_of(&[]), -1.0);
    }
}

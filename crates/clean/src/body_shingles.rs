//! Word shingles of a given text, to tell how much of a block it holds.

use std::collections::HashSet;

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
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    let mut words = Vec::new();
    let mut hash = START;
    for c in text.chars() {
        let unspaced = c as u32 >= 0x0e00 && is_unspaced(c);
        if hash != START && (unspaced || !c.is_alphanumeric()) {
            words.push(hash);
            hash = START;
        }
        if c.is_alphanumeric() {
            for lower in c.to_lowercase() {
                hash = (hash ^ u64::from(lower)).wrapping_mul(0x0100_0000_01b3);
            }
            if unspaced {
                words.push(hash);
                hash = START;
            }
        }
    }
    if hash != START {
        words.push(hash);
    }
    words
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

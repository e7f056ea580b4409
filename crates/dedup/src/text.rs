//! A text made ready for comparison.

use std::cell::OnceCell;

use crate::shingles::{shingles, width};
use crate::words::{Word, words};

/// Title and body as words and shingles, with look-ups of both.
#[derive(Debug)]
pub(crate) struct Text {
    /// The words of the title.
    pub(crate) title: Vec<Word>,
    /// The words of the body; those of the title where there is no body.
    pub(crate) words: Vec<Word>,
    /// The shingles of `words`.
    pub(crate) shingles: Vec<u32>,
    /// Where each shingle stands first; made when it is first asked for: most texts meet nobody.
    places: OnceCell<Places>,
    /// The words of the body, as a set; likewise.
    vocabulary: OnceCell<Places>,
}

impl Text {
    /// Reads title and body. Linear in the text, of which the first 256 KiB count.
    pub(crate) fn of(title: &str, body: &str) -> Self {
        let title = words(title);
        let mut words = words(body);
        if words.is_empty() {
            words.clone_from(&title);
        }
        let shingles = shingles(&words);
        let (places, vocabulary) = (OnceCell::new(), OnceCell::new());
        Self { title, words, shingles, places, vocabulary }
    }

    /// Where this shingle stands first.
    pub(crate) fn place(&self, shingle: u32) -> Option<usize> {
        let hash_at = |at: u32| self.shingles.get(at as usize).copied();
        let make = || Places::of(self.shingles.len(), hash_at);
        Some(self.places.get_or_init(make).get(shingle, hash_at)? as usize)
    }

    /// How many words the shingle at `at` covers.
    pub(crate) fn width(&self, at: usize) -> usize {
        self.words.get(at).map_or(0, width)
    }

    /// Is this word in the body?
    pub(crate) fn has(&self, word: &Word) -> bool {
        let hash_at = |at: u32| self.words.get(at as usize).map(|w| w.hash);
        let make = || Places::of(self.words.len(), hash_at);
        self.vocabulary.get_or_init(make).get(word.hash, hash_at).is_some()
    }
}

/// Slots looked at before giving up: words made to collide cost no more than others.
const MAX_PROBES: usize = 64;

/// A map from hashes to the position where each came first: open addressing, half full. The
/// hashes themselves stand elsewhere, by position.
#[derive(Debug)]
struct Places {
    /// The position + 1; 0 means empty.
    slots: Vec<u32>,
    shift: u32,
}

impl Places {
    fn of(len: usize, hash_at: impl Fn(u32) -> Option<u32>) -> Self {
        let bits = (len * 2).max(2).next_power_of_two().trailing_zeros();
        let mut places = Self { slots: vec![0; 1 << bits], shift: 32 - bits };
        for position in 0..len as u32 {
            if let Some(hash) = hash_at(position) {
                places.insert(hash, position, &hash_at);
            }
        }
        places
    }

    fn insert(&mut self, hash: u32, position: u32, hash_at: impl Fn(u32) -> Option<u32>) {
        for slot in self.probes(hash) {
            match self.slots.get_mut(slot) {
                Some(slot) if *slot == 0 => {
                    *slot = position + 1;
                    return;
                }
                Some(slot) if hash_at(*slot - 1) == Some(hash) => return,
                _ => {}
            }
        }
    }

    /// The first position of this hash.
    fn get(&self, hash: u32, hash_at: impl Fn(u32) -> Option<u32>) -> Option<u32> {
        for slot in self.probes(hash) {
            let position = self.slots.get(slot)?.checked_sub(1)?;
            if hash_at(position) == Some(hash) {
                return Some(position);
            }
        }
        None
    }

    fn probes(&self, hash: u32) -> impl Iterator<Item = usize> + use<> {
        let (home, mask) = (self.home(hash), self.slots.len() - 1);
        (home..home + MAX_PROBES).map(move |at| at & mask)
    }

    fn home(&self, hash: u32) -> usize {
        (hash.wrapping_mul(0x9e37_79b1) >> self.shift) as usize
    }
}

/// Can these be two texts of one article? A loose question, for URLs that claim so: the same
/// title, or a fifth of the shorter one's shingles in the other.
pub(crate) fn are_related(a: &Text, b: &Text) -> bool {
    let titles = |t: &Text| t.title.iter().map(|w| w.hash).collect::<Vec<_>>();
    if !a.title.is_empty() && titles(a) == titles(b) {
        return true;
    }
    let (shorter, longer) = if a.words.len() <= b.words.len() { (a, b) } else { (b, a) };
    let shared = shorter.shingles.iter().filter(|s| longer.place(**s).is_some()).count();
    shared > 0 && shared * 5 >= shorter.shingles.len()
}

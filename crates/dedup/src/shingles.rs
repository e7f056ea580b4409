//! Shingles: overlapping runs of words, and the few of them that stand for a text.

use crate::words::Word;

/// Words in a shingle.
const WORDS: usize = 3;

/// Characters in a shingle of a script without spaces: about three words of Chinese.
const CHARACTERS: usize = 5;

/// The longest winnowing window, in shingles: a copied run of [`WINDOW`] + 2 words always
/// has a value in common with its source.
const WINDOW: usize = 36;

/// Values kept of one text, the smallest: enough for 1,200 words without loss.
pub(crate) const MAX_VALUES: usize = 64;

/// The hash of each shingle, by the position of its first word; one shingle of everything
/// where the text is shorter than a shingle, none where there is no word.
pub(crate) fn shingles(words: &[Word]) -> Vec<u32> {
    let full = (0..words.len()).map_while(|at| {
        let width = width(words.get(at)?);
        words.get(at..at + width).map(hash)
    });
    let mut hashes: Vec<u32> = full.collect();
    if hashes.is_empty() && !words.is_empty() {
        hashes.push(hash(words));
    }
    hashes
}

/// Words covered by the shingle that begins with `word`.
pub(crate) fn width(word: &Word) -> usize {
    if word.class.is_unspaced() { CHARACTERS } else { WORDS }
}

/// An order-dependent mix with the finish of MurmurHash3 (64 bit).
fn hash(words: &[Word]) -> u32 {
    let mixed = words.iter().fold(0x9e37_79b9_7f4a_7c15_u64, |h, word| {
        (h.rotate_left(25) ^ u64::from(word.hash)).wrapping_mul(0xff51_afd7_ed55_8ccd)
    });
    let mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (mixed ^ (mixed >> 33)) as u32
}

/// The values that stand for a text: of every window of neighbouring shingles the smallest
/// (Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003), at most [`MAX_VALUES`], ascending.
///
/// Short texts have shorter windows. What a long window chooses inside a copied run, every
/// shorter one chooses too, so that texts of different lengths meet.
pub(crate) fn winnow(shingles: &[u32]) -> Vec<u32> {
    let window = match shingles.len() {
        ..64 => 8,
        64..160 => 16,
        _ => WINDOW,
    };
    let mut chosen = Vec::with_capacity(2 * shingles.len() / window + 4);
    let mut last: Option<usize> = None;
    for start in 0..=shingles.len().saturating_sub(window) {
        let end = (start + window).min(shingles.len());
        let next = match last {
            // Only the shingle that came in can beat a smallest that is still inside.
            Some(at) if at >= start => {
                let newest = end - 1;
                Some(if shingles.get(newest) < shingles.get(at) { newest } else { at })
            }
            _ => (start..end).min_by_key(|at| shingles.get(*at)),
        };
        if next != last {
            chosen.extend(next.and_then(|at| shingles.get(at)));
            last = next;
        }
    }
    chosen.sort_unstable();
    chosen.dedup();
    chosen.truncate(MAX_VALUES);
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::words;
    use proptest::prelude::*;

    fn of(text: &str) -> Vec<u32> {
        shingles(&words(text))
    }

    #[test]
    fn short_texts_have_a_shingle_too() {
        assert_eq!(of("").len(), 0);
        assert_eq!(of("Rain").len(), 1);
        assert_eq!(of("one two three").len(), 1);
        assert_eq!(of("one two three four").len(), 2);
        assert_eq!(of("今天下午北京下雨").len(), 4);
    }

    #[test]
    fn values_do_not_change_between_versions() {
        // Sketches are stored: another hash or fold would make them worthless.
        assert_eq!(of("It rained all day."), [3_012_463_876, 2_065_034_681]);
        assert_eq!(of("今天下午北"), [1_470_567_954]);
    }

    proptest! {
        #[test]
        fn a_copied_run_always_meets(
            run in proptest::collection::vec("[a-z]{2,6}", 38..60),
            before in proptest::collection::vec("[a-z]{2,6}", 0..60),
            after in proptest::collection::vec("[a-z]{2,6}", 0..200),
        ) {
            let original = [before, run.clone()].concat().join(" ");
            let copy = [run, after].concat().join(" ");
            let (a, b) = (winnow(&of(&original)), winnow(&of(&copy)));
            prop_assert!(a.iter().any(|v| b.binary_search(v).is_ok()));
        }
    }
}

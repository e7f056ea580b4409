//! Folding: one spelling for texts that a reader would call the same.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds `text` for comparison: NFKC, lower case, every run of anything but letters, digits
/// and combining marks becomes one space, none at the ends. Linear in the text.
///
/// ```
/// assert_eq!(record::fold("  It's “5 %” — Über-ﬁne! "), "it s 5 über fine");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// As [`fold`], appended to `out` (its end counts as the start of the text), so that a loop
/// over many texts allocates once.
pub fn fold_into(text: &str, out: &mut String) {
    let mut folding = Folding { start: out.len(), gap: false, out };
    // A space neither composes nor decomposes, so the normal form of a text is that of its
    // parts; nearly all of them are plain ASCII, which is its own normal form.
    for part in text.split_inclusive(' ') {
        if part.is_ascii() {
            part.bytes().for_each(|b| folding.push(char::from(b.to_ascii_lowercase())));
        } else {
            // Lower-casing can denormalise (U+0130) and normalising can bring capitals
            // (U+1D400), so the order is NFKC, lower case, NFKC.
            part.nfkc().flat_map(char::to_lowercase).nfkc().for_each(|c| folding.push(c));
        }
    }
}

struct Folding<'a> {
    out: &'a mut String,
    start: usize,
    gap: bool,
}

impl Folding<'_> {
    fn push(&mut self, c: char) {
        let kept = if c.is_ascii() {
            c.is_ascii_alphanumeric()
        } else {
            c.is_alphanumeric() || is_combining_mark(c)
        };
        if !kept {
            self.gap = true;
            return;
        }
        if self.gap && self.out.len() > self.start {
            self.out.push(' ');
        }
        self.gap = false;
        self.out.push(c);
    }
}

/// Is `c` of a script written without spaces between words? Such text is counted and
/// shingled by characters (Han, kana, Thai, Lao, Khmer, Myanmar, Tibetan).
#[must_use]
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c as u32,
        0x0e00..=0x0eff | 0x0f00..=0x0fff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// Words in a text: a run of letters and digits is one, and each character of a script
/// written without spaces is one.
#[must_use]
pub fn count_words(text: &str) -> usize {
    let mut words = 0;
    let mut inside = false;
    for c in text.chars() {
        if is_unspaced(c) {
            words += usize::from(c.is_alphanumeric());
            inside = false;
        } else {
            let letter = c.is_alphanumeric() || (inside && is_combining_mark(c));
            words += usize::from(letter && !inside);
            inside = letter;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in ".*") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }

    proptest! {
        #[test]
        fn folding_by_parts_is_folding_whole(text in "[a-z é\u{301}\u{308}İ½ﬁ가-힣 \u{a0}]{0,40}|.*") {
            let mut whole = String::new();
            let mut folding = Folding { start: 0, gap: false, out: &mut whole };
            text.nfkc().flat_map(char::to_lowercase).nfkc().for_each(|c| folding.push(c));
            prop_assert_eq!(fold(&text), whole);
        }
    }

    #[test]
    fn words_of_every_script_are_counted() {
        assert_eq!(count_words("It's 5 o'clock"), 5);
        assert_eq!(count_words("東京は雨"), 4);
        assert_eq!(count_words("नमस्ते दुनिया"), 2);
    }
}

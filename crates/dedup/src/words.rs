//! A text as the judgement sees it: a row of folded words.

use record::fold_into;
use xxhash_rust::xxh3::xxh3_64;

/// Longest title or body looked at, in bytes: what follows does not count. The longest
/// newspaper articles have about 100,000.
const MAX_TEXT: usize = 1 << 18;

/// What a word is, beside its letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Class(u8);

impl Class {
    const NUMBER: u8 = 1;
    const NAME: u8 = 2;
    const WEIGHTY: u8 = 4;
    const UNSPACED: u8 = 8;

    /// Has it a digit?
    pub(crate) fn is_number(self) -> bool {
        self.0 & Self::NUMBER != 0
    }

    /// Is it likely part of a name: a capital inside a sentence, or two capitals in a row?
    pub(crate) fn is_name(self) -> bool {
        self.0 & Self::NAME != 0
    }

    /// A number or part of a name: what differs from item to item of a template.
    pub(crate) fn is_particular(self) -> bool {
        self.0 & (Self::NUMBER | Self::NAME) != 0
    }

    /// A number or longer than three letters: no article, no preposition.
    pub(crate) fn is_weighty(self) -> bool {
        self.0 & Self::WEIGHTY != 0
    }

    /// One character of a script written without spaces.
    pub(crate) fn is_unspaced(self) -> bool {
        self.0 & Self::UNSPACED != 0
    }
}

/// One folded word and where it stood.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    /// The hash of its folded letters.
    pub(crate) hash: u32,
    /// First byte in the text.
    pub(crate) start: u32,
    /// First byte after it.
    pub(crate) end: u32,
    /// What it is.
    pub(crate) class: Class,
}

/// The words of `text`, of which the first 256 KiB count. Linear.
///
/// A word is a run of letters, digits and marks, folded as [`record::fold`] does; a character
/// of a script without spaces is a word of its own.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end).unwrap_or_default();
    let words = Vec::with_capacity(end / 6 + 1);
    let mut reader = Reader { text, words, is_sentence_start: true, ..Reader::default() };
    let mut start = None;
    for (at, c) in text.char_indices() {
        let is_letter = if c.is_ascii() {
            c.is_ascii_alphanumeric()
        } else {
            c.is_alphanumeric() || is_mark(c)
        };
        if is_letter && !is_unspaced(c) {
            start.get_or_insert(at);
            continue;
        }
        if let Some(start) = start.take() {
            reader.word(start, at);
        }
        if is_letter {
            reader.character(at, c);
        } else if matches!(c, '.' | '!' | '?' | '\n' | ':' | '"' | '“' | '”' | '„' | '«') {
            reader.is_sentence_start = true;
        }
    }
    if let Some(start) = start {
        reader.word(start, end);
    }
    reader.words
}

#[derive(Default)]
struct Reader<'a> {
    text: &'a str,
    words: Vec<Word>,
    folded: String,
    is_sentence_start: bool,
    after_capital: bool,
}

impl Reader<'_> {
    fn word(&mut self, start: usize, end: usize) {
        let raw = self.text.get(start..end).unwrap_or_default();
        self.folded.clear();
        if raw.is_ascii() {
            self.folded.push_str(raw);
            self.folded.make_ascii_lowercase();
        } else {
            fold_into(raw, &mut self.folded);
        }
        let mut class = 0;
        if raw.bytes().any(|b| b.is_ascii_digit()) {
            class |= Class::NUMBER | Class::WEIGHTY;
        } else if self.folded.len() > 3 {
            class |= Class::WEIGHTY;
        }
        let is_capital = raw.chars().next().is_some_and(char::is_uppercase);
        if is_capital && (!self.is_sentence_start || self.after_capital) {
            class |= Class::NAME;
            if self.after_capital
                && let Some(before) = self.words.last_mut()
            {
                before.class.0 |= Class::NAME;
            }
        }
        self.after_capital = is_capital;
        self.is_sentence_start = false;
        // A word that folds into several (½ becomes 1 2) stays one.
        self.push(xxh3_64(self.folded.as_bytes()), start, end, Class(class));
    }

    fn character(&mut self, at: usize, c: char) {
        self.after_capital = false;
        self.is_sentence_start = false;
        let class = Class(Class::UNSPACED | Class::WEIGHTY);
        self.push(xxh3_64(&(c as u32).to_le_bytes()), at, at + c.len_utf8(), class);
    }

    fn push(&mut self, hash: u64, start: usize, end: usize, class: Class) {
        let (start, end) = (start as u32, end as u32);
        self.words.push(Word { hash: (hash >> 32) as u32, start, end, class });
    }
}

/// A mark that belongs to the letter before it (Unicode's combining blocks and the vowel signs
/// of Indic and South-East Asian scripts, which are not letters).
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Scripts written without spaces between words: Han, kana, Thai, Lao, Tibetan, Myanmar, Khmer.
fn is_unspaced(c: char) -> bool {
    matches!(c as u32,
        0x0e00..=0x0fff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<&str> {
        words(text).iter().map(|w| text.get(w.start as usize..w.end as usize).unwrap()).collect()
    }

    #[test]
    fn words_of_every_script() {
        assert_eq!(seen("It’s 5.3 km—away"), ["It", "s", "5", "3", "km", "away"]);
        assert_eq!(seen("東京は rain"), ["東", "京", "は", "rain"]);
        assert_eq!(seen("नमस्ते दुनिया"), ["नमस्ते", "दुनिया"]);
        assert_eq!(seen(""), Vec::<&str>::new());
    }

    #[test]
    fn spelling_that_no_reader_sees_does_not_count() {
        let hashes = |t: &str| words(t).iter().map(|w| w.hash).collect::<Vec<_>>();
        assert_eq!(hashes("“ÉCOLE” ﬁnal"), hashes("'école', Final"));
    }

    #[test]
    fn names_and_numbers_are_marked() {
        let text = "The mayor met John Smith. Anna Berg left at 7. Nobody else did.";
        let named: Vec<_> = words(text)
            .iter()
            .zip(seen(text))
            .filter(|(w, _)| w.class.is_name())
            .map(|(_, s)| s)
            .collect();
        assert_eq!(named, ["John", "Smith", "Anna", "Berg"]);
        assert_eq!(words(text).iter().filter(|w| w.class.is_number()).count(), 1);
    }
}

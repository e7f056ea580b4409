//! Made-up language for made-up articles.

/// Made-up language, the same for the same number on every machine (xorshift64).
#[derive(Debug)]
pub struct Speech(u64);

impl Speech {
    /// What the speaker of this number says.
    #[must_use]
    pub const fn of(number: u64) -> Self {
        Self(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % bound
    }

    /// A word that no language has, in lower case.
    pub fn word(&mut self) -> String {
        (0..2 + self.below(2)).map(|_| SYLLABLES.get(self.below(SYLLABLES.len()))).fold(
            String::new(),
            |mut word, syllable| {
                word.push_str(syllable.copied().unwrap_or_default());
                word
            },
        )
    }

    /// Such a word with a capital.
    pub fn name(&mut self) -> String {
        let word = self.word();
        let (first, rest) = word.split_at_checked(1).unwrap_or_default();
        first.to_ascii_uppercase() + rest
    }

    /// So many words without a full stop, the first with a capital: function words among made-up
    /// ones, so that it reads like language and no two are alike.
    pub fn sentence(&mut self, words: usize) -> String {
        let mut sentence = self.name();
        for _ in 1..words {
            sentence.push(' ');
            if self.below(5) < 2 {
                let known = FUNCTION_WORDS.get(self.below(FUNCTION_WORDS.len()));
                sentence.push_str(known.copied().unwrap_or_default());
            } else {
                sentence.push_str(&self.word());
            }
        }
        sentence
    }
}

const FUNCTION_WORDS: [&str; 24] = [
    "the", "of", "and", "to", "in", "a", "that", "was", "for", "on", "with", "as", "by", "at",
    "from", "had", "not", "which", "but", "were", "have", "an", "after", "its",
];

const SYLLABLES: [&str; 32] = [
    "ba", "ber", "con", "da", "del", "fi", "gar", "hin", "ker", "la", "len", "mar", "mo", "na",
    "nor", "pel", "po", "ra", "ren", "ri", "sal", "sen", "ta", "ter", "tin", "tor", "ven", "vi",
    "wal", "win", "yor", "zan",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_says_the_same() {
        let said = |number| Speech::of(number).sentence(12);
        assert_eq!(said(1), said(1));
        assert_ne!(said(1), said(2));
        assert_eq!(said(3).split(' ').count(), 12);
    }
}

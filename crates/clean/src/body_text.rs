//! What can be counted in a block's text, in any script.

/// Counts over one text.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TextCounts {
    /// Words; a character of Han or kana counts as 0.6 of one, of Thai, Lao, Khmer or Burmese
    /// as 0.25, so that lengths compare across scripts.
    pub(crate) words: f32,
    pub(crate) chars: usize,
    pub(crate) letters: usize,
    pub(crate) digits: usize,
    /// Words that begin with a capital.
    pub(crate) capitals: usize,
    /// Letters that are capitals.
    pub(crate) upper: usize,
    /// Marks that end a sentence, each run once.
    pub(crate) enders: usize,
    pub(crate) commas: usize,
    pub(crate) quotes: usize,
    /// Bars, bullets, arrows: what separates the entries of a menu.
    pub(crate) separators: usize,
    /// Digits on both sides of a colon: a clock time.
    pub(crate) clocks: usize,
    pub(crate) ends_sentence: bool,
    pub(crate) ends_colon: bool,
    pub(crate) starts_lower: bool,
}

impl TextCounts {
    /// Counts in one pass.
    pub(crate) fn of(text: &str) -> Self {
        let mut counts = Self::default();
        let (mut before, mut two_before) = (' ', ' ');
        for c in text.chars() {
            counts.take(two_before, before, c);
            (two_before, before) = (before, c);
        }
        let last = |c: &char| !is_closing(*c) && !c.is_whitespace();
        let end = text.chars().rev().take(4).find(last);
        counts.ends_sentence = end.is_some_and(is_ender);
        counts.ends_colon = matches!(end, Some(':' | '：'));
        counts.starts_lower = text.chars().next().is_some_and(char::is_lowercase);
        counts
    }

    fn take(&mut self, two_before: char, before: char, c: char) {
        self.chars += 1;
        if c.is_ascii_digit() || c.is_numeric() {
            self.digits += 1;
            self.clocks += usize::from(matches!(before, ':' | '.') && two_before.is_ascii_digit());
            self.words += if before.is_alphanumeric() { 0.0 } else { 1.0 };
        } else if c.is_alphabetic() {
            self.letters += 1;
            self.upper += usize::from(c.is_uppercase());
            self.words += word_share(before, c);
            self.capitals += usize::from(c.is_uppercase() && !before.is_alphanumeric());
        } else if is_ender(c) {
            self.enders += usize::from(!is_ender(before) && !before.is_ascii_digit());
        } else {
            match c {
                ',' | '，' | '、' | '،' | ';' | '；' => self.commas += 1,
                '"' | '“' | '”' | '„' | '«' | '»' | '「' | '『' => self.quotes += 1,
                '|' | '•' | '·' | '›' | '→' | '▶' | '►' | '●' | '/' => {
                    self.separators += 1;
                }
                _ => {}
            }
        }
    }

    /// `part` of the chars, 0 for no text.
    pub(crate) fn share(self, part: usize) -> f32 {
        part as f32 / self.chars.max(1) as f32
    }
}

fn word_share(before: char, c: char) -> f32 {
    match c as u32 {
        0x3040..=0x30ff
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xf900..=0xfaff
        | 0x20000..=0x3ffff => 0.6,
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff => 0.25,
        _ if before.is_alphanumeric() || matches!(before, '\'' | '’') => 0.0,
        _ => 1.0,
    }
}

fn is_ender(c: char) -> bool {
    matches!(
        c,
        '.' | '!'
            | '?'
            | '…'
            | '。'
            | '！'
            | '？'
            | '｡'
            | '।'
            | '॥'
            | '؟'
            | '۔'
            | '።'
            | '။'
            | '։'
    )
}

fn is_closing(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '”' | '’' | '»' | '“' | ')' | ']' | '」' | '』' | '）' | '‹' | '›' | '«'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_of_every_script_end() {
        for text in ["He said \"yes.\"", "雨が降った。", "क्या हुआ।", "ماذا حدث؟"]
        {
            assert!(TextCounts::of(text).ends_sentence, "{text}");
        }
        assert!(!TextCounts::of("Sign up for our newsletter").ends_sentence);
    }

    #[test]
    fn words_are_counted() {
        assert_eq!(TextCounts::of("It's 5 o'clock, now").words, 4.0);
        assert!((TextCounts::of("東京は雨").words - 2.4).abs() < 1e-4);
    }
}

//! Text to terms: words, figures, and character pairs where words have no spaces.

use record::fold;
use unicode_normalization::UnicodeNormalization;

/// One occurrence of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    /// As written.
    pub(crate) text: &'a str,
    pub(crate) kind: Kind,
    /// Whether it opens a sentence, where a capital says nothing.
    pub(crate) opens: bool,
}

/// What a term looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word in small letters, or of a script without capitals.
    Plain,
    /// A word with a capital.
    Capital,
    /// A figure.
    Figure,
    /// Two neighbouring characters of a script without spaces.
    Pair,
}

/// The words of `text`, in order. Linear in the text.
pub(crate) fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = text;
    let mut opens = true;
    std::iter::from_fn(move || next_word(&mut rest, &mut opens))
}

fn next_word<'a>(rest: &mut &'a str, opens: &mut bool) -> Option<Word<'a>> {
    loop {
        skip_ascii(rest, opens);
        let first = rest.chars().next()?;
        if !first.is_alphanumeric() {
            *opens |= opens_sentence(first);
            *rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let opened = std::mem::take(opens);
        if is_unspaced(first) {
            let pair = pair_at(rest, first);
            *rest = rest.get(first.len_utf8()..).unwrap_or_default();
            match pair {
                Some(text) => return Some(Word { text, kind: Kind::Pair, opens: opened }),
                None => continue,
            }
        }
        let figure = first.is_numeric();
        let end = if figure { figure_end(rest) } else { word_end(rest) };
        let (text, after) = rest.split_at_checked(end)?;
        *rest = after;
        let kind = match () {
            () if figure => Kind::Figure,
            () if has_capital(text) => Kind::Capital,
            () => Kind::Plain,
        };
        return Some(Word { text, kind, opens: opened });
    }
}

/// Passes over the ASCII characters that no word begins with.
fn skip_ascii(rest: &mut &str, opens: &mut bool) {
    let bytes = rest.bytes();
    let skipped = bytes.take_while(|b| b.is_ascii() && !b.is_ascii_alphanumeric());
    let mut end = 0;
    for byte in skipped {
        end += 1;
        *opens |= opens_sentence(char::from(byte));
    }
    *rest = rest.get(end..).unwrap_or_default();
}

/// Does a sentence, or something like one, begin after this?
fn opens_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '\n' | ':' | '"' | '“' | '‘' | '|' | '•')
}

fn has_capital(text: &str) -> bool {
    if text.is_ascii() {
        text.bytes().any(|b| b.is_ascii_uppercase())
    } else {
        text.chars().any(char::is_uppercase)
    }
}

fn pair_at(rest: &str, first: char) -> Option<&str> {
    let second = rest.get(first.len_utf8()..)?.chars().next()?;
    let joined = is_unspaced(second) && second.is_alphanumeric();
    joined.then(|| rest.get(..first.len_utf8() + second.len_utf8()))?
}

fn word_end(rest: &str) -> usize {
    let mut end = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    for c in rest.get(end..).unwrap_or_default().chars() {
        let inside = c.is_alphanumeric() && !is_unspaced(c) || is_mark(c);
        if !inside {
            break;
        }
        end += c.len_utf8();
    }
    end
}

/// A figure takes in letters ("20th"), and points and commas between digits.
fn figure_end(rest: &str) -> usize {
    let mut end = 0;
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        let point = matches!(c, '.' | ',') && chars.peek().is_some_and(|n| n.is_numeric());
        let inside = c.is_alphanumeric() && !is_unspaced(c);
        if !(point || inside) {
            break;
        }
        end += c.len_utf8();
    }
    end
}

fn is_mark(c: char) -> bool {
    matches!(c as u32, 0x0300..=0x036f | 0x0483..=0x0489 | 0x0591..=0x05c7 | 0x0610..=0x061a
        | 0x064b..=0x065f | 0x0900..=0x0dff | 0x1ab0..=0x1aff | 0x20d0..=0x20ff)
}

/// Scripts written without spaces between words (Thai, Lao, Tibetan, Myanmar, Khmer, kana, Han) and
/// Hangul, whose words carry their particles.
fn is_unspaced(c: char) -> bool {
    matches!(c as u32,
        0x0e00..=0x0eff | 0x0f00..=0x0fff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// The term that a word stands for, appended to `out`: folded, without accents, figures without
/// their commas, English plurals without their s (a fold so crude that it is safe elsewhere: both
/// sides of a comparison go through it), Greek and Cyrillic words without what is behind their
/// stem.
pub(crate) fn normalise(word: Word<'_>, out: &mut String) {
    if word.text.is_ascii() {
        let start = out.len();
        out.push_str(word.text);
        if let Some(new) = out.get_mut(start..) {
            new.make_ascii_lowercase();
        }
        if word.kind == Kind::Figure {
            out.retain(|c| c != ',');
        }
    } else {
        out.push_str(&without_accents(&fold(word.text)));
    }
    if word.kind == Kind::Figure {
        return;
    }
    if out.len() > 3 && out.ends_with('s') && !out.ends_with("ss") {
        out.pop();
    } else if out.chars().next().is_some_and(is_inflected) {
        let end = out.char_indices().nth(STEM).map_or(out.len(), |(at, _)| at);
        out.truncate(end);
    }
}

/// Letters of a word in a script of languages that inflect names and all: the rest is ending.
const STEM: usize = 5;

/// Greek and Cyrillic.
fn is_inflected(c: char) -> bool {
    matches!(c as u32, 0x0370..=0x052f)
}

/// A folded word without accents: languages spell the same name with and without them. Linear in
/// the word.
pub(crate) fn without_accents(folded: &str) -> String {
    let is_accent = |c: &char| matches!(*c as u32, 0x0300..=0x036f);
    let mut out = String::with_capacity(folded.len());
    for c in folded.nfd().filter(|c| !is_accent(c)).nfc() {
        match c {
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'ı' => out.push('i'),
            'þ' => out.push_str("th"),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn terms(text: &str) -> Vec<String> {
        words(text)
            .map(|w| {
                let mut out = String::new();
                normalise(w, &mut out);
                out
            })
            .collect()
    }

    #[test]
    fn words_figures_and_pairs_are_found() {
        assert_eq!(terms("The UN's 1,200 tents."), ["the", "un", "s", "1200", "tent"]);
        assert_eq!(terms("3.5% in 2024"), ["3.5", "in", "2024"]);
        assert_eq!(terms("東京は雨"), ["東京", "京は", "は雨"]);
        assert_eq!(terms("新闻 NATO峰会"), ["新闻", "nato", "峰会"]);
        assert_eq!(terms("Зеленского Зеленский Αθήνας"), ["зелен", "зелен", "αθηνα"]);
        assert_eq!(terms("서울시는 Années"), ["서울", "울시", "시는", "annee"]);
    }

    #[test]
    fn a_name_is_the_same_with_and_without_accents() {
        let words = ["féraud", "łódź", "sørensen", "サッカーが", "हिन्दी", "한국"];
        let plain = words.map(without_accents);
        assert_eq!(plain, ["feraud", "lodz", "sorensen", "サッカーが", "हिन्दी", "한국"]);
    }

    #[test]
    fn a_capital_at_the_start_of_a_sentence_is_known_for_one() {
        let opens: Vec<bool> = words("Rain fell. Then Oslo dried").map(|w| w.opens).collect();
        assert_eq!(opens, [true, false, true, false, false]);
    }

    proptest! {
        #[test]
        fn any_text_ends(text in "\\PC{0,60}") {
            prop_assert!(words(&text).count() <= text.chars().count());
        }
    }
}

//! A short text as numbers, words and marks.

use crate::fields::text_of::CHANGED;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// Digits of any script.
    Number {
        /// The value.
        value: u32,
        /// How many digits.
        digits: u8,
    },
    /// Letters; lower case is the reader's business.
    Word(&'a str),
    /// Anything else, white space as one space.
    Mark(char),
}

/// Most tokens taken from one text.
const MAX_TOKENS: usize = 120;

/// Cuts `text`; signs for year, month, day and hour after a number are marks of their own.
pub(crate) fn tokenise(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if tokens.len() >= MAX_TOKENS {
            break;
        }
        let (token, length) = next(rest, c, tokens.last());
        rest = rest.get(length..).unwrap_or_default();
        if !(token == Token::Mark(' ') && tokens.last() == Some(&token)) {
            tokens.push(token);
        }
    }
    tokens
}

fn next<'a>(rest: &'a str, c: char, last: Option<&Token<'_>>) -> (Token<'a>, usize) {
    if digit(c).is_some() {
        return number(rest);
    }
    if c != CHANGED
        && (c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{200b}'))
    {
        return (Token::Mark(' '), c.len_utf8());
    }
    let after_number = matches!(last, Some(Token::Number { .. }));
    if is_sign(c) && (after_number || last == Some(&Token::Mark(' '))) || !is_letter(c) {
        return (Token::Mark(c), c.len_utf8());
    }
    let end = rest
        .char_indices()
        .find(|(_, c)| !(is_letter(*c) || *c == '.' && has_stops(rest)))
        .map_or(rest.len(), |(at, _)| at);
    let word = rest.get(..end).unwrap_or_default();
    (Token::Word(word.trim_end_matches('.')), end)
}

fn number(rest: &str) -> (Token<'_>, usize) {
    let (mut value, mut digits, mut length) = (0_u32, 0_u8, 0);
    for c in rest.chars() {
        let Some(d) = digit(c) else { break };
        value = value.saturating_mul(10).saturating_add(d);
        digits = digits.saturating_add(1);
        length += c.len_utf8();
    }
    (Token::Number { value, digits }, length)
}

/// The signs of Chinese, Japanese and Korean dates.
fn is_sign(c: char) -> bool {
    matches!(
        c,
        '年' | '月' | '日' | '号' | '時' | '时' | '点' | '分' | '년' | '월' | '일' | '시' | '분'
    )
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || (!c.is_ascii() && !c.is_numeric() && !c.is_whitespace() && is_mark(c))
}

/// Combining marks and joiners inside words of Indic and Semitic scripts.
fn is_mark(c: char) -> bool {
    matches!(c as u32, 0x300..=0x36f | 0x591..=0x5c7 | 0x610..=0x61a | 0x64b..=0x65f
        | 0x900..=0xdff | 0xe31..=0xe4e | 0xeb1..=0xecd | 0x1000..=0x109f | 0x17b4..=0x17d3 | 0x200c..=0x200d)
}

/// Thai and Lao abbreviate months with full stops inside (`พ.ค.`).
fn has_stops(text: &str) -> bool {
    text.starts_with(|c: char| matches!(c as u32, 0xe00..=0xeff))
}

/// The value of a decimal digit of any script in use.
pub(crate) fn digit(c: char) -> Option<u32> {
    let zero = match c as u32 {
        0x30..=0x39 => 0x30,
        0x660..=0x669 => 0x660,
        0x6f0..=0x6f9 => 0x6f0,
        0x966..=0x96f => 0x966,
        0x9e6..=0x9ef => 0x9e6,
        0xae6..=0xaef => 0xae6,
        0xbe6..=0xbef => 0xbe6,
        0xe50..=0xe59 => 0xe50,
        0xed0..=0xed9 => 0xed0,
        0x1040..=0x1049 => 0x1040,
        0x17e0..=0x17e9 => 0x17e0,
        0xff10..=0xff19 => 0xff10,
        _ => return None,
    };
    Some(c as u32 - zero)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_words_and_marks_are_told_apart() {
        let number = |value, digits| Token::Number { value, digits };
        let want = [number(2, 2), Token::Mark('.'), Token::Mark(' '), Token::Word("Mai")];
        assert_eq!(tokenise("02.  Mai"), want);
        assert_eq!(tokenise("५月"), [number(5, 1), Token::Mark('月')]);
        assert_eq!(tokenise("พ.ค. 2567")[0], Token::Word("พ.ค"));
    }
}

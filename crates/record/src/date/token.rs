//! A date's text in pieces.

use super::names::{self, Word};

/// A piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it starts and ends, in bytes.
    pub start: usize,
    pub end: usize,
    /// Does white space stand before it?
    pub spaced: bool,
}

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Digits, of any script.
    Number {
        /// Their value.
        value: u64,
        /// How many they are.
        digits: usize,
    },
    /// Letters.
    Word(Word),
    /// Any other character.
    Mark(char),
}

/// Most pieces, and most bytes, of a text that is looked at.
const MOST_TOKENS: usize = 400;
const MOST_BYTES: usize = 4096;

/// Characters that are a word of their own behind or between numbers.
const NUMBER_MARKS: &str = "年月日时時分秒点點년월일시분초";

/// Cuts `text` into tokens. Linear; long texts are looked at from their start only.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(16);
    let mut characters = text.char_indices().peekable();
    let mut spaced = false;
    while let Some((start, c)) = characters.next() {
        if tokens.len() >= MOST_TOKENS || start >= MOST_BYTES {
            break;
        }
        if is_blank(c) {
            spaced = true;
            continue;
        }
        let mut end = start + c.len_utf8();
        let kind = if let Some(first) = digit(c) {
            let (mut value, mut digits) = (first, 1);
            while let Some((at, next)) = characters.next_if(|(_, c)| digit(*c).is_some()) {
                value = value.saturating_mul(10).saturating_add(digit(next).unwrap_or(0));
                digits += 1;
                end = at + next.len_utf8();
            }
            Kind::Number { value, digits }
        } else if c.is_alphabetic() {
            let marks = is_mark(c) && follows_number(&tokens);
            while !marks && let Some((at, next)) = characters.next_if(|(_, c)| is_word_part(*c)) {
                end = at + next.len_utf8();
            }
            Kind::Word(word_at(text, start, end, spaced))
        } else {
            Kind::Mark(c)
        };
        tokens.push(Token { kind, start, end, spaced });
        spaced = false;
    }
    join_meridiems(text, &tokens)
}

fn is_blank(c: char) -> bool {
    // Directional marks stand in dates of right-to-left pages.
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{202a}'..='\u{202e}')
}

fn is_mark(c: char) -> bool {
    NUMBER_MARKS.contains(c)
}

fn follows_number(tokens: &[Token]) -> bool {
    matches!(tokens.last(), Some(Token { kind: Kind::Number { .. }, .. }))
}

fn is_word_part(c: char) -> bool {
    (c.is_alphabetic() && digit(c).is_none())
        || unicode_normalization::char::is_combining_mark(c)
        || c == '’'
}

fn word_at(text: &str, start: usize, end: usize, spaced: bool) -> Word {
    let word = text.get(start..end).unwrap_or_default();
    match names::word(word) {
        // `T` glued to what stands before parts day from time; alone it is a letter.
        Word::T if spaced => Word::Unknown,
        known => known,
    }
}

/// The value of a decimal digit of the scripts in use.
fn digit(c: char) -> Option<u64> {
    if c.is_ascii() {
        return c.to_digit(10).map(u64::from);
    }
    // Arabic, Persian, Devanagari, Bengali, Thai, full width: Unicode, general category Nd.
    const ZEROS: &[u32] = &[0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10];
    let code = c as u32;
    ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code)).map(|z| u64::from(code - z))
}

/// `a.m.` and `p. m.` to one word.
fn join_meridiems(text: &str, tokens: &[Token]) -> Vec<Token> {
    let letter = |token: &Token, letters: &[&str]| {
        text.get(token.start..token.end).is_some_and(|word| letters.contains(&word))
    };
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut rest = tokens;
    while let Some((first, after)) = rest.split_first() {
        let mut token = *first;
        let mut more = 0;
        if let [dot, second, ..] = after
            && letter(first, &["a", "p", "A", "P", "π", "μ", "Π", "Μ"])
            && dot.kind == Kind::Mark('.')
            && letter(second, &["m", "M", "μ", "Μ"])
        {
            let afternoon = letter(first, &["p", "P", "μ", "Μ"]);
            token.kind = Kind::Word(Word::Meridiem { afternoon, korean: false });
            token.end = second.end;
            more = 2;
            if let Some(last) = after.get(2).filter(|t| t.kind == Kind::Mark('.')) {
                token.end = last.end;
                more = 3;
            }
        }
        joined.push(token);
        rest = after.get(more..).unwrap_or_default();
    }
    joined
}

//! A place in the tokens of a text, moved on past what stands between the parts of a date.

use super::months;
use super::tokens::Token;

/// Tokens and the place of the next.
pub(super) struct Scan<'t, 'a> {
    pub(super) tokens: &'t [Token<'a>],
    pub(super) at: usize,
}

impl<'t, 'a> Scan<'t, 'a> {
    pub(super) fn next(&mut self) -> Option<&'t Token<'a>> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    pub(super) fn skip_marks(&mut self, marks: &[char]) {
        let mut left = 3;
        while let Some(Token::Mark(mark)) = self.tokens.get(self.at)
            && marks.contains(mark)
            && left > 0
        {
            self.at += 1;
            left -= 1;
        }
    }

    pub(super) fn skip_filler(&mut self) {
        for _ in 0..2 {
            match self.tokens.get(self.at) {
                Some(Token::Word(word)) if months::is_filler(word) => self.at += 1,
                _ => return,
            }
            self.skip_marks(&[' ', '.', ',', '\'', '’']);
        }
    }

    /// `10:15:00 CEST` between the day and the year, as programs print dates.
    pub(super) fn skip_clock(&mut self) {
        let rest = self.tokens.get(self.at..).unwrap_or_default();
        let [Token::Number { digits: 2, .. }, Token::Mark(':'), ..] = rest else { return };
        let clock = |t: &&Token<'_>| {
            matches!(t, Token::Number { digits: 2, .. } | Token::Mark(':' | ' ' | '+'))
                || matches!(t, Token::Word(zone) if zone.len() <= 5)
        };
        let length = rest.iter().take(10).take_while(clock).count();
        if matches!(rest.get(length), Some(Token::Number { digits: 4, .. })) {
            self.at += length;
        }
    }

    /// The one mark between two numbers of a date.
    pub(super) fn separator(&mut self) -> Option<char> {
        self.skip_marks(&[' ']);
        let mark = match self.next()? {
            Token::Mark(mark @ ('.' | '/' | '-' | '|' | '·' | '–' | '\u{2011}')) => *mark,
            _ => return None,
        };
        self.skip_marks(&[' ']);
        Some(mark)
    }

    /// Four digits, or two after an apostrophe's place.
    pub(super) fn year(&mut self) -> Option<i64> {
        match self.next()? {
            Token::Number { value, digits: 4, .. } => Some(i64::from(*value)),
            Token::Number { value, digits: 2, .. } if *value <= 50 => {
                let clock = matches!(self.tokens.get(self.at), Some(Token::Mark(':')));
                let whole = |t: &&Token<'_>| matches!(t, Token::Number { digits: 4, .. });
                // `20, 2019`: the number is the day of the month before it.
                let day = self.tokens.iter().skip(self.at).take(3).any(|t| whole(&t));
                (!clock && !day).then_some(2000 + i64::from(*value))
            }
            _ => None,
        }
    }
}

//! What one line looks like: counted in one pass over its characters.

/// Counts and looks of one line; `tokens` are in the page's own table.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Shape {
    /// Characters.
    pub(crate) chars: u32,
    /// Words: runs of letters and digits, and single characters of unspaced scripts.
    pub(crate) words: u32,
    /// Those of them that are single characters of unspaced scripts.
    pub(crate) unspaced: u32,
    /// Letters, and the capitals among them.
    pub(crate) letters: u32,
    /// Capital letters.
    pub(crate) capitals: u32,
    /// Digits.
    pub(crate) digits: u32,
    /// Words that begin with a capital.
    pub(crate) capitalised: u32,
    /// Words of at most three letters in lower case: mostly function words.
    pub(crate) short_words: u32,
    /// Words that begin with a digit.
    pub(crate) numbers: u32,
    /// Those of them that are years of the web's age.
    pub(crate) years: u32,
    /// Clock times: a colon between two digits.
    pub(crate) clocks: u32,
    /// Marks that end a sentence, before a space or the end.
    pub(crate) sentence_ends: u32,
    /// Commas, colons and semicolons of any script.
    pub(crate) commas: u32,
    /// Quotation marks.
    pub(crate) quotes: u32,
    /// Bars, bullets, arrows and the like, which separate links.
    pub(crate) separators: u32,
    /// `@`, `#`, `©`, `/` and the like.
    pub(crate) symbols: u32,
    /// The first visible character's class.
    pub(crate) first: Class,
    /// The last visible character's class.
    pub(crate) last: Class,
    /// Small letters before a capital inside a word: two texts without a space between.
    pub(crate) glued: u32,
    /// A hash of the words in order: equal for lines that differ in case and marks only.
    pub(crate) hash: u64,
}

/// A character's class, as far as the ends of a line tell something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Class {
    /// Nothing seen.
    #[default]
    None,
    /// A capital letter.
    Upper,
    /// Any other letter.
    Lower,
    /// A digit.
    Digit,
    /// A full stop, question or exclamation mark.
    Stop,
    /// A quotation mark.
    Quote,
    /// A colon.
    Colon,
    /// A comma or semicolon.
    Comma,
    /// Three dots.
    Ellipsis,
    /// A bracket.
    Bracket,
    /// A bullet, bar or arrow.
    Separator,
    /// Anything else.
    Other,
}

/// Is `c` of a script written without spaces between words?
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c as u32,
        0x0e00..=0x0fff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

fn is_joining(c: char) -> bool {
    matches!(c as u32, 0x0300..=0x036f | 0x0591..=0x05c7 | 0x064b..=0x0670 | 0x0900..=0x0dff
        | 0x200c | 0x200d | 0x20d0..=0x20ff | 0xfe20..=0xfe2f)
}

/// The classes of the ASCII characters: nearly all text is made of them.
const ASCII: [Class; 128] = {
    let mut table = [Class::Other; 128];
    let mut byte = 0;
    while byte < 128 {
        #[expect(clippy::indexing_slicing, reason = "at compile time, within the length")]
        {
            table[byte] = ascii_class(byte as u8);
        }
        byte += 1;
    }
    table
};

const fn ascii_class(byte: u8) -> Class {
    match byte {
        b'A'..=b'Z' => Class::Upper,
        b'a'..=b'z' => Class::Lower,
        b'0'..=b'9' => Class::Digit,
        b'.' | b'!' | b'?' => Class::Stop,
        b'"' | b'\'' => Class::Quote,
        b':' => Class::Colon,
        b',' | b';' => Class::Comma,
        b'(' | b')' | b'[' | b']' | b'{' | b'}' => Class::Bracket,
        b'|' | b'<' | b'>' | b'+' => Class::Separator,
        _ => Class::Other,
    }
}

fn class_of(c: char) -> Class {
    if let Some(class) = ASCII.get(c as usize) {
        return *class;
    }
    match c {
        '。' | '！' | '？' | '।' | '؟' | '۔' | '｡' | '။' | '።' => Class::Stop,
        '“' | '”' | '„' | '‘' | '’' | '«' | '»' | '‹' | '「' | '」' | '『' | '』' => {
            Class::Quote
        }
        '：' => Class::Colon,
        '，' | '、' | '；' | '،' | '؛' => Class::Comma,
        '…' => Class::Ellipsis,
        '（' | '）' | '【' | '】' => Class::Bracket,
        '·' | '•' | '›' | '→' | '←' | '▶' | '►' | '■' | '●' | '▸' | '★' | '✓' | '✕' | '×'
        | '｜' | '・' | '▼' | '▲' | '◀' => Class::Separator,
        c if c.is_uppercase() => Class::Upper,
        c if c.is_numeric() => Class::Digit,
        c if c.is_alphabetic() || is_joining(c) => Class::Lower,
        _ => Class::Other,
    }
}

/// The running hash of one word: FNV-1a over lower-cased characters, closed by a mix.
#[derive(Clone, Copy)]
struct Word {
    hash: u32,
    letters: u32,
    capital: bool,
    digit: bool,
    glued: u32,
    last: Class,
    value: u32,
}

/// Digits of a year.
const YEAR: usize = 4;

/// Letters that make a word long: such words tell what a text is about.
const LONG: u32 = 5;

/// Does this hash stand for a long word?
pub(crate) const fn is_long(word: u32) -> bool {
    word & 1 == 1
}

const OFFSET: u32 = 0x811c_9dc5;

impl Word {
    /// As [`push`](Self::push) for each of these ASCII letters, of which there are some: nearly
    /// all of a text is runs of them.
    fn push_lower(&mut self, letters: &str) {
        self.letters += letters.len() as u32;
        self.last = Class::Lower;
        for _ in 0..letters.len().min(YEAR) {
            self.value = self.value.saturating_mul(10).saturating_add(10);
        }
        for byte in letters.bytes() {
            self.hash = (self.hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }

    const START: Self = Self {
        hash: OFFSET,
        letters: 0,
        capital: false,
        digit: false,
        glued: 0,
        last: Class::None,
        value: 0,
    };

    fn push(&mut self, c: char, class: Class) {
        if self.letters == 0 {
            self.capital = class == Class::Upper;
            self.digit = class == Class::Digit;
        }
        self.letters += 1;
        self.glued += u32::from(class == Class::Upper && self.last == Class::Lower);
        self.last = class;
        self.value = self.value.saturating_mul(10).saturating_add(c.to_digit(10).unwrap_or(10));
        let folded = if c.is_ascii() {
            c.to_ascii_lowercase()
        } else if class == Class::Upper {
            c.to_lowercase().next().unwrap_or(c)
        } else {
            c
        };
        self.hash = (self.hash ^ folded as u32).wrapping_mul(0x0100_0193);
    }
}

impl Shape {
    /// Counts a run of small ASCII letters.
    fn push_lower(&mut self, letters: u32) {
        self.chars += letters;
        self.letters += letters;
        if self.first == Class::None {
            self.first = Class::Lower;
        }
        self.last = Class::Lower;
    }
}

/// Counts one line and appends its word hashes to `tokens`. Linear in the line.
pub(crate) fn scan(line: &str, tokens: &mut Vec<u32>) -> Shape {
    let mut shape = Shape { hash: 0xcbf2_9ce4_8422_2325, ..Shape::default() };
    let mut word = Word::START;
    let mut before = Class::None;
    let mut last_two = [Class::None; 2];
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if c.is_ascii_lowercase() {
            let run = rest.bytes().take_while(u8::is_ascii_lowercase).count();
            let (letters, after) = rest.split_at_checked(run).unwrap_or_default();
            word.push_lower(letters);
            shape.push_lower(run as u32);
            before = Class::Lower;
            last_two = [last_two[1], Class::Lower];
            rest = after;
            continue;
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        shape.chars += 1;
        let class = class_of(c);
        shape.clocks +=
            u32::from(last_two == [Class::Digit, Class::Colon] && class == Class::Digit);
        last_two = [last_two[1], class];
        let inside = matches!(class, Class::Upper | Class::Lower | Class::Digit);
        if c == ' ' || !inside {
            close(&mut word, &mut shape, tokens);
        }
        if c == ' ' {
            shape.sentence_ends += u32::from(ends_sentence(before));
            before = class;
            continue;
        }
        if shape.first == Class::None {
            shape.first = class;
        }
        if inside {
            word.push(c, class);
            if is_unspaced(c) {
                shape.unspaced += 1;
                close(&mut word, &mut shape, tokens);
            }
        }
        count(c, class, &mut shape);
        if !c.is_ascii() && class == Class::Stop {
            before = Class::None; // counted already: no space follows it
        } else if class != Class::Quote || !ends_sentence(before) {
            before = class;
        }
        shape.last = class;
    }
    close(&mut word, &mut shape, tokens);
    shape.sentence_ends += u32::from(ends_sentence(before));
    if line.ends_with("...") {
        shape.last = Class::Ellipsis;
    }
    shape
}

fn ends_sentence(class: Class) -> bool {
    matches!(class, Class::Stop | Class::Ellipsis)
}

fn count(c: char, class: Class, shape: &mut Shape) {
    match class {
        Class::Upper => {
            shape.letters += 1;
            shape.capitals += 1;
        }
        Class::Lower => shape.letters += 1,
        Class::Digit => shape.digits += 1,
        Class::Comma | Class::Colon => shape.commas += 1,
        Class::Quote => shape.quotes += 1,
        Class::Separator => shape.separators += 1,
        Class::Other => shape.symbols += u32::from(c != '-'),
        Class::Stop if !c.is_ascii() => shape.sentence_ends += 1,
        _ => {}
    }
}

fn close(word: &mut Word, shape: &mut Shape, tokens: &mut Vec<u32>) {
    if word.letters == 0 {
        return;
    }
    let hash = (word.hash ^ (word.hash >> 15)) & !1 | u32::from(word.letters >= LONG);
    shape.glued += word.glued;
    tokens.push(hash);
    shape.words += 1;
    shape.capitalised += u32::from(word.capital);
    shape.numbers += u32::from(word.digit);
    shape.years += u32::from(word.letters == YEAR as u32 && (1990..2100).contains(&word.value));
    shape.short_words += u32::from(!word.capital && !word.digit && word.letters <= 3);
    shape.hash = (shape.hash ^ u64::from(hash)).wrapping_mul(0x0000_0100_0000_01b3);
    *word = Word::START;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(line: &str) -> Shape {
        scan(line, &mut Vec::new())
    }

    #[test]
    fn words_of_every_script_are_counted() {
        assert_eq!(shape("It's 5 o'clock").words, 5);
        assert_eq!(shape("東京は雨").words, 4);
        assert_eq!(shape("नमस्ते दुनिया").words, 2);
    }

    #[test]
    fn case_and_marks_do_not_change_the_hash() {
        assert_eq!(shape("Rain — at last!").hash, shape("rain at LAST").hash);
        assert_ne!(shape("rain at last").hash, shape("at rain last").hash);
    }

    #[test]
    fn sentences_end_before_spaces() {
        let seen = shape("It cost 3.5 dollars. “It did.” He left");
        assert_eq!((seen.sentence_ends, seen.first, seen.last), (2, Class::Upper, Class::Lower));
        assert_eq!(shape("雨だ。晴れ。").sentence_ends, 2);
    }
}

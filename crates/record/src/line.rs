//! One line of text as the record format wants it.

use std::fmt;
use std::ops::Deref;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A non-empty line: NFC, white space folded to single spaces, none at the ends, no control
/// characters, no line break.
///
/// ```
/// use record::Line;
///
/// assert_eq!(&*Line::new("  two\u{a0} words\t").unwrap(), "two words");
/// assert!(Line::new(" \n ").is_none());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

impl Line {
    /// Normalises `raw`; `None` when nothing visible is left.
    ///
    /// Line breaks inside count as white space. Dropped are control characters, the byte
    /// order mark, soft hyphens, zero width spaces, and the bidirectional embeddings and
    /// overrides that can make text read otherwise than it is stored (Unicode TR 36, 3.1).
    #[must_use]
    pub fn new(raw: &str) -> Option<Self> {
        if is_plain(raw) {
            return (!raw.is_empty()).then(|| Self(raw.to_owned()));
        }
        let mut line = folded(raw);
        if is_nfc_quick(line.chars()) != IsNormalized::Yes {
            // Composition can neither make nor remove white space at the ends, but it can
            // turn U+2000 (canonically U+2002) into another space: fold once more.
            line = folded(&line.nfc().collect::<String>());
        }
        (!line.is_empty()).then_some(Self(line))
    }

    /// The line as a plain string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives the string away.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Most lines are as they should be: printable ASCII with single spaces inside.
fn is_plain(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let is_printable = bytes.iter().fold(true, |all, b| all & (0x20..0x7f).contains(b));
    is_printable
        && bytes.first() != Some(&b' ')
        && bytes.last() != Some(&b' ')
        && !bytes.windows(2).any(|two| two == b"  ")
}

fn folded(raw: &str) -> String {
    let mut line = String::with_capacity(raw.len());
    let mut gap = false;
    for c in raw.chars() {
        if c.is_whitespace() {
            gap = true;
        } else if !is_dropped(c) {
            if gap && !line.is_empty() {
                line.push(' ');
            }
            gap = false;
            line.push(c);
        }
    }
    line
}

fn is_dropped(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2060}'
            | '\u{2066}'..='\u{2069}' | '\u{fff9}'..='\u{fffb}')
        || (c as u32 & 0xfffe) == 0xfffe // noncharacters at the end of each plane
        || matches!(c, '\u{fdd0}'..='\u{fdef}')
}

impl Deref for Line {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Line {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_line_is_a_fixed_point(raw in "\\PC*|.*") {
            if let Some(line) = Line::new(&raw) {
                prop_assert_eq!(Line::new(&line), Some(line.clone()));
                prop_assert!(!line.contains('\n'));
                prop_assert_eq!(line.trim(), &*line);
            }
        }
    }

    #[test]
    fn decomposed_letters_are_composed() {
        assert_eq!(&*Line::new("Cafe\u{301}").unwrap(), "Caf\u{e9}");
        assert_eq!(&*Line::new("a\u{2000}b").unwrap(), "a b");
    }
}

//! How many attributes the tag has that the parser may be inside of.

use State::{AfterName, Before, Dead, Double, Equals, Name, Single, Tag, Unquoted};

/// States of the HTML standard's tokenizer inside a tag (13.2.5.8 and 13.2.5.32 to 39).
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Tag,
    Before,
    Name,
    AfterName,
    Equals,
    Double,
    Single,
    Unquoted,
    Dead,
}

const LIVE: [State; 8] = [Tag, Before, Name, AfterName, Equals, Double, Single, Unquoted];

/// Counts attributes without knowing where tags begin: every `<` with a letter after it may be
/// one, also inside what looks like a script, a comment or a quoted value. All these readings
/// are followed at once; for each state the one with the most attributes is kept, so the work
/// is a constant for each byte.
#[derive(Default)]
pub(crate) struct Attributes {
    /// The most attributes of a reading in this state, plus one; 0 for no such reading.
    counts: [usize; 8],
    most: usize,
    /// The piece before, read only when the next one brings no growth.
    before: Vec<u8>,
    open: bool,
}

impl Attributes {
    /// Takes the next piece of the page; `grown` says that the parser made something of it, so
    /// that a tag that is still open must have begun in this piece.
    pub(crate) fn read(&mut self, piece: &[u8], grown: bool) {
        if grown {
            self.counts = [0; 8];
            self.most = 0;
            self.open = false;
            piece.clone_into(&mut self.before);
            return;
        }
        if !self.open {
            self.open = true;
            let before = std::mem::take(&mut self.before);
            self.follow(&before);
        }
        self.follow(piece);
    }

    /// The most attributes that an open tag can have.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    fn follow(&mut self, piece: &[u8]) {
        let mut after_bracket = false;
        for &byte in piece {
            let mut next = [0; 8];
            for (state, &count) in LIVE.iter().zip(&self.counts) {
                if count > 0 {
                    let (to, more) = step(*state, byte);
                    if let Some(slot) = next.get_mut(to as usize) {
                        *slot = count.max(*slot).max(count + usize::from(more));
                    }
                }
            }
            if after_bracket && byte.is_ascii_alphabetic() {
                let [tag, ..] = &mut next;
                *tag = 1.max(*tag);
            }
            after_bracket = byte == b'<';
            self.counts = next;
            self.most = next.into_iter().fold(self.most, usize::max);
        }
    }
}

/// The next state, and whether an attribute begins.
fn step(state: State, byte: u8) -> (State, bool) {
    let space = byte.is_ascii_whitespace();
    match (state, byte) {
        (Double, _) => (if byte == b'"' { Before } else { Double }, false),
        (Single, _) => (if byte == b'\'' { Before } else { Single }, false),
        (_, b'>') => (Dead, false),
        (Tag | Before | Name | AfterName, b'/') => (Before, false),
        (Tag | Before | Unquoted, _) if space => (Before, false),
        (Tag | Unquoted, _) => (state, false),
        (Name | AfterName, b'=') => (Equals, false),
        (Name | AfterName, _) if space => (AfterName, false),
        (Name, _) => (Name, false),
        (Before | AfterName, _) => (Name, true),
        (Equals, b'"') => (Double, false),
        (Equals, b'\'') => (Single, false),
        (Equals, _) if space => (Equals, false),
        (Equals | Dead, _) => (Unquoted, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn most(text: &str) -> usize {
        let mut attributes = Attributes::default();
        attributes.read(text.as_bytes(), false);
        attributes.most() - 1
    }

    #[test]
    fn attributes_are_counted_as_the_standard_does() {
        assert_eq!(most("<a b c=d e='f g' h=\"<i j k l\" m/n"), 6);
        assert_eq!(most("<a href=x y>text words more <b c d e"), 3);
    }
}

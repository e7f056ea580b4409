//! Names that never change.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::{PageUrl, Record, fold_into};

/// A record's name: 64 bits, written as 16 hex digits, given once and never computed anew.
///
/// It is the first 8 bytes of SHA-256 of the URL's [identity](PageUrl::identity), or, where
/// there is no URL, of the folded title and body as first stored. Who gives ids looks every
/// known alias up first and takes the next free id on a clash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u64);

impl RecordId {
    /// The id that an article at `url` gets when nobody has it yet.
    #[must_use]
    pub fn of_url(url: &PageUrl) -> Self {
        Self::first_bytes(&Sha256::digest(url.identity().as_bytes()))
    }

    /// The id that a text without a URL gets when nobody has it yet.
    #[must_use]
    pub fn of_text(record: &Record) -> Self {
        let mut folded = String::new();
        fold_into(&record.title, &mut folded);
        let mut hasher = Sha256::new();
        for paragraph in &record.body {
            folded.push('\n');
            hasher.update(&folded);
            folded.clear();
            fold_into(paragraph, &mut folded);
        }
        hasher.update(&folded);
        Self::first_bytes(&hasher.finalize())
    }

    /// The id of `record` by its URL, else by its text.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        record.url.as_ref().map_or_else(|| Self::of_text(record), Self::of_url)
    }

    /// The next id to try when another URL has this one already.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }

    fn first_bytes(digest: &[u8]) -> Self {
        let mut first = [0; 8];
        first.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
        Self(u64::from_be_bytes(first))
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for RecordId {
    type Err = ParseIdError;

    /// Reads 16 hex digits.
    fn from_str(s: &str) -> Result<Self, ParseIdError> {
        let digits = s.len() == 16 && s.bytes().all(|b| b.is_ascii_hexdigit());
        if !digits {
            return Err(ParseIdError);
        }
        u64::from_str_radix(s, 16).map(Self).map_err(|_| ParseIdError)
    }
}

/// The text is not 16 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: an id is 16 hex digits")]
pub struct ParseIdError;

/// A story's name: the id of its first record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoryId(pub u64);

impl fmt::Display for StoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for StoryId {
    type Err = ParseIdError;

    /// Reads 16 hex digits.
    fn from_str(s: &str) -> Result<Self, ParseIdError> {
        s.parse::<RecordId>().map(|id| Self(id.0))
    }
}

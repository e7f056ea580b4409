//! The fingerprint of a text.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::{Record, fold_into};

/// The first 16 bytes of SHA-256 over the folded title, a LF, and the folded paragraphs.
///
/// Not a hash that can be steered: two texts with equal hashes are the same text. Paragraph
/// breaks do not count, so that a copy with other paragraphing is still the same text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash([u8; 16]);

impl ContentHash {
    /// The hash of a record's title and body. Linear in the text.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        let mut folded = String::with_capacity(record.title.len() + 1);
        fold_into(&record.title, &mut folded);
        folded.push('\n');
        let mut hasher = Sha256::new();
        for paragraph in &record.body {
            hasher.update(&folded);
            folded.clear();
            fold_into(paragraph, &mut folded);
            if !folded.is_empty() {
                folded.push(' ');
            }
        }
        hasher.update(&folded);
        Self::truncated(&hasher.finalize())
    }

    /// The hash of bytes as they are: the alias of an input that has no URL.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self::truncated(&Sha256::digest(bytes))
    }

    /// The hash that these bytes are, as the database keeps it.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    fn truncated(digest: &[u8]) -> Self {
        let mut first = [0; 16];
        first.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
        Self(first)
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

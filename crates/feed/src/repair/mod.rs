//! A document of any kind and damage to one well-formed form.
//!
//! feed-rs loses a whole feed to one bad byte, and panics on some. So what it gets is never
//! the document as it was served: one forgiving pass over the text takes out what a
//! [`record::Feed`] needs and writes it anew, as RSS 2.0. The pass knows the grammar of
//! feeds, not of XML: an entry ends where the next one starts, a field ends where its end
//! tag is or, if that is missing, at the next field.

mod draft;
mod emit;
mod extent;
mod facts;
mod names;

mod text;
mod walk;

pub(crate) use emit::{HEAD, TAIL};
pub(crate) use facts::Facts;
pub(crate) use walk::usable_base;

use crate::problem::Problems;

/// Most entries taken from one document.
pub(crate) const MOST_ENTRIES: usize = 20_000;

/// Most entries taken from a document of so many bytes. No real entry is shorter than 64
/// bytes, and one in memory is many times as large: without this, empty entries would be the
/// cheapest way to make the program eat memory.
pub(crate) fn most_entries(bytes: usize) -> usize {
    (1000 + bytes / 64).min(MOST_ENTRIES)
}

/// A document in the one form.
#[derive(Debug, Default)]
pub(crate) struct Repaired {
    /// The entries, one after the other; where each ends.
    pub entries: String,
    pub ends: Vec<usize>,
    /// The feed's own fields.
    pub fields: String,
    /// What feed-rs does not read.
    pub facts: Facts,
}

impl Repaired {
    /// The whole as one document.
    #[cfg(test)]
    pub(crate) fn document(&self) -> String {
        [HEAD, &self.fields, &self.entries, TAIL].concat()
    }
}

/// Repairs `text`, whose links are relative to `base`. Linear in the text.
pub(crate) fn repair(text: &str, base: Option<&str>, problems: &mut Problems) -> Repaired {
    let scrubbed = text::scrubbed(text, problems);
    walk::walk(&scrubbed, base, problems)
}

#[cfg(test)]
mod tests;

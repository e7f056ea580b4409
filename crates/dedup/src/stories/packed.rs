//! A remembered text's terms and weights, in as few bits as do.
//!
//! Numbers of terms rise by steps that are about as large as there are terms by record, and
//! weights are not far from each other: so each entry is the step, what its weight is above the
//! least and whether it is a head, in as many bits as the largest needs.

use super::lexicon::TermId;
use super::query::Query;

/// One term of a remembered text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: TermId,
    pub(crate) weight: u8,
    /// Whether the text lets its story be found by it.
    pub(crate) is_head: bool,
}

/// A packed row of entries, by number; it may stand before other bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Packed<'a>(&'a [u8]);

/// Bytes before the entries: how many there are (two), the least weight, the widths.
const HEADER: usize = 4;

/// Widths of a weight: 0 to 8 bits.
const WIDTHS: u32 = 9;

/// Appends a row of entries, which come by number.
pub(crate) fn pack(entries: &[Entry], into: &mut Vec<u8>) {
    let least = entries.iter().map(|entry| entry.weight).min().unwrap_or(0);
    let above = entries.iter().map(|entry| entry.weight - least).max().unwrap_or(0);
    let weight_width = u8::BITS - above.leading_zeros();
    let step_width = u32::BITS - steps(entries).max().unwrap_or(0).leading_zeros();
    into.extend((entries.len() as u16).to_le_bytes());
    into.extend([least, (step_width * WIDTHS + weight_width) as u8]);
    let (mut bits, mut held) = (0_u64, 0);
    for (step, entry) in steps(entries).zip(entries) {
        let above = u64::from(entry.weight - least);
        let packed = (u64::from(step) << weight_width | above) << 1 | u64::from(entry.is_head);
        bits |= packed << held;
        held += step_width + weight_width + 1;
        while held >= 8 {
            into.push(bits as u8);
            bits >>= 8;
            held -= 8;
        }
    }
    if held > 0 {
        into.push(bits as u8);
    }
}

/// From each number to the next; the first from 0.
fn steps(entries: &[Entry]) -> impl Iterator<Item = u32> {
    let before = std::iter::once(0).chain(entries.iter().map(|entry| entry.id));
    entries.iter().zip(before).map(|(entry, before)| entry.id - before)
}

impl<'a> Packed<'a> {
    /// The row at the beginning of these bytes.
    pub(crate) fn at(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn header(self) -> (usize, u8, u32, u32) {
        let Some((&[low, high, least, widths], _)) = self.0.split_first_chunk::<HEADER>() else {
            return (0, 0, 0, 0);
        };
        let widths = u32::from(widths);
        (u16::from_le_bytes([low, high]).into(), least, widths / WIDTHS, widths % WIDTHS)
    }

    /// How many entries it has.
    pub(crate) fn len(self) -> usize {
        self.header().0
    }

    /// Bytes that it takes.
    pub(crate) fn size(self) -> usize {
        let (len, _, step, weight) = self.header();
        HEADER + (len * (step + weight + 1) as usize).div_ceil(8)
    }

    /// Its entries, by number.
    pub(crate) fn entries(self) -> Entries<'a> {
        let (left, least, step_width, weight_width) = self.header();
        let bytes = self.0.get(HEADER..).unwrap_or_default();
        Entries { bytes, bit: 0, left, id: 0, least, step_width, weight_width }
    }

    /// The terms by which its story is found.
    pub(crate) fn heads(self) -> impl Iterator<Item = TermId> + 'a {
        self.entries().filter(|entry| entry.is_head).map(|entry| entry.id)
    }

    /// The weight of a term, 0 for one that it does not have.
    pub(crate) fn weight(self, id: TermId) -> u32 {
        let found = self.entries().take_while(|entry| entry.id <= id).last();
        found.filter(|entry| entry.id == id).map_or(0, |entry| entry.weight.into())
    }

    /// Its terms and weights to compare others with.
    pub(crate) fn query(self) -> Query {
        Query::new(self.entries().map(|entry| (entry.id, entry.weight.into())).collect())
    }

    /// The square of its length.
    pub(crate) fn square(self) -> u64 {
        self.entries().map(|entry| u64::from(entry.weight).pow(2)).sum()
    }

    /// Its length.
    pub(crate) fn length(self) -> f64 {
        (self.square() as f64).sqrt()
    }
}

/// The entries of a packed row.
#[derive(Debug, Clone)]
pub(crate) struct Entries<'a> {
    bytes: &'a [u8],
    bit: usize,
    left: usize,
    id: TermId,
    least: u8,
    step_width: u32,
    weight_width: u32,
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        self.left = self.left.checked_sub(1)?;
        let bits = word(self.bytes, self.bit / 8) >> (self.bit % 8);
        self.bit += (self.step_width + self.weight_width + 1) as usize;
        let above = (bits >> 1) as u8 & ((1_u32 << self.weight_width) - 1) as u8;
        let step = (bits >> (1 + self.weight_width)) as u32 & ((1 << self.step_width) - 1);
        self.id += step;
        Some(Entry { id: self.id, weight: self.least + above, is_head: bits & 1 == 1 })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

/// The eight bytes from here on, zeros behind the end.
fn word(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    if let Some((&word, _)) = rest.split_first_chunk::<8>() {
        return u64::from_le_bytes(word);
    }
    rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_packed_is_read(
            rows in proptest::collection::vec(
                proptest::collection::btree_map(
                    prop_oneof![0..1_u32 << 24, 0..300_u32],
                    (any::<u8>(), any::<bool>()), 0..60),
                1..4),
        ) {
            let rows: Vec<Vec<Entry>> = rows
                .into_iter()
                .map(|row| {
                    let entry = |(id, (weight, is_head))| Entry { id, weight, is_head };
                    row.into_iter().map(entry).collect()
                })
                .collect();
            let mut bytes = Vec::new();
            let starts: Vec<usize> = rows
                .iter()
                .map(|row| {
                    pack(row, &mut bytes);
                    bytes.len()
                })
                .collect();
            let mut start = 0;
            for (row, end) in rows.iter().zip(starts) {
                let packed = Packed::at(&bytes[start..]);
                prop_assert_eq!(packed.entries().collect::<Vec<_>>(), row.clone());
                prop_assert_eq!((packed.len(), packed.size()), (row.len(), end - start));
                start = end;
            }
        }
    }
}

//! What the index knows of the records of a partition, by number, in 24 bytes each.

use record::RecordId;

use crate::ahead;
use crate::partition::{DAYS, Entry};
use crate::sketch::Extent;

/// Entries in a block: blocks are added, so that no long row has to be moved when it grows, and
/// none is left half empty.
const BLOCK: usize = 1024;

/// A row of entries.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    blocks: Vec<Vec<Packed>>,
}

/// An entry: its sequence number, its day in the partition and its extent share one number.
#[derive(Debug, Clone, Copy)]
struct Packed {
    id: u64,
    root: u64,
    rest: u64,
}

/// Bits of what shares a number, from the lowest on: the shingles of an extent (16), its values,
/// the day; above them the sequence.
const VALUES: (u32, u64) = (16, 0x7f);
const DAY: (u32, u64) = (23, 0x7f);
const SEQUENCE: u32 = 30;

const _: () = assert!(DAYS as u64 <= DAY.1);

impl Entries {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        let last = self.blocks.last().map_or(0, Vec::len);
        self.blocks.len().saturating_sub(1) * BLOCK + last
    }

    /// Memory that they take, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.blocks.len() * BLOCK * size_of::<Packed>()
    }

    /// Adds an entry. Its day is one of the partition that begins with `first_day`; its sequence
    /// number is below 2^34, and of more than 127 values 127 are kept in mind.
    pub(crate) fn push(&mut self, entry: &Entry, first_day: i32) {
        if self.blocks.last().is_none_or(|block| block.len() == BLOCK) {
            self.blocks.push(Vec::with_capacity(BLOCK));
        }
        let (values, shingles) = entry.extent.parts();
        let day = u64::from(entry.day.abs_diff(first_day)).min(DAY.1);
        let rest = entry.sequence << SEQUENCE
            | day << DAY.0
            | u64::from(values).min(VALUES.1) << VALUES.0
            | u64::from(shingles);
        if let Some(block) = self.blocks.last_mut() {
            block.push(Packed { id: entry.id.0, root: entry.root.0, rest });
        }
    }

    /// Has the processor fetch the entry with this number.
    pub(crate) fn fetch(&self, number: u32) {
        let number = number as usize;
        let block = self.blocks.get(number / BLOCK);
        if let Some(entry) = block.and_then(|block| block.get(number % BLOCK)) {
            ahead::fetch(entry);
        }
    }

    /// The entry with this number.
    pub(crate) fn get(&self, number: u32, first_day: i32) -> Option<Entry> {
        let number = number as usize;
        let Packed { id, root, rest } = *self.blocks.get(number / BLOCK)?.get(number % BLOCK)?;
        let values = rest >> VALUES.0 & VALUES.1;
        Some(Entry {
            id: RecordId(id),
            root: RecordId(root),
            sequence: rest >> SEQUENCE,
            day: first_day.saturating_add((rest >> DAY.0 & DAY.1) as i32),
            extent: Extent::of_parts(values as u16, rest as u16),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_put_in_comes_out(
            all in proptest::collection::vec(
                (any::<u64>(), any::<u64>(), 0..1_u64 << 34, 0..DAYS, 0..128_u16, any::<u16>()),
                0..3000,
            ),
            first_day in -30_000..30_000,
        ) {
            let mut entries = Entries::default();
            let all: Vec<Entry> = all
                .into_iter()
                .map(|(id, root, sequence, day, values, shingles)| Entry {
                    id: RecordId(id),
                    root: RecordId(root),
                    sequence,
                    day: first_day + day,
                    extent: Extent::of_parts(values, shingles),
                })
                .collect();
            for entry in &all {
                entries.push(entry, first_day);
            }
            prop_assert_eq!(entries.len(), all.len());
            for (number, entry) in (0..).zip(&all) {
                prop_assert_eq!(entries.get(number, first_day), Some(*entry));
            }
            prop_assert_eq!(entries.get(all.len() as u32, first_day), None);
        }
    }
}

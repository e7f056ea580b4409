//! The remembered records in the order of commits.

use std::collections::VecDeque;

use record::RecordId;

use super::memory::Slot;
use super::vector::Vector;

/// A remembered record by the order of coming. Numbers begin again after [`NUMBERS`] records;
/// far fewer are remembered.
pub(crate) type Number = u32;

/// How many numbers there are: one bit fewer than there is room for.
const NUMBERS: u32 = 1 << 31;

/// Rows in a block: blocks come and go, so that no long row has to be moved when it grows.
const BLOCK: usize = 256;

/// A remembered record.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: RecordId,
    pub(crate) sequence: u64,
    /// Seconds since 1970.
    pub(crate) time: i64,
    pub(crate) lang: u16,
    pub(crate) vector: Vector,
    /// The story that it is in.
    pub(crate) slot: Slot,
}

/// The records by number. They come in at the end and most leave at the front; the place of one
/// that leaves between stays empty until its whole block is.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    blocks: VecDeque<Block>,
    /// Number of the first place of the first block.
    first: Number,
    /// Empty places at the front of the first block.
    gone: usize,
    len: usize,
}

#[derive(Debug)]
struct Block {
    /// None at all once the block was filled and has been left by every record.
    places: Vec<Option<Row>>,
    filled: usize,
    here: usize,
}

impl Block {
    fn new() -> Self {
        Self { places: Vec::with_capacity(BLOCK), filled: 0, here: 0 }
    }

    fn is_left(&self) -> bool {
        self.filled == BLOCK && self.here == 0
    }
}

impl Rows {
    /// How many records there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, number: Number) -> Option<&Row> {
        let (block, at) = self.place(number);
        self.blocks.get(block)?.places.get(at)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, number: Number) -> Option<&mut Row> {
        let (block, at) = self.place(number);
        self.blocks.get_mut(block)?.places.get_mut(at)?.as_mut()
    }

    /// The oldest record.
    pub(crate) fn oldest(&self) -> Option<(Number, &Row)> {
        let row = self.blocks.front()?.places.get(self.gone)?.as_ref()?;
        Some((self.first.wrapping_add(self.gone as u32) % NUMBERS, row))
    }

    /// The records from a sequence on, the newest first.
    pub(crate) fn since(&self, sequence: u64) -> impl Iterator<Item = &Row> {
        let rows = self.blocks.iter().rev().flat_map(|block| block.places.iter().rev());
        rows.flatten().take_while(move |row| row.sequence >= sequence)
    }

    /// Adds a record, whose sequence must be greater than all before.
    pub(crate) fn push(&mut self, row: Row) -> Number {
        if self.blocks.back().is_none_or(|block| block.filled == BLOCK) {
            self.blocks.push_back(Block::new());
        }
        let before = self.blocks.len() - 1;
        let Some(block) = self.blocks.back_mut() else { return self.first };
        let at = block.filled;
        block.places.push(Some(row));
        block.filled += 1;
        block.here += 1;
        self.len += 1;
        self.first.wrapping_add((before * BLOCK + at) as u32) % NUMBERS
    }

    /// Takes a record out.
    pub(crate) fn remove(&mut self, number: Number) -> Option<Row> {
        let (at_block, at) = self.place(number);
        let block = self.blocks.get_mut(at_block)?;
        let row = block.places.get_mut(at)?.take()?;
        block.here -= 1;
        if block.is_left() {
            block.places = Vec::new();
        }
        self.len -= 1;
        self.tidy();
        Some(row)
    }

    fn place(&self, number: Number) -> (usize, usize) {
        let at = (number.wrapping_sub(self.first) % NUMBERS) as usize;
        (at / BLOCK, at % BLOCK)
    }

    /// Finds the oldest record anew.
    fn tidy(&mut self) {
        while self.blocks.front().is_some_and(Block::is_left) {
            self.blocks.pop_front();
            self.first = self.first.wrapping_add(BLOCK as u32) % NUMBERS;
            self.gone = 0;
        }
        let places = self.blocks.front().map_or(&[][..], |block| &block.places);
        let empty = places.iter().skip(self.gone).take_while(|place| place.is_none());
        self.gone += empty.count();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn row(sequence: u64) -> Row {
        let (id, time) = (RecordId(sequence), sequence.cast_signed());
        Row { id, sequence, time, lang: 0, vector: Vector::default(), slot: 0 }
    }

    proptest! {
        #[test]
        fn the_rows_are_those_of_a_plain_map(
            steps in proptest::collection::vec((0..1_200_usize, any::<bool>()), 0..3_000),
            first in prop_oneof![Just(0), Just(NUMBERS - 300)],
        ) {
            let mut rows = Rows { first, ..Rows::default() };
            let mut plain: BTreeMap<u64, Number> = BTreeMap::new();
            for (sequence, (pick, comes)) in (0..).zip(steps) {
                if comes || pick < 400 {
                    plain.insert(sequence, rows.push(row(sequence)));
                } else if let Some((&gone, &number)) = plain.iter().nth(pick % (plain.len().max(1))) {
                    prop_assert_eq!(rows.remove(number).map(|row| row.sequence), Some(gone));
                    prop_assert!(rows.get(number).is_none());
                    plain.remove(&gone);
                }
                prop_assert_eq!(rows.len(), plain.len());
                let oldest = rows.oldest().map(|(number, row)| (row.sequence, number));
                prop_assert_eq!(oldest, plain.iter().next().map(|(s, n)| (*s, *n)));
            }
            for (sequence, number) in &plain {
                prop_assert_eq!(rows.get(*number).map(|row| row.sequence), Some(*sequence));
            }
            let late: Vec<u64> = rows.since(900).map(|row| row.sequence).collect();
            prop_assert!(late.iter().rev().eq(plain.range(900..).map(|(s, _)| s)));
        }
    }
}

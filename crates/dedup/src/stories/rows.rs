//! The remembered records in the order of commits.

use std::collections::VecDeque;

use record::RecordId;

use super::memory::Slot;
use super::packed::{Entry, Packed, pack};

/// A remembered record by the order of coming. Numbers begin again after [`NUMBERS`] records;
/// far fewer are remembered.
pub(crate) type Number = u32;

/// How many numbers there are: one bit fewer than there is room for.
pub(crate) const NUMBERS: u32 = 1 << 31;

/// Rows in a block: blocks come and go, so that no long row has to be moved when it grows. Their
/// vectors take some fifty KB, of which what the last page of memory has to spare is little.
const BLOCK: usize = 512;

/// A remembered record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) id: RecordId,
    pub(crate) sequence: u64,
    /// Seconds since 1970.
    pub(crate) time: i64,
    pub(crate) lang: u16,
    /// The story that it is in.
    pub(crate) slot: Slot,
    pub(crate) vector: Packed<'a>,
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
    places: Vec<Place>,
    /// The vectors, in the order of the places.
    vectors: Vec<u8>,
    /// Bytes of vectors whose records have left.
    left: usize,
    here: usize,
    is_filled: bool,
    /// No record here has an earlier time.
    earliest: i64,
}

/// A row but for its vector, in as few bytes as do.
#[derive(Debug, Clone, Copy)]
struct Place {
    id: [u8; 8],
    sequence: [u8; 6],
    time: [u8; 6],
    lang: [u8; 2],
    /// [`GONE`] where the record has left.
    slot: [u8; 3],
    /// Where its vector begins.
    at: [u8; 3],
}

/// No story has this slot.
const GONE: [u8; 3] = [0xff; 3];

/// The lower bytes of a number.
fn low<const N: usize>(number: u64) -> [u8; N] {
    number.to_le_bytes().first_chunk().copied().unwrap_or([0; N])
}

/// The number with these lower bytes.
fn number<const N: usize>(low: [u8; N]) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(low).for_each(|(byte, low)| *byte = low);
    u64::from_le_bytes(bytes)
}

impl Place {
    fn row<'a>(&self, vectors: &'a [u8]) -> Option<Row<'a>> {
        if self.slot == GONE {
            return None;
        }
        Some(Row {
            id: RecordId(u64::from_le_bytes(self.id)),
            sequence: number(self.sequence),
            // The sign is in the 48th bit.
            time: (number(self.time) << 16).cast_signed() >> 16,
            lang: u16::from_le_bytes(self.lang),
            slot: number(self.slot) as Slot,
            vector: Packed::at(vectors.get(number(self.at) as usize..).unwrap_or_default()),
        })
    }
}

impl Block {
    fn new() -> Self {
        let places = Vec::with_capacity(BLOCK);
        Self { places, vectors: Vec::new(), left: 0, here: 0, is_filled: false, earliest: i64::MAX }
    }

    fn is_left(&self) -> bool {
        self.is_filled && self.here == 0
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        self.places.get(at)?.row(&self.vectors)
    }

    fn push(&mut self, row: &Row<'_>, vector: &[Entry]) {
        let at = low(self.vectors.len() as u64);
        if self.vectors.capacity() - self.vectors.len() < vector.len() * 5 + 8 {
            // What the others took and a little more: doubling would leave half of it unused.
            let mean = self.vectors.len() / self.places.len().max(1);
            let more = (mean * (BLOCK - self.places.len())).min(8 << 10);
            self.vectors.reserve_exact(more.max(vector.len() * 5 + 8));
        }
        pack(vector, &mut self.vectors);
        self.places.push(Place {
            id: row.id.0.to_le_bytes(),
            sequence: low(row.sequence),
            time: low(row.time.cast_unsigned()),
            lang: row.lang.to_le_bytes(),
            slot: low(row.slot.into()),
            at,
        });
        self.here += 1;
        self.earliest = self.earliest.min(row.time);
        self.is_filled = self.places.len() == BLOCK;
        if self.is_filled {
            self.vectors.shrink_to_fit();
        }
    }

    /// Marks a place as left; its vector goes when half of all have.
    fn remove(&mut self, at: usize) -> bool {
        let Some(size) = self.row(at).map(|row| row.vector.size()) else { return false };
        if let Some(place) = self.places.get_mut(at) {
            place.slot = GONE;
        }
        self.here -= 1;
        self.left += size;
        if self.is_left() {
            (self.places, self.vectors) = (Vec::new(), Vec::new());
        } else if self.is_filled && self.left * 2 > self.vectors.len() {
            self.tidy();
        }
        true
    }

    /// Moves the vectors of those that are here together.
    fn tidy(&mut self) {
        let mut vectors = Vec::with_capacity(self.vectors.len() - self.left);
        for place in &mut self.places {
            let Some(row) = place.row(&self.vectors) else { continue };
            let start = number(place.at) as usize;
            let bytes = self.vectors.get(start..start + row.vector.size()).unwrap_or_default();
            place.at = low(vectors.len() as u64);
            vectors.extend(bytes);
        }
        (self.vectors, self.left) = (vectors, 0);
    }
}

impl Rows {
    /// How many records there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, number: Number) -> Option<Row<'_>> {
        let (block, at) = self.place(number);
        self.blocks.get(block)?.row(at)
    }

    /// Notes in which story a record is.
    pub(crate) fn set_slot(&mut self, number: Number, slot: Slot) {
        let (block, at) = self.place(number);
        let block = self.blocks.get_mut(block);
        if let Some(place) = block.and_then(|block| block.places.get_mut(at))
            && place.slot != GONE
        {
            place.slot = low(slot.into());
        }
    }

    /// The oldest record.
    pub(crate) fn oldest(&self) -> Option<(Number, Row<'_>)> {
        let row = self.blocks.front()?.row(self.gone)?;
        Some((self.first.wrapping_add(self.gone as u32) % NUMBERS, row))
    }

    /// The records from a sequence on, the newest first.
    pub(crate) fn since(&self, sequence: u64) -> impl Iterator<Item = Row<'_>> {
        let rows = self.blocks.iter().rev().flat_map(|block| {
            block.places.iter().rev().filter_map(|place| place.row(&block.vectors))
        });
        rows.take_while(move |row| row.sequence >= sequence)
    }

    /// The records before a sequence whose time is before `time`. Blocks without any such time
    /// are passed over.
    pub(crate) fn earlier(&mut self, sequence: u64, time: i64) -> Vec<Row<'_>> {
        let mut found = Vec::new();
        for block in self.blocks.iter_mut().filter(|block| block.earliest < time) {
            let rows: Vec<Row<'_>> =
                block.places.iter().filter_map(|place| place.row(&block.vectors)).collect();
            block.earliest = rows.iter().map(|row| row.time).min().unwrap_or(i64::MAX);
            let is_earlier = |row: &Row<'_>| row.sequence < sequence && row.time < time;
            found.extend(rows.into_iter().filter(is_earlier));
        }
        found
    }

    /// Adds a record with its vector, by number of term, in place of the row's own; its sequence
    /// must be greater than all before.
    pub(crate) fn push(&mut self, row: &Row<'_>, vector: &[Entry]) -> Number {
        if self.blocks.back().is_none_or(|block| block.is_filled) {
            self.blocks.push_back(Block::new());
        }
        let before = self.blocks.len() - 1;
        let Some(block) = self.blocks.back_mut() else { return self.first };
        let at = block.places.len();
        block.push(row, vector);
        self.len += 1;
        self.first.wrapping_add((before * BLOCK + at) as u32) % NUMBERS
    }

    /// Takes a record out.
    pub(crate) fn remove(&mut self, number: Number) {
        let (block, at) = self.place(number);
        if self.blocks.get_mut(block).is_some_and(|block| block.remove(at)) {
            self.len -= 1;
            self.tidy();
        }
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
        let empty = places.iter().skip(self.gone).take_while(|place| place.slot == GONE);
        self.gone += empty.count();
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// A row without a story.
    pub(crate) fn row(sequence: u64) -> Row<'static> {
        let (id, time) = (RecordId(sequence), -sequence.cast_signed());
        Row { id, sequence, time, lang: 0, vector: Packed::default(), slot: 0 }
    }

    fn vector(sequence: u64) -> [Entry; 2] {
        [3, 7].map(|id| Entry { id: id + sequence as u32, weight: 5, is_head: id == 3 })
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
                    plain.insert(sequence, rows.push(&row(sequence), &vector(sequence)));
                } else if let Some((&gone, &number)) = plain.iter().nth(pick % (plain.len().max(1))) {
                    prop_assert_eq!(rows.get(number).map(|row| row.sequence), Some(gone));
                    rows.remove(number);
                    prop_assert!(rows.get(number).is_none());
                    plain.remove(&gone);
                }
                prop_assert_eq!(rows.len(), plain.len());
                let oldest = rows.oldest().map(|(number, row)| (row.sequence, number));
                prop_assert_eq!(oldest, plain.iter().next().map(|(s, n)| (*s, *n)));
            }
            for (sequence, number) in &plain {
                let found = rows.get(*number).unwrap();
                let times = (found.sequence, found.time);
                prop_assert_eq!(times, (*sequence, -sequence.cast_signed()));
                let entries: Vec<Entry> = found.vector.entries().collect();
                prop_assert_eq!(entries, vector(*sequence));
            }
            let late: Vec<u64> = rows.since(900).map(|row| row.sequence).collect();
            prop_assert!(late.iter().rev().eq(plain.range(900..).map(|(s, _)| s)));
        }
    }
}

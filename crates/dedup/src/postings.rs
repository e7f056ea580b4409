//! Which records have a value: a compact hash table of (value, record) pairs.

/// Records listed for one value; those after the first are not. A value that so many records
/// have is page furniture or a stock phrase, which proves nothing.
pub(crate) const MAX_LIST: usize = 48;

/// Slots looked at before giving up on a value: what is made to collide costs no more.
const MAX_PROBES: usize = 1024;

/// The smallest table that is not empty.
const MIN_SLOTS: usize = 32;

/// Tables that the values are spread over. While a table grows the old one is still there: one
/// of many growing at a time keeps that peak small and the pause short, and the one that grows
/// is near the processor as a whole.
const SHARDS: usize = 256;

/// The most records that can be told apart.
pub(crate) const MAX_RECORDS: usize = (1 << 24) - 1;

/// Open addressing with linear probing, 6 bytes a slot, grown by a third when four fifths are
/// taken: 7 to 10 bytes a pair. The pairs of one value stand in the order of insertion.
#[derive(Debug)]
pub(crate) struct Postings {
    shards: Vec<Shard>,
    taken: usize,
}

/// The pairs of the values that begin with one byte, once spread.
#[derive(Debug, Default)]
struct Shard {
    slots: Vec<Slot>,
    taken: usize,
}

/// The other three bytes of the spread value and the record + 1, where 0 means empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slot([u8; 6]);

/// A value spread over all numbers: values are the smallest of many.
#[derive(Debug, Clone, Copy)]
struct Spread(u32);

impl Postings {
    pub(crate) fn new() -> Self {
        Self { shards: (0..SHARDS).map(|_| Shard::default()).collect(), taken: 0 }
    }

    /// How many pairs there are.
    pub(crate) fn len(&self) -> usize {
        self.taken
    }

    /// Can there be records of `value`? One look into memory, which the next question about the
    /// value finds near at hand.
    pub(crate) fn may_have(&self, value: u32) -> bool {
        let spread = Spread::of(value);
        let shard = self.shards.get(spread.shard());
        shard.is_some_and(|s| s.slots.get(s.home(spread)).is_some_and(|slot| !slot.is_empty()))
    }

    /// The records of `value` in the order of insertion, at most [`MAX_LIST`].
    pub(crate) fn get(&self, value: u32) -> impl Iterator<Item = u32> {
        let spread = Spread::of(value);
        let shard = self.shards.get(spread.shard()).into_iter();
        shard.flat_map(move |shard| shard.get(spread))
    }

    /// Adds a pair, unless the value's list is full. The record is below [`MAX_RECORDS`].
    pub(crate) fn insert(&mut self, value: u32, record: u32) {
        let spread = Spread::of(value);
        if let Some(shard) = self.shards.get_mut(spread.shard()) {
            self.taken += usize::from(shard.insert(spread, record));
        }
    }
}

impl Spread {
    fn of(value: u32) -> Self {
        Self(value.wrapping_mul(0x9e37_79b1))
    }

    fn shard(self) -> usize {
        (self.0 >> 24) as usize
    }
}

impl Slot {
    const EMPTY: Self = Self([0; 6]);

    fn new(spread: Spread, record: u32) -> Self {
        let bits = u64::from(record + 1) << 24 | u64::from(spread.0 & 0xff_ffff);
        let [slot @ .., _, _] = bits.to_le_bytes();
        Self(slot)
    }

    #[inline]
    fn bits(self) -> u64 {
        let mut bytes = [0; 8];
        if let Some(low) = bytes.first_chunk_mut() {
            *low = self.0;
        }
        u64::from_le_bytes(bytes)
    }

    #[inline]
    fn is_empty(self) -> bool {
        self.bits() >> 24 == 0
    }

    #[inline]
    fn is_of(self, spread: Spread) -> bool {
        (self.bits() as u32 ^ spread.0) << 8 == 0
    }

    /// The value, spread, but for the byte of the shard.
    #[inline]
    fn spread(self) -> Spread {
        Spread(self.bits() as u32 & 0xff_ffff)
    }

    #[inline]
    fn record(self) -> u32 {
        (self.bits() >> 24) as u32 - 1
    }
}

impl Shard {
    fn get(&self, spread: Spread) -> impl Iterator<Item = u32> {
        let (start, end) = self.slots.split_at_checked(self.home(spread)).unwrap_or_default();
        let (mut slots, mut wrapped) = (end.iter(), start.iter());
        let next = move || slots.next().or_else(|| wrapped.next()).filter(|s| !s.is_empty());
        std::iter::from_fn(next)
            .take(MAX_PROBES)
            .filter(move |slot| slot.is_of(spread))
            .take(MAX_LIST)
            .map(|slot| slot.record())
    }

    /// Tells whether there was room.
    fn insert(&mut self, spread: Spread, record: u32) -> bool {
        if self.taken * 5 >= self.slots.len() * 4 {
            self.grow();
        }
        self.place(spread, Slot::new(spread, record))
    }

    fn place(&mut self, spread: Spread, pair: Slot) -> bool {
        let home = self.home(spread);
        let (mut listed, mut left) = (0, MAX_PROBES);
        let (start, end) = self.slots.split_at_mut_checked(home).unwrap_or_default();
        for slots in [end, start] {
            for slot in slots.iter_mut().take(left) {
                if slot.is_empty() {
                    *slot = pair;
                    self.taken += 1;
                    return true;
                }
                listed += usize::from(slot.is_of(spread));
                if listed == MAX_LIST {
                    return false;
                }
            }
            left = left.saturating_sub(slots.len());
        }
        false
    }

    /// From an empty slot on, so that no run of pairs is cut in two and loses its order.
    fn grow(&mut self) {
        let size = (self.slots.len() + self.slots.len() / 3).max(MIN_SLOTS);
        let old = std::mem::replace(&mut self.slots, vec![Slot::EMPTY; size]);
        self.taken = 0;
        let empty = old.iter().position(|slot| slot.is_empty()).unwrap_or(0);
        let (start, end) = old.split_at_checked(empty).unwrap_or_default();
        for pair in end.iter().chain(start).filter(|slot| !slot.is_empty()) {
            self.place(pair.spread(), *pair);
        }
    }

    /// Where the search begins: by the bits below those of the shard.
    fn home(&self, spread: Spread) -> usize {
        ((u64::from(spread.0 & 0xff_ffff) * self.slots.len() as u64) >> 24) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn lists_are_those_of_a_plain_map(pairs in proptest::collection::vec(0u32..200, 0..4000)) {
            let (mut postings, mut plain) = (Postings::new(), HashMap::<u32, Vec<u32>>::new());
            for (record, value) in pairs.iter().enumerate() {
                postings.insert(*value, record as u32);
                let list = plain.entry(*value).or_default();
                if list.len() < MAX_LIST {
                    list.push(record as u32);
                }
            }
            for value in 0..201 {
                let list: Vec<u32> = postings.get(value).collect();
                prop_assert!(postings.may_have(value) || list.is_empty());
                prop_assert_eq!(list, plain.get(&value).cloned().unwrap_or_default());
            }
        }
    }

    #[test]
    fn lists_keep_their_order_at_the_end_of_a_table() {
        let mut postings = Postings::new();
        // Values that are spread to the very end of the last table.
        let back = (0..32).fold(1_u32, |inverse, _| {
            inverse.wrapping_mul(2_u32.wrapping_sub(inverse.wrapping_mul(0x9e37_79b1)))
        });
        let values: Vec<u32> = (0..9).map(|n| (u32::MAX - n).wrapping_mul(back)).collect();
        for record in 0..400 {
            postings.insert(values[record as usize % values.len()], record);
        }
        for (n, value) in (0..).zip(values) {
            let list: Vec<u32> = postings.get(value).collect();
            assert_eq!(list, (n..400).step_by(9).collect::<Vec<u32>>());
        }
    }

    #[test]
    fn a_pair_takes_seven_to_ten_bytes() {
        let mut postings = Postings::new();
        for n in 0..200_000u32 {
            postings.insert(n.wrapping_mul(2_654_435_769) >> 3, n);
        }
        let slots: usize = postings.shards.iter().map(|shard| shard.slots.capacity()).sum();
        let bytes = slots * size_of::<Slot>() / postings.len();
        assert!((7..=10).contains(&bytes), "{bytes}");
    }
}

//! Which records have a value: a compact hash table of (value, record) pairs.

/// Records listed for one value; those after the first are not. A value that so many records
/// have is page furniture or a stock phrase, which proves nothing.
pub(crate) const MAX_LIST: usize = 48;

/// Slots looked at before giving up on a value: what is made to collide costs no more.
const MAX_PROBES: usize = 1024;

/// Slots behind the last home, so that no list wraps around and every one keeps its order.
const TAIL: usize = MAX_PROBES;

/// The smallest table that is not empty.
const MIN_HOMES: usize = 256;

/// Tables that the values are spread over. While a table grows the old one is still there:
/// one of many growing at a time keeps that peak small, and the pause short.
const SHARDS: usize = 16;
const SHARD_BITS: u32 = SHARDS.trailing_zeros();

/// Open addressing with linear probing, 8 bytes a slot, grown by a third when four fifths are
/// taken: 10 to 13 bytes a pair. The pairs of one value stand in the order of insertion.
#[derive(Debug)]
pub(crate) struct Postings {
    shards: Vec<Shard>,
    taken: usize,
}

/// The pairs of some of the values.
#[derive(Debug)]
struct Shard {
    /// (value, record + 1); record 0 means empty.
    slots: Vec<(u32, u32)>,
    homes: usize,
    taken: usize,
}

impl Postings {
    pub(crate) fn new() -> Self {
        Self { shards: (0..SHARDS).map(|_| Shard::new()).collect(), taken: 0 }
    }

    /// How many pairs there are.
    pub(crate) fn len(&self) -> usize {
        self.taken
    }

    /// Can there be records of `value`? One look into memory, which the next question about the
    /// value finds near at hand.
    pub(crate) fn may_have(&self, value: u32) -> bool {
        let spread = spread(value);
        let shard = self.shards.get(shard_of(spread));
        shard.is_some_and(|s| s.slots.get(s.home(spread)).is_some_and(|slot| slot.1 != 0))
    }

    /// The records of `value` in the order of insertion, at most [`MAX_LIST`].
    pub(crate) fn get(&self, value: u32) -> impl Iterator<Item = u32> {
        let spread = spread(value);
        let shard = self.shards.get(shard_of(spread)).into_iter();
        shard.flat_map(move |shard| shard.get(value, spread))
    }

    /// Adds a pair, unless the value's list is full.
    pub(crate) fn insert(&mut self, value: u32, record: u32) {
        let spread = spread(value);
        if let Some(shard) = self.shards.get_mut(shard_of(spread)) {
            self.taken += usize::from(shard.insert(value, spread, record));
        }
    }
}

/// Values are the smallest of many, so they are spread first.
fn spread(value: u32) -> u32 {
    value.wrapping_mul(0x9e37_79b1)
}

/// The shard by the highest bits.
fn shard_of(spread: u32) -> usize {
    (spread >> (u32::BITS - SHARD_BITS)) as usize
}

impl Shard {
    fn new() -> Self {
        Self { slots: Vec::new(), homes: 0, taken: 0 }
    }

    fn with_homes(homes: usize) -> Self {
        Self { slots: vec![(0, 0); homes + TAIL], homes, taken: 0 }
    }

    fn get(&self, value: u32, spread: u32) -> impl Iterator<Item = u32> {
        self.slots
            .iter()
            .skip(self.home(spread))
            .take(MAX_PROBES)
            .take_while(|(_, record)| *record != 0)
            .filter(move |(found, _)| *found == value)
            .take(MAX_LIST)
            .map(|(_, record)| record - 1)
    }

    /// Tells whether there was room.
    fn insert(&mut self, value: u32, spread: u32, record: u32) -> bool {
        if self.taken * 5 >= self.homes * 4 {
            self.grow();
        }
        self.place(value, spread, record + 1)
    }

    fn place(&mut self, value: u32, spread: u32, entry: u32) -> bool {
        let home = self.home(spread);
        let mut listed = 0;
        for slot in self.slots.iter_mut().skip(home).take(MAX_PROBES) {
            if slot.1 == 0 {
                *slot = (value, entry);
                self.taken += 1;
                return true;
            }
            listed += usize::from(slot.0 == value);
            if listed == MAX_LIST {
                return false;
            }
        }
        false
    }

    fn grow(&mut self) {
        let mut larger = Self::with_homes((self.homes + self.homes / 3).max(MIN_HOMES));
        for (value, entry) in self.slots.iter().filter(|slot| slot.1 != 0) {
            larger.place(*value, spread(*value), *entry);
        }
        *self = larger;
    }

    /// Where the search begins: by the bits below those of the shard.
    fn home(&self, spread: u32) -> usize {
        ((u64::from(spread << SHARD_BITS) * self.homes as u64) >> 32) as usize
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
    fn a_pair_takes_ten_to_thirteen_bytes() {
        let mut postings = Postings::new();
        for n in 0..200_000u32 {
            postings.insert(n.wrapping_mul(2_654_435_769) >> 3, n);
        }
        let slots: usize = postings.shards.iter().map(|shard| shard.slots.capacity()).sum();
        let bytes = slots * 8 / postings.len();
        assert!((10..=14).contains(&bytes), "{bytes}");
    }
}

//! Which records have a value: a compact hash table of (value, record) pairs.

use crate::shard::Shard;

/// Records listed for one value; those after the first are not: what so many have, they have of
/// one of them.
pub(crate) const MAX_LIST: usize = 48;

/// Tables that the values are spread over. While a table grows the old one is still there: one
/// of many growing at a time keeps that peak small and the pause short, and the one that grows
/// is near the processor as a whole.
const SHARDS: usize = 256;

/// The most records that can be told apart.
pub(crate) const MAX_RECORDS: usize = (1 << 24) - 1;

/// The pairs of one value stand in the order of insertion.
#[derive(Debug)]
pub(crate) struct Postings {
    shards: Vec<Shard>,
}

/// A value spread over all numbers, since values are the smallest of many: the number of its
/// shard, and the other 24 bits.
#[derive(Debug, Clone, Copy)]
struct Spread(u32);

impl Postings {
    pub(crate) fn new() -> Self {
        Self { shards: (0..SHARDS).map(|_| Shard::default()).collect() }
    }

    /// Memory that its tables take, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.shards.iter().map(Shard::bytes).sum()
    }

    /// Has the processor fetch what the next question about `value` looks at.
    pub(crate) fn fetch(&self, value: u32) {
        let spread = Spread::of(value);
        if let Some(shard) = self.shards.get(spread.shard()) {
            shard.fetch(spread.key());
        }
    }

    /// Has the processor fetch what the next question about `value` looks at second, where it
    /// will. Looks at what it looks at first.
    pub(crate) fn fetch_on(&self, value: u32) {
        let spread = Spread::of(value);
        if let Some(shard) = self.shards.get(spread.shard()) {
            shard.fetch_on(spread.key());
        }
    }

    /// The records of `value` in the order of insertion, at most [`MAX_LIST`].
    pub(crate) fn get(&self, value: u32) -> impl Iterator<Item = u32> {
        let spread = Spread::of(value);
        let shard = self.shards.get(spread.shard()).into_iter();
        shard.flat_map(move |shard| shard.get(spread.key())).take(MAX_LIST)
    }

    /// Adds a pair, unless the value has `most` already, which is at most [`MAX_LIST`]. Tells
    /// whether it did. The record is below [`MAX_RECORDS`].
    pub(crate) fn insert(&mut self, value: u32, record: u32, most: usize) -> bool {
        let spread = Spread::of(value);
        let shard = self.shards.get_mut(spread.shard());
        shard.is_some_and(|shard| shard.insert(spread.key(), record, most))
    }
}

impl Spread {
    fn of(value: u32) -> Self {
        Self(value.wrapping_mul(0x9e37_79b1))
    }

    fn shard(self) -> usize {
        (self.0 >> 24) as usize
    }

    fn key(self) -> u32 {
        self.0 & 0xff_ffff
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
                postings.insert(*value, record as u32, MAX_LIST);
                let list = plain.entry(*value).or_default();
                if list.len() < MAX_LIST {
                    list.push(record as u32);
                }
            }
            for value in 0..201 {
                let list: Vec<u32> = postings.get(value).collect();
                prop_assert_eq!(list, plain.get(&value).cloned().unwrap_or_default());
            }
        }
    }

    #[test]
    fn a_pair_takes_five_to_seven_bytes() {
        const PAIRS: u32 = 400_000;
        let mut postings = Postings::new();
        for n in 0..PAIRS {
            postings.insert(n.wrapping_mul(2_654_435_769) >> 3, n / 20, MAX_LIST);
        }
        let a_pair = postings.bytes() as f64 / f64::from(PAIRS);
        assert!((5.0..=7.0).contains(&a_pair), "{a_pair}");
    }
}

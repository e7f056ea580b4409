//! A number for each term, in as few bytes as do.

use super::vector::{TERM_BITS, Term};

/// A flat table: open addressing with linear probing, 8 bytes a slot, at most three quarters
/// full. A term is looked for from its own first bits on, so that terms asked for in rising
/// order are found by walking through the table once.
#[derive(Debug, Default)]
pub(crate) struct TermTable {
    /// (term, number); a number of 0 means empty. As many as a power of two, or none.
    slots: Vec<(Term, u32)>,
    taken: usize,
}

/// The smallest table that is not empty.
const SMALLEST: usize = 64;

impl TermTable {
    /// The number of a term, 0 for one that has none.
    pub(crate) fn get(&self, term: Term) -> u32 {
        self.find(term).and_then(|at| self.slots.get(at)).map_or(0, |slot| slot.1)
    }

    /// Every term that has a number, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Term, u32)> + '_ {
        self.slots.iter().copied().filter(|slot| slot.1 > 0)
    }

    /// Adds to the number of a term, which stays below 2³²; answers the number before.
    pub(crate) fn add(&mut self, term: Term, more: u32) -> u32 {
        let before = self.get(term);
        self.set(term, before.saturating_add(more));
        before
    }

    /// Takes from the number of a term; answers what is left.
    pub(crate) fn take(&mut self, term: Term, less: u32) -> u32 {
        let left = self.get(term).saturating_sub(less);
        self.set(term, left);
        left
    }

    /// Gives a term this number, 0 for none.
    pub(crate) fn set(&mut self, term: Term, number: u32) {
        if number > 0 && self.taken * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        let Some(at) = self.find(term) else { return };
        let Some(slot) = self.slots.get_mut(at) else { return };
        let was_empty = slot.1 == 0;
        *slot = (term, number);
        match (was_empty, number) {
            (true, 1..) => self.taken += 1,
            (false, 0) => {
                self.taken -= 1;
                self.close(at);
            }
            _ => {}
        }
    }

    /// Where the term is, or where it would be put.
    fn find(&self, term: Term) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        let home = self.home(term);
        let (start, end) = self.slots.split_at_checked(home)?;
        let is_end = |slot: &(Term, u32)| slot.0 == term || slot.1 == 0;
        let found = end.iter().position(is_end).map(|at| home + at);
        found.or_else(|| start.iter().position(is_end))
    }

    fn home(&self, term: Term) -> usize {
        let bits = self.slots.len().trailing_zeros();
        (((u64::from(term) << bits) >> TERM_BITS) as usize) & (self.slots.len() - 1)
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(SMALLEST);
        let old = std::mem::replace(&mut self.slots, vec![(0, 0); size]);
        for entry in old.into_iter().filter(|slot| slot.1 > 0) {
            if let Some(slot) = self.find(entry.0).and_then(|at| self.slots.get_mut(at)) {
                *slot = entry;
            }
        }
    }

    /// Moves up what stands behind an emptied slot and would not be found there any more.
    fn close(&mut self, mut hole: usize) {
        let mask = self.slots.len() - 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let Some(&entry) = self.slots.get(at).filter(|slot| slot.1 > 0) else { return };
            let from_home = at.wrapping_sub(self.home(entry.0)) & mask;
            if from_home >= at.wrapping_sub(hole) & mask {
                self.slots.swap(hole, at);
                hole = at;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn numbers_are_those_of_a_plain_map(
            steps in proptest::collection::vec((0..90_u32, 1..9_u32, any::<bool>()), 0..600),
        ) {
            let (mut table, mut plain) = (TermTable::default(), BTreeMap::<Term, u32>::new());
            for (term, number, is_added) in steps {
                // Crowded at the end of the range, so that the table wraps around.
                let term = ((1 << TERM_BITS) - 1) - term * term;
                let now = plain.entry(term).or_default();
                if is_added {
                    prop_assert_eq!(table.add(term, number), *now);
                    *now += number;
                } else {
                    *now = now.saturating_sub(number);
                    prop_assert_eq!(table.take(term, number), *now);
                }
                plain.retain(|_, number| *number > 0);
                prop_assert!(plain.iter().all(|(term, number)| table.get(*term) == *number));
                prop_assert_eq!(table.taken, plain.len());
            }
            let mut all: Vec<_> = table.iter().collect();
            all.sort_unstable();
            prop_assert_eq!(all, plain.into_iter().collect::<Vec<_>>());
        }
    }
}

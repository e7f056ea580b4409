//! Terms with weights to compare remembered texts with.

use super::lexicon::TermId;
use super::packed::Packed;

/// Terms of a text or a story that remembered records have, by number.
#[derive(Debug)]
pub(crate) struct Query {
    terms: Vec<(TermId, u32)>,
    /// The last bits of their numbers: most terms of others are known by it for none of these.
    filter: [u64; FILTER],
}

/// Words of 64 bits: few enough for the nearest memory, with 40 terms one foreign one of a
/// hundred passes.
const FILTER: usize = 64;

impl Query {
    /// Each term must come once.
    pub(crate) fn new(mut terms: Vec<(TermId, u32)>) -> Self {
        terms.sort_unstable();
        let mut filter = [0; FILTER];
        for (id, _) in &terms {
            if let Some(word) = filter.get_mut((id / u64::BITS) as usize % FILTER) {
                *word |= 1 << (id % u64::BITS);
            }
        }
        Self { terms, filter }
    }

    /// Its terms and weights, by number.
    pub(crate) fn terms(&self) -> &[(TermId, u32)] {
        &self.terms
    }

    /// The product with a remembered text.
    pub(crate) fn product(&self, vector: Packed<'_>) -> u64 {
        let common = vector.entries().filter(|entry| self.may_have(entry.id));
        common.map(|entry| u64::from(entry.weight) * u64::from(self.weight(entry.id))).sum()
    }

    /// The product with a remembered text, and the square of that text's length: one reading.
    pub(crate) fn product_and_square(&self, vector: Packed<'_>) -> (u64, u64) {
        vector.entries().fold((0, 0), |(product, square), entry| {
            let weight = u64::from(entry.weight);
            let ours = if self.may_have(entry.id) { self.weight(entry.id) } else { 0 };
            (product + weight * u64::from(ours), square + weight * weight)
        })
    }

    fn may_have(&self, id: TermId) -> bool {
        let word = self.filter.get((id / u64::BITS) as usize % FILTER);
        word.is_some_and(|word| word >> (id % u64::BITS) & 1 == 1)
    }

    fn weight(&self, id: TermId) -> u32 {
        let at = self.terms.binary_search_by_key(&id, |(other, _)| *other);
        at.ok().and_then(|at| self.terms.get(at)).map_or(0, |(_, weight)| *weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stories::packed::{Entry, pack};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_product_is_the_sum_over_common_terms(
            ours in proptest::collection::btree_map(0..9_000_u32, 1..900_u32, 0..200),
            theirs in proptest::collection::btree_map(0..9_000_u32, 1..=255_u8, 0..200),
        ) {
            let mut bytes = Vec::new();
            let entry = |(&id, &weight)| Entry { id, weight, is_head: false };
            pack(&theirs.iter().map(entry).collect::<Vec<_>>(), &mut bytes);
            let sum: u64 = ours
                .iter()
                .map(|(id, w)| u64::from(*w) * u64::from(theirs.get(id).copied().unwrap_or(0)))
                .sum();
            let query = Query::new(ours.into_iter().rev().collect());
            prop_assert_eq!(query.product(Packed::at(&bytes)), sum);
            let square = theirs.values().map(|w| u64::from(*w).pow(2)).sum::<u64>();
            prop_assert_eq!(query.product_and_square(Packed::at(&bytes)), (sum, square));
        }
    }
}

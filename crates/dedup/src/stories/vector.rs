//! Terms with weights, in as few bytes as do.

/// A term by the lower 24 bits of its hash.
pub(crate) type Term = u32;

/// Bits of a [`Term`].
pub(crate) const TERM_BITS: u32 = 24;

/// Length of a vector in the whole numbers that its weights are kept in.
const SCALE: f64 = 255.0;

/// Terms of a vector; any more are left out.
const TERMS_MAX: usize = 1_024;

/// A text's heaviest terms: a vector of length [`SCALE`], rounded to whole numbers, so that
/// sums of vectors do not depend on the order of adding.
///
/// Each entry is a term and its weight in one number, by term.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Vector(Box<[u32]>);

/// Version of the bytes: one byte, then four a term (three of the term, one of its weight).
const VERSION: u8 = 1;

impl Vector {
    /// The vector in the direction of these weights. Each term must come once.
    pub(crate) fn new(weights: impl Iterator<Item = (Term, f64)> + Clone) -> Self {
        let length = weights.clone().map(|(_, w)| w * w).sum::<f64>().sqrt();
        let mut entries: Vec<u32> = weights
            .map(|(term, w)| (term << 8) | (w / length * SCALE).round().clamp(0.0, SCALE) as u32)
            .filter(|entry| entry & 0xff > 0)
            .take(TERMS_MAX)
            .collect();
        entries.sort_unstable();
        Self(entries.into())
    }

    /// Its terms and weights, by term.
    pub(crate) fn entries(&self) -> impl ExactSizeIterator<Item = (Term, u32)> + Clone + '_ {
        self.0.iter().map(|entry| (entry >> 8, entry & 0xff))
    }

    /// Its heaviest terms, at most so many, in rising order; of equals the first.
    pub(crate) fn heaviest(&self, most: usize) -> Vec<Term> {
        // What its weight lacks in front of the term: the smallest come first.
        let key = |entry: &u32| (0xff - (entry & 0xff)) << TERM_BITS | entry >> 8;
        let mut keys: Vec<u32> = self.0.iter().map(key).collect();
        if keys.len() > most {
            keys.select_nth_unstable(most);
            keys.truncate(most);
        }
        let mut terms: Vec<Term> = keys.iter().map(|key| key & ((1 << TERM_BITS) - 1)).collect();
        terms.sort_unstable();
        terms
    }

    /// How many terms it has.
    pub(crate) fn terms(&self) -> usize {
        self.0.len()
    }

    /// Its length.
    pub(crate) fn length(&self) -> f64 {
        let square: u64 = self.entries().map(|(_, w)| u64::from(w) * u64::from(w)).sum();
        (square as f64).sqrt()
    }

    /// The bytes to keep with the record.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1 + self.0.len() * 4);
        bytes.push(VERSION);
        bytes.extend(self.0.iter().flat_map(|entry| entry.to_be_bytes()));
        bytes
    }

    /// `None` for bytes that [`to_bytes`](Self::to_bytes) never gave.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&VERSION, rest) = bytes.split_first()? else { return None };
        let (entries, []) = rest.as_chunks::<4>() else { return None };
        let entries: Box<[u32]> = entries.iter().map(|e| u32::from_be_bytes(*e)).collect();
        let is_row = entries.is_sorted_by(|a, b| a >> 8 < b >> 8);
        (is_row && entries.len() <= TERMS_MAX).then_some(Self(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bytes_round_trip(weights in proptest::collection::btree_map(0..1_u32 << 24, 0.1..9.0, 0..60)) {
            let vector = Vector::new(weights.iter().map(|(&t, &w)| (t, w)));
            prop_assert_eq!(Vector::from_bytes(&vector.to_bytes()), Some(vector));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..30)) {
            if let Some(vector) = Vector::from_bytes(&bytes) {
                prop_assert_eq!(vector.to_bytes(), bytes);
            }
        }
    }

    #[test]
    fn the_heaviest_terms_are_found_and_of_equals_the_first() {
        let vector = Vector::new([(9, 2.0), (1, 1.0), (2, 2.0), (4, 2.0), (3, 5.0)].into_iter());
        assert_eq!(vector.heaviest(3), [2, 3, 4]);
        assert_eq!(vector.heaviest(0), [0; 0]);
        assert_eq!(vector.heaviest(9), [1, 2, 3, 4, 9]);
    }

    #[test]
    fn a_vector_has_the_length_of_the_scale() {
        let vector = Vector::new([(3, 2.0), (1, 1.0), (2, 2.0)].into_iter());
        assert!((vector.length() - SCALE).abs() < 1.0);
        assert_eq!(vector.entries().collect::<Vec<_>>(), [(1, 85), (2, 170), (3, 170)]);
    }
}

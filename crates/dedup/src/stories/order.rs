//! The remembered records in the order of commits.

use std::collections::VecDeque;

use super::memory::Slot;

/// Where a remembered record is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) sequence: u64,
    /// The story that it is in.
    pub(crate) slot: Slot,
    /// Seconds since 1970.
    pub(crate) time: i64,
    /// Not taken out yet.
    is_here: bool,
}

impl Place {
    pub(crate) fn new(sequence: u64, slot: Slot, time: i64) -> Self {
        Self { sequence, slot, time, is_here: true }
    }
}

/// A row by sequence. Records come in at its end and most leave at its front; what leaves
/// between keeps its place in the row until half of the row is such places.
#[derive(Debug, Default)]
pub(crate) struct Order {
    places: VecDeque<Place>,
    left: usize,
}

impl Order {
    /// Records in the row.
    pub(crate) fn len(&self) -> usize {
        self.places.len() - self.left
    }

    /// The sequence of the oldest record.
    pub(crate) fn first(&self) -> Option<u64> {
        self.places.front().map(|place| place.sequence)
    }

    /// The record with this sequence.
    pub(crate) fn get(&self, sequence: u64) -> Option<Place> {
        let at = self.find(sequence).ok()?;
        self.places.get(at).filter(|place| place.is_here).copied()
    }

    /// The records from a sequence on.
    pub(crate) fn from(&self, sequence: u64) -> impl Iterator<Item = Place> + '_ {
        let start = self.find(sequence).unwrap_or_else(|at| at);
        self.places.range(start..).filter(|place| place.is_here).copied()
    }

    /// Puts a record in its place, or elsewhere if it has one.
    pub(crate) fn insert(&mut self, place: Place) {
        match self.find(place.sequence) {
            Ok(at) => {
                if let Some(old) = self.places.get_mut(at) {
                    self.left -= usize::from(!old.is_here);
                    *old = place;
                }
            }
            Err(at) => self.places.insert(at, place),
        }
    }

    /// Takes a record out.
    pub(crate) fn remove(&mut self, sequence: u64) -> Option<Place> {
        let at = self.find(sequence).ok()?;
        let place = self.places.get_mut(at).filter(|place| place.is_here)?;
        place.is_here = false;
        let place = *place;
        self.left += 1;
        self.tidy();
        Some(place)
    }

    fn find(&self, sequence: u64) -> Result<usize, usize> {
        self.places.binary_search_by_key(&sequence, |place| place.sequence)
    }

    /// Gives places up that nobody has.
    fn tidy(&mut self) {
        while self.places.front().is_some_and(|place| !place.is_here) {
            self.places.pop_front();
            self.left -= 1;
        }
        if self.left * 2 > self.places.len() {
            self.places.retain(|place| place.is_here);
            self.left = 0;
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
        fn the_row_is_that_of_a_plain_map(
            steps in proptest::collection::vec((0..40_u64, any::<bool>()), 0..200),
        ) {
            let (mut order, mut plain) = (Order::default(), BTreeMap::new());
            for (slot, (sequence, comes)) in (0..).zip(steps) {
                if comes {
                    order.insert(Place::new(sequence, slot, 0));
                    plain.insert(sequence, slot);
                } else {
                    prop_assert_eq!(order.remove(sequence).map(|p| p.slot), plain.remove(&sequence));
                }
                prop_assert_eq!(order.len(), plain.len());
                prop_assert_eq!(order.first(), plain.keys().next().copied());
                let all: Vec<_> = order.from(20).map(|p| (p.sequence, p.slot)).collect();
                let wanted: Vec<_> = plain.range(20..).map(|(s, slot)| (*s, *slot)).collect();
                prop_assert_eq!(all, wanted);
            }
        }
    }
}

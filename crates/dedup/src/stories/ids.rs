//! Which remembered record has an id.

use record::RecordId;

use super::rows::{Number, Rows};

/// A flat table of the numbers of rows, 4 bytes a place, at most three quarters full: open
/// addressing with linear probing. The ids themselves stand in the rows.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    /// [`EMPTY`], or the number of a row. As many as a power of two, or none.
    places: Vec<Number>,
    taken: usize,
}

/// No row has this number.
const EMPTY: Number = Number::MAX;

/// The smallest table that is not empty.
const SMALLEST: usize = 64;

impl Ids {
    /// The number of the record with this id.
    pub(crate) fn get(&self, id: RecordId, rows: &Rows) -> Option<Number> {
        let at = self.find(id, rows)?;
        self.places.get(at).copied().filter(|number| *number != EMPTY)
    }

    /// Notes that the row with this number, which must be there, has this id. The latest counts.
    pub(crate) fn insert(&mut self, id: RecordId, number: Number, rows: &Rows) {
        if self.taken * 4 >= self.places.len() * 3 {
            self.grow(rows);
        }
        let Some(at) = self.find(id, rows) else { return };
        let Some(place) = self.places.get_mut(at) else { return };
        self.taken += usize::from(*place == EMPTY);
        *place = number;
    }

    /// Takes the id of a row out that is still there, unless another row has it by now.
    pub(crate) fn remove(&mut self, id: RecordId, number: Number, rows: &Rows) {
        let Some(at) = self.find(id, rows) else { return };
        if let Some(place) = self.places.get_mut(at).filter(|place| **place == number) {
            *place = EMPTY;
            self.taken -= 1;
            self.close(at, rows);
        }
    }

    /// Where the id is, or where it would be put.
    fn find(&self, id: RecordId, rows: &Rows) -> Option<usize> {
        if self.places.is_empty() {
            return None;
        }
        let (start, end) = self.places.split_at_checked(self.home(id))?;
        let is_end =
            |number: &Number| *number == EMPTY || rows.get(*number).is_some_and(|r| r.id == id);
        let found = end.iter().position(is_end).map(|at| start.len() + at);
        found.or_else(|| start.iter().position(is_end))
    }

    fn home(&self, id: RecordId) -> usize {
        let spread = id.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        spread as usize & (self.places.len() - 1)
    }

    fn grow(&mut self, rows: &Rows) {
        let size = (self.places.len() * 2).max(SMALLEST);
        let old = std::mem::replace(&mut self.places, vec![EMPTY; size]);
        for number in old.into_iter().filter(|number| *number != EMPTY) {
            let Some(row) = rows.get(number) else { continue };
            if let Some(place) = self.find(row.id, rows).and_then(|at| self.places.get_mut(at)) {
                *place = number;
            }
        }
    }

    /// Moves up what stands behind an emptied place and would not be found there any more.
    fn close(&mut self, mut hole: usize, rows: &Rows) {
        let mask = self.places.len() - 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let number = self.places.get(at).filter(|number| **number != EMPTY);
            let Some(row) = number.and_then(|number| rows.get(*number)) else { return };
            let from_home = at.wrapping_sub(self.home(row.id)) & mask;
            if from_home >= at.wrapping_sub(hole) & mask {
                self.places.swap(hole, at);
                hole = at;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stories::rows::{Row, tests::row};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn ids_are_found_as_in_a_plain_map(
            steps in proptest::collection::vec((0..90_u64, any::<bool>()), 0..600),
        ) {
            let (mut ids, mut rows) = (Ids::default(), Rows::default());
            let mut plain: BTreeMap<u64, Number> = BTreeMap::new();
            for (sequence, (id, comes)) in (0..).zip(steps) {
                if comes {
                    let id = RecordId(id);
                    let number = rows.push(&Row { id, ..row(sequence) }, &[]);
                    ids.insert(id, number, &rows);
                    plain.insert(id.0, number);
                } else if let Some(number) = plain.remove(&id) {
                    ids.remove(RecordId(id), number, &rows);
                    rows.remove(number);
                }
                prop_assert_eq!(ids.taken, plain.len());
                let found = |id: u64| ids.get(RecordId(id), &rows);
                prop_assert!((0..90).all(|id| found(id) == plain.get(&id).copied()));
            }
        }
    }
}
